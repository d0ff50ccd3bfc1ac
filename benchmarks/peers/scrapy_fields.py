"""Scrapy with parsel, taking every field of `scrape_truth.py`.

What such a list does not need is switched off, as in `scrapy_titles.py`.
"""

import argparse
import hashlib
import json
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any
from urllib.parse import urldefrag

import scrapy
from loop_lag import LoopLag
from scrapy.crawler import CrawlerProcess
from scrapy.http import TextResponse

# Half as dear as text nodes that ask for each of their ancestors.
TEXT = "//body//*[not(self::script or self::style or self::noscript or self::template)]/text()"
FEEDS = "application/rss+xml", "application/atom+xml", "application/feed+json"


def collapse(text: str | None) -> str | None:
    return None if text is None else " ".join(text.split())


def absolute(response: TextResponse, references: Iterable[str]) -> list[str]:
    """Resolve references, each once."""
    different = dict.fromkeys(each for each in references if not each.startswith("#"))
    urls = dict.fromkeys(urldefrag(response.urljoin(each)).url for each in different)
    return [url for url in urls if url.startswith("http")]


def fields(response: TextResponse) -> dict[str, Any]:
    css, xpath = response.css, response.xpath
    text = " ".join(" ".join(xpath(TEXT).getall()).split())
    metas = xpath("//meta[starts-with(@property, 'og:')]")
    blocks = css('script[type="application/ld+json"]::text').getall()
    feeds = xpath("//link[contains(@rel, 'alternate')]")
    return {
        "url": response.url,
        "status": response.status,
        "title": collapse(css("title::text").get()),
        "description": collapse(css("meta[name=description]::attr(content)").get()),
        "canonical": response.urljoin(css("link[rel=canonical]::attr(href)").get("")),
        "lang": css("html::attr(lang)").get(),
        "h1": collapse(xpath("string(//h1)").get()),
        "og": {meta.attrib["property"][3:]: meta.attrib.get("content") for meta in metas},
        "json_ld": [json.loads(block) for block in blocks],
        "feeds": absolute(
            response, (each.attrib["href"] for each in feeds if each.attrib.get("type") in FEEDS)
        ),
        "links": absolute(response, xpath("//a/@href").getall()),
        "text": text,
        "word_count": sum(any(map(str.isalnum, word)) for word in text.split()),
        "hash": hashlib.sha256(response.body).hexdigest(),
        "price": collapse(css(".price::text").get()),
        "headlines": list(map(collapse, css("article h2 a::text").getall())),
        "images": css("main img::attr(src)").getall(),
    }


class Pages(scrapy.Spider):
    """One request a line, one row a response."""

    name = "pages"
    list: str

    async def start(self) -> AsyncIterator[scrapy.Request]:
        self.lag = LoopLag()
        self.lag.start()
        # A line is read between two requests; the pause is the same as for any script.
        with open(self.list) as lines:  # noqa: ASYNC230
            for line in lines:
                yield scrapy.Request(line.strip(), dont_filter=True)

    def parse(self, response: TextResponse, **_: Any) -> Iterator[dict[str, Any]]:
        yield fields(response)

    def closed(self, reason: str) -> None:
        self.lag.tell()


def settings(options: argparse.Namespace) -> dict[str, Any]:
    """Return settings as fast as they can fairly be: no delay, no log, no console."""
    return {
        "CONCURRENT_REQUESTS": options.concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": options.concurrency,
        "DOWNLOAD_DELAY": 0,
        "FEEDS": {options.out: {"format": "jsonlines", "encoding": "utf-8"}},
        "LOG_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "ROBOTSTXT_OBEY": False,
        "RETRY_ENABLED": False,
        "COOKIES_ENABLED": False,
        "AUTOTHROTTLE_ENABLED": False,
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("list")
    parser.add_argument("out")
    parser.add_argument("-c", "--concurrency", type=int, default=100)
    arguments = parser.parse_args()
    process = CrawlerProcess(settings(arguments))
    process.crawl(Pages, list=arguments.list)
    process.start()
