"""Keep machines and floods from the desk's forms, and know nobody by it.

A form carries a token that only this process could have made, and that is neither too young nor
too old. How much comes is limited over all and by the sender's network, which is known by a hash
under a salt of chance: the salt is forgotten within the hour, and nothing of it is ever written.
"""

import base64
import hmac
import ipaddress
import secrets
import threading
import time
from collections.abc import Callable
from enum import StrEnum
from hashlib import blake2b
from typing import Final

from msgspec import Struct

__all__ = ["FormToken", "FormTokens", "Limits", "SenderMarks", "TokenFault"]

Clock = Callable[[], float]
_LEAST_AGE_S: Final = 3
"""Provisional: faster than anybody reads and fills in a form."""
_MOST_AGE_S: Final = 12 * 3600
"""Provisional: a form that was left open over night is shown anew, with what was typed."""
_SALT_S: Final = 3600
_MOST_SENDERS: Final = 4096
_TAG_BYTES: Final = 18
_NONCE_BYTES: Final = 12
_PARTS: Final = 3


class TokenFault(StrEnum):
    """Why a token is not taken."""

    YOUNG = "young"
    OLD = "old"
    FOREIGN = "foreign"
    """Not of this process, since it started; or not of this form."""


class FormToken(Struct, frozen=True):
    """A token that is taken."""

    nonce: str
    """Of this copy of the form: one that is sent twice shows it twice."""


class FormTokens:
    """Makes and checks the tokens of forms."""

    def __init__(self, *, clock: Clock = time.time, secret: bytes | None = None) -> None:
        self._clock = clock
        self._secret = secret or secrets.token_bytes(32)

    def make(self, form: str) -> str:
        """Make the token of one copy of a form."""
        moment = f"{int(self._clock()):x}"
        nonce = secrets.token_urlsafe(_NONCE_BYTES)
        return f"{moment}.{nonce}.{self._tag(form, moment, nonce)}"

    def check(self, form: str, token: str) -> FormToken | TokenFault:
        """Take a token, or say why not."""
        parts = token[:200].split(".")
        if len(parts) != _PARTS or not token.isascii():
            return TokenFault.FOREIGN
        moment, nonce, tag = parts
        if not hmac.compare_digest(tag, self._tag(form, moment, nonce)):
            return TokenFault.FOREIGN
        age = self._clock() - int(moment, 16)
        if age < _LEAST_AGE_S:
            return TokenFault.YOUNG
        return TokenFault.OLD if age > _MOST_AGE_S else FormToken(nonce)

    def _tag(self, form: str, moment: str, nonce: str) -> str:
        words = f"{form}\n{moment}\n{nonce}".encode()
        digest = blake2b(words, key=self._secret, digest_size=_TAG_BYTES).digest()
        return base64.urlsafe_b64encode(digest).decode("ascii")


class SenderMarks:
    """Knows the networks of senders apart for an hour, and cannot tell which they are."""

    def __init__(self, *, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._salt = secrets.token_bytes(32)
        self._until = clock() + _SALT_S

    def mark(self, address: str | None) -> int | None:
        """Mark the network of a sender; None where it tells nobody apart, as behind a proxy."""
        network = _network_of(address or "")
        if network is None:
            return None
        if self._clock() >= self._until:
            self._salt = secrets.token_bytes(32)
            self._until = self._clock() + _SALT_S
        return int.from_bytes(blake2b(network, key=self._salt, digest_size=8).digest())


def _network_of(text: str) -> bytes | None:
    """Give the /24 or /48 of an address of the Internet."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if not address.is_global:
        return None
    return address.packed[:3] if address.version == 4 else address.packed[:6]


class _Bucket:
    """Tokens that come back with time; each form takes one."""

    __slots__ = ("_left", "_moment")

    def __init__(self, size: float, moment: float) -> None:
        self._left = size
        self._moment = moment

    def take(self, size: float, per_second: float, moment: float) -> bool:
        self._left = min(size, self._left + (moment - self._moment) * per_second)
        self._moment = moment
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Limits:
    """How many forms are looked at: over all, and from one network. Provisional figures."""

    def __init__(
        self,
        *,
        clock: Clock = time.monotonic,
        overall: tuple[float, float] = (120, 1.0),
        each: tuple[float, float] = (12, 1 / 30),
    ) -> None:
        """Take sizes of buckets, and how much comes back a second."""
        self._clock = clock
        self._overall = overall
        self._each = each
        self._all = _Bucket(overall[0], clock())
        self._senders: dict[int, _Bucket] = {}
        self._until = clock() + _SALT_S
        self._lock = threading.Lock()

    def admits(self, mark: int | None) -> bool:
        """Say whether one more form is looked at now."""
        with self._lock:
            now = self._clock()
            if now >= self._until or len(self._senders) > _MOST_SENDERS:
                # The marks mean nothing any more once their salt is gone.
                self._senders.clear()
                self._until = now + _SALT_S
            if mark is not None:
                bucket = self._senders.setdefault(mark, _Bucket(self._each[0], now))
                if not bucket.take(*self._each, now):
                    return False
            return self._all.take(*self._overall, now)
