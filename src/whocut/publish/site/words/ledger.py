"""Words for the closed sets of the ledger."""

from collections.abc import Mapping
from typing import Final

from whocut.i18n.catalog import N_

__all__ = ["LEDGER_WORDS"]

_KIND: Final = {
    "cut": N_("cut-off"),
    "partial": N_("partial cut-off"),
    "series": N_("series of cut-offs told together"),
    "refusal": N_("refusal to cut off"),
    "restoration": N_("restoration"),
    "rumour": N_("rumour, not shown"),
}
_ACTION: Final = {
    "account_deactivation": N_("deactivation of accounts"),
    "account_suspension": N_("suspension of accounts"),
    "app_removal": N_("removal of apps"),
    "certificate_revocation": N_("revocation of certificates"),
    "content_injection": N_("insertion of content"),
    "content_label": N_("labelling of content"),
    "content_removal": N_("removal of content"),
    "de_peering": N_("end of peering"),
    "domain_seizure": N_("seizure of domains"),
    "geoblock": N_("refusal of access by place"),
    "jamming": N_("jamming of signals"),
    "licence_withdrawal": N_("end of licences"),
    "network_disconnection": N_("disconnection of networks"),
    "payment_refusal": N_("refusal of payments"),
    "refusal_to_cut": N_("refusal to cut service"),
    "registration_block": N_("stop of registrations"),
    "restoration": N_("restoration of service"),
    "route_hijack": N_("announcement of others' routes"),
    "service_suspension": N_("suspension of service"),
    "shutdown": N_("shutdown of Internet access"),
    # Whose block it is must follow from the attribution, not from the name of the action.
    "state_blocking": N_("block of access"),
    "state_throttling": N_("slowing of access"),
}
_SECTOR: Final = {
    "ai_service": N_("artificial intelligence services"),
    "app_store": N_("app stores"),
    "backbone": N_("backbone networks"),
    "cdn": N_("content delivery networks"),
    "certificate_authority": N_("certificate authorities"),
    "cloud": N_("cloud services"),
    "crypto_exchange": N_("cryptocurrency exchanges"),
    "developer_platform": N_("developer platforms"),
    "device_update": N_("devices and updates"),
    "domain_registry": N_("domain registries"),
    "education": N_("education"),
    "gaming": N_("games"),
    "ixp": N_("Internet exchange points"),
    "messaging": N_("messaging"),
    "mobile_operator": N_("mobile operators"),
    "news_media": N_("news media"),
    "payment": N_("payments"),
    "registrar": N_("domain registrars"),
    "saas": N_("software and online services"),
    "satellite": N_("satellite access"),
    "social_network": N_("social networks"),
    "streaming": N_("streaming"),
    "government": N_("state bodies"),
}
_LAYER: Final = {
    "route": N_("routes between networks"),
    "dns": N_("domain names (DNS)"),
    "tcp": N_("connections (TCP)"),
    "tls": N_("encrypted handshakes (TLS)"),
    "http": N_("web answers (HTTP)"),
    "account": N_("accounts"),
    "payment": N_("payments"),
    "app_store": N_("app stores"),
    "device_update": N_("devices and updates"),
    "content": N_("content"),
    "certificate": N_("certificates"),
    "registry": N_("registries of names and numbers"),
    "unstated": N_("layer not told by the sources"),
    "none": N_("no layer"),
}
_ACTOR_KIND: Final = {
    "company": N_("company"),
    "cloud": N_("cloud or edge provider"),
    "state": N_("state body"),
    "court": N_("court"),
    "operator": N_("network operator"),
    "ixp": N_("Internet exchange point"),
    "registry": N_("registry"),
    "certificate_authority": N_("certificate authority"),
    "payment_network": N_("payment network"),
    "standards_body": N_("standards body"),
    "project": N_("project"),
    "armed_group": N_("armed group"),
    "none": N_("nobody"),
    "unknown": N_("party of unknown kind"),
}
_SELECTOR: Final = {
    "residence": N_("where they live"),
    "ip": N_("their IP address"),
    "ip_history": N_("IP addresses they used before"),
    "location": N_("where the device physically is"),
    "billing_address": N_("their billing address"),
    "billing_history": N_("their billing history"),
    "payment_instrument": N_("the country of their card or bank"),
    "registration": N_("the country given when the account was opened"),
    "email_tld": N_("the country domain of their e-mail address"),
    "domain_tld": N_("the country domain of their site"),
    "phone_country": N_("the country of their phone number"),
    "store_country": N_("the country of their app store"),
    "nationality": N_("their nationality"),
    "ownership": N_("who owns them"),
    "employer": N_("who employs them"),
    "designation": N_("a sanctions list that names them or their owner"),
    "network": N_("their network"),
    "subscription": N_("being a customer of an access network there"),
    "target": N_("the content or service itself, for all who would reach it from there"),
    "named": N_("being named one by one"),
    "unstated": N_("no source says by what"),
}
_GROUND: Final = {
    "sanctions_law": N_("sanctions law"),
    "export_control": N_("export control"),
    "sanctions_lifted": N_("sanctions lifted"),
    "company_stance": N_("the company's own stance"),
    "payment_impossible": N_("payment impossible"),
    "commercial": N_("commercial reasons"),
    "regulation": N_("local regulation"),
    "industry_rule": N_("a rule of the industry"),
    "neutrality": N_("neutrality"),
    "censorship_law": N_("law on content or access"),
    "court_order": N_("court order"),
    "state_demand": N_("demand of a state"),
    "national_security": N_("national security"),
    "public_order": N_("public order"),
    "morality": N_("morality"),
    "minors": N_("protection of minors"),
    "retaliation": N_("retaliation"),
    "technical": N_("a technical fault"),
    "none_stated": N_("no ground stated"),
    "unknown": N_("ground not known"),
}
_ATTRIBUTION: Final = {
    "admitted": N_("the decider says so itself"),
    "alleged": N_("others say so; the decider has not"),
    "measured_only": N_("measured, and nobody says who decided"),
    "disputed": N_("disputed; the accounts stand side by side"),
    "denied": N_("others say so; it is denied"),
    "unstated": N_("the sources do not say how it is known"),
}
_VOICE: Final = {
    "announced": N_("the decider's own word"),
    "measured": N_("measured; who decided is not shown"),
    "reported": N_("reported by others"),
    "said": N_("said by others, not by the decider"),
    "denied": N_("said by others and denied"),
    "disputed": N_("disputed"),
    "open": N_("open: the accounts name different parties"),
}
_CARRIED_OUT: Final = {
    "yes": N_("carried out"),
    "partly": N_("carried out in part"),
    "no": N_("announced and not carried out"),
    "unknown": N_("not known whether it was carried out"),
}
_EDGE: Final = {
    "restores": N_("Restores what this record tells of"),
    "supersedes": N_("Takes the place of"),
    "in_response_to": N_("In response to"),
    "retaliates": N_("In retaliation, as somebody says, for"),
    "pretext_for": N_("Used, as somebody says, to justify"),
    "same_law_other_reading": N_("The same law, read otherwise"),
    "part_of": N_("Part of"),
    "same_event": N_("The same event, another decider"),
}
_EDGE_BACK: Final = {
    "restores": N_("Restored, in whole or in part, by"),
    "supersedes": N_("Its place was taken by"),
    "in_response_to": N_("Answered by"),
    "retaliates": N_("Answered, as somebody says in retaliation, by"),
    "pretext_for": N_("Justified, as somebody says, by"),
    "same_law_other_reading": N_("The same law, read otherwise"),
    "part_of": N_("Has as a part"),
    "same_event": N_("The same event, another decider"),
}
_MOMENT: Final = {
    "announced": N_("Announced"),
    "effective": N_("In effect from"),
    "first_observed": N_("First observed"),
    "disclosed": N_("Made known by others"),
    "ended": N_("Ended"),
}
_TELLING: Final = {
    "stated": N_("stated by the source"),
    "derived": N_("reckoned from a stated date"),
    "reported": N_("the day of the report"),
    "inferred": N_("inferred"),
}
_READ: Final = {
    "full": N_("read in full"),
    "excerpt": N_("read in an excerpt"),
    "linked": N_("seen as a link, not read"),
    "repository": N_("read in its repository"),
    "own": N_("own knowledge, no source seen"),
    "own_knowledge": N_("own knowledge, no source seen"),
}
_STANCE: Final = {
    "primary": N_("primary source, the party's own words"),
    "affected": N_("those affected"),
    "party": N_("a party to the matter"),
    "state_media": N_("media that a state owns or funds"),
    "ngo": N_("non-governmental organisation"),
    "research": N_("research"),
    "press": N_("press"),
    "trade_press": N_("trade press"),
    "reference": N_("reference work"),
    "forum": N_("forum of users"),
    "crowd_list": N_("list kept by many hands"),
    "aggregator": N_("collection of reports"),
}
_GRADE: Final = {
    "documented": N_("documented"),
    "excerpt": N_("on one excerpt"),
    "lead": N_("lead, not confirmed"),
}
_GRADE_MEANING: Final = {
    "documented": N_("two independent sources read at least as excerpts, or one primary source"),
    "excerpt": N_("one source read as an excerpt"),
    "lead": N_("a pointer for research: no source that was read tells of it and names who decided"),
}
_VERIFICATION: Final = {
    "dkim": N_("verified by the signature of its mail server"),
    "well_known_token": N_("verified by a token at its own domain"),
    "dns_token": N_("verified by a token in the DNS of its own domain"),
    "letterhead": N_("verified by its letter"),
    "public_statement": N_("its own public statement, not sent to us"),
}
_ACCESS: Final = {
    "by_them": N_("their access to services"),
    "to_them": N_("the world's access to their content"),
    "both": N_("both their access and the world's"),
}
_USERS: Final = {
    "persons": N_("persons"),
    "organisations": N_("organisations"),
    "developers": N_("developers"),
    "state bodies": N_("state bodies"),
    "listed parties": N_("parties on a sanctions list"),
}
_ACCOUNTS: Final = {"new": N_("new customers"), "existing": N_("existing customers")}
_PLANS: Final = {"free": N_("free plans"), "paid": N_("paid plans")}
_RIGHTS: Final = {
    "read": N_("reading"),
    "write": N_("writing"),
    "download": N_("downloading"),
    "update": N_("updating"),
    "payout": N_("being paid out"),
}
_JOIN_ROLE: Final = {
    "actor": N_("the decider's own network"),
    "affected": N_("of those cut off"),
    "executor": N_("of those who carried it out"),
    "service": N_("what can no longer be reached"),
    "tied": N_("tied to it; who decided is not settled"),
}

LEDGER_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "kind": _KIND,
    "action": _ACTION,
    "sector": _SECTOR,
    "layer": _LAYER,
    "actor_kind": _ACTOR_KIND,
    "selector": _SELECTOR,
    "ground": _GROUND,
    "attribution": _ATTRIBUTION,
    "voice": _VOICE,
    "carried_out": _CARRIED_OUT,
    "edge": _EDGE,
    "edge_back": _EDGE_BACK,
    "moment": _MOMENT,
    "telling": _TELLING,
    "read": _READ,
    "stance": _STANCE,
    "grade": _GRADE,
    "grade_meaning": _GRADE_MEANING,
    "verification": _VERIFICATION,
    "access": _ACCESS,
    "users": _USERS,
    "accounts": _ACCOUNTS,
    "plans": _PLANS,
    "rights": _RIGHTS,
    "join_role": _JOIN_ROLE,
}
