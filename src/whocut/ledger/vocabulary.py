"""The closed sets of the ledger. Values are public promises: added, never re-used."""

from enum import StrEnum

__all__ = [
    "Access",
    "Action",
    "AttributionStatus",
    "CarriedOut",
    "DateKind",
    "EdgeKind",
    "Grade",
    "GroundCategory",
    "Kind",
    "LedgerActorKind",
    "LedgerLayer",
    "ReadLevel",
    "Sector",
    "Selector",
    "Stance",
    "Telling",
    "Verification",
]


class Kind(StrEnum):
    """What sort of event a record tells of."""

    CUT = "cut"
    PARTIAL = "partial"
    """A cut that its decider limited: some users, some functions, some of the time."""
    SERIES = "series"
    """Many cuts told together, one by one not recorded."""
    REFUSAL = "refusal"
    """Somebody was asked to cut and did not."""
    RESTORATION = "restoration"
    RUMOUR = "rumour"
    """Said, and not shown."""


class Action(StrEnum):
    """What was done."""

    ACCOUNT_DEACTIVATION = "account_deactivation"
    ACCOUNT_SUSPENSION = "account_suspension"
    APP_REMOVAL = "app_removal"
    CERTIFICATE_REVOCATION = "certificate_revocation"
    CONTENT_INJECTION = "content_injection"
    CONTENT_LABEL = "content_label"
    CONTENT_REMOVAL = "content_removal"
    DE_PEERING = "de_peering"
    DOMAIN_SEIZURE = "domain_seizure"
    GEOBLOCK = "geoblock"
    JAMMING = "jamming"
    LICENCE_WITHDRAWAL = "licence_withdrawal"
    NETWORK_DISCONNECTION = "network_disconnection"
    PAYMENT_REFUSAL = "payment_refusal"
    REFUSAL_TO_CUT = "refusal_to_cut"
    REGISTRATION_BLOCK = "registration_block"
    RESTORATION = "restoration"
    ROUTE_HIJACK = "route_hijack"
    SERVICE_SUSPENSION = "service_suspension"
    SHUTDOWN = "shutdown"
    STATE_BLOCKING = "state_blocking"
    STATE_THROTTLING = "state_throttling"


class LedgerLayer(StrEnum):
    """Where in the stack; the values of the taxonomy, and one for what no source tells."""

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
    UNSTATED = "unstated"
    """The sources tell that it was cut and not at which layer, as with most orders to block."""


class LedgerActorKind(StrEnum):
    """What kind of party acted."""

    COMPANY = "company"
    STATE = "state"
    COURT = "court"
    OPERATOR = "operator"
    IXP = "ixp"
    REGISTRY = "registry"
    CERTIFICATE_AUTHORITY = "certificate_authority"
    PAYMENT_NETWORK = "payment_network"
    STANDARDS_BODY = "standards_body"
    PROJECT = "project"
    ARMED_GROUP = "armed_group"
    UNKNOWN = "unknown"


class Sector(StrEnum):
    """What was cut, by trade."""

    AI_SERVICE = "ai_service"
    APP_STORE = "app_store"
    BACKBONE = "backbone"
    CDN = "cdn"
    CERTIFICATE_AUTHORITY = "certificate_authority"
    CLOUD = "cloud"
    CRYPTO_EXCHANGE = "crypto_exchange"
    DEVELOPER_PLATFORM = "developer_platform"
    DEVICE_UPDATE = "device_update"
    DOMAIN_REGISTRY = "domain_registry"
    EDUCATION = "education"
    GAMING = "gaming"
    IXP = "ixp"
    MESSAGING = "messaging"
    MOBILE_OPERATOR = "mobile_operator"
    NEWS_MEDIA = "news_media"
    PAYMENT = "payment"
    REGISTRAR = "registrar"
    SAAS = "saas"
    SATELLITE = "satellite"
    SOCIAL_NETWORK = "social_network"
    STREAMING = "streaming"


class Selector(StrEnum):
    """By which mark the decider told who is cut off; it is not the population."""

    RESIDENCE = "residence"
    IP = "ip"
    IP_HISTORY = "ip_history"
    LOCATION = "location"
    """Where the device or dish physically is."""
    BILLING_ADDRESS = "billing_address"
    BILLING_HISTORY = "billing_history"
    PAYMENT_INSTRUMENT = "payment_instrument"
    """Cards or banks of a country."""
    REGISTRATION = "registration"
    """The country given when the account was opened."""
    EMAIL_TLD = "email_tld"
    DOMAIN_TLD = "domain_tld"
    PHONE_COUNTRY = "phone_country"
    STORE_COUNTRY = "store_country"
    NATIONALITY = "nationality"
    OWNERSHIP = "ownership"
    EMPLOYER = "employer"
    DESIGNATION = "designation"
    """On a sanctions list, or owned by one who is."""
    NETWORK = "network"
    """Autonomous systems or prefixes."""
    SUBSCRIPTION = "subscription"
    """Everybody who is a customer of an access network there."""
    TARGET = "target"
    """The content or service itself, for all who would reach it from there."""
    NAMED = "named"
    """Parties named one by one."""
    UNSTATED = "unstated"


class Access(StrEnum):
    """Whose access: of those users to services, or of the world to their content."""

    BY_THEM = "by_them"
    TO_THEM = "to_them"
    BOTH = "both"


class CarriedOut(StrEnum):
    """Whether it came to pass."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    UNKNOWN = "unknown"


class GroundCategory(StrEnum):
    """What sort of ground somebody claims; always a claim, never a finding."""

    SANCTIONS_LAW = "sanctions_law"
    EXPORT_CONTROL = "export_control"
    SANCTIONS_LIFTED = "sanctions_lifted"
    """The ground of a restoration."""
    COMPANY_STANCE = "company_stance"
    PAYMENT_IMPOSSIBLE = "payment_impossible"
    COMMERCIAL = "commercial"
    REGULATION = "regulation"
    """A local duty that is avoided, met or protested against."""
    INDUSTRY_RULE = "industry_rule"
    NEUTRALITY = "neutrality"
    CENSORSHIP_LAW = "censorship_law"
    COURT_ORDER = "court_order"
    STATE_DEMAND = "state_demand"
    NATIONAL_SECURITY = "national_security"
    PUBLIC_ORDER = "public_order"
    MORALITY = "morality"
    MINORS = "minors"
    RETALIATION = "retaliation"
    TECHNICAL = "technical"
    """A fault or worn equipment, as claimed."""
    NONE_STATED = "none_stated"
    UNKNOWN = "unknown"


class AttributionStatus(StrEnum):
    """How it is known who decided."""

    ADMITTED = "admitted"
    ALLEGED = "alleged"
    MEASURED_ONLY = "measured_only"
    DISPUTED = "disputed"
    DENIED = "denied"
    UNSTATED = "unstated"


class EdgeKind(StrEnum):
    """How one record stands to another."""

    RESTORES = "restores"
    SUPERSEDES = "supersedes"
    IN_RESPONSE_TO = "in_response_to"
    RETALIATES = "retaliates"
    PRETEXT_FOR = "pretext_for"
    """Somebody says that the one was used to justify the other."""
    SAME_LAW_OTHER_READING = "same_law_other_reading"
    PART_OF = "part_of"
    SAME_EVENT = "same_event"
    """Two deciders, one event; never a duplicate."""


class DateKind(StrEnum):
    """Which moment of a cut."""

    ANNOUNCED = "announced"
    EFFECTIVE = "effective"
    FIRST_OBSERVED = "first_observed"
    DISCLOSED = "disclosed"
    """Made known by others than the decider."""
    ENDED = "ended"


class Telling(StrEnum):
    """How a date came into the record."""

    STATED = "stated"
    DERIVED = "derived"
    """Reckoned from a stated date, as from a notice of thirty days."""
    REPORTED = "reported"
    """The day of the report stands for the day of the event."""
    INFERRED = "inferred"


class ReadLevel(StrEnum):
    """How much of a source was read."""

    FULL = "full"
    EXCERPT = "excerpt"
    LINKED = "linked"
    """Its address was read in another document; the page was not."""
    REPOSITORY = "repository"
    """A repository or its issue thread, read there."""
    OWN = "own"
    """Own knowledge; no source."""


class Stance(StrEnum):
    """Where a source stands to what it tells."""

    PRIMARY = "primary"
    AFFECTED = "affected"
    PARTY = "party"
    STATE_MEDIA = "state_media"
    """Owned or funded by a state, whichever it is, and however free its newsroom."""
    NGO = "ngo"
    RESEARCH = "research"
    PRESS = "press"
    TRADE_PRESS = "trade_press"
    REFERENCE = "reference"
    FORUM = "forum"
    CROWD_LIST = "crowd_list"
    AGGREGATOR = "aggregator"


class Grade(StrEnum):
    """How well a record or a value is witnessed; computed from the sources, never typed."""

    DOCUMENTED = "documented"
    """Two independent sources read at least as excerpts, or one primary."""
    EXCERPT = "excerpt"
    """One source read at least as an excerpt."""
    LEAD = "lead"
    """A crowd list, a link unread, or own knowledge."""


class Verification(StrEnum):
    """How it was made sure that a reply comes from the named party."""

    DKIM = "dkim"
    WELL_KNOWN_TOKEN = "well_known_token"  # noqa: S105 - the name of a method
    DNS_TOKEN = "dns_token"  # noqa: S105 - the name of a method
    LETTERHEAD = "letterhead"
    PUBLIC_STATEMENT = "public_statement"
    """What the party published itself, found by us and not sent to us."""
