"""What is expected of one URL, in one vocabulary for flags, TOML and lists."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from fetcher import urls
from fetcher.config import from_value, likely
from fetcher.http_fields import parse_header
from fetcher.judgement.json_conditions import JsonCondition as JsonCondition
from fetcher.judgement.patterns import Pattern as Pattern
from fetcher.options import duration, many, option, optional, options_of, switch
from fetcher.units import format_duration

Statuses = tuple[tuple[int, int], ...]
"""Inclusive ranges of status codes."""

SUCCESS: Statuses = ((200, 299),)

_RANGE = re.compile(r"([1-9][0-9]{2})(?:\s*(?:\.\.|-)\s*([1-9][0-9]{2}))?")
_CLASS = re.compile(r"([1-9])xx", re.IGNORECASE)


def parse_statuses(text: str) -> Statuses:
    """Read statuses such as `200..299,401`, `200-299` or `2xx` as ranges, in the order written.

    A status has three digits (RFC 9110, section 15); those above 599, which some servers send, can
    be accepted too. Raises ValueError.
    """
    ranges = tuple(_range(part.strip()) for part in text.split(",") if part.strip())
    if not ranges:
        raise ValueError("it names no status; use for example 200..299,401 or 2xx")
    return ranges


def show_statuses(statuses: Statuses) -> str:
    """Write ranges the way `parse_statuses` reads them: `200..299,401`."""
    return ",".join(
        [f"{first}..{last}" if first < last else str(first) for first, last in statuses]
    )


def accepts(statuses: Statuses, code: int) -> bool:
    """Return True if a status code lies in one of the ranges."""
    return any(first <= code <= last for first, last in statuses)


def _range(text: str) -> tuple[int, int]:
    if found := _CLASS.fullmatch(text):
        first = int(found[1]) * 100
        return first, first + 99
    found = _RANGE.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a status; use for example 200..299,401 or 2xx")
    first, last = int(found[1]), int(found[2] or found[1])
    if last < first:
        raise ValueError(f"{text!r} ends before it begins")
    return first, last


def _header_matches(text: str) -> tuple[str, Pattern]:
    name, pattern = parse_header(text)
    return name, Pattern(pattern)


def _part(text: str) -> str:
    if not text:
        raise ValueError("an empty text is part of every body")
    return text


def _place(text: str) -> str | None:
    """Read an absolute URL, or a path on the host that was asked."""
    text = text.strip()
    if text and not text.startswith("/"):
        try:
            urls.parse(text)
        except urls.UrlError as error:
            raise ValueError(f"{text!r} is not a URL or a path on the same host: {error}") from None
    return text or None


def _unchanged(text: str) -> str | None:
    """Read `body`, or a CSS selector."""
    text = text.strip()
    if text and text != "body":
        # Late, because it loads a parser of HTML, which `--help` has no use for.
        from fetcher.extraction.page_text import check_selector

        check_selector(text)
    return text or None


def _pattern(text: str) -> Pattern | None:
    return Pattern(text) if text else None


def _days(text: str) -> int:
    days = text.strip()
    if not (days.isascii() and days.isdecimal() and len(days) < 6):
        raise ValueError(f"{text!r} is not a number of days; use for example 14")
    return int(days)


def _version(protocol: str, *versions: str) -> Any:
    """Declare the oldest accepted version of a protocol."""

    def parse(text: str) -> str | None:
        if text and text.strip() not in versions:
            raise ValueError(f"{text!r} is not one of {', '.join(versions)}")
        return text.strip() or None

    return optional(
        f"Oldest accepted version of {protocol}.",
        parse,
        none="any",
        types=(str, float),
        expected=f'"{versions[0]}" or "{versions[1]}"',
        metavar="|".join(versions),
    )


def _pairs(help: str, parse: Any, metavar: str) -> Any:
    """Declare a list of headers."""
    return many(help, parse, show=lambda pair: f"{pair[0]}: {pair[1]}", metavar=metavar)


@dataclass(frozen=True, slots=True)
class Expectations:
    """What is expected of one URL's response; what is None, empty or False is not checked.

    status: accepted statuses, as inclusive ranges. degraded_after, unhealthy_after: seconds, for
    the whole last attempt. final_url: where redirects must end. redirect_to: where the first
    redirect must lead; both an absolute URL, or a path on the host that was asked. header,
    header_matches: name and wanted value or pattern. body_contains, body_not_contains,
    body_matches: text of the body. title, title_matches: of the page. json: conditions on values
    at JSONPaths (RFC 9535). unchanged: "body", or a CSS selector whose text must be the same as
    last time; hash: what it was then. certificate_days: minimum days until the certificate
    expires. tls_min, http_min: oldest accepted version. complete: True to read the whole body,
    however long, and verify that it is complete.

    Raises ValueError for expectations that no answer can meet together.
    """

    option_prefix: ClassVar[str] = "expect_"
    option_section: ClassVar[str] = "Expectations"

    status: tuple[tuple[int, int], ...] = option(
        SUCCESS,
        "Accepted statuses: ranges, classes and single codes, such as 200..299,401 or 2xx,401.",
        parse_statuses,
        show=show_statuses,
        types=(str, int),
        separator=",",
        expected='statuses such as "200..299,401"',
        metavar="STATUS,...",
    )
    degraded_after: float | None = duration(None, "A slower response is degraded.")
    unhealthy_after: float | None = duration(None, "A slower response is unhealthy.")
    final_url: str | None = optional(
        "URL where redirects must end, or a path on the same host.",
        _place,
        none="anywhere",
        metavar="URL",
    )
    redirect_to: str | None = optional(
        "URL that the first redirect must lead to, or a path on the same host.",
        _place,
        none="anywhere",
        metavar="URL",
    )
    header: tuple[tuple[str, str], ...] = _pairs(
        "Response header and its exact value; repeatable.", parse_header, "'NAME: VALUE'"
    )
    header_matches: tuple[tuple[str, Pattern], ...] = _pairs(
        "Response header and a pattern (RE2) that its value must match; repeatable.",
        _header_matches,
        "'NAME: PATTERN'",
    )
    body_contains: tuple[str, ...] = many("Text that the body must contain; repeatable.", _part)
    body_not_contains: tuple[str, ...] = many(
        "Text that the body must not contain; repeatable.", _part
    )
    body_matches: tuple[Pattern, ...] = many(
        "Pattern (RE2) that must match somewhere in the body; repeatable.",
        Pattern,
        metavar="PATTERN",
    )
    title: str | None = optional(
        "Exact title of the page.", lambda text: text.strip() or None, "any"
    )
    title_matches: Pattern | None = option(
        None,
        "Pattern (RE2) that must match somewhere in the title.",
        _pattern,
        show=lambda pattern: str(pattern or "any"),
        metavar="PATTERN",
    )
    json: tuple[JsonCondition, ...] = many(
        "Condition on the JSON body, such as '$.items[0].count >= 3' or '$.id exists'; repeatable. "
        "Operators: == != < <= > >= contains matches exists absent.",
        lambda text: JsonCondition(text.strip()),
        metavar="CONDITION",
    )
    unchanged: str | None = optional(
        "What must not have changed since last time: the body, or the text at a CSS selector.",
        _unchanged,
        none="nothing",
        metavar="body|SELECTOR",
    )
    hash: str | None = optional(
        "Its hash from last time, if there is no earlier result to take it from.",
        lambda text: text.strip().lower() or None,
        none="from the earlier result",
        metavar="HASH",
    )
    certificate_days: int | None = option(
        None,
        "Minimum days until the certificate expires.",
        _days,
        show=lambda days: "any" if days is None else str(days),
        types=(int, str),
        expected="a number of days",
        metavar="DAYS",
    )
    tls_min: str | None = _version("TLS", "1.2", "1.3")
    http_min: str | None = _version("HTTP", "1.0", "1.1")
    complete: bool = switch(
        "Read the whole body, however long, to verify that it is complete.", types=(bool, str)
    )

    def __post_init__(self) -> None:
        degraded, unhealthy = self.degraded_after, self.unhealthy_after
        if degraded is not None and unhealthy is not None and degraded >= unhealthy:
            raise ValueError(
                f"degraded_after ({format_duration(degraded)}) must be shorter than "
                f"unhealthy_after ({format_duration(unhealthy)})"
            )
        if self.hash is not None and self.unchanged is None:
            raise ValueError("hash needs unchanged, which says what it is the hash of")
        for text in self.body_contains:
            if any(unwanted in text for unwanted in self.body_not_contains):
                raise ValueError(f"body_contains {text!r} has what body_not_contains forbids")


NOTHING_SPECIAL = Expectations()

_OPTIONS = options_of(Expectations)


def parse_expectations(
    raw: Mapping[str, object], base: Expectations = NOTHING_SPECIAL
) -> Expectations:
    """Read what a target expects, key by key over what is expected of all.

    raw: a TOML table, a JSON object or the cells of a CSV row, by names of Expectations' fields.
    Everything can be written as text, as on the command line; a list, as one text, has one element
    a line. JSON's null takes back what `base` has. Raises ValueError that names the key, what was
    found there and what was expected.
    """
    values: dict[str, Any] = {}
    for key, value in raw.items():
        if key not in _OPTIONS:
            raise ValueError(f"expect.{key}: unknown key{likely(key, _OPTIONS)}")
        declared, default = _OPTIONS[key]
        values[key] = default if value is None else from_value(value, declared, f"expect.{key}")
    try:
        return replace(base, **values)
    except ValueError as error:
        raise ValueError(f"expect: {error}") from None
