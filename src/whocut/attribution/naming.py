"""Who may be named: whom something ties to a cut that stands, against every counter-account."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct

from whocut.attribution.bundle import Claim, Identity, Measured, RouteChange
from whocut.attribution.disputes import accusations
from whocut.attribution.finding import Named
from whocut.attribution.grading import GRADE_ORDER, Graded, graded_on
from whocut.attribution.items import Item, begins, share_layer
from whocut.attribution.links import is_of_another_number
from whocut.attribution.measured_facts import shown_identities
from whocut.attribution.roles import Cast
from whocut.attribution.stretch import read_stretch
from whocut.attribution.tables import Tables
from whocut.attribution.vocabulary import (
    ABOVE_NETWORK,
    CUTS,
    ClaimType,
    FindingGrade,
    HypothesisId,
    IdentityBy,
    PartyKind,
    Room,
    RuleStrength,
    Tie,
)
from whocut.attribution.weighing import Fired

__all__ = ["Scene", "names_of"]

_EVENT_ROOMS: Final = frozenset({Room.MEASUREMENT, Room.ROUTE})
_FORWARD: Final = frozenset({ClaimType.ANNOUNCES, ClaimType.ORDERS})
_HYPOTHESIS_OF_IDENTITY: Final[Mapping[IdentityBy, HypothesisId]] = {
    IdentityBy.OWN_PAGE: HypothesisId.SERVICE_DECIDED,
    IdentityBy.EDGE_CUSTOMER_RULE: HypothesisId.SERVICE_DECIDED,
    IdentityBy.EDGE_OWN_RULE: HypothesisId.EDGE_DECIDED,
    IdentityBy.BLOCK_PAGE: HypothesisId.STATE_INTERFERES,
}


class Scene(Struct, frozen=True):
    """All that naming looks at."""

    items: tuple[Item, ...]
    cast: Cast
    graded: Mapping[HypothesisId, Graded]
    denied: Mapping[str, tuple[str, ...]]
    """Parties that deny their own part."""
    disputed: frozenset[HypothesisId]
    target: str
    part: str
    """The part of the country that is asked about, if any."""
    tables: Tables


def names_of(scene: Scene) -> tuple[Named, ...]:
    """Name each party that may be named, by the strongest tie that withstands what is said."""
    named = []
    for hypothesis in HypothesisId:
        graded = scene.graded[hypothesis]
        if hypothesis not in CUTS or not graded.holds or hypothesis in scene.disputed:
            continue
        for party in scene.cast.with_role_for(hypothesis):
            if scene.cast.parties[party].kind is PartyKind.PERSON or _is_of_another(party, scene):
                continue
            of_it = _of_party(party, graded, scene)
            found = _tie(party, of_it, scene)
            if found is not None:
                tie, evidence = found
                name = scene.cast.parties[party].name or party
                named.append(Named(party, name, hypothesis, of_it.grade, tie, evidence))
    return tuple(named)


def _is_of_another(party: str, scene: Scene) -> bool:
    """Tell whether the target is another party's domain, and none of this service's."""
    services = scene.cast.with_role_for(HypothesisId.SERVICE_DECIDED)
    if party not in services or _may_own(party, scene):
        return False
    return any(one.domains and _may_own(id_, scene) for id_, one in scene.cast.parties.items())


def _of_party(party: str, graded: Graded, scene: Scene) -> Graded:
    """Grade a hypothesis on what can be of one party: what shows another lends it nothing."""
    kept = [
        one
        for one in graded.counted
        if one.is_for
        and one.item.provider in (None, party)
        and not _shows_another(party, one.item, graded.id, scene)
    ]
    return graded_on(graded, kept, scene.tables)


def _shows_another(party: str, item: Item, hypothesis: HypothesisId, scene: Scene) -> bool:
    if isinstance(item.evidence, RouteChange):
        return is_of_another_number(item.evidence, scene.cast.parties[party].asns)
    if item.room is Room.MEASUREMENT and _is_foreign(party, hypothesis, scene):
        return True
    if not isinstance(item.evidence, Measured):
        return False
    candidates = scene.cast.with_role_for(hypothesis)
    shown = {
        one.party
        for one in item.evidence.identity
        if _HYPOTHESIS_OF_IDENTITY.get(one.by) is hypothesis and one.party in candidates
    }
    return bool(shown) and party not in shown


def _is_foreign(party: str, hypothesis: HypothesisId, scene: Scene) -> bool:
    """Tell whether what is met on a country's networks speaks of none of this state's acts.

    A part of a country may be held by another state.
    """
    is_state = hypothesis is HypothesisId.STATE_INTERFERES
    return is_state and not scene.part and not _may_block(party, scene)


def _tie(party: str, graded: Graded, scene: Scene) -> tuple[Tie, tuple[str, ...]] | None:
    is_denied = party in scene.denied
    is_countered = _is_countered(party, graded, scene)
    is_proof = graded.grade is FindingGrade.PROOF
    for rule in scene.tables.tie:
        if GRADE_ORDER[graded.grade] < GRADE_ORDER[rule.least]:
            continue
        if is_denied and not rule.withstands_denial:
            continue
        if is_countered and not (rule.withstands_account or is_proof):
            continue
        evidence = tuple(sorted(set(_ties_by(rule.id, party, graded, scene))))
        if evidence:
            return rule.id, evidence
    return None


def _is_countered(party: str, graded: Graded, scene: Scene) -> bool:
    """Tell whether anybody says that somebody else did it, or that it was something else.

    An account of a second cause that stands by itself counters nothing.
    """
    for one in accusations(scene.items):
        if one.said is None or one.said.stated is None:
            continue
        if one.said.stated is graded.id:
            if one.said.about not in (None, party):
                return True
        elif not (scene.graded[one.said.stated].holds and scene.graded[one.said.stated].stands):
            return True
    return False


def _ties_by(tie: Tie, party: str, graded: Graded, scene: Scene) -> Iterator[str]:
    if tie is Tie.OWN_WORDS:
        has_event = any(_is_telling(one, scene.tables) for one in graded.carrying)
        yield from _own_words(party, graded, scene, has_event=has_event)
    elif tie is Tie.OWN_WORDS_RELAYED:
        yield from _relayed(party, graded, scene.tables)
    elif tie is Tie.MEASURED_IDENTITY:
        yield from _identified(party, graded, scene)
    elif tie is Tie.ROUTE:
        yield from (
            one.item.id
            for one in graded.carrying
            if one.item.room is Room.ROUTE and one.item.provider == party
        )
    else:
        yield from _documented(party, graded, scene)


def _spoken_by(party: str, graded: Graded) -> list[Fired]:
    """List the party's own words; of a state, who lifts a block need not have ordered it.

    Where links ended, words of accounts and sales alone are no words on that.
    """
    is_state = graded.id is HypothesisId.STATE_INTERFERES
    spoken = [
        one
        for one in graded.carrying
        if one.item.said is not None
        and one.item.said.speaker == party
        and one.item.said.is_own
        and not (is_state and one.item.said.type is ClaimType.RESTORES)
    ]
    is_routed = any(one.item.room is Room.ROUTE for one in graded.carrying)
    is_of_it = any(one.item.layer not in ABOVE_NETWORK for one in spoken)
    return spoken if is_of_it or not is_routed else []


def _own_words(party: str, graded: Graded, scene: Scene, *, has_event: bool) -> Iterator[str]:
    for one in _spoken_by(party, graded):
        if one.rule.strength is not RuleStrength.PROOF:
            continue
        # It says both: nothing but a measurement tells which, or that it denied it only before.
        if has_event or party not in scene.denied or _is_last_word(one.item, party, scene):
            yield one.item.id


def _is_last_word(item: Item, party: str, scene: Scene) -> bool:
    """Tell whether a party said it on a later day than every denial of its own."""
    said = read_stretch(item.evidence.when).first
    denied = [
        read_stretch(one.evidence.when).last for one in scene.items if one.id in scene.denied[party]
    ]
    return said is not None and all(day is not None and day < said for day in denied)


def _relayed(party: str, graded: Graded, tables: Tables) -> Iterator[str]:
    spoken = _spoken_by(party, graded)
    witnesses = {one.item.witness for one in spoken}
    groups = {one.item.group for one in spoken}
    if _is_seen(spoken, graded, tables) or (len(witnesses) > 1 and len(groups) > 1):
        yield from (one.item.id for one in spoken)


def _is_seen(told: Sequence[Fired], graded: Graded, tables: Tables) -> bool:
    """Tell whether something telling was measured in a layer and time of which they speak."""
    return any(
        _is_telling(one, tables)
        and share_layer(one.item.layer, other.item.layer)
        and not _is_before(one.item, other.item)
        for one in graded.carrying
        for other in told
    )


def _is_before(event: Item, told: Item) -> bool:
    """Tell whether a measurement was over before what was announced or ordered began."""
    claim = told.evidence
    if not isinstance(claim, Claim) or claim.type not in _FORWARD:
        return False
    return begins(claim).is_after(event.when)


def _is_telling(one: Fired, tables: Tables) -> bool:
    """Tell whether a measurement or route change would carry its hypothesis by itself.

    A refusal of which it is not shown whose it is fits two hypotheses, and ties nobody.
    """
    least = min(rule.nats for rule in tables.grade)
    return one.item.room in _EVENT_ROOMS and one.rule.nats >= least


def _identified(party: str, graded: Graded, scene: Scene) -> Iterator[str]:
    for one in graded.carrying:
        evidence = one.item.evidence
        if not one.rule.when[0].startswith("identity.") or not isinstance(evidence, Measured):
            continue
        for shown, mass in shown_identities(evidence, scene.tables):
            if mass == "one" or _HYPOTHESIS_OF_IDENTITY.get(shown.by) is not graded.id:
                continue
            if _is_shown(party, shown, graded.id, scene):
                yield one.item.id


def _is_shown(party: str, shown: Identity, hypothesis: HypothesisId, scene: Scene) -> bool:
    candidates = scene.cast.with_role_for(hypothesis)
    if shown.by is IdentityBy.OWN_PAGE and not _may_own(party, scene):
        return False
    if shown.by is IdentityBy.BLOCK_PAGE and not _may_block(party, scene):
        return False
    if shown.party in candidates:
        return shown.party == party
    is_edge_of_customer = shown.by is IdentityBy.EDGE_CUSTOMER_RULE
    if shown.party is not None and not is_edge_of_customer:
        return False
    return candidates == (party,)


def _may_block(party: str, scene: Scene) -> bool:
    """Tell whether a block page can be the word of an authority there, or of a union of its.

    A page of another country's authority comes with transit through that country, or by mistake.
    """
    country, here = scene.cast.parties[party].country, scene.cast.country
    return country is None or country == here or here in scene.tables.unions.get(country, ())


def _may_own(party: str, scene: Scene) -> bool:
    """Tell whether the target is one of the party's domains, where these are told."""
    domains = [domain.lower().rstrip(".") for domain in scene.cast.parties[party].domains]
    if not domains or not scene.target:
        return True
    return any(scene.target == one or scene.target.endswith(f".{one}") for one in domains)


def _documented(party: str, graded: Graded, scene: Scene) -> Iterator[str]:
    others = {
        one.said.about
        for one in _claims(scene.items)
        if one.said is not None and one.said.stated is graded.id and one.said.about is not None
    } - {party}
    if others:
        return
    found = [
        one
        for one in graded.carrying
        if one.item.said is not None
        and one.item.said.type is ClaimType.REPORTS
        and one.item.said.about == party
    ]
    if not _is_seen(found, graded, scene.tables):
        return
    if len({one.item.witness for one in found}) > 1 and len({x.item.group for x in found}) > 1:
        yield from (one.item.id for one in found)


def _claims(items: Sequence[Item]) -> list[Item]:
    return [one for one in items if one.said is not None and one.aside is None]
