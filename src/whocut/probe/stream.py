"""One TCP connection, with or without TLS, whose every read and write is an event."""

import io
import socket
import ssl
import time
from typing import Protocol, cast

from whocut.probe.failures import Operation, classify_failure
from whocut.probe.trace import Span, Trace

__all__ = ["SecureStream", "Stream", "StreamReader", "TcpStream", "client_context"]

_CHUNK_BYTES = 1 << 16


class _PeerCertificate(Protocol):
    def public_bytes(self, encoding: int, /) -> bytes: ...


class _ChainHolder(Protocol):
    """What ``ssl`` keeps below its surface until Python 3.13 makes it public."""

    def get_unverified_chain(self) -> list[_PeerCertificate] | None: ...


_DER = 2  # _ssl.ENCODING_DER


class Stream(Protocol):
    """What an HTTP exchange needs of a connection."""

    def send(self, data: bytes) -> None:
        """Send all of ``data``."""
        ...

    def receive(self) -> bytes:
        """Give some bytes, or none at the end."""
        ...


class TcpStream:
    """A connected socket with a deadline.

    Raises (every method): TimeoutError past the deadline, OSError as the platform has it.
    """

    def __init__(self, trace: Trace, span: Span, address: str, timeout_s: float) -> None:
        host, _, port = address.rpartition(":")
        self.trace, self.span, self.address = trace, span, address
        self.deadline = time.monotonic() + timeout_s
        self._socket = socket.create_connection((host, int(port)), timeout=timeout_s)

    def extend(self, timeout_s: float) -> None:
        """Set the time left from now."""
        self.deadline = time.monotonic() + timeout_s

    def _arm(self) -> None:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)

    def send(self, data: bytes) -> None:
        """Send all of ``data``."""
        began, failure = self.trace.now(), None
        try:
            self._arm()
            self._socket.sendall(data)
        except OSError as error:
            failure = classify_failure(error, Operation.WRITE).failure
            raise
        finally:
            self._note("write", began, failure, len(data) if failure is None else 0)

    def receive(self) -> bytes:
        """Give some bytes, or none at the end of the stream."""
        began, failure, data = self.trace.now(), None, b""
        try:
            self._arm()
            data = self._socket.recv(_CHUNK_BYTES)
        except OSError as error:
            failure = classify_failure(error, Operation.READ).failure
            raise
        finally:
            if failure is None and not data:
                failure = "eof_error"
            self._note("read", began, failure, len(data))
        return data

    def _note(self, operation: str, began: float, failure: str | None, count: int) -> None:
        self.trace.note(
            self.span, operation, began, failure=failure, address=self.address, num_bytes=count
        )

    def close(self) -> None:
        """Close without a word."""
        self._socket.close()


def client_context() -> ssl.SSLContext:
    """Offer what an ordinary client offers; chains are checked after the handshake, by us.

    A chain that does not verify is the evidence: a library that ends the handshake over it would
    not hand it out.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["http/1.1"])
    return context


class SecureStream:
    """TLS over a TCP stream, so that the events below it are those of the wire."""

    def __init__(self, below: TcpStream, context: ssl.SSLContext, server_name: str) -> None:
        self._below = below
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=server_name)

    def _flush(self) -> None:
        if self._outgoing.pending:
            self._below.send(self._outgoing.read())

    def _feed(self) -> None:
        data = self._below.receive()
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()

    def handshake(self) -> None:
        """Complete the handshake.

        Raises: ssl.SSLError or OSError as it fails; EOFError where the peer closes in the middle.
        """
        while True:
            try:
                self.tls.do_handshake()
            except ssl.SSLWantReadError:
                self._flush()
                self._feed()
            except ssl.SSLEOFError as error:
                raise EOFError from error
            else:
                self._flush()
                return

    def chain(self) -> tuple[bytes, ...]:
        """Give the peer's certificates as DER, leaf first, as it sent them."""
        inner = getattr(self.tls, "_sslobj", None)
        certificates = cast(_ChainHolder, inner).get_unverified_chain() if inner else None
        return tuple(c.public_bytes(_DER) for c in certificates or ())

    def send(self, data: bytes) -> None:
        """Send all of ``data``."""
        self.tls.write(data)
        self._flush()

    def receive(self) -> bytes:
        """Give some bytes, or none at the end of the stream."""
        while True:
            try:
                return self.tls.read(_CHUNK_BYTES)
            except ssl.SSLWantReadError:
                self._flush()
                self._feed()
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                return b""


class StreamReader(io.RawIOBase):
    """Let the standard library's HTTP parser read from a stream."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._left = b""

    def readable(self) -> bool:
        """Say that this is for reading."""
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        """Fill a buffer with what the stream has."""
        if not self._left:
            self._left = self._stream.receive()
        count = min(len(buffer), len(self._left))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        return count

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Give the parser its file: it thinks that this is a socket."""
        return io.BufferedReader(self)
