"""A slow host in a list sorted by host: time against what no order can beat. Goal: at most 1.15.

The bound is max(each host's work / host limit, all work / concurrency), where work is the sum of
the server's pauses. The slow host stands first, in the middle or last in the list.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import harness
from clients import Client, available, fetcher, peer
from harness import HERE, SERVER_CORE, Usage
from pages import TITLE, write_list

PLACES = ("first", "middle", "last")


@dataclass(frozen=True, slots=True)
class Load:
    """The list: a slow host among fast ones, pauses in milliseconds."""

    fast_hosts: int = 40
    fast_urls: int = 100
    fast_pause: int = 50
    slow_urls: int = 200
    slow_pause: int = 200

    @property
    def count(self) -> int:
        """How many URLs there are."""
        return self.fast_hosts * self.fast_urls + self.slow_urls

    def bound(self, concurrency: int, host_concurrency: int) -> float:
        """Return the seconds that no order of the list can beat."""
        slow, fast = self.slow_urls * self.slow_pause, self.fast_urls * self.fast_pause
        everything = slow + self.fast_hosts * fast
        return max(max(slow, fast) / host_concurrency, everything / concurrency) / 1000

    def urls(self, place: str, port: int) -> Iterator[str]:
        """Make the list, sorted by host, with the slow host at the place."""
        slow_at = {"first": 0, "middle": self.fast_hosts // 2, "last": self.fast_hosts}[place]
        for rank in range(self.fast_hosts + 1):
            slow = rank == slow_at
            pause = self.slow_pause if slow else self.fast_pause
            for n in range(self.slow_urls if slow else self.fast_urls):
                yield f"http://h{rank:03}-{pause}ms.bench.test:{port}/{n}"


@contextmanager
def slow_server() -> Iterator[int]:
    """Run the server on its own core and yield its port."""
    command = [sys.executable, str(HERE / "slow_server.py"), TITLE]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        if SERVER_CORE is not None and hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(process.pid, {SERVER_CORE})
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def measure(
    clients: list[Client], load: Load, place: str, port: int, flags: argparse.Namespace
) -> dict[str, Usage]:
    """Measure each client on the list, and its start on one URL of a host without a pause."""
    with harness.scratch() as folder:
        urls = write_list(folder / "urls.txt", load.urls(place, port))
        single = write_list(folder / "single.txt", [f"http://h-0ms.bench.test:{port}/"])
        work = {}
        for client in clients:
            work[client.name] = partial(client.run, urls, flags.concurrency)
            work[f"{client.name} start"] = partial(client.run, single, flags.concurrency)
        return harness.interleaved(work, flags.repeat)


def main(flags: argparse.Namespace) -> None:
    """Measure every place of the slow host and print one table."""
    load = Load(fast_hosts=max(1, (flags.urls - 200) // 100))
    bound = load.bound(flags.concurrency, flags.host_concurrency)
    table: list[list[str]] = []
    found: dict[str, int] = {}
    with slow_server() as port:
        limit = flags.host_concurrency
        compared = [fetcher("--resolve", f"*:{port}:127.0.0.1", host_concurrency=limit)]
        if flags.peer:
            bare = ["--address", "127.0.0.1", "--host-concurrency", str(limit)]
            compared.append(peer("bare aiohttp", "bare_aiohttp.py", *bare))
        clients = available(compared)
        for place in flags.places:
            usages = measure(clients, load, place, port, flags)
            for name in (client.name for client in clients):
                wall, start = usages[name].wall, usages[f"{name} start"].wall
                figures = [f"{wall:.1f}", f"{wall / bound:.2f}", f"{(wall - start) / bound:.2f}"]
                table.append([f"slow host {place}, {name}", *figures])
                found[f"{name} ({place})"] = usages[name].found
    print(f"{load.count:,} URLs; at most {flags.concurrency} at once, {limit} to a host; ", end="")
    print(f"lower bound {bound:.1f} s.")
    harness.print_table(["order, client", "seconds", "ratio", "net of start"], table)
    print(harness.verdict(found, load.count))


if __name__ == "__main__":
    parser = harness.options(__doc__, urls=4_200, repeat=1, concurrency=32)
    parser.add_argument("--host-concurrency", type=int, default=4)
    parser.add_argument("--places", nargs="+", choices=PLACES, default=list(PLACES))
    parser.add_argument("--peer", action="store_true", help="measure the bare loop too (slow)")
    main(parser.parse_args())
