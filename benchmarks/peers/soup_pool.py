"""aiohttp, and BeautifulSoup on lxml in a pool of processes: every field of `scrape_truth.py`.

As people write it when parsing holds up their event loop: a worker loop that sends each body away.
"""

import argparse
import asyncio
import hashlib
import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TextIO
from urllib.parse import urldefrag, urljoin

import aiohttp
from bs4 import BeautifulSoup
from loop_lag import LoopLag

FEEDS = "application/rss+xml", "application/atom+xml", "application/feed+json"


def collapse(text: str) -> str:
    return " ".join(text.split())


def absolute(base: str, references: Iterable[str]) -> list[str]:
    """Resolve references, each once."""
    different = dict.fromkeys(each for each in references if not each.startswith("#"))
    urls = dict.fromkeys(urldefrag(urljoin(base, each)).url for each in different)
    return [url for url in urls if url.startswith("http")]


def fields(url: str, status: int, body: bytes, charset: str) -> dict[str, Any]:
    # A text: of bytes, BeautifulSoup would try to find out the encoding, at length.
    soup = BeautifulSoup(body.decode(charset, "replace"), "lxml")
    # Without what is in scripts and style sheets, as BeautifulSoup has it by itself.
    text = collapse(soup.body.get_text(" "))
    blocks = soup.find_all("script", type="application/ld+json")
    metas = soup.find_all("meta", property=lambda name: name and name.startswith("og:"))
    feeds = soup.find_all("link", rel="alternate", type=FEEDS)
    return {
        "url": url,
        "status": status,
        "title": collapse(soup.title.get_text()),
        "description": collapse(soup.find("meta", attrs={"name": "description"})["content"]),
        "canonical": urljoin(url, soup.find("link", rel="canonical")["href"]),
        "lang": soup.html.get("lang"),
        "h1": collapse(soup.h1.get_text()),
        "og": {meta["property"][3:]: meta["content"] for meta in metas},
        "json_ld": [json.loads(block.string) for block in blocks],
        "feeds": absolute(url, (feed["href"] for feed in feeds)),
        "links": absolute(url, (a["href"] for a in soup.find_all("a", href=True))),
        "text": text,
        "word_count": sum(any(map(str.isalnum, word)) for word in text.split()),
        "hash": hashlib.sha256(body).hexdigest(),
        "price": collapse(soup.select_one(".price").get_text()),
        "headlines": [collapse(node.get_text()) for node in soup.select("article h2 a")],
        "images": [node["src"] for node in soup.select("main img[src]")],
    }


async def worker(
    urls: Iterator[str], session: aiohttp.ClientSession, pool: ProcessPoolExecutor, out: TextIO
) -> None:
    loop = asyncio.get_running_loop()
    for url in urls:
        async with session.get(url) as response:
            body = await response.read()
        found = str(response.url), response.status, body, response.charset or "utf-8"
        row = await loop.run_in_executor(pool, fields, *found)
        out.write(json.dumps(row, ensure_ascii=False) + "\n")


async def scrape(urls: Iterator[str], out: TextIO, options: argparse.Namespace) -> None:
    lag = LoopLag()
    lag.start()
    connector = aiohttp.TCPConnector(limit=options.concurrency)
    with ProcessPoolExecutor(options.processes) as pool:
        async with aiohttp.ClientSession(connector=connector) as session:
            await asyncio.gather(
                *(worker(urls, session, pool, out) for _ in range(options.concurrency))
            )
    lag.tell()


def main(options: argparse.Namespace) -> None:
    with open(options.list) as lines, open(options.out, "w") as file:
        asyncio.run(scrape((line.strip() for line in lines), file, options))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("list")
    parser.add_argument("out")
    parser.add_argument("-c", "--concurrency", type=int, default=100)
    parser.add_argument("--processes", type=int, default=2)
    main(parser.parse_args())
