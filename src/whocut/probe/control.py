"""The control: sees the same URL from elsewhere, at the same time. Service and client.

One POST of a ``ControlRequest`` as JSON is answered with a ``ControlResponse``, as OONI's test
helper does (test specification ts-017).
"""

import html
import http.client
import re
import socketserver
import threading
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from urllib.parse import urlsplit

import msgspec

from whocut.probe.endpoint import open_endpoint
from whocut.probe.exchange import Reply
from whocut.probe.failures import Operation, classify_failure
from whocut.probe.navigation import Client, Page, fetch
from whocut.probe.records import (
    ControlDns,
    ControlHttp,
    ControlRequest,
    ControlResponse,
    ControlTcp,
    ControlTls,
    IpInfo,
)
from whocut.probe.trace import Trace

__all__ = ["ControlAnswer", "ControlServer", "ask_control", "observe", "page_title"]

_TITLE = re.compile(rb"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)
_FROM_PROBE, _FROM_CONTROL, _BOGON, _TLS_VALID = 1, 2, 4, 8
_ENDPOINT_LIMIT = 24
_REQUEST_LIMIT_BYTES = 1 << 20


def page_title(body: bytes) -> str:
    """Find a page's title; empty where there is none."""
    found = _TITLE.search(body)
    text = found.group(1).decode("utf-8", "replace") if found else ""
    return html.unescape(" ".join(text.split()))


def _http(page: Page) -> ControlHttp:
    reply = page.reply
    if reply is None or page.failure is not None:
        return ControlHttp(-1, page.failure, "", {}, -1)
    return ControlHttp(len(reply.body), None, page_title(reply.body), _headers(reply), reply.status)


def _headers(reply: Reply) -> dict[str, str]:
    return dict(reply.headers)


def _endpoints(request: ControlRequest, page: Page) -> list[str]:
    ports = (443,) if urlsplit(request.http_request).scheme == "https" else (80, 443)
    own = [f"{ip}:{port}" for ip in page.resolution.addresses for port in ports]
    return list(dict.fromkeys([*request.tcp_connect, *own]))[:_ENDPOINT_LIMIT]


def _ip_info(
    client: Client, probe_ips: set[str], control_ips: set[str], valid: set[str]
) -> dict[str, IpInfo]:
    info = {}
    for ip in sorted(probe_ips | control_ips):
        flags = _FROM_PROBE * (ip in probe_ips) | _FROM_CONTROL * (ip in control_ips)
        flags |= _BOGON * (not ip_address(ip).is_global) | _TLS_VALID * (ip in valid)
        info[ip] = IpInfo(client.asn_of(ip), flags)
    return info


def observe(client: Client, request: ControlRequest) -> ControlResponse:
    """See a URL and a probe's endpoints from here."""
    trace = Trace()
    page = fetch(trace, client, request.http_request)
    name = urlsplit(request.http_request).hostname
    endpoints = _endpoints(request, page)

    def reach(address: str) -> tuple[ControlTcp, ControlTls | None]:
        is_tls = address.endswith(":443")
        opened = open_endpoint(
            Trace(), address, name if is_tls else None, client.anchors, client.timeouts
        )
        opened.close()
        tcp = ControlTcp(opened.connect_failure is None, opened.connect_failure)
        if not is_tls or not tcp.status:
            return tcp, None
        failure = opened.handshake_failure
        return tcp, ControlTls(name or "", failure is None, failure)

    with ThreadPoolExecutor(max(1, len(endpoints))) as pool:
        seen = dict(zip(endpoints, pool.map(reach, endpoints), strict=True))
    tls = {address: handshake for address, (_, handshake) in seen.items() if handshake}
    valid = {a.rpartition(":")[0] for a, handshake in tls.items() if handshake.status}
    return ControlResponse(
        tcp_connect={address: tcp for address, (tcp, _) in seen.items()},
        tls_handshake=tls,
        http_request=_http(page),
        dns=ControlDns(page.resolution.failure, list(page.resolution.addresses)),
        ip_info=_ip_info(
            client,
            {a.rpartition(":")[0] for a in request.tcp_connect},
            set(page.resolution.addresses),
            valid,
        ),
    )


class _Handler(socketserver.StreamRequestHandler):
    server: "ControlServer"

    def handle(self) -> None:
        """Answer one POST."""
        try:
            request = self._read()
        except (ValueError, msgspec.DecodeError, OSError):
            self._answer(400, b"{}")
            return
        self._answer(200, msgspec.json.encode(observe(self.server.client, request)))

    def _read(self) -> ControlRequest:
        length = 0
        while (line := self.rfile.readline(_REQUEST_LIMIT_BYTES).strip()) != b"":
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if not 0 < length <= _REQUEST_LIMIT_BYTES:
            raise ValueError("a control request says how long it is")
        return msgspec.json.decode(self.rfile.read(length), type=ControlRequest)

    def _answer(self, status: int, body: bytes) -> None:
        head = (
            f"HTTP/1.1 {status} {http.client.responses[status]}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            "Connection: close\r\n\r\n"
        )
        self.wfile.write(head.encode() + body)


class ControlServer(socketserver.ThreadingTCPServer):
    """Listen for probes; each request is seen from the namespace the server was made in."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, address: tuple[str, int], client: Client) -> None:
        self.client = client
        super().__init__(address, _Handler)

    def start(self) -> None:
        """Serve in a thread of the caller's namespace."""
        threading.Thread(target=self.serve_forever, name="control", daemon=True).start()

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent over probes that leave early: that is theirs."""


class ControlAnswer(msgspec.Struct, frozen=True):
    """What the control answered, or why it did not."""

    response: ControlResponse | None
    failure: str | None


def ask_control(
    address: tuple[str, int], request: ControlRequest, *, connect_s: float, answer_s: float
) -> ControlAnswer:
    """Ask the control; that it cannot be asked is data too."""
    connection = http.client.HTTPConnection(*address, timeout=connect_s)
    try:
        connection.connect()
        connection.sock.settimeout(answer_s)
        body = msgspec.json.encode(request)
        connection.request("POST", "/", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        if answer.status != http.client.OK:
            return ControlAnswer(None, "http_request_failed")
        return ControlAnswer(
            msgspec.json.decode(answer.read(), type=ControlResponse, strict=True), None
        )
    except msgspec.DecodeError:
        return ControlAnswer(None, "json_parse_error")
    except (OSError, http.client.HTTPException) as error:
        return ControlAnswer(None, classify_failure(error, Operation.HTTP_ROUND_TRIP).failure)
    finally:
        connection.close()
