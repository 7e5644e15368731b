"""What-ifs against the plainest search on random small internets: every mode, every step."""

import random

import numpy as np
import pytest

from tests.property.small_internets import SmallInternet, small_internet
from whocut.model.errors import UsageError
from whocut.routes.whatif.cut import add_step, no_cut, variants_of
from whocut.routes.whatif.outcome import run_scenario
from whocut.routes.whatif.reach import mean_lengths, reach_of, world_reach
from whocut.routes.whatif.scenario import Group, Mode, Scenario, Step
from whocut.routes.whatif.subject import Subject, make_subject

_INTERNETS = 300


def _subject(internet: SmallInternet) -> Subject:
    return make_subject(internet.topology, "AA", internet.weights())


class _World:
    """The same acts, told to the oracle."""

    def __init__(self, internet: SmallInternet) -> None:
        self.internet = internet
        self.home = set(internet.home())
        self.off: set[int] = set()
        self.no_sales: set[tuple[int, int]] = set()
        self.no_peers: set[tuple[int, int]] = set()

    def act(self, step: Step) -> None:
        actors = set(step.asns)
        for asn in step.organisations:
            actors |= {asn, *self.internet.registry.siblings(asn)} - self.home
        for code in step.jurisdictions:
            actors |= {asn for asn in self.internet.foreign() if self.internet.country[asn] == code}
        if Group.FOREIGN_PROVIDERS in step.groups:
            actors |= {p for p, c in self.internet.sales if c in self.home and p not in self.home}
        if step.mode is Mode.CARRY_NOTHING:
            self.off |= actors
        for kind, gone in (
            (self.internet.sales, self.no_sales),
            (self.internet.peers, self.no_peers),
        ):
            for first, second in kind:
                if first not in self.home and second not in self.home:
                    continue
                if first in self.home and second in self.home:
                    is_sold = kind is self.internet.sales and first in actors
                    if (step.mode is Mode.STOP_CUSTOMERS and is_sold) or (
                        step.mode is Mode.CUT_LINKS and {first, second} & actors
                    ):
                        gone.add((first, second))
                    continue
                inner, outer = (first, second) if first in self.home else (second, first)
                is_sale_in = kind is self.internet.sales and first == outer
                if (
                    (step.mode is Mode.STOP_CUSTOMERS and is_sale_in and outer in actors)
                    or (step.mode is Mode.CUT_LINKS and outer in actors)
                    or (step.mode is Mode.CLOSE_BORDER and inner not in step.gateways)
                ):
                    gone.add((first, second))

    def reached(self, asn: int) -> dict[int, int]:
        found = self.internet.reached(asn, self.off, self.no_sales, self.no_peers)
        return {other: hops for other, hops in found.items() if other not in self.home}


def _random_step(rng: random.Random, internet: SmallInternet) -> Step:
    mode = rng.choice(list(Mode))
    if mode is Mode.CLOSE_BORDER:
        home = internet.home()
        gateways = rng.sample(home, rng.randint(0, len(home)))
        return Step(title="border", mode=mode, gateways=tuple(gateways))
    foreign = internet.foreign()
    everyone = foreign if rng.random() < 0.5 else internet.asns
    return Step(
        title="step",
        mode=mode,
        asns=tuple(rng.sample(everyone, rng.randint(1, len(everyone)))) * (rng.random() < 0.7),
        organisations=(rng.choice(foreign),),
        jurisdictions=("BB",) if rng.random() < 0.2 else (),
        groups=(Group.FOREIGN_PROVIDERS,) if rng.random() < 0.1 else (),
    )


def test_every_step_leaves_what_the_oracle_leaves(seed: int) -> None:
    rng = random.Random(seed)
    parted = 0
    for _ in range(_INTERNETS):
        # Few countries and much sameness, so that classes merge and are cut in part.
        internet = small_internet(rng, rng.choice((6, 12, 18)))
        subject = _subject(internet)
        world, cut = _World(internet), no_cut(subject)
        asns = internet.topology.asns.tolist()
        closed = False
        for _ in range(rng.randint(1, 3)):
            step = _random_step(rng, internet)
            if closed and step.mode is Mode.CLOSE_BORDER:
                continue
            closed |= step.mode is Mode.CLOSE_BORDER
            cut = add_step(subject, cut, step, internet.registry)
            world.act(step)
            reach = reach_of(subject, cut, workers=1)
            expected = [
                sum(internet.addresses[other] for other in world.reached(asn))
                for asn in (asns[place] for place in subject.home_asns)
            ]
            assert reach.reached == pytest.approx(expected)
            assert float(world_reach(subject, cut, workers=1).sum()) == pytest.approx(
                reach.share * subject.home_total * subject.world_total
            )
            _check_lengths(internet, subject, world, mean_lengths(subject, cut, workers=1))
        parted += len(variants_of(subject, cut)) > 1
    assert parted > 10, "the draws must cut classes in part"


def _check_lengths(internet, subject, world, lengths) -> None:
    """Lengths are of the best paths, which need not be the shortest: they bound them."""
    pairs = hops = 0.0
    for asn in internet.home():
        for other, least in world.reached(asn).items():
            weight = internet.addresses[asn] * internet.addresses[other]
            pairs += weight
            hops += weight * least
    if not pairs:
        assert lengths is None
        return
    assert lengths is not None
    assert lengths[1] >= hops / pairs - 1e-9


def test_a_cut_never_adds_reach_and_steps_add_up(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(100):
        internet = small_internet(rng)
        subject = _subject(internet)
        steps = tuple(_random_step(rng, internet) for _ in range(3))
        scenario = Scenario(id="x", title="x", country="AA", source="hypothetical", step=steps)
        outcome = run_scenario(subject, scenario, internet.registry, detail="all", limit=0)
        shares = [step.reachable for step in outcome.steps]
        assert shares == sorted(shares, reverse=True)
        for step in outcome.steps[1:]:
            assert step.nothing.networks <= step.under_half.networks
            assert all(each.after <= each.before + 1e-12 for each in step.regions)
            assert all(each.after <= each.before for each in step.networks)
        once = run_scenario(subject, scenario, internet.registry, detail="none")
        assert once.inputs_sha256 == outcome.inputs_sha256
        other = run_scenario(subject, scenario, internet.registry, detail="none", ties="lowest_asn")
        assert other.inputs_sha256 != outcome.inputs_sha256


def test_a_network_of_the_country_acts_by_its_own_number_alone(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(30):
        internet = small_internet(rng)
        subject = _subject(internet)
        home, foreign = internet.home()[0], internet.foreign()[0]
        mode = Mode.CARRY_NOTHING
        step = Step(title="own", mode=mode, asns=(home,), jurisdictions=("AA",))
        cut = add_step(subject, no_cut(subject), step)
        assert cut.domestic == tuple(sorted(set(internet.home()) - {home}))
        assert np.flatnonzero(cut.actors).tolist() == [internet.topology.index_of(home)]
        reach = reach_of(subject, cut, workers=1)
        assert reach.reached[internet.home().index(home)] == 0
        step = Step(title="both", mode=mode, asns=(foreign,), jurisdictions=("AA",))
        cut = add_step(subject, no_cut(subject), step)
        assert cut.domestic == tuple(internet.home())
        assert np.flatnonzero(cut.actors).tolist() == [internet.topology.index_of(foreign)]
        for own in ({"jurisdictions": ("AA",)}, {"organisations": (home,)}):
            with pytest.raises(UsageError, match="all of these are registered in AA"):
                add_step(
                    subject, no_cut(subject), Step(title="x", mode=mode, **own), internet.registry
                )
        with pytest.raises(UsageError, match="none of these has a link"):
            add_step(subject, no_cut(subject), Step(title="x", mode=mode, asns=(4_000_000,)))
