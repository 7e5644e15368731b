"""The facts that rules speak of: each one a bit, with the sentence that says when it holds.

A fact is what can be checked on one hop of one measurement; it concludes nothing. Names are public:
added, never re-used. Facts are bits so that a rule costs two integer operations.
"""

__all__ = ["FACTS", "fact_names"]

FACTS: dict[str, str] = {}
_BITS: dict[str, int] = {}


def _fact(name: str, meaning: str) -> int:
    if name in FACTS:
        raise AssertionError(f"fact {name} is defined twice")
    bit = 1 << len(FACTS)
    FACTS[name] = meaning
    _BITS[name] = bit
    return bit


def fact_bit(name: str) -> int:
    """Give the bit of one fact; KeyError for a name that is not registered."""
    return _BITS[name]


def fact_names(mask: int) -> tuple[str, ...]:
    """Spell a mask out as fact names, in the order of the registry."""
    return tuple(name for name, bit in _BITS.items() if mask & bit)


# The control and the measurement as a whole.
CONTROL_OK = _fact("control.available", "the control vantage answered the probe")
CONTROL_MISSING = _fact("control.missing", "no control result, or the control could not be asked")
CONTROL_HTTP_OK = _fact("control.http_ok", "the control fetched the page: status below 400")
CONTROL_HTTP_REFUSED = _fact("control.http_refused", "the control too got a status of 400 to 499")
CONTROL_HTTP_ERROR = _fact("control.http_error", "the control too got a status of 500 or more")
CONTROL_HTTP_FAILED = _fact("control.http_failed", "the control's own fetch failed")
CONTROL_DNS_OK = _fact(
    "control.dns_ok", "the control resolved the name (behind a redirect: it fetched the page)"
)
CONTROL_DNS_NXDOMAIN = _fact("control.dns_nxdomain", "for the control the name does not exist")
CONTROL_DNS_EMPTY = _fact("control.dns_empty", "for the control the name has no address")
CONTROL_DNS_FAILED = _fact("control.dns_failed", "the control's resolution failed otherwise")
CONTROL_DNS_BOGON = _fact("control.dns_bogon", "for the control too the name is a bogon address")
CONTROL_UNREACHED = _fact(
    "control.unreached", "the control reached none of the endpoints it tried, and fetched no page"
)
CONTROL_TLS_OK = _fact("control.tls_ok", "the control completed TLS at some endpoint of the name")
PROBE_NETWORK_DOWN = _fact(
    "probe.network_down", "every operation of the probe failed and no control could be asked"
)
PROBE_CLOCK_AHEAD = _fact(
    "probe.clock_ahead", "the measurement starts after the collector received it: wrong clock"
)
PROBE_NO_DATA = _fact("probe.no_data", "the measurement holds no observation at all")

# The hop.
HOP_FIRST = _fact("hop.first", "this hop is the URL that was asked for")
HOP_REDIRECTED = _fact("hop.redirected", "this hop was reached by a redirect")
HOP_FINAL = _fact("hop.final", "no further hop follows")
HOP_HTTPS = _fact("hop.https", "the URL is https")
HOP_CLEARTEXT = _fact("hop.cleartext", "the URL is http: anybody on the path can write the answer")
HOP_ANSWERED = _fact("hop.answered", "an HTTP response came back")

# DNS.
DNS_OK = _fact("dns.answered", "the probe's own resolver gave an address")
DNS_FAILED = _fact("dns.failed", "the probe's own resolver gave none")
DNS_NXDOMAIN = _fact("dns.nxdomain", "the probe's own resolver said that the name does not exist")
DNS_NO_ANSWER = _fact("dns.no_answer", "the probe's own resolver said that there is no address")
DNS_SERVFAIL = _fact("dns.servfail", "the probe's own resolver answered SERVFAIL")
DNS_REFUSED = _fact("dns.refused", "the probe's own resolver answered REFUSED")
DNS_TIMEOUT = _fact("dns.timeout", "the probe's own resolver did not answer")
DNS_OTHER_FAILURE = _fact("dns.other_failure", "resolution failed in some other way")
DNS_ALTERNATE_OK = _fact(
    "dns.alternate_answered", "another resolver asked by the same probe gave a public address"
)
DNS_ALTERNATE_NXDOMAIN = _fact(
    "dns.alternate_nxdomain", "another resolver asked by the same probe said NXDOMAIN"
)
DNS_DOH_FAILED = _fact(
    "dns.encrypted_failed", "a resolver over an encrypted channel reported the same kind of failure"
)
DNS_BOGON = _fact("dns.bogon", "the probe's own resolver gave an address that no public host has")
DNS_ALL_BOGON = _fact("dns.all_bogon", "every address it gave is of that kind")
DNS_FINGERPRINT = _fact("dns.fingerprint", "the answer is a known address or name of injections")
DNS_FINGERPRINT_STATE = _fact("dns.fingerprint_state", "that fingerprint belongs to a state")
DNS_FINGERPRINT_OPERATOR = _fact(
    "dns.fingerprint_operator", "that fingerprint belongs to an access network or its product"
)
DNS_AGREES = _fact(
    "dns.agrees", "an address, or its network, is the one the control or another resolver has"
)
DNS_DIFFERS = _fact("dns.differs", "neither an address nor its network is the control's")
DNS_TLS_CONFIRMS = _fact(
    "dns.tls_confirms", "TLS at an address the resolver gave is valid for the name"
)
DNS_TLS_CONTRADICTS = _fact(
    "dns.tls_contradicts",
    "the addresses the resolver gave show no certificate valid for the name; the control's do",
)
DNS_ANSWER_WHERE_NONE = _fact(
    "dns.answer_where_none", "the resolver gave an address for a name that others say is not there"
)
DNS_RESOLVER_IN_PROBE_ASN = _fact(
    "dns.resolver_in_probe_asn", "the resolver stands in the probe's own network"
)
DNS_ANSWER_IN_PROBE_ASN = _fact(
    "dns.answer_in_probe_asn",
    "the address given is in the probe's own network, the control's is not",
)

# TCP and TLS, at the addresses the probe's own resolver gave.
TCP_ALL_FAILED = _fact("tcp.all_failed", "no endpoint that the resolver gave could be connected")
TCP_TIMEOUT = _fact("tcp.timeout", "the connects timed out")
TCP_REFUSED = _fact("tcp.refused", "the connects were refused")
TCP_RESET = _fact("tcp.reset", "the connects were reset")
TCP_UNREACHABLE = _fact("tcp.unreachable", "no route to the endpoints")
TCP_OTHER = _fact("tcp.other_failure", "the connects failed otherwise")
TCP_CONTROL_OK_SAME = _fact("tcp.control_ok_same", "the control connected to a failed endpoint")
TCP_CONTROL_FAILED_SAME = _fact(
    "tcp.control_failed_same", "the control failed too at every failed endpoint it tried"
)
TCP_IPV6_ONLY = _fact("tcp.ipv6_only", "only IPv6 failed, for want of IPv6 at the probe")
TLS_ALL_FAILED = _fact("tls.all_failed", "no TLS handshake with those endpoints completed")
TLS_RESET = _fact("tls.reset", "the handshake was reset")
TLS_TIMEOUT = _fact("tls.timeout", "the handshake got no answer")
TLS_EOF = _fact("tls.eof", "the handshake ended with the connection closed")
TLS_ALERT = _fact("tls.alert", "the peer ended the handshake with an alert")
TLS_EXPIRED = _fact("tls.certificate_expired", "the certificate is out of its time")
TLS_UNKNOWN_AUTHORITY = _fact("tls.unknown_authority", "the chain ends at no trusted root")
TLS_WRONG_NAME = _fact("tls.wrong_name", "the certificate is for other names")
TLS_OTHER = _fact("tls.other_failure", "the handshake failed otherwise")
TLS_CONTROL_OK_SAME = _fact("tls.control_ok_same", "the control's handshake succeeded there")
TLS_CONTROL_FAILED_SAME = _fact("tls.control_failed_same", "the control's handshake failed there")
TLS_CHAIN_VALID_AFTER_ALL = _fact(
    "tls.chain_valid_after_all", "the recorded chain is valid at the time: the probe's clock erred"
)
TLS_DOMESTIC_CA = _fact("tls.domestic_ca", "the chain ends at a known national authority")
TLS_INTERCEPTION_CA = _fact(
    "tls.interception_ca", "the chain ends at an authority known for intercepting"
)
TLS_CERTIFICATE_FAILED = _fact(
    "tls.certificate_failed", "the handshake failed on the certificate, not on the connection"
)

# HTTP.
HTTP_FAILED = _fact("http.failed", "the exchange failed after the connection stood")
HTTP_RESET = _fact("http.reset", "the connection was reset after the request")
HTTP_TIMEOUT = _fact("http.timeout", "no answer came after the request")
HTTP_EOF = _fact("http.eof", "the connection was closed after the request")
HTTP_REDIRECT_BROKEN = _fact("http.redirect_broken", "the target's redirects are broken or endless")
HTTP_OTHER_FAILURE = _fact("http.other_failure", "the exchange failed otherwise")
HTTP_STALLED = _fact("http.stalled", "the answer began, then stopped coming")
HTTP_STALLED_AT_COUNT = _fact(
    "http.stalled_at_count", "it stopped in the byte range where in-path devices freeze connections"
)
HTTP_AUTHENTICATED = _fact(
    "http.authenticated", "the response came over TLS whose chain is valid for the name"
)
HTTP_TLS_UNVERIFIED = _fact(
    "http.tls_unverified", "the response came over TLS that nobody is known to have checked"
)
HTTP_CHAIN_INVALID = _fact("http.chain_invalid", "the response came over TLS with an invalid chain")
HTTP_2XX = _fact("http.2xx", "status 200 to 299")
HTTP_3XX = _fact("http.3xx", "status 300 to 399")
HTTP_403 = _fact("http.403", "status 403")
HTTP_404 = _fact("http.404", "status 404 or 410")
HTTP_405 = _fact("http.405", "status 405")
HTTP_406 = _fact("http.406", "status 406")
HTTP_429 = _fact("http.429", "status 429")
HTTP_451 = _fact("http.451", "status 451, unavailable for legal reasons")
HTTP_4XX = _fact("http.4xx", "status 400 to 499")
HTTP_5XX = _fact("http.5xx", "status 500 or more")
HTTP_LIKE_CONTROL = _fact("http.like_control", "the answer is the control's by title or length")
HTTP_UNLIKE_CONTROL = _fact("http.unlike_control", "the answer is unlike the control's")
HTTP_SAME_STATUS = _fact("http.same_status", "the control got the same status")

# What the page says (fingerprints).
PAGE_GEO = _fact("page.geo_explicit", "the page names the country, region or place as the reason")
PAGE_SANCTIONS = _fact("page.sanctions_explicit", "the page names sanctions or export rules")
PAGE_LICENCE = _fact("page.licence_explicit", "the page names rights or licences")
PAGE_LEGAL = _fact("page.legal_explicit", "the page names the law, a court or an order")
PAGE_CLOUD = _fact("page.cloud_refusal", "the page is a cloud provider's own refusal")
PAGE_VAGUE = _fact("page.refusal_vague", "the page refuses and names no reason")
PAGE_REPUTATION = _fact("page.reputation_block", "the page names behaviour, address or security")
PAGE_CHALLENGE = _fact("page.bot_challenge", "the page is a challenge or a check of the browser")
PAGE_BLOCK = _fact("page.block_page", "the page is a known block page")
PAGE_BLOCK_EXPECTED = _fact("page.block_page_expected", "that block page is known in this country")
PAGE_BLOCK_STATE = _fact("page.block_page_state", "that block page is a state's")
PAGE_BLOCK_OPERATOR = _fact("page.block_page_operator", "that block page is an access network's")
PAGE_BLOCK_PRODUCT = _fact(
    "page.block_page_product", "that block page is a filtering product's: home, office or network"
)
PAGE_ERROR = _fact("page.error_page", "the page is a server's or edge's error page")
PAGE_FALSE_POSITIVE = _fact("page.false_positive", "the page looks like a block page and is none")
PAGE_SCOPE_EDGE = _fact("page.scope_edge", "the page is written by an edge (CDN, shield)")
PAGE_SCOPE_CLOUD = _fact("page.scope_cloud", "the page is written by a cloud or hosting provider")
PAGE_PROVIDER = _fact("page.provider_known", "the page carries a named provider's own wording")


__all__ += [name for name in globals() if name.isupper() and name != "FACTS"]
__all__ += ["fact_bit"]
