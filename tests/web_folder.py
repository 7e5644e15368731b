"""A web server on loopback that serves a folder as public archives do: pages of links, ranges."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

__all__ = ["WebFolder", "web_folder"]


class WebFolder:
    """The server's address, what it was asked, and how often it breaks off from now on."""

    def __init__(self) -> None:
        self.address = ""
        self.asked: list[tuple[str, str, str | None]] = []
        self.breaks = 0

    def downloads(self) -> list[tuple[str, str | None]]:
        """Name of each file that was asked for, and from which byte on."""
        return [
            (path.rpartition("/")[2], asked)
            for verb, path, asked in self.asked
            if verb == "GET" and not path.endswith("/")
        ]


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, *given, folder, **named):
        self.folder = folder
        super().__init__(*given, **named)

    def log_message(self, *_: object) -> None:
        pass

    def do_HEAD(self):
        self.folder.asked.append(("HEAD", self.path, None))
        super().do_HEAD()

    def do_GET(self):
        asked = self.headers.get("Range")
        self.folder.asked.append(("GET", self.path, asked))
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            super().do_GET()
            return
        data, first = path.read_bytes(), 0
        if asked is None:
            self.send_response(200)
        else:
            first = int(asked.removeprefix("bytes=").partition("-")[0])
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(data) - first))
        self.end_headers()
        body = data[first:]
        if self.folder.breaks:
            self.folder.breaks -= 1
            body = body[: len(body) // 2]
            self.close_connection = True
        self.wfile.write(body)


@contextmanager
def web_folder(root: Path) -> Iterator[WebFolder]:
    """Serve a folder until the block ends."""
    folder = WebFolder()
    handler = partial(_Handler, directory=str(root), folder=folder)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    folder.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield folder
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
