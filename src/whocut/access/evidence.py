"""The evidence behind one fired rule: its fingerprints, its strength with them, its words."""

from msgspec import Struct

from whocut.access.dns_facts import DnsReading
from whocut.access.hops import Hop
from whocut.access.page_facts import PageReading, page_title
from whocut.access.rules import Rule
from whocut.access.tls_facts import TlsReading
from whocut.model.taxonomy import Layer, Strength
from whocut.reference.fingerprints import Fingerprint

__all__ = ["HopReading", "describe", "fingerprints_behind", "strength_with"]

_SHOWN = 4
"""Endpoints or addresses named in a description."""
_TITLE_CHARACTERS = 120


class HopReading(Struct, frozen=True, gc=False):
    """All that one hop shows: every fact, and where the facts come from."""

    hop: Hop
    mask: int
    dns: DnsReading
    tls: TlsReading
    page: PageReading


def _is_leaned_on(rule: Rule, fingerprint: Fingerprint, probe_cc: str) -> bool:
    if fingerprint.meaning not in rule.page_meanings:
        return False
    if fingerprint.meaning != "block_page":
        return True
    if rule.needs_expected_country and probe_cc not in fingerprint.expected_countries:
        return False
    return not rule.block_scopes or fingerprint.scope in rule.block_scopes


def fingerprints_behind(
    rule: Rule, reading: HopReading, probe_cc: str
) -> tuple[Fingerprint, ...]:
    """Name the fingerprints that a fired rule leaned on."""
    found = reading.dns.fingerprints if rule.needs_dns_fingerprint else ()
    if not rule.page_meanings:
        return found
    return found + tuple(
        x for x in reading.page.fingerprints if _is_leaned_on(rule, x, probe_cc)
    )


def strength_with(rule: Rule, fingerprints: tuple[Fingerprint, ...]) -> Strength:
    """Bound a rule's strength by the best fingerprint it leans on.

    A rule can be proof in form and lean on wording that was never seen in the wild.
    """
    if not fingerprints:
        return rule.strength
    best = min(fingerprint.strength.value for fingerprint in fingerprints)
    return Strength(max(rule.strength.value, best))


def describe(rule: Rule, reading: HopReading) -> str:
    """Put the evidence into words that can be checked against the file."""
    hop = reading.hop
    if rule.layer is Layer.DNS:
        given = ", ".join(hop.system_ips[:_SHOWN])
        failure = next((d.failure for d in hop.dns if d.engine == "system" and d.failure), "")
        return f"{hop.hostname}: {given or failure or 'no address'}"
    if rule.layer is Layer.TCP:
        connects = (f"{t.ip}:{t.port} {t.failure or 'ok'}" for t in hop.tcp[:_SHOWN])
        return "; ".join(connects)
    if rule.layer is Layer.TLS:
        shakes = (f"{t.ip}:{t.port} {t.server_name} {t.failure or 'ok'}" for t in hop.tls[:_SHOWN])
        return "; ".join(shakes)
    exchange = reading.page.exchange
    if exchange is None:
        return hop.url
    title = page_title(exchange.body)[:_TITLE_CHARACTERS]
    ending = exchange.failure or f"status {exchange.status}"
    return f"{hop.url}: {ending}" + (f", title {title!r}" if title else "")
