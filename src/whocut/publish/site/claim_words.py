"""Whole sentences of records, one for each act: what somebody announced, did, or what was felt."""

from collections.abc import Mapping
from typing import Final

from whocut.i18n.catalog import N_
from whocut.ledger.vocabulary import Action, Stance

__all__ = ["ANNOUNCED", "DID", "EFFECT_WORDS", "REPORTED", "SAID"]

ANNOUNCED: Final[Mapping[Action, str]] = {
    Action.ACCOUNT_DEACTIVATION: N_("%(who)s announced a deactivation of accounts (%(about)s)."),
    Action.ACCOUNT_SUSPENSION: N_("%(who)s announced a suspension of accounts (%(about)s)."),
    Action.APP_REMOVAL: N_("%(who)s announced a removal of apps (%(about)s)."),
    Action.CERTIFICATE_REVOCATION: N_(
        "%(who)s announced a revocation of certificates (%(about)s)."
    ),
    Action.CONTENT_INJECTION: N_("%(who)s announced an insertion of content (%(about)s)."),
    Action.CONTENT_LABEL: N_("%(who)s announced a labelling of content (%(about)s)."),
    Action.CONTENT_REMOVAL: N_("%(who)s announced a removal of content (%(about)s)."),
    Action.DE_PEERING: N_("%(who)s announced an end of peering (%(about)s)."),
    Action.DOMAIN_SEIZURE: N_("%(who)s announced a seizure of domains (%(about)s)."),
    Action.GEOBLOCK: N_("%(who)s announced a refusal of access by place (%(about)s)."),
    Action.JAMMING: N_("%(who)s announced a jamming of signals (%(about)s)."),
    Action.LICENCE_WITHDRAWAL: N_("%(who)s announced an end of licences (%(about)s)."),
    Action.NETWORK_DISCONNECTION: N_("%(who)s announced a disconnection of networks (%(about)s)."),
    Action.PAYMENT_REFUSAL: N_("%(who)s announced a refusal of payments (%(about)s)."),
    Action.REFUSAL_TO_CUT: N_("%(who)s announced a refusal to cut service (%(about)s)."),
    Action.REGISTRATION_BLOCK: N_("%(who)s announced a stop of registrations (%(about)s)."),
    Action.RESTORATION: N_("%(who)s announced a restoration of service (%(about)s)."),
    Action.ROUTE_HIJACK: N_(
        "%(who)s announced that it announces the routes of others (%(about)s)."
    ),
    Action.SERVICE_SUSPENSION: N_("%(who)s announced a suspension of service (%(about)s)."),
    Action.SHUTDOWN: N_("%(who)s announced a shutdown of Internet access (%(about)s)."),
    Action.STATE_BLOCKING: N_("%(who)s announced a block of access (%(about)s)."),
    Action.STATE_THROTTLING: N_("%(who)s announced a slowing of access (%(about)s)."),
}
"""What the decider itself said; nothing tells more than that it said so."""
DID: Final[Mapping[Action, str]] = {
    Action.ACCOUNT_DEACTIVATION: N_("%(who)s deactivated accounts (%(about)s)."),
    Action.ACCOUNT_SUSPENSION: N_("%(who)s suspended accounts (%(about)s)."),
    Action.APP_REMOVAL: N_("%(who)s removed apps (%(about)s)."),
    Action.CERTIFICATE_REVOCATION: N_("%(who)s revoked certificates (%(about)s)."),
    Action.CONTENT_INJECTION: N_("%(who)s inserted content (%(about)s)."),
    Action.CONTENT_LABEL: N_("%(who)s labelled content (%(about)s)."),
    Action.CONTENT_REMOVAL: N_("%(who)s removed content (%(about)s)."),
    Action.DE_PEERING: N_("%(who)s ended peering (%(about)s)."),
    Action.DOMAIN_SEIZURE: N_("%(who)s seized domains (%(about)s)."),
    Action.GEOBLOCK: N_("%(who)s refused access by place (%(about)s)."),
    Action.JAMMING: N_("%(who)s jammed signals (%(about)s)."),
    Action.LICENCE_WITHDRAWAL: N_("%(who)s ended licences (%(about)s)."),
    Action.NETWORK_DISCONNECTION: N_("%(who)s disconnected networks (%(about)s)."),
    Action.PAYMENT_REFUSAL: N_("%(who)s refused payments (%(about)s)."),
    Action.REFUSAL_TO_CUT: N_("%(who)s refused to cut service (%(about)s)."),
    Action.REGISTRATION_BLOCK: N_("%(who)s stopped registrations (%(about)s)."),
    Action.RESTORATION: N_("%(who)s restored service (%(about)s)."),
    Action.ROUTE_HIJACK: N_("%(who)s announced others' routes (%(about)s)."),
    Action.SERVICE_SUSPENSION: N_("%(who)s suspended service (%(about)s)."),
    Action.SHUTDOWN: N_("%(who)s shut down Internet access (%(about)s)."),
    Action.STATE_BLOCKING: N_("%(who)s blocked access (%(about)s)."),
    Action.STATE_THROTTLING: N_("%(who)s slowed access (%(about)s)."),
}
"""What somebody did; it stands after who says so, or where the decider's own word carries it."""
EFFECT_WORDS: Final[Mapping[Action, str]] = {
    Action.ACCOUNT_DEACTIVATION: N_("loss of accounts"),
    Action.ACCOUNT_SUSPENSION: N_("loss of accounts"),
    Action.DE_PEERING: N_("loss of peering"),
    Action.GEOBLOCK: N_("loss of access"),
    Action.JAMMING: N_("disturbance of signals"),
    Action.NETWORK_DISCONNECTION: N_("loss of networks"),
    Action.SERVICE_SUSPENSION: N_("loss of service"),
    Action.SHUTDOWN: N_("loss of Internet access"),
    Action.STATE_BLOCKING: N_("loss of access"),
}
"""What was felt, where it is not known who did it: the name of an act would answer that."""
REPORTED: Final[Mapping[Stance, str]] = {
    Stance.PRESS: N_("Press reports: %(claim)s"),
    Stance.TRADE_PRESS: N_("Trade press reports: %(claim)s"),
    Stance.RESEARCH: N_("Research reports: %(claim)s"),
    Stance.NGO: N_("Non-governmental organisations report: %(claim)s"),
    Stance.PRIMARY: N_("A primary source tells: %(claim)s"),
    Stance.AFFECTED: N_("Users report: %(claim)s"),
    Stance.FORUM: N_("Users report: %(claim)s"),
    Stance.STATE_MEDIA: N_("Media that a state owns or funds report: %(claim)s"),
    Stance.PARTY: N_("A party to the matter tells: %(claim)s"),
    Stance.REFERENCE: N_("A reference work tells: %(claim)s"),
    Stance.AGGREGATOR: N_("A collection of reports tells: %(claim)s"),
    Stance.CROWD_LIST: N_("A list kept by many hands tells: %(claim)s"),
}
SAID: Final[Mapping[Stance, str]] = {
    Stance.PRESS: N_("It is said, in press reports: %(claim)s"),
    Stance.TRADE_PRESS: N_("It is said, in the trade press: %(claim)s"),
    Stance.RESEARCH: N_("It is said, in research: %(claim)s"),
    Stance.NGO: N_("It is said, in reports of organisations: %(claim)s"),
    Stance.PRIMARY: N_("It is said, in a primary source: %(claim)s"),
    Stance.AFFECTED: N_("It is said, by users: %(claim)s"),
    Stance.FORUM: N_("It is said, by users: %(claim)s"),
    Stance.STATE_MEDIA: N_("It is said, in media that a state owns or funds: %(claim)s"),
    Stance.PARTY: N_("It is said, by a party to the matter: %(claim)s"),
    Stance.REFERENCE: N_("It is said, in a reference work: %(claim)s"),
    Stance.AGGREGATOR: N_("It is said, in a collection of reports: %(claim)s"),
    Stance.CROWD_LIST: N_("It is said, in a list kept by many hands: %(claim)s"),
}
