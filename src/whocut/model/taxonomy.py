"""The four axes of a verdict, which never mix, and how each value reads in OONI's vocabulary.

Closed sets are enums here; mechanisms are an open, dotted registry in ``data/taxonomy``. Values are
public promises: added, never re-used.
"""

from enum import StrEnum

__all__ = ["CUT_OUTCOMES", "ActorKind", "Layer", "Locus", "Outcome", "Strength"]


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
