"""The feeds: valid, stable, and safe whatever an incident is called."""

from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit
from uuid import UUID
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from fetcher.monitor.incident import Member
from fetcher.statuspage.feeds import Feed, atom_feed, rss_feed
from tests.statuspage.making import EVIL, NOW, MadeUp, Past, incident
from tests.statuspage.served import Served, page_settings

ATOM = "{http://www.w3.org/2005/Atom}"
BASE = "https://status.example/"
OVER = incident("i0", opened=NOW - 3600, began=NOW - 3600, closed=NOW - 60)


def member(name: str) -> Member:
    """A member of some name."""
    return Member(name, "https://a.example/", name, NOW - 600)


def written(root: ElementTree.Element) -> ElementTree.Element:
    """What a reader makes of a feed."""
    return ElementTree.fromstring(ElementTree.tostring(root))


def one(parent: ElementTree.Element, name: str) -> str:
    """The text of the one child of this name."""
    (found,) = parent.findall(name)
    return found.text or ""


def test_atom_has_what_it_must() -> None:
    """Each feed and entry has an id, a title and a time with a zone (RFC 4287, section 4.1)."""
    root = written(atom_feed(Feed("Status: incidents", BASE, NOW, [incident("i1"), OVER])))
    assert root.tag == f"{ATOM}feed"
    author = root.find(f"{ATOM}author")
    assert author is not None
    assert one(author, f"{ATOM}name") == "Status: incidents"
    entries = root.findall(f"{ATOM}entry")
    assert [one(entry, f"{ATOM}title") for entry in entries] == [
        "Shop (down)",
        "Shop (down, resolved)",
    ]
    for part in (root, *entries):
        UUID(one(part, f"{ATOM}id").removeprefix("urn:uuid:"))
        assert datetime.fromisoformat(one(part, f"{ATOM}updated")).tzinfo is not None
    assert one(entries[1], f"{ATOM}published") == "2026-11-21T05:00:00Z"
    assert one(entries[1], f"{ATOM}updated") == "2026-11-21T05:59:00Z"
    links = {link.attrib["rel"]: link.attrib["href"] for link in root.findall(f"{ATOM}link")}
    assert links == {"self": f"{BASE}feed.atom", "alternate": BASE}
    assert one(entries[1], f"{ATOM}content") == (
        "status 503 — the host shop.example — "
        "From 2026-11-21 05:00 to 2026-11-21 05:59 UTC, 59 min."
    )


def test_rss_has_what_it_must() -> None:
    """Title, link and description, and items with a date as RFC 822 has it (RSS 2.0)."""
    root = written(rss_feed(Feed("Status: incidents", BASE, NOW, [incident("i1"), OVER])))
    assert (root.tag, root.attrib) == ("rss", {"version": "2.0"})
    (channel,) = root
    assert one(channel, "link") == BASE
    assert one(channel, "description")
    items = channel.findall("item")
    assert [one(item, "link") for item in items] == [f"{BASE}incidents/i1", f"{BASE}incidents/i0"]
    assert parsedate_to_datetime(one(items[1], "pubDate")).timestamp() == NOW - 3600
    (guid,) = items[0].findall("guid")
    assert guid.attrib == {"isPermaLink": "false"}


def test_ids_are_stable() -> None:
    """An incident is the same entry in both feeds, when it is over, and at another address."""
    feeds = [
        Feed("a", BASE, NOW, [incident("i1")]),
        Feed("b", "http://127.0.0.1:1/", NOW + 5, [incident("i1", closed=NOW), incident("i2")]),
    ]
    first, second = (
        [one(entry, f"{ATOM}id") for entry in written(atom_feed(feed)).iter(f"{ATOM}entry")]
        for feed in feeds
    )
    (item,) = written(rss_feed(feeds[0])).iter("item")
    assert first[0] == second[0] == one(item, "guid")
    assert second[0] != second[1]


@given(st.text(), st.text())
def test_any_text_is_text(name: str, said: str) -> None:
    """No name and no reason makes an element, nor XML that is none."""
    strange = incident("i1", member(name), text=said, cause=EVIL)
    feed = Feed(said, BASE, NOW, [strange])
    usual = Feed("x", BASE, NOW, [incident("i1", member("x"))])
    for write in (atom_feed, rss_feed):
        tags = [node.tag for node in written(write(feed)).iter()]
        assert tags == [node.tag for node in written(write(usual)).iter()]


async def test_over_http() -> None:
    """They are served with their own types, under the address by which the page is known."""
    past = Past(happened=[incident("i1")])
    async with Served(MadeUp(), past) as page:
        async with page.client.get(page.url + "feed.atom") as response:
            assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
            root = ElementTree.fromstring(await response.read())
        (entry,) = root.iter(f"{ATOM}entry")
        link = entry.find(f"{ATOM}link")
        assert link is not None
        assert link.attrib["href"] == f"{page.url}incidents/i1"
        await page.get(urlsplit(link.attrib["href"]).path[1:])
    settings = page_settings(public_url="https://status.example/up")
    async with Served(MadeUp(), past, settings) as page:
        async with page.client.get(page.url + "feed.rss") as response:
            assert response.headers["Content-Type"] == "application/rss+xml; charset=utf-8"
        assert "<link>https://status.example/up/incidents/i1<" in await page.get("feed.rss")


async def test_nothing_has_happened() -> None:
    """A feed without entries is a feed."""
    async with Served(MadeUp()) as page:
        assert not list(ElementTree.fromstring(await page.get("feed.atom")).iter(f"{ATOM}entry"))
        ElementTree.fromstring(await page.get("feed.rss"))
