"""Re-create a recorded certificate chain: same names, dates and key kinds, a root of our own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from key_pool import KeyPool, PrivateKey

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

__all__ = ["BenchAuthority"]

_ROOT_NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "whocut bench root")])
# Made anew for each certificate, since they name its key or its issuer's.
_KEY_BOUND = (x509.SubjectKeyIdentifier, x509.AuthorityKeyIdentifier)


class BenchAuthority:
    """A root that signs re-created chains, every certificate of which is new."""

    def __init__(self, seed: int, pool: KeyPool) -> None:
        self._pool = pool
        # RSA-2048, as the roots above the recorded chains have.
        self._key = pool.rsa_keys(2048)[0]
        self._root = (
            x509.CertificateBuilder()
            .subject_name(_ROOT_NAME)
            .issuer_name(_ROOT_NAME)
            .public_key(self._key.public_key())
            .serial_number(seed + 1)
            .not_valid_before(datetime(2000, 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(2060, 1, 1, tzinfo=UTC))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(_key_usage_of_an_authority(), critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False
            )
            .sign(self._key, hashes.SHA256())
        )

    @property
    def root_pem(self) -> bytes:
        return self._root.public_bytes(serialization.Encoding.PEM)

    def resign(self, chain: Sequence[bytes], rng: Random) -> list[bytes]:
        """Re-create a chain of DER certificates (leaf first) under the bench root."""
        originals = [x509.load_der_x509_certificate(der) for der in chain]
        keys = [self._pool.draw(rng, original.public_key()) for original in originals]
        names = [originals[0].subject, *(_rename(one.subject) for one in originals[1:])]
        recreated: list[bytes] = []
        for depth, original in enumerate(originals):
            is_top = depth + 1 == len(originals)
            issuer_name = _ROOT_NAME if is_top else names[depth + 1]
            issuer_key = self._key if is_top else keys[depth + 1]
            certificate = _recreate(
                original, names[depth], keys[depth], issuer_name, issuer_key, rng
            )
            recreated.append(certificate.public_bytes(serialization.Encoding.DER))
        return recreated


def _rename(authority: x509.Name) -> x509.Name:
    """Mark an authority's name: real roots of the same name, with other keys, are in our stores."""
    mark = x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "whocut bench")
    return x509.Name([*authority, mark])


def _recreate(
    original: x509.Certificate,
    name: x509.Name,
    key: PrivateKey,
    issuer_name: x509.Name,
    issuer_key: PrivateKey,
    rng: Random,
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer_name)
        .public_key(key.public_key())
        .serial_number(rng.getrandbits(126) + 1)
        .not_valid_before(original.not_valid_before_utc)
        .not_valid_after(original.not_valid_after_utc)
    )
    for extension in original.extensions:
        if not isinstance(extension.value, _KEY_BOUND):
            builder = builder.add_extension(extension.value, critical=extension.critical)
    builder = builder.add_extension(
        x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
    ).add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
    )
    digest = original.signature_hash_algorithm or hashes.SHA256()
    deterministic = True if isinstance(issuer_key, ec.EllipticCurvePrivateKey) else None
    return builder.sign(issuer_key, digest, ecdsa_deterministic=deterministic)


def _key_usage_of_an_authority() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        crl_sign=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
