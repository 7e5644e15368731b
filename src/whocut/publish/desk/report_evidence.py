"""Published counts of reports as evidence: what users tell, which by itself names nobody."""

from collections.abc import Iterable, Mapping
from typing import Final

from whocut.attribution.bundle import Report, Source
from whocut.attribution.vocabulary import Symptom
from whocut.ledger.vocabulary import ReadLevel, Stance
from whocut.publish.desk.counts import CountRow
from whocut.publish.desk.form import Happened, days_of

__all__ = ["evidence_of"]

_SYMPTOMS: Final[Mapping[Happened, Symptom]] = {
    Happened.ACCOUNT_CLOSED: Symptom.CLOSED_ACCOUNT,
    Happened.ACCOUNT_SUSPENDED: Symptom.CLOSED_ACCOUNT,
    Happened.SIGN_UP_REFUSED: Symptom.CLOSED_ACCOUNT,
    Happened.SERVICE_ENDED: Symptom.CLOSED_ACCOUNT,
    Happened.PAYMENT_REFUSED: Symptom.REFUSED_PAYMENT,
    Happened.ACCESS_REFUSED: Symptom.REFUSED_PAGE,
    Happened.APP_REMOVED: Symptom.APP_MISSING,
    Happened.CONTENT_LABELLED: Symptom.LABEL,
}
_LAYERS: Final = {
    Symptom.CLOSED_ACCOUNT: "account",
    Symptom.REFUSED_PAYMENT: "payment",
    Symptom.REFUSED_PAGE: "http",
    Symptom.APP_MISSING: "app_store",
    Symptom.LABEL: "content",
}


def evidence_of(rows: Iterable[CountRow]) -> tuple[Report, ...]:
    """Turn counts into evidence; all of one desk are one group, whoever sent them."""
    return tuple(_evidence(row) for row in rows)


def _evidence(row: CountRow) -> Report:
    what = _SYMPTOMS.get(row.kind, Symptom.OTHER)
    first, last = days_of(row.period)
    return Report(
        id=f"desk:{row.subject}:{row.country}:{row.period}:{row.kind.value}",
        layer=_LAYERS.get(what, "unstated"),  # type: ignore[arg-type]
        when=f"{first}/{last}",
        group="desk",
        country=row.country.partition("-")[0],
        target=row.subject if "." in row.subject else "",
        source=Source(
            title="Reports of users to the desk of whocut",
            stance=Stance.AFFECTED,
            read=ReadLevel.FULL,
        ),
        n=row.at_least,
        what=what,
    )
