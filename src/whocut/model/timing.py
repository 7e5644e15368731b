"""How long one answer took: what slowdowns are told from."""

from msgspec import Struct

__all__ = ["Timing"]


class Timing(Struct, frozen=True, gc=False):
    """The clock of one measurement's last exchange with its target."""

    ttfb_ms: float | None
    """Request sent to the first byte of the answer; ``None`` where the engine kept neither."""
    ttfb_basis: str
    """``read``: a single read; ``one_flight``: an answer so small that it came whole; or ``none``.
    """
    basis: str
    """What the bytes were counted from: ``reads`` or ``totals`` (running totals, v0.5)."""
    transfer_bytes: int
    """Bytes of the answer, as they came over the connection."""
    transfer_ms: float
    """Request sent to the last byte of the answer."""
    rate: float | None
    """Bytes a second over that time; ``None`` where nothing came or no time passed."""
    expected_bytes: int | None
    """How long the page is elsewhere: the control's body; our own where the answer came whole."""
    connect_ms: float | None
    handshake_ms: float | None
    is_stalled: bool
    """The answer began, stopped, and nothing more came for most of the wait."""
    stalled_at_bytes: int | None
    """Bytes received on the connection by then, handshake included."""
    failure: str | None
