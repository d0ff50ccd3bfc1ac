"""One check of the whole planted set, for all tests that look at what it found."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest

from fetcher.jobs.check import check
from fetcher.judgement.verdict import Checked
from tests.planted.table import PLANTED
from tests.planted.town import tasks_left, town


@dataclass(frozen=True, slots=True)
class Found:
    """What a check of the planted set came to.

    rows: in the order in which they came. tasks, connections: what was left behind.
    """

    rows: list[Checked]
    tasks: list[str]
    connections: dict[str, int]

    def by_name(self) -> dict[str, Checked]:
        """Return the rows by the name of their case."""
        return {PLANTED[row.target.index].name: row for row in self.rows}


@pytest.fixture(scope="package")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """Check the whole set once, as a library."""
    return asyncio.run(_find(tmp_path_factory.mktemp("planted")))


async def _find(directory: Path) -> Found:
    async with town(PLANTED, directory) as placed:
        targets, settings = placed.targets(), placed.settings()
        rows = [row async for row in check(targets, settings=settings, recheck_after=0.2)]
        return Found(rows, tasks_left(), await placed.open_connections())
