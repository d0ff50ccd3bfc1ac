"""`fetcher scrape` from outside: what is taken of pages, its columns, and what goes wrong."""

import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.cli.program import fetcher
from tests.cli.scraping import records, scrape
from tests.support.blackhole import refused_port
from tests.support.shop import Shop


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    """A shop with pages to scrape."""
    async with Shop() as shop:
        yield shop


def select(*fields: str) -> list[str]:
    """Write fields as options."""
    return [argument for field in fields for argument in ("-s", field)]


async def test_fields_by_selector(shop: Shop, tmp_path: Path) -> None:
    """Text, attributes and inner HTML; the first, or all; each as its type."""
    fields = select(
        *("name=h1::text", "price:float=.price::text", "stock:int=.stock::text"),
        *("new:bool=.new::text", "data:json=.data::text", "more=#more::html"),
        *("links=a@href*", "tags=.tag::text*", "none=.none::text", "nones=.none::text*"),
    )
    done = await scrape(*shop.urls(7), *fields, "-o", "o.jsonl", cwd=tmp_path)
    assert (done.code, done.out) == (0, "")
    assert records(tmp_path / "o.jsonl") == [
        {
            "url": shop.url("/item/7"),
            "status": 200,
            "name": "Item 7",
            "price": 7.25,
            "stock": 7,
            "new": True,
            "data": {"n": 7, "tags": ["a", "b"]},
            "more": "<em>More</em> of 7",
            "links": ["/item/8", "/cart"],
            "tags": ["a", "b7"],
            "none": None,
            "nones": [],
            "error": "",
        }
    ]


async def test_ready_made_fields(shop: Shop, tmp_path: Path) -> None:
    """By their names alone, or under another one."""
    names = ("title", "description", "canonical", "lang", "h1", "og.image", "heading=h1", "links")
    done = await scrape(*shop.urls(7), *select(*names), "-o", "o.jsonl", cwd=tmp_path)
    assert done.code == 0
    (row,) = records(tmp_path / "o.jsonl")
    assert list(row) == [
        *("url", "status", "title", "description", "canonical", "lang", "h1", "og.image"),
        *("heading", "links", "error"),
    ]
    assert (row["title"], row["h1"], row["heading"], row["lang"]) == (
        "Item 7",
        *["Item 7"] * 2,
        "en",
    )
    assert row["description"] == "All about item 7."
    assert row["canonical"] == shop.url("/item/7")
    assert row["links"] == [shop.url("/item/8"), shop.url("/cart")]


async def test_a_missing_field_is_empty_or_its_default(shop: Shop, tmp_path: Path) -> None:
    """Also in the first row: the columns are known from the start."""
    fields = select("price:float=.price::text", "cost:float=.price::text ?? 0")
    done = await scrape(*shop.urls(5, 6), *fields, cwd=tmp_path)
    assert done.out.splitlines()[0] == "url,status,price,cost,error"
    assert [(row["price"], row["cost"]) for row in done.rows] == [("", "0.0"), ("6.25", "6.25")]


async def test_fields_from_a_file(shop: Shop, tmp_path: Path) -> None:
    """`[scrape.fields]` in TOML, with types and defaults; flags go before them."""
    (tmp_path / "c.toml").write_text(
        '[scrape]\ncolumns = ["name", "price"]\n[scrape.fields]\nname = "h1::text"\n'
        'price = { select = ".price::text", type = "float", default = -1 }\n'
    )
    configured = await scrape(*shop.urls(5, 6), "--config", "c.toml", cwd=tmp_path)
    assert configured.out == "name,price\r\nItem 5,-1.0\r\nItem 6,6.25\r\n"
    flags = (*select("name=title"), "--columns", "name,status")
    done = await scrape(*shop.urls(5), *flags, "--config", "c.toml", cwd=tmp_path)
    assert done.rows == [{"name": "Item 5", "status": "200"}]


WRONG = [
    ((), "say what to take"),
    (("-s", "price=.a[::text"), "--select: field 'price': '.a[' is not a CSS selector"),
    (("-s", "price=.a::txt"), "'::txt' is not supported"),
    (("-s", "titel"), "'titel' is not a field"),
    (("-s", "x=titel"), "did you mean 'title'?"),
    (("-s", "x:number=a::text"), "'number' is not a type; expected one of text, int, float"),
    (("-s", "x:int=a::text ?? many"), "its default 'many' is not of type int"),
    (("-s", "title", "-s", "title"), "'title'"),
    (("-s", "title", "--columns", "titel"), "unknown column 'titel' (did you mean 'title'?)"),
    (("-s", "title", "--order", "completed", "--resume"), "--order"),
    (("-s", "title", "--parse-workers", "many"), "--parse-workers: 'many' is not a number"),
    (("-s", "title", "--extract-columns", "a"), "--extract"),
    (("--extract", "os"), "--extract: 'os' names no function; write package.module:function"),
    (("--extract", "missing:function"), "--extract: there is no module 'missing'"),
    (("--extract", "json:lods"), "--extract: there is no 'lods' in json"),
    (("--extract", "json:loads", "--extract-columns", "a:number"), "--extract-columns: 'a:number'"),
    (("--extract", "json:loads", "-s", "extra=title"), "'extra' is the column"),
    (("-s", "title", "-o", "o.xls"), "cannot tell the format of 'o.xls'"),
    (("-s", "title", "--format", "parquet"), "parquet cannot be written to standard output"),
    (("-s", "title", "--resume"), "cannot resume standard output"),
    (("-s", "title", "-o", "./before.csv"), "-o: ./before.csv is given twice"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG)
async def test_a_mistake_is_told_before_anything_is_done(
    arguments: tuple[str, ...], message: str, shop: Shop, tmp_path: Path
) -> None:
    """Exit 2 with one line that names it; nothing is asked for, and no file is touched."""
    (tmp_path / "before.csv").write_text("from an earlier run\n")
    outputs = () if "--resume" in arguments or "--format" in arguments else ("-o", "before.csv")
    done = await scrape(*shop.urls(1), *outputs, *arguments, cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert message in done.err
    assert done.err.count("\n") == 1
    assert shop.hits == {}
    assert os.listdir(tmp_path) == ["before.csv"]
    assert (tmp_path / "before.csv").read_text() == "from an earlier run\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[scrape.fields]\nprice = ".a["\n', "c.toml: [scrape] fields: field 'price': '.a['"),
        ('[scrape.fields]\nprice = { selct = "a" }\n', "field 'price'"),
        ("[scrape]\nfelds = 1\n", "[scrape] felds: unknown key; did you mean fields?"),
    ],
)
async def test_a_mistake_in_a_file_is_told_too(
    text: str, message: str, shop: Shop, tmp_path: Path
) -> None:
    """With the name of the file and of the key."""
    (tmp_path / "c.toml").write_text(text)
    done = await scrape(*shop.urls(1), "--config", "c.toml", cwd=tmp_path)
    assert done.code == 2
    assert message in done.err
    assert shop.hits == {}


async def test_what_cannot_be_written_is_exit_3(shop: Shop, tmp_path: Path) -> None:
    """Before anything is asked for."""
    list_ = tmp_path / "list.csv"
    list_.write_text(f"url\n{shop.url('/item/1')}\n")
    for output, message in (("no/o.csv", "no/o.csv"), ("list.csv", "it is the input list.csv")):
        done = await scrape("-l", "list.csv", "-s", "title", "-o", output, cwd=tmp_path)
        assert done.code == 3
        assert message in done.err
    missing = await scrape("-l", "absent.txt", "-s", "title", cwd=tmp_path)
    assert (missing.code, "absent.txt" in missing.err) == (3, True)
    assert shop.hits == {}
    assert list_.read_text().startswith("url\nhttp://")


async def test_every_input_row_has_a_row(shop: Shop, tmp_path: Path) -> None:
    """Invalid, duplicate, redirected, failed or 404: each has one, in input order."""
    urls = [
        *("/item/1", "/moved/2", "/item/1", "/sold/3", "/cut/4", "/item/5"),
    ]
    lines = [shop.url(path) for path in urls]
    lines.insert(2, "not a url")
    lines.append(f"http://127.0.0.1:{refused_port()}/")
    (tmp_path / "urls.txt").write_text("\n".join(lines) + "\n")
    columns = ("--columns", "index,url,status,final_url,title,failure")
    done = await scrape("-l", "urls.txt", *select("title"), *columns, cwd=tmp_path)
    assert done.code == 0
    assert [row["url"] for row in done.rows] == lines
    assert [row["index"] for row in done.rows] == [str(n) for n in range(len(lines))]
    assert [(row["status"], row["title"], row["failure"]) for row in done.rows] == [
        ("200", "Item 1", ""),
        ("200", "Item 2", ""),
        ("", "", "invalid_url"),
        ("200", "Item 1", ""),
        ("404", "Item 3", ""),
        ("", "", "body_truncated"),
        ("200", "Item 5", ""),
        ("", "", "connect_refused"),
    ]
    assert done.rows[1]["final_url"] == shop.url("/item/2")
    assert shop.hits["/item/1"] == 1


async def test_failed_urls_exit_with_1_if_asked(shop: Shop, tmp_path: Path) -> None:
    """--fail counts failures and statuses of 400 and more."""
    for url, code in ((shop.url("/item/1"), 0), (shop.url("/sold/1"), 1), ("no url", 1)):
        assert (await scrape(url, "-s", "title", "--fail", cwd=tmp_path)).code == code
    assert (await scrape("no url", "-s", "title", cwd=tmp_path)).code == 0


async def test_columns_can_be_chosen_and_carried(shop: Shop, tmp_path: Path) -> None:
    """In any order, with those of the input."""
    (tmp_path / "in.csv").write_text(f"id,url\n007,{shop.url('/item/1')}\n")
    common = ("-l", "in.csv", *select("title", "h1"))
    carried = await scrape(*common, "--carry", cwd=tmp_path)
    assert carried.out.splitlines()[0] == "url,status,title,h1,error,id"
    assert carried.rows[0]["id"] == "007"
    chosen = await scrape(*common, "--carry", "--columns", "id,h1,attempts", cwd=tmp_path)
    assert chosen.rows == [{"id": "007", "h1": "Item 1", "attempts": "1"}]


async def test_the_columns_are_listed(tmp_path: Path) -> None:
    """--columns help: the fields first, and only what a scrape can know."""
    done = await fetcher("scrape", *select("links=a@href*"), "--columns", "help", cwd=tmp_path)
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[0].startswith("links ")
    assert "list of text" in lines[0]
    names = [line.split()[0] for line in lines]
    assert {"url", "status", "final_url", "ip"} < {*names}
    assert not {"title", "encoding"} & {*names}


@pytest.mark.parametrize("workers", ["0", "1", "2", "auto"])
async def test_pages_are_parsed_anywhere(workers: str, shop: Shop, tmp_path: Path) -> None:
    """On the loop or on processes: the rows are the same, and -v says how late the loop was."""
    urls = shop.urls(*range(30))
    (tmp_path / "urls.txt").write_text("\n".join(urls))
    fields = select("title", "price:float=.price::text", "links=a@href*")
    how = ("--parse-workers", workers, "-v", "-o", "o.jsonl")
    done = await scrape("-l", "urls.txt", *fields, *how, cwd=tmp_path)
    assert done.code == 0
    assert "loop lag: p99" in done.err
    assert [(row["url"], row["title"], row["price"]) for row in records(tmp_path / "o.jsonl")] == [
        (url, f"Item {n}", None if n % 5 == 0 else n + 0.25) for n, url in enumerate(urls)
    ]


async def test_foreign_text_is_harmless(tmp_path: Path) -> None:
    """No cell of CSV starts a formula; every other character of a value is kept as data."""
    from tests.support.raw import RawServer, Script, response

    body = b'<title>=1+1</title><p class="a">a\x1b[2J&#x202e;b</p><p class="a">=2</p>'
    async with RawServer(default=Script((response(body),))) as server:
        fields = select("title", "a=.a::text", "all=.a::text*")
        done = await scrape(server.url(), *fields, "-o", "o.jsonl", "-o", "-", cwd=tmp_path)
        raw = await scrape(server.url(), *fields, "--raw-cells", cwd=tmp_path)
    assert (done.rows[0]["title"], raw.rows[0]["title"]) == ("'=1+1", "=1+1")
    value = "a\x1b[2J\u202eb"
    assert (done.rows[0]["a"], json.loads(done.rows[0]["all"])) == (value, [value, "=2"])
    assert records(tmp_path / "o.jsonl")[0]["all"] == [value, "=2"]
    assert not set("\x1b\u202e") & set((tmp_path / "o.jsonl").read_text("utf-8"))
