"""Read who leaves from an address, and write the addresses that change it."""

import re
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from whocut.publish.site.asking import country_codes
from whocut.routes.cascades import CLIQUE, MODES, CascadeCountry, letters_of, state_set
from whocut.routes.whatif.scenario import Mode

__all__ = ["Leaving", "command_of", "mode_of", "read_leaving", "toggled"]

_WORD: Final = re.compile("[A-Za-z0-9]+")
_NUMBER: Final = re.compile("(?:[Aa][Ss])?([0-9]{1,10})")
_MOST: Final = 12
"""Words of an address that are read; no set that was carried through has so many."""
_CLIQUE_WORD: Final = "clique"
_LAST_ASN: Final = 2**32 - 1


class Leaving(Struct, frozen=True):
    """Who is asked to leave."""

    asns: tuple[int, ...] = ()
    """The country's carriers in their order, then others."""
    groups: tuple[str, ...] = ()
    """``clique``, or states by their codes."""

    @property
    def words(self) -> str:
        """Write it as in an address."""
        return " ".join((*map(str, self.asns), *self.groups))

    @property
    def is_nobody(self) -> bool:
        """Say whether nobody leaves."""
        return not self.asns and not self.groups

    def name_in(self, about: CascadeCountry) -> str | None:
        """Write it as in the table of cascades; None where it cannot be among them."""
        if self.groups:
            if self.asns or len(self.groups) > 1:
                return None
            group = self.groups[0]
            return CLIQUE if group == _CLIQUE_WORD else state_set(group)
        if not set(self.asns) <= set(about.carriers):
            return None
        return letters_of(about.carriers, self.asns)


def read_leaving(written: str, about: CascadeCountry) -> Leaving:
    """Read who leaves: numbers of networks, codes of states, ``clique``; the rest is passed over.

    The plus of an address is a space when it is read; commas do as well.
    """
    asns: set[int] = set()
    groups: set[str] = set()
    for word in _WORD.findall(written[:400])[:_MOST]:
        number = _NUMBER.fullmatch(word)
        if number and 0 < int(number[1]) <= _LAST_ASN:
            asns.add(int(number[1]))
        elif word.casefold() == _CLIQUE_WORD:
            groups.add(_CLIQUE_WORD)
        elif word.upper() in country_codes():
            groups.add(word.upper())
    return Leaving(_ordered(asns, about.carriers), tuple(sorted(groups)))


def _ordered(asns: set[int], carriers: Sequence[int]) -> tuple[int, ...]:
    known = [asn for asn in carriers if asn in asns]
    return (*known, *sorted(asns - set(known)))


def toggled(leaving: Leaving, asn: int, about: CascadeCountry) -> Leaving:
    """Add a network to those who leave, or take it out; groups make room for it."""
    asns = set(leaving.asns) ^ {asn}
    return Leaving(_ordered(asns, about.carriers))


def mode_of(written: str) -> Mode:
    """Read a mode; what is none is the least of them."""
    return next((mode for mode in MODES if mode.value == written), MODES[0])


def command_of(country: str, leaving: Leaving, mode: Mode) -> str:
    """Write the command that carries any set through, from the source's own files."""
    who = ",".join((*map(str, leaving.asns), *leaving.groups)) or "foreign_providers"
    return f"whocut routes whatif {country} --stop {who} --mode {mode.value}"
