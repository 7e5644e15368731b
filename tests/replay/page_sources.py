"""Read the labelled pages beside the checkout, and match lists the plain way, as an oracle."""

import csv
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import msgspec

HERE = Path(__file__).parent
_HEADER_LIST = re.compile(r"""\[(?:\s*(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"),?)*\s*\]""")
_QUOTED = re.compile(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\"""")

Headers = tuple[tuple[str, str], ...]


class Page(msgspec.Struct, frozen=True):
    """One response with what is known of it."""

    name: str
    truth: str
    status: int | None
    headers: Headers
    body: bytes


def holdout_pages(name: str) -> list[Page]:
    """Read one of the hold-out sets that stand beside this file."""
    content = tomllib.loads((HERE / name).read_text(encoding="utf-8"))
    return [
        Page(
            page["id"],
            page["truth"],
            page.get("status"),
            tuple((key, value) for key, value in page.get("headers", [])),
            (page["body"] * page.get("repeat", 1)).encode(page.get("encoding", "utf-8")),
        )
        for page in content["page"]
    ]


def labelled_refusals(shared: Path) -> list[Page]:
    """Read the labelled refusal pages (PAM 2025): text only, lower-cased, without status."""
    pages = []
    for line in (shared / "access" / "pages" / "refusal-pages.jsonl").read_bytes().splitlines():
        row = json.loads(line)
        if row["why"] == "geoblock":
            truth = "geo"
        elif row["type"] in ("checking", "challenge", "require_js"):
            truth = "bot"
        else:
            truth = "reputation" if row["why"] else "plain"
        pages.append(Page(row["id"], truth, None, (), row["text"].encode()))
    return pages


def anomalous_dns_pages(shared: Path) -> Iterator[Page]:
    """Read the pages behind anomalous DNS answers: a list of header lines, then the body."""
    path = shared / "access" / "pages" / "anomalous-dns-pages.jsonl"
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        row = json.loads(line)
        found = _HEADER_LIST.match(row["content"])
        listed = found.group(0) if found else ""
        lines = [single or double for single, double in _QUOTED.findall(listed)]
        headers = tuple(
            (name.strip().lower(), value.strip())
            for name, colon, value in (text.partition(":") for text in lines)
            if colon
        )
        body = row["content"][len(listed) :].encode()
        yield Page(f"{number} {row['ip']}", "", row["status"], headers, body)


class PlainLists:
    """OONI's and Censored Planet's lists, tried pattern by pattern: slow and simple."""

    def __init__(self, folder: Path) -> None:
        csv.field_size_limit(1 << 24)
        with (folder / "ooni_fingerprints_http.csv").open(encoding="utf-8", newline="") as file:
            self._ooni = list(csv.DictReader(file))
        self._signatures = [
            (
                f"censoredplanet.{row['fingerprint']}",
                re.compile(row["pattern"], re.DOTALL),
                is_block,
            )
            for name, is_block in (
                ("cp_blockpage_signatures.json", True),
                ("cp_false_positive_signatures.json", False),
            )
            for row in map(
                json.loads, filter(bytes.strip, (folder / name).read_bytes().splitlines())
            )
        ]

    def names(self, page: Page) -> tuple[set[str], set[str]]:
        """Name the patterns of block pages, and of false positives, that a page meets."""
        body = page.body.decode()
        blocks: set[str] = set()
        false_positives: set[str] = set()
        for row in self._ooni:
            if row["scope"] != "prov" and _holds(row, page.headers, body):
                (false_positives if row["scope"] == "fp" else blocks).add(row["name"])
        lines = "".join(f"{name.title()}: {value}\r\n" for name, value in page.headers)
        for name, pattern, is_block in self._signatures:
            if pattern.search(lines + body):
                (blocks if is_block else false_positives).add(name)
        return blocks, false_positives


def _holds(row: dict[str, str], headers: Headers, body: str) -> bool:
    where, pattern = row["location_found"], row["pattern"]
    if where == "body":
        values = [body]
    else:
        wanted = where.partition(".")[2].lower()
        values = [value for name, value in headers if name == wanted]
    match row["pattern_type"]:
        case "full":
            return pattern in values
        case "prefix":
            return any(value.startswith(pattern) for value in values)
        case "contains":
            return any(pattern in value for value in values)
        case _:
            return any(re.search(pattern, value, re.DOTALL) for value in values)
