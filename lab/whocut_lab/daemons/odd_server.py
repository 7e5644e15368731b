"""A server that misbehaves as a scenario says: in the handshake, or after the request."""

import socket
import ssl
import struct
import threading
import time
from pathlib import Path

from msgspec import Struct

from whocut_lab.actions import HttpBehaviour, TlsBehaviour
from whocut_lab.authorities import ServerCertificate

__all__ = ["OddServer", "Oddity"]

# TLS 1.2 record: alert, fatal, handshake_failure (RFC 5246 section 7.2).
_HANDSHAKE_FAILURE = b"\x15\x03\x03\x00\x02\x02\x28"
_PATIENCE_S = 20.0
_SLOW_STEPS_PER_S = 10


class Oddity(Struct, frozen=True):
    """How to misbehave."""

    behaviour: TlsBehaviour | HttpBehaviour
    certificate: ServerCertificate | None
    """``None`` for cleartext."""
    body: bytes
    after_bytes: int
    bytes_per_s: int


def _reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _idle(connection: socket.socket) -> None:
    """Keep the connection and say nothing until the client leaves."""
    connection.settimeout(_PATIENCE_S)
    while connection.recv(4096):
        pass


class OddServer:
    """Listens on one port of the namespace it is made in, and misbehaves to whoever comes."""

    def __init__(self, port: int, oddity: Oddity, folder: Path) -> None:
        self._oddity = oddity
        self._context = self._tls_context(folder) if oddity.certificate else None
        self._socket = socket.create_server(("0.0.0.0", port), backlog=64)  # noqa: S104 - a namespace
        threading.Thread(target=self._accept, daemon=True, name="odd").start()

    def _tls_context(self, folder: Path) -> ssl.SSLContext:
        if self._oddity.certificate is None:
            raise ValueError("cleartext has no context")
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"odd.{id(self)}.pem"
        file.write_bytes(self._oddity.certificate.chain + self._oddity.certificate.key)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def stop(self) -> None:
        """Stop listening; connections end with their clients."""
        self._socket.shutdown(socket.SHUT_RDWR)  # close alone would not wake the accepting thread
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._handle, args=(connection,), daemon=True).start()

    def _handle(self, connection: socket.socket) -> None:
        connection.settimeout(_PATIENCE_S)
        try:
            with connection:
                if isinstance(self._oddity.behaviour, TlsBehaviour):
                    self._spoil_handshake(connection, self._oddity.behaviour)
                elif self._context is None:
                    self._spoil_exchange(connection, connection, self._oddity.behaviour)
                else:
                    with self._context.wrap_socket(connection, server_side=True) as secure:
                        self._spoil_exchange(secure, secure, self._oddity.behaviour)
        except OSError:
            return  # the client left first

    def _spoil_handshake(self, connection: socket.socket, behaviour: TlsBehaviour) -> None:
        connection.recv(4096)
        match behaviour:
            case TlsBehaviour.STALL:
                _idle(connection)
            case TlsBehaviour.RESET:
                _reset(connection)
            case TlsBehaviour.ALERT:
                connection.sendall(_HANDSHAKE_FAILURE)
            case TlsBehaviour.CLOSE:
                pass

    def _spoil_exchange(
        self, connection: socket.socket, below: socket.socket, behaviour: HttpBehaviour
    ) -> None:
        request = b""
        while b"\r\n\r\n" not in request:
            chunk = connection.recv(4096)
            if not chunk:
                return
            request += chunk
        body, after = self._oddity.body, self._oddity.after_bytes
        head = (
            "HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/html; charset=utf-8\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        ).encode()
        match behaviour:
            case HttpBehaviour.STALL:
                _idle(connection)
            case HttpBehaviour.RESET:
                _reset(below)
            case HttpBehaviour.CLOSE:
                pass
            case HttpBehaviour.STALL_BODY:
                connection.sendall(head + body[:after])
                _idle(connection)
            case HttpBehaviour.TRUNCATE:
                connection.sendall(head + body[:after])
            case HttpBehaviour.SLOW:
                connection.sendall(head)
                self._dribble(connection, body)

    def _dribble(self, connection: socket.socket, body: bytes) -> None:
        step = max(1, self._oddity.bytes_per_s // _SLOW_STEPS_PER_S)
        for start in range(0, len(body), step):
            connection.sendall(body[start : start + step])
            time.sleep(1 / _SLOW_STEPS_PER_S)
