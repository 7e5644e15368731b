"""Facts of one hop's TCP connects, at the addresses its resolver gave."""

from whocut.access import facts as f
from whocut.access.hops import Hop
from whocut.model.failure import FailureFamily, failure_family
from whocut.model.observation import ControlObservation, Measurement, TcpObservation
from whocut.reference.bogons import is_bogon

__all__ = ["endpoint_name", "read_tcp"]

_TCP = {
    FailureFamily.TIMEOUT: f.TCP_TIMEOUT,
    FailureFamily.REFUSED: f.TCP_REFUSED,
    FailureFamily.RESET: f.TCP_RESET,
    FailureFamily.UNREACHABLE: f.TCP_UNREACHABLE,
}
_NO_IPV6 = (FailureFamily.LOCAL, FailureFamily.UNREACHABLE)


def endpoint_name(ip: str | None, port: int | None) -> str:
    """Write an endpoint as controls do: ``ip:port``, IPv6 in brackets."""
    return f"[{ip}]:{port}" if ip and ":" in ip else f"{ip}:{port}"


def _tcp_control(failed: list[TcpObservation], control: ControlObservation | None) -> int:
    if control is None or not control.tcp:
        return 0
    seen = [
        control.tcp[endpoint]
        for endpoint in (endpoint_name(t.ip, t.port) for t in failed)
        if endpoint in control.tcp
    ]
    if not seen:
        return 0
    return f.TCP_CONTROL_OK_SAME if None in seen else f.TCP_CONTROL_FAILED_SAME


def read_tcp(measurement: Measurement, hop: Hop) -> int:
    """State what one hop's connects show, as a mask of facts.

    Bogon addresses are DNS's matter, and an IPv6 connect that fails for want of IPv6 is nobody's.
    """
    connects = [t for t in hop.tcp if not is_bogon(t.ip)]
    usable = [
        t
        for t in connects
        if t.failure is None or ":" not in t.ip or failure_family(t.failure) not in _NO_IPV6
    ]
    if not usable:
        return f.TCP_IPV6_ONLY if connects else 0
    if any(t.failure is None for t in usable):
        return 0
    mask = f.TCP_ALL_FAILED
    for connect in usable:
        mask |= _TCP.get(failure_family(connect.failure), f.TCP_OTHER)
    return mask | _tcp_control(usable, measurement.control if hop.index == 0 else None)
