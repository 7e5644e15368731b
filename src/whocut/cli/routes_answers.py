"""Answers about a country's dependency, worked out once and kept beside the maps."""

import os
import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
from cyclopts import Parameter

from whocut.cli.output import Output
from whocut.cli.progress import Progress
from whocut.cli.routes_options import MapFiles, map_cache
from whocut.model.errors import InputError, UsageError
from whocut.routes.dependency.answer import (
    ANSWER_VERSION,
    INFLUENCE_VERSION,
    Band,
    CountryDependency,
    Rules,
)

if TYPE_CHECKING:
    from whocut.ingest.topology import Organisations, Weights
    from whocut.routes.dependency.country import Variant
    from whocut.routes.kernels import Ties

__all__ = [
    "UsersOption",
    "ViewpointsOption",
    "asked_place",
    "band_words",
    "bar",
    "dependency_of",
    "percent",
    "read_viewpoints",
    "rule_words",
    "rules_words",
    "variants_of",
]

UsersOption = Annotated[
    Path | None,
    Parameter(help="Users of networks as asn,weight lines, for means over networks; else 1 each."),
]
ViewpointsOption = Annotated[
    Path | None,
    Parameter(
        help="AS numbers to look from, one a line; else a hundred networks abroad, drawn by weight."
    ),
]
_TIES: "Final[tuple[Ties, ...]]" = ("equal", "lowest_asn")
_PLACE: Final = re.compile("[A-Za-z]{2}")
_BAR: Final = 20


def asked_place(text: str) -> str:
    """Read a country of two letters.

    Raises: UsageError if it is none.
    """
    if not _PLACE.fullmatch(text):
        raise UsageError(f"{text}: not a country of two letters")
    return text.upper()


def percent(share: float) -> str:
    """Write a share."""
    return f"{100 * share:.1f} %"


def bar(share: float, most: float) -> str:
    """Draw a share against the greatest one shown."""
    return "#" * round(_BAR * share / most) if most > 0 else ""


def rule_words(rules: Rules) -> str:
    """Say a rule in words."""
    months = ", ".join(f"{month:%Y-%m}" for month in rules.months)
    agree = f"links that agree in {months}" if len(rules.months) > 1 else f"links of {months}"
    ties = "equal paths share alike" if rules.ties == "equal" else "of equal paths the lowest AS"
    return f"{agree}, {ties}"


def rules_words(others: Sequence[Rules]) -> str:
    """Say many rules in few words."""
    months = sorted({month for rules in others for month in rules.months})
    alone = {rules.months[0] for rules in others if len(rules.months) == 1}
    words = [f"{ties} ties" for ties in sorted({rules.ties.replace("_", " ") for rules in others})]
    if alone:
        words.append(f"each of {', '.join(f'{month:%Y-%m}' for month in months)} alone")
    return ", ".join(words) or "none"


def band_words(band: Band) -> str:
    """Write a share with its band."""
    return f"{percent(band.value)} ({100 * band.low:.1f} to {100 * band.high:.1f})"


def read_viewpoints(path: Path | None) -> tuple[int, ...]:
    """Read AS numbers, one a line; what follows # is a remark. Nothing of no file.

    Raises: InputError naming file and line.
    """
    if path is None:
        return ()
    found = []
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", source=str(path)) from None
    for number, line in enumerate(text.splitlines(), 1):
        word = line.partition("#")[0].strip()
        if not word:
            continue
        digits = word.upper().removeprefix("AS")
        if not (digits.isascii() and digits.isdigit()) or not 0 < int(digits) < 2**32:
            raise InputError(f"line {number} is no AS number: {word[:20]!r}", source=str(path))
        found.append(int(digits))
    if not found:
        raise InputError("names no viewpoint", source=str(path))
    return tuple(sorted(set(found)))


def dependency_of(
    files: MapFiles,
    country: str,
    output: Output,
    *,
    users: Path | None = None,
    viewpoints: tuple[int, ...] = (),
) -> CountryDependency:
    """Measure a country under all rules, or take the answer that was kept.

    An answer is kept by the digest of all files that it rests on, as they lie, and of the version
    of what is computed.
    """
    from whocut.routes.map_file import file_digest

    others = [path for path in (files.weights, users) if path is not None]
    said = (
        *(ANSWER_VERSION, INFLUENCE_VERSION, country, str(files.serial)),
        *("-" if path is None else "+" for path in (files.weights, users)),
        *map(str, viewpoints),
    )
    digest = file_digest([*files.links, files.organisations, *others], *said)
    kept = map_cache() / f"dependency-{country}-{digest[:32]}.msgpack"
    try:
        held = msgspec.msgpack.decode(kept.read_bytes(), type=CountryDependency)
        return msgspec.structs.replace(held, notes=files.notes)
    except (OSError, msgspec.MsgspecError):
        pass
    found = _measure(files, country, output, users, viewpoints)
    part = kept.with_suffix(f".{os.getpid()}.part")
    try:
        part.write_bytes(msgspec.msgpack.encode(found))
        part.replace(kept)
    except OSError:  # a full or closed disk: the next question works it out anew
        with suppress(OSError):
            part.unlink()
    return found


def _measure(
    files: MapFiles,
    country: str,
    output: Output,
    users: Path | None,
    viewpoints: tuple[int, ...],
) -> CountryDependency:
    from whocut.routes.dependency.country import Question, country_dependency
    from whocut.routes.map_file import load_organisations, load_weights

    cache = map_cache()
    organisations: Organisations = load_organisations(files.organisations, cache)
    weights: Weights | None = load_weights(files.weights, cache) if files.weights else None
    question: Question = Question(
        country=country,
        organisations=organisations,
        weights=weights,
        users=load_weights(users, cache) if users else None,
        viewpoints=viewpoints,
        serial=files.serial,
        notes=files.notes,
    )
    with Progress(1, 1, is_quiet=output.quiet, step="maps") as progress:
        variants = variants_of(files)
        progress.advance_to(1)
    steps = len(variants)
    with Progress(steps, steps, is_quiet=output.quiet, step="rules") as progress:
        return country_dependency(question, variants, advance=progress.advance_to)


def variants_of(files: MapFiles) -> "list[Variant]":
    """Take each tie rule on the months that agree, then on each month alone."""
    from whocut.routes.dependency.country import Variant
    from whocut.routes.map_file import load_topology

    sets: list[Sequence[Path]] = [files.links]
    if len(files.links) > 1:
        sets += [(path,) for path in files.links]
    found: list[Variant] = []
    for links in sets:
        topology = load_topology(links, files.organisations, map_cache())
        found += [Variant(topology, ties) for ties in _TIES]
    return found
