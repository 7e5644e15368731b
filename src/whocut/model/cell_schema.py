"""Tables of pass 2: what many verdicts say together. Keys, counts, posteriors, spans.

A week begins on its Monday (ISO 8601); a row is filed under the quarter in which that Monday lies.
Every table repeats ``origin``, so that the emulated internet never mixes with the world.
"""

from typing import Final

import pyarrow as pa

from whocut.model.key_columns import ORIGIN, PROBE_ASN, PROBE_CC, TARGET, WEEK
from whocut.model.table import INSTANT, NEVER, TEXT, Column, Table
from whocut.model.taxonomy import Cause

__all__ = ["CELL", "CELL_TABLES", "NETWORK_WEEK", "SPAN", "TALLY"]

_SHARE: Final = pa.float32()
_COUNT: Final = pa.int32()

_MODEL = Column("model", TEXT, "Version of the cell model: release and hash of its data.")

TALLY: Final = Table(
    name="tally",
    row=(
        "how many verdicts of one kind a network gave on one target in one week; "
        "what cells are made of, and where an answer opens down to"
    ),
    sorted_by=(
        *("target", "week", "probe_asn", "origin", "outcome", "layer", "mechanism"),
        *("locus", "actor_kind", "strength"),
    ),
    columns=(
        ORIGIN,
        PROBE_CC,
        TARGET,
        WEEK,
        PROBE_ASN,
        Column("outcome", TEXT, "As in verdict."),
        Column("layer", TEXT, "As in verdict."),
        Column("mechanism", TEXT, "As in verdict."),
        Column("locus", TEXT, "As in verdict."),
        Column("actor_kind", TEXT, "As in verdict."),
        Column("strength", TEXT, "As in verdict."),
        Column("n", _COUNT, "Verdicts counted.", unit="count"),
        Column(
            "n_bad_day",
            _COUNT,
            "Those of them on days, or in weeks, in which the network did so to unrelated targets.",
            unit="count",
        ),
        Column(
            "n_effective", _SHARE, "Their weight: many on one day count as a few.", unit="count"
        ),
        Column("days", _COUNT, "Distinct days.", unit="count"),
        Column("first", INSTANT, "First of them.", unit="UTC, microseconds"),
        Column("last", INSTANT, "Last of them.", unit="UTC, microseconds"),
        Column("example_uid", TEXT, "Id of the last of them."),
        Column(
            "network_lossy",
            _SHARE,
            "Probability that the network loses exchanges at random that week, told by its other "
            "targets.",
        ),
        Column(
            "others_alike",
            _COUNT,
            "Other targets of the country that mostly end the same way in weeks of the quarter.",
            unit="count",
        ),
        Column(
            "others_refused",
            _COUNT,
            "Other targets of the country that mostly answer with a refusing page in such weeks.",
            unit="count",
        ),
        Column("others", _COUNT, "Other targets measured there in the quarter.", unit="count"),
    ),
)

NETWORK_WEEK: Final = Table(
    name="network_week",
    row="one network in one week: how much was measured there, and how it fared on all its targets",
    sorted_by=("probe_asn", "week", "origin"),
    columns=(
        ORIGIN,
        PROBE_CC,
        PROBE_ASN,
        WEEK,
        Column("n", _COUNT, "Verdicts counted.", unit="count"),
        Column("targets", _COUNT, "Distinct targets.", unit="count"),
        Column("n_served", _COUNT, "Verdicts that the target was served.", unit="count"),
        Column("n_cut", _COUNT, "Verdicts that saw a cut, by anybody.", unit="count"),
        Column("n_unusable", _COUNT, "Network down or measurement at fault.", unit="count"),
        Column("reachable", _COUNT, "Verdicts on targets that this network reaches as a rule.",
               unit="count"),
        Column("reachable_failed", _COUNT, "Those of them that failed on the way.", unit="count"),
        Column("bad_days", pa.list_(pa.field("item", pa.date32(), nullable=False)),
               "Days on which unrelated targets failed together."),
        Column("lossy", _SHARE, "Probability that it loses exchanges at random that week."),
    ),
)  # fmt: skip

CELL: Final = Table(
    name="cell",
    row=(
        "one (country, target, week): what it rests on, the probability of each cause, and the "
        "answer, or insufficient"
    ),
    sorted_by=("target", "week", "origin"),
    columns=(
        ORIGIN,
        PROBE_CC,
        TARGET,
        WEEK,
        Column("n", _COUNT, "Verdicts counted.", unit="count"),
        Column("n_usable", _COUNT, "Those that say something of the target.", unit="count"),
        Column("n_served", _COUNT, "Verdicts that it was served.", unit="count"),
        Column("n_networks", _COUNT, "Networks with a usable verdict.", unit="count"),
        Column("n_networks_cut", _COUNT, "Networks on which a cut or a vague refusal was seen.",
               unit="count"),
        Column("n_countries", _COUNT, "Other countries with usable verdicts on it that week.",
               unit="count"),
        Column("n_countries_served", _COUNT, "Those of them in which it was mostly served.",
               unit="count"),
        Column("answer", TEXT, "A cause, refused, cut_unattributed, two_causes or insufficient."),
        Column("shortfall", TEXT, "Why it is insufficient or unattributed; empty otherwise."),
        Column("mechanism", TEXT, "Most frequent mechanism of the leading cause; none if served."),
        Column("layer", TEXT, "Layer of that mechanism."),
        *(
            Column(f"p_{cause.value}", _SHARE, f"Probability that this is at work: {cause.value}.")
            for cause in Cause
        ),
        Column("p_two", _SHARE, "Probability that two causes are at work."),
        Column("p_cut", _SHARE, "Probability of a cut, whoever did it."),
        Column("lead", TEXT, "The likeliest cause but served; none where nothing speaks for one.",
               null=NEVER),
        Column("extent", _SHARE, "Share of the country's networks on which it acts, if it does."),
        Column("extent_low", _SHARE, "Lower end of its 90 % interval."),
        Column("extent_high", _SHARE, "Upper end of its 90 % interval."),
        Column("second", TEXT, "The other cause where two are at work, or refused; none else."),
        _MODEL,
    ),
)  # fmt: skip

SPAN: Final = Table(
    name="span",
    row="one cause at one target in one country, from its onset to its end, each with an interval",
    sorted_by=("target", "onset_high", "cause", "origin"),
    columns=(
        ORIGIN,
        PROBE_CC,
        TARGET,
        Column("cause", TEXT, "What began and ended: a cause, refused or cut_unattributed."),
        Column("mechanism", TEXT, "Its most frequent mechanism."),
        Column("layer", TEXT, "Layer of that mechanism."),
        Column("onset_low", pa.date32(), "Monday of the first week in which it may have begun.",
               null="it was at work when measuring began"),
        Column("onset_high", pa.date32(), "Monday of the last week in which it may have begun."),
        Column("onset", pa.date32(), "Likeliest week of onset.",
               null="it was at work when measuring began"),
        Column("end_low", pa.date32(), "Monday of the first week in which it may have been gone.",
               null="it is at work in the last week measured"),
        Column("end_high", pa.date32(), "Monday of the last such week.",
               null="it is at work in the last week measured"),
        Column("end", pa.date32(), "Likeliest first week without it: the restoration.",
               null="it is at work in the last week measured"),
        Column("last_week", pa.date32(), "Last week in which it was measured at work."),
        Column("p", _SHARE, "Probability that it was at work, over its weeks."),
        Column("n", _COUNT, "Usable verdicts in its weeks.", unit="count"),
        Column("n_networks", _COUNT, "Most networks in one of its weeks.", unit="count"),
        Column("weeks", _COUNT, "Weeks with measurements.", unit="count"),
        _MODEL,
    ),
)  # fmt: skip

CELL_TABLES: Final = (TALLY, NETWORK_WEEK, CELL, SPAN)
