"""Where the target's name stands in what our own probe sends, so that a filter can find it."""

import ssl

from whocut.probe.exchange import request_bytes
from whocut.probe.stream import client_context

__all__ = ["host_place", "path_place", "server_name_place"]


def _place(haystack: bytes, needle: bytes) -> tuple[int, bytes]:
    offset = haystack.find(needle)
    if offset < 0:
        raise ValueError(f"{needle!r} is not in what the probe sends")
    return offset, needle


def server_name_place(host: str) -> tuple[int, bytes]:
    """Find the server name in a ClientHello of ours: its offset and its bytes."""
    outgoing = ssl.MemoryBIO()
    handshake = client_context().wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=host)
    try:
        handshake.do_handshake()
    except ssl.SSLWantReadError:
        return _place(outgoing.read(), host.encode())
    raise ValueError("a handshake ended without a peer")


def host_place(url: str, host: str) -> tuple[int, bytes]:
    """Find the Host header in a request of ours."""
    return _place(request_bytes(url), f"Host: {host}\r\n".encode())


def path_place(url: str, path: str) -> tuple[int, bytes]:
    """Find the path in a request of ours."""
    return _place(request_bytes(url), f"GET {path} ".encode())
