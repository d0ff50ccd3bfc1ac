"""A small HTTP proxy: absolute-form requests and CONNECT (RFC 9112, 3.2.2 and 3.2.3)."""

import asyncio
import base64
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from tests.support.raw import response


@dataclass(frozen=True, slots=True)
class ProxyRequest:
    """One request as the proxy got it; target is a URL, or `host:port` with CONNECT."""

    method: str
    target: str
    headers: dict[str, str]


@dataclass(slots=True)
class Proxy:
    """Forwards each request to where it wants to go.

    credentials: `user:password` that every request must carry (else 407). refuses: a status that
    every request gets instead of being forwarded, for example 403. hosts: host name to address,
    so that names need no resolver. A host that cannot be reached gives 502.
    """

    credentials: str = ""
    refuses: int = 0
    hosts: Mapping[str, str] = field(default_factory=dict)
    port: int = 0
    requests: list[ProxyRequest] = field(default_factory=list)
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)
    _server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """The URL for `--proxy`, without credentials."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def url_with_credentials(self) -> str:
        """The URL with the credentials that the proxy asks for."""
        return f"http://{self.credentials}@127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        """Start to listen."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop, and cut what is being forwarded."""
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            # Whoever leaves early, client or server, is no error of the test.
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await self._serve_one(reader, writer)
                await _finish(writer)
        finally:
            writer.transport.abort()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request, head = await _read_head(reader)
        self.requests.append(request)
        if status := self._refusal(request):
            challenge = (("Proxy-Authenticate", 'Basic realm="test"'), ("Connection", "close"))
            writer.write(response(b"<title>proxy</title>", status, challenge))
            return
        tunnel = request.method == "CONNECT"
        parts = urlsplit(f"//{request.target}" if tunnel else request.target)
        host = parts.hostname or ""
        try:
            upstream = await asyncio.open_connection(self.hosts.get(host, host), parts.port or 80)
        except OSError:
            writer.write(response(b"<title>bad gateway</title>", 502, (("Connection", "close"),)))
            return
        if tunnel:
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            upstream[1].write(head.replace(_origin(request.target), b"", 1))
        await _relay((reader, writer), upstream)

    def _refusal(self, request: ProxyRequest) -> int:
        if self.refuses:
            return self.refuses
        expected = "Basic " + base64.b64encode(self.credentials.encode()).decode()
        given = request.headers.get("proxy-authorization")
        return 407 if self.credentials and given != expected else 0


Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _relay(client: Stream, upstream: Stream) -> None:
    """Copy both ways until either side has said all."""
    ways = [
        asyncio.ensure_future(_copy(client[0], upstream[1])),
        asyncio.ensure_future(_copy(upstream[0], client[1])),
    ]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        upstream[1].transport.abort()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()


async def _finish(writer: asyncio.StreamWriter) -> None:
    await writer.drain()
    writer.close()
    await writer.wait_closed()


async def _read_head(reader: asyncio.StreamReader) -> tuple[ProxyRequest, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ", 2)
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    return ProxyRequest(method, target, headers), head


def _origin(target: str) -> bytes:
    """Return the part of a URL that the origin server is not told."""
    parts = urlsplit(target)
    return f"{parts.scheme}://{parts.netloc}".encode("latin-1")
