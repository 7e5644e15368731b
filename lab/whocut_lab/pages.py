"""Pages that servers of the lab show: written for it, in the wording such pages have."""

from functools import cache
from pathlib import Path

__all__ = ["page_names", "render_page"]

_FOLDER = Path(__file__).with_name("page_texts")
_FILLER = (
    "<p>Every article is checked twice before it leaves our hands, and questions are answered "
    "within two working days.</p>\n"
)


@cache
def page_names() -> set[str]:
    """Name the pages that a scenario can show."""
    return {path.stem for path in _FOLDER.glob("*.html")}


def render_page(name: str, fields: dict[str, str], least_bytes: int = 0) -> bytes:
    """Fill in a page and pad it to a length; ``{host}`` and the like stand for the fields.

    Raises: KeyError if there is no such page.
    """
    if name not in page_names():
        raise KeyError(name)
    return pad(fill((_FOLDER / f"{name}.html").read_text(), fields), least_bytes)


def fill(text: str, fields: dict[str, str]) -> str:
    """Put fields into a text; braces that name no field stay."""
    for key, value in fields.items():
        text = text.replace("{" + key + "}", value)
    return text


def pad(text: str, least_bytes: int) -> bytes:
    """Lengthen a page with neutral sentences before its end."""
    missing = least_bytes - len(text.encode())
    if missing > 0:
        filler = _FILLER * (missing // len(_FILLER) + 1)
        head, mark, tail = text.rpartition("</body>")
        text = head + filler + mark + tail if mark else text + filler
    return text.encode()
