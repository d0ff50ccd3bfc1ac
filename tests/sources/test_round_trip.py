"""What holds for all formats: lists read back, and nothing but SourceError is ever raised."""

import asyncio
import csv
import gzip
import io
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.sources import SourceError
from fetcher.sources.base import ListFormat
from tests.sources.readers import CUTS, blocks, collected, in_memory, opened

URLS = st.lists(
    st.builds(
        "https://{}.example/{}".format,
        st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=5),
        st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), max_size=8),
    ),
    min_size=1,
    max_size=8,
)


def as_text(urls: list[str]) -> str:
    """Write a text list."""
    return "# list\n\n" + "".join(f" {url} # note\n" for url in urls)


def as_csv(urls: list[str]) -> str:
    """Write a CSV list whose other column holds everything that needs quoting."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["note", "url"])
    writer.writerows([['a, "b"\nc', url] for url in urls])
    return file.getvalue()


def as_tsv(urls: list[str]) -> str:
    """Write a TSV list."""
    file = io.StringIO()
    csv.writer(file, "excel-tab").writerows([["url", "n"], *([url, "1"] for url in urls)])
    return file.getvalue()


def as_json_lines(urls: list[str]) -> str:
    """Write JSON lines, objects and strings."""
    return "\n\n".join(json.dumps({"link": url} if len(url) % 2 else url) for url in urls)


def as_json(urls: list[str]) -> str:
    """Write a JSON array."""
    return json.dumps(urls, ensure_ascii=False, indent=1)


def as_sitemap(urls: list[str]) -> str:
    """Write a sitemap."""
    return f"<urlset>{''.join(f'<url><loc>{escape(url)}</loc></url>' for url in urls)}</urlset>"


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(
    ("write", "wanted"),
    [
        (as_text, "text"),
        (as_csv, "csv"),
        (as_tsv, "tsv"),
        (as_json_lines, "jsonl"),
        (as_json, "auto"),
        (as_sitemap, "auto"),
    ],
    ids=["text", "csv", "tsv", "jsonl", "json", "sitemap"],
)
def test_a_list_reads_back(
    write: Callable[[list[str]], str], wanted: ListFormat, encoding: str, packed: bool
) -> None:
    """Any list of URLs is the same after it was written and read, whatever the blocks."""

    @given(URLS, CUTS)
    def holds(urls: list[str], cuts: list[int]) -> None:
        data = write(urls).encode(encoding)
        if packed:
            data = gzip.compress(data, 1)
        rows = asyncio.run(collected(in_memory(blocks(data, cuts), format=wanted, carry=True)))
        assert [(row.index, row.url, row.problem) for row in rows] == [
            (index, url, "") for index, url in enumerate(urls)
        ]

    holds()


MESS = st.lists(
    st.sampled_from(
        [
            *(b"http://a/", b"example.com", b"url", b"name", b"\n", b"\r", b",", b";", b"\t", b"|"),
            *(b'"', b"'", b"{", b"}", b"[", b"]", b":", b"\\u", b"<", b">", b"/", b"&", b"#", b" "),
            *(b"<urlset>", b"<url>", b"<loc>", b"</loc>", b"</url>", b"<sitemap>", b"<item>"),
            *(b"<entry>", b'<link href="x">', b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<!DOCTYPE"),
            *(b"<?xml encoding='gbk'?>", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1f\x8b", b"\0", b"\xe9"),
            *(b"1", b"-", b"null", gzip.compress(b"http://a/\n")),
        ]
    ),
    max_size=25,
).map(b"".join)


@given(
    st.one_of(MESS, st.binary(max_size=60), MESS.map(gzip.compress)),
    CUTS,
    st.sampled_from(["auto", "text", "csv", "tsv", "jsonl", "sitemap"]),
    st.sampled_from(["list", "l.json", "l.csv", "robots.txt"]),
    st.sampled_from([None, "1", "url"]),
    st.booleans(),
)
def test_arbitrary_bytes_raise_nothing_but_source_errors(
    data: bytes, cuts: list[int], wanted: str, name: str, column: str | None, carry: bool
) -> None:
    """Every input is rows, rows with problems, or an input that cannot be read: never a crash."""
    options: dict[str, Any] = {
        "format": wanted,
        "url_column": column,
        "url_field": column,
        "carry": carry,
    }
    source = in_memory(blocks(data, cuts), name, None, **options)
    try:
        rows = asyncio.run(collected(source))
    except SourceError:
        return
    assert [row.index for row in rows] == list(range(len(rows)))
    assert all(row.url or row.problem for row in rows)
    assert all(len(row.carried) == len(source.header) for row in rows)
    for row in rows:
        "".join([row.url, row.source, row.problem, *row.carried]).encode()


@given(
    MESS,
    st.sampled_from(["list", "l.json", "l.csv", "l.txt.gz", "l.tsv", "l.jsonl"]),
    st.booleans(),
)
def test_files_are_read_and_counted_alike(data: bytes, name: str, carry: bool) -> None:
    """A file gives the rows that its bytes give from a pipe's end, and as many as it counts."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        try:
            source = opened(path, carry=carry)
        except SourceError:
            return
        rows = asyncio.run(collected(source))
        assert source.count() in (None, len(rows))
        assert all(len(row.carried) == len(source.header) for row in rows)
