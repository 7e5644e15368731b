"""The words of pages on routes: shares with their bands, who leaves, who carries then."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, Final

from whocut.i18n.text import Text, isolate
from whocut.publish.edition.routes_rows import NamedNetwork, RoutesFacts
from whocut.publish.site.charts.shares import ShareChart, ShareLine, share_chart
from whocut.publish.site.places import place_name
from whocut.publish.site.words import word
from whocut.routes.cascades import CLIQUE
from whocut.routes.dependency.answer import Band
from whocut.routes.minimum_sets import ShippedMinimum
from whocut.routes.results import SharedCarrier

__all__ = ["band_words", "carriers_chart", "minimum_words", "precise", "route_wording", "set_words"]

_TINY: Final = 0.0005


def precise(text: Text, share: float) -> str:
    """Write a share so that little is not nothing, and nearly all is not all."""
    if 0 < share < _TINY or 1 - _TINY < share < 1:
        return text.share(share, 2)
    return text.share(share, 1)


def band_words(text: Text, band: Band | None) -> str:
    """Write a share with the least and the most that other rules give."""
    if band is None:
        return text.gettext("not listed")
    return text.gettext(
        "%(share)s (%(low)s to %(high)s)",
        share=precise(text, band.value),
        low=precise(text, band.low),
        high=precise(text, band.high),
    )


def _plain_band(text: Text, band: Band, digits: int) -> str:
    return text.gettext(
        "%(value)s (%(low)s to %(high)s)",
        value=text.number(band.value, digits),
        low=text.number(band.low, digits),
        high=text.number(band.high, digits),
    )


def carriers_chart(text: Text, title: str, carriers: Sequence[SharedCarrier]) -> ShareChart:
    """Draw who hands over, with bands."""
    return share_chart(
        title,
        [
            ShareLine(
                name=isolate(f"AS{one.asn} {one.name}".rstrip()),
                value=one.share.value,
                low=one.share.low,
                high=one.share.high,
                shown=precise(text, one.share.value),
            )
            for one in carriers
        ],
    )


def set_words(text: Text, leaving: str, names: Sequence[str] = ()) -> str:
    """Name a set of leavers; ``names`` are those of its carriers."""
    if leaving == CLIQUE:
        return text.gettext("the networks at the top, who buy from nobody")
    if leaving.startswith("@"):
        return text.gettext(
            "all networks registered in %(country)s", country=place_name(text, leaving[1:])
        )
    return text.listed(names)


def minimum_words(text: Text, one: ShippedMinimum) -> str:
    """Say how many must agree: a number, a range, or that no number does."""
    if one.size is None:
        return text.gettext("no set does it")
    if one.is_exact or one.bound >= one.size:
        return text.number(one.size)
    return text.gettext(
        "%(low)s to %(high)s", low=text.number(one.bound), high=text.number(one.size)
    )


def _months(text: Text, months: Iterable[date]) -> str:
    return text.listed(text.month(each) for each in months)


def route_wording(
    text: Text, facts: RoutesFacts, names: Mapping[int, NamedNetwork] | None = None
) -> dict[str, Any]:
    """Give the functions and facts by which templates on routes word values and name sources."""
    every = sorted({month for each in facts.dates for month in each.months})
    return {
        "listed_months": partial(_months, text),
        "source_months": text.listed(f"{month:%Y-%m}" for month in every),
        "routes_facts": facts,
        "say": partial(word, text),
        "place": partial(place_name, text),
        "precise": partial(precise, text),
        "band": partial(band_words, text),
        "plain_band": partial(_plain_band, text),
        "minimum": partial(minimum_words, text),
        "names": names or {},
    }
