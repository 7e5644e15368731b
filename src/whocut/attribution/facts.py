"""What holds of one piece of evidence, as named facts; rules speak of nothing else."""

from collections.abc import Mapping
from typing import Final

from whocut.attribution.vocabulary import ClaimType, IdentityBy, Message, Symptom

__all__ = ["FACTS"]

_MEASURED: Final = {
    "measured.served": "It was served.",
    "measured.refused_service": "The service refuses.",
    "measured.refused_edge": "The edge below the service refuses.",
    "measured.refused": "The service or its edge refuses; which is not shown.",
    "measured.interfered": "Somebody on the way interferes.",
    "measured.cut_unattributed": "It is cut off; by whom is not shown.",
    "measured.target_down": "Nobody reaches it.",
    "measured.network_down": "The networks fail on unrelated targets too.",
    "measured.bot_check": "A check for machines was met.",
    "measured.cut": "A cut, by anybody.",
    "measured.everywhere": "Most other countries see the same.",
    "measured.thin": "Fewer measurements, networks or countries than carry anything.",
    "measured.enough": "Enough measurements, networks and contrast.",
    "measured.solid": "Many measurements, networks and countries of contrast.",
    "measured.weighs": "Enough, or solid.",
    "measured.specific": "The way of being cut fits no outage and no bad line.",
    "measured.page": "The refusing page says why.",
    "measured.one_network": "One network is cut, others of the country are served.",
    "measured.one_network_weighs": "On that network it was measured often enough.",
}
_SLOW: Final = {
    "slowdown.throttled": "Held at a low rate, or frozen.",
    "slowdown.slow_service": "Slow in other countries as well.",
    "slowdown.slow_network": "The line is slow for all targets.",
    "slowdown.none": "Not slow.",
    "slowdown.counted": "Enough measurements or networks.",
    "slowdown.others_slow": "Other services were slow or down as well.",
    "slowdown.thin": "Too little to carry anything.",
    "slowdown.enough": "Two networks and a contrast.",
    "slowdown.solid": "Three networks and more, many measurements, a firm contrast.",
    "slowdown.weighs": "Enough, or solid.",
}
_ROUTE: Final = {
    "route.lost": "Links of the provider ended.",
    "route.gained": "Links of the provider began.",
    "route.stayed": "Links that were expected to end did not.",
    "route.odd": "More than controls lead one to expect.",
    "route.ordinary": "No more than controls lead one to expect, or not to be tested.",
    "route.provider_leads": "That the provider ended them leads.",
    "route.others_lead": "That its customers or a third cause ended them leads.",
    "route.grade_ab": "Grade A or B.",
    "route.counted": "Enough customers lost.",
}
_CLAIM: Final = {
    **{f"claim.{one.value}": f"Somebody {one.value.replace('_', ' ')}." for one in ClaimType},
    "claim.own": "The speaker speaks of its own doing.",
    "claim.own_act": "It announces, admits, orders or restores.",
    "claim.own_fault": "The speaker says that its own system failed.",
    "claim.speaker_may": "The speaker is one whose doing a hypothesis tells of.",
    "claim.stated_no_doer": "What is stated is an outage, a check for machines or no cut.",
    "claim.interested": "The speaker is an interested party in what it says.",
    "claim.not_done": "It was not carried out.",
    "claim.done": "It was carried out, at least in part.",
    "source.primary": "The speaker's own words in a primary source.",
    "source.read": "The source was read, at least in excerpts.",
    "source.lead": "The source was not read.",
    "source.weak": "A forum, a crowd list or an aggregator.",
    "source.affected": "Those affected.",
    "source.with_stake": "State media, or a party.",
}
_OTHER: Final = {
    "report.counted": "As many users as may be shown.",
    "report.unreached": "Users cannot reach it, or find it slow.",
    **{f"report.{one.value}": f"Users tell: {one.value.replace('_', ' ')}." for one in Symptom},
    **{f"report.message_{one.value}": f"Users saw a message: {one.value}." for one in Message},
    "outage.cause_known": "A cause is known that nobody decided, from no interested party alone.",
    "outage.cause_unknown": "No cause is known.",
    "outage.target": "The service itself failed.",
    "outage.others_fine": "Unrelated services did not fall.",
    "control.down": "The target did not answer outside either.",
    "control.fine": "The target answered outside.",
    "control.refuses_everywhere": "The target refuses everywhere.",
    "control.others_fine": "Unrelated services answered on the same networks.",
    "control.others_down": "Unrelated services failed on the same networks.",
    "control.counted": "Seen from several countries.",
    "context.law": "The law of the day.",
}
_IDENTITY: Final = {
    **{
        f"identity.{by.value}.{mass}": f"Identity by {by.value.replace('_', ' ')}, {mass} networks."
        for by in IdentityBy
        if by is not IdentityBy.OPERATOR_PAGE
        for mass in ("many", "some", "one")
    },
    "identity.operator_page": "A page of an access operator that names no order.",
}
FACTS: Final[Mapping[str, str]] = {
    **_MEASURED,
    **_IDENTITY,
    **_SLOW,
    **_ROUTE,
    **_CLAIM,
    **_OTHER,
}
"""Every fact that a rule may ask for, and what it says."""
