"""Scrapy with what a list of titles does not need switched off."""

import argparse
from collections.abc import AsyncIterator, Iterator
from typing import Any

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response, TextResponse


class Titles(scrapy.Spider):
    """One request a line, one row a response."""

    name = "titles"
    list: str

    async def start(self) -> AsyncIterator[scrapy.Request]:
        # A line is read between two requests; the pause is the same as for any script.
        with open(self.list) as lines:  # noqa: ASYNC230
            for line in lines:
                yield scrapy.Request(line.strip(), dont_filter=True)

    def parse(self, response: Response, **_: Any) -> Iterator[dict[str, Any]]:
        title = response.css("title::text").get() if isinstance(response, TextResponse) else ""
        yield {"url": response.url, "status": response.status, "title": title}


def settings(options: argparse.Namespace) -> dict[str, Any]:
    """Return settings as fast as they can fairly be: no delay, no log, no console."""
    return {
        "CONCURRENT_REQUESTS": options.concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": options.concurrency,
        "DOWNLOAD_DELAY": 0,
        "FEEDS": {options.out: {"format": "csv", "fields": ["url", "status", "title"]}},
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
    process.crawl(Titles, list=arguments.list)
    process.start()
