"""A history for the commands to read: three targets, one of them down, over the last hours."""

import time
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from fetcher.cli.app import make_app
from fetcher.judgement.verdict import Health, Trouble
from fetcher.monitor.commit import CheckRecord, Commit
from fetcher.monitor.history import open_store
from fetcher.monitor.incident import Incident, Member, Silence
from fetcher.monitor.plan import MonitorSettings
from fetcher.monitor.target_state import Condition, Observation, Span, State, TimeClass
from tests.cli.program import Ended

CONFIG = """
[defaults]
group = "all"

[[targets]]
url = "https://a.example/"
name = "shop"

[[targets]]
url = "https://b.example/page"

[[targets]]
url = "https://new.example/"
"""

REASON = "status 500, expected 200..299\x1b[31m"
"""With what a terminal must not get to see."""

SHOP, PAGE = "shop", "https://b.example/page"
MINUTES = 30


@dataclass(frozen=True, slots=True)
class Watch:
    """A configuration with a history: its folder, and when the latest check was."""

    folder: Path
    now: float

    @property
    def database(self) -> Path:
        """The history's file."""
        return self.folder / "monitor.db"


async def make_watch(folder: Path) -> Watch:
    """Write a configuration, and half an hour of history, one check a minute."""
    (folder / "monitor.toml").write_text(CONFIG)
    now = time.time()
    store = open_store(str(folder / "monitor.db"), MonitorSettings(), now)
    try:
        await store.write(Commit(records=tuple(records(now))))
        await store.write(
            Commit(
                states={
                    SHOP: State(Condition.DOWN, since=now - 600),
                    PAGE: State(Condition.UP, since=now - 1800),
                    "removed": State(Condition.DOWN, since=now - 9000),
                },
                incidents=(broken(now), over(now)),
                silences=(Silence("s1", "https://c.example/*", now + 3600, "ann", "work", now),),
            )
        )
        await store.maintain(now)
    finally:
        await store.close()
    return Watch(folder, now)


def records(now: float) -> list[CheckRecord]:
    """Checks of two targets, the first of which fails from its twentieth on."""
    made = []
    for number in range(MINUTES):
        at = now - 60 * (MINUTES - 1 - number)
        spans = (Span(at - 60, at, TimeClass.UP),) if number else ()
        good = Observation(at, Health.HEALTHY, status=200, elapsed=0.012, due=at)
        bad = Observation(
            at, Health.UNHEALTHY, Trouble.SERVER_ERROR, REASON, status=500, elapsed=0.2, due=at
        )
        made.append(CheckRecord(SHOP, good if number < 20 else bad, spans))
        made.append(CheckRecord(PAGE, good, spans))
    return made


def broken(now: float) -> Incident:
    """The incident that lasts."""
    return Incident(
        id="0a2",
        began=now - 600,
        opened=now - 480,
        condition=Condition.DOWN,
        trouble="server_error",
        text=REASON,
        cause="status 500",
        members=(Member(SHOP, "https://a.example/", SHOP, now - 600, text=REASON),),
    )


def over(now: float) -> Incident:
    """One that is over, of two targets."""
    return Incident(
        id="0a1",
        began=now - 7200,
        opened=now - 7100,
        closed=now - 3600,
        condition=Condition.DOWN,
        trouble="timeout",
        text="no answer",
        members=tuple(
            Member(key, "https://x.example/", key, now - 7200, now - 3600) for key in (SHOP, PAGE)
        ),
    )


def monitor(watch: Watch, *arguments: str) -> Ended:
    """Run a command of the monitor within this process, where it starts much quicker."""
    command, *others = arguments
    app = make_app(("monitor",), (command,))
    config = str(watch.folder / "monitor.toml")
    done = CliRunner().invoke(app, ["monitor", command, "-c", config, *others])
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return Ended(done.exit_code, done.stdout, done.stderr)
