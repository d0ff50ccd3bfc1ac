"""What cannot travel between processes is named at once, with the reason."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from fetcher.pool import NotPicklable, Pool
from tests.pool import pool_tasks as tasks
from tests.pool.test_pool_dying import outcomes


def test_a_function_is_refused_at_the_call(processes: Pool) -> None:
    """The error comes from the line that hands the function in, and says what to do."""
    with pytest.raises(NotPicklable, match=r"the function .*<lambda> cannot be pickled.*top level"):
        processes.map_async(lambda x: x, range(3))
    with pytest.raises(NotPicklable, match="the function"):
        processes.imap(lambda x: x, range(3))


def test_an_argument_fails_its_own_item(processes: Pool) -> None:
    """The items that share its chunk run; the message names the item and its type."""
    items: list[Any] = [0, 1, tasks.CannotPickle(), 3]
    taken = outcomes(processes.imap(tasks.identity, items, chunksize=4))
    assert [type(outcome) for outcome in taken] == [int, int, NotPicklable, int]
    assert "the argument of item 2 for identity, a CannotPickle" in str(taken[2])
    assert isinstance(taken[2].__cause__, RuntimeError)


def test_a_result_fails_its_own_item(processes: Pool) -> None:
    """The other results of the chunk arrive; the message names the type and the reason."""
    taken = outcomes(processes.imap(tasks.return_a_lambda, range(6), chunksize=6))
    assert isinstance(taken[3], NotPicklable)
    assert "the result, a function, cannot be pickled" in str(taken[3])
    assert taken[:3] + taken[4:] == [0, 1, 2, 4, 5]


def test_a_result_that_breaks_on_arrival_is_an_error(processes: Pool) -> None:
    """It fails what arrived with it, and the pool goes on."""
    taken = outcomes(processes.imap(tasks.return_cannot_unpickle, [3], chunksize=1))
    assert isinstance(taken[0], NotPicklable)
    assert "broken on arrival" in str(taken[0])
    assert processes.apply(tasks.sqr, (3,)) == 9


def test_an_argument_that_breaks_on_arrival_is_an_error(processes: Pool) -> None:
    """multiprocessing would lose the worker and wait for ever."""
    with pytest.raises(NotPicklable, match=r"one of the arguments cannot be unpickled.*on arrival"):
        processes.apply(tasks.identity, (tasks.CannotUnpickle(),))
    assert processes.apply(tasks.sqr, (3,)) == 9


def test_an_exception_that_cannot_be_unpickled_is_described(processes: Pool) -> None:
    """Many exception classes pickle and do not unpickle, which stops multiprocessing for good."""
    with pytest.raises(NotPicklable, match=r"NeedsTwoArgumentsError\(first\)") as caught:
        processes.apply(tasks.raise_needs_two_arguments)
    assert "raise NeedsTwoArgumentsError" in str(caught.value.__cause__)


def test_sockets_travel_as_with_multiprocessing(processes: Pool) -> None:
    """What multiprocessing knows how to send is sent."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert processes.apply(send_hello, (theirs,)) == 5
        assert ours.recv(10) == b"hello"


def send_hello(connection: socket.socket) -> int:
    with connection:
        return connection.send(b"hello")


def test_a_coroutine_function_needs_the_async_kind(pool: Pool) -> None:
    """Threads and processes would only create coroutines that never run."""
    with pytest.raises(TypeError, match="needs kind='async'"):
        pool.map(tasks.async_sqr, [1])


def test_large_arguments_and_results_travel_both_ways(processes: Pool) -> None:
    """Sixteen megabytes in, sixteen out, mark_of at once, and no pipe gets stuck."""
    items = [bytes([x]) * 16_000_000 for x in range(6)]
    assert processes.map(tasks.identity, items, chunksize=1) == items
