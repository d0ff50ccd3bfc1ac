"""The names of columns and fields with URLs, and what URLs look like."""

import re

URL_NAMES = (
    "url",
    "urls",
    "uri",
    "link",
    "links",
    "href",
    "website",
    "web_site",
    "website_url",
    "site",
    "homepage",
    "home_page",
    "webpage",
    "web_page",
    "page_url",
    "page",
    "loc",
    "domain",
    "domains",
    "domain_name",
    "hostname",
    "host",
    "web",
    "web_address",
    "address",
    "location",
)
"""Names of columns and fields with URLs, the most certain first, as `normalised` writes them."""

CERTAIN_NAMES = frozenset(
    {
        *("url", "urls", "uri", "href", "link", "loc", "website", "web_site", "website_url"),
        *("homepage", "home_page", "webpage", "web_page", "page_url"),
    }
)
"""The names that mean a URL whatever the cells look like."""

_WITH_SCHEME = re.compile(r"https?://[^\s/]", re.IGNORECASE)
_HOST = re.compile(r"(?:[\w-]+\.)+[^\W\d_]{2,}\.?(?::\d{1,5})?(?:[/?#]\S*)?\Z")


def normalised(name: str) -> str:
    """Normalise a column's name: `Web-Site` and ` web site ` both become `web_site`."""
    return re.sub(r"[\W_]+", "_", name.casefold()).strip("_")


def likeness(text: str) -> float:
    """Return how much a text looks like a URL: 1 with a scheme, 0.6 for a bare host, else 0."""
    text = text.strip()
    if _WITH_SCHEME.match(text):
        return 1.0
    return 0.6 if "." in text and _HOST.match(text) else 0.0
