"""Pages that look like real ones, lists of their URLs, and the nginx that serves them."""

import sys
from collections.abc import Iterable
from pathlib import Path

from harness import ROOT, SERVER_CORE

# A benchmark runs as a script, so the project's own folder is not on the path.
sys.path.insert(0, str(ROOT))

from tests.support.nginx import Nginx

TITLE = "Spring timetable: trains & boats - The Valley Gazette"

HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Spring timetable: trains &amp; boats - The Valley Gazette</title>
<meta name="description" content="When the first boat of the year leaves, and who meets it.">
<link rel="stylesheet" href="/static/site.css"><link rel="icon" href="/static/icon.svg">
"""
SCRIPT = """<script>window.queue=window.queue||[];
function track(n,v){if(n<10&&v){queue.push([n,v])}}
track(1,"page");document.addEventListener("click",function(e){track(2,e.target.id)});</script>
"""
BODY = """</head><body class="article wide"><header><nav><ul>
<li><a href="/">Front page</a></li><li><a href="/valley">Valley</a></li></ul></nav></header><main>
"""
ARTICLE = """<article id="a{n}" class="card">
<h2><a href="/news/{n}">Boat {n} leaves on time</a></h2>
<p class="lead">The lake was calm, the crew was early &amp; the band played <em>twice</em>.</p>
<p>Passengers from the village took the <a href="/line/{n}" title="Line {n}">morning line</a>; the
ticket was 3&nbsp;crowns, or 5 with a bicycle. <img src="/img/{n}.jpg" alt="A boat" width="320"></p>
<ul class="tags"><li>lake</li><li>travel</li><li data-n="{n}">spring</li></ul></article>
"""
FOOT = "</main><footer><p>The Valley Gazette</p></footer></body></html>\n"

SIZES = {"1k": 1_000, "30k": 30_000, "300k": 300_000}


def page(size: int) -> bytes:
    """Return a page with TITLE near its start, of about that many bytes, at least 600."""
    start = HEAD + SCRIPT * (1 if size > 1_000 else 0) + BODY
    articles: list[str] = []
    length = len(start) + len(FOOT)
    while length < size:
        articles.append(ARTICLE.format(n=len(articles)))
        length += len(articles[-1])
    # Cut rather than overshoot: what is left open is closed by every parser at the end.
    return (start + "".join(articles))[: size - len(FOOT)].encode() + FOOT.encode()


def page_server(listen: str = "", more: str = "") -> Nginx:
    """Return an nginx that serves /1k/…, /30k/… and /300k/…, whatever follows, on every host.

    listen: what follows the port in its `listen` line. more: further directives of the server.
    """
    locations = "".join(f"location /{name}/ {{ try_files /{name}.html =404; }}" for name in SIZES)
    server = Nginx(
        f"server {{ listen 127.0.0.1:{{port}} {listen} backlog=4096; root {{root}}; "
        f"open_file_cache max=10 inactive=1h; {more} {locations} }}",
        core=SERVER_CORE,
    )
    for name, size in SIZES.items():
        (server.root / f"{name}.html").write_bytes(page(size))
    return server


def write_list(path: Path, urls: Iterable[str]) -> Path:
    """Write a list of URLs, one a line, and return its path."""
    with path.open("w") as file:
        file.writelines(f"{url}\n" for url in urls)
    return path
