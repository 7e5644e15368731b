"""Certificate authorities of one run: a trusted root, its intermediate, a stranger."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from msgspec import Struct

__all__ = ["Authorities", "CertificateKind", "ServerCertificate"]

_DAY = timedelta(days=1)


class CertificateKind(StrEnum):
    """What is right or wrong with a server's chain."""

    VALID = "valid"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    WRONG_NAME = "wrong_name"
    SELF_SIGNED = "self_signed"
    UNKNOWN_AUTHORITY = "unknown_authority"
    """A full chain to a root that nobody trusts."""
    INCOMPLETE = "incomplete"
    """The leaf alone: its intermediate is not sent."""


class ServerCertificate(Struct, frozen=True):
    """A chain as the server sends it, and its key; PEM."""

    chain: bytes
    key: bytes


class _Issuer(Struct, frozen=True):
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "whocut lab"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _builder(
    subject: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    issuer: x509.Name,
    validity: tuple[datetime, datetime],
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(validity[0])
        .not_valid_after(validity[1])
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def _authority_usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )


def _authority(common_name: str, now: datetime, parent: _Issuer | None = None) -> _Issuer:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(common_name)
    issuer_name = parent.certificate.subject if parent else name
    issuer_key = parent.key if parent else key
    builder = _builder(
        name, key.public_key(), issuer_name, (now - 400 * _DAY, now + 3650 * _DAY)
    ).add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    builder = builder.add_extension(_authority_usage(), critical=True)
    if parent is not None:
        builder = builder.add_extension(_authority_key_id(parent), critical=False)
    return _Issuer(builder.sign(issuer_key, hashes.SHA256()), key)


def _authority_key_id(issuer: _Issuer) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())


class Authorities:
    """Who signs in one run; keys are made anew, so that no run trusts another."""

    def __init__(self, now: datetime | None = None, leaf_age_days: int = 30) -> None:
        """``leaf_age_days``: since when servers' certificates are valid, up to a year."""
        self.now = now or datetime.now(UTC)
        self._leaf_age = leaf_age_days * _DAY
        self._root = _authority("Lab Root", self.now)
        self._intermediate = _authority("Lab Intermediate", self.now, self._root)
        self._stranger = _authority("Filter Appliance Root", self.now)
        self._key = ec.generate_private_key(ec.SECP256R1())

    @property
    def root(self) -> x509.Certificate:
        """The root that every probe and the control trust."""
        return self._root.certificate

    @property
    def root_pem(self) -> bytes:
        """The same, as a file holds it."""
        return _pem(self._root.certificate)

    def issue(self, hostname: str, kind: CertificateKind) -> ServerCertificate:
        """Make a chain for a name with what ``kind`` says wrong in it."""
        name = "elsewhere.example" if kind is CertificateKind.WRONG_NAME else hostname
        issuer = {
            CertificateKind.SELF_SIGNED: None,
            CertificateKind.UNKNOWN_AUTHORITY: self._stranger,
        }.get(kind, self._intermediate)
        leaf = self._leaf(name, kind, issuer)
        chain = [leaf]
        if issuer is self._intermediate and kind is not CertificateKind.INCOMPLETE:
            chain.append(self._intermediate.certificate)
        elif issuer is self._stranger:
            chain.append(self._stranger.certificate)
        key = self._key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return ServerCertificate(b"".join(map(_pem, chain)), key)

    def _validity(self, kind: CertificateKind) -> tuple[datetime, datetime]:
        if kind is CertificateKind.EXPIRED:
            return self.now - 120 * _DAY, self.now - 3 * _DAY
        if kind is CertificateKind.NOT_YET_VALID:
            return self.now + 3 * _DAY, self.now + 90 * _DAY
        return self.now - self._leaf_age, self.now + 60 * _DAY

    def _leaf(self, name: str, kind: CertificateKind, issuer: _Issuer | None) -> x509.Certificate:
        subject = _name(name)
        builder = (
            _builder(
                subject,
                self._key.public_key(),
                issuer.certificate.subject if issuer else subject,
                self._validity(kind),
            )
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        )
        if issuer is not None:
            builder = builder.add_extension(_authority_key_id(issuer), critical=False)
        return builder.sign(issuer.key if issuer else self._key, hashes.SHA256())
