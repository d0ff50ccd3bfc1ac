"""Whole programs that are interrupted, killed, badly written, or just end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sends POSIX signals")

PREAMBLE = """
import asyncio, os, sys, threading, time
from fetcher.pool import Pool

def note_pid(folder, seconds):
    open(os.path.join(folder, str(os.getpid())), "w").close()
    time.sleep(seconds)
    return os.getpid()

"""


def start(folder: Path, code: str, *arguments: str) -> subprocess.Popen[str]:
    """Start a script with a process group of its own, as a shell does."""
    script = folder / "script.py"
    script.write_text(PREAMBLE + textwrap.dedent(code))
    return subprocess.Popen(
        [sys.executable, str(script), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def finish(program: subprocess.Popen[str], within: float = 30) -> tuple[str, str]:
    """Wait for a program to end by itself; kill it if it does not."""
    try:
        return program.communicate(timeout=within)
    except subprocess.TimeoutExpired:
        os.killpg(program.pid, signal.SIGKILL)
        out, err = program.communicate()
        pytest.fail(f"the program hangs; it said:\n{out}\n{err}")


def wait_until(condition: object, within: float = 20) -> None:
    """Wait until a function returns something true."""
    assert callable(condition)
    end = time.monotonic() + within
    while not condition():
        assert time.monotonic() < end, "waited for nothing"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    """Whether a process exists and is not only waiting to be buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("method", ["forkserver", "spawn", "fork"])
def test_ctrl_c_ends_a_program_and_its_workers(tmp_path: Path, method: str) -> None:
    """One traceback, of the program itself; the workers end, silently."""
    pids = tmp_path / "pids"
    pids.mkdir()
    program = start(
        tmp_path,
        """
        if __name__ == "__main__":
            with Pool("process", 2, context=sys.argv[2]) as pool:
                pool.starmap(note_pid, [(sys.argv[1], 60)] * 2, chunksize=1)
        """,
        str(pids),
        method,
    )
    wait_until(lambda: len(list(pids.iterdir())) == 2)
    os.killpg(program.pid, signal.SIGINT)
    _, err = finish(program)
    assert err.count("Traceback") == 1
    assert err.rstrip().endswith("KeyboardInterrupt")
    wait_until(lambda: not any(alive(int(path.name)) for path in pids.iterdir()))


def test_ctrl_c_while_iterating_threads(tmp_path: Path) -> None:
    """Blocked threads do not keep the program."""
    program = start(
        tmp_path,
        """
        print("ready", flush=True)
        with Pool("thread", 2) as pool:
            for _ in pool.imap_unordered(time.sleep, [60] * 10):
                pass
        """,
    )
    assert program.stdout is not None
    assert program.stdout.readline() == "ready\n"
    time.sleep(0.5)
    os.killpg(program.pid, signal.SIGINT)
    _, err = finish(program)
    assert err.rstrip().endswith("KeyboardInterrupt")


@pytest.mark.parametrize("method", ["forkserver", "spawn", "fork"])
def test_workers_end_when_the_program_is_killed(tmp_path: Path, method: str) -> None:
    """kill -9 of the program leaves no workers behind, once their items end."""
    pids = tmp_path / "pids"
    pids.mkdir()
    program = start(
        tmp_path,
        """
        if __name__ == "__main__":
            pool = Pool("process", 2, context=sys.argv[2])
            pool.starmap(note_pid, [(sys.argv[1], 0.1)] * 4, chunksize=1)
            pool.starmap(note_pid, [(sys.argv[1], 1)] * 4, chunksize=1)
        """,
        str(pids),
        method,
    )
    wait_until(lambda: len(list(pids.iterdir())) == 2)
    time.sleep(0.5)
    program.kill()
    program.communicate()
    wait_until(lambda: not any(alive(int(path.name)) for path in pids.iterdir()))


def test_nothing_hangs_at_exit(tmp_path: Path) -> None:
    """Pools that nobody closed, all busy for an hour, and the program just ends, quietly."""
    program = start(
        tmp_path,
        """
        if __name__ == "__main__":
            pools = [Pool("process", 2), Pool("thread", 2), Pool("async", 2)]
            pools[0].apply_async(time.sleep, (3600,))
            pools[1].apply_async(time.sleep, (3600,))
            pools[2].apply_async(asyncio.sleep, (3600,))
            pools[0].imap(time.sleep, [3600] * 100)
            time.sleep(0.3)
            print("done")
        """,
    )
    out, err = finish(program)
    assert (out, err, program.returncode) == ("done\n", "", 0)


def test_a_pool_in_a_global_object_does_not_disturb_the_exit(tmp_path: Path) -> None:
    """test_worker_finalization_via_atexit_handler_of_multiprocessing of CPython."""
    program = start(
        tmp_path,
        """
        problem = None
        class A:
            def __init__(self):
                self.pool = Pool("process", 1)
        def test():
            global problem
            problem = A()
            problem.pool.map(float, tuple(range(10)))
        if __name__ == "__main__":
            test()
        """,
    )
    assert finish(program) == ("", "")
    assert program.returncode == 0


@pytest.mark.parametrize("method", ["forkserver", "spawn"])
def test_a_missing_main_guard_is_explained(tmp_path: Path, method: str) -> None:
    """The program ends by itself, and both messages say what to write."""
    program = start(
        tmp_path,
        f"""
        pool = Pool("process", 2, context="{method}")
        print(pool.map(abs, [1]))
        """,
    )
    _, err = finish(program)
    assert program.returncode == 1
    assert 'if __name__ == "__main__":' in err
    assert "so that only the script itself does it, not every worker" in err
    assert "PoolBroken: no worker process can be started" in err


@pytest.mark.parametrize("method", ["forkserver", "spawn", "fork"])
def test_every_way_of_starting_works(tmp_path: Path, method: str) -> None:
    """A script with functions of its own, under each start method."""
    program = start(
        tmp_path,
        """
        def double(x):
            return 2 * x
        if __name__ == "__main__":
            with Pool("process", 2, context=sys.argv[1]) as pool:
                print(pool.map(double, range(5)))
                pool.close()
                pool.join()
        """,
        method,
    )
    assert finish(program) == ("[0, 2, 4, 6, 8]\n", "")


def test_a_pool_under_a_running_loop(tmp_path: Path) -> None:
    """As in a notebook: a loop runs already, and ordinary code calls coroutines on a pool."""
    program = start(
        tmp_path,
        """
        async def double(x):
            await asyncio.sleep(0)
            return 2 * x
        async def notebook():
            with Pool("async") as pool:
                return pool.map(double, range(3))
        print(asyncio.run(notebook()))
        """,
    )
    assert finish(program) == ("[0, 2, 4]\n", "")


def test_importing_the_pool_is_cheap() -> None:
    """Neither asyncio nor multiprocessing is loaded before it is needed."""
    code = (
        "import sys; import fetcher.pool; fetcher.pool.Pool; "
        "print(sorted({'asyncio', 'multiprocessing', 'concurrent', 'logging'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout == "[]\n"
