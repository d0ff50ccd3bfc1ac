"""The arithmetic of RFC 9111: age, lifetime, Cache-Control, and the fields of stored answers."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from multidict import CIMultiDict, MultiMapping

from fetcher.http_fields import delay_seconds, http_date

_DIRECTIVE = re.compile(
    r"""([!#$%&'*+.^_`|~0-9A-Za-z-]+)        # a token (RFC 9110, section 5.6.2)
        (?:=("(?:[^"\\]|\\.)*"|[^\s,;"]*))?  # and its argument, quoted or not""",
    re.VERBOSE,
)

FOREVER = 2**31
"""What a number of seconds that is too large stands for (section 1.2.2)."""


class Directives:
    """The directives of one message.

    values: of all its Cache-Control fields. Names are compared ignoring case; what cannot be
    understood is ignored.
    """

    def __init__(self, values: Iterable[str]) -> None:
        self._arguments: dict[str, set[str]] = {}
        for name, argument in _DIRECTIVE.findall(",".join(values)):
            self._arguments.setdefault(name.lower(), set()).add(argument.strip('"'))

    def __contains__(self, name: str) -> bool:
        return name in self._arguments

    def seconds(self, name: str) -> int | None:
        """Return the seconds in the argument of a directive, None if it is absent.

        An invalid argument, or two different ones, count as 0: such an answer should be considered
        stale (section 4.2.1).
        """
        arguments = self._arguments.get(name)
        if arguments is None:
            return None
        (argument, *others) = arguments
        seconds = None if others else delay_seconds(argument)
        return 0 if seconds is None else min(seconds, FOREVER)


@dataclass(frozen=True, slots=True)
class ExchangeTimes:
    """When an answer was requested and received, seconds since the epoch."""

    asked: float
    received: float


def lifetime(fields: MultiMapping[str], span: ExchangeTimes, heuristic: float = 0.0) -> float:
    """Return for how many seconds an answer is fresh after its origin sent it (section 4.2.1).

    heuristic: the part of the time since its last change for which an answer without an explicit
    lifetime counts as fresh (section 4.2.2; 0.1 is usual, 0 means never).
    """
    explicit = explicit_lifetime(fields, span)
    if explicit is not None:
        return explicit
    changed = http_date(fields.get("Last-Modified", ""))
    if not heuristic or changed is None:
        return 0.0
    return max(0.0, _date(fields, span) - changed) * heuristic


def explicit_lifetime(fields: MultiMapping[str], span: ExchangeTimes) -> float | None:
    """Return the lifetime that an answer states, in seconds; None for none.

    max-age overrides Expires. An invalid date has passed (section 5.3).
    """
    seconds = Directives(fields.getall("Cache-Control", ())).seconds("max-age")
    if seconds is not None:
        return float(seconds)
    expires = set(fields.getall("Expires", ()))
    if not expires:
        return None
    date = http_date(expires.pop())
    if date is None or expires:
        return 0.0
    return min(max(0.0, date - _date(fields, span)), float(FOREVER))


def birth(fields: MultiMapping[str], span: ExchangeTimes) -> float:
    """Return when an answer was made or last validated by its origin, seconds since the epoch.

    Takes the more pessimistic of Date and Age: the time in transit counts as age, and clocks that
    differ make no answer younger than it is (section 4.2.3).
    """
    apparent_age = max(0.0, span.received - _date(fields, span))
    corrected_age = _age(fields) + max(0.0, span.received - span.asked)
    return span.received - max(apparent_age, corrected_age)


def _date(fields: MultiMapping[str], span: ExchangeTimes) -> float:
    """Return when the answer was made; by default when it was received (RFC 9110, 6.6.1)."""
    date = http_date(fields.get("Date", ""))
    return span.received if date is None else date


def _age(fields: MultiMapping[str]) -> float:
    """Return the seconds that it spent in other caches; 0 if invalid (section 5.1)."""
    return float(min(delay_seconds(fields.get("Age", "").strip()) or 0, FOREVER))


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
"""Fields that concern only one connection (RFC 9111, section 3.1)."""

_SECRET = frozenset({"set-cookie", "set-cookie2"})
"""The session of one run is of no use to the next, and must not be left on a disk."""

_OF_THE_BODY = frozenset({"content-encoding", "content-length", "content-range", "content-type"})
"""Fields that describe the stored body; a 304 has none (RFC 9111, section 3.2)."""

_OF_THE_MOMENT = ("Age", "Date")
"""Fields that a 304 invalidates even if it does not have them."""


def storable(fields: Mapping[str, str] | None) -> CIMultiDict[str]:
    """Return the fields of an answer that may be stored; a name may occur repeatedly."""
    found = CIMultiDict(() if fields is None else fields.items())
    named = ",".join(found.getall("Connection", ())).lower().split(",")
    left_out = {*_OF_THE_CONNECTION, *_SECRET, *(name.strip() for name in named)}
    return CIMultiDict(
        (name, value) for name, value in found.items() if name.lower() not in left_out
    )


def refreshed(kept: CIMultiDict[str], newer: CIMultiDict[str]) -> CIMultiDict[str]:
    """Return a stored answer's fields, replaced by those of a 304 (section 3.2)."""
    changes = [pair for pair in newer.items() if pair[0].lower() not in _OF_THE_BODY]
    void = {name.lower() for name in (*_OF_THE_MOMENT, *dict(changes))}
    return CIMultiDict([*(pair for pair in kept.items() if pair[0].lower() not in void), *changes])


def names(values: list[str]) -> list[str]:
    """Return the field names in a list such as Vary, sorted and in lower case."""
    return sorted({name.strip().lower() for name in ",".join(values).split(",")} - {""})
