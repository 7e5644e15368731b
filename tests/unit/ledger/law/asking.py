"""Questions for tests of the law, with what a test does not tell left plain."""

from datetime import date
from pathlib import Path

from whocut.ledger.document import read_document_file
from whocut.ledger.law import Case, Law, assess_question, load_law, read_case

OWN_CASES = Path(__file__).parent / "cases.yaml"
ALL_CASES = tuple(sorted(Path(__file__).parent.glob("cases*.yaml")))


def cases_of(path: Path) -> list[Case]:
    document = read_document_file(path)
    assert isinstance(document, list)
    return [read_case(load_law(), one, f"{path.name}: {one['case']}") for one in document]


def mapping(**fields: object) -> dict[str, object]:
    plain = {
        "case": "A cut",
        "actor_kind": "company",
        "actor_jurisdiction": "US",
        "population": "RU",
        "service_category": "IP transit",
        "day": "2022-03-04",
    }
    return {**plain, **fields}


def asked(law: Law | None = None, **fields: object) -> Case:
    return read_case(law or load_law(), mapping(**fields), "test")


def answer(law: Law | None = None, **fields: object):
    law = law or load_law()
    case = asked(law, **fields)
    return assess_question(law, case.question, case.day)


def day(text: str) -> date:
    return date.fromisoformat(text)
