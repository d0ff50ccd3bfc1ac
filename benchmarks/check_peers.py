"""`fetcher check` against curl, linkinator and minet: time, CPU, memory, and faults named.

One list of TLS hosts, most of them healthy, a tenth with a planted fault. Goal: every planted fault
named, and less CPU per URL than linkinator and minet. Those two are looked for in the folder of
--peers, and left out where they are not there:

    npm install --prefix DIR linkinator@8 node@22
    python -m venv DIR/minet && DIR/minet/bin/pip install 'minet>=4.2'
"""

import argparse
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import harness
from check_clients import CheckClient, Job, curl, fetcher, linkinator, minet
from check_faults import Fault, Host, plan
from check_naming import Score, score
from check_site import Site, check_site
from harness import MEGABYTE, Usage

Runs = dict[str, list[Score]]


class Help(argparse.ArgumentDefaultsHelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Shows the commands above as they are, and each default."""


def clients(peers: Path) -> list[CheckClient]:
    """Return those that can run, and print why the others cannot."""
    everyone = [
        fetcher("fetcher check", "--no-recheck"),
        fetcher("fetcher check, recheck"),
        curl(),
        linkinator(peers),
        minet(peers),
    ]
    for client in everyone:
        if client.missing:
            print(f"Left out: {client.name} ({client.missing}).")
    return [client for client in everyone if not client.missing]


def run(client: CheckClient, site: Site, flags: argparse.Namespace, runs: Runs) -> Usage:
    """Measure a client once, and add what it found to the runs."""
    planted = {site.url(host): host.fault for host in site.hosts}
    with harness.scratch() as folder:
        usage, found = client.run(Job(site, folder, flags.concurrency, flags.timeout))
    runs.setdefault(client.name, []).append(score(planted, found, client.naming))
    return usage


def least(scores: Sequence[Score]) -> Score:
    """Return the run that found the least."""
    return min(scores, key=lambda each: (each.rows, each.total, -each.false_alarms))


def rows(
    usages: Mapping[str, Usage], scores: Mapping[str, Score], hosts: Sequence[Host]
) -> list[list[str]]:
    """Return the table's rows; ratios are to the first client."""
    first = next(iter(usages.values()))
    faults = sum(host.fault is not None for host in hosts)
    return [
        [
            name,
            f"{usage.wall:.1f}",
            f"{usage.cpu / len(hosts) * 1e6:,.0f}",
            f"{usage.cpu / first.cpu:.2f}",
            f"{usage.peak_bytes / MEGABYTE:,.0f}",
            f"{scores[name].total}/{faults}",
            f"{scores[name].noticed}/{faults}",
            f"{scores[name].false_alarms}",
        ]
        for name, usage in usages.items()
    ]


def kinds(scores: Mapping[str, Score], hosts: Sequence[Host]) -> list[list[str]]:
    """Return, for each kind of fault, how often each client named it."""
    planted = Counter(host.fault for host in hosts)
    return [
        [fault, *(f"{each.named.get(fault, 0)}/{planted[fault]}" for each in scores.values())]
        for fault in Fault
    ]


def comparable(scores: Mapping[str, Score], urls: int) -> str:
    """Say in one line whether every client gave a row for each URL."""
    short = {name: each.rows for name, each in scores.items() if each.rows != urls}
    if not short:
        return f"Every client gave a row for each of {urls:,} URLs."
    list_ = ", ".join(f"{name} {count:,}" for name, count in short.items())
    return f"NOT COMPARABLE: of {urls:,} URLs there are rows of: {list_}."


def main(flags: argparse.Namespace) -> None:
    """Measure all that are installed on one list and print one table."""
    compared, hosts, runs = clients(flags.peers), plan(flags.urls), Runs()
    with check_site(hosts) as site:
        work: dict[str, Callable[[], Usage]] = {
            each.name: partial(run, each, site, flags, runs) for each in compared
        }
        usages = harness.interleaved(work, flags.repeat)
    scores = {name: least(each) for name, each in runs.items()}
    print(f"{len(hosts):,} TLS hosts, one URL each, {flags.concurrency} at once, start included.")
    headers = ["client", "seconds", "CPU µs/URL", "ratio", "MB", "named", "noticed", "false alarms"]
    harness.print_table(headers, rows(usages, scores, hosts))
    if flags.by_kind:
        harness.print_table(["named", *scores], kinds(scores, hosts))
    print("linkinator asks with HEAD, the others with GET.")
    print(comparable(scores, len(hosts)))


if __name__ == "__main__":
    parser = harness.options(__doc__, urls=2_000, repeat=3, concurrency=100)
    parser.formatter_class = Help
    parser.add_argument("--timeout", type=int, default=5, help="seconds for one request")
    parser.add_argument("--peers", type=Path, default=Path(), help="where the peers are installed")
    parser.add_argument("--by-kind", action="store_true", help="print who names which fault, too")
    main(parser.parse_args())
