"""Build a simulated world: verdict rows as pass 1 gives them, and the truth behind them.

Exchanges are drawn first, each with its network, probe and time. Then everything that goes on is
laid over them: what strikes earlier on the wire hides what strikes later. At last the control has
its say, since a cut is a cut only against a control that reached the target. The judge and the cell
model take no part in any of this.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct
from numpy.typing import NDArray

from tests.simulate.episodes import (
    CAUSES,
    Country,
    Episode,
    Target,
    draw_countries,
    draw_episodes,
    draw_targets,
)
from tests.simulate.plan import Plan
from tests.simulate.rows import COLUMNS, MEANS, STAGES, palette

__all__ = ["Truth", "World", "build_world", "country_code", "monday", "network_asn", "target_name"]

FIRST_MONDAY: Final = np.datetime64("2024-01-01", "D")
_PROBES: Final = 4
_OLD_PROBES: Final = 0.2
"""Share of probes whose control says nothing of TLS and DNS (assumed)."""
_CONTROL_ONLY: Final = ("tcp", "tls", "http", "dns")
_DOWN_BY_LAYER: Final = {
    "dns": "target.dns.broken",
    "tcp": "target.tcp",
    "tls": "target.tls.down",
    "http": "target.http.failed",
}
_CUT_BY_LAYER: Final = {
    "dns": "dns.timeout.control",
    "tcp": "tcp.timeout.same",
    "tls": "tls.timeout.same",
    "http": "target.http.error.here",
}
# The length heuristic finds 58.3 % of refusal pages (IMC 2018): the rest are about as long as the
# page they replace.
_SHORT_PAGES: Final = 0.583

Rows = NDArray[np.int64]


class Truth(Struct, frozen=True):
    """What is at work, by [country, target, week, cause of ``CAUSES``]."""

    active: NDArray[np.float32]
    """Share of the week in which it is at work."""
    extent: NDArray[np.float32]
    """Share of the country's networks on which it acts that week."""
    witnesses: NDArray[np.int32]
    """Exchanges that it ended."""
    measured: NDArray[np.int32]
    """Exchanges measured, by [country, target, week]."""
    onsets: tuple[Episode, ...]
    """Episodes that begin while measuring goes on."""


class World(Struct, frozen=True):
    """One simulated world."""

    plan: Plan
    countries: tuple[Country, ...]
    targets: tuple[Target, ...]
    episodes: tuple[Episode, ...]
    verdicts: pa.Table
    body_bytes: NDArray[np.float64]
    """Length of the page of each verdict; NaN where none came."""
    truth: Truth


def country_code(number: int) -> str:
    """Name a country by a code that no country has (ISO 3166 leaves XA to XZ to users)."""
    return "X" + chr(ord("A") + number)


def target_name(number: int) -> str:
    """Name a target under a domain kept for examples (RFC 2606)."""
    return f"t{number:04d}.example"


def network_asn(country: int, network: int) -> int:
    """Give a network an AS number of the range for private use (RFC 6996)."""
    return 64512 + 100 * country + network


def monday(week: int) -> np.datetime64:
    """Give the Monday of a week, counted from 0."""
    return FIRST_MONDAY + np.timedelta64(7 * week, "D")


class _Exchanges:
    """All exchanges, sorted by country, target and week, and what ended each so far."""

    def __init__(
        self, plan: Plan, countries: list[Country], targets: list[Target], rng: np.random.Generator
    ):
        self.plan, self.rng = plan, rng
        shape = (plan.countries, plan.targets, plan.weeks, plan.networks)
        counts = _draw_counts(plan, rng)
        flat = np.repeat(np.arange(counts.size), counts.ravel())
        self.country, self.target, self.week, self.network = (
            axis.astype(np.int16) for axis in np.unravel_index(flat, shape)
        )
        self.cell = flat
        size = flat.size
        self.day = self.week * 7.0 + rng.uniform(0, 7, size)
        self.probe = rng.integers(0, _PROBES, size).astype(np.int16)
        old = rng.random((plan.countries, plan.networks, _PROBES)) < _OLD_PROBES
        self.is_old = old[self.country, self.network, self.probe]
        self.is_clear = np.array([target.is_clear for target in targets])[self.target]
        self.is_walled = np.array([target.is_walled for target in targets])[self.target]
        self.stage = np.full(size, STAGES["served"], np.int8)
        self.row = np.empty(size, np.int16)
        self.means = np.empty(size, np.int16)
        self.by = np.full(size, -1, np.int8)
        self.bounds = np.searchsorted(
            self.country.astype(np.int64) * plan.targets + self.target,
            np.arange(plan.countries * plan.targets + 1),
        )
        everything = np.arange(size)
        self.put(everything[~self.is_walled], "served", force=True)
        self.put(everything[self.is_walled], "served_same_status", force=True)

    def pair(self, country: int, target: int) -> Rows:
        """Number the exchanges of one country with one target."""
        at = country * self.plan.targets + target
        return np.arange(self.bounds[at], self.bounds[at + 1])

    def put(self, rows: Rows, means: str, *, by: int = -1, force: bool = False) -> None:
        """Let exchanges end by a means, where nothing earlier on the wire ended them."""
        stage = STAGES[MEANS[means].stage]
        if not force:
            rows = rows[stage < self.stage[rows]]
        self.stage[rows] = stage
        self.by[rows] = by
        self.means[rows] = _MEANS_NUMBER[means]
        self.row[rows] = palette().draw(means, self.is_old[rows], self.is_clear[rows], self.rng)


_MEANS_NUMBER: Final = {name: at for at, name in enumerate(MEANS)}


def _shares(plan: Plan, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw how the measurements of each country spread over its networks."""
    shares = rng.dirichlet(np.full(plan.networks, 3.0), plan.countries)
    if plan.top_share:
        shares *= 1 - plan.top_share
        top = rng.integers(0, plan.networks, plan.countries)
        shares[np.arange(plan.countries), top] += plan.top_share
    thin = rng.permutation(plan.countries)[: round(plan.thin_countries * plan.countries)]
    for number in thin:
        kept = rng.choice(plan.networks, int(rng.integers(1, 3)), replace=False)
        only = np.zeros(plan.networks)
        only[kept] = rng.dirichlet(np.full(kept.size, 3.0))
        shares[number] = only
    return shares


def _draw_counts(plan: Plan, rng: np.random.Generator) -> NDArray[np.int64]:
    shares = _shares(plan, rng)
    counts = np.zeros((plan.countries, plan.targets, plan.weeks, plan.networks), np.int64)
    for number in range(plan.countries):
        size = (plan.targets, plan.weeks)
        if plan.is_exact:
            counts[number] = rng.multinomial(int(plan.per_cell), shares[number], size)
            continue
        mean = plan.per_cell * shares[number]
        uneven = rng.lognormal(-0.5, 1.0, (*size, plan.networks))
        counts[number] = rng.poisson(mean * uneven)
    if plan.gap_rate:
        counts[_gaps(plan, rng)] = 0
    return counts


def _gaps(plan: Plan, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Draw runs of unmeasured weeks, three on average."""
    is_gap = np.zeros((plan.countries, plan.targets, plan.weeks), bool)
    state = rng.random(is_gap.shape[:2]) < plan.gap_rate
    for week in range(plan.weeks):
        is_gap[:, :, week] = state
        leave = rng.random(state.shape) < 1 / 3
        enter = rng.random(state.shape) < plan.gap_rate / (1 - plan.gap_rate) / 3
        state = np.where(state, ~leave, enter)
    return is_gap


def _lay_noise(made: _Exchanges) -> None:
    """Small failures of servers and lines that belong to nobody."""
    rng, size = made.rng, made.row.size
    troubled = rng.beta(0.6, 60, made.plan.targets)[made.target]
    for means, rate in (
        ("server_error", 0.002 + 0.3 * troubled),
        ("http_timeout", 0.001 + 0.2 * troubled),
        ("tls_timeout", 0.0005 + 0.1 * troubled),
        ("tcp_timeout", 0.001 + 0.1 * troubled),
        ("dns_timeout", np.full(size, 0.001)),
        ("no_rule", np.full(size, 0.003)),
    ):
        made.put(np.flatnonzero(rng.random(size) < rate), means, force=means == "no_rule")


def _lay_episode(made: _Exchanges, episode: Episode) -> None:
    rng = made.rng
    rows = made.pair(episode.country, episode.target)
    day, network = made.day[rows], made.network[rows]
    begun = episode.start[network]
    rate = episode.hit[network]
    if episode.ramp_days:
        rate = rate * np.clip((day - begun) / episode.ramp_days, 0.05, 1.0)
    struck = (day >= begun) & (day < episode.end) & (rng.random(rows.size) < rate)
    number = CAUSES.index(episode.cause)
    if episode.cause == "target_down":
        _lay_outage(made, episode, rows[struck], number)
        return
    since = np.array([day for day, _ in episode.phases])
    phase = np.searchsorted(since, day, side="right") - 1
    second = rng.random(rows.size) < 0.33 if episode.also else np.zeros(rows.size, bool)
    if episode.also:
        made.put(rows[struck & second], episode.also, by=number)
    for at, (_, means) in enumerate(episode.phases):
        for name in sorted(set(means)):
            here = np.array([one == name for one in means])[network]
            made.put(rows[struck & ~second & (phase == at) & here], name, by=number)


def _lay_outage(made: _Exchanges, episode: Episode, rows: Rows, number: int) -> None:
    """A dead target is dead to the control too; only proof of interference outranks that."""
    kinds = palette()
    is_proof = (kinds.values["outcome"] == "interfered") & (kinds.values["strength"] == "A")
    rows = rows[~is_proof[made.row[rows]]]
    means = episode.phases[0][1][0]
    made.put(rows, means, by=number, force=True)
    # The control asked a minute earlier or later, and found it up.
    late = rows[made.rng.random(rows.size) < 0.04]
    layer = MEANS[means].stage
    made.row[late] = kinds.number[_CUT_BY_LAYER[layer]]


def _lay_path_faults(made: _Exchanges) -> None:
    """A lost route: one network cannot reach the targets in one other network for some days."""
    plan, rng = made.plan, made.rng
    for country in range(plan.countries):
        for network in range(plan.networks):
            if rng.random() > 0.006 * plan.weeks:
                continue
            lost = np.flatnonzero(rng.random(plan.targets) < 0.04)
            start = float(rng.uniform(0, plan.weeks * 7))
            end = start + float(rng.uniform(2, 10))
            for target in lost:
                rows = made.pair(country, int(target))
                there = (made.network[rows] == network) & (made.day[rows] >= start)
                made.put(rows[there & (made.day[rows] < end)], "path_fault")


def _lay_loss(made: _Exchanges) -> None:
    """Bad days of a network, on which all its targets suffer; and lines that lose all the time."""
    plan, rng = made.plan, made.rng
    days = plan.weeks * 7
    loss = np.full((plan.countries, plan.networks, days), 0.002)
    chronic = rng.random((plan.countries, plan.networks, 1)) < 0.08
    loss = np.where(chronic, rng.uniform(0.02, 0.08, chronic.shape), loss)
    bad = rng.random(loss.shape) < 0.01
    loss = np.where(bad, rng.uniform(0.3, 0.95, loss.shape), loss)
    rate = loss[made.country, made.network, made.day.astype(int)]
    made.put(np.flatnonzero(rng.random(rate.size) < rate), "loss")
    dark = rng.random(loss.shape) < 0.001
    is_dark = dark[made.country, made.network, made.day.astype(int)]
    made.put(np.flatnonzero(is_dark & (rng.random(rate.size) < 0.97)), "network_down")


def _lay_probe_faults(made: _Exchanges) -> None:
    """Software faults by lot, and probes with a defect that meets all their targets alike."""
    plan, rng = made.plan, made.rng
    made.put(np.flatnonzero(rng.random(made.row.size) < 0.008), "invalid", force=True)
    kinds = ("middlebox", "clock", "no_ipv4", "dead_resolver")
    for country in range(plan.countries):
        for network in range(plan.networks):
            for probe in range(_PROBES):
                if rng.random() > plan.probe_defects:
                    continue
                kind = str(rng.choice(kinds, p=(0.4, 0.2, 0.2, 0.2)))
                start = float(rng.uniform(-7, plan.weeks * 7))
                end = start + float(rng.uniform(7, 70))
                hit = (made.country == country) & (made.network == network)
                hit &= (made.probe == probe) & (made.day >= start) & (made.day < end)
                hit &= rng.random(hit.size) < 0.95
                made.put(np.flatnonzero(hit), kind, force=True)


def _let_control_speak(made: _Exchanges) -> None:
    """Rewrite what a failing, missing, refused or blinded control makes of an exchange."""
    plan, rng, kinds = made.plan, made.rng, palette()
    outcome = kinds.values["outcome"][made.row]
    layer = kinds.values["layer"][made.row]
    mechanism = kinds.values["mechanism"][made.row].astype(str)
    cut = outcome == "cut_unattributed"
    refused = rng.random(plan.targets) < plan.control_refused
    since = rng.uniform(-60, plan.weeks * 7, plan.targets)
    until = since + rng.uniform(14, 120, plan.targets)
    there = (
        refused[made.target] & (made.day >= since[made.target]) & (made.day < until[made.target])
    )
    vague = np.char.startswith(mechanism, "http.refusal.vague") | (
        mechanism == "http.refusal.status"
    )
    vague &= outcome == "insufficient"
    made.row[there & vague] = kinds.number["served.authenticated.same_status"]
    dropped = rng.random((plan.targets, plan.weeks)) < plan.control_dropped
    dead = dropped[made.target, made.week] & cut
    for name, row in _DOWN_BY_LAYER.items():
        made.row[dead & (layer == name)] = kinds.number[row]
    missing = rng.random(made.row.size) < plan.control_missing
    made.row[missing & cut & ~dead] = kinds.number["insufficient.none_fired"]
    blind = rng.random((plan.targets, plan.weeks)) < plan.control_blind
    unseen = blind[made.target, made.week] & (outcome == "target_down")
    for name, row in _CUT_BY_LAYER.items():
        made.row[unseen & (layer == name)] = kinds.number[row]


def _repeat(made: _Exchanges) -> None:
    """Let one probe say one thing again and again, within the hour."""
    plan, rng = made.plan, made.rng
    if not plan.repeats:
        return
    _, first, group = np.unique(made.cell, return_index=True, return_inverse=True)
    repeats = rng.random(first.size) < plan.repeats
    leader = first[group]
    copied = repeats[group]
    for name in ("row", "by", "means", "probe", "stage"):
        values = getattr(made, name)
        values[copied] = values[leader[copied]]
    later = rng.uniform(0, 0.3, made.day.size)
    made.day[copied] = np.minimum(
        made.day[leader[copied]] + later[copied], made.week[copied] * 7 + 6.99999
    )


def _body_bytes(made: _Exchanges, targets: list[Target]) -> NDArray[np.float64]:
    """Draw the length of each page: of the service, or of what came instead of it."""
    rng, size = made.rng, made.row.size
    own = np.array([target.body_bytes for target in targets])[made.target]
    own = own * rng.lognormal(0, 0.08, size)
    kind = np.array([MEANS[name].page for name in MEANS], object)[made.means]
    # How long the notice of one service is belongs to the service, not to the visit.
    is_short = rng.random(made.plan.targets) < _SHORT_PAGES
    short = own * rng.uniform(0.02, 0.6, made.plan.targets)[made.target]
    notice = np.where(is_short[made.target], short, own * rng.uniform(0.75, 1.0, size))
    return np.where(kind == "served", own, np.where(kind == "", np.nan, notice))


def _table(made: _Exchanges) -> pa.Table:
    kinds = palette()
    size = made.row.size
    start = FIRST_MONDAY.astype("datetime64[us]") + (made.day * 86_400_000_000).astype(np.int64)
    codes = pa.array([country_code(number) for number in range(made.plan.countries)])
    names = pa.array([target_name(number) for number in range(made.plan.targets)])
    numbers = pa.array(np.arange(size)).cast(pa.string())
    columns = {
        "origin": pa.array(["ooni"]).take(pa.array(np.zeros(size, np.int8))),
        "probe_cc": codes.take(pa.array(made.country)),
        "probe_asn": pa.array(64512 + 100 * made.country.astype(np.int64) + made.network),
        "measurement_start_time": pa.array(start, pa.timestamp("us")).cast(
            pa.timestamp("us", tz="UTC")
        ),
        "measurement_uid": pc.binary_join_element_wise("simulated", numbers, "-"),
        "target": names.take(pa.array(made.target)),
    }
    for name in COLUMNS:
        columns[name] = pa.array(kinds.values[name].tolist()).take(pa.array(made.row))
    return pa.table(columns)


def _truth(made: _Exchanges, episodes: list[Episode]) -> Truth:
    plan = made.plan
    shape = (plan.countries, plan.targets, plan.weeks)
    active = np.zeros((*shape, len(CAUSES)), np.float32)
    extent = np.zeros_like(active)
    monday_day = np.arange(plan.weeks) * 7.0
    for episode in episodes:
        at = (episode.country, episode.target, slice(None), CAUSES.index(episode.cause))
        acts = episode.hit > 0
        start = episode.start[acts]
        share = (
            np.clip(
                np.minimum(episode.end, monday_day + 7) - np.maximum(start.min(), monday_day), 0, 7
            )
            / 7
        )
        active[at] = np.minimum(active[at] + share, 1)
        here = (start[:, None] < monday_day + 7) & (episode.end > monday_day)
        extent[at] = np.maximum(extent[at], here.sum(axis=0) / acts.size)
    witnesses = np.zeros((*shape, len(CAUSES)), np.int32)
    seen = made.by >= 0
    np.add.at(witnesses, (made.country[seen], made.target[seen], made.week[seen], made.by[seen]), 1)
    measured = np.bincount(made.cell // plan.networks, minlength=int(np.prod(shape))).reshape(shape)
    days = plan.weeks * 7
    onsets = tuple(e for e in episodes if 0 <= e.start[e.hit > 0].min() < days)
    return Truth(active, extent, witnesses, measured.astype(np.int32), onsets)


def build_world(plan: Plan) -> World:
    """Build the world of a plan; the same plan gives the same world."""
    rng = np.random.default_rng(plan.seed)
    countries, targets = draw_countries(plan, rng), draw_targets(plan, rng)
    episodes = draw_episodes(plan, rng, countries, targets)
    made = _Exchanges(plan, countries, targets, rng)
    _lay_noise(made)
    for episode in episodes:
        _lay_episode(made, episode)
    _lay_path_faults(made)
    _lay_loss(made)
    _lay_probe_faults(made)
    _let_control_speak(made)
    _repeat(made)
    return World(
        plan,
        tuple(countries),
        tuple(targets),
        tuple(episodes),
        _table(made),
        _body_bytes(made, targets),
        _truth(made, episodes),
    )
