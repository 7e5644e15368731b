"""What a reader may send: how much, how many, and of which characters."""

import re
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import parse_qsl

__all__ = [
    "MOST_FORM_BYTES",
    "MOST_PARAMETERS",
    "MOST_QUERY_BYTES",
    "HeardQuery",
    "RefusedRequest",
    "check_path",
    "read_form",
    "read_query",
]

MOST_QUERY_BYTES: Final = 8192
"""Provisional: twice the longest address that our own forms can make."""
MOST_PARAMETERS: Final = 40
"""Provisional: the table of the ledger has 13."""
MOST_FORM_BYTES: Final = 65_536
"""Provisional: ten times the longest appeal that somebody typed in a trial."""
_MOST_PATH: Final = 1024
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffd\ufffe\uffff\ud800-\udfff]")
_CONTROLS_IN_TEXT: Final = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]"
)


class RefusedRequest(Exception):  # noqa: N818 - the reader's mistake, and an answer
    """What was sent is not looked at; the status says why."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class HeardQuery(Mapping[str, str]):
    """The query, and which of its parameters the view asked for.

    A page is kept under those alone: parameters that nobody reads make no new page.
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.heard: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.heard.add(name)
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        self.heard.update(self._values)
        return iter(self._values)

    def __len__(self) -> int:
        self.heard.update(self._values)
        return len(self._values)


def check_path(path: str) -> None:
    """Refuse a path that no page has: too long, or with characters that no name holds.

    Raises: RefusedRequest.
    """
    if len(path) > _MOST_PATH:
        raise RefusedRequest(414)
    if _CONTROLS.search(path):
        raise RefusedRequest(400)


def read_query(raw: bytes) -> dict[str, str]:
    """Read a query; of several values of one parameter the first counts.

    Raises: RefusedRequest if it is too long, has too many parameters, or holds control characters.
    """
    if not raw:
        return {}
    if len(raw) > MOST_QUERY_BYTES:
        raise RefusedRequest(414)
    return _first(_pairs(raw), _CONTROLS)


def read_form(body: bytes) -> dict[str, str]:
    """Read a form that was sent urlencoded; lines may end, other control characters may not be.

    Raises: RefusedRequest as `read_query` does.
    """
    if len(body) > MOST_FORM_BYTES:
        raise RefusedRequest(413)
    return _first(_pairs(body), _CONTROLS_IN_TEXT)


def _pairs(raw: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            raw.decode("utf-8"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_PARAMETERS,
        )
    except ValueError as error:  # UnicodeDecodeError too
        raise RefusedRequest(400) from error


def _first(pairs: list[tuple[str, str]], refused: re.Pattern[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in pairs:
        if refused.search(name) or refused.search(value):
            raise RefusedRequest(400)
        found.setdefault(name, value)
    return found
