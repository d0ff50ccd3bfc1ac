"""`fetcher scrape --cache` and `--save-bodies` from outside: what they save, and for whom."""

import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]

from tests.cli.program import read
from tests.cli.scraping import scrape
from tests.support.nginx import SKIP_REASON, Nginx, executable
from tests.support.shop import Shop, page

SERVER = "server { listen 127.0.0.1:{port}; root {root}; }"
PAGES = 40
FIELDS = ("-s", "title", "-s", "links", "-s", "hash")


@pytest.fixture
def server() -> Iterator[Nginx]:
    """An nginx with some pages, which it sends with an ETag."""
    if executable() is None:
        pytest.skip(SKIP_REASON)
    nginx = Nginx(SERVER)
    for number in range(PAGES):
        (nginx.root / f"{number}.html").write_text(page(number))
    with nginx:
        yield nginx


def bytes_read(summary: str) -> str:
    """What the summary says was read of bodies."""
    found = re.search(r"read: +(.*)", summary)
    assert found is not None
    return found[1]


async def test_a_second_run_reads_only_what_has_changed(server: Nginx, tmp_path: Path) -> None:
    """All answers are 304s, no byte of a body is read, and the rows are the same."""
    base = f"http://127.0.0.1:{server.port}"
    (tmp_path / "urls.txt").write_text("".join(f"{base}/{n}.html\n" for n in range(PAGES)))
    command = ("-l", "urls.txt", *FIELDS, "--cache", "kept")
    first = await scrape(*command, "-o", "first.csv", cwd=tmp_path)
    assert first.code == 0
    assert "cache:" not in first.err
    whole = sum(len(page(n)) for n in range(PAGES))
    assert bytes_read(first.err) == f"{whole / 1000:.1f} KB"

    again = await scrape(*command, "-o", "again.csv", cwd=tmp_path)
    assert again.code == 0
    assert f"cache:    revalidated {PAGES}" in again.err
    assert bytes_read(again.err) == "0 B"
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "first.csv").read_bytes()

    (server.root / "7.html").write_text("<title>Sold out</title>")
    third = await scrape(*command, "-o", "third.csv", cwd=tmp_path)
    assert f"cache:    revalidated {PAGES - 1}" in third.err
    assert bytes_read(third.err) == "23 B"
    assert read(tmp_path / "third.csv")[7]["title"] == "Sold out"


async def test_a_web_archive_holds_what_came(tmp_path: Path) -> None:
    """Its own reader and that of others find each answer, redirects too, and all digests right."""
    async with Shop() as shop:
        urls = [*shop.urls(1, 2), shop.url("/moved/3"), shop.url("/sold/4")]
        saved = ("--save-bodies", "pages.warc.gz")
        done = await scrape(*urls, *FIELDS, *saved, "-o", "o.csv", cwd=tmp_path)
    assert done.code == 0
    archive = tmp_path / "pages.warc.gz"
    check = [sys.executable, "-m", "warcio.cli", "check", "-v", str(archive)]
    checked = await asyncio.to_thread(lambda: subprocess.run(check, capture_output=True, text=True))
    assert checked.returncode == 0, checked.stdout
    assert "digest pass" in checked.stdout
    assert "digest failed" not in checked.stdout
    found = {}
    with archive.open("rb") as file:
        for record in ArchiveIterator(file):
            if record.rec_type == "response":
                url = record.rec_headers.get_header("WARC-Target-URI")
                body = record.content_stream().read().decode()
                found[url] = (record.http_headers.get_statuscode(), body)
    assert found == {
        urls[0]: ("200", page(1)),
        urls[1]: ("200", page(2)),
        urls[2]: ("302", found[urls[2]][1]),
        shop.url("/item/3"): ("200", page(3)),
        urls[3]: ("404", page(4)),
    }


async def test_bodies_in_a_folder(tmp_path: Path) -> None:
    """As files, byte for byte."""
    async with Shop() as shop:
        done = await scrape(*shop.urls(1, 2), *FIELDS, "--save-bodies", "pages", cwd=tmp_path)
    assert done.code == 0
    bodies = [path.read_text() for path in (tmp_path / "pages").rglob("*.html")]
    assert sorted(bodies) == [page(1), page(2)]


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (("--cache", "taken"), "cannot use taken as a cache"),
        (("--save-bodies", "taken"), "taken"),
        (("--save-bodies", "pages.warc"), "ends in .warc.gz"),
    ],
)
async def test_a_place_that_cannot_be_used(
    option: tuple[str, str], message: str, tmp_path: Path
) -> None:
    """Exit 3 before anything is asked for; an earlier output is not emptied."""
    (tmp_path / "taken").write_text("a file of somebody else")
    (tmp_path / "o.csv").write_text("from an earlier run\n")
    async with Shop() as shop:
        done = await scrape(*shop.urls(1), *FIELDS, *option, "-o", "o.csv", cwd=tmp_path)
        assert shop.hits == {}
    assert done.code == 3
    assert message in done.err
    assert (tmp_path / "o.csv").read_text() == "from an earlier run\n"


async def test_a_broken_cache_is_told_and_replaced(tmp_path: Path) -> None:
    """The run goes on with a new one, and says where the old one is."""
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "answers.sqlite").write_bytes(b"no database, but long enough" * 100)
    async with Shop() as shop:
        done = await scrape(*shop.urls(1), *FIELDS, "--cache", "kept", cwd=tmp_path)
    assert done.code == 0
    assert "fetcher: the cache kept/answers.sqlite is damaged" in done.err
    assert done.rows[0]["title"] == "Item 1"


async def test_a_refused_resume_loses_nothing(tmp_path: Path) -> None:
    """An archive that was opened for nothing has what it had, and nobody complains."""
    saving = ("--cache", "kept", "--save-bodies", "pages.warc.gz")
    async with Shop() as shop:
        await scrape(*shop.urls(1), *FIELDS, *saving, "-o", "o.csv", cwd=tmp_path)
        before = (tmp_path / "pages.warc.gz").read_bytes()
        done = await scrape(
            *shop.urls(2), *FIELDS, *saving, "-o", "o.csv", "--resume", cwd=tmp_path
        )
    assert done.code == 2
    assert done.err.count("\n") == 1
    assert (tmp_path / "pages.warc.gz").read_bytes().startswith(before)
