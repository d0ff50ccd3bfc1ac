"""The pages of the test site: every kind of answer that a URL in a list may lead to."""

import asyncio
import email.utils
import time
import zlib
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus

from aiohttp import web

BOMB_BYTES = 64 * 1024 * 1024
PARAGRAPH = "<p>There is nothing to see on this page, but it has a length.</p>\n"


@dataclass(slots=True)
class Seen:
    """What the pages remember between requests: hits by path, and the cookies that arrived."""

    hits: Counter[str] = field(default_factory=Counter)
    cookies: list[dict[str, str]] = field(default_factory=list)
    robots: str | None = None


SEEN = web.AppKey("seen", Seen)


def routes() -> list[web.RouteDef]:
    """Return every page of the site; each handler's docstring says what is there."""
    return [
        web.get("/robots.txt", robots),
        web.get("/ok/{name}", ok),
        web.get("/status/{code}", status),
        web.get("/slow/{seconds}", slow),
        web.get("/redirect/{left}", redirect),
        web.get("/redirect-to", redirect_to),
        web.get("/loop", loop),
        web.get("/loop/back", loop),
        web.get("/bomb", bomb),
        web.get("/late/{size}", late),
        web.get("/chunked", chunked),
        web.get("/truncated", truncated),
        web.get("/truncated-chunked", truncated_chunked),
        web.get("/retry-after/{seconds}", retry_after),
        web.get("/flaky/{times}", flaky),
        web.get("/cookie-redirect", cookie_redirect),
        web.get("/cookie-show", cookie_show),
    ]


def html(title: str, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """Return a page that is no more than its title."""
    text = f"<!doctype html><html><head><title>{title}</title></head><body></body></html>"
    return web.Response(text=text, status=status, content_type="text/html", headers=headers)


async def robots(request: web.Request) -> web.Response:
    """/robots.txt: the site's rules, 404 when it has none."""
    rules = request.app[SEEN].robots
    return html("404", 404) if rules is None else web.Response(text=rules)


async def ok(request: web.Request) -> web.Response:
    """/ok/7: "Page 7"."""
    return html(f"Page {request.match_info['name']}")


async def status(request: web.Request) -> web.Response:
    """/status/404: that status, titled with its number and phrase."""
    code = HTTPStatus(int(request.match_info["code"]))
    return html(f"{code.value} {code.phrase}", code)


async def slow(request: web.Request) -> web.Response:
    """/slow/0.2: "Slow", after that many seconds."""
    await asyncio.sleep(float(request.match_info["seconds"]))
    return html("Slow")


async def redirect(request: web.Request) -> web.Response:
    """/redirect/3: three redirects, then "Redirected"."""
    left = int(request.match_info["left"])
    if left == 0:
        return html("Redirected")
    return html("Moved", 302, {"Location": f"/redirect/{left - 1}"})


async def redirect_to(request: web.Request) -> web.Response:
    """/redirect-to?url=…: a redirect to that URL, as it is written there."""
    return html("Moved", 302, {"Location": request.query["url"]})


async def loop(request: web.Request) -> web.Response:
    """/loop: redirects to /loop/back, which redirects to /loop."""
    onward = "/loop" if request.path == "/loop/back" else "/loop/back"
    return html("Loop", 302, {"Location": onward})


async def bomb(request: web.Request) -> web.Response:
    """/bomb: 64 MiB without a title, sent as 64 KiB of gzip."""
    headers = {"Content-Encoding": "gzip", "Content-Type": "text/html"}
    return web.Response(body=_bomb(), headers=headers)


@cache
def _bomb() -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    block = b" " * 1024 * 1024
    packed = [packer.compress(block) for _ in range(BOMB_BYTES // len(block))]
    return b"".join(packed) + packer.flush()


async def late(request: web.Request) -> web.Response:
    """/late/100000: "Late", its title after that many bytes of paragraphs."""
    size = int(request.match_info["size"])
    text = PARAGRAPH * (size // len(PARAGRAPH) + 1)
    return web.Response(text=f"{text[:size]}<title>Late</title>", content_type="text/html")


async def chunked(request: web.Request) -> web.StreamResponse:
    """/chunked: "Chunked", in chunks that cut through the title."""
    response = await _start(request, None)
    for part in (b"<title>Chu", b"nk", b"ed</title>", b"<p>end"):
        await response.write(part)
    await response.write_eof()
    return response


async def truncated(request: web.Request) -> web.StreamResponse:
    """/truncated: announces 10,000 bytes, sends some without a title, and hangs up."""
    return await _cut(request, 10_000)


async def truncated_chunked(request: web.Request) -> web.StreamResponse:
    """/truncated-chunked: hangs up after the first chunk."""
    return await _cut(request, None)


async def _cut(request: web.Request, announced: int | None) -> web.StreamResponse:
    response = await _start(request, announced)
    await response.write(b"<!doctype html><p>This page ends in the mid")
    _hang_up(request)
    return response


async def retry_after(request: web.Request) -> web.Response:
    """/retry-after/1: 429 with that Retry-After on the first request, then "Retried".

    `?status=503` changes the status, `?form=date` writes the time as an HTTP date.
    """
    if request.app[SEEN].hits[request.path_qs] > 1:
        return html("Retried")
    seconds = request.match_info["seconds"]
    if request.query.get("form") == "date":
        seconds = email.utils.formatdate(time.time() + float(seconds), usegmt=True)
    return html("Wait", int(request.query.get("status", "429")), {"Retry-After": seconds})


async def flaky(request: web.Request) -> web.Response:
    """/flaky/2: fails with 503 twice, then "Recovered"; `?how=close` hangs up instead."""
    if request.app[SEEN].hits[request.path_qs] > int(request.match_info["times"]):
        return html("Recovered")
    if request.query.get("how") == "close":
        _hang_up(request)
    return html("Failing", 503)


async def cookie_redirect(request: web.Request) -> web.Response:
    """/cookie-redirect: sets a cookie and redirects to /cookie-show, or to `?to=…`."""
    response = html("Moved", 302, {"Location": request.query.get("to", "/cookie-show")})
    response.set_cookie("secret", "crumb")
    return response


async def cookie_show(request: web.Request) -> web.Response:
    """/cookie-show: the cookies that came along, as the title."""
    request.app[SEEN].cookies.append(dict(request.cookies))
    return html("; ".join(f"{name}={value}" for name, value in request.cookies.items()))


async def _start(request: web.Request, length: int | None) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/html"})
    if length is None:
        response.enable_chunked_encoding()
    else:
        response.content_length = length
    await response.prepare(request)
    return response


def _hang_up(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
