"""Every error of a network operation becomes one OONI failure string.

Source: OONI spec data-format df-007-errors (names); which error of this platform is which name is
ours.
"""

import errno
import http.client
import re
import ssl
from enum import StrEnum

import dns.exception
import dns.message
import dns.query
from msgspec import Struct

__all__ = ["CertificateFailure", "Failure", "Operation", "classify_failure", "scrub"]


class Operation(StrEnum):
    """What was being done when it failed; OONI's names."""

    RESOLVE = "resolve"
    CONNECT = "connect"
    TLS_HANDSHAKE = "tls_handshake"
    HTTP_ROUND_TRIP = "http_round_trip"
    READ = "read"
    WRITE = "write"


class Failure(Struct, frozen=True):
    """One failed operation: OONI's string, what was being done, and the platform's own code."""

    failure: str
    operation: Operation
    code: int | None = None


class CertificateFailure(Exception):  # noqa: N818 - a finding about a peer, not an error of ours
    """The peer's chain does not stand for the name; ``failure`` is OONI's string for why."""

    def __init__(self, failure: str) -> None:
        self.failure = failure
        super().__init__(failure)


_BY_ERRNO: dict[int, str] = {
    errno.ECONNREFUSED: "connection_refused",
    errno.ECONNRESET: "connection_reset",
    errno.EPIPE: "connection_reset",
    errno.ECONNABORTED: "connection_aborted",
    errno.EHOSTUNREACH: "host_unreachable",
    errno.ENETUNREACH: "network_unreachable",
    errno.ENETDOWN: "network_down",
    errno.ENETRESET: "network_reset",
    errno.ETIMEDOUT: "generic_timeout_error",
    errno.EADDRNOTAVAIL: "address_not_available",
    errno.EADDRINUSE: "address_in_use",
    errno.EAFNOSUPPORT: "address_family_not_supported",
    errno.EACCES: "permission_denied",
    errno.EPERM: "permission_denied",
    errno.EINTR: "interrupted",
}
_TIMEOUT = "generic_timeout_error"
_EOF = "eof_error"
_ADDRESS = re.compile(
    r"(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?|\[?(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{0,4}\]?(?::\d+)?"
)
# OpenSSL's X509_V_ERR_* codes (x509_vfy.h) that Python shows on a failed verification.
_VERIFY_CODES: dict[int, str] = {
    9: "ssl_invalid_certificate",
    10: "ssl_invalid_certificate",
    2: "ssl_unknown_authority",
    18: "ssl_unknown_authority",
    19: "ssl_unknown_authority",
    20: "ssl_unknown_authority",
    21: "ssl_unknown_authority",
    62: "ssl_invalid_hostname",
    64: "ssl_invalid_hostname",
}


def scrub(text: str) -> str:
    """Take addresses out of an error's text, as OONI does before it stores one."""
    return _ADDRESS.sub("[scrubbed]", text)


def _tls_failure(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _VERIFY_CODES.get(error.verify_code, "ssl_invalid_certificate")
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return _EOF
    if error.reason and ("ALERT" in error.reason or "HANDSHAKE" in error.reason):
        return "ssl_failed_handshake"
    return f"unknown_failure: {scrub(str(error))}"


def _dns_failure(error: dns.exception.DNSException) -> str:
    if isinstance(error, dns.exception.Timeout):
        return _TIMEOUT
    if isinstance(error, dns.message.ShortHeader | dns.query.BadResponse):
        return "dns_server_misbehaving"
    return f"unknown_failure: {scrub(str(error) or type(error).__name__)}"


def _failure_string(error: BaseException) -> str:
    found: str | None = None
    match error:
        case CertificateFailure():
            found = error.failure
        case dns.exception.DNSException():
            found = _dns_failure(error)
        case ssl.SSLError():
            found = _tls_failure(error)
        case TimeoutError():
            found = _TIMEOUT
        case http.client.RemoteDisconnected() | http.client.IncompleteRead() | EOFError():
            found = _EOF
        case OSError() if error.errno in _BY_ERRNO:
            found = _BY_ERRNO[error.errno]
    return found or f"unknown_failure: {scrub(str(error) or type(error).__name__)}"


def classify_failure(error: BaseException, operation: Operation) -> Failure:
    """Map any error of ``operation`` to the failure string OONI has for it.

    What OONI has no name for reads ``unknown_failure: `` and the error's text without addresses.
    """
    code = error.errno if isinstance(error, OSError) else None
    return Failure(_failure_string(error), operation, code)
