"""The script that everybody writes first: a task for every URL, a semaphore, a regular expression.

As found in tutorials; nothing is tuned but the number of connections, which aiohttp limits to 100.
"""

import argparse
import asyncio
import csv
import re

import aiohttp

TITLE = re.compile(r"<title>(.*?)</title>", re.IGNORECASE | re.DOTALL)


async def fetch(
    session: aiohttp.ClientSession, semaphore: asyncio.Semaphore, url: str
) -> tuple[str, int, str]:
    async with semaphore, session.get(url) as response:
        text = await response.text()
        match = TITLE.search(text)
        return url, response.status, match.group(1) if match else ""


async def fetch_all(urls: list[str], concurrency: int) -> list[tuple[str, int, str]]:
    semaphore = asyncio.Semaphore(concurrency)
    connector = aiohttp.TCPConnector(limit=concurrency)
    async with aiohttp.ClientSession(connector=connector) as session:
        return await asyncio.gather(*(fetch(session, semaphore, url) for url in urls))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("list")
    parser.add_argument("out")
    parser.add_argument("-c", "--concurrency", type=int, default=100)
    options = parser.parse_args()
    with open(options.list) as file:
        urls = file.read().split()
    rows = asyncio.run(fetch_all(urls, options.concurrency))
    with open(options.out, "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["url", "status", "title"])
        out.writerows(rows)
