"""The page as a whole: self-contained, and allowed to do nothing but its own."""

import base64
import hashlib
from collections.abc import Iterator
from importlib.resources import files

from fetcher.sinks.reports.html.listing import listing
from fetcher.sinks.reports.html.markup import text
from fetcher.sinks.reports.html.overview import header, latency, troubles
from fetcher.sinks.reports.report import Facts
from fetcher.sinks.reports.words import headline


def render_html(facts: Facts) -> Iterator[str]:
    """Write the report as an HTML page.

    It asks for nothing from anywhere, and its Content-Security-Policy (CSP Level 3) allows no more
    than the style and the script in it, by their hashes. Everything can be read without the script,
    which filters and sorts.
    """
    style, script = _part("page.css"), _part("page.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    yield (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{text(policy)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="generator" content="fetcher check">\n'
        f"<title>{text(headline(facts.totals))}</title>\n"
        f"<style>{style}</style>\n</head>\n<body>\n<main>\n"
    )
    yield from header(facts)
    yield from troubles(facts.totals)
    yield from latency(facts.totals)
    yield from listing(facts)
    yield f"</main>\n<script>{script}</script>\n</body>\n</html>\n"


def _part(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


def _hash(source: str) -> str:
    digest = hashlib.sha256(source.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
