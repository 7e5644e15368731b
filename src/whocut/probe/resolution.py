"""Ask the network's own resolver, over UDP."""

from collections.abc import Callable

import dns.exception
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
from msgspec import Struct

from whocut.probe.failures import Operation, classify_failure
from whocut.probe.records import Answer, Query
from whocut.probe.trace import Trace

__all__ = ["Resolution", "Resolver", "resolve"]

AsnOf = Callable[[str], int]

_RCODES: dict[dns.rcode.Rcode, str] = {
    dns.rcode.NXDOMAIN: "dns_nxdomain_error",
    dns.rcode.SERVFAIL: "dns_servfail_error",
    dns.rcode.REFUSED: "dns_refused_error",
}


class Resolver(Struct, frozen=True):
    """The recursive resolver that this network gives its hosts."""

    address: str
    port: int = 53
    timeout_s: float = 4.0
    attempts: int = 2
    """As stub resolvers do: one lost datagram is no answer about the name."""


class Resolution(Struct, frozen=True):
    """What came of one name: addresses, or OONI's failure string."""

    addresses: tuple[str, ...]
    failure: str | None


def _answers(message: dns.message.Message, asn_of: AsnOf) -> list[Answer]:
    found: list[Answer] = []
    for rrset in message.answer:
        for item in rrset:
            if rrset.rdtype == dns.rdatatype.A:
                address = item.to_text()
                found.append(
                    Answer("A", asn=asn_of(address), ipv4=address, ttl=rrset.ttl, as_org_name="")
                )
            elif rrset.rdtype == dns.rdatatype.CNAME:
                name = item.to_text().rstrip(".")
                found.append(Answer("CNAME", hostname=name, ttl=rrset.ttl))
    return found


def _ask(hostname: str, resolver: Resolver) -> dns.message.Message:
    query = dns.message.make_query(hostname, "A")
    for attempt in range(resolver.attempts):
        try:
            return dns.query.udp(
                query,
                resolver.address,
                timeout=resolver.timeout_s,
                port=resolver.port,
                ignore_unexpected=True,
            )
        except dns.exception.Timeout:
            if attempt + 1 == resolver.attempts:
                raise
    raise ValueError("a resolver is asked at least once")


def _failure_of(message: dns.message.Message, answers: list[Answer]) -> str | None:
    rcode = message.rcode()
    if rcode != dns.rcode.NOERROR:
        return _RCODES.get(rcode, "dns_server_misbehaving")
    return None if any(a.ipv4 for a in answers) else "dns_no_answer"


def resolve(
    trace: Trace, hostname: str, resolver: Resolver, asn_of: AsnOf, *, depth: int = 0
) -> Resolution:
    """Resolve one name to its IPv4 addresses and append the question to the trace.

    The engine reads ``system``: this is the resolver that the network hands out, whatever code
    writes the packet.
    """
    span = trace.span(depth)
    began = trace.now()
    answers: list[Answer] = []
    failure: str | None
    try:
        message = _ask(hostname, resolver)
        answers = _answers(message, asn_of)
        failure = _failure_of(message, answers)
    except (dns.exception.DNSException, OSError) as error:
        failure = classify_failure(error, Operation.RESOLVE).failure
    trace.queries.append(
        Query(
            engine="system",
            hostname=hostname,
            query_type="A",
            resolver_address=f"{resolver.address}:{resolver.port}",
            answers=answers or None,
            failure=failure,
            t0=began,
            t=trace.now(),
            transaction_id=span.transaction_id,
            tags=span.tags,
        )
    )
    addresses = tuple(a.ipv4 for a in answers if a.ipv4) if failure is None else ()
    return Resolution(addresses, failure)
