"""Stopped before any step that changes a file, an output is gone on with all the same."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fetcher.sinks import parquet_sink
from fetcher.storage import outputs
from fetcher.storage.files import Places
from tests.sinks.conftest import COUNT
from tests.sinks.making import TEXT_NAMES, content, fill

NAMES = (*TEXT_NAMES, "out.parquet")
SIZE = 25


class StopError(BaseException):
    """What a kill is for the code below: nothing that anybody handles."""


class Steps:
    """Counts the steps that change files, and stops at one of them, in its middle for a write."""

    def __init__(self, stop: int | None) -> None:
        self.count = 0
        self.stop = stop

    def due(self) -> bool:
        """Whether the step that begins now is the last one."""
        self.count += 1
        return self.count == self.stop

    def before(self, step: Callable[..., Any]) -> Callable[..., Any]:
        """Make a step that can be stopped before it."""

        def stoppable(*args: Any, **more: Any) -> Any:
            if self.due():
                raise StopError
            return step(*args, **more)

        return stoppable

    def half(self, write: Callable[[Any, bytes], None]) -> Callable[[Any, bytes], None]:
        """Make a write that can be stopped when half of it is done."""

        def stoppable(raw: Any, data: bytes) -> None:
            if self.due():
                write(raw, data[: len(data) // 2])
                raise StopError
            write(raw, data)

        return stoppable


@contextmanager
def stopping(stop: int | None) -> Iterator[Steps]:
    """Count the steps inside, and stop at one; None for none."""
    steps = Steps(stop)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outputs, "_write_all", steps.half(outputs._write_all))
        patch.setattr(os, "replace", steps.before(os.replace))
        patch.setattr(os, "truncate", steps.before(os.truncate))
        patch.setattr(Places, "clear_rows", steps.before(Places.clear_rows))
        patch.setattr(parquet_sink, "_write", steps.before(parquet_sink._write))
        yield steps


def steps_of(path: Path, stop: int | None, *, resume: bool) -> int:
    """Write an output, and stop at a step if there is one; return how many steps it took."""
    with stopping(stop) as steps:
        try:
            fill(path, COUNT, size=SIZE, resume=resume)
        except StopError:
            assert steps.count == stop
    return steps.count


@pytest.mark.parametrize("name", NAMES)
def test_at_every_step(tmp_path: Path, undisturbed: Path, name: str) -> None:
    """Stopped at each step in turn, the run that goes on makes what an undisturbed one makes."""
    total = steps_of(tmp_path / name, None, resume=False)
    # The journal begun, each commit with its rows, and the end: three commits at least.
    assert total >= 10
    for stop in range(1, total + 1):
        path = tmp_path / str(stop) / name
        path.parent.mkdir()
        steps_of(path, stop, resume=False)
        fill(path, COUNT, size=SIZE, resume=True)
        assert content(path) == content(undisturbed / name), f"stopped at step {stop}"


@pytest.mark.parametrize("name", NAMES)
@given(stops=st.lists(st.integers(1, 15), min_size=2, max_size=5))
@example(stops=[1, 1, 1, 1, 1])
def test_again_and_again(undisturbed: Path, name: str, stops: list[int]) -> None:
    """Runs that go on are stopped too; the last one is not, and the output is the same."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        for number, stop in enumerate(stops):
            steps_of(path, stop, resume=number > 0)
        fill(path, COUNT, size=SIZE, resume=True)
        assert content(path) == content(undisturbed / name)


@pytest.mark.parametrize("name", NAMES)
def test_over_an_older_output(tmp_path: Path, undisturbed: Path, name: str) -> None:
    """What a complete output of an earlier run is overwritten with is never mixed with it."""
    for stop in range(1, 12):
        path = tmp_path / str(stop) / name
        path.parent.mkdir()
        fill(path, 2 * COUNT)
        older = content(path)
        steps_of(path, stop, resume=False)
        if stop <= 2:
            # The new journal was not in its place yet: nothing had begun.
            assert content(path) == older
        else:
            fill(path, COUNT, size=SIZE, resume=True)
            assert content(path) == content(undisturbed / name)
