"""The part of the hosts of `check_peers.py` that nginx cannot be: pauses, and broken answers.

    python check_server.py COUNT FOLDER

COUNT: how many hosts the list has. FOLDER: has the certificate, and gets the socket at which nginx
asks for pages. The first line of output is JSON: `ports`, by fault, of what answers itself, and
two that know no name at all: `name_server`, and `doh_port`, where one is asked over HTTPS.
"""

import asyncio
import json
import socket
import ssl
import struct
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from check_faults import Fault, Host, plan
from check_replies import BROKEN, NO_SUCH_NAME, REPLIES, WELL, to_head

from tests.support.dns import DnsServer

SOCKET = "pages.sock"

UNTIL_END = 0.5
"""Seconds from a broken reply to its end: a reset discards what its receiver has not read yet."""


class Pages(asyncio.Protocol):
    """One connection of nginx's: each request is answered after the pause of its host."""

    def __init__(self, hosts: dict[bytes, Host]) -> None:
        self.hosts = hosts
        self.received = b""
        self.transport = asyncio.Transport()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data
        while b"\r\n\r\n" in self.received:
            head, _, self.received = self.received.partition(b"\r\n\r\n")
            name = head.partition(b"\r\nHost: ")[2].partition(b"\r\n")[0]
            host = self.hosts[name]
            if host.fault is not Fault.SILENT:
                path = head.split(b" ", 2)[1].decode("ascii")
                reply = REPLIES.get((host.fault, path), WELL)
                reply = to_head(reply) if head.startswith(b"HEAD ") else reply
                asyncio.get_running_loop().call_later(host.pause / 1000, self.answer, reply)

    def answer(self, reply: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(reply)


class Broken(asyncio.Protocol):
    """One connection with one reply, whatever is asked; then it ends, in order or by a reset."""

    def __init__(self, reply: bytes, *, reset: bool = False) -> None:
        self.reply = reply
        self.reset = reset
        self.received = b""
        self.transport = asyncio.Transport()
        self.ending: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data
        if self.ending is None and b"\r\n\r\n" in self.received:
            head = self.received.startswith(b"HEAD ")
            self.transport.write(to_head(self.reply) if head else self.reply)
            self.ending = asyncio.get_running_loop().call_later(UNTIL_END, self.end)

    def connection_lost(self, error: Exception | None) -> None:
        if self.ending is not None:
            self.ending.cancel()

    def end(self) -> None:
        if self.reset:
            sock = self.transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.transport.abort()
        else:
            self.transport.close()


async def main(count: int, folder: Path) -> None:
    """Serve until killed."""
    hosts = {host.name.encode(): host for host in plan(count)}
    loop = asyncio.get_running_loop()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "good.pem")

    async def listen(protocol: Callable[[], asyncio.Protocol]) -> int:
        server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=context)
        return int(server.sockets[0].getsockname()[1])

    ports = {
        fault: await listen(partial(Broken, reply, reset=fault is Fault.RESET))
        for fault, reply in BROKEN.items()
    }
    doh_port = await listen(partial(Broken, NO_SUCH_NAME))
    pages = await loop.create_unix_server(lambda: Pages(hosts), folder / SOCKET, backlog=4096)
    with socket.socket() as deserted:
        # A port that is taken and not listened at refuses, and no one else gets it meanwhile.
        deserted.bind(("127.0.0.1", 0))
        ports[Fault.REFUSED] = deserted.getsockname()[1]
        async with DnsServer() as names:
            known = {"ports": ports, "name_server": names.nameserver, "doh_port": doh_port}
            print(json.dumps(known), flush=True)
            await pages.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
