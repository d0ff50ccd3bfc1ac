"""What the tests of `fetcher scrape` share: running it, and reading what it wrote."""

import asyncio
import gzip
import json
import shutil
from pathlib import Path
from typing import Any

from tests.cli import scrapers
from tests.cli.program import Ended, fetcher, started

QUICK = ("--retries", "0", "--timeout", "10s")


async def scrape(*arguments: str, cwd: Path, stdin: str = "", **env: str) -> Ended:
    """Run a scrape that does not wait."""
    return await fetcher("scrape", *arguments, *QUICK, cwd=cwd, stdin=stdin, **env)


async def scrape_with_traceback(*arguments: str, cwd: Path) -> Ended:
    """Run a scrape that shows the traceback of a user's function, which is no fault of ours."""
    process = await started("scrape", *arguments, *QUICK, "-v", cwd=cwd)
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert "Warning" not in err.decode()
    return Ended(process.returncode or 0, out.decode(), err.decode())


def records(path: Path) -> list[dict[str, Any]]:
    """Read JSON lines, packed or not."""
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
    return [json.loads(line) for line in text.splitlines()]


def bring_functions(folder: Path) -> None:
    """Put the users' functions where a user would have them: in the current folder."""
    shutil.copy(scrapers.__file__, folder / "scrapers.py")
