"""The second pass with the real model: whatever the order and the steps, the same bytes."""

import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.store.building import DAY, judgement, put, tree
from whocut.cli.cells_pass import bring_up_to_date, shipped_model
from whocut.model.taxonomy import ActorKind, Layer, Locus, Outcome, Strength
from whocut.scale.executor import InProcessExecutor
from whocut.store.observatory import Observatory

MODEL = shipped_model()
KINDS = [
    (Outcome.SERVED, Layer.NONE, "none", Locus.ORIGIN, ActorKind.NONE, Strength.B),
    (
        Outcome.CUT_UNATTRIBUTED,
        Layer.TLS,
        "tls.reset.sni",
        Locus.UNKNOWN,
        ActorKind.UNKNOWN,
        Strength.B,
    ),
    (
        Outcome.REFUSED,
        Layer.HTTP,
        "http.refusal.geo_explicit",
        Locus.EDGE,
        ActorKind.COMPANY,
        Strength.A,
    ),
    (
        Outcome.INTERFERED,
        Layer.DNS,
        "dns.injection.bogon",
        Locus.UNKNOWN,
        ActorKind.STATE,
        Strength.A,
    ),
]
_AXES = ("outcome", "layer", "mechanism", "locus", "actor_kind", "strength")


def verdict(uid, cc, target, day, asn, kind):
    return judgement(
        uid,
        signals=0,
        probe_cc=cc,
        target=f"site{target}.example",
        probe_asn=64500 + asn,
        measurement_start_time=DAY + timedelta(days=day, seconds=uid),
        **dict(zip(_AXES, KINDS[kind], strict=True)),
    )


VERDICTS = st.lists(
    st.builds(
        verdict,
        st.integers(0, 400),
        st.sampled_from(["RU", "IR", "TR"]),
        st.integers(0, 3),
        st.integers(60, 100),  # two quarters
        st.integers(0, 2),
        st.integers(0, len(KINDS) - 1),
    ),
    min_size=1,
    max_size=80,
    unique_by=lambda one: one.verdict.measurement_uid,
)


class Nobody:
    def begin(self, title, tasks):
        pass

    def advance(self):
        pass


def grown(directory: Path, commits, *, at_each: bool) -> dict[str, bytes]:
    observatory = Observatory(directory)
    for number, verdicts in enumerate(commits):
        put(observatory, **{f"source{number}": verdicts})
        if at_each or number == len(commits) - 1:
            with observatory.writer() as writer:
                bring_up_to_date(writer, MODEL, InProcessExecutor(), Nobody())
                writer.collect(keep=1)
    heads = ("tally/", "network_week/", "cell/", "span/", "verdict/")
    return {path: data for path, data in tree(observatory).items() if path.startswith(heads)}


@settings(max_examples=15, deadline=None)
@given(verdicts=VERDICTS, cuts=st.tuples(st.integers(0, 80), st.integers(0, 80)), data=st.data())
def test_order_and_steps_change_no_byte(verdicts, cuts, data):
    shuffled = data.draw(st.permutations(verdicts))
    first, second = sorted(cuts)
    steps = [shuffled[:first], shuffled[first:second], shuffled[second:]]
    with tempfile.TemporaryDirectory() as folder:
        whole = grown(Path(folder) / "whole", [verdicts], at_each=False)
        by_steps = grown(Path(folder) / "steps", [one for one in steps if one], at_each=True)
    assert whole.keys() == by_steps.keys()
    assert whole == by_steps
