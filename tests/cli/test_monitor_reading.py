"""The commands that tell what the monitor remembers, from its database alone."""

import gzip
import json
import sqlite3
from pathlib import Path

import pytest

from tests.cli.monitored import PAGE, SHOP, Watch, make_watch, monitor
from tests.cli.program import fetcher, rows


@pytest.fixture
async def watch(tmp_path: Path) -> Watch:
    """A configuration with half an hour of history, and no monitor that runs."""
    return await make_watch(tmp_path)


def test_status(watch: Watch) -> None:
    """The worst first, with what was found; 1 because one is down; what is gone is not counted."""
    done = monitor(watch, "status")
    assert done.code == 1
    lines = done.out.splitlines()
    assert lines[0] == "1 down, 1 new, 1 up; the monitor is not running"
    assert lines[1].split() == ["STATE", "TARGET", "FOR", "STATUS", "TIME", "RESULT"]
    assert lines[2].split()[:2] == ["down", "shop"]
    assert lines[2].endswith("500     200 ms  status 500, expected 200..299[31m")
    assert lines[3].split() == ["new", "https://new.example/", "not", "checked", "yet"]
    assert lines[4].split()[:2] == ["up", PAGE]
    assert "\x1b" not in done.out


def test_status_of_some(watch: Watch) -> None:
    """By a part of a name, URL or group; 0 when none of those is down."""
    done = monitor(watch, "status", "B.EXAMPLE")
    assert (done.code, done.out.count("\n")) == (0, 3)
    assert monitor(watch, "status", "all", "--limit", "1").out.endswith(
        "… and 2 more (--limit 0 shows all)\n"
    )
    none = monitor(watch, "status", "zzz")
    assert none.code == 1
    assert "no target has 'zzz' in its name, URL or group" in none.err


def test_status_as_json(watch: Watch) -> None:
    """The same as the page's API says, with the incident that a target is part of."""
    done = monitor(watch, "status", "--json")
    said = json.loads(done.out)
    assert (done.code, said["running"]) == (1, False)
    assert said["counts"] == {"down": 1, "new": 1, "up": 1}
    first = said["targets"][0]
    assert (first["key"], first["condition"], first["incident"]) == ("shop", "down", "0a2")
    assert (first["group"], first["latest"]["status"]) == ("all", 500)


def test_status_when_the_configuration_is_broken(watch: Watch) -> None:
    """How things are can be seen all the same."""
    with (watch.folder / "monitor.toml").open("a") as file:
        file.write('[[targets]]\nurl = "htp:/x"\n[[channels]]\nname = "x"\ntype = "email"\n')
    assert monitor(watch, "status").out.startswith("1 down, 1 new, 1 up")


@pytest.mark.parametrize("target", [SHOP, "a.example", "https://A.example/", "sho"])
def test_history(watch: Watch, target: str) -> None:
    """A target by its name, its URL or a part of them: uptime, incidents and latest checks."""
    done = monitor(watch, "history", target, "--checks", "3")
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[0] == "shop  https://a.example/"
    assert lines[1].startswith("down since 20")
    assert lines[2].startswith("uptime: 24 h 100%, 7 d 100%, 30 d")
    assert "Incidents in the last 7d: 2" in lines
    assert [line.split()[:2] for line in lines[6:8]] == [["down", "0a2"], ["over", "0a1"]]
    assert "Latest 3 checks:" in lines
    assert [line.split()[0] for line in lines[-3:]] == ["unhealthy"] * 3
    assert "\x1b" not in done.out


def test_history_as_json(watch: Watch) -> None:
    """Everything with its names, for programs."""
    said = json.loads(monitor(watch, "history", PAGE, "--json", "--since", "5m").out)
    assert said["uptime"]["24h"]["share"] == 1
    assert said["incidents"] == []
    assert [check["elapsed_ms"] for check in said["checks"]] == [12.0] * 5


def test_history_of_what(watch: Watch) -> None:
    """Without such a target, or with several, it says so, and exits with 1."""
    done = monitor(watch, "history", "nothing")
    assert (done.code, done.err) == (
        1,
        "fetcher: no target matches 'nothing'; fetcher monitor status lists them\n",
    )
    done = monitor(watch, "history", "example")
    assert done.code == 1
    assert "'example' matches several targets:\n  shop\n  https://b.example/page\n" in done.err


def test_incidents(watch: Watch) -> None:
    """The latest first; those that last; those that a text is in; none; as JSON."""
    everything = monitor(watch, "incidents").out
    assert [line.split()[:2] for line in everything.splitlines()[1:]] == [
        ["down", "0a2"],
        ["over", "0a1"],
    ]
    assert "shop: status 500" in everything
    assert "2 targets: no answer" in everything
    only = monitor(watch, "incidents", "--open").out
    assert [line.split()[1] for line in only.splitlines()[1:]] == ["0a2"]
    assert monitor(watch, "incidents", "zzz").out == "No incidents\n"
    lately = monitor(watch, "incidents", "--since", "1s").out
    assert [line.split()[1] for line in lately.splitlines()[1:]] == ["0a2"]
    said = json.loads(monitor(watch, "incidents", "b.example", "--json").out)
    assert [incident["id"] for incident in said] == ["0a1"]


def test_export_checks(watch: Watch) -> None:
    """Each check is a row, oldest first by target; what a stranger says starts no formula."""
    done = monitor(watch, "export")
    assert len(done.rows) == 60
    first, last = done.rows[0], done.rows[-1]
    assert (first["target"], first["health"], first["status"]) == (PAGE, "healthy", "200")
    assert (last["target"], last["trouble"], last["elapsed_ms"]) == (SHOP, "server_error", "200.0")
    assert [row["at"] for row in done.rows[:30]] == sorted(row["at"] for row in done.rows[:30])
    assert len(monitor(watch, "export", "--target", "SHOP").rows) == 30
    assert len(monitor(watch, "export", "--since", "5m").rows) == 10


@pytest.mark.parametrize("what", ["hours", "days"])
def test_export_figures(watch: Watch, what: str) -> None:
    """Counts and times by the hour or the day, which add up to what was checked."""
    done = monitor(watch, "export", "--what", what, "-o", str(watch.folder / "f.csv.gz"))
    assert done.code == 0
    text = gzip.decompress((watch.folder / "f.csv.gz").read_bytes()).decode()
    shop = [row for row in rows(text) if row["target"] == SHOP]
    assert sum(int(row["checks"]) for row in shop) == 30
    assert sum(int(row["unhealthy"]) for row in shop) == 10
    assert max(float(row["elapsed_max_ms"]) for row in shop) == 200.0
    if what == "days":
        assert sum(float(row["up_seconds"]) for row in shop) == pytest.approx(29 * 60, abs=1)


def test_export_incidents(watch: Watch) -> None:
    """One a line, the latest first, with how many targets it concerned."""
    done = monitor(watch, "export", "--what", "incidents", "-o", str(watch.folder / "i.jsonl"))
    assert done.code == 0
    said = [json.loads(line) for line in (watch.folder / "i.jsonl").read_text().splitlines()]
    assert [(one["id"], one["targets"], one["closed"] is None) for one in said] == [
        ("0a2", 1, True),
        ("0a1", 2, False),
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("--what", "weeks"), 2, "--what: 'weeks' is not one of checks, hours, days, incidents"),
        (("--since", "soon"), 2, "--since: 'soon' is not a duration"),
        (("-o", "x.html"), 2, "fetcher monitor export writes .csv, .tsv, .jsonl or"),
        (("-o", "x.zzz"), 2, "cannot tell the format of 'x.zzz'"),
        (("-o", "no/x.csv"), 3, "cannot write to no/x.csv: its directory does not exist"),
    ],
)
def test_export_that_cannot_be(
    watch: Watch,
    arguments: tuple[str, ...],
    code: int,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A mistake is told before anything is written."""
    monkeypatch.chdir(watch.folder)
    done = monitor(watch, "export", *arguments)
    assert done.code == code
    assert told in done.err


def test_backup(watch: Watch) -> None:
    """A whole copy, which is never put over another file."""
    path = str(watch.folder / "copy.db")
    done = monitor(watch, "backup", path)
    assert (done.code, done.out) == (0, f"Backup written to {path}\n")
    copy = sqlite3.connect(path)
    assert copy.execute("SELECT count(*) FROM checks").fetchone() == (60,)
    copy.close()
    again = monitor(watch, "backup", path)
    assert again.code == 3
    assert "copy.db already exists" in again.err


@pytest.mark.parametrize(
    "arguments",
    [
        *(("status",), ("history", "x"), ("incidents",), ("export",), ("ack", "x")),
        *(("silence", "x"), ("unsilence",), ("backup", "x")),
    ],
)
def test_no_history_yet(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """Before the monitor has run there is nothing to read, and that is said in one line."""
    (tmp_path / "monitor.toml").write_text('[[targets]]\nurl = "https://a.example/"\n')
    done = monitor(Watch(tmp_path, 0.0), *arguments)
    assert (done.code, done.out) == (3, "")
    path = tmp_path / "monitor.db"
    start = "start the monitor first with fetcher monitor run"
    assert done.err == f"fetcher: {path} does not exist yet; {start}\n"


def test_a_database_of_something_else(watch: Watch) -> None:
    """A file that is no monitor's is told by its name."""
    watch.database.unlink()
    watch.database.write_bytes(b"no database at all" * 100)
    done = monitor(watch, "status")
    assert done.code == 3
    assert done.err.count("\n") == 1
    assert "monitor.db" in done.err


async def test_where_the_configuration_is(watch: Watch, tmp_path: Path) -> None:
    """By -c, else by the environment, else in its usual place; paths are relative to the file."""
    path = str(watch.folder / "monitor.toml")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    given = await fetcher("monitor", "status", "-c", path, cwd=elsewhere)
    known = await fetcher("monitor", "status", cwd=elsewhere, FETCHER_MONITOR_CONFIG=path)
    assert given.code == known.code == 1
    assert given.out.splitlines()[0] == known.out.splitlines()[0]
    missing = await fetcher("monitor", "status", cwd=elsewhere)
    assert missing.code == 2
    assert missing.err.startswith(
        "fetcher: no configuration: monitor.toml does not exist here; name "
    )
