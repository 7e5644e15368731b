"""OONI failure strings, current and legacy, sorted into families.

Source: OONI spec data-format df-007-errors; the legacy names are those of ooniprobe 1.x and of
the first test helpers.
"""

from enum import StrEnum

__all__ = ["FailureFamily", "failure_family"]


class FailureFamily(StrEnum):
    """What kind of end an operation had; finer than nothing, coarser than the string."""

    NONE = "none"
    TIMEOUT = "timeout"
    RESET = "reset"
    EOF = "eof"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    """No route from here to there: host or network unreachable, network down."""
    LOCAL = "local"
    """The probe's own side: no IPv6, address not available, permission, interrupted."""
    NXDOMAIN = "nxdomain"
    NO_ANSWER = "no_answer"
    SERVFAIL = "servfail"
    DNS_REFUSED = "dns_refused"
    DNS_OTHER = "dns_other"
    CERT_EXPIRED_OR_INVALID = "cert_invalid"
    CERT_UNKNOWN_AUTHORITY = "cert_unknown_authority"
    CERT_WRONG_NAME = "cert_wrong_name"
    TLS_ALERT = "tls_alert"
    REDIRECT = "redirect"
    """The target's own redirects are broken or endless."""
    HTTP_STATUS = "http_status"
    UNKNOWN = "unknown"


_FAMILIES: dict[str, FailureFamily] = {
    "generic_timeout_error": FailureFamily.TIMEOUT,
    "tcp_timed_out_error": FailureFamily.TIMEOUT,
    "timeout_error": FailureFamily.TIMEOUT,
    "timed_out": FailureFamily.TIMEOUT,
    "response_never_received": FailureFamily.EOF,
    "connection_reset": FailureFamily.RESET,
    "connection_reset_error": FailureFamily.RESET,
    "connection_aborted": FailureFamily.RESET,
    "eof_error": FailureFamily.EOF,
    "connection_lost_error": FailureFamily.EOF,
    "connection_already_closed": FailureFamily.EOF,
    "connection_refused": FailureFamily.REFUSED,
    "connection_refused_error": FailureFamily.REFUSED,
    "connect_error": FailureFamily.UNKNOWN,
    "host_unreachable": FailureFamily.UNREACHABLE,
    "network_unreachable": FailureFamily.UNREACHABLE,
    "network_down": FailureFamily.LOCAL,
    "network_reset": FailureFamily.LOCAL,
    "address_not_available": FailureFamily.LOCAL,
    "address_family_not_supported": FailureFamily.LOCAL,
    "address_in_use": FailureFamily.LOCAL,
    "permission_denied": FailureFamily.LOCAL,
    "operation_canceled": FailureFamily.LOCAL,
    "interrupted": FailureFamily.LOCAL,
    "dns_nxdomain_error": FailureFamily.NXDOMAIN,
    "dns_name_error": FailureFamily.NXDOMAIN,
    # Android's resolver answers this for every kind of empty answer, so that it cannot be told
    # from a missing one (OONI ooni/probe#2029).
    "android_dns_cache_no_data": FailureFamily.NO_ANSWER,
    "dns_no_answer": FailureFamily.NO_ANSWER,
    "dns_servfail_error": FailureFamily.SERVFAIL,
    "dns_server_failure": FailureFamily.SERVFAIL,
    "dns_server_misbehaving": FailureFamily.SERVFAIL,
    "dns_temporary_failure": FailureFamily.SERVFAIL,
    "dns_refused_error": FailureFamily.DNS_REFUSED,
    "dns_non_recoverable_failure": FailureFamily.DNS_OTHER,
    "dns_lookup_error": FailureFamily.DNS_OTHER,
    "dns_bogon_error": FailureFamily.DNS_OTHER,
    "dns_reply_with_wrong_query_id": FailureFamily.DNS_OTHER,
    "no_answer": FailureFamily.NO_ANSWER,
    "ssl_invalid_certificate": FailureFamily.CERT_EXPIRED_OR_INVALID,
    "ssl_unknown_authority": FailureFamily.CERT_UNKNOWN_AUTHORITY,
    "ssl_invalid_hostname": FailureFamily.CERT_WRONG_NAME,
    "ssl_failed_handshake": FailureFamily.TLS_ALERT,
    "ssl_error": FailureFamily.TLS_ALERT,
    "http_invalid_redirect_location_host": FailureFamily.REDIRECT,
    "http_request_failed": FailureFamily.HTTP_STATUS,
    "http_unexpected_redirect_url": FailureFamily.REDIRECT,
}

_UNKNOWN_MARKS: tuple[tuple[str, FailureFamily], ...] = (
    ("too many redirects", FailureFamily.REDIRECT),
    ("stopped after", FailureFamily.REDIRECT),
    ("no such host", FailureFamily.NXDOMAIN),
    ("remote error: tls", FailureFamily.TLS_ALERT),
    ("handshake failure", FailureFamily.TLS_ALERT),
    ("protocol version", FailureFamily.TLS_ALERT),
    ("certificate has expired", FailureFamily.CERT_EXPIRED_OR_INVALID),
    ("no route to host", FailureFamily.UNREACHABLE),
    ("network is unreachable", FailureFamily.UNREACHABLE),
    ("connection reset", FailureFamily.RESET),
    ("i/o timeout", FailureFamily.TIMEOUT),
)


def failure_family(failure: str | None) -> FailureFamily:
    """Sort one failure string into its family; ``None`` (no failure) is ``NONE``."""
    if failure is None:
        return FailureFamily.NONE
    found = _FAMILIES.get(failure)
    if found is not None:
        return found
    lowered = failure.lower()
    for mark, family in _UNKNOWN_MARKS:
        if mark in lowered:
            return family
    return FailureFamily.UNKNOWN
