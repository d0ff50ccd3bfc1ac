"""What people ask of the monitor from the command line, as it finds it in its database."""

import time
from pathlib import Path

import pytest

from fetcher.monitor.commit import OperatorCommand, OrderKind
from fetcher.monitor.history import open_store
from fetcher.monitor.plan import MonitorSettings
from tests.cli.monitored import Watch, make_watch, monitor

LATER = "The monitor is not running; this takes effect when it starts.\n"
NONE = "fetcher: no active silence matches 'zz'; fetcher monitor unsilence lists them\n"


@pytest.fixture
async def watch(tmp_path: Path) -> Watch:
    """A configuration with half an hour of history, and no monitor that runs."""
    return await make_watch(tmp_path)


async def orders(watch: Watch) -> list[OperatorCommand]:
    """The orders that wait for the monitor."""
    store = open_store(str(watch.database), MonitorSettings(), time.time())
    try:
        return await store.take_orders()
    finally:
        await store.close()


async def test_acknowledging(watch: Watch) -> None:
    """An incident that lasts, by the beginning of its id, and who says so."""
    done = monitor(watch, "ack", "0a", "--by", "ann")
    assert (done.code, done.err) == (0, "")
    assert done.out == LATER + "Acknowledged 0a2: status 500, expected 200..299[31m\n"
    (order,) = await orders(watch)
    assert (order.kind, order.subject, order.by) == (OrderKind.ACKNOWLEDGE, "0a2", "ann")


@pytest.mark.parametrize("incident", ["0a1", "zz"])
async def test_acknowledging_nothing(watch: Watch, incident: str) -> None:
    """What is over, or never was, cannot be acknowledged: exit code 1, and no order."""
    done = monitor(watch, "ack", incident)
    assert (done.code, done.out) == (1, "")
    assert f"no open incident has an id that begins with '{incident}'" in done.err
    assert await orders(watch) == []


async def test_silencing(watch: Watch) -> None:
    """A pattern, for how long, why and by whom; how many targets fit it now is told."""
    began = time.time()
    done = monitor(watch, "silence", "https://*", "--for", "2h", "--why", "work")
    assert done.code == 0
    assert "Muted alerts for 'https://*' (3 targets now) until 20" in done.out
    (order,) = await orders(watch)
    assert (order.kind, order.subject, order.why) == (OrderKind.SILENCE, "https://*", "work")
    assert order.by
    assert began + 7200 <= order.until <= time.time() + 7200


@pytest.mark.parametrize(
    ("lasting", "why"), [("soon", "is not a duration"), ("0s", "is too short")]
)
async def test_silencing_for_no_time(watch: Watch, lasting: str, why: str) -> None:
    """A duration that is none is wrong usage."""
    done = monitor(watch, "silence", "*", "--for", lasting)
    assert done.code == 2
    assert f"--for: '{lasting}' {why}" in done.err
    assert await orders(watch) == []


async def test_silencing_for_good(watch: Watch) -> None:
    """More than a year is wrong usage, as it is on the page."""
    done = monitor(watch, "silence", "*", "--for", "366d")
    assert done.code == 2
    assert "--for: '366d' is longer than a year" in done.err
    assert await orders(watch) == []


@pytest.mark.parametrize("silence", ["s1", "https://c.example/*"])
async def test_ending_a_silence(watch: Watch, silence: str) -> None:
    """By its id or its pattern."""
    done = monitor(watch, "unsilence", silence)
    assert done.out == LATER + "Ended the silence for 'https://c.example/*'\n"
    (order,) = await orders(watch)
    assert (order.kind, order.subject) == (OrderKind.UNSILENCE, "s1")


async def test_the_silences_that_last(watch: Watch) -> None:
    """Without a name they are shown; one that is not there is told with exit code 1."""
    done = monitor(watch, "unsilence")
    assert done.out.splitlines()[1].split()[:2] == ["s1", "https://c.example/*"]
    done = monitor(watch, "unsilence", "zz")
    assert (done.code, done.err) == (1, NONE)
    assert await orders(watch) == []


async def test_while_a_monitor_runs(watch: Watch) -> None:
    """The order is there at once, and nothing is said of later."""
    store = open_store(str(watch.database), MonitorSettings(), time.time())
    try:
        done = monitor(watch, "ack", "0a2")
        assert done.out.startswith("Acknowledged 0a2")
        assert [order.subject for order in await store.take_orders()] == ["0a2"]
    finally:
        await store.close()
