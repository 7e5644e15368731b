"""Whom a client trusted on a given day: dated root stores, and roots that are always trusted.

A store is one ``YYYY-MM-DD.pem`` in the cache's ``roots`` folder, listed with its SHA-256 in
``manifest.json``; ``whocut fetch roots`` writes both from certifi's releases (Mozilla's list).
"""

import base64
import binascii
import hashlib
import importlib.util
import re
import ssl
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

import msgspec
from msgspec import Struct

from whocut.model.errors import DamagedDataError, InputError, why_unread
from whocut.reference.certificates import Certificate, name_attributes, recurring
from whocut.reference.der import DerError

__all__ = [
    "MANIFEST_NAME",
    "ROOTS_FOLDER",
    "RootStore",
    "RootStores",
    "StoredRoots",
    "read_manifest",
    "read_pem",
]

ROOTS_FOLDER = "roots"
MANIFEST_NAME = "manifest.json"
_PEM_BLOCK = re.compile(
    rb"-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----\s+([A-Za-z0-9+/=\s]+?)-----END"
)


class StoredRoots(Struct, frozen=True, forbid_unknown_fields=True):
    """One dated store as the manifest lists it."""

    day: date
    release: str
    """certifi's version."""
    sha256: str
    certificates: int


class RootStore:
    """The roots trusted on a day, found by subject."""

    __slots__ = ("_organisations", "by_subject", "day", "extra", "is_dated", "roots", "source")

    def __init__(
        self,
        roots: Iterable[Certificate],
        extra: Iterable[Certificate] = (),
        *,
        day: date | None,
        is_dated: bool,
        source: str,
    ) -> None:
        self.extra = frozenset(root.der for root in extra)
        """Roots that the user added: trusted whatever the day."""
        self.roots = (*extra, *roots)
        self.day = day
        self.is_dated = is_dated
        self.source = source
        by_subject: dict[bytes, list[Certificate]] = {}
        for root in self.roots:
            by_subject.setdefault(root.subject, []).append(root)
        self.by_subject: Mapping[bytes, Sequence[Certificate]] = by_subject
        self._organisations = frozenset(_organisations(self.by_subject))

    def __len__(self) -> int:
        return len(self.roots)

    def undated(self) -> "RootStore":
        """Return the same roots for a day before theirs."""
        roots = [root for root in self.roots if root.der not in self.extra]
        extra = [root for root in self.roots if root.der in self.extra]
        return RootStore(roots, extra, day=self.day, is_dated=False, source=self.source)

    def has_organisation(self, name: bytes) -> bool:
        """Tell whether a DER name is of an organisation that one of the roots names."""
        return not self._organisations.isdisjoint(_organisations((name,)))


class RootStores:
    """Every dated store at hand, plus roots that are trusted whatever the day."""

    def __init__(
        self,
        stored: Sequence[StoredRoots] = (),
        directory: Path | None = None,
        extra: Sequence[Certificate] = (),
        undated: tuple[Sequence[Certificate], str] | None = None,
    ) -> None:
        self._stored = tuple(sorted(stored, key=lambda entry: entry.day))
        self._directory = directory
        self._extra = tuple(extra)
        self._undated = undated
        self._opened: dict[date | None, RootStore] = {}
        self._in_force: dict[date, RootStore] = {}
        self.digest = self._digest()

    @classmethod
    def load(
        cls,
        directory: Path | None,
        extra_pem: Sequence[Path] = (),
        *,
        undated_pem: Path | None = None,
    ) -> "RootStores":
        """Load the manifest of a folder of dated stores, and extra roots from PEM files.

        Without dated stores the machine's own bundle serves (``undated_pem``, else certifi where
        it is installed, else OpenSSL's file); chains are then graded ``valid_undated``.
        Raises: DamagedDataError if the manifest is broken; InputError if an extra file is.
        """
        extra = [root for path in extra_pem for root in read_pem(path)]
        stored = () if directory is None else read_manifest(directory / MANIFEST_NAME)
        undated = None if stored else _machine_roots(undated_pem)
        return cls(stored, directory, extra, undated)

    @property
    def days(self) -> tuple[date, ...]:
        """The dates of the stores at hand, oldest first."""
        return tuple(entry.day for entry in self._stored)

    def at(self, day: date) -> RootStore:
        """Return the store in force on a day: the newest release that is not after it.

        A day before the first release gets the first, marked undated.
        Raises: DamagedDataError if the file is not what the manifest says.
        """
        found = self._in_force.get(day)
        if found is None:
            found = self._in_force[day] = self._choose(day)
        return found

    def days_with(self, subject: bytes) -> tuple[date, ...]:
        """List the stores that hold a root of this subject: when was it trusted?"""
        return tuple(entry.day for entry in self._stored if subject in self._open(entry).by_subject)

    def _choose(self, day: date) -> RootStore:
        earlier = [entry for entry in self._stored if entry.day <= day]
        if earlier:
            return self._open(earlier[-1])
        if self._stored:
            first = self._open(self._stored[0])
            return first.undated()
        store = self._opened.get(None)
        if store is None:
            roots, source = self._undated or ((), "")
            store = RootStore(roots, self._extra, day=None, is_dated=False, source=source)
            self._opened[None] = store
        return store

    def _open(self, entry: StoredRoots) -> RootStore:
        store = self._opened.get(entry.day)
        if store is None:
            path = (self._directory or Path()) / f"{entry.day}.pem"
            try:
                data = path.read_bytes()
            except OSError as error:
                raise DamagedDataError(f"cannot be read: {error}", source=str(path)) from error
            if hashlib.sha256(data).hexdigest() != entry.sha256:
                raise DamagedDataError(
                    "is not the store that the manifest lists; run `whocut fetch roots` again",
                    source=str(path),
                    field="sha256",
                )
            store = RootStore(
                _parse_pem(data, str(path)),
                self._extra,
                day=entry.day,
                is_dated=True,
                source=f"certifi {entry.release}",
            )
            self._opened[entry.day] = store
        return store

    def _digest(self) -> str:
        digest = hashlib.sha256()
        for entry in self._stored:
            digest.update(f"{entry.day} {entry.sha256}\n".encode())
        for root in (*self._extra, *(self._undated or ((), ""))[0]):
            digest.update(hashlib.sha256(root.der).digest())
        return digest.hexdigest()


def _organisations(names: Iterable[bytes]) -> set[str]:
    return {text for name in names for label, text in name_attributes(name) if label == "O"}


def read_pem(path: Path) -> tuple[Certificate, ...]:
    """Read every certificate of a PEM file.

    Raises: InputError if the file cannot be read, holds none, or one is damaged.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {why_unread(error)}", source=str(path)) from error
    return _parse_pem(data, str(path))


def _parse_pem(data: bytes, source: str) -> tuple[Certificate, ...]:
    found = []
    for block in _PEM_BLOCK.finditer(data):
        try:
            found.append(recurring(base64.b64decode(block.group(1), validate=False)))
        except (DerError, binascii.Error) as error:
            raise InputError(
                f"certificate {len(found) + 1} is damaged: {error}",
                source=source,
                offset=block.start(),
            ) from error
    if not found:
        raise InputError("holds no certificate in PEM form", source=source)
    return tuple(found)


def read_manifest(path: Path) -> tuple[StoredRoots, ...]:
    """Read the list of dated stores; an absent one is empty.

    Raises: DamagedDataError if it is broken.
    """
    if not path.is_file():
        return ()
    try:
        return tuple(msgspec.json.decode(path.read_bytes(), type=list[StoredRoots]))
    except msgspec.DecodeError as error:
        raise DamagedDataError(f"no manifest of root stores: {error}", source=str(path)) from error


def _machine_roots(undated_pem: Path | None) -> tuple[Sequence[Certificate], str] | None:
    """Find the machine's own bundle, whose date nobody knows."""
    if undated_pem is not None:
        return read_pem(undated_pem), str(undated_pem.name)
    certifi = importlib.util.find_spec("certifi")
    candidates: list[tuple[str, str | None]] = []
    if certifi is not None and certifi.origin is not None:
        candidates.append(("certifi as installed", str(Path(certifi.origin).parent / "cacert.pem")))
    candidates.append(("this machine's bundle", ssl.get_default_verify_paths().cafile))
    for label, name in candidates:
        if name is None:
            continue
        try:
            return read_pem(Path(name)), label
        except InputError:
            # Nobody asked for this file: a broken or absent one is as good as none.
            continue
    return None
