"""Facts of claims: who speaks of whose doing, with what stake, in what source."""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from whocut.attribution.bundle import Claim
from whocut.attribution.roles import Cast
from whocut.attribution.vocabulary import CUTS, ClaimType, HypothesisId, Role
from whocut.ledger.vocabulary import CarriedOut, Grade, ReadLevel, Stance

__all__ = ["Said", "claim_facts", "read_claim"]

_OWN_ACTS: Final = frozenset(
    {ClaimType.ANNOUNCES, ClaimType.ADMITS, ClaimType.ORDERS, ClaimType.RESTORES}
)
_OF_ITSELF: Final = frozenset({*_OWN_ACTS, ClaimType.DENIES, ClaimType.REFUSES_TO_CUT})
_READ: Final = frozenset({ReadLevel.FULL, ReadLevel.EXCERPT, ReadLevel.REPOSITORY})
_WEAK: Final = frozenset({Stance.FORUM, Stance.CROWD_LIST, Stance.AGGREGATOR})


class Said(Struct, frozen=True):
    """A claim as it is taken: an admission of another's doing is an allegation."""

    type: ClaimType
    speaker: str | None
    about: str | None
    """Whose doing it is said to be."""
    stated: HypothesisId | None
    is_own: bool
    is_interested: bool
    is_own_fault: bool = False


def read_claim(claim: Claim, cast: Cast) -> Said:
    """Take a claim: whose doing, by which hypothesis, and as whose word."""
    speaker, about, kind = claim.speaker, claim.about, claim.type
    mine = cast.hypothesis_about(speaker)
    if kind in (ClaimType.ORDERS, ClaimType.REFUSES_TO_CUT):
        # Who is ordered, or asked, is no doer by that; the act is the speaker's.
        about = speaker
    elif about is None and kind in _OF_ITSELF:
        about = speaker
    stated = claim.hypothesis or cast.hypothesis_about(about)
    is_fault = kind is ClaimType.ADMITS and stated is HypothesisId.OUTAGE
    is_fault = is_fault and about == speaker and mine in CUTS and not cast.is_state(speaker)
    is_own = about == speaker and speaker is not None and stated is not None and stated is mine
    if kind in _OWN_ACTS and not is_own and not is_fault:
        kind = ClaimType.ALLEGES
        about = None if about == speaker else about
    has_stake = cast.has_stake(speaker, about, stated)
    if speaker is None and claim.source.stance is Stance.PARTY:
        has_stake = True
    return Said(
        type=kind,
        speaker=speaker,
        about=about,
        stated=stated,
        is_own=is_own,
        is_interested=has_stake and not (is_own and kind in _OWN_ACTS) and not is_fault,
        is_own_fault=is_fault,
    )


def claim_facts(claim: Claim, said: Said, cast: Cast) -> Iterator[str]:
    """State what holds of a claim."""
    yield f"claim.{said.type.value}"
    if said.is_own and said.type is not ClaimType.ALLEGES:
        yield "claim.own"
    if said.type in _OWN_ACTS:
        yield "claim.own_act"
    if said.is_own_fault:
        yield "claim.own_fault"
    if cast.hypothesis_about(said.speaker) is not None:
        yield "claim.speaker_may"
    if said.stated is not None and said.stated not in CUTS:
        yield "claim.stated_no_doer"
    if said.is_interested:
        yield "claim.interested"
    if claim.carried_out is CarriedOut.NO:
        yield "claim.not_done"
    elif claim.carried_out in (CarriedOut.YES, CarriedOut.PARTLY):
        yield "claim.done"
    source = claim.source
    is_read = source.read in _READ and source.grade is not Grade.LEAD
    yield "source.read" if is_read else "source.lead"
    if source.stance is Stance.PRIMARY and said.speaker is not None:
        yield "source.primary"
    if source.stance in _WEAK:
        yield "source.weak"
    if source.stance is Stance.AFFECTED or cast.role_of(said.speaker) is Role.AFFECTED:
        yield "source.affected"
    if source.stance in (Stance.STATE_MEDIA, Stance.PARTY):
        yield "source.with_stake"
