"""What is not the site's fault is `unknown`: our own rules, our name server, our proxy."""

import json
from pathlib import Path
from typing import Any

from fetcher.jobs.check import check
from fetcher.judgement.verdict import Trouble
from fetcher.settings import PrivateAddresses
from tests.cli.program import fetcher
from tests.planted.case import Case, differences, differences_of, unhealthy, unknown
from tests.planted.places import Deserted, Http
from tests.planted.town import DOMAIN, Town, town
from tests.planted.writing import bare, page
from tests.support.blackhole import refused_port
from tests.support.dns import SILENT, DnsServer
from tests.support.raw import Script, response

RULES = b"User-agent: *\nDisallow: /private\n"
ROBOTS = Script((response(RULES, headers=[("Content-Type", "text/plain")]),))
SITE = Http({"/robots.txt": ROBOTS, "/private": page("Private"), "/": page("Public")})

PUBLIC = Case("public", SITE)
DENIED = unknown("private", SITE, Trouble.DENIED, "robots.txt", path="/private")
FAILING = Http({"/robots.txt": bare(503), "/": page("Public")})
LOCKED = unknown("locked", FAILING, Trouble.DENIED, "robots.txt")
DOWN = unhealthy("down", Deserted(), Trouble.CONNECT, "nothing listens")
ADDRESS = unknown("inside", SITE, Trouble.DENIED, "private address")
NO_PROXY = unknown("behind", SITE, Trouble.LOCAL, "proxy")
NO_NAMES = unknown("named", SITE, Trouble.LOCAL, "name server")


def refused_address() -> str:
    """Where nobody listens."""
    return f"127.0.0.1:{refused_port()}"


async def differing(cases: list[Case], placed: Town, **changes: Any) -> dict[str, list[str]]:
    """Check some cases with changed settings; say which verdicts are not as planted."""
    settings = placed.settings(retries=0, **changes)
    found = check(placed.targets(), settings=settings, recheck=False)
    rows = [row async for row in found]
    pairs = zip(cases, rows, strict=True)
    return {case.name: said for case, row in pairs if (said := differences_of(case, row))}


async def test_what_robots_txt_denies_is_unknown(tmp_path: Path) -> None:
    """Only with --robots, and only what it denies."""
    async with town([DENIED, PUBLIC], tmp_path) as placed:
        assert await differing([DENIED, PUBLIC], placed, robots=True) == {}
        ignoring = [row async for row in check(placed.targets(), settings=placed.settings())]
    assert [row.verdict.health for row in ignoring] == ["healthy", "healthy"]


async def test_a_robots_txt_that_fails_is_unknown_and_a_host_that_is_down_is_down(
    tmp_path: Path,
) -> None:
    """The one means: do not fetch (RFC 9309, section 2.3.1.4); the other would fail anyway."""
    cases = [LOCKED, DOWN]
    async with town(cases, tmp_path) as placed:
        assert await differing(cases, placed, robots=True) == {}


async def test_an_address_that_our_own_rule_denies_is_unknown(tmp_path: Path) -> None:
    """--private-addresses deny says nothing about the site."""
    async with town([ADDRESS], tmp_path) as placed:
        rule = PrivateAddresses.DENY
        assert await differing([ADDRESS], placed, private_addresses=rule) == {}


async def test_a_proxy_that_is_down_is_ours(tmp_path: Path) -> None:
    """The site was never asked."""
    async with town([NO_PROXY], tmp_path) as placed:
        proxy = f"http://{refused_address()}"
        assert await differing([NO_PROXY], placed, proxy=proxy) == {}


async def test_a_name_server_that_is_silent_is_ours(tmp_path: Path) -> None:
    """Whether the name exists, nobody could say; what needs no name server is healthy."""
    cases = [NO_NAMES, PUBLIC]
    fixed = f"{PUBLIC.name}.{DOMAIN}:*:127.0.0.1"
    async with town(cases, tmp_path) as placed, DnsServer(default=SILENT) as silent:
        known = {"dns_servers": (silent.nameserver,), "resolve": (fixed,)}
        assert await differing(cases, placed, connect_timeout=2.0, **known) == {}


async def test_a_name_server_that_is_down_is_ours(tmp_path: Path) -> None:
    """Nothing listens there; the same on the command line, where it is no success either."""
    async with town([NO_NAMES], tmp_path) as placed:
        down = refused_address()
        assert await differing([NO_NAMES], placed, dns_servers=(down,)) == {}
        flags = ("--dns-server", down, "--no-recheck", "--retries", "0", "-o", "out.jsonl")
        done = await fetcher("check", placed.url(NO_NAMES), *flags, cwd=tmp_path)
    (row,) = map(json.loads, (tmp_path / "out.jsonl").read_text("utf-8").splitlines())
    assert differences(NO_NAMES, row["health"], row["trouble"], row["reason"]) == []
    assert done.code == 1
