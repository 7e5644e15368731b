"""The evidence of a finding as lines: what each says, whose word it is, where its rows are."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec import Struct

from whocut.attribution.bundle import (
    AnyEvidence,
    Bundle,
    Cell,
    Claim,
    Context,
    RouteChange,
    Slowdown,
    Span,
)
from whocut.attribution.finding import Weight
from whocut.attribution.vocabulary import Change, ClaimType
from whocut.i18n.catalog import N_
from whocut.i18n.text import Text, isolate
from whocut.publish.site.addresses import with_query
from whocut.publish.site.words import mechanism_family, word

__all__ = ["EvidenceLine", "WeighedLine", "evidence_lines", "home_of", "weighed", "why_not_words"]


class EvidenceLine(Struct, frozen=True):
    """One piece of evidence."""

    id: str
    kind: str
    label: str
    """In the reader's language, from templates alone."""
    href: str
    layer: str
    when: str
    group: str
    text: str
    """In English, as the record has it: how it was done, or what was said."""
    ground: str
    doubts: tuple[str, ...]
    note: str
    source: str
    source_url: str
    grade: str
    """Of a claim's source: documented, excerpt, lead; empty for what is measured."""
    is_read: bool


class WeighedLine(Struct, frozen=True):
    """One rule that fired on one piece of evidence."""

    line: EvidenceLine
    rule: str
    nats: float
    strength: str
    group: str
    counted: bool
    why_not: str
    by: tuple[str, ...]
    is_again: bool
    """Its words and doubts stand on the page already, and are not told twice."""


_CLAIMS: Final[Mapping[ClaimType, str]] = {
    ClaimType.ANNOUNCES: N_("%(speaker)s announced it"),
    ClaimType.ADMITS: N_("%(speaker)s says that it did it"),
    ClaimType.ORDERS: N_("%(speaker)s ordered it"),
    ClaimType.DENIES: N_("%(speaker)s denies it"),
    ClaimType.DEMANDS: N_("%(speaker)s asked for it"),
    ClaimType.REFUSES_TO_CUT: N_("%(speaker)s refuses to cut off"),
    ClaimType.RESTORES: N_("%(speaker)s says that access is back"),
    ClaimType.REPLIES: N_("%(speaker)s replies"),
}
_BY_CHANGE: Final[Mapping[Change, str]] = {
    Change.LOST: N_("%(n)s of %(all)s customers of %(provider)s lost their links"),
    Change.GAINED: N_("%(n)s of %(all)s customers of %(provider)s gained their links"),
    Change.STAYED: N_("all %(all)s customers of %(provider)s kept their links"),
}
_WHY_NOT: Final[Mapping[str, str]] = {
    "weaker_in_group": N_("counted once: a stronger one shares its origin"),
    "explained": N_("explained by something else"),
    "voided": N_("void: it was not done"),
    "partly": N_("other links of the same provider ended"),
    "met": N_("met by evidence of the same time"),
    "elsewhere": N_("of another country, target or time"),
    "nothing": N_("recorded, and weighs nothing"),
}


def why_not_words(text: Text, why: str) -> str:
    """Say why a line is not counted."""
    known = _WHY_NOT.get(why)
    return text.gettext(known) if known else why.replace("_", " ")


def evidence_lines(bundle: Bundle, text: Text) -> dict[str, EvidenceLine]:
    """Write every piece of evidence as a line, by its id."""
    names = {one.id: one.name or one.id for one in bundle.parties}
    country = bundle.question.country
    return {one.id: _line(one, names, country, text) for one in bundle.evidence}


def _line(one: AnyEvidence, names: Mapping[str, str], country: str, text: Text) -> EvidenceLine:
    is_claim = isinstance(one, Claim)
    grade = one.source.grade.value if is_claim and one.source.grade is not None else ""
    ground = one.ground.text if isinstance(one, Claim) and one.ground is not None else ""
    told = one.text if isinstance(one, Claim | Context) else ""
    return EvidenceLine(
        id=one.id,
        kind=_kind(one),
        label=_label(one, names, text),
        href=home_of(one.id, country),
        layer=one.layer,
        when=_when(one),
        group=one.group,
        text=told,
        ground=ground,
        doubts=one.doubts,
        note=one.note,
        source=one.source.title,
        source_url=one.source.url if one.source.url.startswith(("https://", "http://")) else "",
        grade=grade,
        is_read=one.source.read.value not in {"linked", "own"},
    )


def _kind(one: AnyEvidence) -> str:
    if isinstance(one, Claim):
        return "claim"
    if isinstance(one, RouteChange):
        return "route"
    return "law" if isinstance(one, Context) else "measured"


def _when(one: AnyEvidence) -> str:
    if isinstance(one, Claim):
        return one.effective or one.when
    if isinstance(one, RouteChange):
        return f"{one.last_before}/{one.first_after}"
    if isinstance(one, Span):
        return f"{one.onset or one.onset_high}/{one.end or one.last_week}"
    return one.when


def _label(one: AnyEvidence, names: Mapping[str, str], text: Text) -> str:
    if isinstance(one, Claim):
        return _claim_label(one, names, text)
    if isinstance(one, RouteChange):
        return _route_label(one, names, text)
    if isinstance(one, Cell | Span | Slowdown):
        return _measured_label(one, text)
    if isinstance(one, Context):
        return one.source.title or one.instrument or text.gettext("the law of the day")
    return text.gettext("other evidence")


def _route_label(one: RouteChange, names: Mapping[str, str], text: Text) -> str:
    return text.gettext(
        _BY_CHANGE[one.change],
        n=text.number(one.n_lost or 0),
        all=text.number(one.n or 0),
        provider=isolate(names.get(one.provider or "", f"AS{one.provider_asn}")),
    )


def _measured_label(one: Cell | Span | Slowdown, text: Text) -> str:
    if isinstance(one, Cell):
        return text.gettext(
            "%(answer)s: %(n)s measurements on %(networks)s networks in one week",
            answer=word(text, "answer", one.answer.value),
            n=text.number(one.n or 0),
            networks=text.number(one.n_networks or 0),
        )
    if isinstance(one, Span):
        return text.gettext(
            "%(answer)s over %(weeks)s weeks: %(n)s measurements",
            answer=word(text, "answer", one.cause.value),
            weeks=text.number(one.weeks or 0),
            n=text.number(one.n or 0),
        )
    return text.gettext(
        "slow on %(slow)s of %(networks)s networks (%(how)s)",
        slow=text.number(one.n_networks_slow or 0),
        networks=text.number(one.n_networks or 0),
        how=mechanism_family(text, one.mechanism or "http.throttle"),
    )


def _claim_label(one: Claim, names: Mapping[str, str], text: Text) -> str:
    publisher = isolate(one.source.publisher or one.source.title)
    speaker = isolate(names[one.speaker]) if one.speaker else publisher
    about = isolate(names[one.about]) if one.about else ""
    if one.type is ClaimType.ALLEGES and about:
        return text.gettext("%(speaker)s says that %(about)s did it", speaker=speaker, about=about)
    if one.type in {ClaimType.ALLEGES, ClaimType.REPORTS}:
        if about:
            return text.gettext(
                "%(source)s reports that %(about)s did it", source=publisher, about=about
            )
        if one.hypothesis is not None:
            return text.gettext(
                "%(source)s gives this account: %(account)s",
                source=speaker,
                account=word(text, "hypothesis", one.hypothesis.value),
            )
        return text.gettext("%(source)s reports it", source=speaker)
    return text.gettext(_CLAIMS[one.type], speaker=speaker)


def home_of(evidence: str, country: str) -> str:
    """Give the address of the rows behind a piece of evidence, by its id; empty where none is."""
    kind, _, rest = evidence.partition("/")
    parts = rest.split("/")
    if kind in {"cell", "span", "slowdown"} and len(parts) >= 2:
        return with_query(f"/d/{parts[1]}/{parts[0]}")
    if kind in {"claim", "law", "retracted"} and parts[0]:
        return with_query(f"/cut/{parts[0]}")
    if kind == "route":
        return with_query(f"/c/{country}/routes")
    return ""


def weighed(
    weights: Iterable[Weight], lines: Mapping[str, EvidenceLine], seen: set[str], text: Text
) -> Iterator[WeighedLine]:
    """Put weights and their evidence into lines; the law of the day is told apart from them.

    ``seen`` holds evidence and words that stand on the page already, and grows.
    """
    for weight in weights:
        line = lines[weight.evidence]
        if line.kind == "law":
            continue
        why = weight.why_not or "nothing"
        yield WeighedLine(
            line=line,
            rule=weight.rule,
            nats=weight.nats,
            strength=weight.strength.value,
            group=weight.group,
            counted=weight.counted,
            why_not="" if weight.counted else why_not_words(text, why),
            by=weight.by,
            is_again=line.id in seen or _told(line) in seen,
        )
        seen |= {line.id, _told(line)}


def _told(line: EvidenceLine) -> str:
    """Give the words and doubts of a line: what several sources relay is told once."""
    return "\n".join((line.text, *line.doubts, line.note))
