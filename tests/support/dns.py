"""A DNS server on loopback, over UDP and TCP, that says what a test wants (RFC 1035)."""

import asyncio
import contextlib
import ipaddress
import struct
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from types import TracebackType
from typing import Self

TYPE_A, TYPE_AAAA, CLASS_IN = 1, 28, 1
TYPE_NAMES = {TYPE_A: "A", TYPE_AAAA: "AAAA"}
RESPONSE, AUTHORITATIVE, TRUNCATED, RECURSION = 0x8000, 0x0400, 0x0200, 0x0180


class Code(IntEnum):
    """The RCODE of a reply (RFC 1035, 4.1.1)."""

    NOERROR = 0
    SERVFAIL = 2
    NXDOMAIN = 3
    REFUSED = 5


class Transport(StrEnum):
    """How a query came in."""

    UDP = "udp"
    TCP = "tcp"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a name gets: its addresses, and a code when it has none.

    No addresses with NOERROR is NODATA. ttl: seconds. silent: never answered. delay: seconds
    before the answer. truncated: the UDP reply says only "ask over TCP".
    """

    addresses: tuple[str, ...] = ()
    code: Code = Code.NOERROR
    ttl: int = 60
    silent: bool = False
    delay: float = 0.0
    truncated: bool = False


NODATA = Answer()
NXDOMAIN = Answer(code=Code.NXDOMAIN)
SERVFAIL = Answer(code=Code.SERVFAIL)
REFUSED = Answer(code=Code.REFUSED)
SILENT = Answer(silent=True)
LOOPBACK = Answer(("127.0.0.1",))


@dataclass(frozen=True, slots=True)
class Query:
    """One question; name is lower case without the final dot, type is `A`, `AAAA` or a number."""

    name: str
    type: str
    transport: Transport


@dataclass(slots=True)
class DnsServer:
    """Answers from a zone, on the same free port for UDP and TCP.

    zone: name to answer; `*.example.test` stands for all names below example.test, `*` for all
    names. default: for every other name. queries: what was asked, in order.
    """

    zone: Mapping[str, Answer] = field(default_factory=dict)
    default: Answer = NXDOMAIN
    host: str = "127.0.0.1"
    port: int = 0
    queries: list[Query] = field(default_factory=list)
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)
    _udp: asyncio.DatagramTransport | None = None
    _tcp: asyncio.Server | None = None

    @property
    def nameserver(self) -> str:
        """The server as c-ares writes it: `aiodns.DNSResolver(nameservers=[…])`."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def count(self, name: str, kind: str = "A") -> int:
        """Return how often one type of a name was asked for."""
        return Counter((query.name, query.type) for query in self.queries)[name, kind]

    async def __aenter__(self) -> Self:
        """Start to listen."""
        self._tcp = await asyncio.start_server(self._accept, self.host, self.port)
        self.port = self._tcp.sockets[0].getsockname()[1]
        self._udp, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: _Datagrams(self), local_addr=(self.host, self.port)
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop; questions that wait for their answer get none."""
        assert self._tcp is not None
        assert self._udp is not None
        self._tcp.close()
        self._udp.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._tcp.wait_closed()

    def _answer_to(self, name: str) -> Answer:
        labels = name.split(".")
        wildcards = [".".join(["*", *labels[cut:]]) for cut in range(1, len(labels) + 1)]
        for key in (name, *wildcards):
            if key in self.zone:
                return self.zone[key]
        return self.default

    async def _reply(self, message: bytes, transport: Transport) -> bytes | None:
        name, kind = _question(message)
        self.queries.append(Query(name, TYPE_NAMES.get(kind, str(kind)), transport))
        answer = self._answer_to(name)
        await asyncio.sleep(answer.delay)
        if answer.silent:
            return None
        return encode(message, answer, cut=answer.truncated and transport is Transport.UDP)

    def _spawn(self, work: "asyncio.Task[None]") -> None:
        self._tasks.add(work)
        work.add_done_callback(self._tasks.discard)

    def received(self, message: bytes, peer: tuple[str, int]) -> None:
        """Answer one datagram."""
        self._spawn(asyncio.get_running_loop().create_task(self._answer_datagram(message, peer)))

    async def _answer_datagram(self, message: bytes, peer: tuple[str, int]) -> None:
        reply = await self._reply(message, Transport.UDP)
        if reply is not None and self._udp is not None and not self._udp.is_closing():
            self._udp.sendto(reply, peer)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._spawn(asyncio.get_running_loop().create_task(self._answer_stream(reader, writer)))

    async def _answer_stream(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                while True:
                    (length,) = struct.unpack("!H", await reader.readexactly(2))
                    reply = await self._reply(await reader.readexactly(length), Transport.TCP)
                    if reply is not None:
                        writer.write(struct.pack("!H", len(reply)) + reply)
                        await writer.drain()
        finally:
            writer.transport.abort()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, server: DnsServer) -> None:
        self.server = server

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.server.received(data, addr)


def encode(query: bytes, answer: Answer, cut: bool = False) -> bytes:
    """Return the reply message to a query message (RFC 1035, 4.1); EDNS is left out."""
    name, kind = _question(query)
    records = [] if cut else [_record(text, answer.ttl) for text in _of_kind(answer, kind)]
    flags = RESPONSE | AUTHORITATIVE | RECURSION | answer.code | (TRUNCATED if cut else 0)
    header = query[:2] + struct.pack("!5H", flags, 1, len(records), 0, 0)
    question = query[12 : 12 + len(name) + 2 + 4] if name else query[12:17]
    return header + question + b"".join(records)


def _of_kind(answer: Answer, kind: int) -> list[str]:
    version = {TYPE_A: 4, TYPE_AAAA: 6}.get(kind)
    return [text for text in answer.addresses if ipaddress.ip_address(text).version == version]


def _record(text: str, ttl: int) -> bytes:
    address = ipaddress.ip_address(text)
    kind = TYPE_A if address.version == 4 else TYPE_AAAA
    # 0xC00C points back to the name in the question (RFC 1035, 4.1.4).
    fields = struct.pack("!HHHIH", 0xC00C, kind, CLASS_IN, ttl, len(address.packed))
    return fields + address.packed


def _question(message: bytes) -> tuple[str, int]:
    """Read the name and the type of a message's only question."""
    labels, at = [], 12
    while length := message[at]:
        labels.append(message[at + 1 : at + 1 + length].decode("latin-1").lower())
        at += 1 + length
    (kind,) = struct.unpack_from("!H", message, at + 1)
    return ".".join(labels), kind
