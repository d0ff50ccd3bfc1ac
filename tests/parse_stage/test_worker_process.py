"""A worker process as the program around it sees it: what it prints, and when it ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.parse_stage.parsers import ROOT

_PROGRAM = """
import asyncio, multiprocessing, sys
sys.path.insert(0, {root!r})
from fetcher.parse_stage import ProcessStage
from tests.parse_stage.parsers import page, parser

async def main(function):
    async with ProcessStage(parser(function), 1) as stage:
        print(multiprocessing.active_children()[0].pid, flush=True)
        print((await stage.parse(page())).rows, flush=True)

if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Return a program that parses one page with the function that it is given."""
    file = tmp_path / "program.py"
    file.write_text(_PROGRAM.format(root=str(ROOT)))
    return file


def test_what_a_function_prints_is_no_result(program: Path) -> None:
    """It goes to standard error, for standard output may be a file of rows."""
    command = [sys.executable, str(program), "chatter"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[1:] == ["({'url': 'http://127.0.0.1/'},)"]
    assert done.stderr == "now at http://127.0.0.1/\n"


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot be killed like this there")
def test_a_worker_ends_with_a_program_that_is_killed(program: Path) -> None:
    """Although its page never ends."""
    command = [sys.executable, str(program), "loop_for_ever"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        worker = int(running.stdout.readline())
        time.sleep(1.0)  # the page is being parsed, most likely; if not yet, it ends all the more
        os.kill(running.pid, signal.SIGKILL)
    patience = time.monotonic() + 60
    while is_running(worker):
        assert time.monotonic() < patience, "the worker goes on"
        time.sleep(0.01)


def is_running(pid: int) -> bool:
    """Whether there is such a process, and not only its exit code that nobody has fetched."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] not in "ZX"
