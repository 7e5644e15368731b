"""Routes to some origins by BGPy; runs in .venv-peers/bgpy.

Arguments: a text file of serial-2, a file for the answer, then AS numbers. Prints seconds as JSON;
the answer holds the AS numbers, and for each origin kind * 64 + hops, 255 for no route.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from bgpy.as_graphs import CAIDAASGraphConstructor
from bgpy.shared.enums import Relationships
from bgpy.simulation_engine import BGP, Announcement, SimulationEngine

PREFIX = "192.0.2.0/24"
KINDS = {
    Relationships.ORIGIN: 0,
    Relationships.CUSTOMERS: 0,
    Relationships.PEERS: 64,
    Relationships.PROVIDERS: 128,
}


class _OneOrigin:
    """As much of a scenario as the engine asks for."""

    def __init__(self, asn: int) -> None:
        self.announcements = (Announcement(prefix=PREFIX, as_path=(asn,), seed_asn=asn),)

    def get_policy_cls(self, _as: object) -> type[BGP]:
        return BGP


class _OnDisk:
    """A collector that collects nothing."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def run(self) -> Path:
        return self.path


def main() -> None:
    links, answer = Path(sys.argv[1]), Path(sys.argv[2])
    began = time.perf_counter()
    maker = CAIDAASGraphConstructor(
        ASGraphCollectorCls=_OnDisk, as_graph_collector_kwargs={"path": links}
    )
    graph = maker.run()
    load_s = time.perf_counter() - began
    asns = sorted(graph.as_dict)
    origin_s, rows = [], []
    for origin in map(int, sys.argv[3:]):
        began = time.perf_counter()
        scenario = _OneOrigin(origin)
        engine = SimulationEngine(graph)
        engine.setup(scenario)
        engine.run(propagation_round=0, scenario=scenario)
        origin_s.append(time.perf_counter() - began)
        row = bytearray()
        for asn in asns:
            route = graph.as_dict[asn].policy.local_rib.get(PREFIX)
            hops = 0 if route is None else len(route.as_path) - 1
            row.append(255 if route is None else KINDS[route.recv_relationship] + hops)
        rows.append(row.hex())
    answer.write_text(json.dumps({"asns": asns, "rows": rows}))
    print(json.dumps({"load_s": load_s, "origin_s": origin_s}))


if __name__ == "__main__":
    main()
