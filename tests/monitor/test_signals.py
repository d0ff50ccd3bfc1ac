"""Signals of a process to itself."""

import asyncio
import os
import signal

import pytest

from fetcher.monitor.daemon import on_signals

pytestmark = pytest.mark.skipif(os.name != "posix", reason="such signals are those of POSIX")


async def test_each_signal_has_its_action() -> None:
    """The first of SIGTERM and SIGINT stops, the second aborts, SIGHUP reloads."""
    told: list[str] = []
    arrived = asyncio.Event()

    def note(what: str) -> None:
        told.append(what)
        arrived.set()

    with on_signals(
        stop=lambda: note("stop"), abort=lambda: note("abort"), reload=lambda: note("reload")
    ):
        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
            arrived.clear()
            os.kill(os.getpid(), number)
            await asyncio.wait_for(arrived.wait(), 10)
    assert told == ["reload", "stop", "reload", "abort", "abort"]


async def test_what_was_there_before_is_there_again() -> None:
    """Afterwards Ctrl-C is again what Python makes of it."""
    before = signal.getsignal(signal.SIGINT)
    with on_signals(stop=lambda: None, abort=lambda: None, reload=lambda: None):
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before
