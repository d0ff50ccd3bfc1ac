"""The password of a URL is sent to its server, and stands nowhere else."""

import gzip
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.cli.program import Ended, fetcher, read

QUICK = ("--retries", "0", "--timeout", "5s")
SECRET = "s3cret"
WANTED = "Basic " + b64encode(f"me:{SECRET}".encode()).decode()
PAGE = "<title>Members</title><a href='more'>more</a>"


@dataclass
class Members:
    """A site that lets nobody in without the password; asked: each path with what came with it."""

    base: str
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    def url(self, path: str, password: str = SECRET) -> str:
        """One of its URLs, with a login."""
        return f"http://me:{password}@{self.base}{path}"


@pytest.fixture
async def members() -> AsyncIterator[Members]:
    """The site, running."""

    async def answer(request: web.Request) -> web.Response:
        given = request.headers.get("Authorization")
        site.asked.append((request.path, given))
        if given != WANTED:
            return web.Response(status=401)
        if request.path == "/moved":
            return web.Response(status=302, headers={"Location": site.url("/fine")})
        if request.path == "/lost":
            return web.Response(status=302, headers={"Location": f"ftp://me:{SECRET}@x.example/"})
        status = 500 if request.path == "/broken" else 200
        return web.Response(text=PAGE, content_type="text/html", status=status)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(app) as server:
        site = Members(f"127.0.0.1:{server.port}")
        yield site


def put_list(folder: Path, members: Members, *paths: str) -> None:
    """Write a list of URLs with logins, and one that is not valid."""
    urls = [*map(members.url, paths), f"http://me:{SECRET}/x@{members.base}/"]
    (folder / "urls.txt").write_text("\n".join(urls) + "\n")


def assert_secret(folder: Path, done: Ended) -> None:
    """Hold that neither an output of the program nor a file has the password."""
    assert SECRET not in done.out + done.err
    for path in folder.rglob("*"):
        if path.is_file() and path.name != "urls.txt":
            data = path.read_bytes()
            data = gzip.decompress(data) if path.suffix == ".gz" else data
            assert SECRET.encode() not in data, path


def assert_masked(folder: Path) -> None:
    """Hold that some output has the URL, with the mask in it."""
    assert any(b"me:***@" in path.read_bytes() for path in folder.glob("out.*"))


@pytest.mark.parametrize("job", ["titles", "check", "scrape"])
async def test_no_output_of_any_job_has_it(job: str, members: Members, tmp_path: Path) -> None:
    """Neither a row, a report, a log line, the cache nor a kept body; the request has it."""
    put_list(tmp_path, members, "/fine", "/moved", "/lost", "/broken")
    columns = "url,final_url,redirect_chain,error"
    more = {
        "titles": ("--columns", columns, "-o", "out.csv", "-o", "out.db"),
        "check": (
            *("-o", "out.csv", "-o", "out.jsonl", "-o", "out.md", "-o", "out.html"),
            *("-o", "out.xml", "-o", "-", "--format", "table", "--recheck-after", "0s"),
        ),
        "scrape": (
            *("-s", "title", "-s", "links=a@href*", "-s", "canonical", "-o", "out.jsonl"),
            *("-o", "out.parquet", "--cache", "cache", "--save-bodies", "pages.warc.gz"),
        ),
    }[job]
    done = await fetcher(job, "-v", "-l", "urls.txt", *more, *QUICK, cwd=tmp_path)
    assert done.code in (0, 1), done.err
    assert {given for path, given in members.asked if path == "/fine"} == {WANTED}
    assert_secret(tmp_path, done)
    assert_masked(tmp_path)


async def test_what_failed_is_asked_again_with_the_list(members: Members, tmp_path: Path) -> None:
    """--retry-failed finds its rows in the list by the URL without the password."""
    put_list(tmp_path, members, "/fine", "/broken")
    first = ("-l", "urls.txt", "-o", "r.csv", "--recheck-after", "0s", *QUICK)
    await fetcher("check", *first, cwd=tmp_path)
    members.asked.clear()
    again = ("--retry-failed", "r.csv", "-l", "urls.txt", "--recheck-after", "0s", *QUICK)
    done = await fetcher("check", *again, cwd=tmp_path)
    assert {*members.asked} == {("/broken", WANTED)}
    assert done.rows[0]["url"] == members.url("/broken", "***")
    assert_secret(tmp_path, done)


async def test_without_the_list_it_says_so(members: Members, tmp_path: Path) -> None:
    """A URL whose password is left out is an error, and no request with `***` is sent."""
    put_list(tmp_path, members, "/broken")
    first = ("-l", "urls.txt", "-o", "r.csv", "--recheck-after", "0s", *QUICK)
    await fetcher("check", *first, cwd=tmp_path)
    members.asked.clear()
    done = await fetcher("check", "--retry-failed", "r.csv", *QUICK, cwd=tmp_path)
    assert members.asked == []
    assert done.code == 1
    assert "its password was left out" in done.rows[0]["reason"]


async def test_a_baseline_knows_the_rows(members: Members, tmp_path: Path) -> None:
    """What was broken before is still broken, and not new, whatever the password is now."""
    put_list(tmp_path, members, "/fine", "/broken")
    first = ("-l", "urls.txt", "-o", "r.csv", "--recheck-after", "0s", *QUICK)
    assert (await fetcher("check", *first, cwd=tmp_path)).code == 1
    now = ("-l", "urls.txt", "--baseline", "r.csv", "--recheck-after", "0s", *QUICK)
    done = await fetcher("check", *now, cwd=tmp_path)
    assert done.code == 0, done.err
    assert "still broken: 2" in done.err


async def test_a_run_is_resumed(members: Members, tmp_path: Path) -> None:
    """The rows that are there are those of the list, though the password has changed since."""
    urls = [members.url("/fine"), members.url("/moved")]
    (tmp_path / "urls.txt").write_text("\n".join(urls))
    call = ("titles", "-l", "urls.txt", "-o", "out.csv", "--resume", *QUICK)
    first = await fetcher(*call, cwd=tmp_path)
    assert first.code == 0, first.err
    (tmp_path / "urls.txt").write_text("\n".join(urls).replace(SECRET, "n3w"))
    members.asked.clear()
    second = await fetcher(*call, cwd=tmp_path)
    assert (second.code, members.asked) == (0, []), second.err
    assert len(read(tmp_path / "out.csv")) == 2


async def test_a_proxys_password_is_in_no_error(members: Members, tmp_path: Path) -> None:
    """Neither when the proxy cannot be reached nor when it is not a proxy's URL."""
    proxy = f"http://me:{SECRET}@127.0.0.1:1"
    done = await fetcher("titles", members.base, "--proxy", proxy, *QUICK, cwd=tmp_path)
    assert_secret(tmp_path, done)
    assert "proxy_failed" in done.out
    done = await fetcher("titles", "x", "--proxy", f"me:{SECRET}@host", cwd=tmp_path)
    assert done.code == 2
    assert_secret(tmp_path, done)


async def test_a_url_is_written_as_it_was_given(tmp_path: Path) -> None:
    """Marks and joiners that a terminal must not get stay in the row, and are asked again so."""
    odd = "http://127.0.0.1:1/\u200f\u202e\u200c%20"
    done = await fetcher("check", odd, "-o", "r.csv", "--recheck-after", "0s", *QUICK, cwd=tmp_path)
    assert done.code == 1
    (row,) = read(tmp_path / "r.csv")
    assert row["url"] == odd
    again = await fetcher(
        *("check", "--retry-failed", "r.csv", "--recheck-after", "0s", *QUICK), cwd=tmp_path
    )
    assert [row["url"] for row in again.rows] == [odd]
