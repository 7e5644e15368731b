import asyncio
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from whocut.publish.edition.edition import Edition
from whocut.publish.site.watching import Watch

_NO_PARTS: Any = None


class _Place:
    """A place with a wanted edition, files of those that are built, and what was done there."""

    def __init__(self) -> None:
        self.wanted = "a"
        self.built: set[str] = set()
        self.is_broken = False
        self.done: list[str] = []
        self.said: list[str] = []
        self.watch = Watch(
            lambda: self.wanted, self._find, self._read, self._make, self.said.append
        )

    def _find(self) -> Path | None:
        self.done.append("find")
        return Path(self.wanted) if self.wanted in self.built else None

    def _read(self, path: Path) -> Edition:
        self.done.append(f"read {path}")
        return Edition(str(path) * 12, date(2026, 3, 1), _NO_PARTS, _NO_PARTS, _NO_PARTS, _NO_PARTS)

    async def _make(self) -> bool:
        self.done.append(f"make {self.wanted}")
        if not self.is_broken:
            self.built.add(self.wanted)
        return not self.is_broken

    def look(self) -> bool:
        return asyncio.run(self.watch.look())

    def key(self) -> str | None:
        edition = self.watch.edition()
        return None if edition is None else edition.key[:1]


@pytest.fixture
def place():
    return _Place()


def test_the_first_edition_is_built_and_taken_up(place):
    assert place.key() is None
    assert place.look()
    assert place.key() == "a"
    assert place.done == ["find", "make a", "find", "read a"]
    assert place.said == [
        "building the pages from the data at hand",
        "edition aaaaaaaaaaaa of 2026-03-01",
    ]


def test_what_is_built_already_is_opened_only(place):
    place.built.add("a")
    assert place.look()
    assert "make a" not in place.done


def test_while_nothing_changes_nothing_is_looked_up(place):
    place.look()
    before = list(place.done)
    assert place.look()
    assert place.done == before


def test_a_new_snapshot_is_built_beside_and_then_taken_up(place):
    place.look()
    held = place.watch.edition()
    place.wanted = "b"
    assert place.look()
    assert place.key() == "b"
    # Who began with the old one still has it, whole.
    assert held is not None
    assert held.key.startswith("a")


def test_a_build_that_fails_leaves_what_there_is_and_is_tried_again(place):
    place.look()
    place.wanted, place.is_broken = "b", True
    assert not place.look()
    assert place.key() == "a"
    place.is_broken = False
    assert place.look()
    assert place.key() == "b"


def test_nothing_is_served_that_was_never_built(place):
    place.is_broken = True
    assert not place.look()
    assert place.key() is None


def test_a_fault_ends_no_watch(place):
    place.built.add("a")
    rounds = 0

    def read(path: Path) -> Edition:
        nonlocal rounds
        rounds += 1
        raise OSError("disk")

    watch = Watch(lambda: "a", lambda: Path("a"), read, place._make, place.said.append)

    async def watched() -> None:
        task = asyncio.create_task(watch.stay(0.001, 0.001))
        while rounds < 3:
            await asyncio.sleep(0.001)
        task.cancel()

    asyncio.run(asyncio.wait_for(watched(), 10))
    assert "the observatory could not be looked at: disk" in place.said


def test_measurements_that_come_faster_than_builds_leave_nobody_behind(place):
    rounds = iter("bcd")

    async def make() -> bool:
        place.built.add(place.wanted)
        last.append(place.wanted)
        place.wanted = next(rounds)
        return True

    last: list[str] = []
    watch = Watch(
        lambda: place.wanted,
        place._find,
        place._read,
        make,
        place.said.append,
        latest=lambda: Path(last[-1]),
    )
    seen = []
    for _ in range(3):
        asyncio.run(watch.look())
        seen.append(watch.edition().key[:1])
    assert seen == ["a", "b", "c"]
