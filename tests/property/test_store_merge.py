"""The store against a dictionary: committed in whatever order, one row a measurement."""

import tempfile
from pathlib import Path

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.unit.store.building import DAY, judgement, put, rows
from whocut.store import merge
from whocut.store.observatory import Observatory

RULESETS = ("2026.9+f", "2026.10+a")
ONE = st.builds(
    lambda uid, cc, day, source, offset, signals: judgement(
        uid,
        signals=signals,
        probe_cc=cc,
        measurement_start_time=DAY.replace(day=day),
        source=source,
        source_offset=offset,
    ),
    st.integers(0, 12),
    st.sampled_from(["RU", "IR"]),
    st.integers(1, 2),
    st.sampled_from("abc"),
    st.integers(0, 3),
    st.integers(0, 3),
)
COMMIT = st.tuples(
    st.sampled_from(RULESETS),
    st.lists(st.lists(ONE, max_size=12), min_size=1, max_size=3),
)


def key(one):
    v = one.verdict
    return (v.probe_cc, v.measurement_start_time.date(), v.measurement_uid)


def with_ruleset(one, ruleset):
    from msgspec.structs import replace

    return replace(one, verdict=replace(one.verdict, ruleset=ruleset))


def place(one):
    return (one.verdict.source, one.verdict.source_offset)


def expected(commits):
    """The rule in its own words: newest ruleset, then the first place."""
    held = {}
    for ruleset, sources in commits:
        for one in (with_ruleset(one, ruleset) for source in sources for one in source):
            old = held.get(key(one))
            newer = old is not None and RULESETS.index(ruleset) - RULESETS.index(
                old.verdict.ruleset
            )
            if old is None or newer > 0 or (newer == 0 and place(one) < place(old)):
                held[key(one)] = one
    return held


@settings(max_examples=25)
@given(st.lists(COMMIT, min_size=1, max_size=3), st.booleans())
def test_one_row_a_measurement(commits, is_cut_small):
    rows_before = merge.FILE_ROWS
    # Hypothesis may bring one place twice with different content: sources are written once.
    commits = [
        (ruleset, [list({(key(o), place(o)): o for o in s}.values()) for s in sources])
        for ruleset, sources in commits
    ]
    assume(all(any(sources) for _, sources in commits))
    seen: dict = {}
    for _, sources in commits:
        for source in sources:
            source[:] = [seen.setdefault((key(o), place(o)), o) for o in source]
    merge.FILE_ROWS = 4 if is_cut_small else rows_before
    try:
        with tempfile.TemporaryDirectory() as folder:
            observatory = Observatory(Path(folder) / "o")
            for ruleset, sources in commits:
                put(
                    observatory,
                    **{
                        f"s{n}": [with_ruleset(one, ruleset) for one in source]
                        for n, source in enumerate(sources)
                        if source
                    },
                )
            held = expected(commits)
            found = rows(
                observatory,
                "SELECT probe_cc, measurement_start_time::DATE, measurement_uid, ruleset, source, "
                "source_offset FROM verdict",
            )
            assert sorted(found) == sorted(
                (*key(one), one.verdict.ruleset, *place(one)) for one in held.values()
            )
            signals = rows(
                observatory,
                "SELECT probe_cc, measurement_start_time::DATE, measurement_uid, count(*), "
                "max(ordinal) FROM signal GROUP BY ALL",
            )
            assert sorted(signals) == sorted(
                (*key(one), len(one.signals), len(one.signals) - 1)
                for one in held.values()
                if one.signals
            )
    finally:
        merge.FILE_ROWS = rows_before
