"""Damaged measurements: nothing raises, nothing is lost, what is read can be judged."""

import gzip
import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.property.ingest_mutator import STRANGE_VALUES, Mutator, places
from tests.unit.ingest import measurements as made
from whocut.access import judge
from whocut.ingest.ooni import Refusal, RefusalReason, Skipped, read_blocks
from whocut.model.observation import Measurement
from whocut.reference.snapshot import load_reference

FEW = 3_000
MANY = 100_000
BATCH = 500


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    # An empty cache: the same reference on every machine.
    return load_reference(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def documents(request):
    """Our own measurements, and where it is at hand the research corpus' smaller ones."""
    found = [seed() for seed in made.SEEDS] + [made.other_test()]
    corpus = request.config.rootpath.parent / "shared" / "access" / "ooni"
    for name in ("real.jsonl", "qa.jsonl"):
        path = corpus / name
        if path.exists():
            lines = path.read_bytes().splitlines()
            found += [json.loads(line)["raw"] for line in lines if len(line) < 20_000]
    return found


def lines_in(data):
    return sum(bool(line.strip()) for line in data.split(b"\n"))


def check_batch(records, reference):
    """Read records as one file and account for every line of it."""
    first = made.encode(made.legacy_failure())
    data = b"\n".join([first, *records]) + b"\n"
    packed = gzip.compress(data, 1)
    results = list(read_blocks("mutated", iter([packed])))
    assert len(results) == lines_in(data)
    for result in results:
        assert isinstance(result, (Measurement, Refusal, Skipped))
        if isinstance(result, Refusal):
            assert result.raw_sha256
            assert result.detail
            assert "\n" not in (result.field or "")
        elif isinstance(result, Measurement):
            assert result.hostname
            verdict = judge(result, reference).verdict
            assert verdict.measurement_uid == result.measurement_uid
    return Counter(r.reason if isinstance(r, Refusal) else type(r).__name__ for r in results)


def run(seed, documents, reference, count):
    mutator = Mutator(seed, documents)
    seen = Counter()
    for _ in range(0, count, BATCH):
        seen += check_batch([mutator.record() for _ in range(BATCH)], reference)
    assert seen.total() >= count
    return seen


def test_some_thousand_damaged_measurements(seed, documents, reference):
    seen = run(seed, documents, reference, FEW)
    # The damage is of every kind, or the test shows nothing.
    assert seen["Measurement"] > FEW / 10
    assert {
        RefusalReason.MALFORMED_JSON,
        RefusalReason.WRONG_TYPE,
        RefusalReason.BAD_BASE64,
        RefusalReason.BROKEN_UTF8,
        RefusalReason.TOO_DEEP,
        RefusalReason.INTEGER_OVERFLOW,
        RefusalReason.MISSING_FIELD,
        RefusalReason.BAD_VALUE,
        RefusalReason.NOT_A_MEASUREMENT,
    } <= set(seen)


@pytest.mark.long
def test_100_000_damaged_measurements(seed, documents, reference):
    seen = run(seed, documents, reference, MANY)
    print(dict(seen.most_common()))
    assert seen.total() >= MANY


JSON_VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(),
        st.sampled_from(STRANGE_VALUES),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.sampled_from(made.SEEDS), st.data())
def test_any_value_at_any_place(reference, seed, data):
    document = seed()
    for _ in range(data.draw(st.integers(1, 3))):
        all_places = places(document)
        holder, step = all_places[data.draw(st.integers(0, len(all_places) - 1))]
        holder[step] = data.draw(JSON_VALUES)
    check_batch([json.dumps(document).encode()], reference)


@given(st.lists(st.binary(max_size=200), max_size=8))
def test_any_bytes_are_accounted_for(reference, records):
    check_batch(records, reference)


@given(st.binary(max_size=3000), st.integers(1, 400))
def test_blocks_of_any_size_give_the_same(data, size):
    stream = made.encode(made.engine_v04()) + b"\n" + data
    whole = list(read_blocks("s", iter([stream])))
    cut = (stream[at : at + size] for at in range(0, len(stream), size))
    assert list(read_blocks("s", cut)) == whole


@given(st.lists(JSON_VALUES, max_size=5), st.integers(1, 300), st.sampled_from([None, 1]))
def test_an_array_gives_its_objects_one_by_one(values, size, indent):
    items = [{"test_name": "tor", "x": value} for value in values]
    stream = json.dumps(items, indent=indent).encode()
    cut = (stream[at : at + size] for at in range(0, len(stream), size))
    results = list(read_blocks("s", cut))
    assert [type(r) for r in results] == [Skipped] * len(items)
    for result, item in zip(results, items, strict=True):
        at = result.position.offset
        found, _ = json.JSONDecoder().raw_decode(stream[at:].decode())
        assert found == item
