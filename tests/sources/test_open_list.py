"""Opening lists: what is said at once, what later."""

import gzip
import os
from pathlib import Path

import pytest

from fetcher.sources import Fetched, SourceError
from tests.sources.readers import collected, opened, web


async def test_a_missing_file_is_said_at_once(tmp_path: Path) -> None:
    """The message names the file and the reason."""
    with pytest.raises(SourceError, match=r"cannot read .*/no\.txt: No such file or directory"):
        opened(tmp_path / "no.txt")


async def test_a_directory_is_said_at_once(tmp_path: Path) -> None:
    """The message says what was expected instead."""
    with pytest.raises(SourceError, match="it is a directory, not a file"):
        opened(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
async def test_a_forbidden_file_is_said_at_once(tmp_path: Path) -> None:
    """Permissions are looked at before anything is fetched."""
    path = tmp_path / "l.txt"
    path.touch(0o000)
    with pytest.raises(SourceError, match="permission denied"):
        opened(path)


async def test_a_name_with_a_nul_is_no_file() -> None:
    """The system's odd error for it is explained."""
    with pytest.raises(SourceError, match="not a valid file name"):
        opened("a\0b")


async def test_a_missing_column_is_said_at_once(tmp_path: Path) -> None:
    """A local file's header is read on opening."""
    path = tmp_path / "l.csv"
    path.write_text("name,url\na,http://a/\n")
    with pytest.raises(SourceError, match=r"l\.csv has no column 'site'; it has 2: name, url"):
        opened(path, url_column="site")


async def test_a_url_needs_a_way_to_fetch_it() -> None:
    """Without one it is an error, not an empty list."""
    with pytest.raises(SourceError, match="cannot be fetched from URLs here"):
        opened("https://example.com/sitemap.xml")


async def test_a_list_is_fetched_when_it_is_read() -> None:
    """Its type tells the format; places name the URL as given."""

    async def fetch(url: str) -> Fetched:
        return Fetched(b"name,url\nx,http://p/\n", "text/csv", url + "?moved")

    source = opened("http://a/list", fetch, carry=True)
    early = source.header
    await source.prepare()
    assert (early, source.header) == ((), ("name",))
    assert source.count() is None
    (row,) = await collected(source)
    assert (row.url, row.source, row.carried) == ("http://p/", "http://a/list:2", ("x",))


async def test_a_list_that_cannot_be_fetched_is_an_error() -> None:
    """Unlike a child sitemap, the list itself is needed."""
    with pytest.raises(SourceError, match="status 404"):
        await collected(opened("http://a/list", web({})))


async def test_a_fetched_page_is_no_list() -> None:
    """HTML where a list was expected is an error."""
    with pytest.raises(SourceError, match="http://a/ is an HTML page"):
        await collected(opened("http://a/", web({"http://a/": "<!doctype html><p>hi"})))


@pytest.mark.parametrize("name", ["l.txt", "l.txt.gz", "l", "l.csv"])
async def test_gzip_is_known_by_its_bytes(tmp_path: Path, name: str) -> None:
    """Compressed or not, by any name."""
    path = tmp_path / name
    path.write_bytes(gzip.compress(b"url\nhttp://a/\n" if "csv" in name else b"http://a/\n"))
    source = opened(path)
    assert [row.url for row in await collected(source)] == ["http://a/"]
    assert source.count() == 1


async def test_a_cut_gzip_file_ends_with_a_problem(tmp_path: Path) -> None:
    """The rows before the cut are read; the half row at the cut is not taken for a whole one."""
    path = tmp_path / "l.txt.gz"
    lines = [f"http://example.com/{n}" for n in range(50_000)]
    data = gzip.compress("\n".join(lines).encode())
    path.write_bytes(data[: len(data) // 2])
    source = opened(path)
    *rows, last = await collected(source)
    assert len(rows) > 10_000
    assert [row.url for row in rows] == lines[: len(rows)]
    assert last.problem == "the gzip data is truncated"
    assert last.source == f"{path}:{len(rows) + 1}"
    assert source.count() == len(rows) + 1


async def test_an_empty_list_gives_nothing(tmp_path: Path) -> None:
    """Empty files of every format are lists without rows."""
    for name in ("l.txt", "l.csv", "l.jsonl", "l.json", "l.xml", "l", "l.txt.gz"):
        (tmp_path / name).touch()
        source = opened(tmp_path / name, carry=True)
        assert await collected(source) == []
        assert source.header == ()


async def test_counts_are_what_will_be_yielded(tmp_path: Path) -> None:
    """Counting does not disturb reading, before, after or between."""
    path = tmp_path / "l.txt"
    path.write_text("# x\nhttp://a/\n\nhttp://b/\n\xff\n", encoding="latin-1")
    source = opened(path)
    assert source.count() == 3
    targets = aiter(source)
    assert (await anext(targets)).url == "http://a/"
    assert source.count() == 3
    assert (await anext(targets)).url == "http://b/"
    await targets.aclose()


async def test_sitemaps_are_not_counted(tmp_path: Path) -> None:
    """How many there are below an index shows only when they are fetched."""
    (tmp_path / "s.xml").write_text("<urlset><url><loc>http://a/</loc></url></urlset>")
    assert opened(tmp_path / "s.xml").count() is None


async def test_large_files_are_not_counted(tmp_path: Path) -> None:
    """Reading a large file only for its progress bar would take too long; so would unpacking."""
    sparse = tmp_path / "l.txt"
    sparse.write_bytes(b"http://a/\n")
    os.truncate(sparse, 300 * 1024 * 1024)
    assert opened(sparse).count() is None
    bomb = tmp_path / "b.txt.gz"
    bomb.write_bytes(gzip.compress(b" " * 150_000_000, 1))
    assert opened(bomb).count() is None


async def test_names_that_are_no_text_can_be_shown(tmp_path: Path) -> None:
    """A file's name may be any bytes; the source's place can be encoded all the same."""
    path = tmp_path / "l\udcff.txt"
    try:
        path.write_text("http://a/\n")
    except OSError:
        pytest.skip("this file system wants names that are text")
    (row,) = await collected(opened(path))
    assert row.source.endswith("/l\ufffd.txt:1")


async def test_a_file_that_vanishes_is_an_error(tmp_path: Path) -> None:
    """It is opened again for reading, and may be gone by then."""
    path = tmp_path / "l.txt"
    path.write_text("http://a/\n")
    source = opened(path)
    path.unlink()
    assert source.count() is None
    with pytest.raises(SourceError, match="No such file"):
        await collected(source)
