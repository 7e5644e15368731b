"""From a bundle of evidence to a finding: pure, and the same whatever the order of the evidence."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from whocut.attribution.bundle import Bundle, Claim, Report
from whocut.attribution.disputes import Conflict, conflicts_of, deniers, is_settled
from whocut.attribution.endings import acts_of, end_of, lags_of
from whocut.attribution.finding import (
    FINDING_FORMAT,
    Account,
    Finding,
    Hypothesis,
    SetAside,
)
from whocut.attribution.grading import Graded, grade_all
from whocut.attribution.items import Item, asked_days, items_of
from whocut.attribution.naming import Scene, names_of
from whocut.attribution.reading import bundle_digest
from whocut.attribution.roles import Cast, cast_of
from whocut.attribution.rules import Ruleset
from whocut.attribution.sayings import Told, sayings_of
from whocut.attribution.steps import steps_of
from whocut.attribution.stretch import read_stretch
from whocut.attribution.vocabulary import (
    CUTS,
    ClaimType,
    Direction,
    HypothesisId,
    Room,
    Status,
)
from whocut.attribution.weighing import fired

__all__ = ["attribute", "finding_id"]

_ACCOUNTS: Final = frozenset(
    {ClaimType.ALLEGES, ClaimType.REPORTS, ClaimType.DENIES, ClaimType.REPLIES}
)


def attribute(bundle: Bundle, ruleset: Ruleset) -> Finding:
    """Answer the question of a bundle under a set of rules."""
    cast = cast_of(bundle)
    items = items_of(bundle, cast, ruleset.tables)
    graded = grade_all(fired(items, ruleset), ruleset.tables)
    open_conflicts = [x for x in conflicts_of(items, cast) if not is_settled(x, graded)]
    denied = deniers(items, cast)
    named = names_of(
        Scene(
            items=items,
            cast=cast,
            graded=graded,
            denied=denied,
            disputed=frozenset(h for one in open_conflicts for h in one.hypotheses),
            target=bundle.question.target,
            part=bundle.question.part,
            tables=ruleset.tables,
        )
    )
    holds = tuple(key for key in HypothesisId if graded[key].holds)
    asked = asked_days(bundle.question)
    ends = {
        key: end[0].isoformat()
        for key in holds
        if key in CUTS and (end := end_of(graded[key], items, asked)) is not None
    }
    told = Told(
        question=bundle.question,
        cast=cast,
        items={one.id: one for one in items},
        graded=graded,
        holds=holds,
        named=named,
        status=_status(holds, graded, open_conflicts, ends),
        accounts=_accounts(items, cast),
        acts=acts_of(items, cast),
        lags=lags_of([graded[key] for key in HypothesisId if key in CUTS]),
        denied=denied,
        ends=ends,
    )
    return _finding(bundle, ruleset.version, items, told)


def _status(
    holds: Sequence[HypothesisId],
    graded: Mapping[HypothesisId, Graded],
    conflicts: Sequence[Conflict],
    ends: Mapping[HypothesisId, str],
) -> Status:
    cuts = [one for one in holds if one in CUTS]
    if conflicts:
        return Status.DISPUTED
    if cuts and all(one in ends for one in cuts):
        return Status.RESTORED
    if cuts or HypothesisId.OUTAGE in holds or HypothesisId.BOT_CHECK in holds:
        return Status.HELD
    refused = any(
        "claim.refuses_to_cut" in one.item.facts for one in graded[HypothesisId.NO_CUT].carrying
    )
    if refused:
        return Status.REFUSED_TO_CUT
    return Status.NO_CUT if HypothesisId.NO_CUT in holds else Status.INSUFFICIENT


def _finding(bundle: Bundle, version: str, items: tuple[Item, ...], told: Told) -> Finding:
    return Finding(
        format=FINDING_FORMAT,
        id=finding_id(bundle),
        ruleset=version,
        question=bundle.question,
        status=told.status,
        holds=told.holds,
        named=told.named,
        hypotheses=tuple(_hypothesis(told.graded[key], items) for key in HypothesisId),
        accounts=told.accounts,
        acts=told.acts,
        lags=told.lags,
        counter=_counter(told.holds, told.graded, told.accounts),
        context=tuple(one.id for one in items if one.room is Room.CONTEXT),
        set_aside=tuple(
            SetAside(one.id, one.aside.value) for one in items if one.aside is not None
        ),
        not_read=bundle.not_read,
        roles=dict(sorted(told.cast.roles.items())),
        says=sayings_of(told),
    )


def _hypothesis(graded: Graded, items: Sequence[Item]) -> Hypothesis:
    return Hypothesis(
        id=graded.id,
        grade=graded.grade,
        score=graded.score,
        for_=tuple(one for one in graded.weights if one.direction is Direction.FOR),
        against=tuple(one for one in graded.weights if one.direction is Direction.AGAINST),
        settles=steps_of(graded, items),
        because=graded.because,
    )


def _accounts(items: Sequence[Item], cast: Cast) -> tuple[Account, ...]:
    found = []
    for one in items:
        said, claim = one.said, one.evidence
        if one.aside is not None or said is None or not isinstance(claim, Claim):
            continue
        if said.type not in _ACCOUNTS and not said.is_own_fault:
            continue
        source = claim.source
        told_by = source.publisher or source.title
        speaker, about = said.speaker, said.about
        found.append(
            Account(
                evidence=one.id,
                type=said.type.value,
                speaker=speaker,
                speaker_name=_name(speaker, cast) or told_by,
                about=about,
                about_name=_name(about, cast),
                hypothesis=said.stated,
                interested=said.is_interested,
                group=one.group,
            )
        )
    return tuple(found)


def _name(party: str | None, cast: Cast) -> str:
    return (cast.parties[party].name or party) if party is not None else ""


def _counter(
    holds: Sequence[HypothesisId],
    graded: Mapping[HypothesisId, Graded],
    accounts: Sequence[Account],
) -> tuple[str, ...]:
    """List what speaks against what holds, weighed or not, and every other account."""
    found = {
        weight.evidence
        for key in holds
        for weight in graded[key].weights
        if weight.direction is Direction.AGAINST
    }
    for one in accounts:
        is_denial = one.type == ClaimType.DENIES.value
        if is_denial or (one.hypothesis is not None and one.hypothesis not in holds):
            found.add(one.evidence)
    return tuple(sorted(found))


def finding_id(bundle: Bundle) -> str:
    """Name a finding: country, target, month, and the hash of its evidence."""
    question = bundle.question
    if question.target:
        subject = question.target
    elif question.network is not None:
        subject = f"as{question.network}"
    else:
        subject = question.service or ""
    subject = re.sub(r"[^a-z0-9.-]+", "-", subject.lower()).strip("-.")[:80] or "x"
    return f"{question.country.lower()}-{subject}-{_month(bundle)}-{bundle_digest(bundle)[:8]}"


def _month(bundle: Bundle) -> str:
    since = read_stretch(bundle.question.since).first
    days = [since] if since is not None else []
    if not days:
        days = [
            day
            for one in bundle.evidence
            if not isinstance(one, Report) and (day := read_stretch(one.when).first) is not None
        ]
    return min(days).strftime("%Y-%m") if days else "undated"
