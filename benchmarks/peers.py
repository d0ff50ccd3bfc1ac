"""`fetcher titles` against what people write: URLs a second, CPU per URL, peak memory."""

import argparse
from functools import partial

import harness
from clients import available, count_statuses, fetcher, peer
from harness import Usage
from pages import SIZES, page_server, write_list

CLIENTS = [
    fetcher(),
    peer("gather script", "gather.py"),
    peer("requests + threads", "requests_pool.py", needs="requests"),
    peer("Scrapy", "scrapy_titles.py", needs="scrapy"),
    peer("curl --parallel", "curl_parallel.py", needs="curl", count=count_statuses),
]


def rows(usages: dict[str, Usage], urls: int) -> list[list[str]]:
    """Return the table's rows; ratios are to the first client."""
    first = next(iter(usages.values()))
    return [
        [
            name,
            f"{urls / usage.wall:,.0f}",
            f"{first.wall / usage.wall:.2f}",
            f"{usage.cpu / urls * 1e6:,.0f}",
            f"{usage.cpu / first.cpu:.2f}",
            f"{usage.peak_bytes / harness.MEGABYTE:,.0f}",
        ]
        for name, usage in usages.items()
    ]


def main(flags: argparse.Namespace) -> None:
    """Measure all that are installed on one list and print one table."""
    clients = available(CLIENTS)
    with page_server() as server, harness.scratch() as folder:
        base = f"http://127.0.0.1:{server.port}/{flags.size}/"
        urls = write_list(folder / "urls.txt", (f"{base}{n}" for n in range(flags.urls)))
        work = {each.name: partial(each.run, urls, flags.concurrency) for each in clients}
        usages = harness.interleaved(work, flags.repeat)
    print(f"{flags.urls:,} pages of {flags.size}B, {flags.concurrency} at once, start included.")
    headers = ["client", "URLs/s", "ratio", "CPU µs/URL", "ratio", "MB"]
    harness.print_table(headers, rows(usages, flags.urls))
    print("curl looks for no title: its right answers are replies with status 200.")
    found = {name: usage.found for name, usage in usages.items()}
    print(harness.verdict(found, flags.urls))


if __name__ == "__main__":
    parser = harness.options(__doc__, urls=5_000, repeat=3, concurrency=100)
    parser.add_argument("--size", choices=SIZES, default="30k", help="bytes of each page")
    main(parser.parse_args())
