"""Ending the program with SIGKILL at a random moment, and running it to its end."""

import random
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.cli.program import environment

LONGEST = 120
"""Seconds that no run takes, nor what a killed one leaves behind."""


@dataclass(slots=True)
class Victim:
    """A command that is killed again and again.

    seconds: how long it takes undisturbed. kills: how often it was killed before its end. code:
    what it exits with at its end.
    """

    arguments: Sequence[str]
    folder: Path
    seconds: float = 0.0
    kills: int = 0
    code: int = 0
    moments: random.Random = field(default_factory=random.Random)

    def undisturbed(self) -> None:
        """Let it run to its end, and note how long that takes."""
        began = time.monotonic()
        self.finish()
        self.seconds = time.monotonic() - began

    def finish(self, *more: str) -> None:
        """Let it run to its end, which must be the one that is expected."""
        with self._start(*more) as process:
            out, err = process.communicate(timeout=LONGEST)
        assert process.returncode == self.code, err
        assert out == ""
        assert "Traceback" not in err

    def kill_at_random(self, *more: str) -> None:
        """Start it, and kill it at any moment of its life, if it is not faster."""
        with self._start(*more) as process:
            time.sleep(self.moments.uniform(0, self.seconds))
            ended = process.poll() is not None
            process.kill()
            # It returns when nobody has the other end of a pipe: not before all workers are gone.
            _, err = process.communicate(timeout=LONGEST)
        assert "Traceback" not in err
        self.kills += not ended

    def _start(self, *more: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "fetcher", *self.arguments, *more],
            cwd=self.folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
