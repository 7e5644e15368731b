"""Minimum sets against brute force on small internets: ASes, organisations, jurisdictions."""

import random
import time
from itertools import combinations

import pytest
from msgspec import structs

from tests.property.small_internets import SmallInternet, small_internet
from whocut.routes.mincut.blocks import GOES_ALONG, Kind, make_blocks
from whocut.routes.mincut.border import make_border
from whocut.routes.mincut.closure import least_closure
from whocut.routes.mincut.found import Criterion, Proof
from whocut.routes.mincut.hitting import least_enough, least_hitting
from whocut.routes.mincut.search import least_set, reconcile

_INTERNETS = 400


def _members(internet: SmallInternet, kind: Kind) -> dict[int, set[int]]:
    blocks = make_blocks(internet.topology, "AA", kind, internet.registry)
    found: dict[int, set[int]] = {block: set() for block in range(blocks.count)}
    for asn, block in zip(internet.topology.asns.tolist(), blocks.block_of.tolist(), strict=True):
        if block >= 0:
            found[block].add(asn)
    return found


def _going_along(internet: SmallInternet, kind: Kind) -> set[int]:
    if kind is not Kind.JURISDICTIONS:
        return set()
    return {asn for asn in internet.asns if not internet.country[asn]}


def _left_with_nothing(internet: SmallInternet, off: set[int]) -> int:
    foreign = set(internet.foreign())
    return sum(
        int(internet.addresses[asn])
        for asn in internet.home()
        if not foreign & internet.reached(asn, off).keys()
    )


def _brute_force(internet: SmallInternet, kind: Kind, needed: int) -> int | None:
    members, along = _members(internet, kind), _going_along(internet, kind)
    for size in range(len(members) + 1):
        for chosen in combinations(members, size):
            off = along.union(*(members[block] for block in chosen))
            if _left_with_nothing(internet, off) >= needed:
                return size
    return None


@pytest.mark.parametrize("kind", list(Kind))
def test_least_closure_is_what_brute_force_finds(kind: Kind, seed: int) -> None:
    rng = random.Random(f"{seed} {kind}")
    proofs = set()
    for _ in range(_INTERNETS):
        internet = small_internet(rng, 10)
        blocks = make_blocks(internet.topology, "AA", kind, internet.registry)
        border = make_border(internet.topology, blocks, internet.weights())
        total = sum(int(internet.addresses[asn]) for asn in internet.home())
        needed = rng.randint(0, total)
        found = least_closure(border, needed, time.monotonic() + 60)
        assert found is not None, "everybody gone isolates everybody"
        members = _members(internet, kind)
        at_border = [int(border.blocks[place]) for place in range(len(border.blocks))]
        gone = {at_border[place] for place in range(len(at_border)) if found.chosen >> place & 1}
        off = _going_along(internet, kind).union(*(members[block] for block in gone))
        assert _left_with_nothing(internet, off) >= needed
        assert found.proof is not Proof.OPEN
        assert found.size == found.bound == _brute_force(internet, kind, needed)
        proofs.add(found.proof)
    assert proofs == {Proof.FLOW, Proof.SEARCH}, "the draws must try both"


def test_past_the_deadline_the_bound_stays_true(seed: int) -> None:
    rng = random.Random(seed)
    is_open = 0
    for _ in range(_INTERNETS):
        internet = small_internet(rng)
        blocks = make_blocks(internet.topology, "AA", Kind.ASES)
        border = make_border(internet.topology, blocks, internet.weights())
        total = sum(int(internet.addresses[asn]) for asn in internet.home())
        needed = rng.randint(0, total)
        found = least_closure(border, needed, time.monotonic() - 1)
        exact = least_closure(border, needed, time.monotonic() + 60)
        assert found is not None and exact is not None
        assert found.bound <= exact.size <= found.size
        is_open += found.proof is Proof.OPEN
    assert is_open, "the draws must leave some open"


@pytest.mark.parametrize("kind", list(Kind))
def test_implicit_hitting_sets_find_what_brute_force_finds(kind: Kind, seed: int) -> None:
    """The question is asked of the oracle itself, with a threshold on pairs, not on nothing."""
    rng = random.Random(f"{seed} {kind}")
    for _ in range(300):
        internet = small_internet(rng, 9)
        members, along = _members(internet, kind), _going_along(internet, kind)
        foreign = internet.foreign()
        least = rng.uniform(0, len(foreign))
        share = rng.choice((0.3, 0.5, 0.9, 1.0))
        total = sum(internet.addresses[asn] for asn in internet.home())

        def is_enough(chosen, members=members, along=along, foreign=foreign, least=least,
                      share=share, total=total, internet=internet):  # fmt: skip
            off = along.union(*(members[b] for b in members if chosen >> b & 1))
            cut = sum(
                internet.addresses[asn]
                for asn in internet.home()
                if len(internet.reached(asn, off).keys() & set(foreign)) < least
            )
            return cut >= share * total

        order = list(members)
        rng.shuffle(order)
        found = least_enough(order, is_enough, time.monotonic() + 60)
        expected = next(
            (
                size
                for size in range(len(members) + 1)
                if any(
                    is_enough(sum(1 << b for b in chosen)) for chosen in combinations(members, size)
                )
            ),
            None,
        )
        if found is None:
            assert expected is None
            continue
        assert found.proof is Proof.WITNESSES
        assert found.size == found.bound == expected
        assert is_enough(found.chosen)


def test_least_hitting_is_what_brute_force_finds(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(500):
        width = rng.randint(1, 9)
        witnesses = [rng.randint(1, 2**width - 1) for _ in range(rng.randint(0, 12))]
        found = least_hitting(witnesses, time.monotonic() + 60)
        assert all(found.chosen & each for each in witnesses)
        expected = min(
            chosen.bit_count()
            for chosen in range(2**width)
            if all(chosen & each for each in witnesses)
        )
        assert found.size == found.bound == expected


def _delivered(internet: SmallInternet, start: int, block_of: dict[int, int], gone: set[int]):
    """Reach from one AS where blocks gone deliver to themselves and carry nothing onward."""
    seen = {(start, True)}
    wave = [(start, True)]
    while wave:
        ahead = []
        for asn, climbing in wave:
            for other, still in internet._next(asn, climbing, (), ()):
                if block_of[asn] in gone and block_of[asn] != block_of[other]:
                    continue
                if (other, still) not in seen:
                    seen.add((other, still))
                    ahead.append((other, still))
        wave = ahead
    return {asn for asn, _ in seen}


def _under_half(internet: SmallInternet, block_of: dict[int, int], gone: set[int]) -> float:
    by_state: dict[str, float] = {}
    for asn in internet.foreign():
        code = internet.country[asn]
        by_state[code] = by_state.get(code, 0.0) + internet.addresses[asn] * bool(code)
    states = sum(1 for held in by_state.values() if held > 0)
    cut = 0.0
    for asn in internet.home():
        reached = sum(
            internet.addresses[other] / by_state[internet.country[other]] / states
            for other in _delivered(internet, asn, block_of, gone)
            if by_state.get(internet.country[other])
        )
        cut += internet.addresses[asn] * (reached < 0.5 - 1e-9)
    return cut


@pytest.mark.parametrize("kind", [Kind.ASES, Kind.JURISDICTIONS])
def test_least_set_under_half_is_what_brute_force_finds(kind: Kind, seed: int) -> None:
    rng = random.Random(f"{seed} {kind}")
    sizes = set()
    for _ in range(300):
        internet = small_internet(rng, 9)
        blocks = make_blocks(internet.topology, "AA", kind)
        block_of = dict(zip(internet.topology.asns.tolist(), blocks.block_of.tolist(), strict=True))
        share = rng.choice((0.3, 0.5, 0.9, 1.0))
        found = least_set(
            internet.topology,
            "AA",
            internet.weights(),
            kind=kind,
            criterion=Criterion.UNDER_HALF,
            share=share,
        )
        needed = share * sum(internet.addresses[asn] for asn in internet.home())
        along = {GOES_ALONG}
        expected = next(
            (
                size
                for size in range(blocks.count + 1)
                if any(
                    _under_half(internet, block_of, along | set(chosen)) >= needed - 1e-9
                    for chosen in combinations(range(blocks.count), size)
                )
            ),
            None,
        )
        assert found.size == expected
        assert found.is_exact
        sizes.add(found.size)
    assert {0, 1, None} <= sizes or {0, 1, 2} <= sizes


@pytest.mark.parametrize("criterion", list(Criterion))
def test_a_larger_share_never_needs_fewer(criterion: Criterion, seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(60):
        internet = small_internet(rng)
        kind = rng.choice(list(Kind))
        sizes = []
        for share in (0.1, 0.5, 0.9, 1.0):
            found = least_set(
                internet.topology,
                "AA",
                internet.weights(),
                kind=kind,
                criterion=criterion,
                share=share,
                registry=internet.registry,
            )
            assert found.members is None or found.isolated >= share - 1e-9
            assert found.isolated_before <= max(found.isolated, found.isolated_before)
            sizes.append(float("inf") if found.size is None else found.size)
        assert sizes == sorted(sizes)


def test_open_answers_help_each_other_and_stay_true(seed: int) -> None:
    rng = random.Random(seed)
    shares = (0.3, 0.6, 1.0)
    is_helped = is_closed = 0
    for _ in range(100):
        internet = small_internet(rng, 14)
        criterion = rng.choice(list(Criterion))
        exact = [
            least_set(
                internet.topology,
                "AA",
                internet.weights(),
                kind=Kind.ASES,
                criterion=criterion,
                share=share,
            )
            for share in shares
        ]
        if any(one.size is None for one in exact):
            continue
        # As if time had run out: a larger set of the same, or a lower bound, or both.
        cut_short = [
            structs.replace(
                one,
                members=(*one.members, *["spare"] * rng.randint(0, 3)),
                bound=rng.randint(0, one.bound),
                proof=Proof.OPEN,
            )
            for one in exact
        ]
        for before, after, true in zip(cut_short, reconcile(cut_short), exact, strict=True):
            is_helped += before != after
            is_closed += after.is_exact
            assert after.bound <= true.size <= after.size <= before.size
            assert after.bound >= before.bound
            assert after.is_exact == (after.bound == after.size)
            assert after.isolated >= after.share - 1e-9
    assert is_helped and is_closed, "the draws must hold answers that help"
