"""Find the reviewed, hand-kept data that ships with whocut."""

from functools import cache
from pathlib import Path

from whocut.model.errors import DamagedDataError

__all__ = ["shipped_path"]


@cache
def _data_root() -> Path:
    package = Path(__file__).resolve().parent.parent
    for candidate in (package / "data", package.parent.parent / "data"):
        if (candidate / "taxonomy").is_dir():
            return candidate
    raise DamagedDataError("the shipped data directory is missing", source=str(package / "data"))


def shipped_path(*parts: str) -> Path:
    """Locate one shipped file or folder, in a wheel or in a checkout.

    Raises: DamagedDataError if the installation holds no data directory.
    """
    return _data_root().joinpath(*parts)
