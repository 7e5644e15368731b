"""What an accepted reply or correction becomes: a part of a record, for a person to put in."""

import re
from typing import Final

from whocut.ledger.record import Reply
from whocut.ledger.vocabulary import Verification
from whocut.model.errors import UsageError
from whocut.publish.desk.form import PartyReply
from whocut.publish.desk.parties import named_party

__all__ = ["reply_of"]

_TURNING: Final = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]")
"""Marks that turn the direction of what follows; a reply is shown beside others' words."""


def reply_of(body: PartyReply, verified_by: Verification, *, outcome: str = "") -> Reply:
    """Make the reply as the record holds it; its words stay, save for marks of direction.

    Raises: UsageError if the actors of the ledger do not know the party.
    """
    actor = named_party(body.party)
    if actor is None:
        raise UsageError(
            f"{body.party}: no actor of data/actors; enter it there, or give its id with --party"
        )
    return Reply(
        received=body.received.isoformat(),
        by=actor.id,
        verified_by=verified_by,
        text=_TURNING.sub("", body.text),
        outcome=outcome or None,
    )
