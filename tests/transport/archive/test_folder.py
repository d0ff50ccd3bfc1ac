"""Archives that are directories."""

import gzip
import json
import zlib
from pathlib import Path
from typing import Any

import pytest

from fetcher.settings import Settings
from fetcher.transport.archive import ArchiveError, open_archive
from fetcher.transport.archive.archive import Truncation
from fetcher.transport.archive.folder import INDEX, FolderWriter
from fetcher.transport.base import Head
from tests.transport.archive.archiving import TODAY, answer

LIMIT = 1_000_000


def write(directory: Path, *answers: Any, limit: int = LIMIT) -> list[dict[str, Any]]:
    """Add answers in a run of its own; give the whole index."""
    writer = FolderWriter(directory, limit)
    for each in answers:
        writer.write(each)
    writer.close()
    return index(directory)


def index(directory: Path) -> list[dict[str, Any]]:
    """The lines of the index."""
    return [json.loads(line) for line in (directory / INDEX).read_text("ascii").splitlines()]


def coded(name: bytes) -> Head:
    """The head of an answer with a Content-Encoding."""
    return Head(b"HTTP/1.1 200 OK", ((b"Content-Encoding", name),))


def test_an_answer_has_a_file_and_a_line(tmp_path: Path) -> None:
    """Which says all that is known of it."""
    (line,) = write(tmp_path / "new" / "dir", answer("https://h.example/News/today.html?page=2"))
    file = line.pop("file")
    assert line == {
        "url": "https://h.example/News/today.html?page=2",
        "time": TODAY,
        "method": "GET",
        "status": 200,
        "headers": [["Content-Type", "text/html"]],
        "truncated": None,
        "encoded": "",
    }
    assert file.startswith("h.example/news_today_html_")
    assert file.endswith(".html")
    assert (tmp_path / "new" / "dir" / file).read_bytes() == b"body"


def test_answers_to_one_url_have_a_file_each(tmp_path: Path) -> None:
    """In the next run too; without a body there is none."""
    write(tmp_path, answer(body=b"1"), answer(body=b"2"), answer(body=b"", status=304))
    lines = write(tmp_path, answer(body=b"3"))
    files = [line["file"] for line in lines]
    assert files[2] is None
    assert [(tmp_path / file).read_bytes() for file in files if file] == [b"1", b"2", b"3"]


@pytest.mark.parametrize(("name", "pack"), [(b"gzip", gzip.compress), (b"deflate", zlib.compress)])
def test_bodies_are_unpacked(tmp_path: Path, name: bytes, pack: Any) -> None:
    """So that anybody can read them."""
    packed = pack(b"page" * 99)
    (line,) = write(tmp_path, answer(pieces=(packed[:9], packed[9:]), received=coded(name)))
    assert (tmp_path / line["file"]).read_bytes() == b"page" * 99
    assert line["encoded"] == ""


@pytest.mark.parametrize("name", [b"gzip", b"compress"])
def test_what_cannot_be_unpacked_is_kept_as_it_came(tmp_path: Path, name: bytes) -> None:
    """And its line says in which coding."""
    (line,) = write(tmp_path, answer(body=b"rubbish", received=coded(name)))
    assert (tmp_path / line["file"]).read_bytes() == b"rubbish"
    assert line["encoded"] == name.decode()


def test_no_bomb_fills_the_disk(tmp_path: Path) -> None:
    """Unpacking stops at the limit, and the line says so."""
    bomb = gzip.compress(bytes(5_000_000))
    (line,) = write(tmp_path, answer(body=bomb, received=coded(b"gzip")), limit=70_000)
    assert (tmp_path / line["file"]).stat().st_size == 70_000
    assert line["truncated"] == "length"


def test_what_is_cut_says_why(tmp_path: Path) -> None:
    """In the words of WARC."""
    (line,) = write(tmp_path, answer(truncation=Truncation.TIME))
    assert line["truncated"] == "time"


def test_a_line_that_was_cut_is_removed(tmp_path: Path) -> None:
    """At any byte; whole lines stay."""
    write(tmp_path, answer("http://h/1"), answer("http://h/2"))
    whole = (tmp_path / INDEX).read_bytes()
    first = whole.index(b"\n") + 1
    for cut in (0, 1, first - 1, first, first + 1, len(whole) - 1, len(whole)):
        (tmp_path / INDEX).write_bytes(whole[:cut])
        found = [line["url"] for line in write(tmp_path)]
        assert found == ["http://h/1", "http://h/2"][: whole[:cut].count(b"\n")]


def test_a_long_cut_line_is_removed(tmp_path: Path) -> None:
    """Longer than what is read of the file at once."""
    write(tmp_path, answer("http://h/1"))
    with (tmp_path / INDEX).open("ab") as file:
        file.write(b"x" * 200_000)
    assert [line["url"] for line in write(tmp_path)] == ["http://h/1"]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A file where the directory should be."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(ArchiveError, match="file: "):
        open_archive(tmp_path / "file", Settings())
