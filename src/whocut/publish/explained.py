"""Everything that ``whocut explain`` and the pages of rules know by a name, and what each says."""

import ast
import inspect
from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from whocut.model.failure import failure_family
from whocut.model.taxonomy import (
    ActorKind,
    Cause,
    CellAnswer,
    Layer,
    Locus,
    Outcome,
    Strength,
)

__all__ = ["Entry", "entries", "entries_named", "member_meanings"]


class Entry(Struct, frozen=True):
    """One thing with a name."""

    kind: str
    id: str
    meaning: str
    details: dict[str, str] = {}


_LAYERS = {
    Layer.ROUTE: "The path of packets: announcements, transit, peering.",
    Layer.DNS: "The answer to a question for a name.",
    Layer.TCP: "The connection to an address and port.",
    Layer.TLS: "The handshake: server name, certificates.",
    Layer.HTTP: "The exchange itself: status, headers, body.",
    Layer.ACCOUNT: "The user's account with the service.",
    Layer.PAYMENT: "Payment for the service.",
    Layer.APP_STORE: "The store from which the program comes.",
    Layer.DEVICE_UPDATE: "Updates of a device or system.",
    Layer.CONTENT: "A part of what the service offers.",
    Layer.CERTIFICATE: "The authority that issues certificates.",
    Layer.REGISTRY: "The registration of names or numbers.",
}
_LOCI = {
    Locus.ORIGIN: "The service's own servers.",
    Locus.EDGE: "A content network or proxy that the service chose.",
    Locus.TRANSIT: "A network between.",
    Locus.BORDER: "Where a country's networks meet others.",
    Locus.RESOLVER: "The resolver that the probe asked.",
    Locus.ACCESS_NETWORK: "The probe's own network operator.",
    Locus.CLIENT: "The probe's machine or house.",
    Locus.REGISTRY: "A registry of names or numbers.",
    Locus.UNKNOWN: "The evidence does not show where.",
}
_FAMILY_MEANING = "An OONI failure string of the family {family} (df-007)."


def member_meanings(enumeration: type[StrEnum]) -> dict[str, str]:
    """Read the sentence that stands below each member in the source of an enumeration."""
    (body,) = ast.parse(inspect.getsource(enumeration)).body
    meanings: dict[str, str] = {}
    name = ""
    for node in body.body if isinstance(body, ast.ClassDef) else ():
        match node:
            case ast.Assign(targets=[ast.Name(id=member)]):
                name = member
            case ast.Expr(value=ast.Constant(value=str(text))) if name:
                meanings[enumeration[name].value] = inspect.cleandoc(text).replace("\n", " ")
                name = ""
    return meanings


def _of_enumeration(
    kind: str, enumeration: type[StrEnum], known: dict[str, str]
) -> Iterator[Entry]:
    meanings = {**member_meanings(enumeration), **known}
    for member in enumeration:
        words = member.value.replace("_", " ").replace(".", " ")
        yield Entry(kind, member.value, meanings.get(member.value, f"{words.capitalize()}."))


def _taxonomy() -> Iterator[Entry]:
    yield from _of_enumeration("outcome", Outcome, {})
    yield from _of_enumeration("layer", Layer, {k.value: v for k, v in _LAYERS.items()})
    yield from _of_enumeration("locus", Locus, {k.value: v for k, v in _LOCI.items()})
    yield from _of_enumeration("actor kind", ActorKind, {})
    strengths = {"A": "Proof.", "B": "Strong.", "C": "Suggestive, no more."}
    yield from _of_enumeration("strength", Strength, strengths)


def _judgment() -> Iterator[Entry]:
    from whocut.access.facts import FACTS
    from whocut.access.mechanisms import MECHANISMS
    from whocut.access.rules import FALLBACK, load_rules

    for rule in (*load_rules(), FALLBACK):
        details = {
            "says": f"{rule.outcome} at {rule.layer}, {rule.mechanism}",
            "locus": rule.locus.value,
            "actor kind": rule.actor_kind.value,
            "strength": rule.strength.value,
            "rank": str(rule.rank),
            "needs": " ".join(rule.when),
            "unless": " ".join(rule.unless),
            "doubt": rule.doubt,
            "next step": rule.next_step,
            "source": rule.source,
            "seen": rule.seen,
        }
        yield Entry("rule", rule.id, rule.sentence, {k: v for k, v in details.items() if v})
    for name, meaning in FACTS.items():
        used = " ".join(rule.id for rule in load_rules() if name in (*rule.when, *rule.unless))
        yield Entry("fact", name, _sentence(meaning), {"used by": used} if used else {})
    for mechanism in MECHANISMS.values():
        theirs = {"OONI": mechanism.ooni} if mechanism.ooni else {}
        yield Entry("mechanism", mechanism.id, mechanism.meaning, theirs)


def _cells() -> Iterator[Entry]:
    from whocut.access.cells import MODEL

    yield from _of_enumeration("cause", Cause, {})
    yield from _of_enumeration("answer", CellAnswer, member_meanings(Cause))
    for shortfall in MODEL.shortfall:
        details = {"next step": shortfall.next_step}
        yield Entry("shortfall", shortfall.id, shortfall.meaning, details)


def _reading() -> Iterator[Entry]:
    from whocut.ingest.ooni.refusal import RefusalReason
    from whocut.reference.chains import ChainGrade

    yield from _of_enumeration("refusal reason", RefusalReason, {})
    yield from _of_enumeration("chain grade", ChainGrade, {})


def _findings() -> Iterator[Entry]:
    from whocut.attribution import vocabulary
    from whocut.attribution.facts import FACTS as ABOUT_EVIDENCE
    from whocut.attribution.rules import load_ruleset

    ruleset = load_ruleset()
    for rule in ruleset.rules:
        details = {
            "speaks": f"{rule.direction} {rule.hypothesis}",
            "nats": f"{rule.nats:g}",
            "strength": rule.strength.value,
            "needs": " ".join(rule.when),
            "unless": " ".join(rule.unless),
            "gives way to": " ".join(rule.yields_to),
            "unless firm by": " ".join(rule.firm),
            "only of the same time and layer": "yes" if rule.rebuts else "",
            "source": rule.source,
            "ruleset": ruleset.version,
        }
        yield Entry("finding rule", rule.id, rule.sentence, {k: v for k, v in details.items() if v})
    for name, meaning in ABOUT_EVIDENCE.items():
        used = " ".join(rule.id for rule in ruleset.rules if name in (*rule.when, *rule.unless))
        yield Entry("fact of evidence", name, meaning, {"used by": used} if used else {})
    yield from _of_enumeration("hypothesis", vocabulary.HypothesisId, {})
    yield from _of_enumeration("finding grade", vocabulary.FindingGrade, {})
    yield from _of_enumeration("finding status", vocabulary.Status, {})
    for tie in ruleset.tables.tie:
        yield Entry("tie", tie.id.value, tie.sentence, {"least grade": tie.least.value})


def entries() -> Iterator[Entry]:
    """Give everything that is known by a fixed name; fingerprints and verdicts come apart."""
    yield from _taxonomy()
    yield from _judgment()
    yield from _cells()
    yield from _reading()
    yield from _findings()


def fingerprint_entry(name: str) -> Entry | None:
    """Find a shipped or cached fingerprint."""
    from whocut.reference.fingerprints import FingerprintSet

    found = FingerprintSet.load().by_id.get(name)
    if found is None:
        return None
    details = {
        field: str(value)
        for field in found.__struct_fields__
        if field not in ("id", "note") and (value := getattr(found, field)) not in (None, "", ())
    }
    return Entry("fingerprint", name, _sentence(found.note or str(found.meaning)), details)


def failure_entry(name: str) -> Entry | None:
    """Read an OONI failure string; ``None`` where it is of no known family."""
    family = failure_family(name)
    if family.value in ("unknown", "none"):
        return None
    meanings = member_meanings(type(family))
    text = meanings.get(family.value, "")
    return Entry("failure", name, f"{_FAMILY_MEANING.format(family=family.value)} {text}".strip())


def target_entry(name: str) -> Entry | None:
    """Find a target by its domain; ``None`` where there is none."""
    if "." not in name:
        return None
    from whocut.access.targets import load_targets

    catalog = load_targets()
    target = next((one for one in catalog.targets if one.domain == name), None)
    if target is None:
        return None
    listings = catalog.listings_of(target)
    lists = sorted({f"{one.country} {one.kind} ({one.source})" for one in listings})
    details = {
        "operator": target.operator or "not known",
        "source": target.source,
        "further name of": target.same_as or "",
        "lists": ", ".join(lists) or "none",
    }
    meaning = f"A target of the class {target.class_}, sector {target.sector}."
    return Entry("target", name, meaning, {key: text for key, text in details.items() if text})


def entries_named(name: str) -> list[Entry]:
    """Find everything that has a name; one name may stand on more than one axis."""
    found = [entry for entry in entries() if entry.id == name]
    target = target_entry(name) if not found else None
    if target is not None:
        return [target]
    fingerprint = fingerprint_entry(name) if not found else None
    failure = failure_entry(name)
    return [*found, *(entry for entry in (fingerprint, failure) if entry is not None)]


def _sentence(text: str) -> str:
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
