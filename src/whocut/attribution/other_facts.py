"""Facts of route changes, users' reports, outages, controls."""

from collections.abc import Iterator
from typing import Final

from whocut.attribution.bundle import Control, Outage, Report, RouteChange
from whocut.attribution.roles import Cast
from whocut.attribution.tables import Tables
from whocut.attribution.vocabulary import (
    Change,
    ControlAnswer,
    ControlOf,
    HypothesisId,
    OtherServices,
    OutageCause,
    OutageExtent,
    Symptom,
)
from whocut.routes.changes.answer import HypothesisName, Standing, Verdict

__all__ = ["control_facts", "outage_facts", "report_facts", "route_facts"]

_ODD: Final = frozenset({Verdict.SINGLE, Verdict.SEVERAL})
_FINE: Final = frozenset({OtherServices.NORMAL, OtherServices.FINE})
_UNREACHED: Final = frozenset({Symptom.CANNOT_REACH, Symptom.SLOW})


def route_facts(one: RouteChange, tables: Tables) -> Iterator[str]:
    """State what holds of a route change."""
    yield f"route.{one.change.value}"
    if one.change is Change.STAYED:
        return
    if one.verdict in _ODD:
        yield "route.odd"
    elif one.verdict is not None:
        yield "route.ordinary"
    leading = {name for name, how in one.hypotheses.items() if how is Standing.LEADING}
    if HypothesisName.PROVIDER in leading:
        yield "route.provider_leads"
    elif leading:
        yield "route.others_lead"
    if one.grade in ("A", "B"):
        yield "route.grade_ab"
    if (one.n_lost or 0) >= tables.routes.least_lost:
        yield "route.counted"


def report_facts(one: Report, tables: Tables) -> Iterator[str]:
    """State what holds of users' reports."""
    if one.n < tables.reports.least:
        return
    yield "report.counted"
    yield f"report.{one.what.value}"
    yield f"report.message_{one.message.value}"
    if one.what in _UNREACHED:
        yield "report.unreached"


def outage_facts(one: Outage, cast: Cast) -> Iterator[str]:
    """State what holds of an outage."""
    is_told = cast.has_stake(one.told_by, None, HypothesisId.OUTAGE)
    is_known = one.cause is not OutageCause.UNKNOWN and not is_told
    yield "outage.cause_known" if is_known else "outage.cause_unknown"
    if one.extent is OutageExtent.TARGET:
        yield "outage.target"
    if one.other_services in _FINE:
        yield "outage.others_fine"


def control_facts(one: Control, tables: Tables) -> Iterator[str]:
    """State what holds of a reference from outside."""
    if one.of is ControlOf.OTHER_SERVICES:
        if one.answer is not ControlAnswer.REFUSES_EVERYWHERE:
            yield f"control.others_{one.answer.value}"
        return
    yield f"control.{one.answer.value}"
    if (one.n_countries or 0) >= tables.spread.everywhere_least:
        yield "control.counted"
