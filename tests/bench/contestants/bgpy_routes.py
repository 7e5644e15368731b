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

KINDS = {
    Relationships.ORIGIN: 0,
    Relationships.CUSTOMERS: 0,
    Relationships.PEERS: 64,
    Relationships.PROVIDERS: 128,
}


class _Origins:
    """As much of a scenario as the engine asks for: a prefix for each origin, all in one run."""

    def __init__(self, prefixes: dict[int, str]) -> None:
        self.announcements = tuple(
            Announcement(prefix=prefix, as_path=(asn,), seed_asn=asn)
            for asn, prefix in prefixes.items()
        )

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
    prefixes = {int(asn): f"10.0.{place}.0/24" for place, asn in enumerate(sys.argv[3:])}
    began = time.perf_counter()
    scenario = _Origins(prefixes)
    engine = SimulationEngine(graph)
    engine.setup(scenario)
    engine.run(propagation_round=0, scenario=scenario)
    run_s = time.perf_counter() - began
    rows = []
    for prefix in prefixes.values():
        row = bytearray()
        for asn in asns:
            route = graph.as_dict[asn].policy.local_rib.get(prefix)
            hops = 0 if route is None else len(route.as_path) - 1
            row.append(255 if route is None else KINDS[route.recv_relationship] + hops)
        rows.append(row.hex())
    answer.write_text(json.dumps({"asns": asns, "rows": rows}))
    print(json.dumps({"load_s": load_s, "run_s": run_s}))


if __name__ == "__main__":
    main()
