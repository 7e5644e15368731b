"""Take the pictures of docs/screenshots: python -m tests.e2e.take_screenshots.

They are of real pages of what ships and of the laboratory's nine weeks, in Chromium, each cut at a
height.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.e2e.site import CASES, build_observatory, chromium, followed, serve

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
_WIDTH, _HEIGHT = 1000, 1300
_QUALITY = 60


def main() -> int:
    """Take each case that was asked for."""
    program = chromium()
    if program is None:
        print("no Chromium: apt install chromium", file=sys.stderr)
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp())
    process, base = serve(build_observatory(scratch), scratch / "log")
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
            for name, (path, link) in CASES.items():
                context = browser.new_context(
                    viewport={"width": _WIDTH, "height": _HEIGHT},
                    color_scheme="dark" if name.endswith("-dark") else "light",
                )
                page = context.new_page()
                answer = page.goto(base + followed(base, path, link), wait_until="load")
                assert answer is not None
                assert answer.status == 200, path
                page.screenshot(path=str(FOLDER / f"{name}.jpg"), type="jpeg", quality=_QUALITY)
                context.close()
                print(name, (FOLDER / f"{name}.jpg").stat().st_size // 1024, "kB")
            browser.close()
    finally:
        process.terminate()
        process.wait(timeout=30)
        shutil.rmtree(scratch)
    return 0


if __name__ == "__main__":
    sys.exit(main())
