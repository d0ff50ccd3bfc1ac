"""Workers that die: each in its own way, and each fails its own item only."""

from __future__ import annotations

import functools
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from fetcher.pool import Pool, PoolBroken, PoolTerminated, ResultIterator, WorkerDied
from tests.pool import pool_tasks as tasks


def outcomes(results: ResultIterator[Any]) -> list[Any]:
    """Take all results, errors among them as values."""
    taken: list[Any] = []
    while True:
        try:
            taken.append(next(results))
        except StopIteration:
            return taken
        except Exception as error:
            taken.append(error)


@pytest.mark.parametrize("chunksize", [1, 7, 100])
@pytest.mark.parametrize(
    ("deadly", "message"),
    [
        (tasks.exit_at, "ended with exit code 7 while it ran item 37 of"),
        (
            tasks.kill_at,
            "SIGKILL (as the system does when memory runs out) while it ran item 37 of kill_at",
        ),
        (tasks.sys_exit_at, "SystemExit"),
    ],
    ids=["os._exit", "SIGKILL", "sys.exit"],
)
def test_only_the_item_that_killed_its_worker_fails(
    processes: Pool, deadly: Any, message: str, chunksize: int
) -> None:
    """The other items of the same chunk have their results, and the pool goes on."""
    function = functools.partial(deadly, fatal=37)
    taken = outcomes(processes.imap(function, range(100), chunksize))
    error = taken[37]
    assert isinstance(error, WorkerDied)
    assert message in str(error)
    assert taken[:37] + taken[38:] == [*range(37), *range(38, 100)]
    assert processes.map(tasks.sqr, range(10)) == [x * x for x in range(10)]


def test_many_deaths_in_one_chunk() -> None:
    """When every second item kills its worker, every other one still has its result."""
    with Pool("process", 2) as pool:
        taken = outcomes(pool.imap(die_if_even, range(20), 10))
    assert [type(outcome) for outcome in taken] == [WorkerDied, int] * 10


def die_if_even(x: int) -> int:
    if x % 2 == 0:
        os._exit(1)
    return x


def test_the_dead_item_is_not_run_again(tmp_path: Path) -> None:
    """Items that take their time run exactly once, whether their neighbour dies or not."""
    function = functools.partial(tasks.note_and_maybe_die, fatal=5, folder=str(tmp_path))
    with Pool("process", 2) as pool:
        taken = outcomes(pool.imap(function, range(10), 10))
    assert isinstance(taken[5], WorkerDied)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        str(x): "x" for x in range(10)
    }


def test_a_worker_killed_from_outside_fails_the_item_it_ran(processes: Pool) -> None:
    """As when the system runs out of memory: SIGKILL from outside while an item runs."""
    pids = set(processes.map(tasks.sleep_and_pid, [0.05] * 10, chunksize=1))
    slow = [processes.apply_async(tasks.sleep_and_pid, (30,)) for _ in range(len(pids))]
    time.sleep(0.2)
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    for result in slow:
        with pytest.raises(WorkerDied, match="SIGKILL"):
            result.get(timeout=20)
    assert processes.apply(tasks.sqr, (4,)) == 16


def test_a_worker_killed_while_idle_costs_nothing(processes: Pool) -> None:
    """The next items just go to another worker."""
    for _ in range(5):
        os.kill(processes.apply(tasks.pid), signal.SIGKILL)
        assert processes.map(tasks.sqr, range(6), chunksize=1) == [0, 1, 4, 9, 16, 25]


def test_a_worker_that_ignores_ctrl_c_and_sigterm_is_ended() -> None:
    """Terminating does not depend on the worker's consent."""
    pool = Pool("process", 1)
    result = pool.apply_async(tasks.stubborn)
    time.sleep(0.5)
    pool.terminate()
    pool.join()
    with pytest.raises(PoolTerminated):
        result.get(timeout=10)


def test_a_worker_whose_child_survives_it_is_noticed(processes: Pool) -> None:
    """The pipe stays open in the grandchild, yet the death of the worker is seen."""
    began = time.monotonic()
    with pytest.raises(WorkerDied, match="exit code 9"):
        processes.apply(tasks.leave_a_child, (5,))
    assert time.monotonic() - began < 4


def test_a_worker_that_loses_its_pipe_is_ended(processes: Pool) -> None:
    """Nothing that it does could be heard any more."""
    with pytest.raises(WorkerDied):
        processes.apply(tasks.close_everything)
    assert processes.apply(tasks.sqr, (4,)) == 16


def test_dying_while_arguments_are_loaded(processes: Pool) -> None:
    """It is not an item that ran; all items that came with it fail, and say so."""
    items = [tasks.ExitsOnArrival(), 1, 2]
    taken = outcomes(processes.imap(tasks.identity, items, chunksize=3))
    assert [type(outcome) for outcome in taken] == [WorkerDied] * 3
    assert "while it loaded identity and its arguments" in str(taken[0])
    assert processes.apply(tasks.identity, (1,)) == 1


@pytest.mark.parametrize("kind", ["thread", "async"])
def test_sys_exit_fails_the_item_and_not_the_program(kind: Any) -> None:
    """SystemExit in a thread or a coroutine is the item's own failure."""

    async def leave(x: int) -> int:
        return tasks.sys_exit_at(x, 1)

    function = leave if kind == "async" else functools.partial(tasks.sys_exit_at, fatal=1)
    with Pool(kind, 2) as pool:
        taken = outcomes(pool.imap(function, range(3)))
        assert [type(outcome) for outcome in taken] == [int, WorkerDied, int]


@pytest.mark.parametrize("kind", ["thread", "process", "async"])
def test_an_initializer_that_fails_is_reported(kind: Any) -> None:
    """Everything fails with the initializer's own error as the cause; nothing hangs."""
    with (
        Pool(kind, 2, initializer=tasks.fail_to_initialize) as pool,
        pytest.raises(PoolBroken, match="no such database") as caught,
    ):
        pool.apply(tasks.async_sqr if kind == "async" else tasks.sqr, (1,))
    assert isinstance(caught.value.__cause__, LookupError)


def test_workers_that_cannot_start_are_not_started_for_ever() -> None:
    """After a few that died before they were ready, the pool gives up and says how."""
    with (
        Pool("process", 2, initializer=tasks.die_at_start) as pool,
        pytest.raises(PoolBroken, match="exit code 4"),
    ):
        pool.map(tasks.sqr, range(10))


def test_a_failed_callback_harms_nobody(pool: Pool, caplog: pytest.LogCaptureFixture) -> None:
    """The result is there, the error is logged, and the next callback is called."""

    def fail(_: object) -> None:
        raise LookupError("in the callback")

    assert pool.apply_async(tasks.sqr, (3,), callback=fail).get(timeout=10) == 9
    assert "in the callback" in caplog.text
    seen: list[int] = []
    pool.apply_async(tasks.sqr, (4,), callback=seen.append).wait()
    assert seen == [16]


@pytest.mark.parametrize("kind", ["thread", "process", "async"])
def test_a_callback_may_end_the_pool(kind: Any) -> None:
    """A callback runs in a thread of the pool, which does not wait for itself."""
    pool = Pool(kind, 1)

    def end(_: object) -> None:
        pool.terminate()
        pool.join()

    result = pool.apply_async(tasks.async_sqr if kind == "async" else tasks.sqr, (3,), callback=end)
    assert result.get(timeout=10) == 9
    pool.join()


def test_a_blocked_worker_does_not_hold_up_what_it_was_given() -> None:
    """What was sent along to a worker that got stuck is taken back and run by the others."""
    function = functools.partial(tasks.sleep_at, slow=3000, seconds=3)
    with Pool("process", 2) as pool:
        began = time.monotonic()
        arrived = []
        for x in pool.imap_unordered(function, range(6000)):
            arrived.append((time.monotonic() - began, x))
        assert sorted(x for _, x in arrived) == list(range(6000))
        assert arrived[-1][1] == 3000
        assert arrived[-2][0] < 2.5
