"""robots.txt: whose rules hold, what they forbid, and how they are fetched (RFC 9309)."""

import asyncio
import base64
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher import urls
from fetcher.failures import FailureKind
from fetcher.transport.base import Exchange, Request
from fetcher.transport.robots import LONGEST_DELAY, Robots, Rules, parse, product_token, rules_for
from tests.support.blackhole import refused_port
from tests.support.raw import End, RawServer, Script, Scripts, response
from tests.transport.asking import transport

CASES = Path(__file__).parents[3] / "shared" / "cases" / "robots.jsonl"

# The pattern spells the path with escapes. RFC 9309, section 2.2.2, has this very pair in its
# table, as one that matches; the case says otherwise.
AGAINST_THE_RFC = {"grt-066"}

FORBIDS = b"User-agent: *\nDisallow: /private\n"


@pytest.mark.parametrize(
    ("agent", "token"),
    [
        ("fetcher/0.1.0", "fetcher"),
        ("Fetcher", "Fetcher"),
        ("My-Bot_x/2 (+http://a.test)", "My-Bot_x"),
        ("bot (compatible)", "bot"),
        ("bot;x", "bot"),
        ("  bot/1 ", "bot"),
        ("", ""),
    ],
)
def test_the_product_token_is_what_stands_before_the_version(agent: str, token: str) -> None:
    """RFC 9110, section 10.1.5."""
    assert product_token(agent) == token


@pytest.mark.parametrize(
    ("robots", "expected"),
    [
        ("", []),
        ("Disallow: /a", []),
        ("User-agent: *\nDisallow: /a", ["disallow: /a"]),
        ("User-agent: Bot\nDisallow: /a", ["disallow: /a"]),
        ("user-AGENT : bOt # us\nDISALLOW:/a # this", ["disallow: /a"]),
        ("User-agent: bot/2.0\nDisallow: /a", ["disallow: /a"]),
        ("User-agent: botanist\nDisallow: /a", []),
        ("User-agent: bo\nDisallow: /a", []),
        ("User-agent: *\nDisallow: /a\nUser-agent: bot\nAllow: /b", ["allow: /b"]),
        ("User-agent: *\nDisallow: /a\nUser-agent: bot", []),
        ("User-agent: x\nUser-agent: bot\nDisallow: /a", ["disallow: /a"]),
        ("User-agent: bot\nDisallow: /a\nUser-agent: x\nDisallow: /b", ["disallow: /a"]),
        ("User-agent: bot\nDisallow: /a\n\nUser-agent: bot\nAllow: /b",
         ["disallow: /a", "allow: /b"]),
        ("User-agent: bot\nSitemap: /s\nDisallow: /a", ["disallow: /a"]),
        ("User-agent: x\nSitemap: /s\nUser-agent: bot\nDisallow: /a", ["disallow: /a"]),
        ("User-agent: bot\r\nCrawl-delay: 2\rDisallow: /a", ["crawl-delay: 2", "disallow: /a"]),
        ("\ufeffUser-agent: bot\nDisallow: /a", ["disallow: /a"]),
        ("User-agent: *bot\nDisallow: /a", ["disallow: /a"]),
        ("User-agent:\nDisallow: /a", []),
        ("User-agent bot\nDisallow: /a", []),
    ],
)  # fmt: skip
def test_the_rules_for_one_client(robots: str, expected: list[str]) -> None:
    """All groups that name it together, else those for everyone (section 2.2.1)."""
    assert rules_for(robots, "Bot").splitlines() == ["User-agent: *", *expected]


def test_a_client_without_a_name_is_everyone() -> None:
    """An empty User-Agent is named by no group, not even by a broken one."""
    robots = "User-agent: 42\nDisallow: /\n\nUser-agent: *\nDisallow: /a"
    assert rules_for(robots, "").splitlines() == ["User-agent: *", "disallow: /a"]


@given(st.text(), st.text())
def test_any_text_has_rules(robots: str, agent: str) -> None:
    """Nothing in a robots.txt or a name breaks the parser, the check or the delay."""
    rules = parse(robots.encode("utf-8", "replace"), product_token(agent))
    assert rules.check(urls.parse("http://a.test/")) is None or rules.parsed is not None
    assert 0 <= rules.crawl_delay <= LONGEST_DELAY


@given(st.binary(max_size=200))
def test_any_bytes_have_rules(robots: bytes) -> None:
    """Bytes that are no UTF-8 too."""
    parse(b"User-agent: *\nDisallow: /" + robots, "bot").check(urls.parse("http://a.test/x"))


@pytest.mark.parametrize(
    ("value", "delay"),
    [("2", 2.0), ("0.5", 0.5), ("86400", LONGEST_DELAY), ("inf", 0.0), ("nan", 0.0), ("-1", 0.0),
     ("x", 0.0), ("", 0.0)],
)  # fmt: skip
def test_a_crawl_delay_is_kept_up_to_a_cap(value: str, delay: float) -> None:
    """A hostile one would never let a list end."""
    robots = f"User-agent: *\nCrawl-delay: {value}".encode()
    assert parse(robots, "bot").crawl_delay == delay


def test_without_rules_nothing_is_forbidden_and_nothing_delayed() -> None:
    """A site without a robots.txt."""
    assert (Rules().check(urls.parse("http://a.test/")), Rules().crawl_delay) == (None, 0.0)


def shared_cases() -> list[Any]:
    """The rows of the shared cases that the standard settles, or one that is skipped."""
    if not CASES.exists():
        return [pytest.param({}, marks=pytest.mark.skip(reason="no shared cases here"))]
    with CASES.open(encoding="utf-8") as file:
        rows = [row for row in map(json.loads, file) if not row.get("google_only")]
    return [pytest.param(row, id=row["id"]) for row in rows]


@pytest.mark.parametrize("row", shared_cases())
def test_the_shared_cases(row: dict[str, Any]) -> None:
    """Each check of each row, as the client with that name."""
    robots = base64.b64decode(row["robots_b64"])
    for check in row["checks"]:
        rules = parse(robots, product_token(check["agent"]))
        allowed = rules.check(urls.parse(check["url"])) is None
        assert allowed is (check["allowed"] or row["id"] in AGAINST_THE_RFC), check


async def fetched(scripts: dict[str, Scripts], path: str = "/private", **changes: Any) -> str:
    """What Robots says of a path on a server: `free`, or a failure's kind and detail."""
    async with RawServer(scripts) as server, transport(**changes) as opened:
        url = urls.parse(server.url(path))
        rules = await Robots(opened, "bot/1").rules(url)
        denied = rules.check(url)
        if denied is None:
            return "free"
        return f"{denied.kind.value} {denied.detail}".replace(str(server.port), "PORT")


def reply(body: bytes = b"", status: int = 200, **headers: str) -> Script:
    """A robots.txt."""
    return Script((response(body, status, tuple(headers.items())),))


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (reply(FORBIDS), "robots_denied http://127.0.0.1:PORT/robots.txt"),
        (reply(b"User-agent: other\nDisallow: /"), "free"),
        (reply(), "free"),
        (reply(FORBIDS, 404), "free"),
        (reply(FORBIDS, 403), "free"),
        (reply(FORBIDS, 429), "free"),
        (reply(FORBIDS, 500), "robots_unreachable 500"),
        (reply(FORBIDS, 503), "robots_unreachable 503"),
        (Script(), "robots_unreachable connection_closed"),
        (Script(end=End.SILENT), "robots_unreachable read_timeout"),
        (reply(b"", 301, Location="/moved"), "robots_denied http://127.0.0.1:PORT/robots.txt"),
        (reply(b"", 301, Location="/robots.txt"), "free"),
        (reply(b"", 301, Location="http://[bad"), "free"),
        (reply(b"", 301, Location="ftp://a.test/"), "free"),
        (reply(b"", 304), "free"),
        (Script((response(FORBIDS, content_length=999),)), "robots_unreachable body_truncated"),
    ],
)
async def test_what_each_answer_means(answer: Script, expected: str) -> None:
    """Unavailable is free, unreachable is not (sections 2.3.1.2 to 2.3.1.4)."""
    scripts: dict[str, Scripts] = {"/robots.txt": answer, "/moved": reply(FORBIDS)}
    assert await fetched(scripts, timeout=0.5) == expected


async def test_a_server_that_is_not_there_is_unreachable() -> None:
    """Its robots.txt cannot be read, so nothing is fetched."""
    url = urls.parse(f"http://127.0.0.1:{refused_port()}/")
    async with transport() as opened:
        rules = await Robots(opened, "bot").rules(url)
    denied = rules.check(url)
    assert denied is not None
    assert (denied.kind, denied.detail) == (FailureKind.ROBOTS_UNREACHABLE, "connect_refused")


@pytest.mark.parametrize(("hops", "expected"), [(5, "robots_denied"), (6, "free")])
async def test_five_redirects_are_followed(hops: int, expected: str) -> None:
    """At least so many, says section 2.3.1.2; more of them count as unavailable."""
    places = ["/robots.txt", *(f"/{n}" for n in range(1, hops + 1))]
    scripts: dict[str, Scripts] = {
        place: reply(b"", 302, Location=following) for place, following in pairwise(places)
    }
    scripts[places[-1]] = reply(FORBIDS)
    assert (await fetched(scripts)).partition(" ")[0] == expected


@pytest.mark.parametrize("limit", [10_000_000, 100_000])
async def test_of_a_huge_robots_txt_the_start_counts(limit: int) -> None:
    """At least 500 KiB, or what --max-bytes lets through; the rest is never read."""
    huge = FORBIDS + b"# padding\n" * 200_000
    scripts: dict[str, Scripts] = {"/robots.txt": Script((response(huge),))}
    assert (await fetched(scripts, max_bytes=limit)).startswith("robots_denied")


async def test_each_origin_is_asked_once() -> None:
    """Many targets at once; another port or scheme is another origin."""
    async with (
        RawServer({"/robots.txt": Script((0.1, response(FORBIDS)))}) as one,
        RawServer({"/robots.txt": reply(b"", 404)}) as other,
        transport() as opened,
    ):
        robots = Robots(opened, "bot")
        pages = [urls.parse(one.url(f"/{n}")) for n in range(50)]
        waiting = [asyncio.create_task(robots.rules(page)) for page in pages]
        await asyncio.sleep(0.02)
        waiting[0].cancel()
        rules = await asyncio.gather(*waiting[1:])
        assert all(found is rules[0] for found in rules)
        assert await robots.rules(pages[0]) is rules[0]
        assert (await robots.rules(urls.parse(other.url("/private")))).parsed is None
    assert ([r.path for r in one.requests], len(other.requests)) == (["/robots.txt"], 1)


@pytest.mark.parametrize(
    ("status", "over", "asked"),
    [(200, "FRESH", 2), (200, "FRESH_FAILURE", 1), (500, "FRESH_FAILURE", 2), (500, "FRESH", 1)],
)
async def test_rules_are_asked_for_again_when_their_time_is_over(
    monkeypatch: pytest.MonkeyPatch, status: int, over: str, asked: int
) -> None:
    """Those that could not be read have another time than those that were: a run may be endless."""
    monkeypatch.setattr(f"fetcher.transport.robots.{over}", 0.0)
    async with RawServer({"/robots.txt": reply(FORBIDS, status)}) as one, transport() as opened:
        robots = Robots(opened, "bot")
        for _ in range(2):
            await robots.rules(urls.parse(one.url("/page")))
        assert len(one.requests) == asked


async def test_a_redirect_from_a_public_site_does_not_fetch_a_private_robots_txt() -> None:
    """Reading its robots.txt would reach it all the same; asked for directly, it is free."""
    async with RawServer({"/robots.txt": reply(b"", 404)}) as server, transport() as opened:
        robots = Robots(opened, "bot")
        url = urls.parse(server.url())
        denied = (await robots.rules(url, public_only=True)).check(url)
        assert denied is not None
        assert denied.detail == "address_denied"
        assert server.connections == 0
        assert (await robots.rules(url)).check(url) is None


class Answering:
    """A transport that gives prepared exchanges and notes what was asked."""

    def __init__(self, *exchanges: Exchange) -> None:
        self.exchanges = list(exchanges)
        self.requests: list[Request] = []

    async def send(self, request: Request) -> Exchange:
        """Give the next one."""
        self.requests.append(request)
        return self.exchanges.pop(0)


async def test_a_robots_txt_of_a_public_site_cannot_redirect_into_the_house() -> None:
    """From the first public address on, only public ones will do."""
    moved = Exchange(status=301, headers={"Location": "http://10.0.0.1/"}, ip="8.8.8.8")
    opened: Any = Answering(moved, Exchange(status=404))
    await Robots(opened, "bot").rules(urls.parse("http://public.test/"))
    assert [asked.public_only for asked in opened.requests] == [False, True]
