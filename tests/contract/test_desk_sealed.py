"""What the server holds opens nothing: its whole disk, after many reports, with its public key.

The real server runs with its home, its temporary folder, its compiled code, its logs and its
observatory below one folder. Afterwards every byte below that folder is looked at.
"""

import base64
import gzip
import hashlib
import os
import re
import secrets
import shutil
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, quote_plus, urlencode

import brotli
import hyperscan
import pytest
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox

from whocut.publish.desk.keys import load_secret, make_keys
from whocut.publish.desk.queue import open_all

N_REPORTS = 24
_STARTS_WITHIN_S = 180


def a_word() -> str:
    """Make a word that stands nowhere else in the world."""
    return "zq" + secrets.token_hex(6).translate(str.maketrans("0123456789", "ghijklmnop"))


def report(number: int) -> dict[str, str]:
    return {
        "service": f"{a_word()}.example",
        "sector": "messaging",
        "based_in": "US",
        "country": "IR",
        "when": "2023-W18",
        "happened": "account_deactivation",
        "reason": "other",
        "reason_text": f"they said {a_word()}",
        "appeal": "no_answer",
        "text": f"that morning {a_word()} was gone, {a_word()} too: номер {number} слово{a_word()}",
        "do": "report",
    }


def reply() -> dict[str, str]:
    return {
        "about": "2022-03-cogent-ru",
        "party": f"Party {a_word()}",
        "domain": f"{a_word()}.example",
        "text": f"We answer {a_word()}. " * 50,
    }


def correction() -> dict[str, str]:
    return {
        "about": "2022-03-cogent-ru",
        "field": f"dates {a_word()}",
        "text": f"It was {a_word()} and not that.",
        "source": f"https://{a_word()}.example/{a_word()}",
    }


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return answer.status == 200
    except urllib.error.HTTPError as error:
        error.close()
        return False


class Server:
    """The real server in a folder of its own."""

    def __init__(self, root: Path, public: Path) -> None:
        self.root = root
        self.observatory = root / "observatory"
        self.observatory.mkdir(parents=True)
        for name in ("home", "tmp", "pyc", "logs"):
            (root / name).mkdir()
        shutil.copy(public, self.observatory / "desk.pub")
        whocut = [sys.executable, "-c", "from whocut.cli.app import main; raise SystemExit(main())"]
        serve = ["serve", "--observatory", str(self.observatory), "--port", "0"]
        self._log = (root / "logs" / "server.log").open("wb")
        self._process = subprocess.Popen(
            [*whocut, *serve],
            cwd=root / "home",
            env={
                **os.environ,
                "HOME": str(root / "home"),
                "TMPDIR": str(root / "tmp"),
                "XDG_CACHE_HOME": str(root / "home" / "cache"),
                "PYTHONPYCACHEPREFIX": str(root / "pyc"),
                "PYTHONUNBUFFERED": "1",
            },
            stdout=self._log,
            stderr=self._log,
        )
        try:
            self.address = self._address()
        except BaseException:
            self.stop()
            raise

    def _address(self) -> str:
        """Wait until the pages are there: until then each says that they are being made."""
        until = time.monotonic() + _STARTS_WITHIN_S
        address, told = "", ""
        while time.monotonic() < until:
            told = (self.root / "logs" / "server.log").read_text("utf-8", "replace")
            assert self._process.poll() is None, told
            found = re.search(r"(http://127\.0\.0\.1:\d+)/", told)
            address = found[1] if found else ""
            if address and _answers(f"{address}/desk"):
                return address
            time.sleep(0.2)
        raise AssertionError(f"the server did not start: {told}")

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(30)
        self._log.close()

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"{self.address}{path}", timeout=60) as answer:
            return answer.read().decode()

    def post(self, path: str, fields: dict[str, str]) -> tuple[int, str]:
        request = urllib.request.Request(
            f"{self.address}{path}",
            data=urlencode(fields).encode(),
            headers={
                "user-agent": "agent-" + MARK_OF_READER,
                "referer": f"http://{MARK_OF_READER}/",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()


MARK_OF_READER = a_word()


class After(NamedTuple):
    """What a server leaves, and what was sent to it."""

    root: Path
    secret: Path
    forms: list[tuple[str, dict[str, str]]]
    texts: list[str]
    times: dict[str, os.stat_result]


@pytest.fixture(scope="module")
def after(tmp_path_factory):
    """Send many forms to a real server, stop it, and give what it leaves."""
    keepers = tmp_path_factory.mktemp("keepers")
    secret, public = make_keys(keepers)
    root = tmp_path_factory.mktemp("server")
    server = Server(root, public)
    forms = [("/desk/report", report(number)) for number in range(N_REPORTS)]
    forms += [("/desk/reply", reply()) for _ in range(3)]
    forms += [("/ru/desk/correction", correction()) for _ in range(3)]
    faulty = {**report(99), "text": f"I am {a_word()}@{a_word()}.example", "country": a_word()}
    try:
        tokens = [_token(server.get(path)) for path, _ in forms]
        spare = _token(server.get("/desk/report"))
        time.sleep(3.5)
        with ThreadPoolExecutor(4) as pool:
            sent = zip(tokens, forms, strict=True)
            answers = list(
                pool.map(lambda one: server.post(one[1][0], {"token": one[0], **one[1][1]}), sent)
            )
        refused, _ = server.post("/desk/report", {"token": spare, **faulty})
        too_long, _ = server.post("/desk/report", {"token": spare, "text": a_word() * 20_000})
        assert not _answers(f"{server.address}/desk/none?{MARK_OF_READER}")
    finally:
        server.stop()
    # Before anything is read: a file system notes when that was.
    times = {one.name: one.stat() for one in (root / "observatory" / "desk").iterdir()}
    assert [status for status, _ in answers] == [200] * len(forms)
    assert (refused, too_long) == (422, 413)
    texts = [text for _, form in [*forms, ("", faulty)] for text in form.values()]
    return After(root, secret, forms, texts, times)


def _token(html: str) -> str:
    return re.search(r'name="token" value="([^"]+)"', html)[1]


def _parts(texts):
    """Give every word that stands nowhere else, and every whole text that holds one."""
    words = {word for text in texts for word in re.findall(r"zq[a-p]{12}", text)}
    return words, {text for text in texts if re.search(r"zq[a-p]{12}", text)}


def _forms_of(text: str) -> set[bytes]:
    """Give the ways in which a text may be written down."""
    plain = text.encode()
    found = {plain, text.upper().encode(), plain[::-1], plain.hex().encode()}
    found |= {text.encode("utf-16-le"), text.encode("utf-16-be"), text.encode("utf-32-le")}
    found |= {quote(text).encode(), quote_plus(text).encode()}
    for shift in range(3):
        # Within longer base64 the text stands in one of three ways; its ends depend on neighbours.
        coded = base64.b64encode(b"x" * shift + plain).rstrip(b"=")
        found.add(coded[4 if shift else 0 : -2])
    return found


def _hashes_of(text: str) -> set[bytes]:
    found = set()
    for name in ("md5", "sha1", "sha256", "sha512", "blake2b", "blake2s", "sha3_256"):
        digest = hashlib.new(name, text.encode()).digest()
        found |= {digest[:12], digest.hex()[:24].encode(), base64.b64encode(digest)[:16]}
    return found


class _Search:
    """Looks for thousands of things in one pass."""

    def __init__(self, wanted: set[bytes]) -> None:
        self._wanted = sorted(wanted)
        self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        expressions = ["".join(f"\\x{byte:02x}" for byte in one).encode() for one in self._wanted]
        flags = hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_DOTALL
        self._database.compile(
            expressions=expressions,
            ids=list(range(len(expressions))),
            flags=[flags] * len(expressions),
        )

    def hits(self, content: bytes) -> list[bytes]:
        found = []
        self._database.scan(
            content, match_event_handler=lambda id_, *_: found.append(self._wanted[id_]) or False
        )
        return found


def _contents(root: Path):
    """Give the bytes of every file below, with what is packed in them unpacked."""
    for path in sorted(root.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        content = path.read_bytes()
        yield path, content
        for unpack in (gzip.decompress, zlib.decompress, brotli.decompress):
            try:
                yield path, unpack(content)
            except Exception:  # most files are not packed so
                continue
        if content.startswith(b"SQLite format 3"):
            yield path, _rows_of(path)


def _rows_of(path: Path) -> bytes:
    connection = sqlite3.connect(path)
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master")]
    rows = []
    for table in tables:
        try:
            rows += connection.execute(f'SELECT * FROM "{table}"').fetchall()
        except sqlite3.Error:
            continue
    connection.close()
    blobs = (value for row in rows for value in row if isinstance(value, bytes))
    unpacked = []
    for blob in blobs:
        try:
            unpacked.append(zlib.decompress(blob))
        except zlib.error:
            continue
    return b"\n".join(unpacked)


def test_no_trace_of_a_word_is_on_the_servers_disk(after):
    root = after.root
    words, wholes = _parts(after.texts)
    assert len(words) > 100
    wanted = {one for text in words | {MARK_OF_READER} for one in _forms_of(text)}
    wanted |= {one for text in words | wholes for one in _hashes_of(text)}
    search = _Search(wanted)
    n_bytes = 0
    for path, content in _contents(root):
        n_bytes += len(content)
        assert MARK_OF_READER not in str(path)
        hits = search.hits(content)
        assert not hits, f"{path}: {hits}"
    assert n_bytes > 1_000_000, "the edition and the compiled code were looked at too"


def test_the_search_itself_finds_what_is_there(tmp_path):
    word = a_word()
    (tmp_path / "log").write_bytes(gzip.compress(f"text={quote_plus('да')}{word}".encode()))
    search = _Search(_forms_of(word) | _hashes_of(word))
    assert any(search.hits(content) for _, content in _contents(tmp_path))
    for before in ("", "a", "ab", "abc", "some words before "):
        assert search.hits(base64.b64encode(f"{before}{word} and after".encode()))
    assert search.hits(hashlib.sha256(word.encode()).hexdigest().encode())
    assert search.hits(f"name={word.upper()}".encode())
    assert not search.hits(b"name=" + a_word().encode())


def test_no_names_times_or_sizes_tell_one_form_from_another(after):
    assert len(after.times) == len(after.forms)
    assert all(re.fullmatch(r"[0-9a-f]{32}\.sealed", name) for name in after.times)
    assert {one.st_size for one in after.times.values()} == {8240}
    for one in after.times.values():
        for moment in (one.st_mtime, one.st_atime):
            at = datetime.fromtimestamp(moment, UTC)
            assert (at.hour, at.minute, at.second, at.microsecond) == (0, 0, 0, 0)
    changed = [one.st_ctime for one in after.times.values()]
    assert max(changed) - min(changed) < 1, "all were touched when the last one came"


def test_nothing_on_the_disk_is_a_key_that_opens(after):
    root = after.root
    sealed = [one.read_bytes() for one in (root / "observatory" / "desk").iterdir()]
    candidates = {content[:32] for content in sealed}
    for path in root.rglob("*"):
        if not path.is_file() or path.suffix in {".sealed", ".sqlite", ".pyc", ".nbi", ".nbc"}:
            continue
        content = path.read_bytes()
        for coded in re.findall(rb"[A-Za-z0-9+/_-]{43}=?", content):
            decoded = base64.b64decode(coded.ljust(44, b"=")[:44].translate(_PLAIN), validate=False)
            candidates.add(decoded[:32])
        candidates |= {bytes.fromhex(one.decode()) for one in re.findall(rb"[0-9a-f]{64}", content)}
        candidates |= {content[at : at + 32] for at in range(0, min(len(content), 4096) - 31)}
    tried = [PrivateKey(one) for one in candidates if len(one) == 32]
    assert len(tried) > 30
    for key in tried:
        with pytest.raises(CryptoError):
            SealedBox(key).decrypt(sealed[0])


_PLAIN = bytes.maketrans(b"-_", b"+/")


def test_the_queue_opens_all_of_them_with_the_key(after):
    key = load_secret(after.secret, lambda _: "")
    opened = open_all(after.root / "observatory" / "desk", [key], {})
    assert [one.fault for one in opened] == [""] * len(after.forms)
    assert sorted(one.body.text for one in opened) == sorted(
        form["text"].strip() for _, form in after.forms
    )


def test_the_log_tells_of_no_reader(after):
    log = (after.root / "logs" / "server.log").read_text("utf-8")
    assert "127.0.0.1" not in re.sub(r"serving .* at http://127\.0\.0\.1:\d+/", "", log)
    assert "/desk" not in log
    assert "POST" not in log
