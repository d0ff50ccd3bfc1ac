"""What a monitor at work says, line by line; and that what it could not do is among it."""

import re
import signal
from pathlib import Path

import pytest

from fetcher.monitor.commit import MissedReason
from tests.monitor.daemon.pages import serving
from tests.monitor.daemon.running import BASE, Running, running, target

EVENTS = {"notice", "monitoring", "incident", "configuration rejected", "stopping", "stopped"}
LINE = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (?:info|warning|error) (?P<event>[a-z ]*[a-z])"
    r'(?: [a-z_]+=(?:[^"\s]\S*|"(?:[^"\\]|\\.)*"))*'
)


async def test_a_check_that_outlasts_its_interval(tmp_path: Path) -> None:
    """The slots in which it still runs are counted, and it is never begun a second time."""
    async with serving() as pages, running(tmp_path, target(f"{pages.url}/a", "a")) as it:
        await it.until(lambda: pages.hits["/a"] > 1)
        for _ in range(2):
            pages.hold("/a")
            await it.until(lambda: pages.now["/a"] == 1)
            before = it.reader.missed("a", 0).get(MissedReason.RUNNING, 0)
            await it.until(
                lambda n=before: it.reader.missed("a", 0).get(MissedReason.RUNNING, 0) > n
            )
            pages.let_go("/a")
        assert (await it.vitals())["missed"]["running"] >= 2
        await it.stop()
        assert len(it.checks("a")) == pages.hits["/a"]


def events(it: Running, *, as_json: bool) -> list[str]:
    """The names of the events; fails for a line that is not as it must be."""
    if as_json:
        return [event["event"] for event in it.events()]
    found = [LINE.fullmatch(line) for line in it.said[1:]]
    assert all(found), it.said
    return [match["event"] for match in found if match]


@pytest.mark.parametrize("as_json", [True, False])
async def test_every_line_is_well_formed(tmp_path: Path, as_json: bool) -> None:
    """One event a line, for programs or for people; the line before all of them is for people."""
    base = BASE if as_json else BASE.replace("log_json = true", "")
    async with serving() as pages:
        pages.broken.add("/broken")
        sick = target(f"{pages.url}/broken", 'sick \\" %s é')
        async with running(tmp_path, sick, base=base) as it:
            await it.until(lambda: any("server_error" in line for line in it.said))
            (tmp_path / "monitor.toml").write_text('[colour]\n[[targets]]\nurl = "a \\n%s"\n')
            it.process.send_signal(signal.SIGHUP)
            await it.until(lambda: any("rejected" in line for line in it.said))
            await it.stop()
        assert it.said[0].startswith("Monitoring 1 target, ")
        assert set(events(it, as_json=as_json)) == EVENTS
        if as_json:
            assert len(it.events()) == len(it.said) - 1
