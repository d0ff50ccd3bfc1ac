"""What to ask of a URL, by what is expected of it."""

import hashlib
from functools import lru_cache

from fetcher.judgement.blocked import HEADERS
from fetcher.judgement.expectations import Expectations
from fetcher.judgement.reading import NOTHING_ASKED, CheckReader, Reading
from fetcher.model import BodyReader
from fetcher.transport.base import Inquiry, Method

_ALWAYS = ("retry-after", *HEADERS)
"""The headers that the rules themselves look at."""


# In most lists all targets expect the same; where each expects something else, none is kept long.
@lru_cache(maxsize=256)
def inquiry_for(expected: Expectations, method: Method = Method.GET) -> Inquiry:
    """Make the inquiry that finds out what `judge` has to know.

    method: how to ask where the headers are enough; what is expected of a body or a title is asked
    with GET, whatever it is. Inquiries that need the same of an answer have the same `key`,
    however else their expectations differ.
    """
    reading = Reading.of(expected)
    if reading != NOTHING_ASKED or expected.title is not None or expected.title_matches:
        method = Method.GET
    own = _own_headers(expected)

    def open_reader(status: int, content_type: str) -> BodyReader | None:
        return CheckReader(reading, status, content_type)

    return Inquiry(open_reader, method, (*_ALWAYS, *own), tls=True, key=_key(reading, method, own))


def _own_headers(expected: Expectations) -> tuple[str, ...]:
    """The headers that only these expectations need, each once, in a settled order."""
    names = {name.lower() for name, _ in (*expected.header, *expected.header_matches)}
    if expected.redirect_to is not None:
        names.add("location")  # of a redirect that is not followed
    return tuple(sorted(names.difference(_ALWAYS)))


def _key(reading: Reading, method: Method, headers: tuple[str, ...]) -> str:
    if reading == NOTHING_ASKED and method is Method.GET and not headers:
        return ""
    # An expectation can be long, and a key is kept for each URL.
    return hashlib.blake2b(repr((reading, method, headers)).encode(), digest_size=16).hexdigest()
