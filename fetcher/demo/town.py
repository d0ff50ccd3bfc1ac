"""The ordinary pages of Port Merle, and its pages for programs."""

import gzip
import json
from dataclasses import replace

from fetcher.demo.page import DemoPage, document, text_page


def pages() -> list[DemoPage]:
    """Return the pages that a visitor would read."""
    return [
        text_page(
            "/about",
            "About Port Merle",
            "an ordinary page",
            "Port Merle has one harbour, two bakeries, and a lighthouse that is older than both.",
            "Nobody knows who Merle was. The museum has three theories and a left boot.",
        ),
        _news(),
        text_page(
            "/news/lighthouse",
            "The lighthouse gets a new lamp",
            "an ordinary article",
            "After ninety years the old lamp goes to the museum. The new one is smaller than a jar "
            "of jam and can be seen from twenty sea miles.",
            "The keeper says that she will miss the smell of oil, and nothing else.",
        ),
        text_page(
            "/news/seagulls",
            "Council loses vote to seagulls, 4 to 5",
            "an ordinary article",
            "The vote on the new waste bins was decided when five seagulls sat down on the side of "
            "the noes. The mayor has asked for a recount.",
        ),
        _ferry(),
        replace(_gzipped(_harbour()), about="an ordinary page, compressed with gzip"),
    ]


def machine_pages() -> list[DemoPage]:
    """Return the pages for programs: health, robots.txt, a sitemap and a feed."""
    health = {"status": "ok", "tide_metres": 1.4, "checks": {"database": "ok", "lamp": "ok"}}
    robots = "User-agent: *\nDisallow: /private/\nCrawl-delay: 0\n\nSitemap: {BASE}/sitemap.xml\n"
    return [
        DemoPage(
            "/health",
            "a health check in JSON",
            json.dumps(health, indent=2).encode() + b"\n",
            content_type="application/json",
        ),
        DemoPage("/robots.txt", "robots.txt", robots.encode(), content_type="text/plain"),
        DemoPage("/sitemap.xml", "a sitemap", _sitemap(), content_type="application/xml"),
        DemoPage("/feed.xml", "a news feed", _feed(), content_type="application/rss+xml"),
        text_page(
            "/private/diary",
            "The mayor's diary",
            "a page that robots.txt asks not to fetch",
            "Monday: seagulls. Tuesday: seagulls.",
        ),
    ]


_ARTICLES = (
    ("/news/lighthouse", "The lighthouse gets a new lamp"),
    ("/news/seagulls", "Council loses vote to seagulls, 4 to 5"),
)


def _news() -> DemoPage:
    links = "\n".join(f'<li><a href="{path}">{title}</a></li>' for path, title in _ARTICLES)
    title = "The Merle Tide: news twice a day"
    main = f"<h1>The Merle Tide</h1>\n<ul>\n{links}\n</ul>"
    return DemoPage(
        "/news", "a list of links", document(main, title=title).encode(), title, "utf-8"
    )


def _ferry() -> DemoPage:
    rows = "\n".join(
        f"<tr><td>{hour:02}:10</td><td>{'Gull Island' if hour % 4 else 'Outer Rock'}</td></tr>"
        for hour in range(6, 22, 2)
    )
    title = "Ferry timetable"
    main = f"<h1>{title}</h1>\n<table>\n{rows}\n</table>\n<p>Not in fog. Often there is fog.</p>"
    return DemoPage(
        "/ferry", "a page with a table", document(main, title=title).encode(), title, "utf-8"
    )


def _harbour() -> DemoPage:
    return text_page(
        "/harbour",
        "Harbour office: berths and depths",
        "",
        *(f"Berth {n}: {2 + n % 5} metres at low water." for n in range(1, 41)),
    )


def _gzipped(page: DemoPage) -> DemoPage:
    packed = gzip.compress(page.body, mtime=0)
    return replace(page, body=packed, headers=(("Content-Encoding", "gzip"),))


def _sitemap() -> bytes:
    paths = ("/", "/about", "/news", *(path for path, _ in _ARTICLES), "/ferry", "/harbour")
    urls = "\n".join(f"  <url><loc>{{BASE}}{path}</loc></url>" for path in paths)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}\n</urlset>\n'
    ).encode()


def _feed() -> bytes:
    items = "\n".join(
        f"  <item><title>{title}</title><link>{{BASE}}{path}</link></item>"
        for path, title in _ARTICLES
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>\n'
        "  <title>The Merle Tide</title>\n  <link>{BASE}/news</link>\n"
        f"  <description>News twice a day</description>\n{items}\n</channel></rss>\n"
    ).encode()
