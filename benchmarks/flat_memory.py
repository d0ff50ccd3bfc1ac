"""Peak memory over lists of growing length. Goals: within 1.2 of each other, at most 120 MB."""

import argparse
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import harness
from clients import available, fetcher, peer
from harness import MEGABYTE, Usage
from pages import page_server, write_list

LENGTHS = (10_000, 100_000, 1_000_000)
QUICK_LENGTHS = LENGTHS[:2]
FEW_HOSTS = 8
URLS_OF_A_HOST = 10


@dataclass(frozen=True, slots=True)
class Job:
    """One list for one client: which, `few` or `many` hosts, how many URLs."""

    client: str
    hosts: str
    length: int

    def urls(self, port: int) -> Iterator[str]:
        """Make the list: a few hosts in turn, or a new host every ten URLs; all URLs differ."""
        for n in range(self.length):
            host = n // URLS_OF_A_HOST if self.hosts == "many" else n % FEW_HOSTS
            yield f"http://host-{host}.bench.test:{port}/1k/{n}"


def rows(usages: dict[Job, Usage]) -> list[list[str]]:
    """Return the table's rows; a ratio is to the same client's shortest list of such hosts."""
    table = []
    for (_, _), group in itertools.groupby(usages, key=lambda job: (job.client, job.hosts)):
        jobs = list(group)
        shortest = usages[jobs[0]].peak_bytes
        table += [row(job, usages[job], shortest) for job in jobs]
    return table


def row(job: Job, usage: Usage, shortest: float) -> list[str]:
    """Return one row of the table."""
    return [
        job.client,
        job.hosts,
        f"{job.length:,}",
        f"{usage.peak_bytes / MEGABYTE:,.0f}",
        f"{usage.peak_bytes / shortest:.2f}",
        f"{job.length / usage.wall:,.0f}",
        f"{usage.cpu / job.length * 1e6:,.0f}",
    ]


def main(flags: argparse.Namespace) -> None:
    """Measure every length with few and with many hosts, and print one table."""
    lengths = sorted(flags.lengths or (QUICK_LENGTHS if flags.quick else LENGTHS))
    usages: dict[Job, Usage] = {}
    with page_server() as server, harness.scratch() as folder:
        clients = [fetcher("--resolve", f"*:{server.port}:127.0.0.1")]
        if flags.peer:
            clients.append(peer("bare aiohttp", "bare_aiohttp.py", "--address", "127.0.0.1"))
        for client, hosts, length in itertools.product(available(clients), flags.hosts, lengths):
            job = Job(client.name, hosts, length)
            urls = write_list(folder / "urls.txt", job.urls(server.port))
            work = {f"{job}": partial(client.run, urls, flags.concurrency)}
            usages[job] = harness.interleaved(work, flags.repeat)[f"{job}"]
    headers = ["client", "hosts", "URLs", "peak MB", "ratio", "URLs/s", "CPU µs/URL"]
    harness.print_table(headers, rows(usages))
    for length in lengths:
        found = {
            f"{j.client}, {j.hosts} hosts": u.found for j, u in usages.items() if j.length == length
        }
        print(harness.verdict(found, length))


if __name__ == "__main__":
    parser = harness.options(__doc__, repeat=1, concurrency=100)
    parser.add_argument("--quick", action="store_true", help="leave out the longest list")
    parser.add_argument("--lengths", type=int, nargs="+", help="other lengths")
    parser.add_argument("--hosts", nargs="+", choices=["few", "many"], default=["few", "many"])
    parser.add_argument("--peer", action="store_true", help="measure the bare loop too")
    main(parser.parse_args())
