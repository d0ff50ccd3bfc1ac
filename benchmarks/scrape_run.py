"""Run a command, keep what it says, and wait for all that it has started.

    python -S scrape_run.py FILE COMMAND [ARGUMENT]...

FILE: gets the command's standard error. The CPU time of a process counts for its parent when that
waits for it. Processes that `forkserver` starts have a parent that outlives the command, and nobody
waits for either: without this, `measure.py` would see nothing of what they use.
"""

import ctypes
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36  # prctl(2)


def main(said: Path, command: list[str]) -> int:
    """Return the command's exit code, once nothing of it is left; show its words if it failed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    with said.open("wb") as file:
        code = subprocess.run(command, stderr=file, check=False).returncode
    with suppress(ChildProcessError):
        while True:
            os.wait()
    if code:
        sys.stderr.write(said.read_text(errors="replace"))
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
