"""The least that a concurrent title fetcher on aiohttp can be: a worker loop.

No retries, no limits by host, no failure kinds, nothing bounded; an error ends the run.
"""

import argparse
import asyncio
import csv
import ssl
from collections.abc import Iterator
from socket import AF_INET
from typing import TYPE_CHECKING

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from selectolax.lexbor import LexborHTMLParser

if TYPE_CHECKING:
    from _csv import Writer


class OneAddress(AbstractResolver):
    """Resolves every name to one address."""

    def __init__(self, address: str) -> None:
        self.address = address

    async def resolve(self, host: str, port: int = 0, family: int = AF_INET) -> list[ResolveResult]:
        found = ResolveResult(
            hostname=host, host=self.address, port=port, family=AF_INET, proto=0, flags=0
        )
        return [found]

    async def close(self) -> None:
        pass


def title(body: bytes) -> str:
    node = LexborHTMLParser(body).css_first("title")
    return node.text() if node is not None else ""


async def worker(urls: Iterator[str], session: aiohttp.ClientSession, out: "Writer") -> None:
    for url in urls:
        async with session.get(url) as response:
            body = await response.read()
        out.writerow([url, response.status, title(body)])


async def fetch_all(urls: Iterator[str], out: "Writer", options: argparse.Namespace) -> None:
    connector = aiohttp.TCPConnector(
        limit=options.concurrency,
        limit_per_host=options.host_concurrency,
        resolver=OneAddress(options.address) if options.address else None,
        ssl=ssl.create_default_context(cafile=options.cacert) if options.cacert else True,
        force_close=options.force_close,
    )
    async with aiohttp.ClientSession(connector=connector) as session:
        await asyncio.gather(*(worker(urls, session, out) for _ in range(options.concurrency)))


def main(options: argparse.Namespace) -> None:
    with open(options.list) as lines, open(options.out, "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["url", "status", "title"])
        asyncio.run(fetch_all((line.strip() for line in lines), out, options))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("list")
    parser.add_argument("out")
    parser.add_argument("-c", "--concurrency", type=int, default=100)
    parser.add_argument("--host-concurrency", type=int, default=0, help="0: no limit")
    parser.add_argument("--address", help="every host name is at this address")
    parser.add_argument("--cacert")
    parser.add_argument("--force-close", action="store_true", help="keep no connection")
    main(parser.parse_args())
