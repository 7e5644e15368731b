"""Whom a list may name beside a record, and what it calls them."""

from msgspec import Struct

from whocut.i18n.text import Text
from whocut.ledger.claims import Claim, ClaimedParty, Voice
from whocut.publish.edition.ledger_rows import ActorRef

__all__ = ["Naming", "called_in", "naming_of"]


class Naming(Struct, frozen=True):
    """Who may be named beside a record in a list, and under which heading."""

    voice: Voice
    is_established: bool
    """The decider's own word: no caution stands before the names."""
    parties: tuple[ClaimedParty, ...]


def naming_of(claim: Claim) -> Naming:
    """Say whom a list names: the decider, or where it is not settled, whom accounts name."""
    if not claim.is_by_unknown:
        return Naming(claim.voice, claim.voice is Voice.ANNOUNCED, claim.deciders)
    if claim.voice is Voice.MEASURED:
        return Naming(claim.voice, False, claim.deciders)
    named = {one.named.id: one.named for one in claim.accounts if one.named is not None}
    return Naming(claim.voice, False, tuple(named.values()))


def called_in(text: Text, party: ActorRef | ClaimedParty) -> str:
    """Name an actor in the reader's language where it has a name there."""
    return party.names.get(str(text.language), party.name)
