"""`--resume` of titles and check: the rest is done, and what was done before still counts."""

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.cli.program import Ended, ended, fetcher, read, started
from tests.sinks.making import content
from tests.support.shop import Shop

COMMON = ("-l", "urls.txt", "--retries", "0", "-c", "4", "--timeout", "20s")
TITLES = ("titles", *COMMON, "--columns", "url,status,title,error")
CHECK = ("check", *COMMON, "--columns", "url,health,trouble,reason", "--recheck-after", "0s")


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    """A shop with pages to ask for."""
    async with Shop() as shop:
        yield shop


def write(folder: Path, urls: list[str]) -> None:
    """Write the list."""
    (folder / "urls.txt").write_text("".join(url + "\n" for url in urls))


async def interrupted(shop: Shop, folder: Path, *arguments: str, after: int) -> Ended:
    """Run until so many pages were asked for, then interrupt it twice."""
    process = await started(*arguments, cwd=folder)
    while sum(shop.hits.values()) < after:  # noqa: ASYNC110 - the shop has no event to wait for
        await asyncio.sleep(0.01)
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    assert b"stopping" in await asyncio.wait_for(process.stderr.readline(), 30)
    process.send_signal(signal.SIGINT)
    done = await ended(process)
    assert done.code == 130
    return done


@pytest.mark.parametrize("job", [TITLES, (*CHECK, "--no-recheck")], ids=["titles", "check"])
async def test_an_interrupted_run_is_resumed(
    job: tuple[str, ...], shop: Shop, tmp_path: Path
) -> None:
    """Every format is as if undisturbed; a third run finds nothing to do."""
    names = ("o.csv", "o.jsonl.gz", "o.db", "o.parquet", "o.md", "o.html")
    outputs = [part for name in names for part in ("-o", name)]
    whole = [part for name in names for part in ("-o", f"whole-{name}")]
    write(tmp_path, [*shop.urls(*range(40)), "no url", shop.url("/sold/1")])
    code = (await fetcher(*job, *whole, cwd=tmp_path)).code
    shop.hits.clear()
    shop.pace = 0.02
    said = await interrupted(shop, tmp_path, *job, *outputs, after=16)
    assert "  run the same command with --resume to continue" in said.err.splitlines()
    assert "This report is partial" in (tmp_path / "o.html").read_text("utf-8")
    shop.pace = 0.0
    resumed = await fetcher(*job, *outputs, "--resume", cwd=tmp_path)
    assert resumed.code == code
    assert "  resumed:  after " in resumed.err
    for name in names:
        assert content(tmp_path / name) == content(tmp_path / f"whole-{name}"), name
    assert sum(shop.hits.values()) < 2 * 40
    again = await fetcher(*job, *outputs, "--resume", cwd=tmp_path)
    assert (again.code, "everything was done already" in again.err) == (code, True)


@pytest.mark.parametrize(
    ("job", "more", "code"),
    [
        (TITLES, (), 0),
        (TITLES, ("--fail",), 1),
        (CHECK, ("--no-recheck",), 1),
        (CHECK, ("--no-recheck", "--expect-status", "404,200"), 0),
    ],
)
async def test_the_exit_code_remembers_what_failed_before(
    job: tuple[str, ...], more: tuple[str, ...], code: int, shop: Shop, tmp_path: Path
) -> None:
    """What was done before the interruption counts as if it had been done now."""
    write(tmp_path, [shop.url("/sold/1"), *shop.urls(*range(30))])
    shop.pace = 0.02
    await interrupted(shop, tmp_path, *job, *more, "-o", "o.csv", after=12)
    assert len(read(tmp_path / "o.csv")) > 1
    shop.pace = 0.0
    shop.hits.clear()
    resumed = await fetcher(*job, *more, "-o", "o.csv", "--resume", cwd=tmp_path)
    assert shop.hits["/sold/1"] == 0
    assert resumed.code == code


async def test_what_was_not_asked_again_is_checked_again(shop: Shop, tmp_path: Path) -> None:
    """A verdict of the first try is no last word where an undisturbed run would ask again."""
    write(tmp_path, [*shop.urls(1, 2), shop.url("/sold/3"), *shop.urls(4)])
    job = (*CHECK[:-1], "30s", "-o", "o.csv")
    process = await started(*job, cwd=tmp_path)
    while len(shop.hits) < 4:  # noqa: ASYNC110 - the shop has no event to wait for
        await asyncio.sleep(0.02)
    await asyncio.sleep(1)
    process.send_signal(signal.SIGINT)
    done = await ended(process)
    assert done.code == 130
    assert [row["health"] for row in read(tmp_path / "o.csv")] == [
        *("healthy", "healthy", "unhealthy", "healthy")
    ]
    shop.hits.clear()
    resumed = await fetcher(*CHECK, "-o", "o.csv", "--resume", cwd=tmp_path)
    assert resumed.code == 1
    assert dict(shop.hits) == {"/sold/3": 2, "/item/4": 1}
    assert len(read(tmp_path / "o.csv")) == 4


async def test_a_baseline_counts_what_was_newly_broken_before(shop: Shop, tmp_path: Path) -> None:
    """As the exit code of an undisturbed run does."""
    urls = [shop.url("/sold/1"), *shop.urls(*range(20))]
    (tmp_path / "last.csv").write_text("url,health\n" + "".join(f"{url},healthy\n" for url in urls))
    write(tmp_path, urls)
    job = (*CHECK, "--no-recheck", "--baseline", "last.csv", "-o", "o.csv")
    shop.pace = 0.02
    await interrupted(shop, tmp_path, *job, after=10)
    shop.pace = 0.0
    resumed = await fetcher(*job, "--resume", cwd=tmp_path)
    assert resumed.code == 1


@pytest.mark.parametrize(
    ("job", "changed"),
    [
        (TITLES, ("--raw-cells",)),
        (CHECK, ("--expect-title", "Another")),
        (CHECK, ("--no-recheck",)),
        (CHECK, ("--method", "head")),
    ],
)
async def test_another_command_is_refused(
    job: tuple[str, ...], changed: tuple[str, ...], shop: Shop, tmp_path: Path
) -> None:
    """Exit 2 with the reason; nothing is asked for, and nothing is changed."""
    write(tmp_path, shop.urls(1, 2))
    await fetcher(*job, "-o", "o.csv", "--resume", cwd=tmp_path)
    before = (tmp_path / "o.csv").read_bytes()
    shop.hits.clear()
    done = await fetcher(*job, *changed, "-o", "o.csv", "--resume", cwd=tmp_path)
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "cannot resume o.csv: it was " in done.err
    assert shop.hits == {}
    assert (tmp_path / "o.csv").read_bytes() == before


@pytest.mark.parametrize("job", [TITLES, CHECK, ("scrape", *COMMON, "-s", "title")])
@pytest.mark.parametrize(
    ("more", "message"),
    [
        ((), "cannot resume standard output: what it got before cannot be continued"),
        (("--format", "table"), "cannot resume the table on the terminal: name a file with -o"),
        (("-o", "o.csv", "--order", "completed"), "--resume: only rows in input order"),
    ],
)
async def test_what_cannot_be_resumed(
    job: tuple[str, ...], more: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    """It is said for each job in the same words."""
    write(tmp_path, ["http://127.0.0.1:1/"])
    done = await fetcher(*job, *more, "--resume", cwd=tmp_path)
    assert (done.code, message in done.err) == (2, True), done.err


async def test_rows_as_they_finish_are_not_resumed_later(shop: Shop, tmp_path: Path) -> None:
    """A file that was begun in another order is not continued in that of the input."""
    write(tmp_path, shop.urls(*range(30)))
    shop.pace = 0.05
    await interrupted(shop, tmp_path, *TITLES, "--order", "completed", "-o", "o.csv", after=10)
    done = await fetcher(*TITLES, "-o", "o.csv", "--resume", cwd=tmp_path)
    assert (done.code, "with other fields, expectations, order" in done.err) == (2, True)


@pytest.mark.parametrize(
    "job", [TITLES, (*CHECK, "--no-recheck"), ("scrape", *COMMON, "-s", "title")]
)
async def test_a_password_is_not_needed_to_resume(
    job: tuple[str, ...], shop: Shop, tmp_path: Path
) -> None:
    """Rows are matched without it: another password continues the list, and none is written."""

    def urls(password: str) -> list[str]:
        return [url.replace("//", f"//user:{password}@") for url in shop.urls(*range(30))]

    names = ("o.csv", "o.db", "o.html")
    outputs = [part for name in names for part in ("-o", name)]
    write(tmp_path, urls("one"))
    shop.pace = 0.02
    await interrupted(shop, tmp_path, *job, *outputs, after=12)
    shop.pace = 0.0
    write(tmp_path, urls("two"))
    resumed = await fetcher(*job, *outputs, "--resume", cwd=tmp_path)
    assert (resumed.code, "  resumed:  after " in resumed.err) == (0, True), resumed.err
    rows = read(tmp_path / "o.csv")
    assert [row["url"] for row in rows] == urls("***")
    for path in tmp_path.iterdir():  # noqa: ASYNC240 - a few small files
        if path.name != "urls.txt":
            assert b":one@" not in path.read_bytes(), path
            assert b":two@" not in path.read_bytes(), path


@pytest.mark.parametrize(
    ("job", "more", "left"),
    [
        (TITLES, (), set()),
        (CHECK, (), set()),
        (TITLES, ("--resume",), {"o.csv.journal", "o.md.journal"}),
        (("scrape", *COMMON, "-s", "title"), (), {"o.csv.journal", "o.md.journal"}),
    ],
)
async def test_what_lies_beside_a_complete_output(
    job: tuple[str, ...], more: tuple[str, ...], left: set[str], shop: Shop, tmp_path: Path
) -> None:
    """A journal stays only for those who resume, and for a scrape, whose outputs can catch up."""
    write(tmp_path, shop.urls(1, 2))
    done = await fetcher(*job, "-o", "o.csv", "-o", "o.md", *more, cwd=tmp_path)
    assert done.code == 0
    there = {path.name for path in tmp_path.iterdir()}  # noqa: ASYNC240 - a few small files
    assert there - {"urls.txt", "o.csv", "o.md"} == left
