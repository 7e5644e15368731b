"""Merge stubs that no route can tell apart; number all classes so that customers come first.

A stub sells to nobody. Two stubs with the same providers, the same peers and the same country have
the same routes, and the same routes lead to them: 62,338 stubs of March 2022 are 29,641 classes
without regard to country.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whocut.routes.cycles import expand_rows, row_starts

__all__ = ["Classes", "group_classes"]

_Places = NDArray[np.int64]
_Words = NDArray[np.uint64]
_ORDERED_BY_PROVIDERS = 3
"""Stubs stand beside those with the same first providers: the lanes of a batch share their way."""


@dataclass(frozen=True, eq=False)
class Classes:
    """Which class each AS belongs to, and who speaks for a class."""

    class_of: NDArray[np.int32]
    speaker: _Places
    """Index of each class's first AS; a class of the core has no other."""
    n_leaf: int
    n_stub: int


def group_classes(
    provider: _Places,
    customer: _Places,
    peers: tuple[_Places, _Places],
    levels: _Places,
    label: _Places,
) -> Classes:
    """Merge the stubs and number the classes: leaves, stubs with peers, the core by its levels.

    ``peers`` holds both directions; ``label`` (country, and what is to stay apart) is of each AS.
    """
    count = len(levels)
    stubs = np.flatnonzero(levels == 0)
    up = _sorted_rows(customer, provider, count)
    side = _sorted_rows(peers[0], peers[1], count)
    first, second = (
        _mixed(_row_sums(up, seed) + _mixed(_row_sums(side, ~seed) + _mixed(label.view(np.uint64))))
        for seed in (np.uint64(0x5851F42D4C957F2D), np.uint64(0x14057B7EF767814F))
    )
    order = stubs[np.lexsort((stubs, second[stubs], first[stubs]))]
    is_new = np.ones(len(order), np.bool_)
    is_new[1:] = (np.diff(first[order]) != 0) | (np.diff(second[order]) != 0)
    speaker_of = np.arange(count)
    speaker_of[order] = order[is_new][np.cumsum(is_new) - 1]
    for rows in (up, side):
        _check_equal(rows, speaker_of)
    speaker, n_leaf, n_stub = _number(up, np.diff(side[0]) > 0, levels, speaker_of)
    number = np.full(count, -1, np.int32)
    number[speaker] = np.arange(len(speaker), dtype=np.int32)
    return Classes(number[speaker_of], speaker, n_leaf, n_stub)


def _sorted_rows(source: _Places, target: _Places, count: int) -> tuple[_Places, _Places]:
    order = np.lexsort((target, source))
    return row_starts(source, count), target[order]


def _mixed(words: _Words) -> _Words:
    """Scatter the bits (splitmix64), so that sums of a few words hardly ever agree by chance."""
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))


def _row_sums(rows: tuple[_Places, _Places], seed: np.uint64) -> _Words:
    starts, targets = rows
    words = _mixed(_mixed(targets.view(np.uint64) + seed) + seed)
    sums = np.concatenate((np.zeros(1, np.uint64), np.cumsum(words, dtype=np.uint64)))
    return sums[starts[1:]] - sums[starts[:-1]]


def _check_equal(rows: tuple[_Places, _Places], speaker_of: _Places) -> None:
    """Hold the digests to their word: whoever is merged has its speaker's neighbours."""
    starts, targets = rows
    merged = np.flatnonzero(speaker_of != np.arange(len(speaker_of)))
    own, spoken = expand_rows(starts, merged), expand_rows(starts, speaker_of[merged])
    counts = np.diff(starts)
    if not (
        np.array_equal(counts[merged], counts[speaker_of[merged]])
        and np.array_equal(targets[own], targets[spoken])
    ):
        raise AssertionError("two stubs with other neighbours have the same digest")


def _number(
    up: tuple[_Places, _Places], has_peers: NDArray[np.bool_], levels: _Places, speaker_of: _Places
) -> tuple[_Places, int, int]:
    starts, providers = up
    speakers = np.flatnonzero(speaker_of == np.arange(len(speaker_of)))
    core = speakers[levels[speakers] > 0]
    core = core[np.argsort(levels[core], kind="stable")]
    stubs = speakers[levels[speakers] == 0]
    keys = [stubs]
    providers = np.append(providers, -1)  # where a stub buys from fewer
    for place in reversed(range(_ORDERED_BY_PROVIDERS)):
        edge = starts[stubs] + place
        is_there = edge < starts[stubs + 1]
        keys.append(providers[np.where(is_there, edge, -1)])
    stubs = stubs[np.lexsort(keys)]
    leaves, others = stubs[~has_peers[stubs]], stubs[has_peers[stubs]]
    return np.concatenate((leaves, others, core)), len(leaves), len(stubs)
