"""The sitemaps that a site's robots.txt names."""

import itertools
from collections.abc import Iterator

from fetcher.model import Target
from fetcher.sources.base import Child
from fetcher.sources.text import TextReader


class RobotsReader:
    """Reads the `Sitemap:` lines of a robots.txt (sitemaps.org, "Informing search engines")."""

    def __init__(self, name: str) -> None:
        # Lines are no targets: they must not use up indexes.
        self._lines = TextReader(name, itertools.count())

    def feed(self, data: bytes) -> Iterator[Child]:
        """Take bytes and give the sitemaps that are named."""
        return self._children(self._lines.feed(data))

    def finish(self) -> Iterator[Child]:
        """Give the last one."""
        return self._children(self._lines.finish())

    def place(self) -> str:
        """Say where the next row would stand."""
        return self._lines.place()

    @staticmethod
    def _children(lines: Iterator[Target]) -> Iterator[Child]:
        for line in lines:
            key, colon, value = line.url.partition(":")
            if colon and key.strip().lower() == "sitemap" and value.strip():
                yield Child(value.strip(), line.source)
