"""CPU time of reading a page for its title: `python benchmarks/extraction.py`.

Prints microseconds per page (the best of several rounds) for pages of 1, 30 and 300 KB, and their
ratios: to Lexbor's parse of the whole body, as a script would do it, and to its parse of the bytes
up to the title alone, below which no reader that parses can get.
"""

import time
import timeit
from collections.abc import Callable
from functools import partial

from selectolax.lexbor import LexborHTMLParser

from fetcher.extraction import TitleReader

_ITEM = (
    '<div class="card"><h2><a href="/article/12345">A headline of some length</a></h2>'
    "<p>Lorem ipsum dolor sit amet, <b>consectetur</b> adipiscing elit &amp; more.</p></div>\n"
)
_LINKS = "".join(f'<link rel="stylesheet" href="/static/css/file-{n}.css">\n' for n in range(6))


def page(size: int, title: str = "Hello world", before: str = "", after: str = "") -> bytes:
    """Return a page of about this many bytes, with markup before and after its title."""
    head = (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n{before}<meta name="viewport" content="x">\n'
        f"{_LINKS}<title>{title} - Example</title>\n{after}</head>\n<body class=home>\n"
    )
    return (head + _ITEM * ((size - len(head)) // len(_ITEM)) + "</body></html>\n").encode()


_UTF8 = '<meta charset="utf-8">\n'
_CASES = {
    "charset in the header": ("text/html; charset=utf-8", {}),
    "charset in a meta": ("text/html", {"before": _UTF8}),
    "not ASCII, meta": ("text/html", {"before": _UTF8, "title": "Žluťoučký kůň"}),
    "not ASCII, meta after": ("text/html", {"after": _UTF8, "title": "Žluťoučký kůň"}),
    "declared nowhere": ("text/html", {}),
}


def read(body: bytes, content_type: str) -> str | None:
    """Read a page that arrives at once."""
    reader = TitleReader(content_type)
    reader.feed(body)
    return reader.finish().title


def parse(body: bytes) -> str | None:
    """Parse all of a page for its title."""
    node = LexborHTMLParser(body).css_first("title")
    return node.text() if node else None


def microseconds(*calls: Callable[[], object]) -> list[float]:
    """Return the CPU time of one call of each, the best of several rounds in turn."""
    timers = [timeit.Timer(call, timer=time.process_time) for call in calls]
    numbers = [max(1, timer.autorange()[0] // 10) for timer in timers]
    rounds = [
        [timer.timeit(number) / number for timer, number in zip(timers, numbers, strict=True)]
        for _ in range(15)
    ]
    return [min(times) * 1e6 for times in zip(*rounds, strict=True)]


def main() -> None:
    """Print a table for each size."""
    # Once memory of this size was freed, the allocator keeps it: until then each small parse would
    # get its pages from the kernel anew, which is most of its time.
    parse(page(3_000_000))
    for size in (1_000, 30_000, 300_000):
        title = f"{size // 1000} KB page"
        print(f"{title:24}   µs/page   whole parse   ratio   head parse   ratio")
        for name, (content_type, parts) in _CASES.items():
            body = page(size, **parts)
            head = body[: body.index(b"</title>") + len(b"</title>")]
            ours, whole, least = microseconds(
                partial(read, body, content_type), partial(parse, body), partial(parse, head)
            )
            print(
                f"  {name:22}{ours:10.1f}{whole:14.1f}{ours / whole:8.3f}"
                f"{least:13.1f}{ours / least:8.2f}"
            )


if __name__ == "__main__":
    main()
