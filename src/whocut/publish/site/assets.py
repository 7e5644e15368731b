"""Files that do not change while a server runs: the style sheet, the little script, the icon."""

import re
from collections.abc import Mapping
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Final

import brotli  # type: ignore[import-untyped]
from msgspec import Struct

from whocut.publish.site.rendering import TEMPLATES

__all__ = ["Asset", "asset_address", "assets", "build_key"]

_STATIC: Final = Path(__file__).resolve().parent / "static"
_KINDS: Final = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
}
_COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)


class Asset(Struct, frozen=True):
    """One file, ready to send."""

    name: str
    media_type: str
    plain: bytes
    packed: bytes
    """By brotli."""
    version: str
    """Of its content; part of its address, so that it may be kept for ever."""


@cache
def assets() -> Mapping[str, Asset]:
    """Read every file once; the parts of the style sheet are put together."""
    found = {}
    for path in sorted(_STATIC.iterdir()):
        if path.suffix in _KINDS:
            content = _sheet(path) if path.suffix == ".css" else path.read_bytes()
            found[path.name] = Asset(
                name=path.name,
                media_type=_KINDS[path.suffix],
                plain=content,
                packed=brotli.compress(content, quality=11),
                version=_hash(content),
            )
    return found


def _sheet(path: Path) -> bytes:
    parts = [path, *sorted((_STATIC / "parts").glob("*.css"))]
    text = "\n".join(part.read_text("utf-8") for part in parts)
    lines = (line.strip() for line in _COMMENT.sub("", text).splitlines())
    return "\n".join(line for line in lines if line).encode()


def asset_address(name: str) -> str:
    """Give the address of a file, which changes whenever its content does."""
    return f"/static/{name}?v={assets()[name].version}"


@cache
def build_key() -> str:
    """Hash what draws the pages: with the edition it tells whether a page is as it was."""
    package = TEMPLATES.parent.parent.parent
    files = [
        *sorted(package.glob("publish/site/**/*.py")),
        *sorted(package.glob("i18n/**/*.p[yo]")),
        *sorted(TEMPLATES.glob("**/*.html")),
    ]
    asset_versions = "".join(asset.version for asset in assets().values())
    return _hash(b"\0".join(path.read_bytes() for path in files) + asset_versions.encode())


def _hash(content: bytes) -> str:
    return blake2b(content, digest_size=8).hexdigest()
