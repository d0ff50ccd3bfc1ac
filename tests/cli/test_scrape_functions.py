"""`fetcher scrape --extract` from outside: functions of the user's own, the good and the bad."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.cli.scraping import bring_functions, records, scrape, scrape_with_traceback
from tests.support.shop import Shop

WORKERS = ("0", "2")
INLINE = ("--parse-workers", "0")


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    """A shop with pages to scrape."""
    async with Shop() as shop:
        yield shop


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with functions in it."""
    bring_functions(tmp_path)
    return tmp_path


@pytest.mark.parametrize("workers", WORKERS)
async def test_a_dict_is_a_row(workers: str, shop: Shop, folder: Path) -> None:
    """Its values stand in the declared columns, typed, and what is left in `extra`."""
    columns = ("--extract-columns", "name,price:float", "--parse-workers", workers)
    done = await scrape(
        *shop.urls(5, 6), "--extract", "scrapers:product", *columns, "-o", "o.jsonl", cwd=folder
    )
    assert done.code == 0
    common = {"status": 200, "extra": {"seen": "2026-01-02"}, "error": ""}
    assert records(folder / "o.jsonl") == [
        {"url": shop.url("/item/5"), "name": "Item 5", "price": None, **common},
        {"url": shop.url("/item/6"), "name": "Item 6", "price": 6.25, **common},
    ]


@pytest.mark.parametrize("workers", WORKERS)
async def test_it_may_be_async(workers: str, shop: Shop, folder: Path) -> None:
    """On the loop and on processes."""
    how = ("--extract", "scrapers:later", "--extract-columns", "name", "--parse-workers", workers)
    done = await scrape(*shop.urls(1, 2), *how, "--columns", "name,extra", cwd=folder)
    rows = [("Item 1", '{"status":200}'), ("Item 2", '{"status":200}')]
    assert [(row["name"], row["extra"]) for row in done.rows] == rows


async def test_several_rows_and_none(shop: Shop, folder: Path) -> None:
    """As many as it gives; what could not be fetched still has its row."""
    urls = [*shop.urls(1, 2), "no url"]
    how = (*INLINE, "--extract", "scrapers:tags", "--extract-columns", "tag,number:int")
    done = await scrape(*urls, *how, "--columns", "url,number,tag,failure", cwd=folder)
    assert [tuple(row.values()) for row in done.rows] == [
        (urls[0], "0", "a", ""),
        (urls[0], "1", "b1", ""),
        (urls[1], "0", "a", ""),
        (urls[1], "1", "b2", ""),
        ("no url", "", "", "invalid_url"),
    ]
    how = (*INLINE, "--extract", "scrapers:odd", "--extract-columns", "number:int")
    odd = await scrape(*shop.urls(1, 2, 3, 4), *how, cwd=folder)
    assert [row["number"] for row in odd.rows] == ["1", "3"]


async def test_fields_stand_beside_what_it_gives(shop: Shop, folder: Path) -> None:
    """In each of its rows."""
    how = (*INLINE, "-s", "title", "--extract", "scrapers:tags", "--extract-columns", "tag")
    done = await scrape(*shop.urls(1), *how, "--columns", "title,tag", cwd=folder)
    rows = [{"title": "Item 1", "tag": "a"}, {"title": "Item 1", "tag": "b1"}]
    assert done.rows == rows


@pytest.mark.parametrize("workers", WORKERS)
async def test_what_it_raises_is_its_row_s_error(workers: str, shop: Shop, folder: Path) -> None:
    """With the answer's status and the fields, and with the traceback under -v; harmless to see."""
    how = ("-s", "title", "--extract", "scrapers:failing", "--parse-workers", workers)
    quiet = await scrape(*shop.urls(1, 2), *how, cwd=folder)
    assert quiet.code == 0
    assert [(row["status"], row["title"]) for row in quiet.rows] == [
        ("200", "Item 1"),
        ("200", "Item 2"),
    ]
    assert quiet.rows[0]["error"].startswith("extract_failed: ")
    assert "ValueError: no price in" in quiet.rows[0]["error"]
    assert "extract_failed 2" in quiet.err
    told = await scrape_with_traceback(*shop.urls(1, 2), *how, "--fail", cwd=folder)
    assert told.code == 1
    assert told.err.count('scrapers.py", line') == 2
    assert "\x1b" not in told.out + told.err


async def test_what_it_prints_is_no_row(shop: Shop, tmp_path: Path) -> None:
    """Neither while it is imported nor later."""
    (tmp_path / "loud.py").write_text(
        'print("imported")\n\n\ndef shout(page):\n    print("called")\n    return {"a": 1}\n'
    )
    done = await scrape(*shop.urls(1), "--extract", "loud:shout", cwd=tmp_path)
    assert len(done.rows) == 1
    assert done.out.count("\n") == 2
    assert "called" in done.err


BAD = {
    "loop": ("parse_timeout", "longer than 1s"),
    "exit": ("parser_crashed", "exit code 3"),
    "eat": ("parser_crashed", "out of memory: the page needed more than the 200 MB"),
    "function": ("extract_failed", "number is a function, which no output can hold"),
}


async def test_a_function_can_harm_its_own_rows_only(shop: Shop, folder: Path) -> None:
    """One that loops, one that exits, one that cannot be pickled, one that eats memory.

    Each of them has the error that says so, and every other page its fields.
    """
    asked = [what for number, what in enumerate([*BAD] * 2) for what in ("", what, "")]
    urls = [f"{shop.url('/item/')}{n}?{what}".rstrip("?") for n, what in enumerate(asked)]
    (folder / "urls.txt").write_text("\n".join(urls))
    how = ("--extract", "scrapers:as_asked", "--extract-columns", "number:int")
    limits = ("--parse-workers", "2", "--parse-timeout", "1s", "--parse-memory", "200MB")
    columns = ("--columns", "url,status,number,failure,error")
    done = await scrape(*("-l", "urls.txt", *how, *limits, *columns, "-o", "o.jsonl"), cwd=folder)
    assert done.code == 0
    rows = records(folder / "o.jsonl")
    assert [row["url"] for row in rows] == urls
    for number, (what, row) in enumerate(zip(asked, rows, strict=True)):
        kind, words = BAD.get(what, (None, ""))
        assert (row["status"], row["failure"]) == (200, kind), row
        assert row["number"] == (None if what else number)
        assert words in row["error"]
    assert "extract_failed 2" in done.err
    assert "parse_timeout 2" in done.err
    assert "parser_crashed 4" in done.err
