"""The case workers' key pair: the public half for the server, the secret half for nobody else.

``desk.pub`` is one line of text. ``desk.key`` is JSON, readable by its owner alone; under a
passphrase its secret is sealed with a key that Argon2id makes of it (nacl.pwhash).
"""

import base64
import binascii
import contextlib
import os
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec
import nacl.utils
from msgspec import Struct
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey
from nacl.pwhash import argon2id
from nacl.secret import SecretBox

from whocut.model.errors import InputError, UsageError, why_unread

__all__ = [
    "PUBLIC_NAME",
    "SECRET_NAME",
    "Strength",
    "load_public",
    "load_secret",
    "make_keys",
    "public_text",
]

PUBLIC_NAME: Final = "desk.pub"
SECRET_NAME: Final = "desk.key"  # noqa: S105 - the name of a file
_MARK: Final = "whocut-desk-key-1"
_KIND: Final = "whocut-desk-secret-1"
_MOST_BYTES: Final = 4096
_MOST_MEMORY: Final = 1 << 30
"""Bytes; a key file is not to make this machine run out of memory."""
_MOST_PASSES: Final = 16


class Strength(StrEnum):
    """What guessing a passphrase costs: libsodium's own three steps."""

    INTERACTIVE = "interactive"
    MODERATE = "moderate"
    SENSITIVE = "sensitive"


_COSTS: Final = {
    Strength.INTERACTIVE: (argon2id.OPSLIMIT_INTERACTIVE, argon2id.MEMLIMIT_INTERACTIVE),
    Strength.MODERATE: (argon2id.OPSLIMIT_MODERATE, argon2id.MEMLIMIT_MODERATE),
    Strength.SENSITIVE: (argon2id.OPSLIMIT_SENSITIVE, argon2id.MEMLIMIT_SENSITIVE),
}


class _Passphrase(Struct, frozen=True, forbid_unknown_fields=True):
    passes: int
    memory_bytes: int
    salt: str


class _SecretFile(Struct, frozen=True, forbid_unknown_fields=True):
    kind: str
    public: str
    secret: str
    """Base64: the secret itself, or sealed under the passphrase."""
    passphrase: _Passphrase | None = None


def public_text(key: PublicKey) -> str:
    """Write a public key as it stands in ``desk.pub``."""
    return f"{_MARK} {_base64(bytes(key))}\n"


def make_keys(
    directory: Path, *, passphrase: str = "", strength: Strength = Strength.MODERATE
) -> tuple[Path, Path]:
    """Make a key pair in a directory; the secret is readable by its owner alone.

    Raises: UsageError if a key is there already: what was sealed to it would be lost.
    """
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    secret_path, public_path = directory / SECRET_NAME, directory / PUBLIC_NAME
    for path in (secret_path, public_path):
        if path.exists():
            raise UsageError(f"{path}: is there already; choose another folder with --to")
    key = PrivateKey.generate()
    content = msgspec.json.format(msgspec.json.encode(_secret_file(key, passphrase, strength)))
    _write_new(secret_path, content + b"\n", 0o600)
    _write_new(public_path, public_text(key.public_key).encode(), 0o644)
    return secret_path, public_path


def load_public(path: Path) -> PublicKey:
    """Read a public key.

    Raises: InputError if the file holds none.
    """
    words = _read_bounded(path).decode("utf-8", "replace").split()
    if len(words) < 2 or words[0] != _MARK:
        raise InputError(f"no public key of a desk (a line '{_MARK} ...')", source=str(path))
    try:
        return PublicKey(base64.b64decode(words[1], validate=True))
    except (CryptoError, ValueError, TypeError) as error:
        raise InputError(f"no public key: {error}", source=str(path), field=_MARK) from error


def load_secret(path: Path, ask: Callable[[str], str]) -> PrivateKey:
    """Read a secret key; ``ask`` is asked for the passphrase where there is one.

    Raises: InputError if the file holds none, or the passphrase is wrong.
    """
    try:
        found = msgspec.json.decode(_read_bounded(path), type=_SecretFile)
    except msgspec.MsgspecError as error:
        raise InputError(f"no secret key of a desk: {error}", source=str(path)) from error
    if found.kind != _KIND:
        raise InputError(f"wanted {_KIND}", source=str(path), field="kind")
    secret = _unbase64(found.secret, path, "secret")
    if found.passphrase is not None:
        secret = _opened(secret, found.passphrase, ask(f"Passphrase of {path}: "), path)
    try:
        key = PrivateKey(secret)
    except (CryptoError, ValueError, TypeError) as error:
        raise InputError(f"no secret key: {error}", source=str(path), field="secret") from error
    if _base64(bytes(key.public_key)) != found.public:
        raise InputError("is not that of the secret key", source=str(path), field="public")
    return key


def _secret_file(key: PrivateKey, passphrase: str, strength: Strength) -> _SecretFile:
    public = _base64(bytes(key.public_key))
    if not passphrase:
        return _SecretFile(kind=_KIND, public=public, secret=_base64(bytes(key)))
    passes, memory = _COSTS[strength]
    salt = nacl.utils.random(argon2id.SALTBYTES)
    made = argon2id.kdf(SecretBox.KEY_SIZE, passphrase.encode(), salt, passes, memory)
    sealed = bytes(SecretBox(made).encrypt(bytes(key)))
    return _SecretFile(
        kind=_KIND,
        public=public,
        secret=_base64(sealed),
        passphrase=_Passphrase(passes, memory, _base64(salt)),
    )


def _opened(sealed: bytes, how: _Passphrase, passphrase: str, path: Path) -> bytes:
    if not (0 < how.memory_bytes <= _MOST_MEMORY and 0 < how.passes <= _MOST_PASSES):
        raise InputError("asks for too much memory or time", source=str(path), field="passphrase")
    salt = _unbase64(how.salt, path, "passphrase.salt")
    try:
        made = argon2id.kdf(
            SecretBox.KEY_SIZE, passphrase.encode(), salt, how.passes, how.memory_bytes
        )
        return bytes(SecretBox(made).decrypt(sealed))
    except (CryptoError, ValueError) as error:
        raise InputError("the passphrase does not open it", source=str(path)) from error


def _write_new(path: Path, content: bytes, mode: int) -> None:
    """Write a file that was not there, never readable by others even for a moment."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with contextlib.closing(os.fdopen(descriptor, "wb")) as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _read_bounded(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            content = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise InputError(f"cannot be read: {why_unread(error)}", source=str(path)) from error
    if len(content) > _MOST_BYTES:
        raise InputError("far too large for a key", source=str(path))
    return content


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _unbase64(text: str, path: Path, field: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InputError("not base64", source=str(path), field=field) from error
