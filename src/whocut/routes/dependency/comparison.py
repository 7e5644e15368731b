"""Two answers side by side: which figures differ by more than rules for ties and months do."""

from msgspec import Struct

from whocut.model.errors import UsageError
from whocut.routes.dependency.answer import Band, CountryDependency

__all__ = ["MEASURES", "Shift", "shifts"]

MEASURES = ("gate", "carried", "hegemony", "country_hegemony", "influence")
_NOTHING = Band(0.0, 0.0, 0.0)


class Shift(Struct, frozen=True):
    """One network's figure on two sides."""

    asn: int
    name: str
    registered_in: str
    first: Band
    second: Band

    @property
    def difference(self) -> float:
        """How much more the second side has."""
        return self.second.value - self.first.value

    @property
    def is_beyond_bands(self) -> bool:
        """Say whether no rule of the one side gives what a rule of the other gives."""
        return self.first.high < self.second.low or self.second.high < self.first.low


def shifts(
    first: CountryDependency, second: CountryDependency, measure: str = "gate"
) -> tuple[Shift, ...]:
    """Pair the networks of two answers, the greatest difference first.

    Raises: UsageError if the measure is not one of those that are there.
    """
    if measure not in MEASURES:
        raise UsageError(f"--measure {measure}: not one of {', '.join(MEASURES)}")
    sides = [{one.asn: one for one in each.carriers} for each in (first, second)]
    found = []
    for asn in sides[0].keys() | sides[1].keys():
        known = sides[0].get(asn) or sides[1][asn]
        before, after = (getattr(side[asn], measure) if asn in side else _NOTHING for side in sides)
        found.append(Shift(asn, known.name, known.registered_in, before, after))
    kept = [one for one in found if one.first.high > 0 or one.second.high > 0]
    return tuple(sorted(kept, key=lambda one: (-abs(one.difference), one.asn)))
