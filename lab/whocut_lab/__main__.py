"""``whocut lab``, also ``python -m whocut_lab``: build, run, look into and remove the lab."""

import argparse
import os
import random
import signal
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from whocut.model.errors import UsageError, WhocutError
from whocut_lab import standing
from whocut_lab.enclosure import missing_requirements, run_enclosed
from whocut_lab.play import Lab
from whocut_lab.scenario import load_scenarios
from whocut_lab.topology import load_topology

__all__ = ["main"]

DONE, WRONG, USAGE = 0, 1, 2
_SEED_LIMIT = 1_000_000
_TABLE_SEED = 1
"""The table is made from one run that anybody can repeat."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="whocut lab", description="A small internet where the culprit is known."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    files = argparse.ArgumentParser(add_help=False)
    files.add_argument(
        "--scenarios",
        action="append",
        type=Path,
        default=[],
        metavar="DIR",
        help="read scenarios from here instead of those that ship; may be repeated",
    )
    picked = argparse.ArgumentParser(add_help=False, parents=[files])
    picked.add_argument("--scenario", action="append", default=[], metavar="ID")
    picked.add_argument("--seed", type=int, help="repeat a run's addresses and order")
    run = commands.add_parser("run", parents=[picked], help="play, measure, judge, compare")
    run.add_argument("--runs", type=int, default=1, metavar="N", help="each on fresh addresses")
    run.add_argument("--out", type=Path, metavar="DIR", help="keep the captures of the last run")
    table = commands.add_parser("table", parents=[files], help="run once and write docs/lab.md")
    table.add_argument("--to", type=Path, default=Path("docs/lab.md"), metavar="FILE")
    table.add_argument("--captures", type=Path, metavar="DIR", help="keep the captures, too")
    series = commands.add_parser("series", help="measure scenarios as series over weeks")
    series.add_argument("--out", type=Path, required=True, metavar="DIR", help="where records go")
    series.add_argument("--series", type=Path, metavar="FILE", help="instead of those that ship")
    series.add_argument("--seed", type=int, help="repeat a run's addresses and days")
    bgp = commands.add_parser("bgp", help="plant changes among BIRD routers that dump MRT")
    bgp.add_argument("--out", type=Path, required=True, metavar="DIR", help="dumps and truth")
    bgp.add_argument("--seed", type=int, help="repeat a run's networks and order")
    up = commands.add_parser("up", parents=[picked], help="build the lab and leave it standing")
    up.add_argument("--foreground", action="store_true", help="stand until interrupted")
    commands.add_parser("down", help="remove every lab that stands")
    enter = commands.add_parser("exec", help="run a program on a host of the standing lab")
    enter.add_argument("node")
    enter.add_argument("program", nargs=argparse.REMAINDER)
    commands.add_parser("list", parents=[files], help="name the scenarios")
    commands.add_parser("check", parents=[files], help="check scenario files")
    return parser


def _require_machine(missing: Sequence[str] | None = None) -> None:
    missing = missing_requirements() if missing is None else missing
    if missing:
        raise UsageError("the lab cannot run here; it needs " + ", ".join(missing))


def _run(arguments: argparse.Namespace) -> int:
    from whocut_lab.rehearsal import rehearse

    _require_machine()
    topology = load_topology()
    scenarios = load_scenarios(topology, arguments.scenarios, arguments.scenario)
    seed = arguments.seed
    if seed is None:
        seed = random.SystemRandom().randrange(_SEED_LIMIT)
    status = DONE
    for number in range(arguments.runs):
        own = seed + number
        print(f"seed {own}", file=sys.stderr, flush=True)
        out = arguments.out if number == arguments.runs - 1 else None
        once = partial(rehearse, topology, scenarios, own, out)
        status = max(status, run_enclosed(once))
    return status


def _table(arguments: argparse.Namespace) -> int:
    from whocut_lab.rehearsal import rehearse

    _require_machine()
    topology = load_topology()
    scenarios = load_scenarios(topology, arguments.scenarios)
    once = partial(rehearse, topology, scenarios, _TABLE_SEED, arguments.captures, arguments.to)
    return run_enclosed(once)


def _series(arguments: argparse.Namespace) -> int:
    from whocut_lab.rehearsal import rehearse_series
    from whocut_lab.series import SERIES_PATH, load_series

    _require_machine()
    topology = load_topology()
    plan = load_series(arguments.series or SERIES_PATH)
    known = {scenario.id: scenario for scenario in load_scenarios(topology)}
    strangers = sorted({series.scenario for series in plan.series} - known.keys())
    if strangers:
        raise UsageError(f"no scenario {strangers[0]!r} is there to make a series of")
    scenarios = [known[series.scenario] for series in plan.series]
    seed = arguments.seed
    if seed is None:
        seed = random.SystemRandom().randrange(_SEED_LIMIT)
    once = partial(rehearse_series, topology, scenarios, plan, seed, arguments.out)
    return run_enclosed(once)


def _bgp(arguments: argparse.Namespace) -> int:
    from whocut_lab.bgp.rehearsal import PROGRAMS, rehearse

    _require_machine(missing_requirements(PROGRAMS))
    seed = arguments.seed
    if seed is None:
        seed = random.SystemRandom().randrange(_SEED_LIMIT)
    print(f"seed {seed}", file=sys.stderr, flush=True)
    return run_enclosed(partial(rehearse, seed, arguments.out.absolute()))


def _up(arguments: argparse.Namespace) -> int:
    _require_machine()
    topology = load_topology()
    wanted = arguments.scenario
    if len(wanted) > 1:
        raise UsageError("a standing lab shows one scenario at a time")
    scenario = load_scenarios(topology, arguments.scenarios, wanted or ["healthy"])[0]
    seed = _TABLE_SEED if arguments.seed is None else arguments.seed

    def stand() -> int:
        lab = Lab(topology, seed)
        stage = lab.stage(scenario)
        with stage.running():
            print(f"{scenario.id}: {stage.site('target').url} (seed {seed})")
            print("hosts: " + " ".join(lab.internet.nodes), flush=True)
            standing.announce_ready()
            while True:
                signal.pause()

    if arguments.foreground:
        return standing.keep(lambda: run_enclosed(stand))
    return standing.detach(lambda: run_enclosed(stand))


def _list(arguments: argparse.Namespace) -> int:
    for scenario in load_scenarios(load_topology(), arguments.scenarios):
        mark = "negative control" if scenario.is_negative_control else scenario.truth.mechanism
        print(f"{scenario.id}\t{mark}\t{scenario.title}")
    return DONE


def _check(arguments: argparse.Namespace) -> int:
    count = len(load_scenarios(load_topology(), arguments.scenarios))
    print(f"{count} scenarios, all in order")
    return DONE


def _down(_arguments: argparse.Namespace) -> int:
    print(f"{standing.remove_all()} removed")
    return DONE


def _exec(arguments: argparse.Namespace) -> int:
    return standing.execute(arguments.node, arguments.program or ["sh"])


_COMMANDS = {
    "run": _run,
    "table": _table,
    "series": _series,
    "bgp": _bgp,
    "up": _up,
    "down": _down,
    "exec": _exec,
    "list": _list,
    "check": _check,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; exit codes 0 right, 1 a verdict or we are wrong, 2 usage."""
    arguments = _parser().parse_args(argv)
    try:
        return _COMMANDS[arguments.command](arguments)
    except UsageError as error:
        print(f"whocut lab: {error}", file=sys.stderr)
        return USAGE
    except WhocutError as error:
        print(f"whocut lab: {error}", file=sys.stderr)
        return WRONG
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return WRONG


if __name__ == "__main__":
    sys.exit(main())
