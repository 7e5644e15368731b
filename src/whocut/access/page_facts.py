"""Facts of one hop's HTTP exchanges: how they ended, who vouches for them, what the page says."""

import html
import re

from msgspec import Struct

from whocut.access import facts as f
from whocut.access.hops import Hop
from whocut.access.thresholds import (
    BODY_PROPORTION_ALIKE,
    COMMON_HEADERS,
    STALL_RANGE_BYTES,
    TITLE_SCAN_BYTES,
)
from whocut.access.tls_facts import TlsReading
from whocut.model.failure import FailureFamily, failure_family
from whocut.model.observation import ControlObservation, HttpObservation, Measurement
from whocut.reference.chains import ChainGrade, ChainResult
from whocut.reference.fingerprints import Fingerprint
from whocut.reference.snapshot import Reference

__all__ = ["PageReading", "page_title", "read_page"]

_FAILURES = {
    FailureFamily.RESET: f.HTTP_RESET,
    FailureFamily.TIMEOUT: f.HTTP_TIMEOUT,
    FailureFamily.EOF: f.HTTP_EOF,
    FailureFamily.REDIRECT: f.HTTP_REDIRECT_BROKEN,
}
_STATUS = {
    403: f.HTTP_403, 404: f.HTTP_404, 410: f.HTTP_404, 405: f.HTTP_405, 406: f.HTTP_406,
    429: f.HTTP_429, 451: f.HTTP_451,
}  # fmt: skip
_MEANING = {
    "geo_explicit": f.PAGE_GEO,
    "sanctions_explicit": f.PAGE_SANCTIONS,
    "licence_explicit": f.PAGE_LICENCE,
    "legal_explicit": f.PAGE_LEGAL,
    "cloud_refusal": f.PAGE_CLOUD,
    "refusal_vague": f.PAGE_VAGUE,
    "reputation_block": f.PAGE_REPUTATION,
    "bot_challenge": f.PAGE_CHALLENGE,
    "block_page": f.PAGE_BLOCK,
    "error_page": f.PAGE_ERROR,
    "false_positive": f.PAGE_FALSE_POSITIVE,
}
_BLOCK_SCOPE = {
    "state": f.PAGE_BLOCK_STATE,
    "isp": f.PAGE_BLOCK_OPERATOR,
    "product": f.PAGE_BLOCK_PRODUCT,
    "institution": f.PAGE_BLOCK_PRODUCT,
}
_TITLE = re.compile(rb"<title[^>]{0,200}>([^<]{0,2000})", re.IGNORECASE)
_GRADE_FACTS = {
    ChainGrade.VALID: f.HTTP_AUTHENTICATED,
    ChainGrade.VALID_UNDATED: f.HTTP_AUTHENTICATED,
    ChainGrade.PROBE_VERIFIED: f.HTTP_AUTHENTICATED,
    ChainGrade.UNVERIFIABLE: f.HTTP_TLS_UNVERIFIED,
    ChainGrade.NONE: f.HTTP_TLS_UNVERIFIED,
}


class PageReading(Struct, frozen=True, gc=False):
    """What one hop's exchanges show, and the exchange that shows it."""

    mask: int
    exchange: HttpObservation | None
    fingerprints: tuple[Fingerprint, ...]
    chain: ChainResult | None


def page_title(body: bytes | None) -> str:
    """Read the title of an HTML page; empty where it has none."""
    if not body:
        return ""
    found = _TITLE.search(body, 0, TITLE_SCAN_BYTES)
    if found is None:
        return ""
    return " ".join(html.unescape(found.group(1).decode("utf-8", "replace")).split())


def _deciding(hop: Hop) -> HttpObservation | None:
    """Pick the exchange that speaks for the hop: an answer first, from the resolver's address."""
    if not hop.http:
        return None
    if failure_family(hop.http[-1].failure) is FailureFamily.REDIRECT:
        # An endless redirect asks for the same URLs again: its end decides, not its turns.
        return hop.http[-1]

    def rank(exchange: HttpObservation) -> tuple[bool, bool, bool]:
        answered = exchange.status is not None
        whole = answered and exchange.failure is None
        return (whole, answered, exchange.ip is None or exchange.ip in hop.system_ips)

    best = hop.http[-1]
    for exchange in reversed(hop.http[:-1]):
        if rank(exchange) > rank(best):
            best = exchange
    return best


def _alike(exchange: HttpObservation, control: ControlObservation) -> bool:
    """Whether the answer is the page that the control got (after OONI spec ts-017)."""
    status, theirs_status = exchange.status or 0, control.http_status or 0
    if status != theirs_status and not status // 100 == theirs_status // 100 == 2:
        return False
    length, expected = len(exchange.body or b""), control.http_body_bytes
    if exchange.is_body_truncated and expected is not None and length <= expected:
        return True
    title = page_title(exchange.body)
    words = [word for word in title.split() if len(word) >= 5]
    theirs = {word.lower() for word in (control.http_title or "").split() if len(word) >= 5}
    if words and theirs:
        return words[0].lower() in theirs or bool(theirs & {word.lower() for word in words})
    if expected is not None and (length or expected):
        return min(length, expected) / max(length, expected, 1) > BODY_PROPORTION_ALIKE
    rare = {name for name, _ in exchange.headers} - COMMON_HEADERS
    return bool(rare & {name.lower() for name, _ in control.http_headers})


def _compare(exchange: HttpObservation, control: ControlObservation | None) -> int:
    if control is None or control.failure is not None or control.http_status is None:
        return 0
    mask = f.HTTP_SAME_STATUS if exchange.status == control.http_status else 0
    return mask | (f.HTTP_LIKE_CONTROL if _alike(exchange, control) else f.HTTP_UNLIKE_CONTROL)


def _status_facts(status: int) -> int:
    mask = _STATUS.get(status, 0)
    if status < 300:
        return mask | f.HTTP_2XX
    if status < 400:
        return mask | f.HTTP_3XX
    return mask | (f.HTTP_4XX if status < 500 else f.HTTP_5XX)


def _authority(
    exchange: HttpObservation, hop: Hop, tls: TlsReading
) -> tuple[int, ChainResult | None]:
    """Say who vouches for the answer."""
    if not hop.is_https:
        return 0, None
    result = tls.handshakes.grade_of(exchange.ip)
    if result is None:
        return f.HTTP_TLS_UNVERIFIED, None
    return _GRADE_FACTS.get(result.grade, f.HTTP_CHAIN_INVALID), result


def _failure_facts(exchange: HttpObservation, measurement: Measurement) -> int:
    family = failure_family(exchange.failure)
    if family is FailureFamily.NONE:
        return 0
    if family is FailureFamily.REDIRECT:
        return f.HTTP_REDIRECT_BROKEN
    mask = f.HTTP_FAILED | _FAILURES.get(family, f.HTTP_OTHER_FAILURE)
    if family not in (FailureFamily.TIMEOUT, FailureFamily.EOF, FailureFamily.RESET):
        return mask
    received = len(exchange.body or b"")
    for transfer in measurement.transfers:
        transaction = transfer.transaction_id
        if transaction is not None and transaction == exchange.transaction_id:
            received = max(received, transfer.read_bytes)
    # Bytes beyond any handshake's show an answer that began, though its status was not kept.
    began = exchange.status is not None or received >= STALL_RANGE_BYTES[0]
    if began and family is FailureFamily.TIMEOUT:
        mask |= f.HTTP_STALLED
        if STALL_RANGE_BYTES[0] <= received <= STALL_RANGE_BYTES[1]:
            mask |= f.HTTP_STALLED_AT_COUNT
    return mask


def _page_facts(found: tuple[Fingerprint, ...], probe_cc: str) -> int:
    mask = 0
    for fingerprint in found:
        mask |= _MEANING.get(fingerprint.meaning, 0)
        if fingerprint.meaning == "block_page":
            mask |= _BLOCK_SCOPE.get(fingerprint.scope, 0)
            if probe_cc in fingerprint.expected_countries:
                mask |= f.PAGE_BLOCK_EXPECTED
        elif fingerprint.meaning not in ("error_page", "false_positive"):
            if fingerprint.scope == "edge":
                mask |= f.PAGE_SCOPE_EDGE
            elif fingerprint.scope == "cloud":
                mask |= f.PAGE_SCOPE_CLOUD
            if fingerprint.provider:
                mask |= f.PAGE_PROVIDER
    return mask


def read_page(
    measurement: Measurement, hop: Hop, tls: TlsReading, reference: Reference
) -> PageReading:
    """State what one hop's exchanges show, as a mask of facts and the fingerprints found."""
    exchange = _deciding(hop)
    if exchange is None:
        return PageReading(0, None, (), None)
    mask = _failure_facts(exchange, measurement)
    if exchange.status is None:
        return PageReading(mask, exchange, (), None)
    authority, chain = _authority(exchange, hop, tls)
    mask |= _status_facts(exchange.status) | authority
    if not mask & f.HTTP_FAILED:
        mask |= f.HOP_ANSWERED
    found = reference.fingerprints.match_response(
        exchange.status, exchange.headers, exchange.body
    )
    mask |= _page_facts(found, measurement.probe_cc)
    if hop.is_final and not mask & (f.HTTP_FAILED | f.HTTP_REDIRECT_BROKEN):
        mask |= _compare(exchange, measurement.control)
    return PageReading(mask, exchange, found, chain)
