"""What of an inquiry reaches the transport, and what of all answers reaches the result."""

from dataclasses import dataclass, field

import pytest

from fetcher.engine.run import Run
from fetcher.failures import FailureKind
from fetcher.model import Certificate, Hop, Result, TlsFacts
from fetcher.settings import Settings
from fetcher.transport.base import Exchange, Inquiry, Method, Request
from tests.engine.scripted import Reply, ScriptedWeb, failing, page, redirect, status, targets
from tests.engine.scripted_run import finish
from tests.pool.virtual_clock import run as on_virtual_clock

CERTIFICATE = Certificate("a", "R1", ("a",), 0.0, 1.0)


@dataclass(slots=True)
class NotedWeb(ScriptedWeb):
    """A scripted web that notes whole requests."""

    requests: list[Request] = field(default_factory=list)

    async def send(self, request: Request) -> Exchange:
        """Note the request, and answer by the script."""
        self.requests.append(request)
        return await ScriptedWeb.send(self, request)

    @property
    def asked(self) -> list[str]:
        """Method and URL of each request."""
        return [f"{request.method} {request.url.href}" for request in self.requests]


def fetch_one(
    web: ScriptedWeb,
    url: str = "http://a/",
    *,
    method: Method = Method.GET,
    headers: tuple[str, ...] = (),
    tls: bool = False,
) -> Result:
    """The only result of a run."""
    inquiry = Inquiry(lambda code, kind: None, method, headers, tls)
    run = Run(targets([url]), lambda target: inquiry, Settings(), make_transport=web.make)
    [result] = on_virtual_clock(finish(run))
    return result


@pytest.mark.parametrize("tls", [False, True])
def test_the_question_for_tls_is_passed_on(tls: bool) -> None:
    """For each request of a visit; what was found comes with the outcome."""
    facts = TlsFacts("1.3", CERTIFICATE)
    web = NotedWeb(
        {
            "http://a/": [redirect("https://a/")],
            "https://a/": [Reply(Exchange(status=200, tls=facts))],
        }
    )
    result = fetch_one(web, tls=tls)
    assert [request.tls for request in web.requests] == [tls, tls]
    assert result.outcome.tls == facts


def test_a_refused_certificate_comes_with_its_failure() -> None:
    """The row of a certificate that was not trusted can say which it was."""
    refused = failing(FailureKind.TLS_EXPIRED).what
    assert isinstance(refused, Exchange)
    shown = Exchange(refused.failure, tls=TlsFacts("", CERTIFICATE))
    outcome = fetch_one(ScriptedWeb({"https://a/": [Reply(shown)]}), "https://a/").outcome
    assert outcome.failure is not None
    assert outcome.tls == TlsFacts("", CERTIFICATE)


def test_what_came_before_the_last_try_is_told() -> None:
    """A status or a kind of failure for each try, in their order."""
    web = NotedWeb({"http://a/": [status(503), failing(FailureKind.CONNECTION_RESET), page()]})
    outcome = fetch_one(web).outcome
    assert outcome.ok
    assert (outcome.attempts, outcome.earlier) == (3, ("503", "connection_reset"))


def test_what_came_before_a_failure_or_a_defect_is_told_as_well() -> None:
    """However it ends."""
    ends = [failing(FailureKind.TLS_EXPIRED), Reply(RuntimeError("a bug")), status(404)]
    for end in ends:
        outcome = fetch_one(NotedWeb({"http://a/": [status(500), end]})).outcome
        assert (outcome.attempts, outcome.earlier) == (2, ("500",))


@pytest.mark.parametrize(
    ("method", "asked"),
    [
        (Method.GET, ["GET http://a/", "GET http://a/b", "GET http://a/"]),
        (Method.HEAD, ["HEAD http://a/", "HEAD http://a/b", "HEAD http://a/"]),
        (Method.HEAD_THEN_GET, ["HEAD http://a/", "HEAD http://a/b", "GET http://a/b"]),
    ],
)
def test_each_method_asks_in_its_way(method: Method, asked: list[str]) -> None:
    """Redirects keep it; only the one that may change it does, where an error comes."""
    web = NotedWeb({"http://a/": [redirect("/b")], "http://a/b": [status(503), page(after=2.0)]})
    result = fetch_one(web, method=method)
    assert web.asked[:3] == asked
    assert result.outcome.ok
    assert result.outcome.hops == (Hop("http://a/", 302),)


def test_the_time_of_a_refused_head_is_not_the_pages() -> None:
    """Nor is it a try: the page is as quick as its GET, with the redirects before it."""
    moved = Exchange(status=302, headers={"Location": "/b"}, elapsed=1.0)
    forgotten = failing(FailureKind.READ_TIMEOUT, after=30.0)
    web = NotedWeb({"http://a/": [Reply(moved)], "http://a/b": [forgotten, page(after=2.0)]})
    outcome = fetch_one(web, method=Method.HEAD_THEN_GET).outcome
    assert (outcome.elapsed, outcome.attempts, outcome.earlier) == (3.0, 1, ())


def test_a_try_after_a_refused_head_begins_with_head_again() -> None:
    """GET failed in a way that passes: the next attempt knows nothing of this one."""
    web = NotedWeb({"http://a/": [status(405), status(503), page()]})
    outcome = fetch_one(web, method=Method.HEAD_THEN_GET).outcome
    assert web.asked == ["HEAD http://a/", "GET http://a/", "HEAD http://a/"]
    assert (outcome.attempts, outcome.earlier) == (2, ("503",))


def test_of_the_headers_only_those_are_kept_that_are_wanted() -> None:
    """Of the last answer, whatever the case of their names."""
    wanted = ("x-b", "server", "x-absent")
    web = ScriptedWeb(
        {
            "http://a/": [Reply(Exchange(status=302, headers={"Location": "/b", "X-B": "no"}))],
            "http://a/b": [status(200, X_b="yes", Server="s", Via="v")],
        }
    )
    for headers, kept in ((wanted, {"x-b": "yes", "server": "s"}), ((), {})):
        response = fetch_one(web, headers=headers).outcome.response
        assert response is not None
        assert response.headers == kept
