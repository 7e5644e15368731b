"""Words for the closed sets of lags and of the scorecard."""

from collections.abc import Mapping
from typing import Final

from whocut.i18n.catalog import N_

__all__ = ["LAG_WORDS"]

_LAG_KIND: Final = {
    "exemption": N_("from the cut to the exemption"),
    "restoration": N_("from the exemption to the return"),
    "length": N_("length of the cut"),
}
_LAG_CASE: Final = {
    "exempted_later": N_("exempted later, or not yet"),
    "already_exempted": N_("already exempted when it was cut"),
    "cited": N_("sources connect an exemption with the return"),
}
_BASE_KIND: Final = {
    "embargo": N_("embargo"),
    "government_blocked": N_("government blocked, no embargo"),
    "services_ban": N_("ban of some services"),
    "freeze": N_("freeze of listed persons, no embargo"),
    "measures_begin": N_("no embargo: the measures and the cuts begin"),
}
_BREADTH: Final = {
    "general": N_("general, for every provider that the ban binds"),
    "specific": N_("specific, for one provider"),
}
_ORDER: Final = {
    "first": N_("the first for communications"),
    "later": N_("a later, wider one"),
}
_WHY: Final = {
    "refusal": N_("refused to cut: nothing was cut"),
    "restoration": N_("restorations, which end cuts and are none"),
    "rumour": N_("rumours"),
    "retracted": N_("retracted records"),
    "not_carried_out": N_("announced and not carried out"),
    "carried_out_unknown": N_("not known whether it was carried out"),
    "series": N_("many cuts told together"),
    "no_day_of_effect": N_("no day of effect told"),
    "unbounded_date": N_("a date without a bound"),
    "later": N_("took effect later"),
    "end_of_which_places": N_(
        "an end told as of all places, while only some were restored that day"
    ),
    "restored_in_part": N_("restored by some of those who cut"),
    "backwards": N_("dates that put the end before the start"),
    "own_choice": N_("a state's own act, of which no sanctions law speaks"),
    "nothing_to_exempt": N_("required by no law held here, so that there was nothing to exempt"),
    "law_unclear": N_("the law of the day is unclear"),
    "not_exempted": N_("no exemption in force, from which a return could be counted"),
    "back_before": N_("back before an exemption came, or without one"),
}
_STANDING: Final = {
    "in_force": N_("in force, no end told"),
    "unsure": N_("not known whether in force"),
    "ended": N_("ended"),
    "restored": N_("restored"),
    "refused_to_cut": N_("refused to cut"),
    "not_counted": N_("not counted"),
}
_ACTOR_GROUP: Final = {
    "state": N_("by states and courts"),
    "company": N_("by companies and operators"),
    "other": N_("by others"),
    "not_established": N_("by whom is not established"),
}
_CALL: Final = {
    "1": N_("Connectivity and unhindered access"),
    "2": N_("Confidence and security"),
    "3": N_("An enabling environment"),
    "4": N_("Cultural diversity and mutual respect"),
    "5": N_("Independent media and cooperation"),
}

LAG_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "lag_kind": _LAG_KIND,
    "lag_case": _LAG_CASE,
    "base_kind": _BASE_KIND,
    "breadth": _BREADTH,
    "order": _ORDER,
    "why": _WHY,
    "standing": _STANDING,
    "actor_group": _ACTOR_GROUP,
    "call": _CALL,
}
