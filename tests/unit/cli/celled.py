"""An observatory with cells laid by hand: what they say is fixed, whatever the model would say."""

from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from tests.unit.store.building import DAY, blank, judgement, put
from whocut.model.schema import TABLES, arrow_schema
from whocut.model.taxonomy import ActorKind, Cause, Layer, Locus, Outcome, Strength
from whocut.model.verdict import Judgement
from whocut.store.derived import ALL_TIME, quarter_of
from whocut.store.observatory import Observatory
from whocut.store.parquet_files import Place, in_order, write_rows
from whocut.store.weeks import monday

FIRST = date(2024, 1, 1)
WEEKS = 9
SERVED: dict[str, Any] = {
    "outcome": Outcome.SERVED,
    "layer": Layer.NONE,
    "mechanism": "none",
    "locus": Locus.UNKNOWN,
    "actor_kind": ActorKind.NONE,
    "rule_id": "served.like_control",
    "rules": ("served.like_control",),
    "cut_layers": (),
    "fingerprints": (),
    "doubt": "",
    "next_step": "",
}
RESET: dict[str, Any] = {
    **SERVED,
    "outcome": Outcome.INTERFERED,
    "layer": Layer.TLS,
    "mechanism": "tls.reset.sni",
    "actor_kind": ActorKind.UNKNOWN,
    "strength": Strength.B,
    "rule_id": "tls.reset.sni",
    "rules": ("tls.reset.sni",),
    "cut_layers": (Layer.TLS,),
    "doubt": "A reset shows no sender.",
    "next_step": "Compare the TTL of the reset with the handshake's.",
}
_KEY = ("probe_cc", "target", "probe_asn", "outcome", "layer", "mechanism")
_KEY += ("locus", "actor_kind", "strength")


def cell(target: str, week: int, answer: str, p: float = 0.99, **more: Any) -> dict[str, Any]:
    """One cell: the probability goes to what it answers."""
    causes = {f"p_{cause.value}": 0.001 for cause in Cause}
    causes[f"p_{more.get('lead', answer)}"] = p
    is_cut = answer not in ("served", "insufficient")
    given = {
        "probe_cc": "RU",
        "target": target,
        "week": FIRST + timedelta(weeks=week),
        "n": 12,
        "n_usable": 12,
        "n_served": 0 if is_cut else 12,
        "n_networks": 3,
        "n_networks_cut": 3 if is_cut else 0,
        "n_countries": 2,
        "n_countries_served": 1,
        "answer": answer,
        "mechanism": "tls.reset.sni" if is_cut else "none",
        "layer": "tls" if is_cut else "none",
        "p_cut": p if is_cut else 0.002,
        "p_two": 0.001,
        "lead": answer if is_cut else "none",
        "second": "none",
        "extent": 0.9,
        "extent_low": 0.6,
        "extent_high": 0.98,
        "model": "1+test",
    }
    row = blank("cell", **given | causes | more)
    return {name: row[name] for name in arrow_schema(TABLES["cell"]).names}


def tallies_of(judgements: list[Judgement]) -> list[dict[str, Any]]:
    """Count verdicts by network, week and kind."""
    groups: dict[tuple[Any, ...], list[Judgement]] = defaultdict(list)
    for one in judgements:
        verdict = one.verdict
        week = monday(verdict.measurement_start_time.date())
        key = (verdict.origin, week, *(str(getattr(verdict, name)) for name in _KEY))
        groups[key].append(one)
    found = []
    for key, group in groups.items():
        verdicts = sorted((one.verdict for one in group), key=lambda v: v.measurement_start_time)
        counted = {"origin": key[0], "week": key[1], **dict(zip(_KEY, key[2:], strict=True))}
        counted |= {"probe_asn": int(counted["probe_asn"]), "n": len(group), "days": 1}
        counted |= {
            "first": verdicts[0].measurement_start_time,
            "last": verdicts[-1].measurement_start_time,
            "example_uid": verdicts[-1].measurement_uid,
        }
        found.append(blank("tally", **counted))
    return found


def measured() -> list[Judgement]:
    """Verdicts of RU and IR: served, and from the fifth week reset, on three networks."""
    found = []
    for week in range(WEEKS):
        for number in range(2 if week == WEEKS - 1 else 12):
            at = DAY + timedelta(weeks=week, hours=5 * number)
            kind = RESET if 4 <= week < WEEKS - 1 else SERVED
            found.append(judgement(week * 100 + number, measurement_start_time=at, **kind))
    for number in range(6):
        at = DAY + timedelta(weeks=7, hours=number)
        more = {"target": "quiet.example", "hostname": "quiet.example", **SERVED}
        found.append(judgement(2000 + number, measurement_start_time=at, **more))
        cut = {"target": "local.example", "hostname": "local.example"}
        kind = RESET if number % 3 == 0 else SERVED  # on the first network alone
        found.append(judgement(3000 + number, measurement_start_time=at, **cut, **kind))
        found.append(judgement(4000 + number, measurement_start_time=at, probe_cc="IR", **SERVED))
    at = DAY + timedelta(weeks=6)
    lone = {"target": "lone.example", "hostname": "lone.example", "measurement_start_time": at}
    found.append(judgement(5000, **lone, **RESET))
    return found


def cells() -> list[dict[str, Any]]:
    """The cells that the tests expect, by hand."""
    found = [cell("example.org", week, "served") for week in range(4)]
    found += [cell("example.org", week, "interfered") for week in range(4, WEEKS - 1)]
    short = {"shortfall": "few_measurements", "n": 2, "n_usable": 2, "n_networks": 2}
    found.append(cell("example.org", WEEKS - 1, "insufficient", 0.1, lead="served", **short))
    found.append(cell("quiet.example", 7, "served", n=6, n_usable=6))
    found.append(cell("local.example", 7, "cut_unattributed", 0.6, lead="interfered", n=6))
    alone = {"shortfall": "one_network", "n": 1, "n_usable": 1, "n_networks": 1}
    alone |= {"n_countries": 0, "n_countries_served": 0, "lead": "interfered"}
    found.append(cell("lone.example", 6, "insufficient", 0.5, **alone))
    for week in range(WEEKS):
        found.append(cell("example.org", week, "served", probe_cc="IR", n=6))
    found.append(cell("example.org", 7, "refused_service", probe_cc="KZ"))
    return found


def spans() -> list[dict[str, Any]]:
    """One cut, still at work."""
    onset = {"onset_low": FIRST + timedelta(weeks=3), "onset": FIRST + timedelta(weeks=4)}
    onset |= {"onset_high": FIRST + timedelta(weeks=4)}
    ends = dict.fromkeys(("end_low", "end_high", "end"))
    given = {"probe_cc": "RU", "target": "example.org", "cause": "interfered", "layer": "tls"}
    given |= {"mechanism": "tls.reset.sni", "p": 0.99, "n": 48, "n_networks": 3, "weeks": 4}
    last = {"last_week": FIRST + timedelta(weeks=7), "model": "1+test"}
    return [blank("span", **given, **onset, **ends, **last)]


def networks() -> list[dict[str, Any]]:
    """Networks of RU by week; one of them measured other targets only, one is unwell."""
    found = []
    for week in range(WEEKS):
        for asn in (64500, 64501, 64502, 64510):
            given = {"probe_cc": "RU", "probe_asn": asn, "week": FIRST + timedelta(weeks=week)}
            counts = {"n": 40, "targets": 3, "n_served": 36, "n_cut": 4, "reachable": 36}
            unwell = {"reachable_failed": 18, "lossy": 0.9} if asn == 64502 else {"lossy": 0.02}
            days = [FIRST + timedelta(weeks=week, days=2)] if asn == 64502 and week == 7 else []
            found.append(blank("network_week", **given, **counts, **unwell, bad_days=days))
    return found


def lay_cells(place: Path, tables: dict[str, list[dict[str, Any]]]) -> None:
    """Put rows in force as the derived tables of an observatory."""
    with Observatory(place).writer() as writer:
        scratch = writer.staging_directory("by-hand")
        scratch.mkdir(parents=True)
        entries = []
        for table, found in tables.items():
            files: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
            for row in found:
                day = ALL_TIME if table == "span" else quarter_of(row["week"].isoformat())
                files[row["probe_cc"], day].append(row)
            for (cc, day), own in sorted(files.items()):
                rows = pa.Table.from_pylist(own, schema=arrow_schema(TABLES[table]))
                where = Place(table, cc, day)
                entries.append(write_rows(place, scratch, where, in_order(rows, table)))
        scratch.rmdir()
        writer.swap_derived(entries, ())


def celled_observatory(place: Path) -> Path:
    """Make it: example.org is reset in RU from the fifth of nine weeks on."""
    made = measured()
    put(Observatory(place), a=made)
    tables = {"cell": cells(), "tally": tallies_of(made), "span": spans()}
    lay_cells(place, tables | {"network_week": networks()})
    return place
