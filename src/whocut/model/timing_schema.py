"""Tables of slowdowns: the clock of single answers, its weekly summary, what all of them say."""

from typing import Final

import pyarrow as pa

from whocut.model.key_columns import ORIGIN, PROBE_ASN, PROBE_CC, TARGET, WEEK
from whocut.model.table import INSTANT, NEVER, TEXT, Column, Table

__all__ = ["SLOWDOWN", "SLOWDOWN_TABLES", "TIMING", "TIMING_WEEK"]

_NUMBER: Final = pa.float32()
_COUNT: Final = pa.int32()



def _maybe(name: str, comment: str, null: str, unit: str = "") -> Column:
    return Column(name, _NUMBER, comment, null=null, unit=unit)


TIMING: Final = Table(
    name="timing",
    row="how long the answer took in one measurement, where the engine kept the times",
    sorted_by=("measurement_start_time", "measurement_uid", "ordinal"),
    columns=(
        Column("measurement_uid", TEXT, "Id of the measurement, as in verdict."),
        ORIGIN,
        PROBE_CC,
        PROBE_ASN,
        TARGET,
        Column("measurement_start_time", INSTANT, "When it began.", unit="UTC, microseconds"),
        Column("ordinal", pa.int32(), "Place in the measurement; 0, there is one at most."),
        Column("ttfb_ms", pa.float64(), "Request sent to the first byte of the answer.",
               null="the engine kept no single reads", unit="milliseconds"),
        Column("ttfb_basis", TEXT, "read: a single read; one_flight: a small answer that came "
               "whole; none."),
        Column("basis", TEXT, "What the bytes were counted from: reads, or running totals."),
        Column("transfer_bytes", pa.int64(), "Bytes of the answer.", unit="bytes"),
        Column("transfer_ms", pa.float64(), "Request sent to the last byte of the answer.",
               unit="milliseconds"),
        Column("rate", pa.float64(), "Bytes of the answer over that time.",
               null="nothing came, or no time passed", unit="bytes/s"),
        Column("expected_bytes", pa.int64(), "Length of the page elsewhere: the control's body, "
               "or the whole answer.", null="unknown", unit="bytes"),
        Column("connect_ms", pa.float64(), "TCP connect to that endpoint: the line's own round "
               "trip.", null="not recorded", unit="milliseconds"),
        Column("handshake_ms", pa.float64(), "TLS handshake with it.", null="not recorded",
               unit="milliseconds"),
        Column("is_stalled", pa.bool_(), "The answer began, then nothing came for most of the "
               "wait."),
        Column("stalled_at_bytes", pa.int64(), "Received on the connection by then, handshake "
               "included.", null="it did not stall", unit="bytes"),
        Column("failure", TEXT, "How the exchange failed (df-007).", null="no failure"),
        Column("ruleset", TEXT, "Version of the rules that judged."),
        Column("reference_snapshot", TEXT, "Id of the reference data that was asked."),
        Column("source", TEXT, "The file or address that was read, as it was named."),
        Column("source_offset", pa.int64(), "Where the record begins in the decompressed source.",
               unit="bytes"),
        Column("source_line", pa.int64(), "Line or record of the source.", unit="count from 1"),
    ),
)  # fmt: skip

_NO_RATE: Final = "no transfer long enough"
_NO_TTFB: Final = "no time to first byte"
_NO_STALL: Final = "none stalled"

TIMING_WEEK: Final = Table(
    name="timing_week",
    row="the timings of one network, target and week, summed up so that single ones weigh little",
    sorted_by=("target", "week", "probe_asn", "origin"),
    columns=(
        ORIGIN,
        PROBE_CC,
        PROBE_ASN,
        TARGET,
        WEEK,
        Column("n", _COUNT, "Timed answers.", unit="count"),
        Column("days", _COUNT, "Distinct days.", unit="count"),
        Column("n_rate", _COUNT, "Those long enough for a rate and not stalled.", unit="count"),
        Column("days_rate", _COUNT, "Distinct days of those.", unit="count"),
        _maybe("log_rate", "Median of the natural logarithm of bytes a second.", _NO_RATE),
        _maybe("mad_log_rate", "Median absolute deviation from it.", _NO_RATE),
        Column("n_ttfb", _COUNT, "Those with a time to first byte.", unit="count"),
        Column("days_ttfb", _COUNT, "Distinct days of those.", unit="count"),
        _maybe("log_ttfb", "Median of the natural logarithm of milliseconds.", _NO_TTFB),
        _maybe("mad_log_ttfb", "Median absolute deviation from it.", _NO_TTFB),
        _maybe("log_connect", "Median of the logarithm of the connect's milliseconds.",
               "not recorded"),
        _maybe("log_round_trips", "Median of the logarithm of the transfer's time over the line's "
               "round trip.", "not recorded"),
        Column("n_long", _COUNT, "Those whose page is long enough to stall or to have a rate.",
               unit="count"),
        Column("n_stalled", _COUNT, "Those of them that stalled.", unit="count"),
        _maybe("log_stalled", "Median of the logarithm of the bytes at which they stalled.",
               _NO_STALL),
        _maybe("mad_log_stalled", "Median absolute deviation from it.", _NO_STALL),
    ),
)  # fmt: skip

_NO_CONTRAST: Final = "no contrast could be made"

SLOWDOWN: Final = Table(
    name="slowdown",
    row=(
        "one (country, target, week): whether it was slower than line, service and its own past "
        "explain, and in which way"
    ),
    sorted_by=("target", "week", "origin"),
    columns=(
        ORIGIN,
        PROBE_CC,
        TARGET,
        WEEK,
        Column("n", _COUNT, "Timed answers.", unit="count"),
        Column("n_rate", _COUNT, "Those with a rate.", unit="count"),
        Column("n_networks", _COUNT, "Networks with a rate or time that can be held against "
               "others.", unit="count"),
        Column("n_networks_slow", _COUNT, "Those on which it was slowed.", unit="count"),
        Column("n_countries", _COUNT, "Other countries it was held against.", unit="count"),
        Column("n_baseline", _COUNT, "Earlier weeks it was held against, at most over its "
               "networks.", unit="count"),
        Column("answer", TEXT, "throttled, stalled, slow_service, slow_network, none or "
               "insufficient."),
        Column("mechanism", TEXT, "Mechanism of that answer; none otherwise."),
        Column("shortfall", TEXT, "Why it is insufficient, or what speaks against more; empty "
               "otherwise."),
        _maybe("rate_ratio", "Rate over what line, service and past explain.", _NO_CONTRAST),
        _maybe("rate_ratio_low", "Lower end of its 90 % interval.", _NO_CONTRAST),
        _maybe("rate_ratio_high", "Upper end of its 90 % interval.", _NO_CONTRAST),
        _maybe("ttfb_ratio", "Time to first byte over what they explain.", _NO_CONTRAST),
        _maybe("ttfb_ratio_low", "Lower end of its 90 % interval.", _NO_CONTRAST),
        _maybe("ttfb_ratio_high", "Upper end of its 90 % interval.", _NO_CONTRAST),
        _maybe("p_throttled", "Probability that the rate is below half of it.", _NO_CONTRAST),
        _maybe("service_ratio", "Rate of the target elsewhere over its own past or its like.",
               _NO_CONTRAST),
        _maybe("network_ratio", "Rate of the networks over their own past or their like.",
               _NO_CONTRAST),
        _maybe("rate", "Median rate here.", _NO_RATE, "bytes/s"),
        _maybe("cap", "Rate at which it is held: the same on all networks, and steady.",
               "no such cap", "bytes/s"),
        Column("n_stalled", _COUNT, "Answers that froze.", unit="count"),
        _maybe("stalled_share", "Share of the long answers that froze.", "no long answers"),
        _maybe("stalled_share_elsewhere", "The same in other countries.", "no long answers"),
        _maybe("stalled_at", "Bytes at which they froze, the median.", _NO_STALL, "bytes"),
        Column("model", TEXT, "Version of the method: release and hash of its thresholds.",
               null=NEVER),
    ),
)  # fmt: skip

SLOWDOWN_TABLES: Final = (TIMING, TIMING_WEEK, SLOWDOWN)
