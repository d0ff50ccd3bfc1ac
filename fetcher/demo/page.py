"""What a page of the demo site is: what it sends, and what a client should make of it."""

from dataclasses import dataclass
from enum import Enum, auto
from html import escape

from fetcher.failures import FailureKind

HTML = "text/html; charset=utf-8"


class Behaviour(Enum):
    """How a page is answered."""

    PLAIN = auto()
    """As declared, at once."""
    SLOW = auto()
    """As declared, after two seconds."""
    DRIP = auto()
    """As declared, but the body comes a few bytes at a time."""
    CUT = auto()
    """The body is announced in full, and half of it is sent."""
    RESET = auto()
    """The connection is reset instead of an answer."""
    DOWN = auto()
    """503, always."""
    THIRD_TRY = auto()
    """503 twice, then as declared, and over again."""
    SECOND_TRY = auto()
    """429 with `Retry-After: 1`, then as declared, and over again."""


@dataclass(frozen=True, slots=True)
class DemoPage:
    """One page, and what is expected of a client that asks for it.

    path: begins with `/`. about: what it shows, for the index. body: as sent, except that
    `{BASE}` becomes the site's own address. headers: besides Content-Type and Content-Length.
    status, title, encoding: of a complete answer; title None where there is none, encoding by the
    name in the Encoding standard, "" where nothing is to be decoded. failure: what must be
    reported instead. leads_to: the path at which its redirects end.
    """

    path: str
    about: str
    body: bytes
    title: str | None = None
    encoding: str = ""
    content_type: str = HTML
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    behaviour: Behaviour = Behaviour.PLAIN
    failure: FailureKind | None = None
    leads_to: str = ""


_STYLE = """
:root { color-scheme: light dark; --sea: #0b6e8a; }
@media (prefers-color-scheme: dark) { :root { --sea: #6cc5dd; } }
body { max-width: 42rem; margin: 2rem auto; padding: 0 1rem; font: 1.05rem/1.6 Georgia, serif; }
header, footer { font: .9rem/1.5 system-ui, sans-serif; }
nav a { margin-right: 1em; } a { color: var(--sea); } h1 { line-height: 1.2; }
footer { margin-top: 3rem; border-top: 1px solid; opacity: .7; } li { margin: .2em 0; }
code { font-size: .9em; } table { border-collapse: collapse; } td { padding: .1em 1em .1em 0; }
"""

_NAV = (("/", "Port Merle"), ("/about", "About"), ("/news", "News"), ("/ferry", "Ferry"))


def document(main: str, *, title: str | None, declared: str = "", lang: str = "en") -> str:
    """Write a whole HTML document around `main`, which is markup; `title` is text.

    declared: markup that stands first in the head, where an encoding is declared.
    """
    nav = "".join(f'<a href="{href}">{escape(text)}</a>' for href, text in _NAV)
    heading = "" if title is None else f"<title>{escape(title)}</title>\n"
    return (
        f'<!doctype html>\n<html lang="{escape(lang)}">\n<head>\n{declared}{heading}'
        '<meta name="viewport" content="width=device-width">\n'
        f'<link rel="icon" href="data:,">\n<style>{_STYLE}</style>\n</head>\n<body>\n'
        f"<header><nav>{nav}</nav></header>\n<main>\n{main}\n</main>\n"
        "<footer><p>Port Merle is on no map. This site was made to be fetched.</p></footer>\n"
        "</body>\n</html>\n"
    )


def text_page(path: str, title: str, about: str, *paragraphs: str) -> DemoPage:
    """Make an ordinary page of plain-text paragraphs, in UTF-8."""
    text = "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    main = f"<h1>{escape(title)}</h1>\n{text}"
    return DemoPage(path, about, document(main, title=title).encode(), title, "utf-8")
