"""The header fields of kept answers."""

from collections.abc import Mapping

from multidict import CIMultiDict

_OF_THE_CONNECTION = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authentication-info",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "transfer-encoding",
        "upgrade",
    }
)
"""Fields that say something of one connection only (RFC 9111, section 3.1)."""

_SECRET = frozenset({"set-cookie", "set-cookie2"})
"""A session of one run is of no use to the next, and is not left lying on a disk."""

_OF_THE_BODY = frozenset({"content-encoding", "content-length", "content-range", "content-type"})
"""Fields that describe the body that is there; a 304 has none (RFC 9111, section 3.2)."""

_OF_THE_MOMENT = ("Age", "Date")
"""Fields that a 304 makes void even where it does not have them itself."""


def storable(fields: Mapping[str, str] | None) -> CIMultiDict[str]:
    """The fields of an answer that may be kept; those of one mapping may come up repeatedly."""
    found = CIMultiDict(() if fields is None else fields.items())
    named = ",".join(found.getall("Connection", ())).lower().split(",")
    left_out = {*_OF_THE_CONNECTION, *_SECRET, *(name.strip() for name in named)}
    return CIMultiDict(
        (name, value) for name, value in found.items() if name.lower() not in left_out
    )


def refreshed(kept: CIMultiDict[str], newer: CIMultiDict[str]) -> CIMultiDict[str]:
    """The fields of a kept answer after a 304: its own give way to the newer (section 3.2)."""
    changes = [pair for pair in newer.items() if pair[0].lower() not in _OF_THE_BODY]
    void = {name.lower() for name in (*_OF_THE_MOMENT, *dict(changes))}
    return CIMultiDict([*(pair for pair in kept.items() if pair[0].lower() not in void), *changes])


def names(values: list[str]) -> list[str]:
    """The members of a list of field names, such as Vary, in lower case and order."""
    return sorted({name.strip().lower() for name in ",".join(values).split(",")} - {""})
