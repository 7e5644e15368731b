"""Run the site: one process, one event loop, the next edition built beside it."""

import asyncio
import contextlib
import gc
import logging
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import uvicorn
import uvloop
from litestar import Litestar

from whocut.model.errors import StoreError, UsageError
from whocut.publish.desk.desk import COUNTS_NAME
from whocut.publish.site.app import make_app
from whocut.publish.site.assets import build_key
from whocut.publish.site.connections import Limits, protocol_within
from whocut.publish.site.kept import KeptPages
from whocut.publish.site.rendering import make_ready
from whocut.publish.site.watching import WATCH_SECONDS, Watch, build_beside
from whocut.store.manifest import sequences

__all__ = ["make_server", "make_watch", "serve", "settle"]

Tell = Callable[[str], None]
_BACKLOG: Final = 512


def serve(
    observatory: Path,
    *,
    host: str,
    port: int,
    tell: Tell,
    is_built_first: bool = False,
    desk_key: Path | None = None,
) -> None:
    """Serve the pages of an observatory until the process is told to stop.

    While the first edition is being built the pages say so, with status 503; ``is_built_first``
    opens the port only when they are there. ``desk_key`` is the case workers' public key, where it
    is not the ``desk.pub`` of the observatory.

    Raises: UsageError if the address cannot be taken; StoreError if no edition can be built.
    """
    _log_faults_alone()
    with contextlib.suppress(KeyboardInterrupt):
        uvloop.run(
            _serve(observatory, host, port, tell, is_built_first=is_built_first, desk_key=desk_key)
        )


async def _serve(
    observatory: Path,
    host: str,
    port: int,
    tell: Tell,
    *,
    is_built_first: bool,
    desk_key: Path | None,
) -> None:
    watch = make_watch(observatory, tell)
    # Before anything is built: a port in use is to be told at once.
    with _listener(host, port) as listener:
        if is_built_first and not await watch.look():
            raise StoreError(f"{observatory}: no pages could be built")
        make_ready()
        build_key()
        settle()
        app = make_app(watch.edition, kept=KeptPages(), observatory=observatory, desk_key=desk_key)
        server = make_server(app)
        task = asyncio.create_task(watch.stay(WATCH_SECONDS))
        shown = f"[{host}]" if ":" in host else host
        # From here on a reader who comes waits instead of being refused.
        listener.listen(_BACKLOG)
        tell(f"serving {observatory} at http://{shown}:{listener.getsockname()[1]}/")
        try:
            await server.serve(sockets=[listener])
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            tell("stopped")


def settle() -> None:
    """Spare the collector what stays for good: to walk all of it took 80 ms, while readers wait."""
    gc.collect()
    gc.freeze()


def make_watch(observatory: Path, tell: Tell) -> Watch:
    """Watch an observatory."""
    from whocut.publish.edition.build import edition_path
    from whocut.publish.edition.opening import current_key, open_edition, path_of_key

    counts = observatory / COUNTS_NAME

    def sign() -> object:
        return sequences(observatory)[-1:], current_key(observatory), _moment_of(counts)

    def find() -> Path | None:
        path = edition_path(observatory)
        return path if path.exists() else None

    def latest() -> Path | None:
        key = current_key(observatory)
        return path_of_key(observatory, key) if key else None

    return Watch(sign, find, open_edition, lambda: build_beside(observatory), tell, latest=latest)


def _moment_of(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def make_server(app: Litestar, limits: Limits | None = None) -> uvicorn.Server:
    """Make the server of a site; it logs faults alone, and cuts off who is slow."""
    within = Limits() if limits is None else limits
    config = uvicorn.Config(
        app,
        http=protocol_within(within),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=within.idle_seconds,
        timeout_graceful_shutdown=5,
        backlog=_BACKLOG,
    )
    return _Server(config)


class _Server(uvicorn.Server):
    """uvicorn's server, which lets the process end by itself when it is told to stop.

    Its own raises the signal again, which ends the process before a build beside it is ended.
    """

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        with super().capture_signals():
            yield
            self._captured_signals.clear()


def _listener(host: str, port: int) -> socket.socket:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise UsageError(f"{host} port {port} cannot be taken: {error}") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        listener.close()
        raise UsageError(f"{host} port {port} cannot be taken: {error}") from error
    listener.setblocking(False)
    return listener


def _log_faults_alone() -> None:
    """Let faults be logged to standard error, and nothing of who asked for what."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("whocut: %(message)s"))
    for name in ("whocut.site", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
        logger.setLevel(logging.ERROR)
    logging.getLogger("uvicorn.access").disabled = True
