"""What the README and the example files show works as it stands."""

import asyncio
import re
import shlex
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fetcher.demo.site import DemoSite
from tests.cli.program import Ended, fetcher

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = re.findall(r"^    (fetcher (?:titles|check|scrape) .*)$", README, re.MULTILINE)
PROGRAMS = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
HOSTS = ("https://example.org", "https://example.com")


@pytest.fixture
async def site() -> AsyncIterator[DemoSite]:
    """The site that stands in for the hosts of the README."""
    async with DemoSite(pace=0.01) as site:
        yield site


def on(site: DemoSite, text: str) -> str:
    """Put the demo site in the place of the hosts of the README."""
    for host in HOSTS:
        text = text.replace(host, site.base_url.rstrip("/"))
    return text


def prepare(site: DemoSite, folder: Path) -> None:
    """Write the files that the README's commands read."""
    base = site.base_url.rstrip("/")
    (folder / "urls.txt").write_text(f"{base}/about\n{base}/ferry\n")
    (folder / "shops.csv").write_text(f"name,website\nFerry,{base}/ferry\n")
    (folder / "last.jsonl").write_text(f'{{"url": "{base}/about", "health": "healthy"}}\n' * 2)
    (folder / "results.csv").write_text(f"url,health,reason\n{base}/about,unhealthy,it was\n")


def test_the_readme_has_commands_and_programs() -> None:
    """The patterns below find what they are meant to find."""
    assert len(COMMANDS) >= 5
    assert len(PROGRAMS) == 4


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_command_of_the_readme(command: str, site: DemoSite, tmp_path: Path) -> None:
    """Each command ends well and gives rows."""
    prepare(site, tmp_path)
    arguments = shlex.split(on(site, command), comments=True)[1:]
    done = await fetcher(*arguments, cwd=tmp_path)
    assert done.code == 0
    output = tmp_path / arguments[arguments.index("-o") + 1] if "-o" in arguments else None
    text = output.read_bytes().decode("utf-8", "replace") if output else done.out
    assert "Port Merle" in text or "erry" in text


@pytest.mark.parametrize("program", PROGRAMS)
async def test_a_program_of_the_readme(program: str, site: DemoSite, tmp_path: Path) -> None:
    """Each program runs as it stands, and prints titles."""
    prepare(site, tmp_path)
    path = tmp_path / "program.py"
    path.write_text(on(site, program))
    done = await python(path)
    assert done.code == 0
    assert "Port Merle" in done.out or "erry" in done.out


@pytest.mark.parametrize("name", ["config/targets.toml", "sample_urls/expected.csv"])
async def test_an_example_list_with_expectations(name: str, site: DemoSite, tmp_path: Path) -> None:
    """What the example lists expect of the demo site is so."""
    path = tmp_path / Path(name).name
    text = (ROOT / name).read_text("utf-8")
    path.write_text(text.replace("http://127.0.0.1:8765", site.base_url.rstrip("/")))
    done = await fetcher("check", "-l", path.name, cwd=tmp_path)
    assert done.code == 0
    assert len(done.rows) == text.count("\nurl = ") + text.count("\nhttp://")
    assert {row["health"] for row in done.rows} == {"healthy"}


async def python(path: Path) -> Ended:
    """Run a Python program in its folder."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(path)),
        cwd=path.parent,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())
