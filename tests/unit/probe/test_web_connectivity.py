"""The probe against real servers on loopback: what it writes is OONI's format, and readable."""

from __future__ import annotations

import base64
import json
import socket
import ssl
import struct
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509

from whocut.ingest.ooni import expand_sources, read_source
from whocut.model.observation import Measurement
from whocut.probe.control import ControlServer
from whocut.probe.endpoint import Timeouts
from whocut.probe.navigation import Client
from whocut.probe.resolution import Resolver
from whocut.probe.web_connectivity import Vantage, encode_line, measure
from whocut_lab.actions import Answer
from whocut_lab.authorities import Authorities, CertificateKind
from whocut_lab.daemons.dns_forger import DnsForger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HOST = "www.plain-name.example"
PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Odd: \xe9t\xe9\r\n\r\nhello"
_LONG_S = 30.0
"""Longer than a busy machine makes anybody wait; only what is to fail by the clock has less."""
TIMEOUTS = Timeouts(connect_s=_LONG_S, handshake_s=_LONG_S, exchange_s=_LONG_S)
SHORT = Timeouts(connect_s=_LONG_S, handshake_s=1.0, exchange_s=1.0)


def _free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class _Server:
    """One TCP server; ``answer`` is what it does with each connection."""

    def __init__(self, answer: Callable[[socket.socket], None]) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.answer = answer
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(_LONG_S)
                try:
                    self.answer(connection)
                except OSError:
                    continue

    def stop(self) -> None:
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join()


@pytest.fixture(scope="module")
def authorities() -> Authorities:
    return Authorities()


@contextmanager
def _standing(authorities: Authorities, timeouts: Timeouts) -> Iterator[Vantage]:
    port = _free_port(socket.SOCK_DGRAM)
    forger = DnsForger(("127.0.0.1", port), Answer.ADDRESSES, ["127.0.0.1"])
    roots: tuple[x509.Certificate, ...] = (authorities.root,)
    resolver = Resolver("127.0.0.1", port, timeout_s=_LONG_S, attempts=1)
    client = Client(resolver, roots, timeouts, lambda _: 64500)
    control = ControlServer(("127.0.0.1", 0), client)
    control.start()
    yield Vantage("XA", 64500, "A network", client, ("127.0.0.1", control.server_address[1]))
    control.shutdown()
    control.server_close()
    forger.stop()


@pytest.fixture
def vantage(authorities: Authorities) -> Iterator[Vantage]:
    with _standing(authorities, TIMEOUTS) as patient:
        yield patient


@pytest.fixture
def hurried(authorities: Authorities) -> Iterator[Vantage]:
    """For what is to fail by the clock."""
    with _standing(authorities, SHORT) as one:
        yield one


@pytest.fixture
def serve() -> Iterator[Callable[..., int]]:
    servers: list[_Server] = []

    def start(answer: Callable[[socket.socket], None]) -> int:
        servers.append(_Server(answer))
        return int(servers[-1].port)

    yield start
    for server in servers:
        server.stop()


def _say(reply: bytes) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(reply)

    return answer


def _reset(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _stall(connection: socket.socket) -> None:
    while connection.recv(4096):
        pass


def _secure(
    authorities: Authorities,
    kind: CertificateKind,
    folder: Path,
    inner: Callable[[socket.socket], None],
) -> Callable[[socket.socket], None]:
    certificate = authorities.issue(HOST, kind)
    file = folder / "server.pem"
    file.write_bytes(certificate.chain + certificate.key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)

    def answer(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            inner(secure)

    return answer


def _read(record: dict[str, Any], tmp_path: Path) -> Measurement:
    path = tmp_path / "capture.jsonl"
    path.write_bytes(encode_line(record))
    (found,) = [r for source in expand_sources([str(path)]) for r in read_source(source)]
    assert isinstance(found, Measurement), found
    return found


def test_a_page_over_tls(
    authorities: Authorities, vantage: Vantage, serve: Callable[..., int], tmp_path: Path
) -> None:
    port = serve(_secure(authorities, CertificateKind.VALID, tmp_path, _say(PAGE)))
    url = f"https://{HOST}:{port}/"
    record = json.loads(encode_line(measure(url, vantage)))
    keys = record["test_keys"]
    assert record["software_name"] == "whocut"
    assert record["data_format_version"] == "0.2.0"
    assert keys["queries"][0]["answers"][0]["ipv4"] == "127.0.0.1"
    assert keys["tcp_connect"][0]["status"] == {"failure": None, "success": True}
    chain = [base64.b64decode(c["data"]) for c in keys["tls_handshakes"][0]["peer_certificates"]]
    assert len(chain) == 2
    leaf = x509.load_der_x509_certificate(chain[0])
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == [HOST]
    response = keys["requests"][0]["response"]
    assert (response["code"], response["body"]) == (200, "hello")
    assert response["headers"]["X-Odd"] == {
        "format": "base64",
        "data": base64.b64encode(b"\xe9t\xe9").decode(),
    }
    reads = [e for e in keys["network_events"] if e["operation"] == "read"]
    assert sum(e.get("num_bytes", 0) for e in reads) > len(PAGE)
    assert keys["control"]["http_request"]["status_code"] == 200
    assert keys["control_failure"] is None
    found = _read(record, tmp_path)
    assert found.hostname == HOST
    assert found.tls[0].certificates == tuple(chain)
    assert found.http[0].body == b"hello"
    assert found.control is not None


@pytest.mark.parametrize(
    ("kind", "failure"),
    [
        (CertificateKind.EXPIRED, "ssl_invalid_certificate"),
        (CertificateKind.NOT_YET_VALID, "ssl_invalid_certificate"),
        (CertificateKind.WRONG_NAME, "ssl_invalid_hostname"),
        (CertificateKind.SELF_SIGNED, "ssl_unknown_authority"),
        (CertificateKind.UNKNOWN_AUTHORITY, "ssl_unknown_authority"),
        (CertificateKind.INCOMPLETE, "ssl_unknown_authority"),
    ],
)
def test_a_bad_chain_is_kept_and_named(
    authorities: Authorities,
    vantage: Vantage,
    serve: Callable[..., int],
    tmp_path: Path,
    kind: CertificateKind,
    failure: str,
) -> None:
    port = serve(_secure(authorities, kind, tmp_path, _say(PAGE)))
    keys = measure(f"https://{HOST}:{port}/", vantage)["test_keys"]
    assert keys["tls_handshakes"][0]["failure"] == failure
    assert keys["tls_handshakes"][0]["peer_certificates"]
    assert keys["requests"] == []
    assert keys["http_experiment_failure"] == failure


@pytest.mark.parametrize(
    ("answer", "failure"),
    [(_reset, "connection_reset"), (_stall, "generic_timeout_error"), (_say(b""), "eof_error")],
)
def test_how_an_exchange_fails(
    vantage: Vantage,
    hurried: Vantage,
    serve: Callable[..., int],
    tmp_path: Path,
    answer: Callable[[socket.socket], None],
    failure: str,
) -> None:
    asking = hurried if answer is _stall else vantage
    record = measure(f"http://{HOST}:{serve(answer)}/", asking)
    assert record["test_keys"]["requests"][0]["failure"] == failure
    assert record["test_keys"]["requests"][0]["response"]["code"] == 0
    assert _read(record, tmp_path).http[0].failure == failure


@pytest.mark.parametrize("answer", [_reset, _stall, _say(b"")])
def test_how_a_handshake_fails(
    vantage: Vantage,
    hurried: Vantage,
    serve: Callable[..., int],
    answer: Callable[[socket.socket], None],
) -> None:
    asking = hurried if answer is _stall else vantage
    keys = measure(f"https://{HOST}:{serve(answer)}/", asking)["test_keys"]
    expected = {_reset: "connection_reset", _stall: "generic_timeout_error"}
    assert keys["tls_handshakes"][0]["failure"] == expected.get(answer, "eof_error")


def test_a_page_that_stops_in_the_middle(vantage: Vantage, serve: Callable[..., int]) -> None:
    cut = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhello"
    exchange = measure(f"http://{HOST}:{serve(_say(cut))}/", vantage)["test_keys"]["requests"][0]
    assert exchange["failure"] == "eof_error"
    assert (exchange["response"]["code"], exchange["response"]["body"]) == (200, "hello")


def test_redirects_stand_newest_first(
    vantage: Vantage, serve: Callable[..., int], tmp_path: Path
) -> None:
    last = serve(_say(PAGE))
    to = f"http://{HOST}:{last}/new".encode()
    first = serve(_say(b"HTTP/1.1 301 Moved\r\nLocation: " + to + b"\r\nContent-Length: 0\r\n\r\n"))
    record = measure(f"http://{HOST}:{first}/old", vantage)
    urls = [r["request"]["url"] for r in record["test_keys"]["requests"]]
    assert urls == [to.decode(), f"http://{HOST}:{first}/old"]
    assert [h.url for h in _read(record, tmp_path).http] == urls[::-1]


def test_endless_and_broken_redirects(vantage: Vantage, serve: Callable[..., int]) -> None:
    loop = serve(_say(b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"))
    keys = measure(f"http://{HOST}:{loop}/", vantage)["test_keys"]
    assert keys["requests"][0]["failure"] == "unknown_failure: stopped after too many redirects"
    assert (keys["blocking"], keys["accessible"]) == (False, False)
    broken = serve(_say(b"HTTP/1.1 302 Found\r\nLocation: http://\r\nContent-Length: 0\r\n\r\n"))
    keys = measure(f"http://{HOST}:{broken}/", vantage)["test_keys"]
    assert keys["requests"][0]["failure"] == "http_invalid_redirect_location_host"


def test_a_control_that_cannot_be_asked_is_data(
    vantage: Vantage, serve: Callable[..., int]
) -> None:
    deaf = Vantage("XA", 64500, "A network", vantage.client, ("127.0.0.1", _free_port()))
    keys = measure(f"http://{HOST}:{serve(_say(PAGE))}/", deaf)["test_keys"]
    assert keys["control"] is None
    assert keys["control_failure"] == "connection_refused"
    assert keys["requests"][0]["response"]["code"] == 200


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (Answer.NXDOMAIN, "dns_nxdomain_error"),
        (Answer.SERVFAIL, "dns_servfail_error"),
        (Answer.REFUSED, "dns_refused_error"),
        (Answer.NO_ANSWER, "dns_no_answer"),
    ],
)
def test_what_a_resolver_can_say(vantage: Vantage, answer: Answer, failure: str) -> None:
    port = _free_port(socket.SOCK_DGRAM)
    forger = DnsForger(("127.0.0.1", port), answer, [])
    client = Client(Resolver("127.0.0.1", port, _LONG_S, 1), (), TIMEOUTS, lambda _: 0)
    asking = Vantage("XA", 64500, "A network", client, vantage.control)
    keys = measure(f"http://{HOST}/", asking)["test_keys"]
    forger.stop()
    assert keys["queries"][0]["failure"] == failure
    assert keys["dns_experiment_failure"] == failure
    assert keys["tcp_connect"] == []


def test_a_silent_resolver(vantage: Vantage) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        resolver = Resolver("127.0.0.1", silent.getsockname()[1], 0.2, 2)
        client = Client(resolver, (), TIMEOUTS, lambda _: 0)
        asking = Vantage("XA", 64500, "A network", client, vantage.control)
        keys = measure(f"http://{HOST}/", asking)["test_keys"]
    assert keys["queries"][0]["failure"] == "generic_timeout_error"
