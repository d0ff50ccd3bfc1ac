"""Rows that go through a stream are written at once, and cannot be gone on with."""

import io
import os
import threading
from pathlib import Path

import pytest

from fetcher.sinks.base import START, ResumeError, TargetRows
from fetcher.sinks.formats import CSV, format_of
from fetcher.sinks.open_sink import open_sink
from tests.sinks.making import column, opened

COLUMNS = (column("url"), column("links", many=True))


def test_standard_output() -> None:
    """Each batch is there when it was written, CSV unless another format is named."""
    stream = io.BytesIO()
    opened = open_sink("-", CSV, COLUMNS, stdout=stream)
    sink, progress = opened.sink, opened.progress
    assert (progress, opened.resumable) == (START, False)
    assert stream.getvalue() == b"url,links\r\n"
    sink.write([TargetRows("a", (("a", ["b"]), ("a", None))), TargetRows("c", ())])
    sink.write([])
    assert stream.getvalue() == b'url,links\r\na,"[""b""]"\r\na,\r\n'
    sink.commit(progress)
    sink.finish(complete=True)
    assert not stream.closed


def test_json_lines_on_standard_output() -> None:
    """A format without a header begins with its first row."""
    stream = io.BytesIO()
    jsonl = format_of("-", "jsonl", job="a test")
    sink = open_sink("-", jsonl, COLUMNS, stdout=stream).sink
    sink.write([TargetRows("a", (("a", ["b"]),))])
    sink.finish(complete=False)
    assert stream.getvalue() == b'{"url":"a","links":["b"]}\n'


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_named_pipe(tmp_path: Path) -> None:
    """A pipe gets rows and no journal, and cannot be gone on with."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(ResumeError, match="what it got before cannot be continued"):
        opened(path, resume=True)
    received: list[bytes] = []
    reader = threading.Thread(target=lambda: received.append(path.read_bytes()))
    reader.start()
    sink, progress = opened(path, columns=COLUMNS)
    sink.write([TargetRows("a", (("a", None),))])
    sink.commit(progress.after("a"))
    sink.finish(complete=True)
    reader.join()
    assert received == [b"url,links\r\na,\r\n"]
    assert [each.name for each in tmp_path.iterdir()] == ["pipe"]


@pytest.mark.parametrize("name", ["csv", "tsv", "jsonl"])
def test_control_characters_do_not_act_on_a_terminal(name: str) -> None:
    """The same rows are kept as they are in a pipe, and shown without what could act."""

    class Screen(io.BytesIO):
        def isatty(self) -> bool:
            return True

    stream = Screen()
    sink = open_sink("-", format_of("-", name, job="a test"), COLUMNS, stdout=stream).sink
    sink.write([TargetRows("x", (("x", "\x1b[31mred\x07\u202e"),))])
    sink.commit(START)
    shown = stream.getvalue().decode()
    assert "red" in shown
    assert not set(shown) & set("\x1b\x07\u202e")
