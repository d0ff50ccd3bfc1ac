"""`fetcher scrape --resume` from outside: what it does, and what it refuses."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.cli.program import ended, environment, read, started
from tests.cli.scraping import QUICK, bring_functions, scrape
from tests.sinks.making import content
from tests.support.shop import Shop

FIELDS = ("-s", "title", "-s", "price:float=.price::text")
NAMES = ("o.csv", "o.csv.gz", "o.jsonl", "o.db", "o.parquet")


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    """A shop with pages to scrape."""
    async with Shop() as shop:
        yield shop


def write(path: Path, urls: list[str]) -> None:
    """Write a list."""
    path.write_text("".join(url + "\n" for url in urls))


def files(folder: Path) -> dict[str, bytes]:
    """Everything in a folder that a run could have written."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name.startswith("o.")}


def outputs(*names: str) -> list[str]:
    """Write outputs as options."""
    return [argument for name in names for argument in ("-o", name)]


async def asked(shop: Shop, count: int) -> None:
    """Wait until so many pages were asked for."""
    while sum(shop.hits.values()) < count:  # noqa: ASYNC110 - the shop has no event to wait for
        await asyncio.sleep(0.01)


async def interrupted(shop: Shop, folder: Path, *arguments: str, after: int) -> list[str]:
    """Run a scrape of urls.txt until so many pages were asked for, then interrupt it twice.

    The whole group of processes gets the signal, as from a terminal. Returns what it said last.
    """
    common = ("-l", "urls.txt", *QUICK, "-c", "4")
    process = await started("scrape", *common, *arguments, cwd=folder)
    await asked(shop, after)
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    assert b"stopping" in await asyncio.wait_for(process.stderr.readline(), 30)
    process.send_signal(signal.SIGINT)
    done = await ended(process)
    assert done.code == 130
    return done.err.splitlines()


@pytest.mark.parametrize("name", NAMES)
async def test_an_interrupted_run_goes_on(name: str, shop: Shop, tmp_path: Path) -> None:
    """Ctrl-C keeps what is finished; --resume does the rest, and the file is as if undisturbed."""
    write(tmp_path / "urls.txt", [*shop.urls(*range(60)), "no url", shop.url("/sold/1")])
    await scrape("-l", "urls.txt", *FIELDS, "-o", "undisturbed-" + name, cwd=tmp_path)
    shop.hits.clear()
    shop.pace = 0.02
    said = await interrupted(shop, tmp_path, *FIELDS, "-o", name, after=20)
    assert "  run the same command with --resume to continue" in said
    shop.pace = 0.0
    resumed = await scrape("-l", "urls.txt", *FIELDS, "-o", name, "--resume", cwd=tmp_path)
    assert resumed.code == 0
    assert content(tmp_path / name) == content(tmp_path / ("undisturbed-" + name))
    assert sum(shop.hits.values()) < 2 * 60
    again = await scrape("-l", "urls.txt", *FIELDS, "-o", name, "--resume", cwd=tmp_path)
    assert again.code == 0
    assert "everything was done already" in again.err


async def test_what_is_behind_a_gap_is_done_again(shop: Shop, tmp_path: Path) -> None:
    """Rows behind one that was given up are written, and are not counted as done."""
    slow = shop.url("/item/3?slow")
    shop.slow[slow.removeprefix(shop.url(""))] = 30.0
    urls = [*shop.urls(1, 2), slow, *shop.urls(4, 5, 6)]
    write(tmp_path / "urls.txt", urls)
    process = await started(
        "scrape", "-l", "urls.txt", *FIELDS, *outputs("o.csv", "-"), cwd=tmp_path
    )
    await asked(shop, 6)
    await asyncio.sleep(1)
    for _ in range(2):
        process.send_signal(signal.SIGINT)
        await asyncio.sleep(0.2)
    done = await ended(process)
    assert done.code == 130
    assert [row["url"] for row in done.rows] == [*urls[:2], *urls[3:]]
    assert [row["url"] for row in read(tmp_path / "o.csv")] == [*urls[:2], *urls[3:]]
    assert "interrupted: 1 URL not fetched" in done.err
    shop.slow.clear()
    resumed = await scrape("-l", "urls.txt", *FIELDS, "-o", "o.csv", "--resume", cwd=tmp_path)
    assert resumed.code == 0
    assert [row["url"] for row in read(tmp_path / "o.csv")] == urls


async def test_workers_do_not_mind_the_interrupt(shop: Shop, tmp_path: Path) -> None:
    """A terminal sends Ctrl-C to every process of a command; only one of them answers."""
    write(tmp_path / "urls.txt", shop.urls(*range(60)))
    shop.pace = 0.05
    group = asyncio.create_task(_group_interrupted(shop, tmp_path))
    code, err = await asyncio.wait_for(group, 60)
    assert code == 130
    assert "Traceback" not in err
    rows = read(tmp_path / "o.csv")
    assert [row["title"] for row in rows] == [f"Item {n}" for n in range(len(rows))]
    assert all(row["error"] == "" for row in rows)
    assert "parser_crashed" not in err


async def _group_interrupted(shop: Shop, folder: Path) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "fetcher", "scrape", "-l", "urls.txt", *FIELDS, "-o", "o.csv"),
        *("--parse-workers", "2", "-c", "4"),
        cwd=folder,
        env=environment(),
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    await asked(shop, 20)
    os.killpg(process.pid, signal.SIGINT)
    _, err = await process.communicate()
    return process.returncode or 0, err.decode()


async def test_another_output_catches_up(shop: Shop, tmp_path: Path) -> None:
    """One that is complete is left alone, and one that is new begins at the beginning."""
    urls = shop.urls(1, 2, 3)
    write(tmp_path / "urls.txt", urls)
    await scrape("-l", "urls.txt", *FIELDS, "-o", "o.csv", cwd=tmp_path)
    before = files(tmp_path)
    both = outputs("o.csv", "o.jsonl")
    done = await scrape("-l", "urls.txt", *FIELDS, *both, "--resume", cwd=tmp_path)
    assert done.code == 0
    assert files(tmp_path) == before | {
        name: data for name, data in files(tmp_path).items() if "jsonl" in name
    }
    assert (tmp_path / "o.jsonl").read_text().count("\n") == 3


async def test_a_list_may_grow_before_it_is_done(shop: Shop, tmp_path: Path) -> None:
    """What was added behind what was done belongs to the rest."""
    write(tmp_path / "urls.txt", shop.urls(*range(40)))
    shop.pace = 0.05
    await interrupted(shop, tmp_path, *FIELDS, "-o", "o.csv", after=12)
    shop.pace = 0.0
    write(tmp_path / "urls.txt", shop.urls(*range(45)))
    done = await scrape("-l", "urls.txt", *FIELDS, "-o", "o.csv", "--resume", cwd=tmp_path)
    assert done.code == 0
    assert [row["title"] for row in read(tmp_path / "o.csv")] == [f"Item {n}" for n in range(45)]


CHANGED = [
    ((3, 2, 1, 4, 5, 6), (), "the first 6 rows of the list are not those done"),
    ((1, 2), (), "the list has 2 rows, and 6 of it were done"),
    ((1, 2, 3, 4, 5, 6, 7), (), "the list has more than the 6 rows that were all of it"),
    ((), ("--columns", "url,title,price"), "its columns have changed: status, error was there"),
    ((), ("--carry", "--columns", "url,title"), "its columns have changed"),
    ((), ("-s", "h1"), "its columns have changed: h1 is new"),
    (
        (),
        ("-s", "title=h1::text", "-s", FIELDS[3]),
        "with other fields, expectations, order or another function",
    ),
    ((), ("-s", "title", "-s", "price=.price::text"), "price was float and is text"),
    ((), ("--extract", "scrapers:tags"), "its columns have changed: extra is new"),
]


@pytest.mark.parametrize("name", ["o.csv", "o.db", "o.parquet"])
async def test_another_command_is_refused(name: str, shop: Shop, tmp_path: Path) -> None:
    """Exit 2 with the reason; nothing is asked for, and no byte is changed."""
    bring_functions(tmp_path)
    write(tmp_path / "urls.txt", shop.urls(1, 2, 3, 4, 5, 6))
    await scrape("-l", "urls.txt", *FIELDS, "-o", name, cwd=tmp_path)
    before = files(tmp_path)
    shop.hits.clear()
    for numbers, arguments, message in CHANGED:
        write(tmp_path / "urls.txt", shop.urls(*(numbers or (1, 2, 3, 4, 5, 6))))
        fields = arguments if arguments.count("-s") == 2 else (*FIELDS, *arguments)
        done = await scrape("-l", "urls.txt", *fields, "-o", name, "--resume", cwd=tmp_path)
        assert (done.code, done.err.count("\n")) == (2, 1), done.err
        assert message in done.err
        assert shop.hits == {}
        assert files(tmp_path) == before


async def test_another_function_is_refused(shop: Shop, tmp_path: Path) -> None:
    """Behind the same columns, too."""
    bring_functions(tmp_path)
    common = (*shop.urls(1), "--parse-workers", "0", "-o", "o.csv")
    await scrape(*common, "--extract", "scrapers:product", cwd=tmp_path)
    done = await scrape(*common, "--extract", "scrapers:later", "--resume", cwd=tmp_path)
    assert done.code == 2
    assert "another function" in done.err


@pytest.mark.parametrize("name", ["o.csv", "o.db", "o.parquet"])
async def test_an_interrupted_file_is_kept_when_refused(
    name: str, shop: Shop, tmp_path: Path
) -> None:
    """What was committed is still there after a refusal, for the command that it belongs to."""
    write(tmp_path / "urls.txt", shop.urls(*range(60)))
    await scrape("-l", "urls.txt", *FIELDS, "-o", "undisturbed-" + name, cwd=tmp_path)
    shop.hits.clear()
    shop.pace = 0.02
    await interrupted(shop, tmp_path, *FIELDS, "-o", name, after=20)
    shop.pace = 0.0
    common = ("-o", name, "--resume")
    shop.hits.clear()
    write(tmp_path / "urls.txt", shop.urls(*range(1, 61)))
    refused = await scrape("-l", "urls.txt", *FIELDS, *common, cwd=tmp_path)
    assert (refused.code, shop.hits) == (2, {})
    write(tmp_path / "urls.txt", shop.urls(*range(60)))
    other = await scrape("-l", "urls.txt", *FIELDS, "-s", "h1", *common, cwd=tmp_path)
    assert (other.code, shop.hits) == (2, {})
    done = await scrape("-l", "urls.txt", *FIELDS, *common, cwd=tmp_path)
    assert done.code == 0
    assert content(tmp_path / name) == content(tmp_path / ("undisturbed-" + name))
    assert 0 < sum(shop.hits.values()) < 60


async def test_a_file_of_somebody_else_is_refused(shop: Shop, tmp_path: Path) -> None:
    """Without a journal nobody knows how much of it is done."""
    for name in ("o.csv", "o.parquet"):
        (tmp_path / name).write_text("url,title\n")
        done = await scrape(*shop.urls(1), *FIELDS, "-o", name, "--resume", cwd=tmp_path)
        assert done.code == 2
        assert f"cannot resume {name}: it has no journal" in done.err
        assert (tmp_path / name).read_text() == "url,title\n"
    assert shop.hits == {}


async def test_one_output_refused_is_all_refused(shop: Shop, tmp_path: Path) -> None:
    """The others, which could go on, are left as they are."""
    write(tmp_path / "urls.txt", shop.urls(*range(60)))
    shop.pace = 0.02
    await interrupted(shop, tmp_path, *FIELDS, "-o", "o.csv", after=20)
    (tmp_path / "o.jsonl").write_text("{}\n")
    before, hits = files(tmp_path), shop.hits.copy()
    both = outputs("o.csv", "o.jsonl")
    done = await scrape("-l", "urls.txt", *FIELDS, *both, "--resume", cwd=tmp_path)
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "cannot resume o.jsonl" in done.err
    assert (files(tmp_path)["o.csv"], files(tmp_path)["o.jsonl"]) == (before["o.csv"], b"{}\n")
    assert shop.hits == hits
