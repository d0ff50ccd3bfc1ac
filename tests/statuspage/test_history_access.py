"""Asking the history holds up nothing else."""

import asyncio
import sqlite3
import threading

import pytest

from fetcher.statuspage.history_access import History, HistoryUnavailable
from tests.statuspage.making import MadeUp, Past, view
from tests.statuspage.served import Served


async def test_questions_wait_in_threads() -> None:
    """While a question takes its time, the event loop goes on, and so does another question."""
    history = History(Past())
    go_on = threading.Event()

    def slow(reader: object) -> str:
        assert go_on.wait(60)
        return threading.current_thread().name

    waiting = asyncio.create_task(history.ask(slow))
    assert await history.ask(lambda reader: 5) == 5
    assert not waiting.done()
    go_on.set()
    assert (await waiting).startswith("statuspage")
    history.close()


@pytest.mark.parametrize("error", [OSError("disk gone"), sqlite3.OperationalError("locked")])
async def test_what_cannot_be_read_is_said(error: Exception) -> None:
    """Errors of the file are one kind; anything else is a bug, and stays what it is."""
    history = History(Past(error=error))
    with pytest.raises(HistoryUnavailable, match=f"the history cannot be read: {error}"):
        await history.ask(lambda reader: reader.incident("x"))
    with pytest.raises(LookupError):
        await history.ask(lambda reader: [][1])
    history.close()


async def test_no_page_asks_on_the_loop() -> None:
    """Every page that shows the past reads it in another thread than the one that serves."""
    here, seen = threading.current_thread(), list[threading.Thread]()

    class Watching(Past):
        def _look(self) -> None:
            seen.append(threading.current_thread())

    async with Served(MadeUp([view("shop")]), Watching()) as page:
        for path in (
            *("", "targets/shop", "incidents", "feed.atom", "badge/shop/uptime.svg"),
            *("api/v1/targets/shop", "api/v1/targets/shop/series", "api/v1/incidents"),
        ):
            before = len(seen)
            await page.get(path)
            assert len(seen) > before
    assert here not in seen
