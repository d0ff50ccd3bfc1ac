"""A server whose replies take as long as the name of their host says.

    python slow_server.py TITLE

Its first line of output is the port that it listens at. A page of host `anything-200ms.test`
comes after 200 ms. Connections are kept.
"""

import asyncio
import sys
from html import escape


def reply(title: str) -> bytes:
    """Return a whole response with the title."""
    body = f"<!doctype html><title>{escape(title)}</title>".encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


class SlowHost(asyncio.Protocol):
    """One connection: each request is answered after the pause of its host."""

    def __init__(self, page: bytes) -> None:
        self.page = page
        self.received = b""
        self.transport = asyncio.Transport()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data
        while b"\r\n\r\n" in self.received:
            head, _, self.received = self.received.partition(b"\r\n\r\n")
            host = head.lower().partition(b"\r\nhost: ")[2].partition(b"ms.")[0]
            milliseconds = int(host.rpartition(b"-")[2])
            asyncio.get_running_loop().call_later(milliseconds / 1000, self.answer)

    def answer(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(self.page)


async def main(title: str) -> None:
    """Serve until killed."""
    page = reply(title)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SlowHost(page), "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
