"""`fetcher scrape` against Scrapy, BeautifulSoup on processes and minet: every field of real pages.

    python benchmarks/scrape_peers.py --peers DIR

Every ready-made field and three selections, of pages of 30 KB and 300 KB, which nginx serves, into
JSON lines. Every value is checked. Goals, on 300 KB pages: two workers ≥ 1.7 times inline where the
parse dominates, auto within 5% of the better of the two, fetcher ≥ 5 times Scrapy. minet is looked
for in the folder of --peers, and left out where it is not there:

    python -m venv DIR/minet && DIR/minet/bin/pip install 'minet>=4.2'

Nothing is pinned to a core: every client has all of them, and shares them with nginx, which takes
little of a core (the table says how much). Before each run stands a look at what two processes can
do on this machine at all. Clients on BeautifulSoup take minutes and run once.
"""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median

import harness
from harness import MEGABYTE, Usage
from scrape_clients import Job, Runs, ScrapeClient, fetcher, minet, script
from scrape_cores import speed_of_two
from scrape_pages import SIZES
from scrape_site import ScrapeSite, scrape_site
from scrape_truth import ALL, Score, score

INLINE, SCRAPY = "fetcher, inline", "Scrapy, parsel"


class Help(argparse.ArgumentDefaultsHelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Shows the command above as it is, and each default."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the runs of a client told beside what they used.

    scores: of each output. lags: of its event loop, at the 99th percentile, in seconds. served:
    CPU seconds that the server took meanwhile. cores: `speed_of_two` before.
    """

    scores: list[Score] = field(default_factory=list)
    lags: list[float] = field(default_factory=list)
    served: list[float] = field(default_factory=list)
    cores: list[float] = field(default_factory=list)

    @property
    def worst(self) -> Score:
        """The score of the run with the fewest right rows."""
        return min(self.scores, key=lambda each: each.right)


def clients(peers: Path) -> list[ScrapeClient]:
    """Return those that can run, and print why the others cannot."""
    everyone = [
        fetcher("0", INLINE),
        fetcher("1", "fetcher, 1 worker"),
        fetcher("2", "fetcher, 2 workers"),
        fetcher("auto", "fetcher, auto"),
        script(SCRAPY, "scrapy_fields.py", needs="scrapy"),
        script("aiohttp, soup pool", "soup_pool.py", needs="bs4", runs=Runs.ONCE),
        minet(peers),
    ]
    for client in everyone:
        if client.missing:
            print(f"Left out: {client.name} ({client.missing}).")
    return [client for client in everyone if not client.missing]


def run(client: ScrapeClient, site: ScrapeSite, flags: argparse.Namespace, told: Told) -> Usage:
    """Measure a client once, and add what it told."""
    told.cores.append(speed_of_two())
    before = site.cpu_seconds()
    with harness.scratch() as folder:
        job = Job(list(site.urls(flags.urls)), folder, flags.concurrency)
        usage, lag = client.run(job)
        told.scores.append(score(job.output, site.expected, client.can))
    told.served.append(site.cpu_seconds() - before)
    if lag is not None:
        told.lags.append(lag)
    return usage


def measure(
    compared: list[ScrapeClient], site: ScrapeSite, flags: argparse.Namespace
) -> tuple[dict[str, Usage], dict[str, Told]]:
    """Run all in turn, and then once those that need no more."""
    told = {client.name: Told() for client in compared}
    work = {each.name: partial(run, each, site, flags, told[each.name]) for each in compared}
    often, once = (
        {each.name: work[each.name] for each in compared if each.runs is runs} for runs in Runs
    )
    usages = harness.interleaved(often, flags.repeat) | harness.interleaved(once, 1)
    return usages, told


def rows(usages: Mapping[str, Usage], told: Mapping[str, Told], urls: int) -> list[list[str]]:
    """Return the table's rows."""

    def times(usage: Usage, other: str) -> str:
        return f"{usages[other].wall / usage.wall:.2f}" if other in usages else ""

    return [
        [
            name,
            f"{urls / usage.wall:,.1f}",
            times(usage, INLINE),
            times(usage, SCRAPY),
            f"{usage.cpu / urls * 1e3:.2f}",
            f"{usage.peak_bytes / MEGABYTE:,.0f}",
            f"{median(told[name].lags) * 1e3:.0f}" if told[name].lags else "",
            f"{median(told[name].served) / urls * 1e3:.2f}",
            f"{median(told[name].cores):.2f}",
            f"{told[name].worst.right:,}",
        ]
        for name, usage in usages.items()
    ]


def comparable(compared: list[ScrapeClient], told: Mapping[str, Told], urls: int) -> None:
    """Say whether every client found every value that it can, and what some cannot."""
    for client in compared:
        worst = told[client.name].worst
        wrong = ", ".join(f"{name} {count:,}" for name, count in sorted(worst.wrong.items()))
        if worst.right != urls:
            print(f"{client.name}: {worst.rows:,} rows; wrong: {wrong or 'none'}.")
        if cannot := ", ".join(sorted(ALL - client.can)):
            print(f"{client.name} cannot take: {cannot}.")
    print(harness.verdict({name: each.worst.right for name, each in told.items()}, urls))


HEADERS = ("client", "pages/s", "x inline", "x Scrapy", "CPU ms/page", "MB", "lag p99 ms")


def main(flags: argparse.Namespace) -> None:
    """Measure all that are installed and print a table for each size."""
    compared = clients(flags.peers)
    for size in flags.sizes:
        with scrape_site(SIZES[size]) as site:
            usages, told = measure(compared, site, flags)
        concurrency = f"{flags.concurrency} at once, start included"
        print(f"{flags.urls:,} pages of {size[:-1]} KB, {concurrency}.")
        harness.print_table(
            (*HEADERS, "nginx ms/page", "cores", "right"), rows(usages, told, flags.urls)
        )
        print("cores: what two busy processes did of the work of one, just before; 2 if idle.")
        comparable(compared, told, flags.urls)
        print(flush=True)


if __name__ == "__main__":
    parser = harness.options(__doc__, urls=2_000, repeat=3, concurrency=50)
    parser.formatter_class = Help
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=list(SIZES), help="of a page")
    parser.add_argument("--peers", type=Path, default=Path(), help="where minet is installed")
    main(parser.parse_args())
