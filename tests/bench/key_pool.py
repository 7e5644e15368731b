"""Keys for the bench's certificates, drawn from a seed so that a corpus can be made again.

These keys sign nothing but bench certificates: they are as secret as the seed, which is printed.
"""

from __future__ import annotations

import math
from functools import cache
from random import Random
from typing import TYPE_CHECKING, TypeAlias

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["KeyPool", "PrivateKey"]

PrivateKey: TypeAlias = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

_POOL_SIZE = {2048: 16, 3072: 4, 4096: 4}
_PUBLIC_EXPONENT = 65537
_PEM_END = b"-----END PRIVATE KEY-----\n"


@cache
def _product_of_small_primes() -> int:
    limit = 10_000
    is_prime = bytearray([1]) * limit
    for number in range(2, int(limit**0.5) + 1):
        if is_prime[number]:
            is_prime[number * number :: number] = bytes(len(is_prime[number * number :: number]))
    return math.prod(number for number in range(3, limit) if is_prime[number])


def _draw_prime(rng: Random, bits: int) -> int:
    """Draw a probable prime: sieve, then Fermat to three bases, which is enough for a bench."""
    while True:
        candidate = rng.getrandbits(bits) | (3 << (bits - 2)) | 1
        if math.gcd(candidate, _product_of_small_primes()) > 1:
            continue
        if (candidate - 1) % _PUBLIC_EXPONENT == 0:
            continue
        if all(pow(base, candidate - 1, candidate) == 1 for base in (2, 3, 5)):
            return candidate


def _draw_rsa(rng: Random, bits: int) -> rsa.RSAPrivateKey:
    p = _draw_prime(rng, bits // 2)
    q = _draw_prime(rng, bits // 2)
    d = pow(_PUBLIC_EXPONENT, -1, (p - 1) * (q - 1))
    numbers = rsa.RSAPrivateNumbers(
        p=p,
        q=q,
        d=d,
        dmp1=d % (p - 1),
        dmq1=d % (q - 1),
        iqmp=pow(q, -1, p),
        public_numbers=rsa.RSAPublicNumbers(_PUBLIC_EXPONENT, p * q),
    )
    return numbers.private_key()


class KeyPool:
    """A few keys of each kind: every certificate is distinct, its key need not be."""

    def __init__(self, seed: int, directory: Path) -> None:
        self._seed = seed
        self._directory = directory
        self._rsa: dict[int, list[rsa.RSAPrivateKey]] = {}

    def draw(self, rng: Random, like: object) -> PrivateKey:
        """Draw a key of the kind and size of the public key ``like``."""
        if isinstance(like, ec.EllipticCurvePublicKey):
            return ec.derive_private_key(rng.getrandbits(like.curve.key_size - 8) + 1, like.curve)
        if not isinstance(like, rsa.RSAPublicKey):
            raise TypeError(f"the bench has no keys like {type(like).__name__}")
        return rng.choice(self.rsa_keys(like.key_size))

    def rsa_keys(self, bits: int) -> list[rsa.RSAPrivateKey]:
        """Find the keys of one size, in memory, on disk, or by drawing them."""
        if bits not in self._rsa:
            path = self._directory / f"keys-{bits}.pem"
            if not path.is_file():
                rng = Random(f"{self._seed}:{bits}")
                drawn = [_draw_rsa(rng, bits) for _ in range(_POOL_SIZE.get(bits, 2))]
                path.write_bytes(b"".join(_to_pem(key) for key in drawn))
            self._rsa[bits] = [_from_pem(block) for block in path.read_bytes().split(_PEM_END)[:-1]]
        return self._rsa[bits]


def _to_pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _from_pem(block: bytes) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(block + _PEM_END, password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("the bench's key file holds a key that is not RSA")
    return key
