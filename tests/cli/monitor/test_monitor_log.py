"""The monitor's log, line by line."""

import io
import json
import logging
import re
from collections.abc import Iterator

import pytest

from fetcher.cli.monitor.run_command import NAME, open_log


@pytest.fixture(autouse=True)
def loggers_as_before() -> Iterator[None]:
    """Put the loggers back as they were."""
    log = logging.getLogger(NAME)
    before = log.handlers[:], log.level, log.propagate
    yield
    log.handlers[:], log.level, log.propagate = before


def logged(*, as_json: bool = False) -> tuple[io.StringIO, logging.Logger]:
    """A log, as one of the monitor's modules writes to it."""
    stream = io.StringIO()
    open_log(stream, as_json=as_json)
    return stream, logging.getLogger(f"{NAME}.delivery")


def test_a_line_for_people() -> None:
    """Time, level, event, and what belongs to it by name; quoted where it must be, on one line."""
    stream, log = logged()
    log.info("channel failing", {"channel": "team", "error": 'no "way"\n\x1b[31m', "after": 1.25})
    log.warning("100% done", {})
    log.debug("not said")
    first, second = stream.getvalue().splitlines()
    assert re.match(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ info channel failing ", first)
    assert first.endswith(r'channel=team error="no \"way\" [31m" after=1.25')
    assert second.endswith("Z warning 100% done")


def test_a_line_for_programs() -> None:
    """One JSON object a line, its values with their types."""
    stream, log = logged(as_json=True)
    log.error("not written", {"targets": 3, "text": "a\nb\u2028", "time": "of the event"})
    said = json.loads(stream.getvalue())
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", said.pop("time"))
    assert said == {
        "level": "error",
        "logger": "fetcher.monitor.delivery",
        "event": "not written",
        "targets": 3,
        "text": "a\nb\u2028",
    }
    assert stream.getvalue().count("\n") == 1
    assert stream.getvalue().isascii()


@pytest.mark.parametrize("as_json", [False, True])
def test_a_traceback_is_there(as_json: bool) -> None:
    """What went wrong inside is not lost."""
    stream, log = logged(as_json=as_json)
    try:
        raise RuntimeError("oh")
    except RuntimeError:
        log.exception("defect in %s", "here")
    assert "defect in here" in stream.getvalue()
    assert "RuntimeError: oh" in stream.getvalue()


def test_other_loggers_are_left_alone() -> None:
    """Nothing goes to the root's handlers, and a second log takes the place of the first."""
    first, log = logged()
    second, _ = logged()
    log.info("once")
    assert first.getvalue() == ""
    assert second.getvalue().count("once") == 1
    assert not logging.getLogger(NAME).propagate
