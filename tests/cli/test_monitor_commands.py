"""`fetcher monitor` from outside: its help, check-config, test-alert, and a run that cannot be."""

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from typer.testing import CliRunner

from fetcher.cli.app import COMMANDS as ALL
from fetcher.cli.app import make_app
from fetcher.cli.monitor.check_config_command import format_rate
from tests.cli.monitored import Watch, monitor
from tests.cli.program import fetcher

COMMANDS = [name.removeprefix("monitor ") for name in ALL if name.startswith("monitor ")]
ONE = '[[targets]]\nurl = "https://a.example/"\n'
HOOK = '[[channels]]\nname = "{}"\ntype = "webhook"\nurl = "{}"\n'


def watch(folder: Path, text: str) -> Watch:
    """A configuration that nothing was remembered of yet."""
    (folder / "monitor.toml").write_text(text)
    return Watch(folder, 0.0)


@asynccontextmanager
async def receiver(status: int = 200) -> AsyncIterator[tuple[str, list[dict[str, object]]]]:
    """A web server that takes messages; its URL, and what it got."""
    got: list[dict[str, object]] = []

    async def take(request: web.Request) -> web.Response:
        got.append(await request.json())
        return web.Response(status=status, text="no\x1b[31m thanks")

    app = web.Application()
    app.router.add_post("/hook", take)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook", got
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_takes_a_configuration(command: str) -> None:
    """Its help says how."""
    done = CliRunner().invoke(make_app(("monitor",), (command,)), ["monitor", command, "--help"])
    assert done.exit_code == 0
    assert "-c, --config FILE" in done.stdout
    assert "None" not in done.stdout


def test_only_what_is_wanted_is_loaded() -> None:
    """A command of the group loads no other one; the program's help loads none of them."""
    code = (
        "import sys; from fetcher.cli.app import make_app; make_app(sys.argv[1:2], sys.argv[2:3]);"
        "print(sorted(m for m in sys.modules if 'cli.monitor' in m))"
    )

    def loaded(*arguments: str) -> str:
        command = [sys.executable, "-c", code, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    assert loaded("--help") == loaded("check", "monitor") == loaded("monitor", "--help") == "[]"
    own = ["fetcher.cli.monitor", "fetcher.cli.monitor.database_access"]
    assert loaded("monitor", "backup") == str([*own, "fetcher.cli.monitor.tables"])


def test_nothing_heavy_is_loaded_to_look_at_the_history(tmp_path: Path) -> None:
    """What only reads the database does not wait for what only fetches, or serves a page."""
    code = (
        "import sys\nfrom fetcher.cli.monitor.status_command import status\n"
        "try: status(config=sys.argv[1])\nexcept BaseException: pass\n"
        "from fetcher.cli.monitor.database_access import targets_of\ntargets_of(sys.argv[1])\n"
        "print([m for m in ('aiohttp', 'jinja2', 'apprise', 'rich.console') if m in sys.modules])"
    )
    watch(tmp_path, ONE + HOOK.format("a", "http://127.0.0.1:1/"))
    command = [sys.executable, "-c", code, str(tmp_path / "monitor.toml")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_good_configuration(tmp_path: Path) -> None:
    """What it comes to, in a few lines, and what else should be known."""
    text = (
        '[self]\ncontrols = ["https://c.example/"]\n[defaults]\ninterval = "30s"\n'
        + ONE
        + '[[targets]]\nurl = "https://b.example/"\ngroup = "x"\ninterval = "20m"\n'
        + '[[maintenance]]\nname = "night"\ncron = "0 3 * * *"\nduration = "1h"\n'
    )
    done = monitor(watch(tmp_path, text), "check-config")
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0] == f"{tmp_path}/monitor.toml is valid."
    facts = {line.split()[0]: line.split(maxsplit=1)[1] for line in lines[1:-1]}
    assert facts == {
        "targets": "2 on 2 hosts, in 1 group",
        "checks": "2.05 per minute, up to 100 concurrently",
        "busiest": "a.example (2 per minute), b.example (3 per hour)",
        "channels": "none",
        "controls": "https://c.example/",
        "maintenance": "night",
        "page": "http://127.0.0.1:8900/",
        "database": f"{tmp_path}/monitor.db, up to 1.0 GB",
    }
    assert lines[-1] == "Note: no [[channels]] configured: no alerts will be sent"


def test_a_configuration_with_mistakes(tmp_path: Path) -> None:
    """Every one of them, a line each, on standard error, and exit code 2."""
    done = monitor(watch(tmp_path, "[fetch]\ntimeout = 'x'\n[oh]\n"), "check-config")
    assert (done.code, done.out) == (2, "")
    first, second, third = done.err.splitlines()
    assert first.startswith(f"fetcher: {tmp_path}/monitor.toml:2: [fetch] timeout: 'x' is not")
    assert second.startswith(f"fetcher: {tmp_path}/monitor.toml:3: unknown section [oh]; ")
    assert third.startswith(f"fetcher: {tmp_path}/monitor.toml: no targets configured")


@pytest.mark.parametrize("command", ["check-config", "run"])
def test_a_plan_that_cannot_be_kept(tmp_path: Path, command: str) -> None:
    """Refused with the figures, before anything is asked."""
    text = "[fetch]\nrate_limit = 0.5\n" + ONE + 'interval = "1s"\n'
    done = monitor(watch(tmp_path, text), command)
    assert (done.code, done.out) == (2, "")
    assert "rate_limit" in done.err


async def test_a_page_that_cannot_be_served(tmp_path: Path) -> None:
    """A run whose page's port is taken says so, after what it meant to do, and ends with 3."""
    async with receiver() as (url, _):
        page = url.removeprefix("http://").removesuffix("/hook")
        watch(tmp_path, f'[page]\nlisten = "{page}"\n' + ONE)
        done = await fetcher("monitor", "run", cwd=tmp_path)
    assert done.code == 3
    first, *_, last = done.err.splitlines()
    assert (
        first
        == f"Monitoring 1 target, 1 per minute; status page at http://{page}/ (Ctrl-C stops it)"
    )
    assert last.startswith("fetcher: ")
    assert page.partition(":")[2] in last


@pytest.mark.parametrize(
    ("rate", "said"),
    [(1666.7, "1,670 per second"), (0.5, "30 per minute"), (1 / 86400, "0.0417 per hour")],
)
def test_rates_as_people_say_them(rate: float, said: str) -> None:
    """By the second, the minute or the hour, whichever is a number to think of."""
    assert format_rate(rate) == said


async def test_a_test_message_arrives(tmp_path: Path) -> None:
    """Each channel gets it, and what became of it is told by channel; 1 when one failed."""
    async with receiver() as (good, got), receiver(500) as (bad, refused):
        text = ONE + HOOK.format("good", good) + HOOK.format("bad", bad)
        watch(tmp_path, text)
        done = await fetcher("monitor", "test-alert", cwd=tmp_path)
        assert done.code == 1
        told = sorted(done.out.splitlines())
        assert told[0].startswith("bad (webhook): not delivered: ")
        assert "500" in told[0]
        assert told[1:] == ["good (webhook): delivered"]
        assert [message["kind"] for message in (*got, *refused)] == ["test", "test"]
        only = await fetcher("monitor", "test-alert", "--channel", "good", cwd=tmp_path)
        assert (only.code, only.out) == (0, "good (webhook): delivered\n")
        assert (len(got), len(refused)) == (2, 1)


@pytest.mark.parametrize(
    ("channels", "arguments", "told"),
    [
        ("", (), "no [[channels]] configured: there is nothing to test"),
        (
            HOOK.format("team", "http://127.0.0.1:1/"),
            ("--channel", "boss"),
            "unknown channel 'boss'; the configuration has team",
        ),
    ],
)
def test_no_channel_to_test(
    tmp_path: Path, channels: str, arguments: tuple[str, ...], told: str
) -> None:
    """Without such a channel that is wrong usage."""
    done = monitor(watch(tmp_path, ONE + channels), "test-alert", *arguments)
    assert (done.code, done.out, done.err) == (2, "", f"fetcher: {told}\n")
