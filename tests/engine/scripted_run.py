"""Runs of the engine over the scripted web, on a virtual clock."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from fetcher.engine.run import Run
from fetcher.model import Result
from fetcher.settings import Settings
from fetcher.transport.base import Inquiry
from tests.engine.scripted import ScriptedWeb
from tests.pool.virtual_clock import run as on_virtual_clock

NOTHING = Inquiry(lambda status, kind: None)
"""Asks for nothing but an answer."""


def make_run(web: ScriptedWeb, items: Any, **changes: Any) -> Run:
    """A run over the scripted web."""
    return Run(items, lambda target: NOTHING, Settings(**changes), make_transport=web.make)


async def finish(run: Run) -> list[Result]:
    """All results; nothing may be left running behind them."""
    results = [result async for result in run]
    assert asyncio.all_tasks() == {asyncio.current_task()}
    return results


def fetch(web: ScriptedWeb, items: Any, **changes: Any) -> list[Result]:
    """All results of a run on a virtual clock."""
    return on_virtual_clock(finish(make_run(web, items, **changes)))


def urls_of(results: list[Result]) -> list[str]:
    """The URLs as they were written, in the order of the results."""
    return [result.target.url for result in results]


def numbered(host: str, count: int) -> list[str]:
    """So many URLs of one host."""
    return [f"http://{host}/{number}" for number in range(count)]


async def first(results: AsyncIterator[Result], count: int) -> AsyncIterator[Result]:
    """So many results and no more."""
    for _ in range(count):
        yield await anext(results)
