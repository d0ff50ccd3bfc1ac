"""Killed with SIGKILL at random moments and resumed, an output is that of an undisturbed run."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.sinks.making import NAMES, content, fill

ROOT = Path(__file__).parents[3]
COUNT = 3000
SIZE = 10
KILLS = 5

# Says before each step that it begins; the last one takes longest for some formats.
WRITER = f"""
import sys
from pathlib import Path
from tests.sinks.making import after, batches, opened

def say(word):
    print(word, flush=True)

say("opening")
sink, progress = opened(Path(sys.argv[1]), resume=True)
for batch in batches(progress.done, {COUNT}, {SIZE}):
    say(progress.done)
    sink.write(batch)
    progress = after(progress, batch)
    sink.commit(progress)
say("completing")
sink.finish(complete=True)
say("complete")
"""


@pytest.mark.parametrize("name", NAMES)
def test_killed_up_to_five_times(tmp_path: Path, name: str) -> None:
    """No row is lost and none is there twice, and what was reported as committed is there."""
    fill(tmp_path / f"undisturbed-{name}", COUNT)
    path = tmp_path / name
    moments = random.Random()
    done = 0
    for _ in range(moments.randint(2, KILLS)):
        done = max(done, killed(path, moments, at_least=done))
    run = subprocess.run([sys.executable, "-c", WRITER, str(path)], cwd=ROOT, capture_output=True)
    assert run.stderr == b""
    assert run.stdout.endswith(b"complete\n")
    assert content(path) == content(tmp_path / f"undisturbed-{name}")


def killed(path: Path, moments: random.Random, at_least: int) -> int:
    """Go on with an output, be killed, and return how many targets were said to be committed."""
    command = [sys.executable, "-c", WRITER, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        words = ["opening"]
        for _ in range(moments.randint(1, COUNT // SIZE // 3)):
            words.append(writer.stdout.readline().strip())
        # Somewhere inside of a step, not only at its beginning.
        time.sleep(moments.uniform(0, 0.003))
        writer.send_signal(signal.SIGKILL)
        words += writer.stdout.read().split()
    reported = [int(word) for word in words if word.isdecimal()]
    # What an earlier run had committed is not done again.
    assert min(reported, default=at_least) >= at_least
    return max(reported, default=at_least)
