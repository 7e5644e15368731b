"""Whether the cells speak for all the verdicts: told from the manifest, for one country."""

from typing import Final

from whocut.store.derived import quarter_of
from whocut.store.manifest import Manifest

__all__ = ["NO_CELLS", "stale_note"]

NO_CELLS: Final = (
    "Causes, their course and the contrast between countries come from cells, and there are none "
    "here: whocut cells makes them."
)


def stale_note(manifest: Manifest, country: str) -> str:
    """Say that measurements came after the cells were made; empty where none did."""
    current = {note.day for note in manifest.derived if note.table == "cell"}
    if not current:
        return ""
    wanted = {quarter_of(entry.day) for entry in manifest.files_of("verdict", country)}
    if wanted <= current:
        return ""
    return (
        f"Measurements of the quarter that begins on {min(wanted - current)} came after the cells "
        "were made: whocut cells brings them up to date."
    )
