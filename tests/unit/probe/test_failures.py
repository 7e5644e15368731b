"""Every error has one OONI failure string, and none tells an address."""

from __future__ import annotations

import errno
import http.client
import socket
import ssl

import dns.exception
import dns.message
import pytest

from whocut.model.failure import FailureFamily, failure_family
from whocut.probe.failures import CertificateFailure, Operation, classify_failure, scrub


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (TimeoutError(), "generic_timeout_error"),
        (TimeoutError("timed out"), "generic_timeout_error"),
        (dns.exception.Timeout(), "generic_timeout_error"),
        (ConnectionResetError(errno.ECONNRESET, "x"), "connection_reset"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "x"), "connection_refused"),
        (BrokenPipeError(errno.EPIPE, "x"), "connection_reset"),
        (OSError(errno.EHOSTUNREACH, "x"), "host_unreachable"),
        (OSError(errno.ENETUNREACH, "x"), "network_unreachable"),
        (OSError(errno.ETIMEDOUT, "x"), "generic_timeout_error"),
        (EOFError(), "eof_error"),
        (http.client.RemoteDisconnected("x"), "eof_error"),
        (http.client.IncompleteRead(b""), "eof_error"),
        (ssl.SSLEOFError(8, "x"), "eof_error"),
        (ssl.SSLZeroReturnError(6, "x"), "eof_error"),
        (CertificateFailure("ssl_invalid_hostname"), "ssl_invalid_hostname"),
        (dns.message.ShortHeader(), "dns_server_misbehaving"),
    ],
)
def test_known_errors(error: Exception, failure: str) -> None:
    found = classify_failure(error, Operation.READ)
    assert found.failure == failure
    assert found.operation is Operation.READ
    assert failure_family(failure) is not FailureFamily.UNKNOWN or failure.startswith("dns_")


def test_a_verification_error_is_told_by_its_code() -> None:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code = 10
    assert classify_failure(error, Operation.TLS_HANDSHAKE).failure == "ssl_invalid_certificate"
    error.verify_code = 62
    assert classify_failure(error, Operation.TLS_HANDSHAKE).failure == "ssl_invalid_hostname"


def test_the_rest_is_unknown_and_scrubbed() -> None:
    error = OSError(errno.EBADMSG, "strange words from 192.0.2.7:443 and [2001:db8::1]:80")
    found = classify_failure(error, Operation.CONNECT)
    assert found.failure.startswith("unknown_failure: ")
    assert found.code == errno.EBADMSG
    assert "192.0.2.7" not in found.failure
    assert "2001:db8" not in found.failure
    assert classify_failure(ValueError(), Operation.READ).failure == "unknown_failure: ValueError"


def test_scrub_leaves_other_words() -> None:
    assert scrub("at 10:20 the peer 192.0.2.1 left") == "at 10:20 the peer [scrubbed] left"


def test_a_refused_connect_of_the_platform_itself() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(OSError, match="refused") as refused:
        socket.create_connection(("127.0.0.1", port), timeout=1)
    found = classify_failure(refused.value, Operation.CONNECT)
    assert (found.failure, found.code) == ("connection_refused", errno.ECONNREFUSED)
