"""Certificates made for tests: one authority, chains with one thing wrong at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address
from itertools import pairwise
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from whocut.reference.certificates import parse_certificate
from whocut.reference.roots import RootStores

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cryptography.x509.oid import ObjectIdentifier

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
SERVER = "www.example.org"
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@cache
def key_of(kind: str, number: int = 0) -> Key:
    """Make a key once: ``rsa2048``, ``p256``; ``number`` tells them apart."""
    if kind.startswith("rsa"):
        return rsa.generate_private_key(public_exponent=65537, key_size=int(kind[3:]))
    return ec.generate_private_key({"p256": ec.SECP256R1(), "p384": ec.SECP384R1()}[kind])


def name_of(common_name: str, organisation: str = "") -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)] if common_name else []
    if organisation:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation))
    return x509.Name(parts)


@dataclass(frozen=True)
class Spec:
    """One certificate; what is not said is as a public authority would make it."""

    name: str
    organisation: str = ""
    key: str = "p256"
    number: int = 0
    is_ca: bool = False
    path_length: int | None = None
    names: tuple[str, ...] | None = None
    not_before: datetime = NOW - timedelta(days=30)
    not_after: datetime = NOW + timedelta(days=60)
    usages: tuple[ObjectIdentifier, ...] | None = None
    may_sign: bool | None = None
    permitted: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    ca_issuers: str = ""
    critical_oid: str = ""
    digest: hashes.HashAlgorithm = field(default_factory=hashes.SHA256)
    is_pss: bool = False


ROOT = Spec("Test Root", "Test Trust", key="rsa2048", is_ca=True)
INTERMEDIATE = Spec("Test Issuer", "Test Trust", key="rsa2048", number=1, is_ca=True)
LEAF = Spec(SERVER, names=(SERVER,), usages=(ExtendedKeyUsageOID.SERVER_AUTH,))


def issue(spec: Spec, issuer: Spec | None = None) -> x509.Certificate:
    """Sign one certificate; without an issuer it signs itself."""
    by = issuer or spec
    key = key_of(spec.key, spec.number)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name_of(spec.name, spec.organisation))
        .issuer_name(name_of(by.name, by.organisation))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(spec.not_before)
        .not_valid_after(spec.not_after)
    )
    for value, is_critical in _extensions(spec, by):
        builder = builder.add_extension(value, critical=is_critical)
    signer = key_of(by.key, by.number)
    if spec.is_pss:
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
        return builder.sign(signer, spec.digest, rsa_padding=pss)
    return builder.sign(signer, spec.digest)


def _extensions(spec: Spec, by: Spec) -> list[tuple[x509.ExtensionType, bool]]:
    public = key_of(spec.key, spec.number).public_key()
    found: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(ca=spec.is_ca, path_length=spec.path_length), True),
        (x509.SubjectKeyIdentifier.from_public_key(public), False),
        (
            x509.AuthorityKeyIdentifier.from_issuer_public_key(
                key_of(by.key, by.number).public_key()
            ),
            False,
        ),
    ]
    may_sign = spec.is_ca if spec.may_sign is None else spec.may_sign
    found.append((_key_usage(may_sign), True))
    if spec.names is not None:
        found.append((x509.SubjectAlternativeName(list(map(_general_name, spec.names))), False))
    if spec.usages is not None:
        found.append((x509.ExtendedKeyUsage(spec.usages), False))
    if spec.permitted or spec.excluded:
        limits = x509.NameConstraints(
            permitted_subtrees=[x509.DNSName(name) for name in spec.permitted] or None,
            excluded_subtrees=[x509.DNSName(name) for name in spec.excluded] or None,
        )
        found.append((limits, True))
    if spec.ca_issuers:
        where = x509.UniformResourceIdentifier(spec.ca_issuers)
        access = x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, where)
        found.append((x509.AuthorityInformationAccess([access]), False))
    if spec.critical_oid:
        oid = x509.ObjectIdentifier(spec.critical_oid)
        found.append((x509.UnrecognizedExtension(oid, b"\x05\x00"), True))
    return found


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _key_usage(may_sign: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=may_sign,
        crl_sign=may_sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


def pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def chain_of(*specs: Spec) -> tuple[bytes, ...]:
    """Issue a chain, leaf first; the last one signs the one before and is not sent."""
    return tuple(der(issue(one, by)) for one, by in pairwise(specs))


def trusting(*roots: x509.Certificate) -> RootStores:
    """Trust these roots and no others, whatever the day, and whatever this machine holds."""
    extra = [parse_certificate(der(root)) for root in roots]
    return RootStores(extra=extra)


def write_stores(directory: Path, stores: dict[str, Sequence[x509.Certificate]]) -> None:
    """Write dated stores as ``whocut fetch roots`` leaves them."""
    import hashlib

    import msgspec

    entries = []
    for day, roots in stores.items():
        data = b"# Issuer: a comment, as certifi has them\n" + b"".join(map(pem, roots))
        (directory / f"{day}.pem").write_bytes(data)
        sha256 = hashlib.sha256(data).hexdigest()
        entries.append({"day": day, "release": day, "sha256": sha256, "certificates": len(roots)})
    (directory / "manifest.json").write_bytes(msgspec.json.encode(entries))
