"""The closed sets of bundles and findings. Values are public promises: added, never re-used."""

from enum import StrEnum
from typing import Final

from whocut.model.taxonomy import Layer

__all__ = [
    "ABOVE_NETWORK",
    "BUNDLE_LAYERS",
    "CUTS",
    "Change",
    "ClaimType",
    "ControlAnswer",
    "ControlOf",
    "Direction",
    "EvidenceKind",
    "FindingGrade",
    "HypothesisId",
    "IdentityBy",
    "LawEffect",
    "Message",
    "OtherServices",
    "OutageCause",
    "OutageExtent",
    "PartyKind",
    "Role",
    "Room",
    "RuleStrength",
    "SlowdownAnswer",
    "Status",
    "Symptom",
    "Tie",
]


class HypothesisId(StrEnum):
    """An answer to: who cut it off?"""

    SERVICE_DECIDED = "service_decided"
    """The service itself refuses, closed, withdrew or limited."""
    EDGE_DECIDED = "edge_decided"
    """Its edge, cloud, host, registry, store or payment provider did, by a rule of its own."""
    STATE_INTERFERES = "state_interferes"
    """Somebody on the way, or by order of a state or court, interferes."""
    OPERATOR_WITHDREW = "operator_withdrew"
    """An access operator, backbone or exchange ended or stopped its own carriage."""
    OUTAGE = "outage"
    """It failed, and nobody decided."""
    BOT_CHECK = "bot_check"
    """A check for machines or addresses, aimed at no country."""
    NO_CUT = "no_cut"
    """Reached as elsewhere; or announced and not done; or asked for and refused."""


CUTS: frozenset[HypothesisId] = frozenset(
    {
        HypothesisId.SERVICE_DECIDED,
        HypothesisId.EDGE_DECIDED,
        HypothesisId.STATE_INTERFERES,
        HypothesisId.OPERATOR_WITHDREW,
    }
)


class FindingGrade(StrEnum):
    """How far the evidence carries a hypothesis."""

    PROOF = "proof"
    """Own words, read in a primary source; or own words with a measurement or route change."""
    STRONG = "strong"
    """Two layers of evidence, or two independent witnesses of which one is no report."""
    SUGGESTIVE = "suggestive"
    """One witness."""
    INSUFFICIENT = "insufficient"
    """Less, or explained by something else."""
    CONTRADICTED = "contradicted"
    """Stated by somebody, and measured otherwise."""


class Status(StrEnum):
    """How a finding stands."""

    DISPUTED = "disputed"
    """Parties give accounts that exclude each other, and nothing settles it."""
    RESTORED = "restored"
    """A cut holds, and its end is shown."""
    HELD = "held"
    """A cut, an outage or a check for machines holds."""
    REFUSED_TO_CUT = "refused_to_cut"
    """No cut holds, and a party says that it was asked to cut and refuses."""
    NO_CUT = "no_cut"
    """No cut holds, and there is evidence that there was none."""
    INSUFFICIENT = "insufficient"
    """Nothing holds."""


class PartyKind(StrEnum):
    """What a party is."""

    COMPANY = "company"
    STATE = "state"
    COURT = "court"
    OPERATOR = "operator"
    BACKBONE = "backbone"
    IXP = "ixp"
    CDN = "cdn"
    CLOUD = "cloud"
    HOSTING = "hosting"
    PAYMENT_NETWORK = "payment_network"
    BANK = "bank"
    APP_STORE = "app_store"
    REGISTRY = "registry"
    REGISTRAR = "registrar"
    CERTIFICATE_AUTHORITY = "certificate_authority"
    SATELLITE = "satellite"
    STANDARDS_BODY = "standards_body"
    PROJECT = "project"
    ARMED_GROUP = "armed_group"
    PRESS = "press"
    STATE_MEDIA = "state_media"
    NGO = "ngo"
    RESEARCH = "research"
    PLATFORM = "platform"
    PERSON = "person"
    """Never named."""
    UNKNOWN = "unknown"


class Role(StrEnum):
    """What a party is to the question."""

    SERVICE = "service"
    EDGE = "edge"
    PAYMENT = "payment"
    STATE = "state"
    OPERATOR = "operator"
    PROVIDER = "provider"
    RIVAL = "rival"
    AFFECTED = "affected"
    OBSERVER = "observer"


class EvidenceKind(StrEnum):
    """A kind of evidence that is read."""

    CELL = "cell"
    SPAN = "span"
    SLOWDOWN = "slowdown"
    ROUTE_CHANGE = "route_change"
    CLAIM = "claim"
    REPORT = "report"
    OUTAGE = "outage"
    CONTROL = "control"
    CONTEXT = "context"


class Room(StrEnum):
    """The layer of whocut that evidence comes from; two of them are two layers."""

    MEASUREMENT = "measurement"
    ROUTE = "route"
    CLAIM = "claim"
    REPORT = "report"
    """Users' reports: no layer of its own."""
    CONTEXT = "context"


class ClaimType(StrEnum):
    """What sort of thing is said."""

    ANNOUNCES = "announces"
    ADMITS = "admits"
    ORDERS = "orders"
    DENIES = "denies"
    ALLEGES = "alleges"
    REPORTS = "reports"
    DEMANDS = "demands"
    REFUSES_TO_CUT = "refuses_to_cut"
    RESTORES = "restores"
    REPLIES = "replies"


class IdentityBy(StrEnum):
    """By what an answer shows who gave it."""

    OWN_PAGE = "own_page"
    EDGE_CUSTOMER_RULE = "edge_customer_rule"
    EDGE_OWN_RULE = "edge_own_rule"
    BLOCK_PAGE = "block_page"
    OPERATOR_PAGE = "operator_page"


class SlowdownAnswer(StrEnum):
    """Slow here: by whom."""

    THROTTLED = "throttled"
    STALLED = "stalled"
    SLOW_SERVICE = "slow_service"
    SLOW_NETWORK = "slow_network"
    NONE = "none"
    INSUFFICIENT = "insufficient"


class OtherServices(StrEnum):
    """How services did that have nothing to do with the target, on the same networks."""

    NORMAL = "normal"
    FINE = "fine"
    SLOW = "slow"
    DOWN = "down"
    UNKNOWN = "unknown"


class Change(StrEnum):
    """What became of links."""

    LOST = "lost"
    GAINED = "gained"
    STAYED = "stayed"


class Symptom(StrEnum):
    """What users tell."""

    CLOSED_ACCOUNT = "closed_account"
    REFUSED_PAYMENT = "refused_payment"
    REFUSED_PAGE = "refused_page"
    CANNOT_REACH = "cannot_reach"
    SLOW = "slow"
    APP_MISSING = "app_missing"
    LABEL = "label"
    OTHER = "other"


class Message(StrEnum):
    """Whose message users saw."""

    SERVICE = "service"
    EDGE = "edge"
    STATE = "state"
    OPERATOR = "operator"
    NONE = "none"
    UNKNOWN = "unknown"


class OutageExtent(StrEnum):
    """What failed."""

    COUNTRY = "country"
    REGION = "region"
    NETWORK = "network"
    TARGET = "target"


class OutageCause(StrEnum):
    """Why it failed."""

    POWER = "power"
    CABLE = "cable"
    DISASTER = "disaster"
    EQUIPMENT = "equipment"
    MAINTENANCE = "maintenance"
    ATTACK = "attack"
    UNKNOWN = "unknown"


class ControlOf(StrEnum):
    """What a control looked at."""

    TARGET = "target"
    OTHER_SERVICES = "other_services"


class ControlAnswer(StrEnum):
    """What a control saw."""

    DOWN = "down"
    FINE = "fine"
    REFUSES_EVERYWHERE = "refuses_everywhere"


class LawEffect(StrEnum):
    """What the law of the day did to the cut."""

    REQUIRED = "required"
    PERMITTED = "permitted"
    EXEMPTED = "exempted"
    FORBIDDEN = "forbidden"
    NONE = "none"
    UNKNOWN = "unknown"


class Direction(StrEnum):
    """Which way evidence speaks."""

    FOR = "for"
    AGAINST = "against"


class RuleStrength(StrEnum):
    """How much one rule can carry."""

    PROOF = "proof"
    STRONG = "strong"
    SUGGESTIVE = "suggestive"
    HINT = "hint"
    """Adds weight, and carries no grade by itself, however often it fires."""


class Tie(StrEnum):
    """What ties a party itself to a cut."""

    OWN_WORDS = "own_words"
    OWN_WORDS_RELAYED = "own_words_relayed"
    MEASURED_IDENTITY = "measured_identity"
    ROUTE = "route"
    DOCUMENTED = "documented"


BUNDLE_LAYERS: tuple[str, ...] = (*(layer.value for layer in Layer), "unstated")
"""Values of ``layer`` in a bundle."""

ABOVE_NETWORK: Final = frozenset(
    {"account", "payment", "app_store", "device_update", "content", "certificate", "registry"}
)
"""Layers above the network: what is done there stops no traffic."""
