"""`fetcher scrape` from outside: where its rows go, and what others read there."""

import asyncio
import csv
import gzip
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import duckdb
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from tests.cli.program import environment, read, started
from tests.cli.scraping import QUICK, records, scrape
from tests.cli.test_terminal import on_a_terminal, without_colour
from tests.support.shop import Shop

FIELDS = (
    *("-s", "name=h1::text", "-s", "price:float=.price::text", "-s", "stock:int=.stock::text"),
    *("-s", "new:bool=.new::text", "-s", "tags=.tag::text*", "-s", "data:json=.data::text"),
)
COLUMNS = ("url", "status", "name", "price", "stock", "new", "tags", "data", "error")


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    """A shop with pages to scrape."""
    async with Shop() as shop:
        yield shop


async def test_rows_go_to_standard_output(shop: Shop, tmp_path: Path) -> None:
    """As CSV, or as the format that is asked for; what else there is to say goes elsewhere."""
    done = await scrape(*shop.urls(6, 7), *FIELDS, cwd=tmp_path)
    assert tuple(done.rows[0]) == COLUMNS
    assert done.rows[1]["tags"] == '["a","b7"]'
    assert "2 URLs in" in done.err
    lines = await scrape(*shop.urls(6, 7), *FIELDS, "--format", "jsonl", "-q", cwd=tmp_path)
    assert [json.loads(line)["tags"] for line in lines.out.splitlines()] == [
        ["a", "b6"],
        ["a", "b7"],
    ]
    assert lines.err == ""


async def test_all_formats_at_once(shop: Shop, tmp_path: Path) -> None:
    """Each output has each row, and keeps of its types what the format can hold."""
    names = ("o.csv", "o.tsv.gz", "o.jsonl", "o.jsonl.gz", "o.db", "o.parquet")
    outputs = [argument for name in names for argument in ("-o", name)]
    urls = [*shop.urls(5, 6, 7), "no url"]
    done = await scrape(*urls, *FIELDS, *outputs, cwd=tmp_path)
    assert (done.code, done.out) == (0, "")

    found = records(tmp_path / "o.jsonl")
    assert [row["url"] for row in found] == urls
    assert [row["price"] for row in found] == [None, 6.25, 7.25, None]
    assert records(tmp_path / "o.jsonl.gz") == found
    flat = [_in_csv(row) for row in found]
    assert read(tmp_path / "o.csv") == flat
    packed = gzip.decompress((tmp_path / "o.tsv.gz").read_bytes()).decode()
    assert [row["name"] for row in csv.DictReader(packed.splitlines(), delimiter="\t")] == [
        row["name"] for row in flat
    ]
    with closing(sqlite3.connect(tmp_path / "o.db")) as database:
        rows = database.execute("SELECT url, name, price, new, tags FROM pages ORDER BY rowid")
        assert rows.fetchall()[1:3] == [
            (urls[1], "Item 6", 6.25, 0, '["a","b6"]'),
            (urls[2], "Item 7", 7.25, 1, '["a","b7"]'),
        ]


def _in_csv(row: dict[str, object]) -> dict[str, str]:
    """What a row of JSON lines is as text: flags in small letters, lists and objects as JSON."""
    return {
        name: ""
        if value is None
        else value
        if isinstance(value, str)
        else json.dumps(value, separators=(",", ":"))
        for name, value in row.items()
    }


async def test_parquet_is_read_by_others(shop: Shop, tmp_path: Path) -> None:
    """pyarrow and DuckDB see the types of the fields, lists too, also where rows lack them."""
    urls = [*shop.urls(5, 6, 7), "no url"]
    done = await scrape(*urls, *FIELDS, "-o", "o.parquet", cwd=tmp_path)
    assert done.code == 0
    table = pq.read_table(tmp_path / "o.parquet")
    types = {field.name: str(field.type) for field in table.schema}
    assert tuple(types) == COLUMNS
    assert [types[name] for name in ("url", "status", "price", "stock", "new")] == [
        *("string", "int64", "double", "int64", "bool"),
    ]
    assert types["tags"].startswith("list<")
    assert table["tags"].to_pylist() == [["a", "b5"], ["a", "b6"], ["a", "b7"], None]
    with duckdb.connect() as connection:
        connection.execute(f"CREATE VIEW pages AS FROM '{tmp_path / 'o.parquet'}'")
        described = connection.execute("DESCRIBE pages").fetchall()
        assert [(name, type) for name, type, *_ in described] == [
            *(("url", "VARCHAR"), ("status", "BIGINT"), ("name", "VARCHAR"), ("price", "DOUBLE")),
            *(("stock", "BIGINT"), ("new", "BOOLEAN"), ("tags", "VARCHAR[]"), ("data", "JSON")),
            ("error", "VARCHAR"),
        ]
        query = "SELECT sum(price), count(*), max(tags[2]), max(data->>'n') FROM pages"
        assert connection.execute(query).fetchone() == (13.5, 4, "b7", "7")


async def test_a_database_is_read_by_the_shell(shop: Shop, tmp_path: Path) -> None:
    """And a second run replaces the rows of its URLs, and no others."""
    shell = shutil.which("sqlite3")
    if shell is None:
        pytest.skip("sqlite3 is not installed")
    for numbers in ((1, 2), (2, 3)):
        done = await scrape(*shop.urls(*numbers), *FIELDS, "-o", "o.db", cwd=tmp_path)
        assert done.code == 0
    query = "SELECT name, price, typeof(price), typeof(stock) FROM pages ORDER BY name"
    command = [shell, str(tmp_path / "o.db"), query]
    out = await asyncio.to_thread(lambda: subprocess.check_output(command, text=True))
    assert out.splitlines() == [f"Item {n}|{n}.25|real|integer" for n in (1, 2, 3)]
    assert os.listdir(tmp_path) == ["o.db"]


async def test_a_list_without_urls(tmp_path: Path) -> None:
    """The columns are there all the same."""
    (tmp_path / "urls.txt").write_text("# nothing\n")
    names = ("o.csv", "o.csv.gz", "o.jsonl", "o.parquet")
    outputs = [argument for name in names for argument in ("-o", name)]
    done = await scrape("-l", "urls.txt", *FIELDS, *outputs, cwd=tmp_path)
    assert done.code == 0
    header = ",".join(COLUMNS) + "\r\n"
    assert (tmp_path / "o.csv").read_bytes().decode() == header
    assert gzip.decompress((tmp_path / "o.csv.gz").read_bytes()).decode() == header
    assert records(tmp_path / "o.jsonl") == []
    assert tuple(pq.read_table(tmp_path / "o.parquet").column_names) == COLUMNS


async def test_a_new_run_begins_anew(shop: Shop, tmp_path: Path) -> None:
    """Without --resume a file is overwritten, whatever was in it."""
    for number in (1, 2):
        await scrape(*shop.urls(number), *FIELDS, "-o", "o.csv", cwd=tmp_path)
        assert [row["name"] for row in read(tmp_path / "o.csv")] == [f"Item {number}"]


async def test_a_table_on_a_terminal(shop: Shop, tmp_path: Path) -> None:
    """Rows of fields, lists in one cell, and what went wrong."""
    fields = ("-s", "h=h1::text", "-s", "tags=.tag::text*")
    how = ("--columns", "status,h,tags,error", "--parse-workers", "0", "--retries", "0")
    urls = [*shop.urls(7), shop.url("/cut/1")]
    drawn = without_colour(await on_a_terminal("scrape", *urls, *fields, *how, cwd=tmp_path))
    assert re.search(r"status +h +tags", drawn)
    assert re.search(r"200 +Item 7 +a \| b7", drawn)
    assert "body_truncated: " in drawn
    assert "2 URLs in" in drawn


async def test_a_table_cannot_be_resumed(tmp_path: Path) -> None:
    """It says to name a file."""
    done = await scrape("x", "-s", "title", "--format", "table", "--resume", cwd=tmp_path)
    assert done.code == 2
    assert "cannot resume the table on the terminal: name a file with -o FILE" in done.err


async def test_a_closed_pipe_ends_quietly(shop: Shop, tmp_path: Path) -> None:
    """`| head -1` gets its line, and nobody hears of the rest."""
    shop.pace = 0.05
    (tmp_path / "urls.txt").write_text("\n".join(shop.urls(*range(400))))
    process = await started("scrape", "-l", "urls.txt", *FIELDS, "-q", *QUICK, cwd=tmp_path)
    assert process.stdout is not None
    assert process.stderr is not None
    assert (await process.stdout.readline()).startswith(b"url,")
    process.stdout._transport.close()  # type: ignore[attr-defined]
    assert await asyncio.wait_for(process.stderr.read(), 60) == b""
    assert await process.wait() == 0
    assert sum(shop.hits.values()) < 400


async def test_a_closed_pipe_is_not_the_end_of_a_file(shop: Shop, tmp_path: Path) -> None:
    """Nobody reads standard output any more; the file still gets every row."""
    (tmp_path / "urls.txt").write_text("\n".join(shop.urls(*range(40))))
    shop.pace = 0.05
    outputs = ("-o", "-", "-o", "o.csv")
    process = await started("scrape", "-l", "urls.txt", *FIELDS, "-q", *outputs, cwd=tmp_path)
    assert process.stdout is not None
    assert process.stderr is not None
    assert (await process.stdout.readline()).startswith(b"url,")
    process.stdout._transport.close()  # type: ignore[attr-defined]
    assert await asyncio.wait_for(process.stderr.read(), 60) == b""
    assert await process.wait() == 0
    assert len(read(tmp_path / "o.csv")) == 40


@pytest.mark.parametrize("outputs", [(), ("-o", "-", "-o", "o.csv"), ("--format", "table")])
async def test_a_reader_that_was_never_there(
    outputs: tuple[str, ...], shop: Shop, tmp_path: Path
) -> None:
    """A pipe that is closed before the first byte is no error either."""
    command = (sys.executable, "-m", "fetcher", "scrape", *shop.urls(1), *FIELDS, "-q", *outputs)
    reading, writing = os.pipe()
    os.close(reading)
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=tmp_path,
            env=environment(),
            stdout=writing,
            stderr=asyncio.subprocess.PIPE,
        )
    finally:
        os.close(writing)
    _, err = await asyncio.wait_for(process.communicate(), 60)
    assert (process.returncode, err) == (0, b"")
    if "o.csv" in outputs:
        assert len(read(tmp_path / "o.csv")) == 1


async def test_rows_appear_while_standard_input_stays_open(shop: Shop, tmp_path: Path) -> None:
    """`tail -f list | fetcher scrape -l -` shows each row soon after its line."""
    process = await started("scrape", "-l", "-", "-s", "title", "-q", cwd=tmp_path)
    assert process.stdin is not None
    assert process.stdout is not None
    await process.stdout.readline()
    for number in (1, 2):
        process.stdin.write(shop.url(f"/item/{number}").encode() + b"\n")
        await process.stdin.drain()
        line = await asyncio.wait_for(process.stdout.readline(), 30)
        assert f"Item {number}".encode() in line
    process.stdin.close()
    assert await asyncio.wait_for(process.wait(), 30) == 0


async def test_a_full_device_is_exit_3(shop: Shop, tmp_path: Path) -> None:
    """A write that fails in the middle ends the run with the reason."""
    done = await scrape(*shop.urls(1), "-s", "title", "-o", "/dev/full", cwd=tmp_path)
    assert done.code == 3
    assert "the disk is full" in done.err
