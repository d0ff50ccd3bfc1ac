"""One URL for each of many TLS hosts: peak memory and CPU per URL. Goal: at most 120 MB."""

import argparse
import sys
from functools import partial
from pathlib import Path

import harness
from clients import Client, available, fetcher, peer
from harness import MEGABYTE, Usage
from pages import page_server, write_list

CERTIFICATE = "ssl_certificate {root}/cert.pem; ssl_certificate_key {root}/key.pem;"
DOMAIN = "bench.test"

# In a process of its own, because its libraries would stay in the memory of this one.
MAKE_CERTIFICATE = f"""
import sys, trustme
folder, ca = sys.argv[1], trustme.CA()
leaf = ca.issue_cert("*.{DOMAIN}")
ca.cert_pem.write_to_path(folder + "/ca.pem")
leaf.private_key_pem.write_to_path(folder + "/key.pem")
for pem in leaf.cert_chain_pems:
    pem.write_to_path(folder + "/cert.pem", append=True)
"""


def clients(ca_file: Path, port: int) -> list[Client]:
    """Return the programs that are compared; each trusts the authority and needs no resolver."""
    bare = ["--cacert", str(ca_file), "--address", "127.0.0.1"]
    return available(
        [
            fetcher("--cacert", str(ca_file), "--resolve", f"*:{port}:127.0.0.1"),
            peer("bare aiohttp", "bare_aiohttp.py", *bare),
            peer("bare, no keep-alive", "bare_aiohttp.py", *bare, "--force-close"),
        ]
    )


def rows(usages: dict[str, Usage], urls: int) -> list[list[str]]:
    """Return the table's rows; ratios are to the first client."""
    first = next(iter(usages.values()))
    return [
        [
            name,
            f"{usage.peak_bytes / MEGABYTE:,.0f}",
            f"{usage.peak_bytes / first.peak_bytes:.2f}",
            f"{usage.cpu / urls * 1e6:,.0f}",
            f"{usage.cpu / first.cpu:.2f}",
            f"{urls / usage.wall:,.0f}",
        ]
        for name, usage in usages.items()
    ]


def main(flags: argparse.Namespace) -> None:
    """Measure all clients on one list and print one table."""
    server = page_server("ssl", CERTIFICATE)
    harness.run([sys.executable, "-c", MAKE_CERTIFICATE, str(server.root)])
    with server, harness.scratch() as folder:
        hosts = (f"https://host-{n:05}.{DOMAIN}:{server.port}/1k/" for n in range(flags.urls))
        urls = write_list(folder / "urls.txt", hosts)
        compared = clients(server.root / "ca.pem", server.port)
        work = {each.name: partial(each.run, urls, flags.concurrency) for each in compared}
        usages = harness.interleaved(work, flags.repeat)
    print(f"{flags.urls:,} TLS hosts, one URL each, {flags.concurrency} at once.")
    headers = ["client", "peak MB", "ratio", "CPU µs/URL", "ratio", "URLs/s"]
    harness.print_table(headers, rows(usages, flags.urls))
    found = {name: usage.found for name, usage in usages.items()}
    print(harness.verdict(found, flags.urls))


if __name__ == "__main__":
    main(harness.options(__doc__, urls=3_000, repeat=3, concurrency=100).parse_args())
