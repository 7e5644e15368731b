"""Small worlds in which it is plain what happened."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tests.lab.bgp_text import Line, as_batch
from whocut.model.errors import UsageError
from whocut.routes.observed.breaks import Breaks, find_breaks
from whocut.routes.observed.feed import RouteBatch, Tables, Vantage
from whocut.routes.observed.finding import PairFinding, Reason
from whocut.routes.observed.log import observe
from whocut.routes.observed.ties import NO_TIES, Ties

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

BACKBONE, CUSTOMER, OTHER = 100, 200, 300
EYES = (11, 12, 13)
END_S = 10_000.0
PREFIXES = tuple(f"198.51.{third}.0/24" for third in range(8))
CONTROL = tuple(f"203.0.{third}.0/24" for third in range(4))
Table = dict[tuple[int, str], tuple[int, ...]]


def _table(ways: dict[str, tuple[int, ...]], eyes: Sequence[int] = EYES) -> Table:
    """Give every vantage the same way to each prefix; another customer is always there."""
    ways = {**dict.fromkeys(CONTROL, (BACKBONE, OTHER)), **ways}
    return {(eye, prefix): (eye, *way) for eye in eyes for prefix, way in ways.items()}


def _lines(table: Table, time_s: float) -> list[Line]:
    return [Line(time_s, eye, f"10.0.0.{eye}", p, path) for (eye, p), path in table.items()]


def _by(*way: int, prefixes: Iterable[str] = PREFIXES) -> dict[str, tuple[int, ...]]:
    return dict.fromkeys(prefixes, way)


BEFORE = _table(_by(BACKBONE, CUSTOMER))


def _find(before: Table, updates: list[Line], after: Table | None, ties: Ties = NO_TIES) -> Breaks:
    tables = Tables()

    def batches(lines: list[Line]) -> list[RouteBatch]:
        return [as_batch(lines, tables)]

    log = observe(
        BACKBONE,
        batches(_lines(before, 0.0)),
        batches(updates) if updates else None,
        None if after is None else batches(_lines(after, END_S)),
        tables,
    )
    return find_breaks(log, ties=ties)


def _pair(found: Breaks, customer: int = CUSTOMER) -> PairFinding:
    return next(one for one in found.pairs if one.customer == customer)


def _change(time_s: float, eye: int, prefix: str, *way: int) -> Line:
    return Line(time_s, eye, f"10.0.0.{eye}", prefix, (eye, *way) if way else ())


def _changes(table: Table, time_s: float) -> list[Line]:
    """Announce a table, each vantage a second after the one before."""
    return [
        _change(time_s + EYES.index(eye), eye, prefix, *path[1:])
        for (eye, prefix), path in table.items()
    ]


def test_a_session_that_ended_is_dated_to_the_first_vantages() -> None:
    after = _table(_by(BACKBONE, 400, CUSTOMER))
    found = _pair(_find(BEFORE, _changes(after, 5000.0), after))
    assert found.reason is Reason.SESSIONS_ENDED
    assert (found.prefix_share, found.path_share) == (1.0, 1.0)
    assert found.start_s == 5000.0
    assert found.prefixes == PREFIXES
    assert found.evidence.n_reannounced == 24
    assert found.evidence.n_reannounced_by == found.evidence.n_detours_by == 3
    assert found.evidence.n_withdrawn == found.evidence.n_unseen == 0
    assert (found.before.n_prefixes, found.before.n_vantages, found.before.n_paths) == (8, 3, 24)
    assert found.after.n_paths == 0
    assert found.others == (400,), "a provider not seen before: chosen or needed"
    assert _pair(_find(BEFORE, _changes(after, 5000.0), after), OTHER).reason is Reason.NONE


def test_what_updates_do_not_show_has_no_minute() -> None:
    after = _table(_by(BACKBONE, 400, CUSTOMER))
    found = _pair(_find(BEFORE, [], after))
    assert found.reason is Reason.SESSIONS_ENDED
    assert found.start_s is None
    assert found.evidence.n_unseen == 24


@pytest.mark.parametrize("n_filtered", range(1, 8))
def test_a_filter_has_the_share_of_its_prefixes(n_filtered: int) -> None:
    gone = PREFIXES[:n_filtered]
    after = _table(_by(BACKBONE, CUSTOMER) | _by(BACKBONE, 400, CUSTOMER, prefixes=gone))
    found = _pair(_find(BEFORE, [], after))
    assert found.reason is Reason.PREFIX_FILTER
    assert found.prefix_share == found.path_share == n_filtered / 8
    assert found.prefixes == gone


def test_a_stray_prefix_is_no_filter() -> None:
    many = tuple(f"10.{second}.0.0/16" for second in range(20))
    before = _table(_by(BACKBONE, CUSTOMER, prefixes=many))
    for n_gone, reason in ((1, Reason.NONE), (2, Reason.PREFIX_FILTER)):
        gone = _by(BACKBONE, 400, CUSTOMER, prefixes=many[:n_gone])
        after = _table(_by(BACKBONE, CUSTOMER, prefixes=many) | gone)
        assert _pair(_find(before, [], after)).reason is reason


def test_prefixes_seen_nowhere_are_no_filter() -> None:
    after = {key: path for key, path in BEFORE.items() if key[1] != PREFIXES[0]}
    assert _pair(_find(BEFORE, [], after)).reason is Reason.PREFIXES_GONE


def test_a_customer_that_took_a_provider_first_had_moved() -> None:
    new = _table(_by(400, CUSTOMER))
    first = [line for line in _changes(new, 3000.0) if line.asn == EYES[0]]
    rest = [line for line in _changes(new, 5000.0) if line.asn != EYES[0]]
    found = _pair(_find(BEFORE, first + rest, new))
    assert found.reason is Reason.MOVED
    assert found.others == (400,)
    at_once = _pair(_find(BEFORE, _changes(new, 5000.0), new))
    assert at_once.reason is Reason.TURNED_AWAY, "nothing shows that the backbone lost it"
    assert _pair(_find(BEFORE, [], new)).reason is Reason.TURNED_AWAY


def test_a_new_number_is_no_break() -> None:
    after = _table(_by(BACKBONE, 201))
    found = _pair(_find(BEFORE, _changes(after, 5000.0), after))
    assert (found.reason, found.others) == (Reason.RENUMBERING, (201,))


def test_a_customer_seen_nowhere_may_be_dead() -> None:
    after = _table({})
    found = _pair(_find(BEFORE, [], after))
    assert found.reason is Reason.CUSTOMER_GONE
    assert not found.is_still_seen


def test_a_lost_vantage_is_no_break() -> None:
    only = {key: path for key, path in BEFORE.items() if key[0] == 11 or key[1] in CONTROL}
    after = {key: path for key, path in only.items() if key[0] != 11}
    found = _find(only, [], after)
    assert _pair(found).reason is Reason.VANTAGE_LOST
    assert [one.asn for one in found.vantage_losses] == [11]
    assert _pair(found, OTHER).reason is Reason.NONE


def test_a_vantage_that_no_longer_sees_the_backbone_is_no_break() -> None:
    only = {key: path for key, path in BEFORE.items() if key[0] == 11 or key[1] in CONTROL}
    turned = {k: (11, 500, *path[1:]) if k[0] == 11 else path for k, path in only.items()}
    turned = {k: (11, 500, 600) if k[0] == 11 else path for k, path in turned.items()}
    found = _find(only, [], turned)
    assert _pair(found).reason is Reason.NOT_SEEN
    assert _pair(found).blind_vantages == (11,)


def test_what_comes_back_was_maintenance_if_it_was_long() -> None:
    away = _table(_by(BACKBONE, 400, CUSTOMER))
    for length_s, reason in ((600.0, Reason.MAINTENANCE), (60.0, Reason.NONE)):
        updates = _changes(away, 3000.0) + _changes(BEFORE, 3000.0 + length_s)
        found = _pair(_find(BEFORE, updates, BEFORE))
        assert found.reason is reason
    updates = _changes(away, 3000.0) + _changes(BEFORE, 3600.0)
    found = _pair(_find(BEFORE, updates, BEFORE))
    assert found.prefix_share == 1.0
    # Gone when the last vantage is, back when the first is.
    assert (found.start_s, found.end_s) == (3002.0, 3600.0)


def test_what_another_origin_drew_away_did_not_break() -> None:
    taken = _table(_by(BACKBONE, 700))
    updates = _changes(taken, 3000.0) + _changes(BEFORE, 4000.0)
    assert _pair(_find(BEFORE, updates, BEFORE)).reason is Reason.NONE


def test_what_a_leak_elsewhere_drew_away_did_not_break() -> None:
    taken = _table(_by(800, 700, CUSTOMER))
    before = {**BEFORE, **{(14, p): (14, 700, CUSTOMER) for p in PREFIXES}}
    updates = _changes(taken, 3000.0) + _changes(BEFORE, 4000.0)
    assert _pair(_find(before, updates, before)).reason is Reason.NONE


def _leak(*, is_usual_open: bool) -> tuple[Table, list[Line], Ties]:
    """The customer carries prefixes of another network for a time."""
    usual = _by(500, 600, prefixes=[f"192.0.{third}.0/24" for third in range(4)])
    before = _table(_by(BACKBONE, CUSTOMER) | usual)
    passing = dict.fromkeys(usual, (BACKBONE, CUSTOMER, 600))
    eyes = EYES[:2] if is_usual_open else EYES
    taken = {key: path for key, path in _table(passing, eyes).items() if key[1] in usual}
    back = {key: path for key, path in before.items() if key[1] in usual}
    return before, _changes(taken, 3000.0) + _changes(back, 4000.0), Ties.of([], [(CUSTOMER, 600)])


def test_a_leak_carries_what_others_still_carry() -> None:
    before, updates, _ = _leak(is_usual_open=True)
    found = _pair(_find(before, updates, before))
    assert (found.reason, found.others) == (Reason.ROUTE_LEAK, (600,))
    assert (found.start_s, found.end_s) == (3000.0, 4001.0)
    assert len(found.prefixes) == 4
    assert found.evidence.n_reannounced == 8


def test_relations_tell_a_leak_from_a_stand_in() -> None:
    before, updates, peers = _leak(is_usual_open=False)
    assert _pair(_find(before, updates, before)).reason is Reason.STAND_IN
    assert _pair(_find(before, updates, before, peers)).reason is Reason.ROUTE_LEAK
    sells = Ties.of([(CUSTOMER, 600)], [])
    before, updates, _ = _leak(is_usual_open=True)
    assert _pair(_find(before, updates, before, sells)).reason is Reason.STAND_IN


def test_the_order_of_vantages_and_rows_does_not_matter(rng: random.Random) -> None:
    after = _table(
        _by(BACKBONE, 400, CUSTOMER, prefixes=PREFIXES[:3])
        | _by(BACKBONE, CUSTOMER, prefixes=PREFIXES[3:])
    )
    updates = _changes({k: p for k, p in after.items() if k[1] in PREFIXES[:3]}, 5000.0)
    first = _find(BEFORE, updates, after)
    for _ in range(5):
        tables = [list(BEFORE.items()), list(after.items())]
        for table in tables:
            rng.shuffle(table)
        rng.shuffle(updates)  # every cell changes once: their order is that of time
        again = _find(dict(tables[0]), updates, dict(tables[1]))
        assert again == first


def test_a_set_of_ases_is_no_neighbour() -> None:
    before = _table(_by(BACKBONE, 0, CUSTOMER))
    assert [one.customer for one in _find(before, [], before).pairs] == [OTHER]


def test_routes_told_side_by_side_are_one_vantage() -> None:
    tables = Tables()
    lines = _lines(BEFORE, 0.0)
    first = as_batch(lines, tables)
    extra = as_batch(lines[:1], tables)
    second = tables.vantage(Vantage(lines[0].asn, lines[0].address, 7))
    side = RouteBatch(
        extra.time_s, extra.vantage * 0 + second, extra.prefix, extra.is_up, extra.start, extra.hops
    )
    after = as_batch(_lines(BEFORE, END_S), tables)
    found = find_breaks(observe(BACKBONE, [first, side], None, [after], tables))
    assert found.vantage_losses == ()
    assert found.n_vantages == 3


def test_nothing_to_compare_with_is_refused() -> None:
    with pytest.raises(UsageError, match="RIB after"):
        _find(BEFORE, [], None)
    with pytest.raises(UsageError, match="no routes"):
        _find({}, [], BEFORE)
    with pytest.raises(UsageError, match="after holds no routes"):
        _find(BEFORE, [], {})
