"""The webhook against real receivers: what they get, and what their answers mean."""

import asyncio
import hashlib
import hmac
import json
import logging
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from aiohttp import web

from fetcher.notify.channel import Notice, Refused, read_options
from fetcher.notify.webhook import Webhook, WebhookOptions
from tests.notify.receiving import DOWN, UP, Received, Receiver, receiver, status
from tests.support.raw import End, RawServer, Script, response
from tests.support.tls import Authority, TlsFault

NOW = datetime(2026, 11, 1, 12, 0, 0, tzinfo=UTC)


def hook(url: str, **options: object) -> Webhook:
    """A webhook on a stopped clock."""
    read = read_options(WebhookOptions, {"url": url, **options})
    return Webhook("hook", read, NOW.timestamp)


async def sent(notice: Notice = DOWN, **options: object) -> Received:
    """What the receiver gets of a notice."""
    async with receiver() as it:
        assert await hook(it.url + "/in?key=1", **options).send(notice) is None
    (request,) = it.received
    return request


async def refused(url: str, **options: object) -> Refused:
    """Why a notice did not arrive."""
    answer = await hook(url, **options).send(DOWN)
    assert answer is not None
    return answer


async def test_the_receiver_gets_all_of_a_notice() -> None:
    """As JSON, with an id that is the same when it is sent again."""
    request = await sent()
    assert (request.method, request.path) == ("POST", "/in?key=1")
    assert request.headers["content-type"] == "application/json"
    assert request.headers["idempotency-key"] == "i1-down-hook"
    assert request.headers["user-agent"].startswith("fetcher/")
    assert "x-fetcher-signature" not in request.headers
    assert json.loads(request.body) == {
        "id": DOWN.id,
        "kind": "down",
        "subject": DOWN.subject,
        "text": DOWN.text,
        "good": False,
        "data": {"incident": "i1", "urls": ["https://example.org/"]},
    }


async def test_method_and_headers_are_the_users() -> None:
    """Whatever they are called, in place of ours where there is one."""
    headers = {"Authorization": "Bearer x", "content-type": "application/vnd.chat+json"}
    request = await sent(method="put", headers=headers)
    assert request.method == "PUT"
    assert request.headers["authorization"] == "Bearer x"
    assert request.headers["content-type"] == "application/vnd.chat+json"


async def test_an_id_of_any_characters_fits_into_a_header() -> None:
    """What a header cannot hold is percent-encoded."""
    request = await sent(Notice("é\r\nX: 1", "test", "s", "t"))
    assert request.headers["idempotency-key"] == "%C3%A9%0D%0AX: 1"


async def test_a_template_gives_the_receiver_its_own_form() -> None:
    """Texts are escaped: quotes and line ends in them break nothing."""
    template = """{"chat": "$subject", "lines": "** $text **", "ok": $good, "all": $data}"""
    request = await sent(template=template)
    assert json.loads(request.body) == {
        "chat": DOWN.subject,
        "lines": f"** {DOWN.text} **",
        "ok": False,
        "all": DOWN.data,
    }


async def test_the_signature_is_that_of_the_body() -> None:
    """HMAC-SHA256 with the secret, over the very bytes that are sent."""
    request = await sent(UP, secret="häuschen")
    expected = hmac.new("häuschen".encode(), request.body, hashlib.sha256).hexdigest()
    assert request.headers["x-fetcher-signature"] == f"sha256={expected}"


@pytest.mark.parametrize("code", [200, 201, 202, 204, 299])
async def test_any_success_means_that_it_arrived(code: int) -> None:
    """All of 2xx."""
    async with receiver(status(code)) as it:
        assert await hook(it.url).send(DOWN) is None


@pytest.mark.parametrize("code", [304, 400, 401, 404, 410, 500, 502])
async def test_any_other_status_is_said_with_the_first_words(code: int) -> None:
    """In one line."""
    async with receiver(status(code, "no\r\n\tsuch\x1b[31m room" if code != 304 else "")) as it:
        answer = await refused(it.url)
    assert answer.error == f"status {code}" + (": no such[31m room" if code != 304 else "")
    assert answer.retry_after is None


@pytest.mark.parametrize("code", [429, 503])
@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(NOW - timedelta(seconds=90), usegmt=True), 0.0),
        ("soon", None),
    ],
)
async def test_the_receiver_can_ask_for_time(code: int, value: str, seconds: float | None) -> None:
    """In seconds or as a date (RFC 9110, section 10.2.3)."""
    async with receiver(status(code, Retry_After=value)) as it:
        assert (await refused(it.url)).retry_after == seconds


async def test_only_429_and_503_ask_for_time() -> None:
    """On others it means something else."""
    async with receiver(status(500, Retry_After="5")) as it:
        assert (await refused(it.url)).retry_after is None


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed_but_said(code: int) -> None:
    """Where it leads, without a query that may hold secrets."""
    async with receiver(status(code, Location="https://other.example/in?token=7")) as it:
        answer = await refused(it.url)
    assert len(it.received) == 1
    assert "redirects to https://other.example/in," in answer.error
    assert "token" not in answer.error


async def test_a_huge_answer_is_read_no_further_than_its_beginning() -> None:
    """It may be endless, and is not waited for."""
    stopped = asyncio.Event()

    async def endless(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(status=500)
        await answer.prepare(request)
        try:
            while True:
                await answer.write(b"no " * 20_000)
        finally:
            stopped.set()

    async with receiver(endless) as it:
        answer = await refused(it.url, timeout="1h")
        await stopped.wait()
    assert answer.error.startswith("status 500: no no no")
    assert len(answer.error) < 300


async def test_an_answer_that_breaks_off_still_has_its_status() -> None:
    """What is known by then counts."""
    reply = response(b"gone", 410, content_length=99)
    async with RawServer(default=Script((reply,))) as server:
        assert (await refused(server.url())).error == "status 410: gone"


async def test_an_encoded_answer_is_not_shown() -> None:
    """Its bytes say nothing, and decoding them could take any amount of memory."""
    headers = (("Content-Encoding", "gzip"),)
    reply = response(b"\x1f\x8b\x08\x00garbage", 500, headers)
    async with RawServer(default=Script((reply,))) as server:
        assert (await refused(server.url())).error == "status 500"


async def test_a_receiver_that_says_nothing_is_not_waited_for() -> None:
    """Longer than the time limit."""
    async with RawServer(default=Script((), End.SILENT)) as server:
        assert (await refused(server.url(), timeout="200ms")).error == "no response within 200ms"


async def test_the_time_limit_holds_for_all_of_it() -> None:
    """However little comes at a time: this one would take ten seconds for its answer."""
    drips = tuple([b"x", 0.05] * 200)
    reply = (b"HTTP/1.1 500 X\r\nContent-Length: 200\r\n\r\n", *drips)
    async with RawServer(default=Script(reply)) as server:
        answer = await refused(server.url(), timeout="500ms")
    assert answer.error.count("x") < 200


@pytest.mark.parametrize("end", [End.CLOSE, End.RESET])
async def test_a_connection_that_breaks_is_a_refusal(end: End) -> None:
    """Nothing raises."""
    async with RawServer(default=Script((), end)) as server:
        assert "connection" in (await refused(server.url())).error


async def test_an_answer_that_is_not_http_is_a_refusal() -> None:
    """A mail server, for example."""
    async with RawServer(default=Script((b"220 mail.example.org ESMTP\r\n",))) as server:
        assert "not valid HTTP" in (await refused(server.url())).error


async def test_a_port_where_nobody_listens_is_a_refusal() -> None:
    """In the system's words, with host and port."""
    async with RawServer() as server:
        url = server.url()
    answer = await refused(url)
    assert answer.error == f"127.0.0.1:{server.port}: connection refused"


async def test_a_name_that_cannot_be_looked_up_is_a_refusal() -> None:
    """Even one that DNS cannot have."""
    answer = await refused(f"http://{'x' * 70}.test/secret", timeout="5s")
    assert answer.error
    assert "secret" not in answer.error


async def test_the_certificate_is_verified(tmp_path: Path) -> None:
    """By the file that the user names, and not at all only where the user says so."""
    authority = Authority.create(tmp_path)
    async with receiver(tls=authority.server_context()) as it:
        answer = await refused(it.url)
        assert "certificate is not valid" in answer.error
        assert await hook(it.url, cacert=str(authority.ca_file)).send(DOWN) is None
        assert await hook(it.url, insecure=True).send(DOWN) is None
    assert len(it.received) == 2


async def test_a_certificate_for_others_is_refused(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A trusted one, of another host."""
    authority = Authority.create(tmp_path)
    caplog.set_level(logging.CRITICAL)
    async with receiver(tls=authority.server_context(TlsFault.WRONG_HOST)) as it:
        answer = await refused(it.url, cacert=str(authority.ca_file))
    assert "certificate is not valid" in answer.error
    assert not it.received


async def test_clear_text_where_tls_should_be_is_a_refusal() -> None:
    """It says what is wrong with TLS."""
    async with receiver() as it:
        answer = await refused(it.url.replace("http:", "https:"))
    assert "TLS failed" in answer.error


async def test_one_webhook_sends_many() -> None:
    """One after the other, and closing it takes nothing."""
    it: Receiver
    async with receiver() as it:
        channel = hook(it.url)
        for notice in (DOWN, UP):
            assert await channel.send(notice) is None
        await channel.aclose()
    assert [json.loads(request.body)["kind"] for request in it.received] == ["down", "up"]
