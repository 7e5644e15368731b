"""``whocut desk decide``: a decision on forms, and what an accepted reply becomes."""

import sys
from datetime import UTC, date, datetime
from typing import Annotated

from cyclopts import Parameter
from msgspec.structs import replace

from whocut.cli.desk_options import QUEUE, KeeperName, QueueOptions
from whocut.cli.output import AS_TABLE, Output, write_json
from whocut.cli.terminal import clean, is_terminal
from whocut.ledger.vocabulary import Verification
from whocut.ledger.write import write_replies
from whocut.model.errors import UsageError
from whocut.publish.desk.accepted import reply_of
from whocut.publish.desk.decisions import Decision, Outcome, decide
from whocut.publish.desk.form import Correction, PartyReply, Report
from whocut.publish.desk.parties import known_actors, subject_of
from whocut.publish.desk.queue import Opened, open_one

__all__ = ["decide_forms"]

_BY_HAND = (Verification.DKIM, Verification.LETTERHEAD)
"""Ways of making sure that no command can take."""


def decide_forms(
    *ids: Annotated[str, Parameter(name="ID", help="The ids, or how they begin.")],
    by: KeeperName,
    accept: Annotated[bool, Parameter(negative="", help="It counts, or it is to be put in.")] = (
        False
    ),
    refuse: Annotated[bool, Parameter(negative="", help="It does not hold.")] = False,
    spam: Annotated[bool, Parameter(negative="", help="Nobody meant it.")] = False,
    duplicate: Annotated[bool, Parameter(negative="", help="It is there already.")] = False,
    subject: Annotated[
        str, Parameter(help="What a report is counted under: an actor's id, or a domain.")
    ] = "",
    party: Annotated[str, Parameter(help="The actor's id of who replies.")] = "",
    verified_by: Annotated[
        Verification | None, Parameter(help="How a reply was verified by hand: dkim, letterhead.")
    ] = None,
    note: Annotated[str, Parameter(help="Why, for the other keepers.")] = "",
    queue: QueueOptions = QUEUE,
    output: Output = AS_TABLE,
) -> int:
    """Decide on forms: each decision is a file of its own that replaces those it has seen.

    For an accepted reply the part of the record is printed as YAML. Copy the files of other keepers
    into the same folder to join the work; where two differ, decide again.
    """
    outcome = _outcome(accept=accept, refuse=refuse, spam=spam, duplicate=duplicate)
    if not ids:
        raise UsageError("give at least one ID; whocut desk list shows them")
    keys, decided = queue.keys(), queue.decided()
    forms = [open_one(queue.queue, keys, decided, one) for one in ids]
    made = [
        _decision(one, outcome, by=by, note=note, subject=subject, verified_by=verified_by)
        for one in forms
    ]
    patches = [_patch(one, decision, party) for one, decision in zip(forms, made, strict=True)]
    files = [str(decide(queue.decisions, decision)) for decision in made]
    if output.form == "json":
        rows = zip(forms, made, files, patches, strict=True)
        write_json(
            [
                {"id": one.id, "outcome": decision.outcome, "file": file, "patch": patch}
                for one, decision, file, patch in rows
            ]
        )
        return 0
    for one, file, patch in zip(forms, files, patches, strict=True):
        output.say(f"{one.id}: {outcome.value}, in {file}")
        if patch:
            sys.stdout.write(_shown(patch))
    return 0


def _outcome(*, accept: bool, refuse: bool, spam: bool, duplicate: bool) -> Outcome:
    given = {
        Outcome.ACCEPTED: accept,
        Outcome.REFUSED: refuse,
        Outcome.SPAM: spam,
        Outcome.DUPLICATE: duplicate,
    }
    chosen = [outcome for outcome, is_given in given.items() if is_given]
    if len(chosen) != 1:
        raise UsageError("give one of --accept, --refuse, --spam and --duplicate")
    return chosen[0]


def _decision(
    one: Opened,
    outcome: Outcome,
    *,
    by: str,
    note: str,
    subject: str,
    verified_by: Verification | None,
) -> Decision:
    is_accepted = outcome is Outcome.ACCEPTED
    if is_accepted and one.body is None:
        raise UsageError(f"{one.id}: cannot be opened ({one.fault}), so it cannot be accepted")
    decision = Decision(
        about=one.id,
        outcome=outcome,
        by=by,
        on=_today(),
        note=note,
        replaces=tuple(found.name for found in one.standing.standing),
    )
    if is_accepted and isinstance(one.body, Report):
        return replace(decision, subject=_subject(one.body, subject))
    if is_accepted and isinstance(one.body, PartyReply):
        return replace(decision, verified_by=_verification(one, verified_by))
    return decision


def _subject(report: Report, given: str) -> str:
    if given and given not in known_actors() and subject_of(given) != given:
        raise UsageError(f"--subject {given}: no actor's id, and no registrable domain")
    found = given or subject_of(report.service)
    if not found:
        raise UsageError(
            f"{report.service}: no actor is known by this name; add --subject ACTOR or a domain"
        )
    return found


def _verification(one: Opened, by_hand: Verification | None) -> Verification:
    if by_hand is not None:
        if by_hand not in _BY_HAND:
            raise UsageError(f"--verified-by {by_hand}: whocut desk verify looks for tokens")
        return by_hand
    found = one.standing.verified
    if found is None or found.decision.verified_by is None:
        raise UsageError(
            f"{one.id}: nobody has seen the token; whocut desk verify {one.id[:10]} first, or "
            "--verified-by dkim or letterhead"
        )
    return found.decision.verified_by


def _patch(one: Opened, decision: Decision, party: str) -> str:
    """Write what is to be put into a record, as comment lines and YAML."""
    body = one.body
    if decision.outcome is not Outcome.ACCEPTED or not isinstance(body, PartyReply | Correction):
        return ""
    # What was sent may hold ends of lines, after which it would be no comment any more.
    about = clean(body.about)
    if isinstance(body, Correction):
        field, source = clean(body.field) or "not named", clean(body.source) or "none"
        return f"# {about}: correct by hand\n# field: {field}\n# source: {source}\n"
    if decision.verified_by is None:  # never: an accepted reply is verified
        raise AssertionError(one.id)
    named = replace(body, party=party) if party else body
    replies = write_replies([reply_of(named, decision.verified_by)])
    return f"# {about}: append to what stands there\n{replies}"


def _shown(patch: str) -> str:
    """Keep control characters of strangers off a terminal; a file gets the words as they are."""
    return clean(patch).replace("\\x0a", "\n") if is_terminal(sys.stdout) else patch


def _today() -> date:
    return datetime.now(UTC).date()
