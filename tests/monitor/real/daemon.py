"""`fetcher monitor run` in a process of its own, which can be killed and started again."""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from tests.cli.program import environment
from tests.monitor.real.patience import LONGEST

MODULE = ("-m", "fetcher")


class Daemon:
    """A monitor by `monitor.toml` in a folder; `monitor.log` has what all its lives have said.

    life: how often it was started.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.life = 0
        self._process: asyncio.subprocess.Process | None = None
        self._killed = False

    @property
    def log(self) -> str:
        """What it has said so far."""
        return (self.folder / "monitor.log").read_text()

    async def start(self, program: Sequence[str] = MODULE) -> None:
        """Start it, by `python` with these arguments before those of the command."""
        self.life, self._killed = self.life + 1, False
        with (self.folder / "monitor.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, *program, "monitor", "run", "-c", "monitor.toml"),
                cwd=self.folder,
                # A program that is named by its path has that path's folder in place of this one.
                env=environment(PYTHONPATH=str(Path.cwd())),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    @property
    def lives(self) -> bool:
        """True if it runs, and was not killed this very moment."""
        process = self._process
        return process is not None and process.returncode is None and not self._killed

    def kill(self) -> None:
        """End it with SIGKILL, if it lives."""
        if self.lives and self._process is not None:
            self._process.kill()
            self._killed = True

    async def gone(self) -> int:
        """Wait for its end; give its exit code."""
        assert self._process is not None
        return await self._process.wait()

    async def stop(self) -> None:
        """End it with SIGTERM, which must be a good end."""
        assert self._process is not None
        self._process.terminate()
        async with asyncio.timeout(LONGEST):
            assert await self.gone() == 0, self.log


@asynccontextmanager
async def daemon(folder: Path) -> AsyncIterator[Daemon]:
    """A monitor that is not started yet, and does not outlive the context; nor does a traceback."""
    it = Daemon(folder)
    try:
        yield it
    except AssertionError as error:
        error.add_note(f"The monitor said:\n{it.log}" if it.life else "It was never started.")
        raise
    finally:
        it.kill()
        if it.life:
            await it.gone()
    assert "Traceback" not in it.log, it.log
