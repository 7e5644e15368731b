"""Fuzz the loader of targets: any bytes as one of its files load, or are refused by name."""

import shutil
import tempfile
from pathlib import Path

import atheris
import harness

with atheris.instrument_imports(include=["whocut.access"]):
    from whocut.access.targets import LISTING_COLUMNS, TARGET_COLUMNS, TARGET_FILES, load_targets

from whocut.model.errors import DamagedDataError
from whocut.model.shipped import shipped_path

_NAMES = ("services.csv", "listings.csv", "sources.toml", "groups.toml")
_ROW = "a.example,service,gaming,,unknown,,,,,own,,"
_LISTING = "a.example,RU,refused,no-russia-hosts,2024-01-02,2024-03-04"


def good_files():
    """Give the smallest files that load, by name."""
    texts = {name: ",".join(TARGET_COLUMNS) + "\n" for name in TARGET_FILES}
    texts["services.csv"] += _ROW + "\n"
    texts["listings.csv"] = ",".join(LISTING_COLUMNS) + "\n" + _LISTING + "\n"
    for name in ("sources.toml", "groups.toml"):
        texts[name] = shipped_path("targets", name).read_text("utf-8")
    return {name: text.encode() for name, text in texts.items()}


GOOD = good_files()
SCRATCH = Path(tempfile.mkdtemp(prefix="whocut-fuzz-"))


def one_file(data):
    """The first byte chooses the file; the rest is what stands in it."""
    name = _NAMES[data[0] % len(_NAMES)] if data else _NAMES[0]
    for other, content in GOOD.items():
        (SCRATCH / other).write_bytes(data[1:] if other == name else content)
    try:
        found = load_targets(SCRATCH)
    except DamagedDataError as error:
        assert str(SCRATCH) in str(error)
        return
    domains = [one.domain for one in found.targets]
    assert len(domains) == len(set(domains))
    assert all(one.class_ in {known.id for known in found.classes} for one in found.targets)


if __name__ == "__main__":
    seeds = [bytes([place]) + GOOD[name] for place, name in enumerate(_NAMES)]
    try:
        harness.fuzz(one_file, seeds, largest_bytes=8192)
    finally:
        shutil.rmtree(SCRATCH, ignore_errors=True)
