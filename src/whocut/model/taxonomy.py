"""The four axes of a verdict, which never mix, and how each value reads in OONI's vocabulary.

Closed sets are enums here; mechanisms are an open, dotted registry in ``data/taxonomy``. Values are
public promises: added, never re-used.
"""

from enum import StrEnum

__all__ = [
    "CUT_CAUSES",
    "CUT_OUTCOMES",
    "ActorKind",
    "Cause",
    "CellAnswer",
    "Layer",
    "Locus",
    "Outcome",
    "Strength",
]


class Outcome(StrEnum):
    """What one measurement says of its target."""

    SERVED = "served"
    """The service answered here as it does elsewhere."""
    REFUSED = "refused"
    """The service, or the edge or cloud it chose, answered and refused."""
    INTERFERED = "interfered"
    """Somebody who is not the service answered, altered or ended the exchange."""
    CUT_UNATTRIBUTED = "cut_unattributed"
    """Reached from the control and not from here; this measurement cannot show by whom."""
    TARGET_DOWN = "target_down"
    """The control does not reach it either."""
    TARGET_MISCONFIGURED = "target_misconfigured"
    """The target's own fault for everybody: expired certificate, broken redirect, localhost."""
    NETWORK_DOWN = "network_down"
    """The probe's own network failed."""
    BOT_CHECK = "bot_check"
    """A challenge, captcha or reputation block: aimed at machines or addresses, no country."""
    INVALID = "invalid"
    """The measurement itself is at fault."""
    INSUFFICIENT = "insufficient"
    """The evidence does not carry an answer; the verdict says what would."""


CUT_OUTCOMES: frozenset[Outcome] = frozenset(
    {Outcome.REFUSED, Outcome.INTERFERED, Outcome.CUT_UNATTRIBUTED}
)


class Layer(StrEnum):
    """Where in the stack the deciding thing happened."""

    ROUTE = "route"
    DNS = "dns"
    TCP = "tcp"
    TLS = "tls"
    HTTP = "http"
    ACCOUNT = "account"
    PAYMENT = "payment"
    APP_STORE = "app_store"
    DEVICE_UPDATE = "device_update"
    CONTENT = "content"
    CERTIFICATE = "certificate"
    REGISTRY = "registry"
    NONE = "none"
    """No layer: nothing failed, or nothing can be said."""


class Locus(StrEnum):
    """Where in the network it happened, as far as the evidence shows."""

    ORIGIN = "origin"
    EDGE = "edge"
    TRANSIT = "transit"
    BORDER = "border"
    RESOLVER = "resolver"
    ACCESS_NETWORK = "access_network"
    CLIENT = "client"
    REGISTRY = "registry"
    UNKNOWN = "unknown"


class ActorKind(StrEnum):
    """What kind of party acted, as far as the evidence shows."""

    COMPANY = "company"
    """The service itself, or an edge, cloud or platform on its customer's rule."""
    CLOUD = "cloud"
    """The provider below the service, by a rule of its own (sanctions, abuse)."""
    STATE = "state"
    OPERATOR = "operator"
    """An access network, or a product it runs."""
    COURT = "court"
    STANDARDS_BODY = "standards_body"
    NONE = "none"
    UNKNOWN = "unknown"


class Strength(StrEnum):
    """How much one signal can carry: A proof, B strong, C suggestive."""

    A = "A"
    B = "B"
    C = "C"


class Cause(StrEnum):
    """What is at work in one (country, target, week)."""

    SERVED = "served"
    """Nothing: the service answers as it does elsewhere."""
    REFUSED_SERVICE = "refused_service"
    """The service itself refuses the country."""
    REFUSED_EDGE = "refused_edge"
    """The edge or cloud below the service refuses the country."""
    INTERFERED = "interfered"
    """Somebody in the path between network and service interferes."""
    TARGET_DOWN = "target_down"
    """Nobody reaches it, or it is at fault for everybody."""
    NETWORK_DOWN = "network_down"
    """The probes' networks fail, on unrelated targets too."""
    BOT_CHECK = "bot_check"
    """A check for machines or addresses."""
    MEASUREMENT_FAULT = "measurement_fault"
    """The measurements themselves are at fault."""


CUT_CAUSES: frozenset[Cause] = frozenset(
    {Cause.REFUSED_SERVICE, Cause.REFUSED_EDGE, Cause.INTERFERED}
)


class CellAnswer(StrEnum):
    """What a cell answers: a cause, or what stands where no single cause is shown."""

    SERVED = "served"
    REFUSED_SERVICE = "refused_service"
    REFUSED_EDGE = "refused_edge"
    INTERFERED = "interfered"
    TARGET_DOWN = "target_down"
    NETWORK_DOWN = "network_down"
    BOT_CHECK = "bot_check"
    MEASUREMENT_FAULT = "measurement_fault"
    REFUSED = "refused"
    """The service or its edge; which of them is not shown."""
    TWO_CAUSES = "two_causes"
    """Two causes at once; the cell names both."""
    CUT_UNATTRIBUTED = "cut_unattributed"
    """Cut off, by whom is not shown."""
    INSUFFICIENT = "insufficient"
    """The evidence carries no answer; the shortfall says what would."""
