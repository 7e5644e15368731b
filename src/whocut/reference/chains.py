"""TLS revalidation: was the recorded chain good for the name, at the time, under the roots of then?

Only a chain that leads to a root of that day proves who spoke. Everything else gets the grade that
says what is wrong with it, authority before time before name: an expired certificate of the right
authority is a neglected site, one of nobody's authority is not.
"""

import itertools
from datetime import UTC, date, datetime
from enum import StrEnum

from msgspec import Struct

from whocut.reference.certificates import Certificate, name_text, parse_certificate, recurring
from whocut.reference.der import DerError
from whocut.reference.domestic_authorities import DomesticMeaning, find_domestic_authority
from whocut.reference.paths import CertificatePath, PathSearch
from whocut.reference.roots import RootStore, RootStores
from whocut.reference.server_names import (
    ServerName,
    has_common_name_only,
    is_for,
    parse_server_name,
)
from whocut.reference.signatures import SignatureCheck, check_signature, is_sha1, is_strong_key

__all__ = ["AUTHENTICATED_GRADES", "ChainGrade", "ChainResult", "verify_chain"]


class ChainGrade(StrEnum):
    """What a recorded chain proves."""

    VALID = "valid"
    """Good for the name, at the time, under the roots of that day."""
    VALID_UNDATED = "valid_undated"
    """The same, but under roots of another or an unknown day."""
    PROBE_VERIFIED = "probe_verified"
    """No chain at hand; the probe checked it and saw no failure."""
    DOMESTIC_CA = "domestic_ca"
    """It names a country's own authority that no browser trusts; ``domestic`` says which kind."""
    EXPIRED = "expired"
    """A certificate of a good path was not in force at the time: past, or not yet."""
    WRONG_NAME = "wrong_name"
    """A good path, for another name."""
    UNKNOWN_AUTHORITY = "unknown_authority"
    """No path to a root of that day."""
    SELF_SIGNED = "self_signed"
    """The leaf vouches for itself."""
    INCOMPLETE = "incomplete"
    """No path, as an intermediate of a public authority was not sent."""
    MALFORMED = "malformed"
    """A certificate that cannot be read."""
    UNVERIFIABLE = "unverifiable"
    """Nothing at hand to check it against, or a kind that we cannot check."""
    NONE = "none"
    """No certificate was recorded."""


AUTHENTICATED_GRADES: frozenset[ChainGrade] = frozenset(
    {ChainGrade.VALID, ChainGrade.VALID_UNDATED, ChainGrade.PROBE_VERIFIED}
)
"""Grades behind which content was spoken by whoever holds the name's key."""


class ChainResult(Struct, frozen=True, gc=False):
    """One grade and why."""

    grade: ChainGrade
    reason: str
    root_store_date: date | None = None
    """The day of the store that was used; ``None`` where its day is unknown or none was."""
    issuer: str = ""
    """Who the leaf says issued it, for people."""
    domestic: DomesticMeaning | None = None
    """Set with ``domestic_ca``: issuance for services, or interception."""


_COMMON_NAME_UNTIL = "20200811000000"
"""Go 1.15, which OONI's probes are built with, stopped reading the common name on that day."""
_MAX_CERTIFICATES = 24
"""Servers send 2 to 4; a peer that sends hundreds makes us work for nothing."""
_KEPT_RESULTS = 2048
_NO_STORE = "no root store at hand: run `whocut fetch roots` to check chains of any day"


class _Kept(Struct, frozen=True, gc=False):
    not_before: str
    not_after: str
    result: ChainResult


_kept: dict[tuple[tuple[bytes, ...], str, RootStore], _Kept] = {}


def verify_chain(
    certificates: tuple[bytes, ...], server_name: str, at: datetime, roots: RootStores
) -> ChainResult:
    """Grade a recorded chain, as sent: DER, leaf first.

    Never raises on what a peer sent. ``cryptography``'s PolicyBuilder is the oracle of our own
    path search (a property test holds them together); where it is stricter than clients of the
    day were, the reason says so.
    Source: RFC 5280 section 6.1; RFC 9525 section 6.
    """
    if not certificates:
        return ChainResult(ChainGrade.NONE, "no certificate was recorded", None, "")
    moment = at.astimezone(UTC) if at.tzinfo else at
    store = roots.at(moment.date())
    digits = moment.strftime("%Y%m%d%H%M%S").rjust(14, "0")
    key = (certificates, server_name, store)
    kept = _kept.get(key)
    if kept is not None and kept.not_before <= digits <= kept.not_after:
        return kept.result
    result, path = _Grading(certificates, server_name, digits, store, roots).grade()
    if path is not None:
        if len(_kept) >= _KEPT_RESULTS:
            _kept.clear()
        not_before = max(certificate.not_before for certificate in path)
        not_after = min(certificate.not_after for certificate in path)
        _kept[key] = _Kept(not_before, not_after, result)
    return result


class _Grading:
    """One chain on its way to a grade."""

    __slots__ = ("certificates", "damage", "digits", "leaf", "name", "roots", "sent", "store")

    def __init__(
        self,
        certificates: tuple[bytes, ...],
        server_name: str,
        digits: str,
        store: RootStore,
        roots: RootStores,
    ) -> None:
        self.sent = certificates
        self.name = parse_server_name(server_name)
        self.digits = digits
        self.store = store
        self.roots = roots
        self.leaf: Certificate | None = None
        self.certificates: list[Certificate] = []
        self.damage = ""
        self._parse()

    def _parse(self) -> None:
        for number, der in enumerate(self.sent[:_MAX_CERTIFICATES]):
            try:
                if number == 0:
                    self.leaf = parse_certificate(der)
                else:
                    self.certificates.append(recurring(der))
            except DerError as error:
                self.damage = self.damage or f"certificate {number + 1}: {error}"
                if number == 0:
                    return

    def grade(self) -> tuple[ChainResult, CertificatePath | None]:
        """Grade; with a valid chain comes the path, whose validity bounds the answer's."""
        leaf = self.leaf
        if leaf is None:
            return ChainResult(ChainGrade.MALFORMED, self.damage, None, ""), None
        if not len(self.store):
            return self._grade_without_roots(leaf), None
        search = PathSearch(self.store, self.certificates, self.digits)
        path = search.find(leaf)
        if path is None:
            search = PathSearch(self.store, self.certificates, None)
            lapsed = search.find(leaf)
            if lapsed is None:
                return self._grade_pathless(leaf, search), None
            return self._result(ChainGrade.EXPIRED, _lapse(lapsed, self.digits)), None
        return self._grade_path(leaf, path)

    def _grade_path(
        self, leaf: Certificate, path: CertificatePath
    ) -> tuple[ChainResult, CertificatePath | None]:
        obstacle = _leaf_obstacle(leaf)
        if obstacle:
            return self._result(ChainGrade.UNVERIFIABLE, obstacle), None
        if self.name is None:
            return self._result(
                ChainGrade.UNVERIFIABLE, "no usable server name was recorded with it"
            ), None
        laxness = []
        if not is_for(leaf, self.name):
            if self.digits >= _COMMON_NAME_UNTIL or not has_common_name_only(leaf, self.name):
                return self._result(ChainGrade.WRONG_NAME, _other_names(leaf, self.name)), None
            laxness.append("the name stands in the subject only, which clients of then accepted")
        if any(is_sha1(certificate) for certificate in path[:-1]):
            laxness.append("signed with SHA-1, which public authorities then still used")
        # What clients stopped accepting is good until then, not until the path ends: not kept.
        return self._accept(path[-1], laxness), None if laxness else path

    def _accept(self, root: Certificate, laxness: list[str]) -> ChainResult:
        store = self.store
        said = "; ".join(laxness)
        if store.is_dated or root.der in store.extra:
            return self._result(ChainGrade.VALID, said)
        when = f"roots of {store.day}" if store.day else f"{store.source}, of no known day"
        doubt = f"no root store of that day at hand (whocut fetch roots): checked against {when}"
        return self._result(ChainGrade.VALID_UNDATED, "; ".join(filter(None, (doubt, said))))

    def _result(
        self, grade: ChainGrade, reason: str, domestic: DomesticMeaning | None = None
    ) -> ChainResult:
        issuer = name_text(self.leaf.issuer) if self.leaf else ""
        return ChainResult(grade, reason, self.store.day, issuer, domestic)

    def _grade_without_roots(self, leaf: Certificate) -> ChainResult:
        """Say what shows without any root: whom the chain names, and that it cannot be checked."""
        chain = self._walk(leaf)
        domestic = self._grade_domestic(chain)
        if domestic is not None:
            return domestic
        if _is_self_signed(leaf):
            return self._result(ChainGrade.SELF_SIGNED, "the leaf is signed with its own key")
        return self._result(ChainGrade.UNVERIFIABLE, _NO_STORE)

    def _grade_pathless(self, leaf: Certificate, search: PathSearch) -> ChainResult:
        chain = self._walk(leaf)
        domestic = self._grade_domestic(chain)
        if domestic is not None:
            return domestic
        grade, reason = ChainGrade.UNVERIFIABLE, ""
        if _is_self_signed(leaf):
            grade, reason = ChainGrade.SELF_SIGNED, "the leaf is signed with its own key"
        elif search.unsupported:
            reason = search.unsupported
        elif search.obstacle:
            grade, reason = ChainGrade.UNKNOWN_AUTHORITY, search.obstacle
        elif self.damage:
            grade, reason = ChainGrade.MALFORMED, self.damage
        else:
            grade, reason = self._grade_dangling(chain)
        lapse = _lapse(tuple(chain), self.digits)
        return self._result(grade, f"{reason}; {lapse}" if lapse else reason)

    def _grade_dangling(self, chain: list[Certificate]) -> tuple[ChainGrade, str]:
        """Grade a chain whose signatures may be right and lead to no root of the day."""
        last = chain[-1]
        missing = name_text(last.issuer)
        days = self.roots.days_with(last.issuer)
        if days:
            said = (
                f"{missing} is no root of {self.store.day}; of stores {days[0]} to {days[-1]} it is"
            )
            return ChainGrade.UNKNOWN_AUTHORITY, said
        if last.issuer != last.subject and self._looks_public(last):
            return ChainGrade.INCOMPLETE, f"the certificate of {missing} was not sent"
        if self.store.is_dated:
            return ChainGrade.UNKNOWN_AUTHORITY, f"{missing} is in no root store at hand"
        if not self.store.source:
            return ChainGrade.UNVERIFIABLE, _NO_STORE
        said = f"{missing} is no root of {self.store.source}, which is not of that day: "
        return ChainGrade.UNVERIFIABLE, said + "run `whocut fetch roots`"

    def _looks_public(self, last: Certificate) -> bool:
        """Tell whether the issuer that was not sent is likely a public CA's intermediate."""
        return last.has_public_marks or self.store.has_organisation(last.issuer)

    def _grade_domestic(self, chain: list[Certificate]) -> ChainResult | None:
        for number, certificate in enumerate(chain):
            authority = find_domestic_authority(certificate.issuer)
            if authority is None:
                continue
            for child, issuer in itertools.pairwise(chain[: number + 1]):
                if check_signature(child, issuer.public_key) is not SignatureCheck.GOOD:
                    return None
            meaning = authority.meaning
            if meaning is DomesticMeaning.DOMESTIC_ISSUANCE:
                # A service's certificate must at least be one for this name and time; an
                # interceptor's often is not (Kazakhstan's intermediates lapsed for months).
                lapse = _lapse(tuple(chain[: number + 1]), self.digits)
                if lapse:
                    return self._result(ChainGrade.EXPIRED, f"{lapse}; of {authority.id}")
                if self.name is not None and not is_for(chain[0], self.name):
                    said = f"{_other_names(chain[0], self.name)}; of {authority.id}"
                    return self._result(ChainGrade.WRONG_NAME, said)
            reason = f"{meaning}: names {name_text(certificate.issuer)} ({authority.id}), by name"
            return self._result(ChainGrade.DOMESTIC_CA, reason, meaning)
        return None

    def _walk(self, leaf: Certificate) -> list[Certificate]:
        """Follow issuer names through what was sent, to where they lead out of it."""
        by_subject = {certificate.subject: certificate for certificate in self.certificates}
        chain = [leaf]
        while chain[-1].issuer != chain[-1].subject:
            issuer = by_subject.pop(chain[-1].issuer, None)
            if issuer is None:
                break
            chain.append(issuer)
        return chain


def _leaf_obstacle(leaf: Certificate) -> str:
    if not leaf.may_serve:
        return "the leaf is not for TLS servers (extended key usage)"
    if leaf.is_ca:
        return "the leaf is a CA certificate"
    if leaf.unknown_critical:
        return "the leaf carries a critical extension that no web client knows"
    if not is_strong_key(leaf.public_key):
        return "the leaf's key is of a kind or length that public authorities do not certify"
    return ""


def _lapse(path: tuple[Certificate, ...], digits: str) -> str:
    for certificate in path:
        subject = name_text(certificate.subject)
        if digits > certificate.not_after:
            return f"{subject} was in force until {_day(certificate.not_after)}"
        if digits < certificate.not_before:
            return f"{subject} was not in force before {_day(certificate.not_before)}"
    return ""


def _day(digits: str) -> str:
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}"


def _other_names(leaf: Certificate, name: ServerName) -> str:
    names = [name.decode("ascii", "backslashreplace") for name in leaf.dns_names or ()]
    shown = ", ".join(names[:3]) or name_text(leaf.subject)
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"it is for {shown}{more}, not for {name.host}"


def _is_self_signed(leaf: Certificate) -> bool:
    if leaf.issuer != leaf.subject:
        return False
    return check_signature(leaf, leaf.public_key) is not SignatureCheck.BAD
