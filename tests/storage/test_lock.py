"""Two runs do not write to one file at once."""

import subprocess
import sys
from pathlib import Path

import pytest

from fetcher.storage.output_error import OutputError
from tests.sinks.making import TEXT_NAMES, fill, opened, target

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such locks")
NAMES = (*TEXT_NAMES, "out.parquet")


@pytest.mark.parametrize("resume", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_a_second_run_is_refused(tmp_path: Path, name: str, resume: bool) -> None:
    """Whether it would go on or begin anew, nothing of the first one is touched."""
    path = tmp_path / name
    sink, progress = opened(path)
    sink.write([target(1)])
    sink.commit(progress.after(target(1).identity))
    before = {each.name: each.read_bytes() for each in tmp_path.iterdir()}
    with pytest.raises(OutputError) as caught:
        opened(path, resume=resume)
    assert str(caught.value) == f"cannot write to {path}: another run is writing to it"
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == before
    sink.finish(complete=False)
    assert fill(path, 10, resume=True) == 1


def test_a_run_that_was_killed_holds_nobody_off(tmp_path: Path) -> None:
    """The lock goes with the process."""
    path = tmp_path / "out.csv"
    code = (
        "import os, sys; from pathlib import Path; from tests.sinks.making import opened\n"
        "opened(Path(sys.argv[1])); os.kill(os.getpid(), 9)"
    )
    root = Path(__file__).parents[2]
    killed = subprocess.run([sys.executable, "-c", code, str(path)], cwd=root, capture_output=True)
    assert killed.returncode == -9
    assert fill(path, 10, resume=True) == 0
