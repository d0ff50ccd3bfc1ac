"""The planted town itself: its hosts are named, and what is left behind in it is seen."""

import asyncio
from pathlib import Path

import pytest

from fetcher.judgement.verdict import Health, Trouble
from tests.planted.case import Case, differences, unhealthy
from tests.planted.places import Nameless, serving
from tests.planted.table import PLANTED
from tests.planted.town import tasks_left, town
from tests.planted.writing import page
from tests.support.dns import NXDOMAIN
from tests.support.raw import End, Script

SILENT = Case("silent", serving(Script(end=End.SILENT)))
GONE = unhealthy("gone", serving(page("Gone", status=404)), Trouble.GONE, "404")


def test_every_case_has_a_name_of_its_own() -> None:
    """Their names are host names too."""
    assert len({case.name for case in PLANTED}) == len(PLANTED)


async def test_every_case_has_a_host_of_its_own(tmp_path: Path) -> None:
    """Whether anything stands there or not."""
    async with town([GONE, Case("nowhere", Nameless(NXDOMAIN))], tmp_path) as placed:
        urls = [target.url for target in placed.targets()]
    assert urls[0].startswith("http://gone.good.test:")
    assert urls[1] == "http://nowhere.good.test:80/"


async def test_a_connection_that_stays_open_is_counted(tmp_path: Path) -> None:
    """Until the client ends it."""
    async with town([SILENT], tmp_path) as placed:
        _, writer = await asyncio.open_connection("127.0.0.1", placed.places["silent"].port)
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        assert await placed.open_connections(looks=2) == {"silent": 1}
        writer.transport.abort()
        assert await placed.open_connections() == {}


async def test_a_task_that_goes_on_is_named() -> None:
    """Unless it is a server's of the tests."""
    task = asyncio.create_task(asyncio.sleep(60), name="left behind")
    assert ["left behind" in name for name in tasks_left()] == [True]
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert tasks_left() == []


@pytest.mark.parametrize(
    ("health", "trouble", "reason", "count"),
    [
        (Health.UNHEALTHY, Trouble.GONE, "status 404", 0),
        (Health.DEGRADED, Trouble.GONE, "status 404", 2),
        (Health.UNHEALTHY, Trouble.CONTENT, "status 404", 2),
        (Health.UNHEALTHY, Trouble.GONE, "it is gone", 2),
        (Health.HEALTHY, None, "", 3),
    ],
)
def test_every_difference_from_what_was_planted_is_told(
    health: Health, trouble: Trouble | None, reason: str, count: int
) -> None:
    """Health, class and words, and the reason for whoever has to look into it."""
    assert len(differences(GONE, health, trouble, reason)) == count
