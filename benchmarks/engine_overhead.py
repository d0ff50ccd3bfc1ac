"""CPU seconds per URL of `fetcher titles` against a bare aiohttp worker loop; goal: at most 1.2."""

import argparse
from functools import partial

import harness
from clients import Client, available, fetcher, peer
from harness import Usage, net
from pages import SIZES, page_server, write_list


def measure(clients: list[Client], base: str, flags: argparse.Namespace) -> dict[str, Usage]:
    """Measure each client over the whole list and, as `… start`, over one URL."""
    with harness.scratch() as folder:
        whole = write_list(folder / "urls.txt", (f"{base}{n}" for n in range(flags.urls)))
        single = write_list(folder / "single.txt", [f"{base}0"])
        work = {}
        for client in clients:
            work[client.name] = partial(client.run, whole, flags.concurrency)
            work[f"{client.name} start"] = partial(client.run, single, flags.concurrency)
        return harness.interleaved(work, flags.repeat)


def rows(size: str, usages: dict[str, Usage], urls: int) -> list[list[str]]:
    """Return the table's rows for one page size; ratios are to the bare loop."""
    names = [name for name in usages if not name.endswith(" start")]
    nets = {name: net(usages[name], usages[f"{name} start"]) for name in names}
    return [
        [
            f"{size} {name}",
            f"{usages[name].cpu / urls * 1e6:,.0f}",
            f"{usages[name].cpu / usages['bare aiohttp'].cpu:.2f}",
            f"{nets[name].cpu / (urls - 1) * 1e6:,.0f}",
            f"{nets[name].cpu / nets['bare aiohttp'].cpu:.2f}",
            f"{usages[f'{name} start'].cpu:.2f}",
            f"{usages[name].peak_bytes / harness.MEGABYTE:,.0f}",
        ]
        for name in names
    ]


def main(flags: argparse.Namespace) -> None:
    """Measure all page sizes and print one table."""
    clients = available([peer("bare aiohttp", "bare_aiohttp.py"), fetcher()])
    table: list[list[str]] = []
    found: dict[str, int] = {}
    with page_server() as server:
        for size in flags.sizes:
            usages = measure(clients, f"http://127.0.0.1:{server.port}/{size}/", flags)
            table += rows(size, usages, flags.urls)
            found |= {f"{size} {client.name}": usages[client.name].found for client in clients}
    headers = ["page, client", "CPU µs/URL", "ratio", "net µs/URL", "net ratio", "start s", "MB"]
    harness.print_table(headers, table)
    print("net: without the start of the process, which is a run over one URL.")
    print(harness.verdict(found, flags.urls))


if __name__ == "__main__":
    parser = harness.options(__doc__, urls=5_000, repeat=5, concurrency=100)
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=list(SIZES))
    main(parser.parse_args())
