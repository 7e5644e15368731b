"""Match responses and DNS answers against known markers, and say what each marker means.

Three texts of a response are scanned, each once, with all patterns at the same time: the header
lines, the body as sent, and, where a page is short or failing or holds a telling phrase, its
visible text. Docs: docs/methods/fingerprints.md.
"""

import hashlib
import ipaddress
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import msgspec

from whocut.reference.fingerprint_catalog import Catalog, Limits, load_catalog
from whocut.reference.fingerprint_compile import Surfaces, compile_surfaces
from whocut.reference.fingerprint_import import import_path
from whocut.reference.fingerprint_model import (
    Fingerprint,
    Meaning,
    PatternType,
    RejectedRow,
    Scope,
    Seen,
)
from whocut.reference.fingerprint_text import PageText, read_page

__all__ = [
    "Fingerprint",
    "FingerprintSet",
    "Meaning",
    "PatternType",
    "RejectedRow",
    "Scope",
    "Seen",
    "leading_match",
]

_OF_SOMEBODY_ELSE = (Scope.STATE, Scope.ISP, Scope.PRODUCT, Scope.INSTITUTION)


_ORDER = {
    Meaning.SANCTIONS_EXPLICIT: 2,
    Meaning.LICENCE_EXPLICIT: 3,
    Meaning.GEO_EXPLICIT: 4,
    Meaning.BOT_CHALLENGE: 5,
    Meaning.LEGAL_EXPLICIT: 6,
    Meaning.REPUTATION_BLOCK: 7,
    Meaning.CLOUD_REFUSAL: 8,
    Meaning.ERROR_PAGE: 10,
    Meaning.REFUSAL_VAGUE: 11,
    Meaning.FALSE_POSITIVE: 12,
}
"""A page that gives a ground says more than one that names a country."""


_ABOUT_PLACE = (Meaning.SANCTIONS_EXPLICIT, Meaning.LICENCE_EXPLICIT, Meaning.GEO_EXPLICIT)


class FingerprintSet:
    """Shipped and imported fingerprints, compiled.

    ``rejected`` lists the rows of imported files that were not taken, with the reason each.
    """

    def __init__(
        self,
        catalog: Catalog,
        imported: Sequence[Fingerprint] = (),
        rejected: Sequence[RejectedRow] = (),
        *,
        cache_dir: Path | None = None,
    ) -> None:
        refused = list(rejected)
        reviewed = map(catalog.reviewed, imported)
        fingerprints = _without_doubles((*catalog.fingerprints, *reviewed), refused)
        self._surfaces: Surfaces = compile_surfaces(
            fingerprints, catalog, refused, cache_dir=cache_dir
        )
        self._limits: Limits = catalog.limits
        self._all = self._surfaces.fingerprints
        self.by_id: Mapping[str, Fingerprint] = MappingProxyType({f.id: f for f in self._all})
        self.rejected: tuple[RejectedRow, ...] = tuple(refused)
        self.digest: str = _digest(self._all, catalog)
        self._by_ip, self._by_cname = _index_dns(self._all)

    @classmethod
    def load(
        cls, paths: Iterable[Path] | None = None, *, cache_dir: Path | None = None
    ) -> "FingerprintSet":
        """Load the shipped fingerprints and the lists imported from ``paths``.

        ``None`` imports what lies in the cache directory's ``fingerprints`` folder; an empty
        ``paths`` imports nothing. The cache directory is $WHOCUT_CACHE, else ~/.cache/whocut.
        Raises: InputError if a path is missing or is no known list; DamagedDataError if the
        shipped data is broken.
        """
        cache_dir = _cache_dir() if cache_dir is None else cache_dir
        if paths is None:
            folder = cache_dir / "fingerprints"
            paths = (folder,) if folder.is_dir() else ()
        imported: list[Fingerprint] = []
        rejected: list[RejectedRow] = []
        for path in paths:
            for row in import_path(Path(path)):
                if isinstance(row, RejectedRow):
                    rejected.append(row)
                else:
                    imported.append(row)
        return cls(load_catalog(), imported, rejected, cache_dir=cache_dir / "automata")

    def __len__(self) -> int:
        return len(self._all)

    def match_response(
        self,
        status: int | None,
        headers: Iterable[tuple[str, str]],
        body: bytes | None,
    ) -> tuple[Fingerprint, ...]:
        """Find every fingerprint of a response, the more telling ones first.

        Args:
            status: HTTP status, ``None`` where not observed.
            headers: (lower-case name, value) pairs.
            body: the body as sent, content encoding undone; ``None`` where not observed.
        """
        headers = tuple(headers)
        found = set(self._match_headers(headers))
        if body:
            found.update(self._match_body(status, headers, body))
        if not found:
            return ()
        size = len(body) if body else 0
        kept = [
            fingerprint for key in found if _counts(fingerprint := self._all[key], status, size)
        ]
        return tuple(sorted(_settled(kept), key=_rank))

    def match_dns(self, ips: Iterable[str], cnames: Iterable[str]) -> tuple[Fingerprint, ...]:
        """Find every fingerprint of a DNS answer, the more telling ones first."""
        found: dict[str, Fingerprint] = {}
        for ip in ips:
            for fingerprint in self._by_ip.get(_same_ip(ip), ()):
                found[fingerprint.id] = fingerprint
        for cname in cnames:
            for fingerprint in self._by_cname.get(cname.rstrip(".").lower(), ()):
                found[fingerprint.id] = fingerprint
        return tuple(sorted(found.values(), key=_rank))

    def _match_headers(self, headers: tuple[tuple[str, str], ...]) -> Iterable[int]:
        if not headers:
            return ()
        lines = "".join(f"{name}: {value}\n" for name, value in headers)
        return self._surfaces.headers.scan(lines.encode("utf-8", "replace"))

    def _match_body(
        self, status: int | None, headers: tuple[tuple[str, str], ...], body: bytes
    ) -> list[int]:
        scanned = body[: self._limits.largest_scanned_body_bytes]
        hits = self._surfaces.body.scan(scanned)
        is_failing = status is not None and status >= 400
        if not self._is_worth_reading(len(body), hits, is_failing=is_failing):
            return [key for key in hits if key < len(self._all)]
        content_type = next((value for name, value in headers if name == "content-type"), None)
        longest = (
            self._limits.longest_error_chars if is_failing else self._limits.longest_refusal_chars
        )
        page = read_page(
            scanned,
            content_type,
            longest=longest,
            with_noscript=is_failing or status in (None, 202),
        )
        found = [key for key in hits if key < len(self._all)]
        if page is not None:
            found.extend(self._match_wording(page, is_failing=is_failing))
        return found

    def _is_worth_reading(self, size: int, hits: dict[int, int], *, is_failing: bool) -> bool:
        """Say whether its visible text could be a refusal."""
        if is_failing or size <= self._limits.small_body_bytes:
            return True
        if self._surfaces.trigger_key in hits:
            return True
        return size <= self._limits.sparse_body_bytes and self._surfaces.links_key not in hits

    def _match_wording(self, page: PageText, *, is_failing: bool) -> list[int]:
        keys: list[int] = []
        if page.headings and (is_failing or not page.is_cut):
            keys.extend(self._surfaces.headings.search(page.headings))
        if not page.is_cut:
            latest = None if is_failing else self._limits.latest_wording_chars
            keys.extend(self._surfaces.text.search(page.text, latest=latest))
        length = self._limits.longest_error_chars + 1 if page.is_cut else len(page.text)
        return [key for key in keys if length <= (self._all[key].longest_text or length)]


def leading_match(matches: Iterable[Fingerprint]) -> Fingerprint | None:
    """Pick the fingerprint that says most of what a response is; ``None`` where none matched.

    A sure challenge marker leads (a check is aimed at machines, whatever else the page says),
    then the page of somebody else, then refusals that give a reason, then checks and blocks of
    addresses. Pages known to be no block page go before wording that tells nobody's name.
    """
    return min(matches, key=_rank, default=None)


def _rank(fingerprint: Fingerprint) -> tuple[int, str, str]:
    return (_place(fingerprint), fingerprint.strength, fingerprint.id)


def _place(fingerprint: Fingerprint) -> int:
    meaning = fingerprint.meaning
    if meaning is Meaning.BOT_CHALLENGE and fingerprint.strength == "A":
        return 0
    if meaning is Meaning.BLOCK_PAGE:
        return 1 if fingerprint.scope in _OF_SOMEBODY_ELSE else 9
    return _ORDER[meaning]


def _settled(found: list[Fingerprint]) -> list[Fingerprint]:
    """Drop general wording where a surer marker says whose page it is.

    A challenge is never a geoblock; an access network's page speaks of its own country; a
    provider's page for any rule of its customer, a country rule too, also talks of security; and
    "access denied" on a page that is known otherwise is no block page.
    """
    if any(_place(fingerprint) <= 1 for fingerprint in found):
        found = [f for f in found if f.meaning not in _ABOUT_PLACE or f.strength == "A"]
    if any(f.meaning is Meaning.REFUSAL_VAGUE and f.provider for f in found):
        found = [f for f in found if f.meaning is not Meaning.REPUTATION_BLOCK or f.provider]
    if any(f.meaning is Meaning.FALSE_POSITIVE or f.provider for f in found):
        found = [f for f in found if not _is_nobodys_block_page(f)]
    return found


def _is_nobodys_block_page(fingerprint: Fingerprint) -> bool:
    """Say whether it is wording that names nobody, neither in its scope nor by an address."""
    return (
        fingerprint.meaning is Meaning.BLOCK_PAGE
        and fingerprint.scope is Scope.UNKNOWN
        and "://" not in fingerprint.pattern
    )


def _counts(fingerprint: Fingerprint, status: int | None, size: int) -> bool:
    if fingerprint.statuses and status not in fingerprint.statuses:
        return False
    return fingerprint.largest_body is None or size <= fingerprint.largest_body


def _without_doubles(
    fingerprints: Iterable[Fingerprint], rejected: list[RejectedRow]
) -> tuple[Fingerprint, ...]:
    """Number later patterns of one name (``name#2``), as lists use a name for several patterns."""
    found: dict[str, Fingerprint] = {}
    known: set[tuple[str, str, str]] = set()
    for fingerprint in fingerprints:
        same = (fingerprint.id, fingerprint.where, fingerprint.pattern)
        if same in known:
            reason = "the row stands twice; the first is kept"
            rejected.append(RejectedRow(fingerprint.source, 0, reason, fingerprint.id))
            continue
        known.add(same)
        name, number = fingerprint.id, 1
        while name in found:
            number += 1
            name = f"{fingerprint.id}#{number}"
        found[name] = msgspec.structs.replace(fingerprint, id=name)
    return tuple(found.values())


def _index_dns(
    fingerprints: Iterable[Fingerprint],
) -> tuple[dict[str, list[Fingerprint]], dict[str, list[Fingerprint]]]:
    by_ip: dict[str, list[Fingerprint]] = {}
    by_cname: dict[str, list[Fingerprint]] = {}
    for fingerprint in fingerprints:
        if fingerprint.where == "dns.ip":
            by_ip.setdefault(_same_ip(fingerprint.pattern), []).append(fingerprint)
        elif fingerprint.where == "dns.cname":
            name = fingerprint.pattern.rstrip(".").lower()
            by_cname.setdefault(name, []).append(fingerprint)
    return by_ip, by_cname


def _same_ip(text: str) -> str:
    """Write an address in one form; most are IPv4 and have only one."""
    if ":" not in text:
        return text
    try:
        address = ipaddress.IPv6Address(text.split("%", 1)[0])
    except ValueError:
        return text
    mapped = address.ipv4_mapped
    return str(address if mapped is None else mapped)


def _digest(fingerprints: Iterable[Fingerprint], catalog: Catalog) -> str:
    digest = hashlib.sha256(msgspec.json.encode((catalog.triggers, catalog.veto, catalog.limits)))
    for fingerprint in sorted(fingerprints, key=lambda found: found.id):
        digest.update(msgspec.json.encode(fingerprint))
    return digest.hexdigest()


def _cache_dir() -> Path:
    named = os.environ.get("WHOCUT_CACHE")
    return Path(named) if named else Path.home() / ".cache" / "whocut"
