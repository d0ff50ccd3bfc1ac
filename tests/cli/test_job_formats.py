"""Every job writes every format that makes sense for it, and says which those are."""

import gzip
import os
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from sqlite3 import connect

import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.cli.program import Ended, fetcher
from tests.support.shop import Shop

QUICK = ("--retries", "0", "--timeout", "10s")
JOBS = {
    "titles": ("titles", *QUICK),
    "check": ("check", *QUICK, "--no-recheck"),
    "scrape": ("scrape", *QUICK, "-s", "title", "--parse-workers", "0"),
}
TABLES = {"titles": "titles", "check": "checks", "scrape": "pages"}
FORMATS = {
    "titles": "csv, tsv, jsonl, sqlite, parquet, markdown, html or table",
    "check": "csv, tsv, jsonl, sqlite, parquet, junit, markdown, html or table",
    "scrape": "csv, tsv, jsonl, sqlite, parquet, markdown, html or table",
}


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    """A shop with pages to ask for."""
    async with Shop() as shop:
        yield shop


async def run(job: str, shop: Shop, folder: Path, *arguments: str) -> Ended:
    """Run a job over two items and one that is gone."""
    urls = [*shop.urls(1, 2), shop.url("/sold/3")]
    return await fetcher(*JOBS[job], *urls, *arguments, cwd=folder)


@pytest.mark.parametrize("job", JOBS)
async def test_databases_and_parquet(job: str, shop: Shop, tmp_path: Path) -> None:
    """Each row with its types; a database has a table for each job."""
    await run(job, shop, tmp_path, "-o", "o.db", "-o", "o.parquet")
    with closing(connect(tmp_path / "o.db")) as database:
        query = f"SELECT url, status FROM {TABLES[job]} ORDER BY rowid"
        found = database.execute(query).fetchall()
    table = pq.read_table(tmp_path / "o.parquet")
    urls = [*shop.urls(1, 2), shop.url("/sold/3")]
    assert found == list(zip(urls, [200, 200, 404], strict=True))
    assert table["url"].to_pylist() == urls
    assert table["status"].to_pylist() == [200, 200, 404]


async def test_one_database_for_all_jobs(shop: Shop, tmp_path: Path) -> None:
    """The tables do not disturb each other."""
    for job in JOBS:
        assert (await run(job, shop, tmp_path, "-o", "o.db")).code in (0, 1)
    with closing(connect(tmp_path / "o.db")) as database:
        for table in TABLES.values():
            assert database.execute(f"SELECT count(*) FROM {table}").fetchone() == (3,)


@pytest.mark.parametrize("job", ["titles", "scrape"])
async def test_a_report_says_how_it_went(job: str, shop: Shop, tmp_path: Path) -> None:
    """What was fetched, and what failed by its cause, as a page and as Markdown."""
    await run(job, shop, tmp_path, "-o", "r.html", "-o", "r.md.gz")
    page = LexborHTMLParser((tmp_path / "r.html").read_text("utf-8"))
    assert [node.text() for node in page.css("h1, .kicker")] == [
        f"fetcher {job}",
        "1 of 3 URLs failed",
    ]
    rows = [
        (row.attributes["data-url"], row.attributes["data-health"])
        for row in page.css("[data-url]")
    ]
    assert rows == [
        *((url, "ok") for url in shop.urls(1, 2)),
        (shop.url("/sold/3"), "failed"),
    ]
    text = gzip.decompress((tmp_path / "r.md.gz").read_bytes()).decode()
    assert text.startswith("## ✗ 1 of 3 URLs failed\n\n| ok | failed | all |\n")
    assert "### ✗ failed: `status 404` (1)\n\nNothing matches the given URI\n" in text


@pytest.mark.parametrize("job", JOBS)
async def test_a_table_beside_other_outputs(job: str, shop: Shop, tmp_path: Path) -> None:
    """`--format table -o report.html -o -`: the table is for people, the file for its suffix."""
    done = await run(job, shop, tmp_path, "--format", "table", "-o", "r.html", "-o", "-")
    assert "✓ healthy" in done.out or "200" in done.out
    assert "url,status" not in done.out
    assert (tmp_path / "r.html").read_text("utf-8").startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("job", JOBS)
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--format", "xls"), "unknown format 'xls'; fetcher {job} writes {formats}"),
        (
            ("-o", "o.xls"),
            "the format of 'o.xls' from its suffix; fetcher {job} writes",
        ),
        (("-o", "o.csv", "--format", "table"), "a table is written to standard output only"),
        (("-o", "o.db.gz"), "o.db.gz: sqlite cannot be compressed with gzip"),
        (("--format", "sqlite"), "sqlite cannot be written to standard output"),
    ],
)
async def test_an_error_names_the_formats_of_the_job(
    job: str, arguments: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    """Exit 2, before anything is fetched or made."""
    done = await fetcher(*JOBS[job], "http://127.0.0.1:1/", *arguments, cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert message.format(job=job, formats=FORMATS[job]) in done.err
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("job", ["titles", "scrape"])
async def test_a_verdict_is_for_a_check(job: str, tmp_path: Path) -> None:
    """JUnit XML needs one."""
    done = await fetcher(*JOBS[job], "http://127.0.0.1:1/", "-o", "o.xml", cwd=tmp_path)
    assert (done.code, "junit" in done.err) == (2, False)
    assert "cannot tell the format of 'o.xml'" in done.err
