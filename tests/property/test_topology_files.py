"""Files of the topology: the compiled scans say what a readable reader says, on any text."""

import tempfile
from collections import Counter
from contextlib import suppress
from functools import reduce
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.ingest.topology.plain import (
    RefusedError,
    as_pairs,
    is_reserved,
    read_links,
    read_prefixes,
    weigh,
)
from whocut.ingest.topology import address_weights, read_prefix_origins, read_relationships
from whocut.ingest.topology.prefix_scan import own_addresses
from whocut.model.errors import InputError
from whocut.routes.relationships import consensus

ASNS = st.one_of(
    st.integers(1, 12), st.sampled_from([0, 23456, 64512, 2**32 - 1, 2**32]), st.integers(0, 2**33)
)
RELATIONS = st.sampled_from(["-1", "-1", "0", "0", "1", "2", "3", ""])
LINK = st.tuples(
    ASNS, ASNS, RELATIONS, st.sampled_from(["", "", "|bgp", "|mlp,bgp", "|", "\r", " "])
).map(lambda each: f"{each[0]}|{each[1]}|{each[2]}{each[3]}")
GOOD_LINK = st.tuples(
    st.integers(1, 9), st.integers(10, 19), st.sampled_from(["-1", "0", "1"])
).map(lambda each: f"{each[0]}|{each[1]}|{each[2]}")
PIECES = st.lists(st.sampled_from(list("0129|-\n#\r;/.\t_{},:a ")), max_size=12).map("".join)


def written(text: str, name: str) -> Path:
    path = Path(tempfile.mkdtemp(prefix="whocut-test-")) / name
    path.write_bytes(text.encode())
    return path


def ours(text: str, month: int = 1):
    path = written(text, f"2022{month:02d}01.as-rel.txt")
    try:
        return read_relationships(path)
    finally:
        path.unlink()
        path.parent.rmdir()


@given(st.lists(st.one_of(LINK, GOOD_LINK, GOOD_LINK, PIECES), max_size=9), st.booleans())
def test_links_are_read_as_line_by_line(lines, is_ended):
    text = "\n".join(lines) + "\n" * is_ended
    try:
        expected = read_links(text.encode())
    except RefusedError as refused:
        try:
            ours(text)
        except InputError as error:
            assert f"line {refused.args[0]} " in str(error)
            return
        raise AssertionError(f"read what is refused in line {refused.args[0]}") from None
    with suppress(InputError):
        found = ours(text)
        assert as_pairs(found) == expected
        assert_in_order(found)
        return
    assert not any(line and not line.startswith("#") for line in text.split("\n"))


def assert_in_order(found):
    for first, second in (
        (found.provider, found.customer),
        (found.peer_a, found.peer_b),
        (found.sibling_a, found.sibling_b),
    ):
        keys = list(zip(first.tolist(), second.tolist(), strict=True))
        assert keys == sorted(set(keys))


@given(st.lists(st.lists(GOOD_LINK, min_size=1, max_size=12), min_size=1, max_size=4))
def test_consensus_is_the_intersection_and_the_majority(months):
    read = [ours("\n".join(links), month) for month, links in enumerate(months, 1)]
    said = [set(as_pairs(each).items()) for each in read]
    assert set(as_pairs(consensus(read)).items()) == reduce(set.intersection, said)
    months_of = Counter(pair for each in said for pair in each)
    majority = {pair for pair, count in months_of.items() if 2 * count > len(said)}
    assert set(as_pairs(consensus(read, is_strict=False)).items()) == majority


SMALL_PREFIX = st.tuples(st.integers(0, 255), st.integers(24, 32)).map(
    lambda each: (0x01020300 | (each[0] >> (32 - each[1]) << (32 - each[1])), each[1])
)
ORIGINS = st.sets(st.integers(1, 6), min_size=1, max_size=3)


@given(st.dictionaries(SMALL_PREFIX, ORIGINS, min_size=1, max_size=12))
def test_each_address_counts_once(prefixes):
    text = "".join(
        f"{start >> 24}.{start >> 16 & 255}.{start >> 8 & 255}.{start & 255}\t{length}\t"
        f"{'_'.join(map(str, sorted(origins)))}\n"
        for (start, length), origins in prefixes.items()
    )
    path = written(text, "routeviews-rv2-20220301-1200.pfx2as")
    weights = address_weights(read_prefix_origins(path))
    expected = {asn: weight for asn, weight in weigh(prefixes).items() if weight}
    found = {
        asn: weight
        for asn, weight in zip(weights.asn.tolist(), weights.addresses.tolist(), strict=True)
        if weight
    }
    assert found.keys() == expected.keys()
    assert all(abs(found[asn] - expected[asn]) < 1e-9 for asn in found)


PREFIX = st.one_of(PIECES, st.just("1.2.3.0\t24\t7"), st.just("1.2.0.0/16\t7_8"))


@given(st.lists(PREFIX, max_size=6))
def test_prefixes_are_read_as_line_by_line(lines):
    text = "\n".join(line for line in lines if ":" not in line)
    try:
        expected = read_prefixes(text.encode())
    except RefusedError as refused:
        try:
            read_prefix_origins(written(text, "ipasn_20140513.dat"))
        except InputError as error:
            assert f"line {refused.args[0]} " in str(error)
            return
        raise AssertionError(f"read what is refused in line {refused.args[0]}") from None
    if not expected:
        return
    found = read_prefix_origins(written(text, "ipasn_20140513.dat"))
    assert found.tally.lines - found.tally.repeated == len(expected)
    kept = {
        (int(start), int(length)): set(found.origins[first:end].tolist())
        for start, length, first, end in zip(
            found.start, found.length, found.origin_start, found.origin_start[1:], strict=False
        )
    }
    for key, origins in kept.items():
        assert origins == {asn for asn in expected[key] if not is_reserved(asn)}


@given(st.integers(0, 32))
def test_nested_prefixes_of_every_length_share_the_whole(deepest):
    lengths = np.arange(deepest + 1, dtype=np.uint8)
    own = own_addresses(np.zeros(deepest + 1, np.uint32), lengths)
    assert own.sum() == 2**32
    assert (own > 0).all()
