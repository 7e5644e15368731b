"""The rows a world is made of: each is what one rule of data/rules/access.toml would say.

A *means* is one way to end an exchange (or to serve it). It names the rules that the judge would
fire, by what the probe recorded: a current probe (``new``), an old one without the control's TLS
and DNS (``old``), a cleartext target (``clear``). ``stage`` orders what happens on the wire: who
acts earlier hides who acts later.
"""

from __future__ import annotations

import tomllib
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec import Struct, field

from whocut.access.rules import FALLBACK
from whocut.model.shipped import shipped_path

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["COLUMNS", "MEANS", "STAGES", "Means", "Palette", "palette"]

COLUMNS: Final = ("outcome", "layer", "mechanism", "locus", "actor_kind", "strength")
STAGES: Final = {"probe": 0, "route": 1, "dns": 2, "tcp": 3, "tls": 4, "http": 5, "served": 9}

Mix = dict[str, float]


class Means(Struct, frozen=True):
    """One way to end an exchange: when it strikes, and which rules tell of it."""

    stage: str
    new: Mix
    old: Mix = field(default_factory=dict)
    """Empty: as ``new``."""
    clear: Mix = field(default_factory=dict)
    """Empty: as ``new``."""
    page: str = ""
    """Kind of page that comes back, for its length: ``explicit``, ``vague``, ``served`` or none."""


_TCP_TIMEOUT: Final = Means(
    "tcp", {"tcp.timeout.same": 1}, {"tcp.timeout.same": 0.6, "tcp.control_http": 0.4}
)
_TLS_RESET: Final = Means(
    "tls", {"tls.reset.same": 1}, {"tls.reset.control_http": 1}, {"http.reset": 1}
)
_TLS_TIMEOUT: Final = Means(
    "tls", {"tls.timeout.same": 1}, {"tls.timeout.control_http": 1}, {"http.timeout": 1}
)
_TLS_EOF: Final = Means("tls", {"tls.eof.same": 1}, {"tls.eof.control_http": 1}, {"http.eof": 1})

MEANS: Final[dict[str, Means]] = {
    # ------------------------------------------------ served
    "served": Means(
        "served",
        {"served.authenticated": 0.9, "served.authenticated.alike": 0.06, "served.redirect": 0.04},
        {"served.authenticated": 0.9, "served.redirect": 0.1},
        {
            "served.alike": 0.82,
            "served.redirect": 0.06,
            "http.diff": 0.1,
            "served.no_control": 0.02,
        },
        page="served",
    ),
    "served_same_status": Means(
        "served",
        {"served.authenticated.same_status": 0.97, "served.authenticated": 0.03},
        clear={"served.alike": 1},
        page="vague",
    ),
    # ------------------------------------------------ the service or its edge, by page
    "geo_edge": Means(
        "http",
        {"refusal.geo.edge": 1},
        {"refusal.geo.edge": 0.9, "refusal.unverified_tls": 0.1},
        {"refusal.cleartext.provider": 0.7, "cut.cleartext.refusal_text": 0.3},
        page="explicit",
    ),
    "geo_edge_weak": Means(
        "http",
        {"refusal.geo.edge~C": 1},
        clear={"cut.cleartext.refusal_text~C": 1},
        page="explicit",
    ),
    "geo_origin": Means(
        "http",
        {"refusal.geo.origin": 1},
        {"refusal.geo.origin": 0.9, "refusal.unverified_tls": 0.1},
        {"cut.cleartext.refusal_text": 1},
        page="explicit",
    ),
    "sanctions": Means(
        "http",
        {"refusal.sanctions": 1},
        {"refusal.sanctions": 0.9, "refusal.unverified_tls.sanctions": 0.1},
        {"cut.cleartext.sanctions_text": 1},
        page="explicit",
    ),
    "geo_cloud": Means(
        "http",
        {"refusal.geo.cloud": 0.5, "refusal.sanctions.cloud": 0.5},
        clear={"cut.cleartext.refusal_text": 1},
        page="explicit",
    ),
    "licence": Means(
        "http", {"refusal.licence": 1}, clear={"cut.cleartext.legal_text": 1}, page="explicit"
    ),
    "legal_451": Means(
        "http",
        {"refusal.legal.451": 0.8, "refusal.legal.page": 0.2},
        clear={"cut.cleartext.legal_text": 1},
        page="explicit",
    ),
    "notice_200": Means(
        "http",
        {"refusal.notice_200": 0.7, "refusal.notice_200.sanctions": 0.3},
        clear={"http.diff": 1},
        page="explicit",
    ),
    "vague_200": Means(
        "http", {"refusal.vague.vague_200": 1}, clear={"http.diff": 1}, page="vague"
    ),
    "vague_edge": Means(
        "http", {"refusal.vague.edge": 1}, clear={"refusal.vague.unauthenticated": 1}, page="vague"
    ),
    "vague_page": Means(
        "http", {"refusal.vague.page": 1}, clear={"refusal.vague.unauthenticated": 1}, page="vague"
    ),
    "vague_status": Means(
        "http",
        {"refusal.vague.status": 1},
        clear={"refusal.vague.unauthenticated": 1},
        page="vague",
    ),
    "vague_cloud": Means(
        "http", {"refusal.cloud": 1}, clear={"refusal.vague.unauthenticated": 1}, page="vague"
    ),
    # ------------------------------------------------ ends below the page; who did it does not show
    "http_reset": Means("http", {"http.reset": 1}),
    "http_eof": Means("http", {"http.eof": 1}),
    "http_timeout": Means("http", {"http.timeout": 1}),
    "tls_reset": _TLS_RESET,
    "tls_timeout": _TLS_TIMEOUT,
    "tls_eof": _TLS_EOF,
    "tls_alert": Means(
        "tls", {"tls.alert.same": 1}, {"insufficient.none_fired": 1}, {"http.eof": 1}
    ),
    "tcp_timeout": _TCP_TIMEOUT,
    "tcp_refused": Means(
        "tcp", {"tcp.refused.same": 1}, {"tcp.refused.same": 0.6, "tcp.control_http": 0.4}
    ),
    "tcp_reset": Means(
        "tcp", {"tcp.reset.same": 1}, {"tcp.reset.same": 0.6, "tcp.control_http": 0.4}
    ),
    "dns_servfail": Means(
        "dns",
        {"dns.servfail.authoritative": 0.85, "dns.servfail.control": 0.15},
        {"dns.servfail.control": 1},
    ),
    "dns_refused": Means(
        "dns",
        {"dns.refused.authoritative": 0.85, "dns.refused.control": 0.15},
        {"dns.refused.control": 1},
    ),
    "dns_timeout": Means("dns", {"dns.timeout.control": 1}),
    # ------------------------------------------------ the path
    "dns_bogon": Means("dns", {"dns.bogon": 0.95, "dns.bogon.alternate": 0.05}, {"dns.bogon": 1}),
    "dns_blockpage_state": Means("dns", {"dns.fingerprint.state": 1}),
    "dns_blockpage": Means("dns", {"dns.fingerprint": 1}),
    "dns_blockpage_weak": Means("dns", {"dns.fingerprint~C": 0.8, "dns.tls_contradicts": 0.2}),
    "dns_other": Means(
        "dns",
        {"dns.tls_contradicts": 0.75, "dns.dead_address": 0.15, "dns.differs": 0.1},
        {"dns.tls_contradicts": 0.3, "dns.dead_address": 0.3, "dns.differs": 0.4},
        {"dns.dead_address": 0.4, "dns.differs": 0.3, "http.diff": 0.3},
    ),
    "dns_nxdomain": Means(
        "dns",
        {"dns.nxdomain.contrast": 0.85, "dns.nxdomain.operator": 0.1, "dns.nxdomain.control": 0.05},
        {"dns.nxdomain.operator": 0.5, "dns.nxdomain.control": 0.5},
    ),
    "dns_no_answer": Means(
        "dns",
        {"dns.no_answer.contrast": 0.85, "dns.no_answer.control": 0.15},
        {"dns.no_answer.control": 1},
    ),
    "tls_mitm": Means(
        "tls",
        {"tls.interception.known_ca": 0.6, "tls.interception": 0.4},
        {"tls.interception.known_ca": 0.6, "tls.certificate.control_http": 0.4},
        {"http.diff": 1},
    ),
    "block_page": Means(
        "http",
        {"blockpage.invalid_chain.state": 0.6, "blockpage.invalid_chain": 0.4},
        {"blockpage.unverified_tls": 0.5, "tls.certificate.control_http": 0.5},
        {
            "blockpage.cleartext.state": 0.6,
            "blockpage.cleartext.operator": 0.2,
            "blockpage.cleartext.generic": 0.2,
        },
        page="explicit",
    ),
    "stall_count": Means("http", {"http.stall.byte_count": 0.85, "http.stall": 0.15}),
    "stall": Means("http", {"http.stall": 0.8, "http.timeout": 0.2}),
    # ------------------------------------------------ checks for machines
    "bot_challenge": Means("http", {"bot.challenge": 1}, page="vague"),
    "bot_reputation": Means("http", {"bot.reputation": 1}, page="vague"),
    "bot_rate_limit": Means(
        "http", {"bot.rate_limit": 1}, clear={"refusal.vague.unauthenticated": 1}, page="vague"
    ),
    # ------------------------------------------------ the target itself
    "down_dns": Means(
        "dns", {"target.dns.none": 0.5, "target.dns.empty": 0.2, "target.dns.broken": 0.3}
    ),
    "down_tcp": Means(
        "tcp",
        {"target.tcp": 0.9, "target.tcp.http": 0.1},
        {"target.tcp": 0.5, "target.tcp.http": 0.5},
    ),
    "down_tls": Means(
        "tls", {"target.tls.down": 1}, {"target.tls.down.http": 1}, {"target.http.failed": 1}
    ),
    "down_certificate": Means(
        "tls",
        {"target.tls.certificate": 1},
        {"target.tls.certificate.http": 1},
        {"target.http.failed": 1},
    ),
    "down_http": Means("http", {"target.http.error": 0.7, "target.http.failed": 0.3}),
    "server_error": Means("http", {"target.http.error.here": 1}, page="vague"),
    # ------------------------------------------------ lines, probes, controls
    "loss": Means(
        "route",
        {
            "tcp.timeout.same": 0.3,
            "tls.timeout.same": 0.2,
            "http.timeout": 0.15,
            "dns.timeout.control": 0.2,
            "network.down": 0.08,
            "http.stall": 0.04,
            "tls.eof.same": 0.03,
        },
        {
            "tcp.timeout.same": 0.3,
            "tls.timeout.control_http": 0.2,
            "http.timeout": 0.2,
            "dns.timeout.control": 0.25,
            "network.down": 0.05,
        },
    ),
    "network_down": Means("route", {"network.down": 1}),
    "path_fault": Means("route", {"tcp.timeout.same": 0.85, "tcp.unreachable.same": 0.15}),
    "invalid": Means(
        "probe",
        {
            "invalid.no_data": 0.3,
            "invalid.clock": 0.15,
            "invalid.ipv6_only": 0.2,
            "invalid.tcp_unknown_failure": 0.2,
            "invalid.tls_unknown_failure": 0.15,
        },
    ),
    "middlebox": Means(
        "probe",
        {"tls.interception": 0.9, "tls.timeout.same": 0.1},
        {"tls.certificate.control_http": 1},
        {"served.alike": 1},
    ),
    "clock": Means(
        "probe", {"invalid.clock": 0.6, "invalid.clock_ahead": 0.4}, clear={"served.alike": 1}
    ),
    "no_ipv4": Means("probe", {"invalid.ipv6_only": 0.7, "tcp.unreachable.same": 0.3}),
    "dead_resolver": Means("probe", {"dns.timeout.control": 0.8, "dns.servfail.control": 0.2}),
    "no_rule": Means("served", {"insufficient.none_fired": 1}),
}


class Palette(Struct, frozen=True):
    """All rows by number: their six columns, and what the world needs to know of each."""

    ids: tuple[str, ...]
    values: dict[str, NDArray[np.object_]]
    number: dict[str, int]

    def draw(
        self,
        means: str,
        is_old: NDArray[np.bool_],
        is_clear: NDArray[np.bool_],
        rng: np.random.Generator,
    ) -> NDArray[np.int16]:
        """Draw one row for each exchange that ends by this means."""
        kind = MEANS[means]
        rows = np.empty(is_old.size, np.int16)
        for chosen, mix in (
            (~is_clear & ~is_old, kind.new),
            (~is_clear & is_old, kind.old or kind.new),
            (is_clear, kind.clear or kind.new),
        ):
            numbers = np.array([self.number[name] for name in mix], np.int16)
            weights = np.array(list(mix.values()))
            count = int(chosen.sum())
            rows[chosen] = rng.choice(numbers, count, p=weights / weights.sum())
        return rows


@cache
def palette() -> Palette:
    """Read the rules and number every row that some means can give."""
    shipped = tomllib.loads(shipped_path("rules", "access.toml").read_text())["rule"]
    rules = {rule["id"]: {name: rule[name] for name in COLUMNS} for rule in shipped}
    rules[str(FALLBACK.id)] = {
        name: str(getattr(FALLBACK, name).value if name != "mechanism" else FALLBACK.mechanism)
        for name in COLUMNS
    }
    wanted = sorted(
        {
            name
            for kind in MEANS.values()
            for mix in (kind.new, kind.old, kind.clear)
            for name in mix
        }
    )
    rows = []
    for name in wanted:
        rule_id, _, weaker = name.partition("~")
        row = dict(rules[rule_id])
        row["strength"] = max(row["strength"], weaker or "A")
        rows.append(row)
    values = {name: np.array([row[name] for row in rows], object) for name in COLUMNS}
    return Palette(tuple(wanted), values, {name: at for at, name in enumerate(wanted)})
