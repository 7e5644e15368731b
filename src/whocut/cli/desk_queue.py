"""``whocut desk list`` and ``whocut desk open``: what lies in the queue."""

from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal

import msgspec
from cyclopts import Parameter

from whocut.cli.desk_options import QUEUE, QueueOptions
from whocut.cli.output import AS_TABLE, Output, write_json, write_rows
from whocut.cli.terminal import print_prose
from whocut.cli.wording import count_of
from whocut.publish.desk.form import Body, PartyReply, Report
from whocut.publish.desk.parties import named_party
from whocut.publish.desk.queue import Opened, open_all, open_one

__all__ = ["list_forms", "open_form"]

_COLUMNS: Final = ("id", "day", "form", "about", "country", "when", "what", "state", "note")
_SHORT_ID: Final = 10
State = Literal["open", "decided", "unreadable", "all"]


def list_forms(
    *,
    state: Annotated[State, Parameter(help="Which of them.")] = "open",
    queue: QueueOptions = QUEUE,
    output: Output = AS_TABLE,
) -> int:
    """List the sealed forms of a copied folder, the oldest day first.

    Open are those that nobody decided, and those on which keepers differ. Exit code 3 if one
    cannot be opened.
    """
    opened = open_all(queue.queue, queue.keys(), queue.decided())
    chosen = [one for one in opened if _is_in(one, state)]
    is_table = output.form == "table"
    write_rows([_row(one, is_short=is_table) for one in chosen], _COLUMNS, output.form)
    unreadable = sum(bool(one.fault) for one in opened)
    output.say(
        f"{count_of(len(chosen), 'form')} of {len(opened):,}; {unreadable:,} cannot be opened."
    )
    return 3 if unreadable else 0


def open_form(
    id_: Annotated[str, Parameter(name="ID", help="The id, or how it begins.")],
    /,
    *,
    queue: QueueOptions = QUEUE,
    output: Output = AS_TABLE,
) -> int:
    """Open one form and show it; nothing of it is written anywhere.

    What strangers wrote is shown with everything escaped that would move a cursor or turn a line.
    """
    one = open_one(queue.queue, queue.keys(), queue.decided(), id_)
    if output.form == "table":
        _print_form(one)
    else:
        write_json(_document(one))
    return 3 if one.fault else 0


def _is_in(one: Opened, state: State) -> bool:
    if state == "all":
        return True
    if one.fault:
        return state == "unreadable"
    is_decided = one.standing.outcome is not None and not one.standing.is_disputed
    return state == ("decided" if is_decided else "open")


def _row(one: Opened, *, is_short: bool) -> dict[str, Any]:
    body = one.body
    notes = [one.fault, f"sent again, as {one.same_form[:_SHORT_ID]}" if one.same_form else ""]
    return {
        "id": one.id[:_SHORT_ID] if is_short else one.id,
        "day": one.day,
        "form": _kind(body),
        "about": "" if body is None else _about(body),
        "country": body.country if isinstance(body, Report) else "",
        "when": body.when if isinstance(body, Report) else "",
        "what": body.happened.value if isinstance(body, Report) else "",
        "state": one.standing.words,
        "note": "; ".join(note for note in notes if note),
    }


def _kind(body: Body | None) -> str:
    return "?" if body is None else str(type(body).__struct_config__.tag)


def _about(body: Body) -> str:
    return body.service if isinstance(body, Report) else body.about


def _print_form(one: Opened) -> None:
    print_prose(f"{one.id}, {one.day}: {_kind(one.body)}, {one.standing.words}", style="bold")
    if one.body is None:
        print_prose(f"Cannot be opened: {one.fault}.")
    for name, text in _fields(one.body):
        lines = text.split("\n")
        print_prose(f"{name}: {lines[0]}")
        for line in lines[1:]:
            print_prose(line or " ", 2)
    for decided in (*one.standing.standing, one.standing.verified):
        if decided is not None:
            found = decided.decision
            told = f" ({found.note})" if found.note else ""
            print_prose(f"{found.outcome.value} by {found.by} on {found.on}{told}", 2)
    if isinstance(one.body, PartyReply):
        verify = f"whocut desk verify {one.id[:_SHORT_ID]} --domain {one.body.domain}"
        print_prose(f"Next: {verify} --by NAME")
    else:
        print_prose(f"Next: whocut desk decide {one.id[:_SHORT_ID]} --accept --by NAME")


def _fields(body: Body | None) -> Iterator[tuple[str, str]]:
    if body is None:
        return
    for name in body.__struct_fields__:
        value = getattr(body, name)
        if value not in (None, "") and name != "nonce":
            yield name.replace("_", " "), str(value)
    if isinstance(body, Report):
        actor = named_party(body.service)
        yield "actor", actor.id if actor is not None else "none known by this name"


def _document(one: Opened) -> dict[str, Any]:
    standing = [msgspec.to_builtins(found.decision) for found in one.standing.standing]
    return {
        "id": one.id,
        "day": one.day,
        "form": _kind(one.body),
        "fault": one.fault,
        "state": one.standing.words,
        "decisions": standing,
        "verified": (
            msgspec.to_builtins(one.standing.verified.decision) if one.standing.verified else None
        ),
        "body": None if one.body is None else msgspec.to_builtins(one.body),
    }
