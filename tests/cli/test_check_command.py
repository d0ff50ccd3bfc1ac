"""`fetcher check` from outside: verdicts, outputs, comparisons and exit codes."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from fetcher.demo.page import Behaviour
from fetcher.demo.site import DemoSite
from tests.cli.program import Ended, ended, fetcher, read, started
from tests.support.site import Site

QUICK = ("--retries", "0", "--recheck-after", "0s", "--timeout", "5s")


@pytest.fixture
async def site() -> AsyncIterator[DemoSite]:
    """The demo site, without its waiting times."""
    async with DemoSite(pace=0.01) as site:
        yield site


def at(site: DemoSite, *paths: str) -> list[str]:
    """URLs of the demo site."""
    return [site.base_url.rstrip("/") + path for path in paths]


async def check(*arguments: str, cwd: Path, stdin: str = "", **env: str) -> Ended:
    """Run a check that does not wait."""
    return await fetcher("check", *arguments, *QUICK, cwd=cwd, stdin=stdin, **env)


def records(path: Path) -> list[dict[str, Any]]:
    """Read JSON lines."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


async def test_all_healthy_exits_with_0(site: DemoSite, tmp_path: Path) -> None:
    """Rows in input order with a verdict each, the summary on standard error."""
    urls = at(site, "/about", "/ferry", "/moved/once")
    done = await check(*urls, cwd=tmp_path)
    assert done.code == 0
    assert [row["url"] for row in done.rows] == urls
    assert {row["health"] for row in done.rows} == {"healthy"}
    assert "health:   healthy 3, degraded 0, unhealthy 0, unknown 0" in done.err


async def test_one_unhealthy_exits_with_1(site: DemoSite, tmp_path: Path) -> None:
    """The reason says what was expected and what was found."""
    done = await check(*at(site, "/about", "/gone/fishing"), cwd=tmp_path)
    assert done.code == 1
    row = done.rows[1]
    assert (row["health"], row["trouble"], row["status"]) == ("unhealthy", "gone", "404")
    assert "status 404 (Not Found), expected 200..299" in row["reason"]


async def test_degraded_passes_or_fails_as_asked(site: DemoSite, tmp_path: Path) -> None:
    """--degraded decides what a URL that is slower than wanted means for the exit code."""
    slow = ("--expect-degraded-after", "1us")
    for more, code in (((), 0), (("--degraded", "fail"), 1), (("--degraded", "pass"), 0)):
        done = await check(at(site, "/about")[0], *slow, *more, cwd=tmp_path)
        assert (done.code, done.rows[0]["health"]) == (code, "degraded")


async def test_what_passes_when_asked_again_is_flaky(site: DemoSite, tmp_path: Path) -> None:
    """What failed is asked once more at the end; without that it is unhealthy."""
    url = at(site, "/tries/lamp")[0]  # 503 twice, then fine
    assert (await check(url, "--no-recheck", cwd=tmp_path)).code == 1
    done = await check(url, cwd=tmp_path)
    assert (done.code, done.rows[0]["trouble"]) == (0, "flaky")
    assert "503" in done.rows[0]["reason"]


@pytest.mark.parametrize(
    ("flags", "found"),
    [
        (["--expect-status", "404"], "status 200 (OK), expected 404"),
        (["--expect-title", "Another"], "About Port Merle"),
        (["--expect-body-contains", "no such words"], "no such words"),
        (["--expect-header", "Content-Type: text/plain"], "text/html"),
        (["--expect-final-url", "/elsewhere"], "/elsewhere"),
        (["--expect-unhealthy-after", "1us"], "expected within"),
        (["--expect-tls-min", "1.2"], "no TLS"),
    ],
)
async def test_an_expectation_that_is_not_met(
    flags: list[str], found: str, site: DemoSite, tmp_path: Path
) -> None:
    """Each says what was expected and what was found, and makes the exit code 1."""
    done = await check(at(site, "/about")[0], *flags, cwd=tmp_path)
    assert done.code == 1
    assert found in done.rows[0]["reason"]


async def test_expectations_from_a_list(site: DemoSite, tmp_path: Path) -> None:
    """A row's own go before those of the command line, in CSV, TOML and JSON lines alike."""
    gone, about = at(site, "/gone/forever", "/about")
    (tmp_path / "a.csv").write_text(f"url,expect_status\n{gone},410\n{about},\n")
    (tmp_path / "b.toml").write_text(
        f'[[targets]]\nurl = "{gone}"\nexpect.status = 410\n[[targets]]\nurl = "{about}"\n'
    )
    lines = [{"url": gone, "expect": {"status": "410"}}, {"url": about}]
    (tmp_path / "c.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    for name in ("a.csv", "b.toml", "c.jsonl"):
        done = await check("-l", name, "--expect-title-matches", "^About", cwd=tmp_path)
        assert [row["health"] for row in done.rows] == ["unhealthy", "healthy"], name
        assert "410" not in done.rows[0]["reason"]
        done = await check("-l", name, cwd=tmp_path)
        assert (done.code, len(done.rows)) == (0, 2)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", "url,expect_status\nhttp://127.0.0.1:1/,2xy\n", "a.csv:2: expect.status: '2xy'"),
        (
            "a.toml",
            '[[targets]]\nurl = "http://127.0.0.1:1/"\nexpect.statsu = 200\n',
            "did you mean status",
        ),
        (
            "a.jsonl",
            '{"url": "http://127.0.0.1:1/", "expect": {"title": 5}}\n',
            "a.jsonl:1: expect",
        ),
    ],
)
async def test_a_mistake_in_a_list_is_found_first(
    name: str, text: str, message: str, tmp_path: Path
) -> None:
    """Before anything is fetched or written, with the place of the mistake."""
    (tmp_path / name).write_text(text)
    done = await check("-l", name, "-o", "out.csv", cwd=tmp_path)
    assert done.code == 2
    assert message in done.err
    assert not (tmp_path / "out.csv").exists()


async def test_every_format_at_once(site: DemoSite, tmp_path: Path) -> None:
    """Each output has each URL."""
    urls = at(site, "/about", "/gone/fishing")
    names = ["a.csv", "a.jsonl", "a.xml", "a.md", "a.html", "a.tsv.gz"]
    outputs = [argument for name in names for argument in ("-o", name)]
    done = await check(*urls, *outputs, cwd=tmp_path)
    assert (done.code, done.out) == (1, "")
    assert len(read(tmp_path / "a.csv")) == len(records(tmp_path / "a.jsonl")) == 2
    for name in ("a.xml", "a.md", "a.html"):
        assert "/gone/fishing" in (tmp_path / name).read_text("utf-8")


async def test_a_baseline_fails_only_for_what_is_new(site: DemoSite, tmp_path: Path) -> None:
    """It names exactly what has broken since, and what was fixed."""
    urls = at(site, "/about", "/ferry", "/harbour", "/gone/forever")
    site.set("/harbour", Behaviour.DOWN)
    first = await check(*urls, "-o", "last.jsonl", cwd=tmp_path)
    assert first.code == 1
    again = await check(*urls, "--baseline", "last.jsonl", "-o", "now.jsonl", cwd=tmp_path)
    assert again.code == 0
    assert "newly broken" not in again.err
    site.set("/harbour", None)
    site.set("/ferry", Behaviour.DOWN)
    for last in ("last.jsonl", "now.jsonl"):
        broken = await check(*urls, "--baseline", last, "-o", "x.csv", cwd=tmp_path)
        assert broken.code == 1
        told = broken.err[broken.err.index("newly broken: 1") :].split()
        assert [word for word in told if word.startswith("http")] == [urls[1], urls[2], urls[3]]
        assert "fixed: 1" in broken.err
        assert "still broken: 1" in broken.err


@pytest.mark.parametrize("name", ["r.csv", "r.jsonl", "r.db", "r.parquet", "r.csv.gz"])
async def test_what_failed_is_checked_again(name: str, site: DemoSite, tmp_path: Path) -> None:
    """--retry-failed takes the results in any format for programs."""
    urls = at(site, "/about", "/harbour", "/ferry", "/gone/forever")
    site.set("/harbour", Behaviour.DOWN)
    await check(*urls, "-o", name, cwd=tmp_path)
    site.set("/harbour", None)
    again = await check("--retry-failed", name, cwd=tmp_path)
    found = {row["url"]: row["health"] for row in again.rows}
    assert found == {urls[1]: "healthy", urls[3]: "unhealthy"}
    assert again.code == 1


async def test_with_a_list_what_failed_keeps_its_expectations(
    site: DemoSite, tmp_path: Path
) -> None:
    """--retry-failed with a list: those of its rows that failed."""
    about, gone = at(site, "/about", "/gone/forever")
    await check(about, gone, "-o", "r.csv", cwd=tmp_path)
    (tmp_path / "l.csv").write_text(f"url,expect_status\n{about},\n{gone},410\n")
    again = await check("-l", "l.csv", "--retry-failed", "r.csv", cwd=tmp_path)
    assert [(row["url"], row["health"]) for row in again.rows] == [(gone, "healthy")]


@pytest.mark.parametrize("flag", ["--baseline", "--retry-failed"])
async def test_an_earlier_result_that_is_none(flag: str, tmp_path: Path) -> None:
    """Exit 3, and a line that says what was expected."""
    (tmp_path / "x.txt").write_text("nothing of the kind\n")
    for name in ("x.txt", "absent.csv"):
        done = await check("http://127.0.0.1:1/", flag, name, cwd=tmp_path)
        assert (done.code, name in done.err) == (3, True)


async def test_without_urls_it_says_what_to_give(tmp_path: Path) -> None:
    """Exit 2 for a call that asks for nothing."""
    done = await check(cwd=tmp_path)
    assert done.code == 2
    assert "no URLs: name some, or a list" in done.err


async def test_an_interrupted_check_keeps_its_rows(tmp_path: Path) -> None:
    """Ctrl-C exits with 130; what was found is written, and the report says that it is partial."""
    async with Site() as site:
        urls = [site.url("/ok/1"), site.url("/status/404"), site.url("/slow/60")]
        process = await started("check", *urls, "-o", "r.csv", "-o", "r.html", "-q", cwd=tmp_path)
        while len(site.hits) < 3:  # noqa: ASYNC110 - the site has no event to wait for
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.3)
        process.send_signal(signal.SIGINT)
        await asyncio.sleep(0.3)
        process.send_signal(signal.SIGINT)
        done = await ended(process)
    assert done.code == 130
    assert [row["url"] for row in read(tmp_path / "r.csv")] == urls[:2]
    assert "partial" in (tmp_path / "r.html").read_text("utf-8").lower()


async def test_the_columns_are_listed(tmp_path: Path) -> None:
    """--columns help says what a row can have."""
    done = await check("--columns", "help", cwd=tmp_path)
    assert done.code == 0
    for name in ("health", "trouble", "reason", "cert_days_left", "title", "ip"):
        assert f"\n{name} " in "\n" + done.out


@pytest.mark.parametrize("outputs", [("a.csv", "./a.csv"), ("-", "-")])
async def test_two_outputs_are_two_files(outputs: tuple[str, str], tmp_path: Path) -> None:
    """Rows of two outputs in one file would be mixed up."""
    named = [argument for name in outputs for argument in ("-o", name)]
    done = await check("http://127.0.0.1:1/", *named, cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert "is given twice" in done.err
    assert not (tmp_path / "a.csv").exists()


async def test_a_reader_that_goes_takes_no_other_output_along(
    site: DemoSite, tmp_path: Path
) -> None:
    """As with `| head`: the report is written, and the exit code says what was found."""
    urls = at(site, "/about", "/gone/fishing")
    process = await started(
        "check", *urls, *QUICK, "-o", "-", "-o", "a.html", "-o", "a.csv", cwd=tmp_path
    )
    assert process.stdout is not None
    process.stdout._transport.close()  # type: ignore[attr-defined]
    assert await asyncio.wait_for(process.wait(), 60) == 1
    assert len(read(tmp_path / "a.csv")) == 2
    assert "/gone/fishing" in (tmp_path / "a.html").read_text("utf-8")
