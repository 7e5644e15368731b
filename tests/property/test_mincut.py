"""Minimum sets against brute force on small internets: ASes, organisations, jurisdictions."""

import random
import time
from itertools import combinations

import pytest

from tests.property.small_internets import SmallInternet, small_internet
from whocut.routes.mincut.blocks import Kind, make_blocks
from whocut.routes.mincut.border import make_border
from whocut.routes.mincut.closure import least_closure
from whocut.routes.mincut.found import Proof
from whocut.routes.mincut.hitting import least_enough, least_hitting

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
