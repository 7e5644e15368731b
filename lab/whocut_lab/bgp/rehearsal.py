"""Play a plan: let the routers settle, dump, plant each change at a known second, dump again."""

import shutil
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from whocut.model.errors import WhocutError
from whocut_lab.bgp.bird import session_name
from whocut_lab.bgp.fabric import Fabric
from whocut_lab.bgp.plan import COUNTRY, Act, Change, Plan, Role, Tie, draw_plan
from whocut_lab.enclosure import SCRATCH

__all__ = ["PROGRAMS", "Planted", "Truth", "rehearse"]

PROGRAMS = ("ip", "bird")
PAUSE_S = 3.5
"""Between two changes; routers of this size settle in well under a second."""
_SETTLE_LIMIT_S = 30.0
_POLL_S = 0.25
_EDGE_S = (1.5, 5.0)
"""A router that is told to filter asks its neighbour anew, which takes it up to three seconds."""
_LEAD_S = 3.5
"""How long a network that moves keeps both providers."""
_MINUTE_S = 60.0


class Planted(Struct, frozen=True):
    """One change as it was done."""

    act: Act
    asns: tuple[int, ...]
    begun: float
    ended: float
    prefixes: tuple[str, ...]
    others: tuple[int, ...] = ()
    """Further networks that the change is about: the new number, the peer that is leaked."""


class Truth(Struct, frozen=True):
    """What a run's dumps hold, as the lab knows it."""

    seed: int
    country: str
    backbone: int
    before: float
    after: float
    asns: Mapping[str, int]
    countries: Mapping[int, str]
    prefixes: Mapping[int, tuple[str, ...]]
    planted: tuple[Planted, ...]


def rehearse(seed: int, out: Path) -> int:
    """Play the plan of a seed and leave dumps and truth in ``out``."""
    began = time.monotonic()
    plan = draw_plan(seed)
    folder = SCRATCH / "routers"
    folder.mkdir()
    fabric = Fabric(plan, folder, folder)
    try:
        _settle(fabric)
        _tell(f"{len(plan.networks)} routers settled", began)
        truth = _play(fabric, began)
    finally:
        fabric.stop()
    out.mkdir(parents=True, exist_ok=True)
    for file in sorted(folder.glob("*.mrt")):
        shutil.copyfile(file, out / file.name)
    (out / "20220301.as-org2info.txt").write_text(_organisations(plan))
    (out / "20220301.as-rel.txt").write_text(_relationships(plan))
    (out / "truth.json").write_bytes(msgspec.json.format(msgspec.json.encode(truth)) + b"\n")
    _tell(f"seed {seed}: {len(truth.planted)} changes planted", began)
    return 0


def _tell(text: str, began: float) -> None:
    print(f"{text}, {time.monotonic() - began:.1f} s", file=sys.stderr, flush=True)


def _settle(fabric: Fabric) -> None:
    """Wait until every session stands and the collectors' tables no longer grow."""
    wanted = 2 * sum(link.is_up for link in fabric.plan.links)
    limit = time.monotonic() + _SETTLE_LIMIT_S
    held = -1
    while time.monotonic() < limit:
        if fabric.n_established() == wanted:
            now = fabric.n_routes()
            if now == held:
                return
            held = now
        time.sleep(_POLL_S)
    raise WhocutError(
        f"the routers did not settle: {fabric.n_established()} of {wanted} ends stand"
    )


def _play(fabric: Fabric, began: float) -> Truth:
    before = time.time()
    fabric.dump("before")
    time.sleep(PAUSE_S)
    planted = []
    for change in fabric.plan.changes:
        _clear_of_the_minute(change.lasts_s)
        planted.append(_plant(fabric, change))
        _tell(f"{change.act} {' '.join(change.networks)}", began)
        time.sleep(PAUSE_S)
    after = time.time()
    fabric.dump("after")
    time.sleep(_POLL_S * 2)  # a dump of so small a table takes a few milliseconds
    networks = fabric.plan.networks
    return Truth(
        fabric.plan.seed,
        COUNTRY,
        networks[fabric.plan.backbone].asn,
        before,
        after,
        {name: one.asn for name, one in networks.items()},
        {one.asn: one.country for one in networks.values() if one.country},
        {one.asn: one.prefixes for one in networks.values() if one.prefixes},
        tuple(planted),
    )


def _clear_of_the_minute(lasts_s: float) -> None:
    """Begin, and end, well inside a minute, so that the right one is known."""
    while True:
        now = time.time() % _MINUTE_S
        edges = (now, (now + lasts_s) % _MINUTE_S)
        if all(_EDGE_S[0] < at < _MINUTE_S - _EDGE_S[1] for at in edges):
            return
        time.sleep(_POLL_S)


def _plant(fabric: Fabric, change: Change) -> Planted:
    networks = fabric.plan.networks
    begun = _do(fabric, change)
    ended = begun
    if change.lasts_s:
        time.sleep(change.lasts_s)
        ended = time.time()
        _undo(fabric, change)
    others = {
        Act.RENUMBER: ("new",),
        Act.LEAK: ("victim",),
        Act.FULL_LEAK: ("reg1",),
    }.get(change.act, ())
    return Planted(
        change.act,
        tuple(networks[name].asn for name in change.networks),
        begun,
        ended,
        change.prefixes,
        tuple(networks[name].asn for name in others),
    )


def _do(fabric: Fabric, change: Change) -> float:
    """Make the change, and tell when its last part began."""
    for who, whom in change.on:
        fabric.switch(who, whom, is_on=True)
    if change.act in (Act.MOVE, Act.MOVE_BELOW):
        _wait_for(lambda: _stands(fabric, change.on))
        time.sleep(_LEAD_S)
    begun = time.time()
    for who, whom in change.off:
        fabric.switch(who, whom, is_on=False)
    for who, whom in change.told:
        fabric.set_policy(who, told_all={whom})
    if change.prefixes:
        refused = {change.networks[0]: change.prefixes}
        fabric.set_policy(fabric.plan.backbone, refused=refused)
    return begun


def _undo(fabric: Fabric, change: Change) -> None:
    for who, whom in change.off:
        fabric.switch(who, whom, is_on=True)
    for who, _ in change.told:
        fabric.set_policy(who)


def _stands(fabric: Fabric, sessions: Sequence[tuple[str, str]]) -> bool:
    return all(
        "Established" in fabric.ask(who, f"show protocols {session_name(whom)}")
        for who, whom in sessions
    )


def _wait_for(is_so: Callable[[], bool]) -> None:
    limit = time.monotonic() + _SETTLE_LIMIT_S
    while not is_so():
        if time.monotonic() > limit:
            raise WhocutError("a session that was switched on did not come up")
        time.sleep(_POLL_S)


def _organisations(plan: Plan) -> str:
    """Write who runs which network, and where it is registered, as CAIDA's AS2org does."""
    networks = [one for one in plan.networks.values() if one.role is not Role.COLLECTOR]
    lines = ["# format:org_id|changed|org_name|country|source"]
    lines += [f"ORG-{one.name}|20220101|{one.name}|{one.country}|LAB" for one in networks]
    lines += ["# format:aut|changed|aut_name|org_id|opaque_id|source"]
    lines += [f"{one.asn}|20220101|{one.name}|ORG-{one.name}||LAB" for one in networks]
    return "\n".join(lines) + "\n"


def _relationships(plan: Plan) -> str:
    """Write who sells to whom at the beginning, as CAIDA's serial-1 does."""
    asn = {name: one.asn for name, one in plan.networks.items()}
    code = {Tie.PROVIDER: -1, Tie.PEER: 0}
    links = [link for link in plan.links if link.is_up and link.tie in code]
    lines = ["# provider|customer|-1 and peer|peer|0"]
    lines += [f"{asn[link.upper]}|{asn[link.lower]}|{code[link.tie]}" for link in links]
    return "\n".join(lines) + "\n"
