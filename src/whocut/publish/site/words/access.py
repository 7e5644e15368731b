"""Words for what measurements and routes say."""

from collections.abc import Mapping
from typing import Final

from whocut.i18n.catalog import N_

__all__ = ["ACCESS_WORDS"]

_ANSWERS: Final = {
    "served": N_("served as elsewhere"),
    "refused_service": N_("refused by the service itself"),
    "refused_edge": N_("refused by the edge or cloud below the service"),
    "interfered": N_("interfered with on the way"),
    "target_down": N_("down for everybody"),
    "network_down": N_("the probes' own networks failed"),
    "bot_check": N_("check for machines or addresses"),
    "measurement_fault": N_("fault of the measurements"),
}
_OUTCOME: Final = {
    "served": N_("served as elsewhere"),
    "refused": N_("refused by the service or its edge"),
    "interfered": N_("interfered with on the way"),
    "cut_unattributed": N_("cut off, by whom is not shown"),
    "target_down": N_("down for everybody"),
    "target_misconfigured": N_("the target's own fault, for everybody"),
    "network_down": N_("the probes' own networks failed"),
    "bot_check": N_("check for machines or addresses"),
    "invalid": N_("measurement not valid"),
    "insufficient": N_("not enough evidence"),
}
_ANSWER: Final = {
    **_ANSWERS,
    "refused": N_("refused by the service or its edge"),
    "two_causes": N_("two causes at once"),
    "cut_unattributed": N_("cut off, by whom is not shown"),
    "insufficient": N_("not enough evidence"),
}
_STAND: Final = {
    "served": N_("served as elsewhere"),
    "refused": N_("refused by the service or its edge"),
    "interfered": N_("interfered with on the way"),
    "refused_and_interfered": N_("refused, and interfered with on the way"),
    "unattributed": N_("cut off, by whom is not shown"),
    "unanswered": N_("measured, without an answer"),
}
_GAP_PLACE: Final = {
    "counted": N_("counted"),
    "not_compared": N_("answered here, and served in too few countries to compare"),
    "unanswered": N_("measured, without an answer"),
    "not_measured": N_("not measured"),
}
_LISTING: Final = {
    "refused": N_("a list or a record says that its owner refuses the country"),
    "blocked": N_("a list or a record says that the state or a court has it blocked"),
}
_LOCUS: Final = {
    "origin": N_("at the service itself"),
    "edge": N_("at the edge or cloud below the service"),
    "transit": N_("in a transit network"),
    "border": N_("at the border"),
    "resolver": N_("at the resolver"),
    "access_network": N_("in the access network"),
    "client": N_("at the reader's own device"),
    "registry": N_("at the registry"),
    "unknown": N_("place in the network not known"),
}
_STRENGTH: Final = {
    "A": N_("proof"),
    "B": N_("strong"),
    "C": N_("suggestive"),
}
_MECHANISM: Final = {
    "none": N_("nothing failed, or nothing can be said"),
    "http": N_("at the web answer (HTTP)"),
    "http.refusal": N_("an answer that refuses"),
    "http.blockpage": N_("a page put in place of the answer"),
    "http.bot": N_("a check for machines or addresses"),
    "http.throttle": N_("held at a low rate"),
    "http.slow": N_("slow, and nobody's doing as far as can be seen"),
    "http.server_error": N_("a server error"),
    "tls": N_("at the encrypted handshake (TLS)"),
    "tls.reset": N_("the handshake was reset"),
    "tls.timeout": N_("the handshake got no answer"),
    "tls.certificate": N_("a certificate that is not the service's"),
    "tls.throttle": N_("slowed by a mark in the handshake"),
    "tcp": N_("at the connection (TCP)"),
    "tcp.timeout": N_("connections get no answer"),
    "tcp.reset": N_("connections are reset"),
    "tcp.refused": N_("connections are refused"),
    "dns": N_("at the domain name (DNS)"),
    "dns.injection": N_("a false answer for the name"),
    "dns.nxdomain": N_("the name is denied"),
    "target": N_("at the target itself, for everybody"),
    "measurement": N_("at the measurement itself"),
    "route": N_("at networks and routes"),
    "route.depeering": N_("a direct exchange of traffic ended"),
    "route.transit_ended": N_("transit no longer sold to a network"),
    "route.exchange_suspended": N_("membership or ports at an exchange ended"),
    "route.shutdown": N_("access networks switched off"),
    "account": N_("at accounts, contracts or log-ins"),
    "sale": N_("at sales"),
    "payment": N_("at payments"),
    "app_store": N_("at a store of applications"),
    "device_update": N_("at devices, their systems or updates"),
    "content": N_("at content or its reach"),
    "certificate": N_("at a certificate authority"),
    "registry": N_("at a registry or registrar of names or numbers"),
}
_MODE: Final = {
    "stop_customers": N_("stop customers"),
    "cut_links": N_("cut all links"),
    "carry_nothing": N_("carry nothing"),
    "close_border": N_("close the border"),
}
_MODE_MEANING: Final = {
    "stop_customers": N_(
        "they end their sales to networks of the country; their peerings with them stay, and they "
        "still carry the country's traffic for others"
    ),
    "cut_links": N_(
        "they end every direct link with networks of the country: sales, purchases and peerings; "
        "they still carry the country's traffic for others"
    ),
    "carry_nothing": N_(
        "they carry no traffic of the country for anyone, and exchange none with it; their own "
        "addresses, and those of customers who have no other way, count as lost"
    ),
    "close_border": N_(
        "the country's own networks end their links with foreign networks, save through the "
        "gateways named"
    ),
}
_ROUTE_VERDICT: Final = {
    "several": N_("odd, and one of several independent providers that are"),
    "single": N_("odd by itself"),
    "ordinary": N_("no more than the controls lead one to expect, or too little to tell"),
    "domestic": N_("the provider is registered in the country itself"),
    "no_control": N_("too few customers to compare with"),
}
_ROUTE_HYPOTHESIS: Final = {
    "provider": N_("the provider ended it"),
    "customers": N_("the customers ended it"),
    "third_cause": N_("something else ended it"),
}
_ROUTE_STANDING: Final = {
    "leading": N_("leads"),
    "open": N_("not ruled out"),
    "unlikely": N_("unlikely"),
}
_ROUTE_REASON: Final = {
    "reappeared": N_("gone, and back in a later month"),
    "short_lived": N_("not there half a year before: a leak, a trial or an error"),
    "vanished_customer": N_("the customer's network is in no link any more"),
    "relation_flip": N_("still linked, in another relation"),
    "sibling_provider": N_("another network of the provider's organisation carries the customer"),
    "sibling_customer": N_(
        "the provider still carries another network of the customer's organisation"
    ),
    "renumbering": N_("the customer uses another of its networks now"),
    "vanished_provider": N_("the provider carries nobody any more"),
    "lost_everywhere": N_("the provider lost most of its customers everywhere"),
    "block_move": N_("the customers moved together behind one other provider"),
    "collector_change": N_("links of all providers were lost at once that month"),
    "withdrawn": N_("both live, and no longer deal with each other"),
}

ACCESS_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "outcome": _OUTCOME,
    "cause": _ANSWERS,
    "answer": _ANSWER,
    "stand": _STAND,
    "gap_place": _GAP_PLACE,
    "listing": _LISTING,
    "locus": _LOCUS,
    "strength": _STRENGTH,
    "mechanism": _MECHANISM,
    "mode": _MODE,
    "mode_meaning": _MODE_MEANING,
    "route_verdict": _ROUTE_VERDICT,
    "route_hypothesis": _ROUTE_HYPOTHESIS,
    "route_standing": _ROUTE_STANDING,
    "route_reason": _ROUTE_REASON,
}
