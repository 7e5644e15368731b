"""The tables of the ledger, column by column; Parquet and CSV have the same columns."""

from collections.abc import Iterator
from typing import Final

import pyarrow as pa

from whocut.ledger.vocabulary import DateKind
from whocut.model.table import TEXT, Column, Table

__all__ = ["CUT", "CUT_ASN", "CUT_DOMAIN", "CUT_SOURCE", "LEDGER_TABLES"]

_TEXTS: Final = pa.list_(pa.field("item", pa.string(), nullable=False))
_COUNT: Final = pa.int32()
_DAY: Final = pa.date32()
_UNTOLD: Final = "no source tells"


def _dates() -> Iterator[Column]:
    moments = {
        DateKind.ANNOUNCED: "When it was announced",
        DateKind.EFFECTIVE: "When it took effect",
        DateKind.FIRST_OBSERVED: "When it was first observed",
        DateKind.DISCLOSED: "When others than the decider made it known",
        DateKind.ENDED: "When it ended",
    }
    for kind, words in moments.items():
        yield Column(kind, TEXT, f"{words}: EDTF, the preferred telling.", _UNTOLD)
        yield Column(f"{kind}_earliest", _DAY, "First day that it can mean (UTC).", "no bound")
        yield Column(f"{kind}_latest", _DAY, "Last day that it can mean (UTC).", "no bound")
        yield Column(
            f"{kind}_told",
            TEXT,
            "stated, derived, reported or inferred by who entered it.",
            _UNTOLD,
        )
        yield Column(f"{kind}_grade", TEXT, "Grade of this date.", _UNTOLD)
        yield Column(f"{kind}_others", _TEXTS, "Other tellings, each with told and grade.")


_GRADED: Final = (
    "documented: two independent sources read, or one primary; excerpt: one; lead: none"
)
_RECORD: Final = (
    Column("id", TEXT, "Stable id of the record."),
    Column("url", TEXT, "Stable path of its page."),
    Column("sha256", TEXT, "Hash of the record's canonical JSON, as releases have it."),
    Column("grade", TEXT, f"How well the event is witnessed ({_GRADED}); not whether it is true."),
    Column("sentence", TEXT, "What the record tells, in one neutral sentence."),
    Column("kind", TEXT, "cut, partial, series, refusal, restoration or rumour."),
    Column("action", TEXT, "What was done."),
    Column("sector", TEXT, "What was cut, by trade."),
    Column("layer", TEXT, "Where in the stack; unstated where no source tells."),
    Column("mechanism", TEXT, "Dotted; the deepest node that the sources carry.", _UNTOLD),
    Column("how", TEXT, "How it was done, in own words.", _UNTOLD),
    Column("direction", TEXT, "Whose access: by_them, to_them or both.", _UNTOLD),
    Column("carried_out", TEXT, "Whether it came to pass.", _UNTOLD),
    Column("deciders", _TEXTS, "Who decided, by id of the actor; see attribution_status."),
    Column("decider_names", _TEXTS, "Their names, in the same order."),
    Column("decider_kinds", _TEXTS, "What kind of party each is (data/actors, with its basis)."),
    Column("decider_jurisdictions", _TEXTS, "Their seats, ISO 3166 (data/actors, with the basis)."),
    Column("executors", _TEXTS, "Who carried it out, by id."),
    Column("upstream", _TEXTS, "On whose rule, order or refusal the decider acted, by id."),
    Column("informants", _TEXTS, "Through whom it became known, by id."),
    Column("attribution_status", TEXT, "How it is known who decided."),
    Column("attribution_grade", TEXT, "Grade of that alone; the record's may be better."),
    Column(
        "hypotheses", _TEXTS, "Competing accounts of who did it: claimant, whom it names, claim."
    ),
    Column("conflicts", _TEXTS, "Where sources contradict the record: field and text."),
    Column("replies", _TEXTS, "What the named party answers: day, party, how verified, text."),
    Column("contact_attempts", _TEXTS, "Attempts to hear the named party before publication."),
    Column("is_retracted", pa.bool_(), "The record no longer stands; it stays, with the reason."),
    Column("retracted_on", TEXT, "When, in EDTF.", "not retracted"),
    Column("retraction_reason", TEXT, "Why.", "not retracted"),
    Column("places", _TEXTS, "Who was cut off: ISO 3166-1 or -2, EU, or WORLD."),
    Column("selectors", _TEXTS, "By which marks the decider told them apart."),
    Column("organisations", _TEXTS, "Organisations among them that the sources name."),
    Column("excepted", _TEXTS, "Who was left out of the cut."),
    Column("stated_places", _TEXTS, "The places that the decider names, where they differ."),
    Column("scope", TEXT, "How much of the service, for which of those users.", _UNTOLD),
    Column("scope_users", _TEXTS, "Which users."),
    Column("scope_accounts", _TEXTS, "new, existing."),
    Column("scope_plans", _TEXTS, "free, paid."),
    Column("scope_rights", _TEXTS, "read, write, download, update, payout."),
    *_dates(),
    Column("grounds", _TEXTS, "Grounds as somebody's claims: category, claimant, text, grade."),
    Column("ground_categories", _TEXTS, "Categories of these claims, each once."),
    Column("instruments", _TEXTS, "Provisions that the sources connect with it, by id."),
    Column("edges", _TEXTS, "Ties to other records: kind, then id."),
    Column(
        "asns", pa.list_(pa.field("item", pa.int64(), nullable=False)), "AS numbers tied to it."
    ),
    Column("domains", _TEXTS, "Domains tied to it."),
    Column("notice_days", _COUNT, "Notice given to those cut off.", _UNTOLD, "days"),
    Column("appeal", TEXT, "What appeal they were given.", _UNTOLD),
    Column("data_export", TEXT, "What export of their data they were given.", _UNTOLD),
    Column("refund", TEXT, "What refund they were given.", _UNTOLD),
    Column("collateral", _TEXTS, "What else was hit."),
    Column("notes", _TEXTS, "Notes in own words."),
    Column(
        "confidence", TEXT, "What its author thinks of it; the grade is not from it.", "not said"
    ),
    Column("values_documented", _TEXTS, "Fields whose own sources make them documented."),
    Column("values_excerpt", _TEXTS, "Fields that rest on one source read, or on one of several."),
    Column("values_lead", _TEXTS, "Fields that no source read carries: leads, not facts."),
    Column("sources_documented", _COUNT, "Sources of the event that are primary and read."),
    Column("sources_excerpt", _COUNT, "Other sources of the event that were read."),
    Column("sources_lead", _COUNT, "Sources of the event not read, crowd lists, own knowledge."),
    Column("sources_context", _COUNT, "Sources that only give the context."),
    Column("source_groups", _COUNT, "Independent origins among the sources of the event read."),
    Column("source_urls", _TEXTS, "Addresses of all sources."),
)

CUT: Final = Table(name="cut", row="one record of the ledger", columns=_RECORD, sorted_by=("id",))

CUT_ASN: Final = Table(
    name="cut_asn",
    row="one autonomous system tied to one record, with the record beside it",
    columns=(
        Column("asn", pa.int64(), "The AS number."),
        Column("role", TEXT, "actor: the decider's own; affected: cut off; executor."),
        Column("join_grade", TEXT, "Grade of the tie itself; that of the record may be better."),
        Column("join_sources", _TEXTS, "Keys of the sources that carry the tie."),
        Column("join_note", TEXT, "What is said of the tie.", "nothing"),
        *_RECORD,
    ),
    sorted_by=("asn", "id", "role"),
)

CUT_DOMAIN: Final = Table(
    name="cut_domain",
    row="one domain tied to one record, with the record beside it",
    columns=(
        Column("domain", TEXT, "The domain."),
        Column("role", TEXT, "service: can no longer be reached; affected: of those cut off."),
        *CUT_ASN.columns[2:5],
        *_RECORD,
    ),
    sorted_by=("domain", "id", "role"),
)

CUT_SOURCE: Final = Table(
    name="cut_source",
    row="one source that one record cites",
    columns=(
        Column("id", TEXT, "Id of the record."),
        Column("source", TEXT, "Key of the source in the record; own: own knowledge."),
        Column("record_grade", TEXT, "Grade of the record."),
        Column("is_retracted", pa.bool_(), "The record no longer stands."),
        Column("grade", TEXT, "Grade that this source would give alone."),
        Column("carries", TEXT, "event, or context only, which makes no grade."),
        Column("is_shared", pa.bool_(), "It is kept for several records, not in this one."),
        Column("source_url", TEXT, "Address.", "it has none"),
        Column("title", TEXT, "Title."),
        Column("publisher", TEXT, "Publisher."),
        Column("date", TEXT, "Date of publication, EDTF.", "not known"),
        Column("date_earliest", _DAY, "First day that it can mean (UTC).", "no bound"),
        Column("date_latest", _DAY, "Last day that it can mean (UTC).", "no bound"),
        Column("lang", TEXT, "Language, ISO 639.", "not known"),
        Column("read", TEXT, "How much of it was read: full, excerpt, linked, repository, own."),
        Column("stance", TEXT, "Where it stands to what it tells."),
        Column("group", TEXT, "Origin of its words; copies of one text share it."),
        Column("fields", _TEXTS, "Fields that it carries."),
        Column("fields_among", _TEXTS, "Fields that it or another carries; which was not noted."),
        Column("note", TEXT, "What is said of it.", "nothing"),
    ),
    sorted_by=("id", "source"),
)

LEDGER_TABLES: Final[dict[str, Table]] = {
    table.name: table for table in (CUT, CUT_ASN, CUT_DOMAIN, CUT_SOURCE)
}
