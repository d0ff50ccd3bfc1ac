"""Pages as a news site has them: every ready-made field, hundreds of links, tables, scripts.

There are VARIANTS of each size, all different, and the same in every run. The markup is regular, so
that `scrape_truth.py` can read it with regular expressions; attributes hold no `<` and no `>`.
"""

import json
import random

VARIANTS = 100
SIZES = {"30k": 30_000, "300k": 300_000}

ORIGIN = "https://www.gazette.example"

_PROSE = (
    "the boat left on time and its crew was early after a night of rain in which nobody slept "
    "because every lamp along the harbour had failed at once while passengers waited with their "
    "bicycles for somebody who knew whether the northern line would run again before morning "
    "ministers announced that timetables fares bridges and schools are to be discussed in spring "
    "Straße café œuvre piñata smörgåsbord čeština"
)
_WORDS = _PROSE.split()

_HEAD = """<!doctype html>
<html lang="en-GB" class="no-js"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} - The Valley Gazette</title>
<meta name="description" content="{lead}">
<meta name="robots" content="max-image-preview:large"><meta name="theme-color" content="#0b3d5c">
<link rel="canonical" href="{origin}/news/{slug}">
<meta property="og:type" content="article"><meta property="og:site_name" content="Valley Gazette">
<meta property="og:title" content="{title}"><meta property="og:description" content="{lead}">
<meta property="og:url" content="{origin}/news/{slug}">
<meta property="og:image" content="{origin}/media/{slug}-1200x630.jpg">
<meta property="og:image:width" content="1200"><meta property="og:image:height" content="630">
<meta name="twitter:card" content="summary_large_image">
<meta name="twitter:site" content="@gazette">
<link rel="preconnect" href="https://cdn.gazette.example" crossorigin>
<link rel="stylesheet" href="/static/css/site.4f1c2a.css"><link rel="icon" href="/static/icon.svg">
<link rel="alternate" type="application/rss+xml" title="All news" href="/feeds/all.xml">
<link rel="alternate" type="application/atom+xml" title="Comments" href="/feeds/{slug}.atom">
<link rel="alternate" hreflang="cs" href="{origin}/cs/news/{slug}">
<script type="application/ld+json">{article}</script>
<script type="application/ld+json">{trail}</script>
<style>.card{{display:grid;gap:1rem}}.card h2{{font:600 1.25rem serif}}
.price{{color:#b00}}</style>
"""
_SCRIPT = """<script>window.queue=window.queue||[];window.settings={settings};
function track(n,v){{if(n<10&&v){{queue.push([n,v])}}}}
track(1,"page");document.addEventListener("click",function(e){{track(2,e.target.id)}});</script>
"""
_TOP = """</head><body class="article wide" data-page="{slug}">
<!-- header: 12 ms -->
<noscript><img src="https://stats.example/pixel.gif" alt="" width="1" height="1"></noscript>
<header><a class="skip" href="#main">Skip to content</a>
<button type="button" aria-expanded="false">Menu</button>
<svg viewBox="0 0 24 24" width="24" height="24"><path d="M3 6h18M3 12h18M3 18h18"/></svg>
<nav><ul>
{nav}</ul></nav></header><main id="main"><h1>{title}</h1>
<p class="byline">By <a href="/people/{person}" rel="author">{author}</a>,
<time datetime="2026-03-0{day}">{day} March</time></p>
<p class="offer">A ticket is <span class="price">{price}</span>, or less with a card.</p>
"""
_CARD = """<article id="a{n}" class="card teaser teaser--wide grid gap-4 md:grid-cols-2 rounded-lg
 shadow-sm" data-id="{id}" data-track="teaser" data-position="{n}">
<div class="card__body flex flex-col p-4">
<h2><a class="card__link text-xl font-semibold" href="/news/{slug}">{headline}</a></h2>
<p class="lead text-base leading-relaxed">{lead} &amp; <em>{word}</em>.</p>
<p>{text} <a href="/line/{line}?from=teaser#times" title="Line {line}">line {line}</a> {more}
<img class="card__image" src="/media/{slug}.jpg" srcset="/media/{slug}-320.jpg 320w,
/media/{slug}-640.jpg 640w, /media/{slug}-1280.jpg 1280w" sizes="(min-width: 48em) 20rem, 100vw"
alt="{word}" width="320" height="180" loading="lazy" decoding="async"></p>
<svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"><path d="M12 21.35l-1.45-1.32C5.4
 15.36 2 12.28 2 8.5 2 5.42 4.42 3 7.5 3c1.74 0 3.41.81 4.5 2.09C13.09 3.81 14.76 3 16.5 3 19.58 3
 22 5.42 22 8.5c0 3.78-3.4 6.86-8.55 11.54L12 21.35z"/></svg>
<ul class="tags"><li><a href="/tag/{tag}">{tag}</a></li><li data-n="{n}">{word}</li></ul>
</div></article>
"""
_TABLE = """<table class="times"><thead><tr><th>Stop</th><th>Leaves</th><th>Fare</th></tr></thead>
<tbody>
{rows}</tbody></table>
"""
_ROW = (
    '<tr><td><a href="/stop/{stop}">Stop {stop}</a></td><td>{hour:02}:{minute:02}</td>'
    '<td class="num">{fare}&nbsp;kr</td></tr>\n'
)
_FOOT = """</main><footer><a href="mailto:desk@gazette.example">Write to us</a>
<a href="javascript:void(0)">Cookies</a>
<ul>
{links}</ul><p>&copy; 2026 The Valley Gazette</p></footer></body></html>
"""


def page(variant: int, size: int) -> bytes:
    """Return one of the VARIANTS of a page: whole, and less than 4 KB longer than the size."""
    rng = random.Random(variant)
    start = _start(rng, f"{variant:02}")
    foot = _FOOT.format(links=_items(rng, "/about/", 20))
    parts: list[str] = []
    length = len(start) + len(foot)
    while length < size:
        number = len(parts)
        parts.append(_table(rng) if number % 12 == 3 else _card(rng, number))
        if number % 4 == 1:
            parts[-1] += _SCRIPT.format(settings=_settings(rng))
        length += len(parts[-1])
    return "".join([start, *parts, foot]).encode()


def _start(rng: random.Random, slug: str) -> str:
    title, lead = _sentence(rng, 8), _sentence(rng, 24)
    author = f"{rng.choice('ABCDEF')}. {_sentence(rng, 1)}"
    values = {"slug": slug, "title": title, "lead": lead, "origin": ORIGIN, "author": author}
    head = _HEAD.format(**values, article=_news_article(rng, values), trail=_breadcrumbs(values))
    top = _TOP.format(
        **values,
        nav=_items(rng, "/section/", 40),
        person=rng.randrange(100),
        day=rng.randrange(1, 10),
        price=f"{rng.randrange(1, 9)},{rng.randrange(100, 999)}.00 kr",
    )
    return head + _SCRIPT.format(settings=_settings(rng)) + top


def _news_article(rng: random.Random, values: dict[str, str]) -> str:
    return json.dumps(
        {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": values["title"],
            "description": values["lead"],
            "author": [{"@type": "Person", "name": values["author"]}],
            "image": [f"{ORIGIN}/media/{values['slug']}-{width}.jpg" for width in (640, 1200)],
            "articleBody": _sentence(rng, 150),
            "wordCount": 150,
            "isAccessibleForFree": True,
        },
        ensure_ascii=False,
    )


def _breadcrumbs(values: dict[str, str]) -> str:
    names = ("Front page", "News", values["title"])
    items = [
        {"@type": "ListItem", "position": place, "name": name, "item": f"{ORIGIN}/{place}"}
        for place, name in enumerate(names, 1)
    ]
    list_ = {"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items}
    return json.dumps(list_)


def _card(rng: random.Random, number: int) -> str:
    return _CARD.format(
        n=number,
        id=f"{rng.getrandbits(64):016x}",
        slug=f"{rng.randrange(10**6)}-{rng.choice(_WORDS[:40])}",
        headline=_sentence(rng, 9),
        lead=_sentence(rng, 16),
        word=rng.choice(_WORDS),
        text=_sentence(rng, 50),
        line=rng.randrange(50),
        more=_sentence(rng, 20),
        tag=rng.choice(_WORDS[:40]),
    )


def _table(rng: random.Random) -> str:
    rows = [
        _ROW.format(
            stop=rng.randrange(500),
            hour=rng.randrange(24),
            minute=rng.randrange(60),
            fare=rng.randrange(10, 90),
        )
        for _ in range(12)
    ]
    return _TABLE.format(rows="".join(rows))


def _items(rng: random.Random, path: str, count: int) -> str:
    items = [
        f'<li><a href="{path}{number}">{_sentence(rng, 2)}</a></li>\n' for number in range(count)
    ]
    return "".join(items)


def _settings(rng: random.Random) -> str:
    return json.dumps({f"key{number}": rng.getrandbits(32) for number in range(40)})


def _sentence(rng: random.Random, words: int) -> str:
    return " ".join(rng.choices(_WORDS, k=words)).capitalize()
