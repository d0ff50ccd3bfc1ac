"""Incidents as feeds: Atom (RFC 4287) and RSS 2.0."""

from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import formatdate
from uuid import UUID, uuid5
from xml.etree import ElementTree

from aiohttp import web

from fetcher.monitor.incident import Incident
from fetcher.statuspage.site_context import SITE, base_of
from fetcher.statuspage.value_format import counted, title_of
from fetcher.text import clean, xml_text
from fetcher.units import format_minute, format_span, rfc3339

_ENTRIES = 50
_ATOM = "http://www.w3.org/2005/Atom"
# A random UUID: ids derived from it stay the same after a restart and at another address.
_NAMESPACE = UUID("8d4f4a2e-6a8f-5c0e-9a53-5a3f2a7d1c60")

ElementTree.register_namespace("atom", _ATOM)


@dataclass(frozen=True, slots=True)
class Feed:
    """The content of a feed; base: URL of the overview; updated: seconds since the epoch."""

    title: str
    base: str
    updated: float
    incidents: Sequence[Incident]


async def atom(request: web.Request) -> web.Response:
    """Return the latest incidents as Atom."""
    return _xml(atom_feed(await _feed(request)), "application/atom+xml")


async def rss(request: web.Request) -> web.Response:
    """Return the latest incidents as RSS."""
    return _xml(rss_feed(await _feed(request)), "application/rss+xml")


async def _feed(request: web.Request) -> Feed:
    site = request.app[SITE]
    found = await site.history.ask(lambda reader: reader.incidents(None, _ENTRIES))
    updated = max(map(_updated, found), default=site.live.vitals().started)
    return Feed(f"{site.settings.title}: incidents", base_of(request), updated, found)


def atom_feed(feed: Feed) -> ElementTree.Element:
    """Return a feed as Atom; an incident that closes is the same entry, updated."""
    root = ElementTree.Element("feed", xmlns=_ATOM)
    _add(root, "title", feed.title)
    _add(root, "id", uuid5(_NAMESPACE, feed.base).urn)
    _add(root, "updated", rfc3339(feed.updated) or "")
    _add(root, "link", rel="self", href=f"{feed.base}feed.atom")
    _add(root, "link", rel="alternate", type="text/html", href=feed.base)
    _add(_add(root, "author"), "name", feed.title)
    for incident in feed.incidents:
        entry = _add(root, "entry")
        _add(entry, "title", _title(incident))
        _add(entry, "id", _id(incident))
        _add(entry, "published", rfc3339(incident.opened) or "")
        _add(entry, "updated", rfc3339(_updated(incident)) or "")
        _add(entry, "link", rel="alternate", type="text/html", href=_link(feed, incident))
        _add(entry, "content", _text(incident), type="text")
    return root


def rss_feed(feed: Feed) -> ElementTree.Element:
    """Return a feed as RSS 2.0."""
    root = ElementTree.Element("rss", version="2.0")
    channel = _add(root, "channel")
    _add(channel, "title", feed.title)
    _add(channel, "link", feed.base)
    _add(channel, "description", "Incidents of the monitored targets.")
    _add(channel, "lastBuildDate", formatdate(feed.updated))
    own = f"{feed.base}feed.rss"
    _add(channel, f"{{{_ATOM}}}link", rel="self", type="application/rss+xml", href=own)
    for incident in feed.incidents:
        item = _add(channel, "item")
        _add(item, "title", _title(incident))
        _add(item, "link", _link(feed, incident))
        _add(item, "guid", _id(incident), isPermaLink="false")
        _add(item, "pubDate", formatdate(incident.opened))
        _add(item, "description", _text(incident))
    return root


def _add(
    parent: ElementTree.Element, name: str, text: str = "", **attributes: str
) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, name, attributes)
    child.text = xml_text(clean(text)) or None
    return child


def _id(incident: Incident) -> str:
    return uuid5(_NAMESPACE, incident.id).urn


def _updated(incident: Incident) -> float:
    return max(incident.closed or 0.0, incident.acknowledged or 0.0, incident.opened)


def _title(incident: Incident) -> str:
    state = incident.condition.value if incident.open else f"{incident.condition.value}, resolved"
    return f"{title_of(incident)} ({state})"


def _text(incident: Incident) -> str:
    parts = [incident.text, incident.cause]
    if incident.closed is None:
        parts.append(f"Since {format_minute(incident.began)} UTC.")
    else:
        began, closed = format_minute(incident.began), format_minute(incident.closed)
        took = format_span(incident.closed - incident.began)
        parts.append(f"From {began} to {closed} UTC, {took}.")
    if len(incident.members) > 1:
        parts.append(f"{counted(len(incident.members), 'target')}.")
    return " — ".join(filter(None, parts))


def _link(feed: Feed, incident: Incident) -> str:
    return f"{feed.base}incidents/{incident.id}"


def _xml(root: ElementTree.Element, content_type: str) -> web.Response:
    body = ElementTree.tostring(root, "utf-8", xml_declaration=True)
    return web.Response(body=body, content_type=content_type, charset="utf-8")
