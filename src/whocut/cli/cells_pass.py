"""The second pass as a whole: what is out of date is made anew, and swapped in at once.

What one run has finished is noted in its scratch folder, so that an interrupted run is taken up
again. Nothing is visible to readers before the swap.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

import msgspec
import pyarrow as pa
from msgspec import Struct

from whocut.scale.executor import Executor
from whocut.store.derived import (
    DERIVED_TABLES,
    Part,
    cell_parts,
    slowdown_parts,
    span_parts,
    tally_parts,
    timing_parts,
)
from whocut.store.durable import remove_tree, write_whole
from whocut.store.manifest import Derivation, FileEntry
from whocut.store.object_path import AnyPath, path_of
from whocut.store.observatory import Writer
from whocut.store.parquet_files import Place
from whocut.store.second_pass import (
    DealJob,
    Dealt,
    FitJob,
    GatherJob,
    SpanJob,
    Tallies,
    TallyJob,
    bucket_count,
    deal_tallies,
    fit_bucket,
    gather_cells,
    span_country,
    tally_quarter,
)
from whocut.store.slowdown_steps import (
    FindJob,
    SummariseJob,
    find_in_quarter,
    summarise_quarter,
)

__all__ = [
    "Brought",
    "CellModel",
    "SlowdownModel",
    "Watch",
    "bring_up_to_date",
    "shipped_model",
]

T = TypeVar("T")
R = TypeVar("R")
_SCRATCH: Final = "second-pass"


class SlowdownModel(Struct, frozen=True):
    """The functions from timings to slowdowns."""

    version: str
    summarise: Callable[[pa.Table], pa.Table]
    find: Callable[[pa.Table], pa.Table]


class CellModel(Struct, frozen=True):
    """The functions of the second pass; each a function of a module, so that it can travel."""

    version: str
    span_version: str
    tally: Callable[[pa.Table], Tallies]
    fit: Callable[[pa.Table], pa.Table]
    find_spans: Callable[[pa.Table], pa.Table]
    slowdown: SlowdownModel | None = None
    """``None``: timings are left alone."""


class Brought(Struct, frozen=True):
    """What was made anew, and what there is now."""

    sequence: int
    is_changed: bool
    tallied: int
    """(Country, quarter) parts whose verdicts were counted anew."""
    fitted: int
    """Quarters whose cells were fitted anew."""
    spanned: int
    """Countries whose spans were found anew."""
    rows: dict[str, int]
    """Rows by derived table, all told."""


class Watch(Protocol):
    """Who is told how far it is."""

    def begin(self, title: str, tasks: int) -> None:
        """Say that so many tasks of one step begin."""

    def advance(self) -> None:
        """Say that one of them is done."""


def shipped_model() -> CellModel:
    """Load the model that whocut comes with."""
    from whocut.access.cells import MODEL_VERSION, fit_cells, tally_verdicts
    from whocut.access.slowdown import MODEL_VERSION as SLOWDOWN_VERSION
    from whocut.access.slowdown import find_slowdowns, summarise_timings
    from whocut.access.spans import SPAN_VERSION, find_spans

    slowdown = SlowdownModel(SLOWDOWN_VERSION, summarise_timings, find_slowdowns)
    return CellModel(MODEL_VERSION, SPAN_VERSION, tally_verdicts, fit_cells, find_spans, slowdown)


def bring_up_to_date(
    writer: Writer, model: CellModel, executor: Executor, watch: Watch, *, is_all: bool = False
) -> Brought:
    """Make every stale part of the derived tables anew; ``is_all`` takes them all for stale."""
    scratch = _scratch(writer, model).absolute()
    if is_all:
        remove_tree(scratch)
    scratch.mkdir(parents=True, exist_ok=True)
    run = _Run(writer, scratch, model, executor, watch, is_all=is_all)
    verdicts = [entry for entry in writer.manifest.files if entry.table == "verdict"]
    tallies, tallied = run.tally(tally_parts(verdicts, model.version))
    cells, fitted = run.fit(cell_parts(tallies, model.version))
    spans, spanned = run.span(span_parts(cells, f"{model.version} {model.span_version}"))
    timings = run.slowdowns([entry for entry in writer.manifest.files if entry.table == "timing"])
    made = (*tallies, *cells, *spans, *timings)
    commit = writer.swap_derived(made, run.notes)
    remove_tree(scratch)
    rows: dict[str, int] = dict.fromkeys(sorted(DERIVED_TABLES), 0)
    for entry in made:
        rows[entry.table] += entry.rows
    return Brought(commit.sequence, commit.is_changed, tallied, fitted, spanned, rows)


class _Run:
    """One run of the second pass over one observatory."""

    def __init__(
        self,
        writer: Writer,
        scratch: AnyPath,
        model: CellModel,
        executor: Executor,
        watch: Watch,
        *,
        is_all: bool,
    ) -> None:
        # Workers on other machines have another working directory.
        self._directory = str(writer.directory.absolute())
        self._scratch = scratch
        self._model = model
        self._executor = executor
        self._watch = watch
        manifest = writer.manifest
        self._current = frozenset() if is_all else frozenset(manifest.derived)
        self._there: dict[tuple[str, str, str], list[FileEntry]] = defaultdict(list)
        for entry in manifest.files:
            if entry.table in DERIVED_TABLES:
                self._there[_part_key(entry)].append(entry)
        self.notes: list[Derivation] = []

    def tally(self, parts: Sequence[Part]) -> tuple[list[FileEntry], int]:
        """Count the verdicts of every stale country and quarter."""
        files, stale = self._sorted_out(parts)
        jobs = [
            TallyJob(self._directory, str(self._scratch), part, self._model.tally)
            for part in _largest_first(stale)
        ]
        title = "counting verdicts by country and quarter"
        for job, made in self._each(title, tally_quarter, jobs):
            files.extend(self._finished(job.part, made))
        return files, len(stale)

    def fit(self, parts: Sequence[Part]) -> tuple[list[FileEntry], int]:
        """Fit the cells of every stale quarter, one quarter after the other."""
        files, stale = self._sorted_out(parts)
        for part in stale:
            files.extend(self._finished(part, self._fit_quarter(part)))
        return files, len(stale)

    def span(self, parts: Sequence[Part]) -> tuple[list[FileEntry], int]:
        """Find the spans of every stale country."""
        files, stale = self._sorted_out(parts)
        jobs = [
            SpanJob(self._directory, str(self._scratch), part, self._model.find_spans)
            for part in _largest_first(stale)
        ]
        for job, made in self._each("finding onsets and ends by country", span_country, jobs):
            files.extend(self._finished(job.part, made))
        return files, len(stale)

    def slowdowns(self, timings: Sequence[FileEntry]) -> list[FileEntry]:
        """Sum up the timings of stale parts, and find the slowdowns of stale quarters."""
        model = self._model.slowdown
        if model is None:
            return []
        place = (self._directory, str(self._scratch))
        weeks, stale = self._sorted_out(timing_parts(timings, model.version))
        sums = [SummariseJob(*place, part, model.summarise) for part in _largest_first(stale)]
        for sum_job, made in self._each("summing up timings", summarise_quarter, sums):
            weeks.extend(self._finished(sum_job.part, made))
        files, stale = self._sorted_out(slowdown_parts(weeks, model.version))
        finds = [FindJob(*place, part, model.find) for part in _largest_first(stale)]
        for job, made in self._each("finding slowdowns by quarter", find_in_quarter, finds):
            files.extend(self._finished(job.part, made))
        return [*weeks, *files]

    def _fit_quarter(self, part: Part) -> list[FileEntry]:
        folder = self._scratch / "dealt" / part.derivation.day
        remove_tree(folder)
        quarter = part.derivation.day
        buckets = self._fit_buckets(part, self._deal(part, folder), folder)
        rows: dict[str, int] = defaultdict(int)
        for dealt in buckets:
            for cc, count in dealt.rows.items():
                rows[cc] += count
        jobs = [
            GatherJob(
                self._directory, str(self._scratch), Place("cell", cc, quarter), _of(buckets, cc)
            )
            for cc in sorted(rows, key=lambda cc: (-rows[cc], cc))
        ]
        made: list[FileEntry] = []
        for _, entries in self._each(f"{quarter}: filing cells", gather_cells, jobs):
            made.extend(entries)
        remove_tree(folder)
        return made

    def _deal(self, part: Part, folder: AnyPath) -> list[Dealt]:
        countries: dict[str, list[FileEntry]] = defaultdict(list)
        for entry in part.inputs:
            countries[entry.cc].append(entry)
        buckets = bucket_count(part.rows)
        jobs = [
            DealJob(self._directory, tuple(files), buckets, str(folder / f"{cc}.parquet"))
            for cc, files in sorted(countries.items(), key=lambda item: -_rows(item[1]))
        ]
        title = f"{part.derivation.day}: dealing tallies by target"
        done = self._each(title, deal_tallies, jobs)
        return sorted((dealt for _, dealt in done), key=lambda dealt: dealt.path)

    def _fit_buckets(self, part: Part, dealt: list[Dealt], folder: AnyPath) -> list[Dealt]:
        keys = sorted({key for one in dealt for key in one.rows}, key=int)
        jobs = [
            FitJob(_of(dealt, key), str(folder / f"cells.{key}.parquet"), self._model.fit)
            for key in keys
        ]
        done = self._each(f"{part.derivation.day}: fitting cells", fit_bucket, jobs)
        return sorted((cells for _, cells in done), key=lambda cells: cells.path)

    def _sorted_out(self, parts: Sequence[Part]) -> tuple[list[FileEntry], list[Part]]:
        """Give the files of the parts that are current or were finished before, and the rest."""
        files: list[FileEntry] = []
        stale: list[Part] = []
        for part in parts:
            note = part.derivation
            if note in self._current:
                self.notes.append(note)
                files.extend(self._there[note.table, note.cc, note.day])
                continue
            made = self._made_before(note)
            if made is None:
                stale.append(part)
            else:
                self.notes.append(note)
                files.extend(made)
        return files, stale

    def _made_before(self, note: Derivation) -> tuple[FileEntry, ...] | None:
        try:
            content = self._note_path(note).read_bytes()
            made = msgspec.json.decode(content, type=tuple[FileEntry, ...])
        except (FileNotFoundError, msgspec.DecodeError):
            return None
        # An ingest in between collects what no state names.
        directory = path_of(self._directory)
        is_there = all((directory / entry.path).exists() for entry in made)
        return made if is_there else None

    def _finished(self, part: Part, made: Iterable[FileEntry]) -> tuple[FileEntry, ...]:
        files = tuple(sorted(made))
        note = part.derivation
        path = self._note_path(note)
        path.parent.mkdir(exist_ok=True)
        write_whole(path, msgspec.json.encode(files))
        self.notes.append(note)
        return files

    def _note_path(self, note: Derivation) -> AnyPath:
        return self._scratch / "finished" / f"{note.made_from}.json"

    def _each(
        self, title: str, task: Callable[[T], R], jobs: Sequence[T]
    ) -> "Iterable[tuple[T, R]]":
        if not jobs:
            return
        self._watch.begin(title, len(jobs))
        for index, result in self._executor.run(task, jobs, describe=_describe):
            self._watch.advance()
            yield jobs[index], result


def _scratch(writer: Writer, model: CellModel) -> AnyPath:
    """Name the folder for what is under way; where no lock keeps others off, one for each state."""
    if isinstance(writer.directory, Path):
        return writer.staging_directory(_SCRATCH)
    state = hashlib.sha256(f"{writer.manifest.content} {model.version}".encode()).hexdigest()
    return writer.staging_directory(f"{_SCRATCH}-{state[:16]}")


def _part_key(entry: FileEntry) -> tuple[str, str, str]:
    """Name the part of a derived table to which a file belongs."""
    if entry.table == "network_week":
        return ("tally", entry.cc, entry.day)
    return (entry.table, "" if entry.table in {"cell", "slowdown"} else entry.cc, entry.day)


def _of(dealt: Iterable[Dealt], key: str) -> tuple[Any, ...]:
    return tuple(one.piece(key) for one in dealt if key in one.row_groups)


def _largest_first(parts: Iterable[Part]) -> list[Part]:
    return sorted(parts, key=lambda part: (-part.rows, part.derivation))


def _rows(files: Iterable[FileEntry]) -> int:
    return sum(entry.rows for entry in files)


def _describe(job: object) -> str:
    """Name a job in an error."""
    if isinstance(job, TallyJob | SpanJob | SummariseJob | FindJob):
        note = job.part.derivation
        where = f" of {note.cc}" if note.cc else ""
        return f"{note.table}{where}" + ("" if note.table == "span" else f" in {note.day}")
    if isinstance(job, GatherJob):
        return f"cells of {job.place.cc} in {job.place.day}"
    return Path(job.path).name if isinstance(job, DealJob | FitJob) else repr(job)
