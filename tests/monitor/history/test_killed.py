"""Killed with SIGKILL at random moments: whole commits, and all that were reported."""

import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from fetcher.monitor.history import HistoryReader, open_store
from tests.monitor.history.making import KEPT, NAME, NOON

ROOT = Path(__file__).parents[3]
ROUNDS = 5
KEYS = 40

# Each commit is of a minute, and rolled up soon; it says its number when it is written.
WRITER = f"""
import asyncio, sys
from fetcher.monitor.commit import Commit
from fetcher.monitor.history import open_store
from fetcher.monitor.plan import MonitorSettings
from fetcher.monitor.target_state import State
from tests.monitor.history.making import NOON, incident, member, message, watched

KEYS = [f"t{{number}}" for number in range({KEYS})]
SETTINGS = MonitorSettings(keep_checks=1800.0)

async def main():
    store = open_store(sys.argv[1], SETTINGS, NOON)
    assert store.notice == "", store.notice
    states = store.load().states
    number = states["t0"].bad if states else 0
    while True:
        number += 1
        at = NOON + 60 * number
        await store.write(Commit(
            records=tuple([watched(key, at - 60, at) for key in KEYS]),
            states={{key: State(bad=number) for key in KEYS}},
            incidents=(incident(number, member("t0")),),
            messages=(message(number),),
        ))
        print(number, flush=True)
        await store.maintain(at)

asyncio.run(main())
"""


def test_killed_and_started_again(tmp_path: Path) -> None:
    """Nothing of a commit without the rest of it, and nothing is lost that was reported."""
    moments = random.Random()
    reported = 0
    for _ in range(ROUNDS):
        reported = killed(tmp_path / NAME, moments, reported)
        check(tmp_path, reported)


def killed(path: Path, moments: random.Random, before: int) -> int:
    """Go on writing, be killed, and return the last commit that was reported."""
    command = [sys.executable, "-c", WRITER, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        words = [writer.stdout.readline() for _ in range(moments.randint(1, 150))]
        # Somewhere inside of a commit, not only at its end.
        time.sleep(moments.uniform(0, 0.004))
        writer.send_signal(signal.SIGKILL)
        words += writer.stdout.read().splitlines()
    numbers = [int(word) for word in words]
    assert numbers[0] in (before + 1, before + 2)
    return numbers[-1]


def check(folder: Path, reported: int) -> None:
    """See that a database holds whole commits, one after the other."""
    store = open_store(str(folder / NAME), KEPT, NOON)
    assert store.notice == ""
    loaded = store.load()
    (number,) = {state.bad for state in loaded.states.values()}
    assert number in (reported, reported + 1)
    assert [each.incident for each in loaded.messages] == [each.id for each in loaded.incidents]
    assert len(loaded.incidents) == number
    assert set(loaded.checked.values()) == {NOON + 60 * number}
    store._opened.close()
    reader = HistoryReader(str(folder / NAME))
    for key in ("t0", f"t{KEYS - 1}"):
        for seconds in (60, 3600, 86400):
            found = reader.rolled(key, NOON, NOON + 1e6, seconds)
            assert sum(bucket.checks for bucket in found) == number
        assert reader.uptime(key, NOON, NOON + 1e6).up == 60 * number
    reader.close()
    file = sqlite3.connect(folder / NAME)
    assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    file.close()
