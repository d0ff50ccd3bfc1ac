"""Rows that go through a stream are written at once, and cannot be gone on with."""

import io
import os
import threading
from pathlib import Path

import pytest

from fetcher.sinks.durable import START, DurableError, TargetRows, open_durable
from tests.sinks.durable.making import column, opened

COLUMNS = (column("url"), column("links", many=True))


def test_standard_output() -> None:
    """Each batch is there when it was written, CSV unless another format is named."""
    stream = io.BytesIO()
    durable, progress = open_durable("-", columns=COLUMNS, stdout=stream)
    assert progress == START
    assert stream.getvalue() == b"url,links\r\n"
    durable.write([TargetRows("a", (("a", ["b"]), ("a", None))), TargetRows("c", ())])
    durable.write([])
    assert stream.getvalue() == b'url,links\r\na,"[""b""]"\r\na,\r\n'
    durable.commit(progress)
    durable.complete()
    durable.close()
    assert not stream.closed


def test_json_lines_on_standard_output() -> None:
    """A format without a header begins with its first row."""
    stream = io.BytesIO()
    durable, _ = open_durable("-", columns=COLUMNS, format="jsonl", stdout=stream)
    durable.write([TargetRows("a", (("a", ["b"]),))])
    durable.close()
    assert stream.getvalue() == b'{"url":"a","links":["b"]}\n'


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_named_pipe(tmp_path: Path) -> None:
    """A pipe gets rows and no journal, and cannot be gone on with."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(DurableError, match="what it got before is not there to go on with"):
        opened(path, resume=True)
    received: list[bytes] = []
    reader = threading.Thread(target=lambda: received.append(path.read_bytes()))
    reader.start()
    durable, progress = opened(path, columns=COLUMNS)
    durable.write([TargetRows("a", (("a", None),))])
    durable.commit(progress.after("a"))
    durable.complete()
    durable.close()
    reader.join()
    assert received == [b"url,links\r\na,\r\n"]
    assert [each.name for each in tmp_path.iterdir()] == ["pipe"]
