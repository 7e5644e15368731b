"""Editions of an observatory as they come: built beside the server, taken up between requests."""

import asyncio
import logging
import os
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from whocut.publish.edition.edition import Edition

__all__ = ["RETRY_SECONDS", "WATCH_SECONDS", "Watch", "build_beside"]

WATCH_SECONDS: Final = 10.0
"""How often the observatory is looked at; a new snapshot is read within this and its build."""
RETRY_SECONDS: Final = 300.0
"""After a build that failed."""
_NICENESS: Final = 10
_LOG: Final = logging.getLogger("whocut.site")
Tell = Callable[[str], None]


class Watch:
    """Holds the edition of the moment, and makes a new one when what it is made of changed.

    ``sign`` gives something that differs when there may be something new, and costs nothing;
    ``find`` the file of the edition that the observatory calls for, or None where it is not built;
    ``read`` opens one; ``make`` builds it, elsewhere; ``latest`` is the file that was built last:
    where measurements come faster than editions are built, it is taken up and the next is begun.
    """

    def __init__(
        self,
        sign: Callable[[], object],
        find: Callable[[], Path | None],
        read: Callable[[Path], Edition],
        make: Callable[[], Awaitable[bool]],
        tell: Tell,
        *,
        latest: Callable[[], Path | None] = lambda: None,
    ) -> None:
        self._latest = latest
        self._sign, self._find, self._read, self._make = sign, find, read, make
        self._tell = tell
        self._signed: object = None
        self._path: Path | None = None
        self._edition: Edition | None = None

    def edition(self) -> Edition | None:
        """Give the edition of this moment; a request asks once and holds what it got."""
        return self._edition

    async def look(self) -> bool:
        """Look once; take up what is built, build what is not. Tell whether all is as it should."""
        signed = await asyncio.to_thread(self._sign)
        if self._edition is not None and signed == self._signed:
            return True
        path = await asyncio.to_thread(self._find)
        if path is None:
            self._tell("building the pages from the data at hand")
            if not await self._make():
                self._tell("the build failed; the pages stay as they are")
                return False
            path = await asyncio.to_thread(self._find) or await asyncio.to_thread(self._latest)
        if path is not None and path != self._path:
            self._edition = await asyncio.to_thread(self._read, path)
            self._path = path
            self._tell(f"edition {self._edition.key[:12]} of {self._edition.made_on}")
        self._signed = signed
        return self._edition is not None

    async def stay(self, seconds: float = WATCH_SECONDS, retry: float = RETRY_SECONDS) -> None:
        """Look again and again."""
        while True:
            try:
                is_well = await self.look()
            except Exception as error:
                # A damaged file, a full disk: what is served is still whole.
                _LOG.exception("the observatory could not be looked at")
                self._tell(f"the observatory could not be looked at: {error}")
                is_well = False
            await asyncio.sleep(seconds if is_well else retry)


async def build_beside(observatory: Path) -> bool:
    """Build the edition of an observatory in a process of its own, at low priority."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", __name__, str(observatory)),
        stdin=asyncio.subprocess.DEVNULL,
        # An interrupt from the keyboard is for the server, which then ends the build.
        start_new_session=True,
    )
    try:
        return await process.wait() == 0
    except asyncio.CancelledError:
        process.terminate()
        await process.wait()
        raise


def _build(observatory: Path) -> None:
    from whocut.publish.edition.build import build_edition

    os.nice(_NICENESS)
    begun = time.monotonic()
    said = ""

    def told(step: str, done: int, total: int) -> None:
        nonlocal said
        del done
        if step != said:
            said = step
            how_many = f", {total:,}" if total > 1 else ""
            _say(f"{time.monotonic() - begun:5.1f} s  {step}{how_many}")

    build_edition(observatory, progress=told)
    _say(f"{time.monotonic() - begun:5.1f} s  done")


def _say(words: str) -> None:
    sys.stderr.write(f"whocut: {words}\n")


if __name__ == "__main__":
    _build(Path(sys.argv[1]))
