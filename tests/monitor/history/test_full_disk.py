"""A disk that fills up: it is said, what was committed stays, and it goes on when there is room."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.small_disk import SmallDisk, small_disk

ROOT = Path(__file__).parents[3]

# Writes until it cannot, three times over; then says how much was written in all.
WRITER = f"""
import asyncio, sys
sys.path.insert(0, {str(ROOT)!r})
from fetcher.monitor.commit import Commit
from fetcher.monitor.history import StoreError, open_store
from fetcher.monitor.target_state import State
from tests.monitor.history.making import KEPT, NOON, record

KEYS = [f"t{{number}}" for number in range(100)]

async def main(most):
    store = open_store("monitor.db", KEPT, NOON)
    print(store.notice or "opened")
    states = store.load().states
    number = states["t0"].bad if states else 0
    failed = 0
    while number < most and failed < 3:
        records = tuple([record(key, NOON + number) for key in KEYS])
        commit = Commit(records=records, states=dict.fromkeys(KEYS, State(bad=number + 1)))
        try:
            await store.write(commit)
            number += 1
        except StoreError as error:
            failed += 1
            print(error)
    loaded = store.load()
    print({{state.bad for state in loaded.states.values()}} == {{number}}, number)
    try:
        await store.close()
    except StoreError as error:
        print(error)

asyncio.run(main(int(sys.argv[1])))
"""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A disk of a megabyte."""
    with small_disk(tmp_path, "1m") as disk:
        yield disk


def test_a_disk_that_fills_up(disk: SmallDisk) -> None:
    """The error says so and nothing of its commit is there; with more room, the rest follows."""
    full = disk.run(sys.executable, "-c", WRITER, "1000000")
    assert full.stderr == ""
    said = full.stdout.splitlines()
    assert said[0] == "opened"
    assert len([line for line in said if line.endswith("the disk is full")]) >= 3
    (result,) = [line for line in said if line.startswith("True ")]
    number = int(result.removeprefix("True "))
    assert number > 3
    disk.resize("16m")
    more = disk.run(sys.executable, "-c", WRITER, str(number + 50))
    assert more.stdout.splitlines() == ["opened", f"True {number + 50}"]
