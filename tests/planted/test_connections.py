"""Whatever happens: one row for each URL, and nothing left behind."""

import random
from collections import Counter
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from fetcher.jobs.check import check
from fetcher.judgement.verdict import Checked, Trouble
from fetcher.settings import Order
from tests.planted.conftest import Found
from tests.planted.flakiness import FLAKINESS
from tests.planted.places import Nameless
from tests.planted.table import PLANTED
from tests.planted.town import Town, tasks_left, town
from tests.support.dns import SILENT

QUICK = tuple(
    case
    for case in PLANTED
    if case.trouble is not Trouble.TIMEOUT
    and case.place != Nameless(SILENT)
    and case not in FLAKINESS
)
"""What neither waits for a time limit nor is another when it is asked again."""


def test_every_target_has_its_row_in_its_place(found: Found) -> None:
    """As many rows as targets, in the same order."""
    assert [row.target.index for row in found.rows] == list(range(len(PLANTED)))


def test_no_task_goes_on(found: Found) -> None:
    """With the last row everything is over."""
    assert found.tasks == []


def test_no_connection_stays_open(found: Found) -> None:
    """Each server has seen the end of each connection, the silent and the broken ones too."""
    assert found.connections == {}


def said(row: Checked) -> tuple[str, str | None]:
    """Return what was found, in short."""
    return row.verdict.health, row.verdict.trouble


async def test_duplicates_share_one_request_and_each_has_its_row(tmp_path: Path) -> None:
    """Three hundred rows in disorder: every row right, and each page asked for once."""
    async with town(QUICK, tmp_path) as placed:
        once = placed.targets()
        drawn = random.Random(7).choices(once, k=300)
        targets = [replace(target, index=place) for place, target in enumerate(drawn)]
        settings = placed.settings(retries=0)
        rows = [row async for row in check(targets, settings=settings, recheck=False)]
        asked = requests(placed)
        left = await placed.open_connections()
    wanted = {
        target.url: (case.health, case.trouble) for case, target in zip(QUICK, once, strict=True)
    }
    assert [row.target.url for row in rows] == [target.url for target in drawn]
    assert [said(row) for row in rows] == [wanted[target.url] for target in drawn]
    assert set(asked.values()) == {1}
    assert left == {}


def requests(placed: Town) -> Counter[tuple[str, str]]:
    """Count the requests by case and path."""
    return Counter(
        (name, request.path)
        for name, server in placed.servers().items()
        for request in server.requests
    )


async def test_as_completed_every_row_comes_too(tmp_path: Path) -> None:
    """In another order, what failed once again behind the others, and none twice."""
    async with town(QUICK, tmp_path) as placed:
        settings = placed.settings(retries=0, order=Order.COMPLETED)
        checking = check(placed.targets(), settings=settings, recheck_after=0.0)
        rows = [row async for row in checking]
    assert sorted(row.target.index for row in rows) == list(range(len(QUICK)))
    assert {row.target.index: said(row) for row in rows} == {
        place: (case.health, case.trouble) for place, case in enumerate(QUICK)
    }


async def test_what_is_no_url_has_its_row_too(tmp_path: Path) -> None:
    """In its place among the others, and as a fault of the input."""
    wrong = ["not a url", "http://", "ftp://a.test/", ""]
    async with town(QUICK[:1], tmp_path) as placed:
        urls = [*wrong, placed.url(QUICK[0])]
        rows = [row async for row in check(urls, settings=placed.settings(), recheck_after=0.0)]
    assert [row.target.url for row in rows] == urls
    assert [said(row) for row in rows[:-1]] == [("unhealthy", "input")] * len(wrong)
    assert said(rows[-1]) == (QUICK[0].health, QUICK[0].trouble)


@pytest.mark.parametrize("wanted", [1, 20])
async def test_leaving_early_leaves_nothing(wanted: int, tmp_path: Path) -> None:
    """Whoever has seen enough, while others are waited for, finds no task and no connection."""
    async with town(PLANTED, tmp_path) as placed:
        settings = placed.settings(order=Order.COMPLETED)
        checking = check(placed.targets(), settings=settings, recheck=False)
        rows = []
        async with aclosing(checking) as found:
            async for row in found:
                rows.append(row)
                if len(rows) == wanted:
                    break
        tasks = tasks_left()
        left = await placed.open_connections()
    assert len(rows) == wanted
    assert (tasks, left) == ([], {})
