"""Fixtures and rules that every test shares: where data lies, seeds, what may be skipped."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Generator

REPO_DIR = Path(__file__).resolve().parent.parent
_MUST_RUN_IN_CI = ("shared", "lab")
_LONGEST_NAMED_BYTES = 24
_FIRST = ("pages", "lab")
"""Groups of some minutes each; the others take less than one."""


def _is_ci() -> bool:
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


settings.register_profile("fast", max_examples=50, deadline=None, print_blob=True)
settings.register_profile(
    "long",
    max_examples=2_000,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))


_SEED_OF_RUN = "WHOCUT_SEED_OF_RUN"


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Draw one seed a run, so that any run can be had again; workers inherit it."""
    if config.option.hypothesis_seed is None:
        # What is set here reaches no worker by its options, so that it goes by the environment.
        drawn = str(random.SystemRandom().randrange(2**32))
        config.option.hypothesis_seed = os.environ.setdefault(_SEED_OF_RUN, drawn)
    # The order below is kept: by itself xdist would begin with the group of the most tests.
    config.option.loadscopereorder = False


def pytest_report_header(config: pytest.Config) -> str:
    return _seed_line(config)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if config.option.verbose < 0:  # -q prints no header
        terminalreporter.write_line(_seed_line(config))


def _seed_line(config: pytest.Config) -> str:
    seed = config.option.hypothesis_seed
    return f"seed {seed} (the same run again: pytest --hypothesis-seed={seed})"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep in one process what belongs together, and begin with what takes longest.

    The lab's tests share this machine's namespaces and cores. Others share a fixture of their
    module or folder, which two processes would both have to make. The pages' tests start browsers
    and servers and the lab's mostly wait: beside each other they fill two cores. Single tests are
    the last, so that no process is done long before the others.
    """
    places: dict[Path, str] = {}
    for item in items:
        for place in _shared_places(item):
            places[item.path] = min(place, places.get(item.path, place), key=len)
    for item in items:
        if item.get_closest_marker("xdist_group"):
            continue
        if item.get_closest_marker("lab"):
            item.add_marker(pytest.mark.xdist_group("lab"))
        elif _shared_places(item):
            item.add_marker(pytest.mark.xdist_group(places[item.path]))
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    """Give the place of a test's group in a run of several processes."""
    mark = item.get_closest_marker("xdist_group")
    if mark is None:
        return len(_FIRST) + 1
    return _FIRST.index(mark.args[0]) if mark.args[0] in _FIRST else len(_FIRST)


def _shared_places(item: pytest.Item) -> set[str]:
    """Modules and folders, below this one, whose fixtures the test has in common with others."""
    assert isinstance(item, pytest.Function)
    known = item._fixtureinfo.name2fixturedefs.values()
    found = (one for each in known for one in each if one.scope != "function")
    return {place for one in found if "/" in (place := one.baseid.partition("::")[0])}


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name long bytes by their argument: compressed ones hold the hour, and workers must agree."""
    if isinstance(val, bytes) and len(val) > _LONGEST_NAMED_BYTES:
        return f"long-{argname}"
    return None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI nothing that stands for acceptance may be skipped unseen."""
    report = yield
    is_expected_failure = hasattr(report, "wasxfail")
    if report.skipped and not is_expected_failure and _is_ci():
        for name in _MUST_RUN_IN_CI:
            if item.get_closest_marker(name):
                reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else call.excinfo
                report.outcome = "failed"
                report.longrepr = f"a test marked {name} may not be skipped in CI: {reason}"
    return report


@pytest.fixture(scope="session")
def repo_dir() -> Path:
    """The checkout."""
    return REPO_DIR


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The research data beside the checkout, which the project reads and never holds."""
    found = REPO_DIR.parent / "shared"
    if not (found / "access").is_dir():
        reason = "no research data: there is no ../shared/access beside the checkout"
        if _is_ci():
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """The seed of this run, for tests that draw for themselves."""
    return int(request.config.option.hypothesis_seed)


@pytest.fixture
def rng(seed: int) -> random.Random:
    """A generator seeded by the run's seed."""
    return random.Random(seed)
