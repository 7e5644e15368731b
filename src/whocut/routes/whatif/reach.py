"""What is left of a country's reach under a cut: pairs, networks, regions, lengths, carriers."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from whocut.routes.kernels import length_sums, reached_weights, transit_mass
from whocut.routes.whatif.cut import Cut, variants_of
from whocut.routes.whatif.regions import load_regions
from whocut.routes.whatif.subject import Subject

__all__ = ["HALF", "Reach", "carried", "mean_lengths", "reach_of", "world_reach"]

_Floats = NDArray[np.float64]
HALF = 0.5
"""A network that reaches less of the world's addresses than this is cut off from most of it."""


@dataclass(frozen=True, eq=False)
class Reach:
    """How much of the world each network of the country reaches; in the order of its home_asns."""

    subject: Subject
    reached: _Floats
    """Foreign addresses."""

    @property
    def share(self) -> float:
        """Share of the country's and the world's address pairs that policy lets through."""
        subject = self.subject
        weights = subject.addresses[subject.home_asns]
        return float(weights @ self.reached) / (subject.home_total * subject.world_total)

    @property
    def has_nothing(self) -> NDArray[np.bool_]:
        """Say of each network whether it reaches no foreign address at all."""
        return self.reached <= 0

    @property
    def has_under_half(self) -> NDArray[np.bool_]:
        """Say of each network whether it reaches under half of the world's addresses."""
        return self.reached < HALF * self.subject.world_total


def reach_of(subject: Subject, cut: Cut, *, workers: int = 2) -> Reach:
    """Ask what each network of the country still reaches."""
    topology = subject.topology
    found = np.zeros(len(topology.asns))
    for variant in variants_of(subject, cut):
        classes = np.unique(topology.class_of[variant.home])
        reached = reached_weights(topology, classes, variant.sources, variant.mask, workers=workers)
        by_class = np.zeros(topology.class_count)
        by_class[classes] = reached
        found += np.where(variant.home, by_class[topology.class_of], 0.0)
    return Reach(subject, found[subject.home_asns])


def world_reach(subject: Subject, cut: Cut, *, workers: int = 2) -> _Floats:
    """Add up by region the address pairs with the country that are left.

    A path without valleys is one in both directions, so the world's classes are asked what they
    reach of the country.
    """
    topology = subject.topology
    pairs = np.zeros(len(load_regions()))
    for variant in variants_of(subject, cut):
        classes = np.flatnonzero(variant.sources > 0).astype(np.int32)
        home = topology.class_sums(np.where(variant.home, subject.addresses, 0.0))
        reached = reached_weights(topology, classes, home, variant.mask, workers=workers)
        found = reached * variant.sources[classes]
        pairs += np.bincount(subject.region_of[classes], found, minlength=len(pairs))
    return pairs


def mean_lengths(subject: Subject, cut: Cut, *, workers: int = 2) -> tuple[float, float] | None:
    """Mean AS hops, before and after, of the address pairs that are left; None if none is left."""
    topology = subject.topology
    sums = np.zeros(3)
    for variant in variants_of(subject, cut):
        weights = topology.class_sums(np.where(variant.home, subject.addresses, 0.0))
        classes = np.flatnonzero(weights > 0).astype(np.int32)
        sums += length_sums(
            topology, classes, weights, variant.sources, variant.mask, workers=workers
        )
    pairs, before, after = sums.tolist()
    return (before / pairs, after / pairs) if pairs > 0 else None


def carried(
    subject: Subject, cut: Cut, *, ties: Literal["equal", "lowest_asn"] = "equal"
) -> _Floats:
    """Share of the country's address pairs with the world whose best paths cross each class."""
    topology = subject.topology
    mass = np.zeros(topology.class_count)
    for variant in variants_of(subject, cut):
        weights = topology.class_sums(np.where(variant.home, subject.addresses, 0.0))
        classes = np.flatnonzero(weights > 0).astype(np.int32)
        if len(classes):
            mass += transit_mass(
                topology, classes, weights, variant.sources, variant.mask, ties=ties
            )
    return mass / (subject.home_total * subject.world_total)
