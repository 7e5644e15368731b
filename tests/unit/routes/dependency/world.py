"""A small world, as files would give it: one country behind two sellers, and the rest."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.unit.routes.small_internets import relationships
from whocut.ingest.topology import Organisations, OrganisationTally, Weights
from whocut.routes.topology import Topology, build_topology

__all__ = ["PEERS", "SALES", "WEIGHTS", "organisations", "topology", "weights", "write_world"]

# 1 and 2 are the top. 10 and 11 sell to ZZ's carriers 100 and 101; 102 is a customer of 100 and of
# 101. 200 and 201 look from abroad, 200 under 1, 201 under 2.
SALES = {
    *((1, 10), (2, 11), (10, 100), (11, 101), (100, 102), (101, 102)),
    *((1, 200), (2, 201)),
}
PEERS = {(1, 2)}
HOLDERS = {
    1: ("TOP", "Top Carrier", "US"),
    2: ("SECOND", "Second Carrier", "SE"),
    10: ("SELL", "Seller", "GB"),
    11: ("SELL", "Seller", "GB"),
    100: ("NAT", "National Carrier", "ZZ"),
    101: ("OTHER", "Other Carrier", "ZZ"),
    102: ("SMALL", "Small Network", "ZZ"),
    200: ("EYE1", "First Eye", "BR"),
    201: ("EYE2", "Second Eye", "IN"),
}
PLACE = "QZ"
"""What stands for ZZ in files: readers take ZZ for no country."""
WEIGHTS = {100: 600.0, 101: 300.0, 102: 100.0, 200: 500.0, 201: 500.0}


def organisations() -> Organisations:
    asns = sorted(HOLDERS)
    identities = sorted({identity for identity, _, _ in HOLDERS.values()})
    about = {identity: (name, place) for identity, name, place in HOLDERS.values()}
    return Organisations(
        asn=np.array(asns, np.uint32),
        org=np.array([identities.index(HOLDERS[asn][0]) for asn in asns], np.int32),
        as_name=tuple(f"AS-{asn}" for asn in asns),
        org_id=tuple(identities),
        org_name=tuple(about[each][0] for each in identities),
        org_country=tuple(about[each][1].replace("ZZ", PLACE) for each in identities),
        sha256="1" * 64,
        source="drawn holders",
        day=None,
        tally=OrganisationTally(),
    )


def topology() -> Topology:
    return build_topology(relationships(SALES, PEERS), organisations())


def weights() -> Weights:
    return Weights(
        asn=np.array(sorted(WEIGHTS), np.uint32),
        weight=np.array([WEIGHTS[asn] for asn in sorted(WEIGHTS)]),
        unit="IPv4 addresses",
        sha256="2" * 64,
        source="drawn weights",
    )


def write_world(folder: Path, months: dict[str, set[tuple[int, int]]]) -> None:
    """Write links of months (YYYYMM01 with their sales), holders and weights."""
    folder.mkdir(exist_ok=True)
    for day, sales in months.items():
        lines = [f"{a}|{b}|-1|bgp" for a, b in sorted(sales)]
        lines += [f"{a}|{b}|0|bgp" for a, b in sorted(PEERS)]
        (folder / f"{day}.as-rel2.txt").write_text("\n".join(lines) + "\n")
    text = ["# format:org_id|changed|org_name|country|source"]
    text += sorted(
        {f"{i}||{name}|{place.replace('ZZ', PLACE)}|X" for i, name, place in HOLDERS.values()}
    )
    text.append("# format:aut|changed|aut_name|org_id|opaque_id|source")
    text += [f"{asn}||AS-{asn}|{HOLDERS[asn][0]}||X" for asn in sorted(HOLDERS)]
    (folder / "20220101.as-org2info.txt").write_text("\n".join(text) + "\n")
    lines = ["asn,weight", *(f"{asn},{weight}" for asn, weight in WEIGHTS.items())]
    (folder / "weights.csv").write_text("\n".join(lines) + "\n")
