"""A second pass in a few lines, with the signatures of the real one: it counts, and nothing else.

It shows where rows go, not what they mean. Its cells know the other countries, and its spans all
weeks, so that a part that was forgotten or given twice changes a number.
"""

from datetime import date, timedelta

import pyarrow as pa
from msgspec import Struct

from whocut.cli.cells_pass import CellModel
from whocut.model.cell_schema import CELL, NETWORK_WEEK, SPAN, TALLY
from whocut.model.schema import arrow_schema
from whocut.model.taxonomy import Cause

VERSION = "tiny-1"


class TinyTallied(Struct, frozen=True):
    tallies: pa.Table
    networks: pa.Table


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def tally(verdicts: pa.Table) -> TinyTallied:
    (cc,) = set(verdicts["probe_cc"].to_pylist())
    kinds: dict[tuple, list[dict]] = {}
    networks: dict[tuple, list[dict]] = {}
    for row in verdicts.to_pylist():
        week = _monday(row["measurement_start_time"].date())
        kind = ("outcome", "layer", "mechanism", "locus", "actor_kind", "strength")
        head = (row["target"], week, row["probe_asn"], row["origin"])
        kinds.setdefault((*head, *(row[name] for name in kind)), []).append(row)
        networks.setdefault((row["probe_asn"], week, row["origin"]), []).append(row)
    tallies = []
    for key, rows in kinds.items():
        times = [(row["measurement_start_time"], row["measurement_uid"]) for row in rows]
        tallies.append(
            dict(zip(TALLY.sorted_by, key, strict=True))
            | {
                "probe_cc": cc,
                "n": len(rows),
                "n_bad_day": 0,
                "n_effective": float(len(rows)),
                "days": len({time.date() for time, _ in times}),
                "first": min(times)[0],
                "last": max(times)[0],
                "example_uid": max(times)[1],
                "network_lossy": 0.0,
                "others_alike": 0,
                "others_refused": 0,
                "others": 0,
            }
        )
    weeks = []
    for (asn, week, origin), rows in networks.items():
        days = sorted({row["measurement_start_time"].date() for row in rows})
        counts = ("n", "targets", "n_served", "n_cut", "n_unusable", "reachable")
        weeks.append(
            {"origin": origin, "probe_cc": cc, "probe_asn": asn, "week": week}
            | dict.fromkeys(counts, len(rows))
            | {"reachable_failed": 0, "bad_days": days, "lossy": 0.0}
        )
    return TinyTallied(
        pa.Table.from_pylist(tallies, schema=arrow_schema(TALLY)),
        pa.Table.from_pylist(weeks, schema=arrow_schema(NETWORK_WEEK)),
    )


def fit(tallies: pa.Table) -> pa.Table:
    cells: dict[tuple, list[dict]] = {}
    countries: dict[tuple, set[str]] = {}
    for row in tallies.to_pylist():
        cells.setdefault((row["origin"], row["probe_cc"], row["target"], row["week"]), []).append(
            row
        )
        countries.setdefault((row["target"], row["week"]), set()).add(row["probe_cc"])
    made = []
    for (origin, cc, target, week), rows in cells.items():
        n = sum(row["n"] for row in rows)
        texts = ("answer", "mechanism", "layer", "lead", "second", "shortfall")
        shares = ("p_two", "p_cut", "extent", "extent_low", "extent_high")
        made.append(
            {"origin": origin, "probe_cc": cc, "target": target, "week": week, "model": VERSION}
            | dict.fromkeys(texts, "none")
            | dict.fromkeys((*shares, *(f"p_{cause.value}" for cause in Cause)), 0.5)
            | dict.fromkeys(("n", "n_usable", "n_served"), n)
            | {
                "n_networks": len({row["probe_asn"] for row in rows}),
                "n_networks_cut": 0,
                "n_countries": len(countries[target, week]) - 1,
                "n_countries_served": 0,
            }
        )
    made.reverse()  # the store does not rely on an order
    return pa.Table.from_pylist(made, schema=arrow_schema(CELL))


def find_spans(cells: pa.Table) -> pa.Table:
    spans: dict[tuple, list[dict]] = {}
    for row in cells.to_pylist():
        spans.setdefault((row["origin"], row["probe_cc"], row["target"]), []).append(row)
    made = []
    for (origin, cc, target), rows in spans.items():
        weeks = [row["week"] for row in rows]
        made.append(
            {"origin": origin, "probe_cc": cc, "target": target, "model": VERSION}
            | dict.fromkeys(("cause", "mechanism", "layer"), "none")
            | dict.fromkeys(("onset_low", "onset_high", "onset"), min(weeks))
            | dict.fromkeys(("end_low", "end_high", "end"))
            | {
                "last_week": max(weeks),
                "p": 0.5,
                "n": sum(row["n"] for row in rows),
                "n_networks": max(row["n_networks"] for row in rows),
                "weeks": len(weeks),
            }
        )
    return pa.Table.from_pylist(made, schema=arrow_schema(SPAN))


TINY = CellModel(VERSION, VERSION, tally, fit, find_spans)
