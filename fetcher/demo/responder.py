"""`Responder`: how the demo site responds, by each page's behaviour.

The only module of the demo that needs aiohttp, apart from the server itself, which imports both
when it starts.
"""

import asyncio
import contextlib
import socket
import struct
from collections import Counter
from urllib.parse import urlsplit

from aiohttp import web

from fetcher.demo.page import HTML, Behaviour, DemoPage, document

_LATE_SECONDS = 2.0
_DRIP_SECONDS = 0.1
_DRIP_BYTES = 128


class Responder:
    """Responds with pages, each by its behaviour.

    Args:
        pace: factor for every waiting time; 0 to not wait.
    """

    def __init__(self, pace: float) -> None:
        self._pace = pace
        self._tries: Counter[str] = Counter()

    async def answer(
        self, request: web.Request, page: DemoPage, behaviour: Behaviour
    ) -> web.StreamResponse:
        """Respond to a request for a page."""
        match behaviour:
            case Behaviour.DOWN:
                return _refusal(503, "Closed for repairs")
            case Behaviour.THIRD_TRY:
                if self._nth_try(page) % 3:
                    return _refusal(503, "The match went out")
            case Behaviour.SECOND_TRY:
                if self._nth_try(page) % 2:
                    return _refusal(429, "Please queue", ("Retry-After", "1"))
            case Behaviour.SLOW:
                await asyncio.sleep(_LATE_SECONDS * self._pace)
            case Behaviour.DRIP:
                return await self._drip(request, page)
            case Behaviour.CUT:
                return await _cut(request, page)
            case Behaviour.RESET:
                return _reset(request)
            case Behaviour.PLAIN:
                pass
        return _plain(request, page)

    def not_found(self) -> web.Response:
        """Return the response for an unknown path."""
        return _refusal(404, "No such place in Port Merle")

    def _nth_try(self, page: DemoPage) -> int:
        self._tries[page.path] += 1
        return self._tries[page.path]

    async def _drip(self, request: web.Request, page: DemoPage) -> web.StreamResponse:
        body = _body(request, page)
        response = web.StreamResponse(status=page.status, headers=_headers(request, page))
        response.content_length = len(body)
        # A client that has read enough may leave before the last drop.
        with contextlib.suppress(ConnectionError):
            await response.prepare(request)
            for start in range(0, len(body), _DRIP_BYTES):
                await response.write(body[start : start + _DRIP_BYTES])
                await asyncio.sleep(_DRIP_SECONDS * self._pace)
            await response.write_eof()
        return response


def _plain(request: web.Request, page: DemoPage) -> web.Response:
    return web.Response(
        status=page.status, headers=_headers(request, page), body=_body(request, page)
    )


async def _cut(request: web.Request, page: DemoPage) -> web.StreamResponse:
    """Announce twice as much as is sent, and close the connection."""
    body = _body(request, page)
    response = web.StreamResponse(status=page.status, headers=_headers(request, page))
    response.content_length = 2 * len(body)
    await response.prepare(request)
    with contextlib.suppress(ConnectionError):
        await response.write(body)
    if request.transport is not None:
        request.transport.close()
    return response


def _reset(request: web.Request) -> web.Response:
    """Send RST instead of a response."""
    if request.transport is not None:
        connection = request.transport.get_extra_info("socket")
        # A linger time of zero turns the close into a reset (socket(7), SO_LINGER).
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
    return web.Response()


def _refusal(status: int, title: str, *headers: tuple[str, str]) -> web.Response:
    body = document(f"<h1>{title}</h1>", title=title).encode()
    return web.Response(status=status, headers={"Content-Type": HTML, **dict(headers)}, body=body)


def _headers(request: web.Request, page: DemoPage) -> dict[str, str]:
    other = f"http://{_other_name(request)}"
    headers = {name: value.replace("{OTHER}", other) for name, value in page.headers}
    return {"Content-Type": page.content_type, **headers}


def _body(request: web.Request, page: DemoPage) -> bytes:
    if b"{BASE}" not in page.body:
        return page.body
    return page.body.replace(b"{BASE}", f"http://{request.host}".encode())


def _other_name(request: web.Request) -> str:
    """Return another name of the same host, with the port."""
    asked = urlsplit(f"//{request.host}")
    name = "127.0.0.1" if asked.hostname == "localhost" else "localhost"
    return f"{name}:{asked.port}" if asked.port else name
