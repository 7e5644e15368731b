"""What goes on in a world: who cuts which target off where, from when to when, and by what means.

An episode is one cause at one target in one country. Times are days since the first Monday.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tests.simulate.plan import Plan

__all__ = [
    "CAUSES",
    "Country",
    "Episode",
    "Target",
    "draw_countries",
    "draw_episodes",
    "draw_targets",
]

CAUSES: Final = ("refused_service", "refused_edge", "interfered", "target_down", "bot_check")
Rng = np.random.Generator

# By stage, from the refusals of Cuba: see plan.py. The pages are split further below.
_STAGES: Final = {"page": 395, "tcp": 97, "dns": 37, "http": 24, "tls": 23}
# 66 notices of 546: nine 451, half of the 32 with status 200, and 41 of the 347 with 403.
_PAGES: Final = {
    **{"explicit": 41, "legal_451": 9, "notice_200": 16, "vague_200": 16},
    **{"vague_page": 306 * 0.7, "vague_status": 306 * 0.3 + 7},
}
_EXPLICIT: Final = {
    "geo_edge": 0.5,
    "geo_edge_weak": 0.06,
    "geo_origin": 0.16,
    "sanctions": 0.16,
    "geo_cloud": 0.08,
    "licence": 0.04,
}
_BELOW: Final = {
    "tcp": {"tcp_timeout": 0.85, "tcp_refused": 0.05, "tcp_reset": 0.1},
    "tls": {"tls_reset": 0.4, "tls_timeout": 0.25, "tls_eof": 0.2, "tls_alert": 0.15},
    "http": {"http_reset": 0.5, "http_eof": 0.2, "http_timeout": 0.3},
    "dns": {"dns_servfail": 0.4, "dns_refused": 0.3, "dns_timeout": 0.3},
}
_EDGE_SHARE: Final = {"geo_edge": 1.0, "geo_edge_weak": 1.0, "geo_cloud": 1.0, "vague_cloud": 1.0}
# How states interfere; assumed, see plan.py.
_CENTRAL: Final = {
    "tls_reset": 0.25,
    "tls_timeout": 0.18,
    "dns_bogon": 0.14,
    "dns_other": 0.08,
    "dns_blockpage_state": 0.08,
    "dns_nxdomain": 0.05,
    "tcp_timeout": 0.1,
    "block_page": 0.05,
    "stall_count": 0.03,
    "stall": 0.01,
    "tls_mitm": 0.02,
    "http_reset": 0.01,
}
_BY_NETWORK: Final = {
    "dns_bogon": 0.16,
    "dns_blockpage": 0.2,
    "dns_blockpage_weak": 0.05,
    "dns_nxdomain": 0.14,
    "dns_no_answer": 0.04,
    "dns_other": 0.08,
    "block_page": 0.1,
    "tls_reset": 0.1,
    "tls_timeout": 0.05,
    "tls_eof": 0.02,
    "tcp_timeout": 0.04,
    "tcp_reset": 0.02,
}
_FULL_VAGUE: Final = 0.139
_FULL_EXPLICIT: Final = 0.85
_SEVERAL_STAGES: Final = 30 / 546


class Assumed(Struct, frozen=True):
    """What no paper gives: drawn anew for each seed, so that nothing can be fitted to it."""

    edge_of_vague: float
    """Share of the vague pages that an edge sends."""
    edge_of_bare: float
    """Share of the refusals below the page that an edge makes."""
    told_by_wording: float
    """Share of an edge's vague pages that its wording gives away."""


@cache
def _assumed(seed: int) -> Assumed:
    rng = np.random.default_rng([seed, 1])
    return Assumed(
        edge_of_vague=float(rng.uniform(0.3, 0.7)),
        edge_of_bare=float(rng.uniform(0.05, 0.25)),
        told_by_wording=float(rng.uniform(0.7, 0.97)),
    )


class Country(Struct, frozen=True):
    """One country: how its state blocks, whether sanctions name it, and its networks."""

    regime: str
    """``central``, ``by_network`` or ``none``."""
    is_sanctioned: bool
    block_rate: float
    menus: tuple[dict[str, float], ...]
    """Means of interference by network; a central state has one for all."""
    implements: NDArray[np.float64]
    """By network: chance that it follows an order to block."""
    is_misplaced: NDArray[np.bool_]
    """By network: location tables hold it for another country, so no service refuses it."""
    badness: NDArray[np.float64]
    """By network: its standing with filters against machines."""


class Target(Struct, frozen=True):
    """One service: how it is reached and what it tends to do."""

    is_clear: bool
    """It has no https."""
    body_bytes: float
    follows_sanctions: bool
    home: int
    """The only country it serves; -1: all."""
    is_walled: bool
    """It answers machines everywhere with a refusal, the control included."""
    has_google: bool
    """Its cloud refuses with a page of its own."""


class Episode(Struct, frozen=True):
    """One cause at one target in one country, and how its rows look."""

    country: int
    target: int
    cause: str
    phases: tuple[tuple[float, tuple[str, ...]], ...]
    """From which day by which means, one entry a network; the last one begun counts."""
    start: NDArray[np.float64]
    """By network."""
    end: float
    hit: NDArray[np.float64]
    """By network: share of exchanges that it ends; 0: it does not act there."""
    also: str = ""
    """A second means, by which a third of its exchanges end."""
    ramp_days: float = 0.0
    how: str = ""


def _pick(weights: dict[str, float], rng: Rng) -> str:
    share = np.array(list(weights.values()), float)
    return str(rng.choice(list(weights), p=share / share.sum()))


def _menu(weights: dict[str, float], sharpness: float, rng: Rng) -> dict[str, float]:
    """Narrow a list of means: a state, or a network, has its habits."""
    kept = {name: share * rng.gamma(sharpness) / sharpness for name, share in weights.items()}
    total = sum(kept.values())
    return {name: share / total for name, share in kept.items()}


def draw_countries(plan: Plan, rng: Rng) -> list[Country]:
    """Draw the countries; of six, two block centrally, two by network, and two hardly at all."""
    regimes = [("central", "by_network", "none")[number % 3] for number in range(plan.countries)]
    countries = []
    for number, regime in enumerate(regimes):
        rates = {"central": (0.05, 0.15), "by_network": (0.04, 0.12), "none": (0.0, 0.005)}
        networks = plan.networks
        if regime == "central":
            menus = (_menu(_CENTRAL, 0.6, rng),) * networks
            implements = np.where(rng.random(networks) < 0.03, 0.0, 1.0)
        else:
            menus = tuple(_menu(_BY_NETWORK, 0.25, rng) for _ in range(networks))
            implements = rng.beta(5, 2, networks)
        countries.append(
            Country(
                regime=regime,
                is_sanctioned=number < max(1, plan.countries // 3),
                block_rate=float(rng.uniform(*rates[regime])),
                menus=menus,
                implements=implements,
                is_misplaced=rng.random(networks) < 0.02,
                badness=rng.beta(1.5, 3, networks),
            )
        )
    return countries


def draw_targets(plan: Plan, rng: Rng) -> list[Target]:
    """Draw the services."""
    return [
        Target(
            is_clear=bool(rng.random() < 0.08),
            body_bytes=float(rng.lognormal(10.4, 1.2)),
            follows_sanctions=bool(rng.random() < 0.13),
            home=int(rng.integers(plan.countries)) if rng.random() < 0.015 else -1,
            is_walled=bool(rng.random() < 0.03),
            has_google=bool(rng.random() < 0.03),
        )
        for _ in range(plan.targets)
    ]


def _when(plan: Plan, rng: Rng, standing: float = 0.4, ends: float = 0.35) -> tuple[float, float]:
    """Draw when something begins and ends; what stands began before measuring did."""
    days = plan.weeks * 7.0
    start = -30.0 if rng.random() < standing else float(rng.uniform(0, days))
    end = 10 * days
    if rng.random() < ends:
        end = max(start, 0.0) + 14 + float(rng.uniform(0, days * 0.7))
    return start, end


def _vague_of_edge(otherwise: str, plan: Plan, rng: Rng) -> str:
    return "vague_edge" if rng.random() < _assumed(plan.seed).told_by_wording else otherwise


def _refusal_means(target: Target, plan: Plan, rng: Rng) -> tuple[str, str, str]:
    """Draw how a service refuses: its stage, its means, its cause."""
    stage = _pick({key: float(value) for key, value in _STAGES.items()}, rng)
    if stage == "page":
        means = _pick(_PAGES, rng)
        if means == "explicit":
            means = _pick(_EXPLICIT, rng)
        if target.has_google and means.startswith("vague"):
            means = "vague_cloud"
        edge = _EDGE_SHARE.get(means, 0.0)
        if means in ("vague_page", "vague_status", "vague_200"):
            if rng.random() > _assumed(plan.seed).edge_of_vague:
                return stage, means, "refused_service"
            # The edge did it; mostly its page can be told by its wording.
            means = means if means == "vague_200" else _vague_of_edge(means, plan, rng)
            return stage, means, "refused_edge"
    else:
        means = _pick(_BELOW[stage], rng)
        edge = 0.0 if stage == "dns" else _assumed(plan.seed).edge_of_bare
    return stage, means, "refused_edge" if rng.random() < edge else "refused_service"


def _refusal_hit(means: str, country: Country, rng: Rng) -> NDArray[np.float64]:
    networks = country.is_misplaced.size
    full = _FULL_VAGUE if means.startswith("vague") else _FULL_EXPLICIT
    hit = 1.0 if rng.random() < full else float(rng.uniform(0.82, 0.995))
    acts = ~country.is_misplaced & (rng.random(networks) > 0.01)
    return np.where(acts, hit, 0.0)


def _drift(episode: Episode, target: Target, plan: Plan, rng: Rng) -> list[Episode]:
    """Let a refusal change: another page, a slow roll-out, on and off, or by lot."""
    import msgspec

    networks = episode.hit.size
    change = msgspec.structs.replace
    kind = rng.choice(["page", "ramp", "flip", "lot"])
    begun = max(float(episode.start.min()), 0.0)
    until = min(episode.end, plan.weeks * 7.0)
    if kind == "page":
        phases = [*episode.phases]
        for _ in range(int(rng.integers(1, 4))):
            for _ in range(30):
                _, means, cause = _refusal_means(target, plan, rng)
                if cause == episode.cause:
                    phases.append((float(rng.uniform(begun, until)), (means,) * networks))
                    break
        return [change(episode, phases=tuple(sorted(phases)), how=episode.how + ", other pages")]
    if kind == "ramp":
        ramp = float(rng.uniform(21, 56))
        return [change(episode, ramp_days=ramp, how=episode.how + ", by and by")]
    if kind == "lot":
        hit = np.where(episode.hit > 0, rng.uniform(0.3, 0.7), 0.0)
        return [change(episode, hit=hit, how=episode.how + ", by lot")]
    parts, at, first = [], begun, True
    while at < until:
        length = float(rng.uniform(10, 40))
        start = episode.start if first else np.full(networks, at)
        ends = min(at + length, episode.end)
        parts.append(change(episode, start=start, end=ends, how=episode.how + ", on and off"))
        at, first = at + length + float(rng.uniform(5, 25)), False
    return parts or [episode]


def _refuse(
    who: list[int],
    target: int,
    how: str,
    plan: Plan,
    rng: Rng,
    countries: list[Country],
    targets: list[Target],
) -> list[Episode]:
    """One service refuses one or several countries, by the same means and from the same day."""
    service = targets[target]
    _, means, cause = _refusal_means(service, plan, rng)
    start, end = _when(plan, rng)
    also = ""
    if rng.random() < _SEVERAL_STAGES:
        # Whoever refuses at one stage refuses at the other.
        others = (_refusal_means(service, plan, rng) for _ in range(30))
        also = next((other for _, other, who_does in others if who_does == cause), "")
    drifts = rng.random() < plan.drift
    made = []
    for number in who:
        hit = _refusal_hit(means, countries[number], rng)
        if not hit.any():
            continue
        episode = Episode(
            number,
            target,
            cause,
            ((-1e9, (means,) * plan.networks),),
            np.full(plan.networks, start),
            end,
            hit,
            also,
            how=how,
        )
        made += _drift(episode, service, plan, rng) if drifts else [episode]
    return made


def _draw_refusals(
    plan: Plan, rng: Rng, countries: list[Country], targets: list[Target]
) -> list[Episode]:
    sanctioned = [number for number, country in enumerate(countries) if country.is_sanctioned]
    made: list[Episode] = []
    for at, target in enumerate(targets):
        if target.home >= 0:
            who = [number for number in range(plan.countries) if number != target.home]
            made += _refuse(who, at, "home only", plan, rng, countries, targets)
            continue
        if target.follows_sanctions:
            who = sanctioned if rng.random() < 0.75 else [int(rng.choice(sanctioned))]
            made += _refuse(who, at, "sanctions", plan, rng, countries, targets)
        for number in range(plan.countries):
            if rng.random() < 0.012 and not (target.follows_sanctions and number in sanctioned):
                made += _refuse([number], at, "alone", plan, rng, countries, targets)
    return made


def _block(
    number: int, target: int, plan: Plan, rng: Rng, country: Country, service: Target
) -> Episode | None:
    """One state has one target blocked: by one means for all, or by each network's own."""
    start, end = _when(plan, rng, standing=0.5, ends=0.3)
    acts = rng.random(plan.networks) < country.implements
    if not acts.any():
        return None
    if country.regime == "central":
        means = (_pick(country.menus[0], rng),) * plan.networks
        starts = np.full(plan.networks, start)
        also = _pick(country.menus[0], rng) if rng.random() < 0.12 else ""
    else:
        means = tuple(_pick(menu, rng) for menu in country.menus)
        starts = start + rng.exponential(3.0, plan.networks)
        also = ""
    hit = np.where(acts, rng.uniform(0.88, 1.0, plan.networks), 0.0)
    return Episode(
        number, target, "interfered", ((-1e9, means),), starts, end, hit, also, how=country.regime
    )


def _draw_blocks(
    plan: Plan, rng: Rng, countries: list[Country], targets: list[Target]
) -> list[Episode]:
    made = []
    for number, country in enumerate(countries):
        for at, target in enumerate(targets):
            # What sanctions make a service refuse is often what the state blocks as well.
            rate = country.block_rate * (1.5 if target.follows_sanctions else 1.0)
            if rng.random() < rate:
                episode = _block(number, at, plan, rng, country, target)
                made += [episode] if episode else []
    return made


def _draw_outages(plan: Plan, rng: Rng) -> list[Episode]:
    """Targets that die for everybody: for days, some for months."""
    made = []
    kinds = {
        "down_dns": 0.2,
        "down_tcp": 0.3,
        "down_tls": 0.1,
        "down_certificate": 0.15,
        "down_http": 0.25,
    }
    for at in range(plan.targets):
        dies = rng.random()
        if dies > 0.08:
            continue
        start = float(rng.uniform(-20, plan.weeks * 7))
        length = float(rng.lognormal(1.6, 0.9)) if dies > 0.015 else 400.0
        means = (_pick(kinds, rng),) * plan.networks
        rate = float(rng.uniform(0.8, 1.0))
        made += [
            Episode(
                number,
                at,
                "target_down",
                ((-1e9, means),),
                np.full(plan.networks, start),
                start + length,
                np.full(plan.networks, rate),
                how="outage",
            )
            for number in range(plan.countries)
        ]
    return made


def _draw_checks(plan: Plan, rng: Rng, countries: list[Country]) -> list[Episode]:
    """Filters against machines: by the standing of the network, in whatever country."""
    made = []
    kinds = {"bot_challenge": 0.6, "bot_reputation": 0.3, "bot_rate_limit": 0.1}
    for at in range(plan.targets):
        dice = rng.random()
        if dice > plan.bots + plan.vague_bots:
            continue
        usual = (
            _pick(kinds, rng)
            if dice < plan.bots
            else _vague_of_edge(str(rng.choice(["vague_page", "vague_status"])), plan, rng)
        )
        start, end = _when(plan, rng, standing=0.6)
        strict = float(rng.uniform(0.35, 0.75))
        for number, country in enumerate(countries):
            means = np.full(plan.networks, usual, object)
            dice_by_network = rng.random(plan.networks)
            means[dice_by_network < plan.bot_rows_vague + plan.bot_rows_explicit] = "vague_edge"
            means[dice_by_network < plan.bot_rows_explicit] = "geo_edge"
            rate = (
                rng.uniform(0.6, 1.0, plan.networks)
                if dice < plan.bots
                else rng.beta(2, 1.5, plan.networks)
            )
            hit = np.where(country.badness > strict, rate, 0.0)
            if hit.any():
                made.append(
                    Episode(
                        number,
                        at,
                        "bot_check",
                        ((-1e9, tuple(means)),),
                        np.full(plan.networks, start),
                        end,
                        hit,
                        how="check",
                    )
                )
    return made


def draw_episodes(
    plan: Plan, rng: Rng, countries: list[Country], targets: list[Target]
) -> list[Episode]:
    """Draw all that goes on; the order is the one in which it is laid over the exchanges."""
    return [
        *_draw_checks(plan, rng, countries),
        *_draw_refusals(plan, rng, countries, targets),
        *_draw_blocks(plan, rng, countries, targets),
        *_draw_outages(plan, rng),
    ]
