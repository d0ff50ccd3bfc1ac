"""Running the program as a user does: a process of its own, its two outputs and its exit code."""

import asyncio
import csv
import io
import os
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Ended:
    """What a finished program left behind."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, str]]:
        """Standard output read as CSV."""
        return rows(self.out)


def rows(text: str) -> list[dict[str, str]]:
    """Read CSV with a header."""
    return list(csv.DictReader(io.StringIO(text, newline="")))


def read(path: Path) -> list[dict[str, str]]:
    """Read a CSV file with a header."""
    return rows(path.read_bytes().decode())


def environment(**more: str) -> dict[str, str]:
    """This process's environment without settings for the program, and with `more`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FETCHER_")}
    return kept | {"PYTHONWARNINGS": "error::ResourceWarning", **more}


async def started(*arguments: str, cwd: Path, **env: str) -> asyncio.subprocess.Process:
    """Start the program with pipes for all its streams."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "fetcher", *arguments),
        cwd=cwd,
        env=environment(**env),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def ended(process: asyncio.subprocess.Process, stdin: str = "") -> Ended:
    """Wait for a program's end; fails if it takes far too long."""
    out, err = await asyncio.wait_for(process.communicate(stdin.encode()), 60)
    assert process.returncode is not None
    result = Ended(process.returncode, out.decode(), err.decode())
    assert "Traceback" not in result.err
    assert "Warning" not in result.err
    return result


async def fetcher(*arguments: str, cwd: Path, stdin: str = "", **env: str) -> Ended:
    """Run the program to its end."""
    return await ended(await started(*arguments, cwd=cwd, **env), stdin)
