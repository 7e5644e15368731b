"""Whether a peer's chain stands for a name now, in OONI's three words for why not."""

from datetime import UTC, datetime

from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from whocut.probe.failures import CertificateFailure

__all__ = ["TrustAnchors", "check_chain"]

TrustAnchors = tuple[x509.Certificate, ...]


def _names_match(certificate: x509.Certificate, server_name: str) -> bool:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return False
    wanted = server_name.lower().rstrip(".")
    parent = wanted.partition(".")[2]
    for name in names.get_values_for_type(x509.DNSName):
        lowered = name.lower()
        if lowered == wanted or (lowered.startswith("*.") and lowered[2:] == parent):
            return True
    return False


def check_chain(
    certificates: tuple[bytes, ...],
    server_name: str,
    anchors: TrustAnchors,
    at: datetime | None = None,
) -> None:
    """Check a DER chain, leaf first, for a name.

    In the order of the client that OONI uses: dates of the leaf, name, then the way to an anchor.

    Raises: CertificateFailure with ``ssl_invalid_certificate``, ``ssl_invalid_hostname`` or
    ``ssl_unknown_authority``.
    """
    moment = at or datetime.now(UTC)
    try:
        leaf, *rest = (x509.load_der_x509_certificate(der) for der in certificates)
        is_current = leaf.not_valid_before_utc <= moment <= leaf.not_valid_after_utc
        is_named = _names_match(leaf, server_name)
    except ValueError as error:
        raise CertificateFailure("ssl_invalid_certificate") from error
    if not is_current:
        raise CertificateFailure("ssl_invalid_certificate")
    if not is_named:
        raise CertificateFailure("ssl_invalid_hostname")
    if not anchors:
        raise CertificateFailure("ssl_unknown_authority")
    policy = PolicyBuilder().store(Store(list(anchors))).time(moment)
    try:
        policy.build_server_verifier(x509.DNSName(server_name)).verify(leaf, rest)
    except VerificationError as error:
        raise CertificateFailure("ssl_unknown_authority") from error
