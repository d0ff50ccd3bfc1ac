"""A TCP server that replies with scripted bytes: whatever a web framework would not send."""

import asyncio
import contextlib
import socket
import ssl
import struct
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import TracebackType
from typing import Self


class End(StrEnum):
    """What happens to a connection once its script has been sent."""

    CLOSE = "close"
    """An orderly FIN."""
    RESET = "reset"
    """An RST (SO_LINGER with zero seconds)."""
    HALF_CLOSE = "half_close"
    """A FIN of the sending side only; the server goes on reading until the client closes."""
    SILENT = "silent"
    """Nothing more is ever sent, and the connection stays open."""
    KEEP = "keep"
    """The next request on this connection gets the next script, as with HTTP keep-alive."""


@dataclass(frozen=True, slots=True)
class Script:
    """What one request gets.

    parts: bytes are sent as they are, a number is a pause in seconds. end: see `End`.
    read_request: False starts to send at once, without waiting for a request.
    """

    parts: tuple[bytes | float, ...] = ()
    end: End = End.CLOSE
    read_request: bool = True


@dataclass(frozen=True, slots=True)
class RawRequest:
    """One request as it came in; path is the request target, header names are lower case.

    connection: number of the connection it came on, from 0.
    """

    method: str
    path: str
    headers: dict[str, str]
    head: bytes
    connection: int


Scripts = Script | Sequence[Script]


def response(
    body: bytes = b"",
    status: int = 200,
    headers: Sequence[tuple[str, str]] = (("Content-Type", "text/html"),),
    content_length: int | None = None,
) -> bytes:
    """Build a complete HTTP/1.1 reply; content_length may lie."""
    length = len(body) if content_length is None else content_length
    lines = [f"HTTP/1.1 {status} Scripted", *(f"{name}: {value}" for name, value in headers)]
    lines.append(f"Content-Length: {length}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


OK = Script((response(b"<title>ok</title>"),))


@dataclass(slots=True)
class RawServer:
    """Serves scripts, by request target, on a free port of a loopback address.

    scripts: request target to its script; of a sequence each request takes the next, and the last
    one is repeated. default: for every other target. ssl_context: speaks TLS when given.
    pretends_tls: its URLs say https although it speaks none. requests: what came in, in order.
    connections: how many were accepted; a TLS handshake that fails is not counted, because
    asyncio reports only finished ones.
    """

    scripts: Mapping[str, Scripts] = field(default_factory=dict)
    default: Scripts = OK
    host: str = "127.0.0.1"
    ssl_context: ssl.SSLContext | None = None
    pretends_tls: bool = False
    port: int = 0
    requests: list[RawRequest] = field(default_factory=list)
    connections: int = 0
    _served: Counter[str] = field(default_factory=Counter)
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _server: asyncio.Server | None = None

    def url(self, path: str = "/", host: str = "") -> str:
        """Return the URL of a path; host replaces the address the server listens at."""
        scheme = "https" if self.ssl_context or self.pretends_tls else "http"
        name = host or (f"[{self.host}]" if ":" in self.host else self.host)
        return f"{scheme}://{name}:{self.port}{path}"

    def open_connections(self) -> int:
        """Count the connections that neither side has ended."""
        return len(self._writers)

    async def __aenter__(self) -> Self:
        """Start to listen."""
        self._server = await asyncio.start_server(
            self._accept, self.host, self.port, ssl=self.ssl_context, backlog=1024
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop listening and drop every connection."""
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number, self.connections = self.connections, self.connections + 1
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer, number))
        self._writers.add(writer)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _: self._writers.discard(writer))

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> None:
        # The client may leave at any time; that is its right and no error of the test.
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while await self._serve_one(reader, writer, number):
                pass
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    async def _serve_one(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> bool:
        """Serve one request; false when the connection is at its end."""
        script = _pick(self.default, 0)
        if script.read_request:
            request = await _read_request(reader, number)
            self.requests.append(request)
            scripts = self.scripts.get(request.path, self.default)
            script = _pick(scripts, self._served[request.path])
            self._served[request.path] += 1
        for part in script.parts:
            if isinstance(part, bytes):
                writer.write(part)
                await writer.drain()
            else:
                await asyncio.sleep(part)
        if script.end is End.KEEP:
            return True
        await _end(script.end, reader, writer)
        return False


def _pick(scripts: Scripts, turn: int) -> Script:
    if isinstance(scripts, Script):
        return scripts
    return scripts[min(turn, len(scripts) - 1)]


async def _read_request(reader: asyncio.StreamReader, number: int) -> RawRequest:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    method, path, _ = first.split(" ", 2)
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    return RawRequest(method, path, headers, head, number)


async def _end(end: End, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    if end is End.RESET:
        reset(writer)
    elif end is End.HALF_CLOSE:
        if writer.can_write_eof():
            writer.write_eof()
        await reader.read()
    elif end is End.SILENT:
        while await reader.read(65536):
            pass


def reset(writer: asyncio.StreamWriter) -> None:
    """Drop a connection with an RST instead of a FIN."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
