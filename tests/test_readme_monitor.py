"""The README's monitor, with the example configuration, works as it stands."""

import asyncio
import json
import re
import shlex
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.request import urlopen

from fetcher.demo.site import DemoSite
from tests.cli.program import ended, fetcher, started
from tests.support.nginx import free_port

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = [
    shlex.split(line)[1:]
    for line in re.findall(r"^    (fetcher monitor .*)$", README, re.MULTILINE)
]


@asynccontextmanager
async def monitor(folder: Path) -> AsyncIterator[str]:
    """The README's first command, with the demo site and free ports; gives the page's address."""
    async with DemoSite(pace=0.01) as site:
        page = f"127.0.0.1:{free_port()}"
        text = (ROOT / "config" / "monitor.toml").read_text("utf-8")
        text = text.replace("http://127.0.0.1:8765", site.base_url.rstrip("/"))
        text = text.replace("127.0.0.1:8900", page).replace('interval = "10s"', 'interval = "1s"')
        (folder / "config").mkdir()
        (folder / "config" / "monitor.toml").write_text(text)
        process = await started(*COMMANDS[0], cwd=folder)
        try:
            yield f"http://{page}"
        finally:
            if process.returncode is None:
                process.terminate()
            done = await ended(process)
            assert done.code == 0, done.err


async def ask(url: str) -> str:
    """Read a page."""
    return await asyncio.to_thread(lambda: urlopen(url, timeout=10).read().decode())


async def eventually(page: str, path: str, fits: Callable[[str], bool]) -> str:
    """Ask the page until its answer fits."""
    async with asyncio.timeout(60):
        while True:
            try:
                text = await ask(page + path)
            except OSError:
                text = ""
            if fits(text):
                return text
            await asyncio.sleep(0.2)


async def test_the_monitor_of_the_readme(tmp_path: Path) -> None:
    """It watches, the page shows it, and the other commands do what they say."""
    assert [command[1] for command in COMMANDS] == ["run", "status", "history", "ack", "silence"]
    _, status, history, ack, silence = COMMANDS
    async with monitor(tmp_path) as page:
        await eventually(page, "/api/v1/incidents", lambda text: '"id"' in text)
        assert "Port Merle" in await ask(page)
        done = await fetcher(*status, cwd=tmp_path)
        assert done.code == 1  # one of them is down
        assert "engine room" in done.out
        done = await fetcher(*history, cwd=tmp_path)
        assert done.code == 0
        assert "Front page" in done.out
        [incident, *_] = json.loads(await ask(f"{page}/api/v1/incidents"))["incidents"]
        ack[ack.index("1a1f")] = incident["id"]
        assert (await fetcher(*ack, cwd=tmp_path)).code == 0
        assert (await fetcher(*silence, cwd=tmp_path)).code == 0
        path = f"/api/v1/incidents/{incident['id']}"
        await eventually(page, path, lambda text: '"acknowledged": "2' in text)
        await eventually(page, "/silences", lambda text: "town*" in text)


async def test_the_example_configuration_is_good(tmp_path: Path) -> None:
    """`check-config` has nothing against it."""
    config = str(ROOT / "config" / "monitor.toml")
    done = await fetcher("monitor", "check-config", "-c", config, cwd=tmp_path)
    assert done.code == 0, done.err
