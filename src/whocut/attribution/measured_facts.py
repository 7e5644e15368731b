"""Facts of measurements: cells, spans, slowdowns."""

from collections.abc import Iterator
from typing import Final

from whocut.attribution.bundle import Cell, Identity, Measured, Slowdown, Span
from whocut.attribution.tables import Enough, Tables
from whocut.attribution.vocabulary import IdentityBy, OtherServices, SlowdownAnswer
from whocut.model.taxonomy import CUT_OUTCOMES, CellAnswer, Outcome

__all__ = ["measured_facts", "shown_identities", "slowdown_facts"]

_CUTS: Final = frozenset(
    {
        *(CellAnswer.REFUSED_SERVICE, CellAnswer.REFUSED_EDGE, CellAnswer.REFUSED),
        *(CellAnswer.INTERFERED, CellAnswer.CUT_UNATTRIBUTED),
    }
)
_ON_THE_WAY: Final = frozenset({CellAnswer.INTERFERED, CellAnswer.CUT_UNATTRIBUTED})
_SILENT: Final = frozenset({CellAnswer.MEASUREMENT_FAULT, CellAnswer.INSUFFICIENT})
_NO_CONTRAST: Final = frozenset(
    {CellAnswer.SERVED, CellAnswer.NETWORK_DOWN, CellAnswer.BOT_CHECK, CellAnswer.TARGET_DOWN}
)
_FINE: Final = frozenset({OtherServices.NORMAL, OtherServices.FINE})
_BAD: Final = frozenset({OtherServices.SLOW, OtherServices.DOWN})


def _causes(one: Measured) -> tuple[CellAnswer, ...]:
    if isinstance(one, Span):
        return (one.cause,)
    if not isinstance(one, Cell) or one.answer in _SILENT:
        return ()
    if one.answer is CellAnswer.TWO_CAUSES:
        return tuple(cause for cause in (one.lead, one.second) if cause is not None)
    return (one.answer,)


def _usable(one: Measured) -> int:
    usable = one.n_usable if isinstance(one, Cell) else None
    return (usable if usable is not None else one.n) or 0


def _networks_by_outcome(one: Measured) -> tuple[int, int] | None:
    """Count networks that were cut and that were served, where they are told one by one."""
    if not isinstance(one, Cell) or not one.networks:
        return None
    cut = served = 0
    for network in one.networks:
        was_cut = bool(network.n_cut) or network.outcome in CUT_OUTCOMES
        was_served = network.outcome is Outcome.SERVED or bool(network.n_served)
        cut += was_cut
        served += was_served and not was_cut
    return cut, served


def _cut_and_served(one: Measured) -> tuple[int | None, int | None]:
    counted = _networks_by_outcome(one)
    if counted is not None:
        return counted
    cut = one.n_networks_cut if isinstance(one, Cell) else None
    if cut is None or one.n_networks is None:
        return cut, None
    return cut, one.n_networks - cut


def _has_contrast(one: Measured, least: Enough) -> bool:
    if isinstance(one, Span) and one.n_countries is None:
        return True
    return (one.n_countries_served or 0) >= least.countries_served


def _is_everywhere(one: Measured, tables: Tables) -> bool:
    if not one.n_countries or one.n_countries < tables.spread.everywhere_least:
        return False
    served = one.n_countries_served
    return served is not None and served < one.n_countries * tables.spread.everywhere_share


def _probability(one: Measured, cause: CellAnswer) -> float:
    if isinstance(one, Span):
        return 1.0 if one.p is None else one.p
    p = one.p if isinstance(one, Cell) else {}
    if cause is CellAnswer.REFUSED:
        pair = [p[name] for name in ("refused_service", "refused_edge") if name in p]
        return min(1.0, sum(pair)) if pair else 1.0
    if cause is CellAnswer.CUT_UNATTRIBUTED:
        return p.get("cut", 1.0)
    return p.get(cause.value, 1.0)


def _passes(one: Measured, cause: CellAnswer, least: Enough, *, is_cut: bool) -> bool:
    cut, served = _cut_and_served(one)
    counted = _networks_by_outcome(one)
    networks = one.n_networks if one.n_networks is not None else (sum(counted) if counted else 0)
    if is_cut and cut is not None:
        networks = min(networks, cut) if networks else cut
    if cause is CellAnswer.SERVED and served is not None:
        networks = served
    return (
        _usable(one) >= least.measurements
        and networks >= least.networks
        and _probability(one, cause) >= least.probability
        and (cause in _NO_CONTRAST or _has_contrast(one, least))
    )


def _is_partial(one: Measured, tables: Tables) -> bool:
    """Tell whether most of what was measured, or most networks, were served all the same."""
    cut, served = _cut_and_served(one)
    if cut is not None and served is not None and cut + served > 0:
        return cut < (cut + served) * tables.spread.partial_share
    if cut is not None or not isinstance(one, Cell) or one.n_served is None:
        return False
    return one.n_served > _usable(one) * (1 - tables.spread.partial_share)


def _mass(one: Measured, cause: CellAnswer, tables: Tables) -> str:
    is_cut = cause in _CUTS
    if cause is CellAnswer.TARGET_DOWN and not _is_down_elsewhere(one):
        return "thin"
    if not _passes(one, cause, tables.enough, is_cut=is_cut):
        return "thin"
    if not _passes(one, cause, tables.solid, is_cut=is_cut):
        return "enough"
    if cause is CellAnswer.TARGET_DOWN and (one.n_countries or 0) < tables.solid.countries_served:
        return "enough"
    return "enough" if is_cut and _is_partial(one, tables) else "solid"


def _is_down_elsewhere(one: Measured) -> bool:
    if not one.n_countries or one.n_countries_served is None:
        return True
    return one.n_countries_served * 2 < one.n_countries


def _is_below(mechanism: str, nodes: tuple[str, ...]) -> bool:
    return any(mechanism == node or mechanism.startswith(f"{node}.") for node in nodes)


def _one_network(one: Measured, tables: Tables) -> Iterator[str]:
    cut, served = _cut_and_served(one)
    if cut != 1 or served is None or served < tables.spread.others_served:
        return
    yield "measured.one_network"
    often = _usable(one) - (one.n_served or 0) if isinstance(one, Cell) else _usable(one)
    if isinstance(one, Cell):
        of_it = [x for x in one.networks if x.n_cut or x.outcome in CUT_OUTCOMES]
        often = max([often, *((x.n_cut or x.n or 0) for x in of_it)])
    if often >= tables.enough.measurements and _has_contrast(one, tables.enough):
        yield "measured.one_network_weighs"


def measured_facts(one: Measured, tables: Tables) -> Iterator[str]:
    """State what holds of a cell or span."""
    mechanism, masses = one.mechanism, set()
    for cause in _causes(one):
        if cause in _SILENT:
            continue
        if cause in _CUTS:
            yield "measured.cut"
            if _is_everywhere(one, tables):
                yield "measured.everywhere"
                continue
        masses.add(_mass(one, cause, tables))
        yield f"measured.{cause.value}"
        if cause is CellAnswer.INTERFERED:
            yield from _one_network(one, tables)
    mass = next((name for name in ("thin", "enough", "solid") if name in masses), None)
    if mass is not None:
        yield f"measured.{mass}"
        if mass != "thin":
            yield "measured.weighs"
    if _is_below(mechanism, tables.mechanisms.specific) and not _is_vague(mechanism, tables):
        yield "measured.specific"
    if _is_below(mechanism, tables.mechanisms.page):
        yield "measured.page"
    yield from _identities(one, tables)


def _is_vague(mechanism: str, tables: Tables) -> bool:
    return mechanism in tables.mechanisms.vague


def _speaks_of_page(one: Measured, tables: Tables) -> bool:
    """Tell whether a refusal by the service says why, so that its page is the service's own.

    A page that is known to be somebody else's is not.
    """
    if any(shown.by is not IdentityBy.OWN_PAGE for shown in one.identity):
        return False
    return CellAnswer.REFUSED_SERVICE in _causes(one) and _is_below(
        one.mechanism, tables.mechanisms.page
    )


def _identity_mass(one: Measured, shown: Identity, tables: Tables) -> str:
    networks = shown.n_networks if shown.n_networks is not None else 1
    if shown.by is IdentityBy.BLOCK_PAGE and _ON_THE_WAY.isdisjoint(_causes(one)):
        # What a service's own page says of an authority is the word of the service.
        return "one"
    for name, least in (("many", tables.solid), ("some", tables.enough)):
        if (
            networks >= least.networks
            and _usable(one) >= least.measurements
            and _has_contrast(one, least)
        ):
            return name
    return "one"


def shown_identities(one: Measured, tables: Tables) -> Iterator[tuple[Identity, str]]:
    """Give who shows by a cut itself, and on how many networks: many, some or one.

    A refusing page that says why shows the service without saying so.
    """
    if _CUTS.isdisjoint(_causes(one)) or _is_everywhere(one, tables):
        return
    for shown in one.identity:
        yield shown, _identity_mass(one, shown, tables)
    if _speaks_of_page(one, tables) and _mass(one, CellAnswer.REFUSED_SERVICE, tables) != "thin":
        cut, _ = _cut_and_served(one)
        page = Identity(
            by=IdentityBy.OWN_PAGE, n_networks=cut if cut is not None else one.n_networks
        )
        mass = _identity_mass(one, page, tables)
        if mass != "one":
            yield page, mass


def _identities(one: Measured, tables: Tables) -> Iterator[str]:
    for shown, mass in shown_identities(one, tables):
        if shown.by is IdentityBy.OPERATOR_PAGE:
            yield "identity.operator_page"
        else:
            yield f"identity.{shown.by.value}.{mass}"


def slowdown_facts(one: Slowdown, tables: Tables) -> Iterator[str]:
    """State what holds of a slowdown."""
    if one.answer is SlowdownAnswer.INSUFFICIENT:
        return
    name = "throttled" if one.answer is SlowdownAnswer.STALLED else one.answer.value
    yield f"slowdown.{name}"
    networks = one.n_networks_slow if one.n_networks_slow is not None else one.n_networks
    if one.other_services in _BAD:
        yield "slowdown.others_slow"
    normal = one.n_countries_normal if one.n_countries_normal is not None else one.n_countries
    p = 1.0 if one.p is None else one.p
    mass = "thin"
    for level, least in (("enough", tables.enough), ("solid", tables.solid)):
        contrast = one.other_services in _FINE or (normal or 0) >= least.countries_served
        counts = (one.n or 0) >= least.measurements and (networks or 0) >= least.networks
        if counts and contrast and p >= least.probability:
            mass = level
    yield f"slowdown.{mass}"
    if mass != "thin":
        yield "slowdown.weighs"
    many = one.n_networks or 0
    if (one.n or 0) >= tables.enough.measurements and many >= tables.enough.networks:
        yield "slowdown.counted"
