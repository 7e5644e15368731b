"""Facts of the measurement as a whole: its control, its clock, its network."""

from datetime import UTC, datetime

from whocut.access import facts as f
from whocut.access.thresholds import CLOCK_AHEAD_TOLERANCE_S
from whocut.model.failure import FailureFamily, failure_family
from whocut.model.observation import ControlObservation, Measurement
from whocut.reference.bogons import is_bogon

__all__ = ["control_behind_redirect", "control_facts", "measurement_facts"]

_LOCAL = (FailureFamily.LOCAL, FailureFamily.UNREACHABLE)


def _control_dns(control: ControlObservation) -> int:
    if control.dns_ips:
        mask = f.CONTROL_DNS_OK
        if all(is_bogon(ip) for ip in control.dns_ips):
            mask |= f.CONTROL_DNS_BOGON
        return mask
    family = failure_family(control.dns_failure)
    if family is FailureFamily.NXDOMAIN:
        return f.CONTROL_DNS_NXDOMAIN
    if family is FailureFamily.NONE:
        return f.CONTROL_DNS_EMPTY if control.dns_ips is not None else 0
    if family is FailureFamily.NO_ANSWER:
        return f.CONTROL_DNS_EMPTY
    return f.CONTROL_DNS_FAILED


def _control_http(control: ControlObservation) -> int:
    if control.http_failure is not None:
        return f.CONTROL_HTTP_FAILED
    status = control.http_status
    if status is None:
        return 0
    if status < 400:
        return f.CONTROL_HTTP_OK
    return f.CONTROL_HTTP_REFUSED if status < 500 else f.CONTROL_HTTP_ERROR


def control_facts(control: ControlObservation | None) -> int:
    """State what the control saw, as a mask of facts."""
    if control is None or control.failure is not None:
        return f.CONTROL_MISSING
    dns, http = _control_dns(control), _control_http(control)
    if not dns and not http and not control.tcp and not control.tls:
        return f.CONTROL_MISSING
    mask = f.CONTROL_OK | dns | http
    reached = any(failure is None for failure in control.tcp.values())
    if any(failure is None for failure in control.tls.values()):
        mask |= f.CONTROL_TLS_OK
        reached = True
    if not reached and control.tcp and not http & ~f.CONTROL_HTTP_FAILED:
        mask |= f.CONTROL_UNREACHED
    return mask


_OF_FIRST_NAME = (
    f.CONTROL_DNS_OK
    | f.CONTROL_DNS_NXDOMAIN
    | f.CONTROL_DNS_EMPTY
    | f.CONTROL_DNS_FAILED
    | f.CONTROL_DNS_BOGON
    | f.CONTROL_UNREACHED
    | f.CONTROL_TLS_OK
)


def control_behind_redirect(mask: int) -> int:
    """Keep of the control's facts what holds behind a redirect.

    The control resolves and connects the first name only. Of a later one it speaks by its page
    alone: it was fetched through every redirect, or it was not.
    """
    kept = mask & ~_OF_FIRST_NAME
    return kept | f.CONTROL_DNS_OK if kept & f.CONTROL_HTTP_OK else kept


def _received_at(uid: str) -> datetime | None:
    """Read the collector's own clock from a uid such as ``20221110100919.165568_US_...``."""
    head = uid[:14]
    if len(uid) < 15 or uid[14] != "." or not head.isdigit():
        return None
    try:
        # strptime takes longer than the rest of these facts together.
        return datetime(
            int(head[:4]), int(head[4:6]), int(head[6:8]),
            int(head[8:10]), int(head[10:12]), int(head[12:]), tzinfo=UTC,
        )  # fmt: skip
    except ValueError:
        return None


def measurement_facts(measurement: Measurement) -> int:
    """State what holds for the whole measurement, as a mask of facts."""
    mask = control_facts(measurement.control)
    failures = [
        *(o.failure for o in measurement.dns),
        *(o.failure for o in measurement.tcp),
        *(o.failure for o in measurement.tls),
        *(o.failure for o in measurement.http),
    ]
    if not failures:
        mask |= f.PROBE_NO_DATA
    elif mask & f.CONTROL_MISSING and None not in failures:
        # Nothing worked, the helper included: unless some failure needs a live network
        # (a refusal, a reset, an NXDOMAIN), the probe was offline.
        families = {failure_family(failure) for failure in failures}
        offline = {
            *_LOCAL,
            FailureFamily.TIMEOUT,
            FailureFamily.SERVFAIL,
            FailureFamily.DNS_OTHER,
            FailureFamily.UNKNOWN,
        }
        if families <= offline:
            mask |= f.PROBE_NETWORK_DOWN
    received = _received_at(measurement.measurement_uid)
    if received is not None:
        ahead_s = (measurement.measurement_start_time - received).total_seconds()
        if ahead_s > CLOCK_AHEAD_TOLERANCE_S:
            mask |= f.PROBE_CLOCK_AHEAD
    return mask
