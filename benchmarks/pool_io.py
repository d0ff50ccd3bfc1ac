"""Talking to a server that takes 10 ms to answer, in every way there is.

    python benchmarks/pool_io.py

Two thousand requests over loopback, a hundred at a time; with processes, two
for each processor, because a hundred of them is no way to wait.
"""

from __future__ import annotations

import asyncio
import functools
import multiprocessing
import socket
from multiprocessing.connection import Connection
from typing import Any

from pool_common import optional, show

from fetcher.pool import Pool, amap

REQUESTS = 2000
AT_ONCE = 100
DELAY = 0.01


def serve(ready: Connection) -> None:
    """Answer every connection after the delay, until killed."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = await reader.readline()
        await asyncio.sleep(DELAY)
        writer.write(line)
        await writer.drain()
        writer.close()

    async def run() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=1000)
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


async def ask(number: int, port: int) -> bytes:
    """Ask the server as a coroutine."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"%d\n" % number)
    answer = await reader.readline()
    writer.close()
    return answer


def ask_blocking(number: int, port: int) -> bytes:
    """Ask the server with calls that block."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"%d\n" % number)
        return connection.recv(100)


def ask_gevent(number: int, port: int, gevent_socket: Any) -> bytes:
    """Ask the server with gevent's sockets."""
    connection = gevent_socket.create_connection(("127.0.0.1", port))
    connection.sendall(b"%d\n" % number)
    answer: bytes = connection.recv(100)
    connection.close()
    return answer


async def semaphore_and_gather(port: int) -> None:
    """The script that everybody writes."""
    semaphore = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> bytes:
        async with semaphore:
            return await ask(number, port)

    await asyncio.gather(*(one(number) for number in range(REQUESTS)))


async def with_amap(port: int) -> None:
    """The same with amap."""
    async for _ in amap(functools.partial(ask, port=port), range(REQUESTS), max_at_once=AT_ONCE):
        pass


def main() -> None:
    """Print the seconds that the requests take in each way."""
    context = multiprocessing.get_context("spawn")
    ready, theirs = context.Pipe(duplex=False)
    server = context.Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    port = ready.recv()
    gevent_pool, gevent_socket = optional("gevent.pool"), optional("gevent.socket")
    blocking = functools.partial(ask_blocking, port=port)

    def greenlets() -> None:
        assert gevent_pool is not None
        work = functools.partial(ask_gevent, port=port, gevent_socket=gevent_socket)
        list(gevent_pool.Pool(AT_ONCE).imap_unordered(work, range(REQUESTS)))

    with (
        Pool("async", AT_ONCE) as coroutines,
        Pool("thread", AT_ONCE) as threads,
        Pool("process", 4) as processes,
    ):
        ideal = REQUESTS / AT_ONCE * DELAY
        show(
            f"{REQUESTS} requests answered after {DELAY * 1e3:g} ms (ideal: {ideal:g} s)",
            {
                "asyncio: semaphore and gather": lambda: asyncio.run(semaphore_and_gather(port)),
                "fetcher.pool: amap": lambda: asyncio.run(with_amap(port)),
                f"fetcher.pool: Pool('async', {AT_ONCE}).map": lambda: coroutines.map(
                    functools.partial(ask, port=port), range(REQUESTS)
                ),
                f"fetcher.pool: Pool('thread', {AT_ONCE}).map": lambda: threads.map(
                    blocking, range(REQUESTS), chunksize=1
                ),
                "fetcher.pool: Pool('process', 4).map": lambda: processes.map(
                    blocking, range(REQUESTS)
                ),
                f"gevent: Pool({AT_ONCE})": greenlets if gevent_pool else None,
            },
            against="asyncio: semaphore and gather",
            rounds=3,
            unit="s",
        )
    server.kill()


if __name__ == "__main__":
    main()
