"""``whocut fetch pfx2as`` against a real HTTP server on loopback, laid out as CAIDA's."""

import gzip
import random
from datetime import date
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from whocut.model.errors import FetchError, UsageError
from whocut.reference.prefix_downloads import fetch_prefixes, plan_prefixes
from whocut.reference.prefixes import PrefixTables

V4, V6 = "routeviews-prefix2as", "routeviews6-prefix2as"


class _Handler(SimpleHTTPRequestHandler):
    """Serve files with ranges, list folders as pages of links, break off where told to."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self):
        self.server.asked.append((self.path, self.headers.get("Range")))
        path = self.translate_path(self.path)
        if not self.path.endswith(".gz"):
            super().do_GET()
            return
        try:
            data = Path(path).read_bytes()
        except FileNotFoundError:
            self.send_error(404)
            return
        first = 0
        if (asked := self.headers.get("Range")) is not None:
            first = int(asked.removeprefix("bytes=").partition("-")[0])
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(data) - first))
        self.end_headers()
        body = data[first:]
        if self.server.breaks:
            self.server.breaks -= 1
            body = body[: len(body) // 2]
            self.close_connection = True
        self.wfile.write(body)


@pytest.fixture
def caida(tmp_path, rng):
    root = tmp_path / "public"
    for day, family, collector in (
        (20230430, V4, "rv2"),
        (20230502, V4, "rv2"),
        (20230504, V4, "rv2"),
        (20230501, V6, "rv6"),
    ):
        folder = root / family / str(day)[:4] / str(day)[4:6]
        folder.mkdir(parents=True, exist_ok=True)
        data = gzip.compress(_rows(rng, family, day))
        (folder / f"routeviews-{collector}-{day}-1200.pfx2as.gz").write_bytes(data)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(root)))
    server.asked, server.breaks = [], 0
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def _rows(rng: random.Random, family: str, day: int) -> bytes:
    if family == V6:
        return f"2001:db8::\t32\t{day}\n".encode()
    noise = "".join(f"11.{n >> 8}.{n & 255}.0\t24\t{rng.getrandbits(31)}\n" for n in range(5000))
    return f"192.0.2.0\t24\t{day}\n{noise}".encode()


def endpoint(server) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}"


def test_the_plan_takes_the_newest_that_is_not_later(caida):
    plan = plan_prefixes(date(2023, 5, 3), endpoint=endpoint(caida) + "/")
    assert [file.day for file in plan.files] == [date(2023, 5, 2), date(2023, 5, 1)]
    assert plan.size_bytes == sum(file.size_bytes for file in plan.files) > 0
    assert not any(path.endswith(".gz") and not asked for path, asked in caida.asked)


def test_the_first_day_of_a_month_looks_into_the_month_before(caida):
    (v4,) = (
        f
        for f in plan_prefixes(date(2023, 5, 1), endpoint=endpoint(caida)).files
        if f.folder[10] == "-"
    )
    assert v4.day == date(2023, 4, 30)


def test_download_keep_and_use(caida, tmp_path):
    plan = plan_prefixes(date(2023, 5, 4), endpoint=endpoint(caida))
    held = []
    paths = fetch_prefixes(
        plan, tmp_path / "cache", report=lambda file, n: held.append((file.name, n))
    )
    assert held[-1] == (plan.files[-1].name, plan.files[-1].size_bytes)
    tables = PrefixTables.load(tmp_path / "cache" / "pfx2as")
    assert tables.asn("192.0.2.7", date(2023, 5, 4)) == 20230504
    assert tables.asn("2001:db8::1", date(2023, 5, 4)) == 20230501
    caida.asked.clear()
    assert fetch_prefixes(plan, tmp_path / "cache") == paths
    assert caida.asked == []


def test_a_broken_download_goes_on_where_it_stopped(caida, tmp_path):
    plan = plan_prefixes(date(2023, 5, 4), endpoint=endpoint(caida))
    caida.breaks = 3
    with pytest.raises(FetchError, match=plan.files[0].name):
        fetch_prefixes(plan, tmp_path / "cache")
    folder = tmp_path / "cache" / "pfx2as"
    (part,) = folder.glob("*.part")
    assert 0 < part.stat().st_size < plan.files[0].size_bytes
    caida.asked.clear()
    paths = fetch_prefixes(plan, tmp_path / "cache")
    assert caida.asked[0][1] is not None
    assert [path.stat().st_size for path in paths] == [file.size_bytes for file in plan.files]
    assert PrefixTables.load(folder).asn("192.0.2.7") == 20230504


def test_a_part_of_another_version_is_thrown_away(caida, tmp_path):
    plan = plan_prefixes(date(2023, 5, 4), endpoint=endpoint(caida))
    folder = tmp_path / "cache" / "pfx2as"
    folder.mkdir(parents=True)
    (folder / f"{plan.files[0].name}.part").write_bytes(b"x" * 100)
    fetch_prefixes(plan, tmp_path / "cache")
    assert PrefixTables.load(folder).asn("192.0.2.7") == 20230504


def test_what_is_not_there_is_said(caida, tmp_path):
    with pytest.raises(FetchError, match="holds no snapshot up to 2001-01-01"):
        plan_prefixes(date(2001, 1, 1), endpoint=endpoint(caida))
    with pytest.raises(UsageError, match="http"):
        plan_prefixes(date(2023, 5, 3), endpoint="ftp://127.0.0.1/")
    gone = endpoint(caida)
    caida.shutdown()
    caida.server_close()
    with pytest.raises(FetchError):
        plan_prefixes(date(2023, 5, 3), endpoint=gone)
