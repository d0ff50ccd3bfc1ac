"""When the engine sends what: limits, waits, and the time against the lower bound."""

import asyncio
import itertools
from typing import Any

from fetcher.failures import FailureKind
from fetcher.transport.base import Exchange
from tests.engine.scripted import Reply, ScriptedWeb, failing, page, redirect, status, targets
from tests.engine.scripted_run import fetch, finish, make_run, numbered
from tests.pool.virtual_clock import run as on_virtual_clock


def elapsed(web: ScriptedWeb, items: Any, **changes: Any) -> float:
    """How long a run takes on a virtual clock."""

    async def main() -> float:
        await finish(make_run(web, items, **changes))
        return asyncio.get_running_loop().time()

    return on_virtual_clock(main())


def test_a_slow_host_in_a_sorted_list_holds_up_only_itself() -> None:
    """A list sorted by host takes as long as its slowest host alone, give or take a request."""
    slow = numbered("slow", 100)
    rest = [url for n in range(200) for url in numbered(f"h{n}", 10)]
    web = ScriptedWeb({url: [page(after=10)] for url in slow}, page(after=0.5))
    bound = max(100 * 10 / 4, (100 * 10 + 2000 * 0.5) / 100)
    took = elapsed(web, targets(slow + rest), concurrency=100, host_concurrency=4)
    assert took <= bound * 1.05
    assert web.most_by_host["slow"] == 4


def test_all_slots_are_used_when_there_is_work() -> None:
    """With hosts enough the run is as short as the concurrency allows."""
    rows = targets(f"http://h{n}/" for n in range(1000))
    web = ScriptedWeb(default=page(after=1))
    assert elapsed(web, rows, concurrency=50) == 20
    assert web.most == 50


def test_hosts_share_the_slots_fairly() -> None:
    """While a host with much work keeps the engine busy, one with little is done early."""
    rows = targets([*numbered("big", 300), *numbered("small", 3)])
    web = ScriptedWeb(default=page(after=1))
    elapsed(web, rows, concurrency=2, host_concurrency=2, read_ahead=1000)
    small = [sent.began for sent in web.sent if sent.host == "small"]
    assert max(small) <= 3


def test_a_waiting_retry_holds_no_slot() -> None:
    """With one slot in all, other work is done while a URL waits to be tried again."""
    web = ScriptedWeb({"http://a/0": [failing(FailureKind.CONNECT_TIMEOUT)] * 2 + [page()]})
    fetch(web, targets(numbered("a", 5)), concurrency=1, retry_wait=50.0)
    order = [sent.href.rpartition("/")[2] for sent in web.sent]
    assert order == ["0", "1", "2", "3", "4", "0", "0"]


def test_retry_after_holds_the_host_and_no_other() -> None:
    """A 429 with Retry-After keeps everything off that host until then, others go on."""
    web = ScriptedWeb({"http://a/0": [status(429, Retry_After="20"), page()]})
    rows = targets([*numbered("a", 3), *numbered("b", 3)])
    fetch(web, rows, host_concurrency=1)
    assert [(s.href[7:], s.began) for s in web.sent if s.host == "a"] == [
        ("a/0", 0),
        ("a/0", 20),
        ("a/1", 20),
        ("a/2", 20),
    ]
    assert all(sent.began == 0 for sent in web.sent if sent.host == "b")


def test_retry_after_is_capped() -> None:
    """A host that asks to come back next week is asked again when the cap is over."""
    web = ScriptedWeb({"http://a/": [status(503, Retry_After="600000"), page()]})
    assert elapsed(web, targets(["http://a/"]), retry_max_wait=30.0) == 30


def test_redirects_go_under_the_limits_of_the_host_they_lead_to() -> None:
    """A hundred redirects to one host are followed there as many at once as it may have."""
    rows = targets(f"http://h{n}/" for n in range(100))
    moved = {row.url: [redirect(f"http://hub/{row.index}")] for row in rows}
    web = ScriptedWeb(moved, page(after=1))
    fetch(web, rows, host_concurrency=3)
    assert web.most_by_host["hub"] == 3


def test_a_host_interval_spaces_redirects_too() -> None:
    """Every request to a host keeps the interval, a redirect within the host as well."""
    web = ScriptedWeb({"http://a/0": [redirect("/x")]})
    fetch(web, targets(numbered("a", 3)), host_interval=2.0)
    assert [(sent.href, sent.began) for sent in web.sent] == [
        ("http://a/0", 0),
        ("http://a/x", 2),
        ("http://a/1", 4),
        ("http://a/2", 6),
    ]


def test_the_rate_holds_for_everything_that_is_sent() -> None:
    """Redirects and retries count like first requests."""
    web = ScriptedWeb({"http://h0/": [redirect("/x")], "http://h1/": [status(500), page()]})
    rows = targets(f"http://h{n}/" for n in range(8))
    fetch(web, rows, rate_limit=2.0, retry_wait=0.01)
    starts = [sent.began for sent in web.sent]
    assert len(starts) == 10
    assert all(after - before >= 0.5 for before, after in itertools.pairwise(starts))


def test_the_transport_knows_what_waits_for_a_host() -> None:
    """A connection is worth keeping while its host has work, and no longer."""
    seen: list[int] = []

    class Asking(ScriptedWeb):
        async def send(self, request: Any) -> Any:
            exchange = await super().send(request)
            seen.append(self.waiting(request.url))
            return exchange

    fetch(Asking(default=page(after=1)), targets(numbered("a", 4)), host_concurrency=1)
    assert seen == [3, 2, 1, 0]


def test_robots_txt_is_asked_once_before_anything_else() -> None:
    """With --robots the rules come first, the pages wait for them and keep their crawl delay."""

    class WithRobots(ScriptedWeb):
        async def send(self, request: Any) -> Any:
            exchange = await super().send(request)
            if request.url.href.endswith("/robots.txt"):
                reader = request.open_reader(200, "text/plain")
                reader.feed(b"User-agent: *\nDisallow: /private\nCrawl-delay: 3")
            return exchange

    web = WithRobots(default=page(after=1))
    rows = targets([*numbered("a", 3), "http://a/private"])
    results = fetch(web, rows, robots=True)
    kinds = [result.outcome.failure and result.outcome.failure.kind for result in results]
    assert kinds == [None, None, None, FailureKind.ROBOTS_DENIED]
    assert [(sent.href, sent.began) for sent in web.sent] == [
        ("http://a/robots.txt", 0),
        ("http://a/0", 1),
        ("http://a/1", 4),
        ("http://a/2", 7),
    ]


def test_robots_txt_is_under_the_rule_for_private_addresses_too() -> None:
    """After a redirect from a public address, not even a private host's robots.txt is asked for."""
    rules: dict[str, bool] = {}

    class Noting(ScriptedWeb):
        async def send(self, request: Any) -> Any:
            rules[request.url.href] = request.public_only
            return await super().send(request)

    moved = Exchange(status=302, headers={"Location": "http://inner/"}, ip="93.184.216.34")
    gone = {f"http://{host}/robots.txt": [status(404)] for host in ("outer", "inner")}
    fetch(
        Noting({"http://outer/": [Reply(moved)], **gone}), targets(["http://outer/"]), robots=True
    )
    assert rules == {
        "http://outer/robots.txt": False,
        "http://outer/": False,
        "http://inner/robots.txt": True,
        "http://inner/": True,
    }
