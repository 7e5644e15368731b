"""The refusal gap on cells made by hand: standings, shares, and what is not counted."""

from __future__ import annotations

import math
import random
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.access.gap_cells import cell, monday, table, weeks
from whocut.access.gap import Gap, GapRow, Place, find_gap
from whocut.access.shares import estimate_share
from whocut.access.standing import CELL_COLUMNS, DISAGREE, Stand, Standing, find_standings
from whocut.access.target_model import (
    Catalog,
    Healthy,
    Listing,
    ListingKind,
    Sector,
    Target,
    TargetClass,
)
from whocut.model.taxonomy import ActorKind

ANSWERS = (
    *("served", "refused_service", "refused_edge", "refused", "interfered", "two_causes"),
    *("cut_unattributed", "insufficient", "bot_check", "target_down", "network_down"),
    "measurement_fault",
)


def one_standing(answers, **changes) -> Standing:
    (found,) = find_standings(table(weeks("RU", "a.example", answers, **changes)))
    return found


class TestStanding:
    @pytest.mark.parametrize(
        ("answers", "stand"),
        [
            (["served"], Stand.SERVED),
            (["refused_service"] * 3, Stand.REFUSED),
            (["refused_edge", "refused", "refused_service"], Stand.REFUSED),
            (["interfered"], Stand.INTERFERED),
            (["cut_unattributed"] * 2, Stand.UNATTRIBUTED),
            (["two_causes"], Stand.REFUSED_AND_INTERFERED),
            (["insufficient"] * 5, Stand.UNANSWERED),
            (["bot_check", "network_down", "target_down", "measurement_fault"], Stand.UNANSWERED),
            # Weeks without an answer break no run.
            (["served", "refused_service", "insufficient", "refused_service"], Stand.REFUSED),
            # One odd week at the end changes nothing; two do.
            (["served"] * 6 + ["refused_service"], Stand.SERVED),
            (["served"] * 6 + ["refused_service"] * 2, Stand.REFUSED),
            (["refused_service"] * 9 + ["served"] * 2, Stand.SERVED),
            (["served", "refused_service"], Stand.UNANSWERED),
            (["served", "refused_service", "interfered"], Stand.UNANSWERED),
        ],
    )
    def test_the_latest_state_stands(self, answers, stand):
        assert one_standing(answers).stand is stand

    @pytest.mark.parametrize(
        ("causes", "stand"),
        [
            (("refused_service", "interfered"), Stand.REFUSED_AND_INTERFERED),
            (("interfered", "refused_edge"), Stand.REFUSED_AND_INTERFERED),
            (("refused_service", "refused_edge"), Stand.REFUSED),
            (("interfered", "target_down"), Stand.INTERFERED),
            (("bot_check", "refused_service"), Stand.REFUSED),
            (("target_down", "network_down"), Stand.UNANSWERED),
        ],
    )
    def test_two_causes_are_what_they_are(self, causes, stand):
        assert one_standing(["two_causes"] * 2, causes=causes).stand is stand

    def test_why_there_is_no_answer(self):
        assert one_standing(["insufficient", "bot_check"]).why == "bot_check"
        assert one_standing(["served", "refused_service"]).why == DISAGREE
        assert one_standing(["served"]).why == ""

    def test_a_change_is_said(self):
        assert one_standing(["served"] * 3 + ["interfered"] * 3).is_changed
        assert not one_standing(["served", "interfered", "served", "served"]).is_changed
        assert not one_standing(["served"] * 4).is_changed

    def test_what_a_standing_rests_on(self):
        found = one_standing(["served", "served", "insufficient", "refused", "refused"])
        assert (found.since, found.last) == (monday(3), monday(4))
        assert (found.weeks, found.weeks_answered, found.n) == (5, 4, 24)
        assert found.p_refused == 1.0

    def test_a_doubtful_week_weighs_less(self):
        sure = cell("RU", "a.example", 0, "interfered", p_interfered=0.99)
        unsure = [
            cell("RU", "a.example", 1, "served", p_served=0.4),
            cell("RU", "a.example", 2, "refused_service", p_refused_service=0.3),
        ]
        (found,) = find_standings(table([sure, *unsure]))
        assert found.stand is Stand.INTERFERED

    def test_the_best_week_vouches_for_its_run(self):
        rows = weeks("RU", "a.example", ["served"] * 3)
        rows[0] |= {"p_served": 0.9, "p_refused_service": 0.1}
        rows[1] |= {"p_served": 0.99, "p_refused_service": 0.01}
        rows[2] |= {"p_served": 0.8, "p_refused_service": 0.2}
        (found,) = find_standings(table(rows))
        assert found.p_refused == pytest.approx(0.01)

    def test_no_cells(self):
        assert find_standings(table([])) == []

    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["RU", "DE"]),
                st.sampled_from(["a.example", "b.example"]),
                st.integers(0, 12),
                st.sampled_from(ANSWERS),
            ),
            unique_by=lambda one: one[:3],
        ),
        st.randoms(use_true_random=False),
    )
    def test_order_does_not_matter(self, given_rows, shuffler):
        rows = [cell(*one) for one in given_rows]
        first = find_standings(table(rows).select(CELL_COLUMNS))
        shuffler.shuffle(rows)
        assert find_standings(table(rows).select(CELL_COLUMNS)) == first
        assert len(first) == len({one[:2] for one in given_rows})
        for one in first:
            assert (one.stand is Stand.UNANSWERED) == bool(one.why)
            assert one.weeks_answered or one.stand is Stand.UNANSWERED


class TestShare:
    def test_nothing_of_nothing_is_no_share(self):
        found = estimate_share(0, [])
        assert (found.n, found.share, found.low, found.high) == (0, None, None, None)

    # R: qbeta(c(.05, .95), k + .5, n - k + .5)
    @pytest.mark.parametrize(
        ("k", "n", "low", "high"),
        [(1, 10, 0.01789, 0.33056), (5, 10, 0.26192, 0.73808), (30, 300, 0.07435, 0.13133)],
    )
    def test_sure_members_give_jeffreys(self, k, n, low, high):
        found = estimate_share(k, [1.0] * k + [0.0] * (n - k))
        assert (found.low, found.high) == (
            pytest.approx(low, abs=2e-4),
            pytest.approx(high, abs=2e-4),
        )

    def test_none_of_some_reaches_zero_and_not_only_zero(self):
        found = estimate_share(0, [0.0] * 10)
        assert found.low == 0.0
        assert found.high is not None
        assert 0.15 < found.high < 0.2

    def test_doubt_widens(self):
        sure = estimate_share(20, [1.0] * 20 + [0.0] * 80)
        unsure = estimate_share(20, [0.8] * 20 + [0.05] * 80)
        assert unsure.high - unsure.low > sure.high - sure.low

    @given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
    def test_it_holds_its_share(self, chances):
        k = sum(chance > 0.5 for chance in chances)
        found = estimate_share(k, chances)
        assert 0 <= found.low <= found.share <= found.high <= 1
        assert not math.isnan(found.low + found.high)

    def test_it_covers(self, seed):
        """Members are told right by their own probabilities: 90 % intervals hold 87 to 95 %."""
        drawn = np.random.default_rng(seed)
        held, trials = 0, 1_000
        for _ in range(trials):
            truth = drawn.uniform(0.05, 0.6)
            is_refused = drawn.random(80) < truth
            seen = np.where(is_refused, drawn.beta(9, 1, 80), drawn.beta(1, 19, 80))
            k = int((seen > 0.5).sum())
            found = estimate_share(k, _calibrated(seen, truth))
            held += found.low <= truth <= found.high
        assert 0.87 <= held / trials <= 0.95, f"seed {seed}"


def _calibrated(seen: np.ndarray, truth: float) -> list[float]:
    """Give the probability of refusal after seeing a score, by Bayes."""
    refused = truth * 9 * seen**8
    served = (1 - truth) * 19 * (1 - seen) ** 18
    return list(refused / (refused + served))


def target(domain: str, *, class_: str = "service", sector: str = "gaming", **more) -> Target:
    return Target(domain=domain, class_=class_, sector=sector, source="own", **more)


def catalog(*targets: Target, listings: tuple[Listing, ...] = ()) -> Catalog:
    classes = (
        *(TargetClass(name, "") for name in ("service", "messenger", "independent_media")),
        *(TargetClass(name, "", is_own=True) for name in ("state_media", "state_service")),
    )
    sectors = tuple(Sector(name, "") for name in ("gaming", "cloud", "messaging", "news_media"))
    healthy = (Healthy("page", ("2xx",), https=True, note=""),)
    return Catalog(targets, listings, classes, sectors, healthy, ())


def gap_of(rows, known: Catalog, country: str = "RU", **more) -> Gap:
    return find_gap(find_standings(table(rows)), known, country, **more)


def served_in(name: str, *countries: str) -> list[dict]:
    return [row for cc in countries for row in weeks(cc, name, ["served"] * 2)]


def figures(row: GapRow) -> tuple[int, ...]:
    return (row.n, row.refused.k, row.interfered.k, row.both.k, row.unattributed.k, row.served)


class TestGap:
    KNOWN = catalog(
        target("refuses.example", actor_kind=ActorKind.COMPANY, operator="One"),
        target("blocked.example", sector="cloud"),
        target("both.example", sector="cloud"),
        target("unknown.example"),
        target("served.example"),
        target("unsure.example"),
        target("nowhere.example"),
        target("alone.example"),
        target("unmeasured.example"),
    )

    def rows(self):
        answers = {
            "refuses.example": "refused_service",
            "blocked.example": "interfered",
            "both.example": "two_causes",
            "unknown.example": "cut_unattributed",
            "served.example": "served",
            "unsure.example": "insufficient",
            "nowhere.example": "refused_service",
            "alone.example": "refused_service",
        }
        for name, answer in answers.items():
            yield from weeks("RU", name, [answer] * 2)
            if name == "alone.example":
                yield from served_in(name, "DE")
            elif name != "nowhere.example":
                yield from served_in(name, "DE", "FR", "PL")

    def test_each_target_stands_in_one_place(self):
        found = gap_of(self.rows(), self.KNOWN)
        assert figures(found.services) == (5, 2, 2, 1, 1, 1)
        row = found.services
        assert (row.targets, row.unanswered, row.not_compared, row.not_measured) == (9, 1, 2, 1)
        assert row.n + row.unanswered + row.not_compared + row.not_measured == row.targets
        assert row.refused.share == pytest.approx(0.4)
        places = {one.target.domain: one.place for one in found.members}
        assert places["alone.example"] is Place.NOT_COMPARED
        assert places["unsure.example"] is Place.UNANSWERED

    def test_groups_add_up(self):
        found = gap_of(self.rows(), self.KNOWN)
        for rows in (found.by_sector, found.by_actor_kind, found.by_class):
            assert sum(row.targets for row in rows) == 9
            assert sum(row.n for row in rows) == found.services.n
            assert sum(row.refused.k for row in rows) == found.services.refused.k
        assert {row.group: row.n for row in found.by_sector} == {"gaming": 3, "cloud": 2}
        assert {row.group: row.n for row in found.by_actor_kind} == {"unknown": 4, "company": 1}

    def test_no_comparison_country(self):
        found = gap_of(weeks("RU", "refuses.example", ["refused_service"] * 4), self.KNOWN)
        assert found.services.n == 0
        assert found.services.refused.share is None
        assert found.services.not_compared == 1
        assert found.against == ()

    def test_everything_insufficient(self):
        rows = [
            row
            for one in self.KNOWN.targets
            for cc in ("RU", "DE", "FR")
            for row in weeks(cc, one.domain, ["insufficient"] * 3)
        ]
        found = gap_of(rows, self.KNOWN)
        assert found.services.unanswered == len(self.KNOWN.targets)
        assert (found.services.n, found.services.refused.low) == (0, None)

    def test_no_cells_at_all(self):
        found = gap_of([], self.KNOWN)
        assert found.services.not_measured == len(self.KNOWN.targets)
        assert found.services.refused.share is None

    def test_named_countries_only(self):
        rows = list(self.rows())
        assert gap_of(rows, self.KNOWN, against=("DE", "PL")).services.n == 5
        assert gap_of(rows, self.KNOWN, against=("DE", "US")).services.n == 0
        assert gap_of(rows, self.KNOWN, against=("DE", "PL")).against == ("DE", "PL")

    def test_a_country_that_is_refused_too_is_no_comparison(self):
        rows = weeks("RU", "refuses.example", ["refused_service"] * 2)
        rows += weeks("BY", "refuses.example", ["refused_service"] * 2)
        rows += served_in("refuses.example", "DE")
        assert gap_of(rows, self.KNOWN).services.n == 0

    def test_doubt_of_cells_reaches_the_interval(self):
        known = catalog(*(target(f"s{number}.example") for number in range(40)))
        sure, unsure = [], []
        for number in range(40):
            name = f"s{number}.example"
            answer = "refused_service" if number < 10 else "served"
            p = {"p_refused_service": 0.96} if number < 10 else {"p_refused_service": 0.1}
            sure += weeks("RU", name, [answer] * 2) + served_in(name, "DE", "FR")
            unsure += weeks("RU", name, [answer] * 2, **p) + served_in(name, "DE", "FR")
        one, other = (gap_of(rows, known).services.refused for rows in (sure, unsure))
        assert one.share == other.share == 0.25
        assert other.high - other.low > one.high - one.low
        assert other.expected > one.expected

    def test_without_what_lists_name(self):
        listings = (
            Listing("www2.refuses.example", "RU", ListingKind.REFUSED, "own", date(2023, 1, 1)),
            Listing("served.example", "CU", ListingKind.REFUSED, "own"),
            Listing("blocked.example", "RU", ListingKind.BLOCKED, "own"),
        )
        found = gap_of(self.rows(), catalog(*self.KNOWN.targets, listings=listings))
        assert figures(found.services) == (5, 2, 2, 1, 1, 1)
        assert (found.unlisted.n, found.unlisted.refused.k) == (4, 1)
        assert (found.unblocked.n, found.unblocked.interfered.k) == (4, 1)

    def test_a_removed_name_was_known_all_the_same(self):
        gone = Listing(
            *("refuses.example", "RU", ListingKind.REFUSED, "own"),
            date(2023, 1, 1),
            date(2023, 2, 1),
        )
        found = gap_of(self.rows(), catalog(*self.KNOWN.targets, listings=(gone,)))
        assert found.unlisted.refused.k == 1

    def test_one_service_counts_once(self):
        known = catalog(
            target("shop.example"),
            target("shop.example.net", same_as="shop.example"),
            target("api.shop.example"),
            listings=(Listing("shop.example.net", "RU", ListingKind.REFUSED, "own"),),
        )
        rows = []
        for one in known.targets:
            rows += weeks("RU", one.domain, ["refused_service"] * 2)
            rows += served_in(one.domain, "DE", "FR")
        found = gap_of(rows, known)
        assert (found.services.targets, found.services.n) == (1, 1)
        assert (found.further_names, found.not_told_apart) == (1, 1)
        assert found.unlisted.n == 0  # listed by its further name

    def test_media_and_messengers_are_not_services(self):
        known = catalog(
            target("press.example", class_="independent_media", sector="news_media"),
            target("chat.example", class_="messenger", sector="messaging"),
        )
        rows = weeks("RU", "press.example", ["interfered"] * 2)
        rows += weeks("RU", "chat.example", ["refused_edge"] * 2)
        rows += served_in("press.example", "DE", "FR") + served_in("chat.example", "DE", "FR")
        found = gap_of(rows, known)
        assert found.services.targets == 0
        by_class = {row.group: row for row in found.by_class}
        assert by_class["independent_media"].interfered.k == 1
        assert by_class["messenger"].refused.k == 1

    def test_own_media_and_state_services_from_outside(self):
        known = catalog(
            target("tv.example", class_="state_media", country="RU", operator="TV"),
            target("tax.example", class_="state_service", country="RU"),
            target("theirs.example", class_="state_media", country="DE"),
        )
        rows = weeks("RU", "tax.example", ["served"] * 2)
        rows += weeks("DE", "tax.example", ["refused_edge"] * 2)
        rows += weeks("FR", "tax.example", ["refused_service"] * 2)
        rows += weeks("US", "tax.example", ["insufficient"] * 2)
        rows += weeks("DE", "tv.example", ["interfered"] * 2) + served_in("tv.example", "US")
        tv, tax = gap_of(rows, known).own
        assert (tax.inside, tax.answered, tax.refused) == (Stand.SERVED, 2, ("DE", "FR"))
        assert (tv.inside, tv.interfered, tv.served) == (None, ("DE",), ("US",))

    def test_planted_truth_is_found(self, rng: random.Random):
        """300 services with drawn states and noise in single weeks: counts are those planted."""
        names = [f"s{number}.example" for number in range(300)]
        known = catalog(*map(target, names))
        rows, planted = [], {"refused_service": 0, "interfered": 0, "served": 0, "two_causes": 0}
        for name in names:
            answer = rng.choices(list(planted), weights=(2, 2, 5, 1))[0]
            planted[answer] += 1
            answers = [answer] * 13
            answers[rng.randrange(11)] = rng.choice(ANSWERS)
            rows += weeks("RU", name, answers) + served_in(name, "DE", "FR")
        row = gap_of(rows, known).services
        assert row.n == 300
        assert row.refused.k == planted["refused_service"] + planted["two_causes"]
        assert row.interfered.k == planted["interfered"] + planted["two_causes"]
        assert (row.both.k, row.served) == (planted["two_causes"], planted["served"])
