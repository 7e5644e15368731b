"""Every recorded handshake's chain against what the probe itself found at the time."""

import base64
import json
import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from whocut.reference.chains import ChainGrade, verify_chain
from whocut.reference.root_downloads import fetch_roots, list_releases
from whocut.reference.roots import RootStores

pytestmark = pytest.mark.shared

# These speak to services that trust an authority of their own, or none.
_OWN_AUTHORITY = {"signal", "tor"}


@pytest.fixture(scope="module")
def roots(tmp_path_factory):
    """Root stores of the years of the recorded measurements: few, so that this stays quick."""
    days = ((2017, 4, 17), (2020, 12, 5), (2022, 9, 24), (2022, 12, 7), (2023, 11, 17))
    wanted = {date(*day) for day in days}
    cache = tmp_path_factory.mktemp("cache")
    done = fetch_roots(cache, releases=[one for one in list_releases() if one.day in wanted])
    if done.failed:
        reason = f"no package registry answers: {done.failed[0][1]}"
        if os.environ.get("CI", "").lower() in {"1", "true", "yes"}:
            pytest.fail(reason)
        pytest.skip(reason)
    return RootStores.load(cache / "roots")


def _handshakes(value: object) -> Iterator[dict]:
    if isinstance(value, dict):
        if isinstance(value.get("peer_certificates"), list):
            yield value
        for inner in value.values():
            yield from _handshakes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _handshakes(inner)


def _recorded(path) -> Iterator[tuple[str, dict, tuple[bytes, ...], datetime]]:
    for line in path.read_bytes().splitlines():
        raw = json.loads(line)["raw"]
        started = raw.get("measurement_start_time")
        if not isinstance(started, str):
            continue
        at = datetime.fromisoformat(started).replace(tzinfo=UTC)
        for handshake in _handshakes(raw.get("test_keys")):
            chain = tuple(base64.b64decode(one["data"]) for one in handshake["peer_certificates"])
            if chain:
                yield raw["test_name"], handshake, chain, at


@pytest.mark.parametrize(("name", "least"), [("real.jsonl", 42), ("other-tests.jsonl", 10)])
def test_a_chain_is_valid_exactly_where_the_probe_found_no_fault(shared_dir, roots, name, least):
    seen = Counter()
    for test_name, handshake, chain, at in _recorded(shared_dir / "access" / "ooni" / name):
        found = verify_chain(chain, handshake.get("server_name") or "", at, roots)
        if test_name in _OWN_AUTHORITY:
            assert found.grade in (ChainGrade.UNKNOWN_AUTHORITY, ChainGrade.SELF_SIGNED)
            continue
        is_valid = found.grade is ChainGrade.VALID
        assert is_valid == (handshake["failure"] is None), (test_name, handshake["failure"], found)
        seen[str(found.grade)] += 1
    assert seen.total() >= least, seen
