"""What the executors of one machine promise; the cluster's promises are in tests/contract."""

import os
import signal
import time
from pathlib import Path

import pytest

from whocut.model.errors import FetchError, InputError, StoreError, UsageError
from whocut.scale.executor import open_executor
from whocut.scale.progress import advance
from whocut.scale.remote import Software, differences, own_software, pack, perform, unpack


def squared(number: int) -> int:
    advance(number)
    return number * number


def failing(number: int) -> int:
    if number == 3:
        raise InputError("no number", source="numbers", offset=7, field="n")
    return number


def fetching(number: int) -> int:
    raise FetchError("gone", address=f"https://{number}")


def dying(number: int) -> int:
    if number == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def sleeping(place: str) -> None:
    Path(place).write_text(str(os.getpid()))
    time.sleep(60)


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_every_item_comes_back_once_with_its_index(workers):
    told: list[int] = []
    with open_executor(workers) as executor:
        assert (executor.parallel, executor.is_remote) == (workers, False)
        for size in (0, 1, 40):  # the workers stay for the next run
            items = list(range(size))
            found = dict(executor.run(squared, items, on_progress=told.append))
            assert found == {number: number * number for number in items}
    assert told[-1] == sum(range(40))
    assert max(told) == told[-1]


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_of_a_task_comes_back_with_its_fields(workers):
    with open_executor(workers) as executor:
        with pytest.raises(InputError, match=r"numbers: byte 7: no number \(field n\)") as raised:
            list(executor.run(failing, range(6)))
        assert (raised.value.offset, raised.value.field) == (7, "n")
        with pytest.raises(FetchError) as fetched:
            list(executor.run(fetching, [1]))
        assert fetched.value.address == "https://1"


def test_a_dead_worker_is_told_by_its_item():
    said = r"number 2: the worker on it ended \(exit code -9"
    with open_executor(2) as executor, pytest.raises(StoreError, match=said):
        list(executor.run(dying, range(6), describe=lambda number: f"number {number}"))


def test_who_breaks_off_leaves_nobody_at_work(tmp_path):
    places = [str(tmp_path / name) for name in "ab"]
    with open_executor(2) as executor:
        run = executor.run(sleeping, places, on_progress=lambda _: None)
        with pytest.raises(ZeroDivisionError):
            _break_off(run, places)
    for place in places:
        with pytest.raises(ProcessLookupError):
            os.kill(int(Path(place).read_text()), 0)


def _break_off(run, places):
    """Throw into the wait for results, as Ctrl-C does."""

    def interrupt(*_: object) -> None:
        if all(Path(place).exists() and Path(place).read_text() for place in places):
            raise ZeroDivisionError

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1, 0.1)
        next(run)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_what_cannot_be_asked():
    with pytest.raises(UsageError, match="at least 1"):
        open_executor(0)
    with pytest.raises(UsageError, match="exclude each other"):
        open_executor(2, "tcp://127.0.0.1:8786")


def test_a_call_goes_over_as_bytes_and_other_software_is_refused():
    ours = own_software()
    assert unpack(perform(pack(squared, 7, ours))).result == 49
    assert unpack(perform(pack(squared, 7, ours))).advanced == 7
    assert isinstance(unpack(perform(pack(failing, 3, ours))).error, InputError)
    other = Software(ours.whocut, "000000000000", "3.99", {**ours.packages, "numpy": "1.0"})
    refused = unpack(perform(pack(squared, 7, other))).error
    assert isinstance(refused, StoreError)
    assert "its modules and data" in str(refused)
    assert differences(ours, ours) == ""
    assert "Python 3.99, not" in differences(other, ours)
