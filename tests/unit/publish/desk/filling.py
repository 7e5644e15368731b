"""A queue filled with forms that are known, sealed to a key that is known."""

from datetime import date
from pathlib import Path

from nacl.public import PrivateKey

from whocut.publish.desk.decisions import Decision, Outcome, decide
from whocut.publish.desk.form import AppealState, Happened, Reason, Report
from whocut.publish.desk.sealing import seal

KEY = PrivateKey(bytes(range(1, 33)))
TODAY = date(2026, 11, 26)


def a_report(nonce: str, **changes) -> Report:
    """Give a report of its own copy of the form."""
    told = {
        "service": "GitHub",
        "country": "RU",
        "when": "2022-W11",
        "happened": Happened.ACCOUNT_CLOSED,
        "reason": Reason.NONE_GIVEN,
        "appeal": AppealState.NOT_TRIED,
        "received": TODAY,
        "nonce": nonce,
    }
    return Report(**{**told, **changes})


def an_id(number: int) -> str:
    """Give the id that a number stands for."""
    return f"{number:032x}"


def put(folder: Path, number: int, body, key: PrivateKey = KEY) -> str:
    """Seal a form into a folder under a name that is known."""
    folder.mkdir(exist_ok=True)
    (folder / f"{an_id(number)}.sealed").write_bytes(seal(body, key.public_key))
    return an_id(number)


def accept(folder: Path, about: str, by: str = "anna", **more) -> Path:
    """Decide that a form counts."""
    return decide(folder, Decision(about=about, outcome=Outcome.ACCEPTED, by=by, on=TODAY, **more))
