"""Whole bodies, held against what is expected of them."""

import hashlib
import json
from collections.abc import Iterator

from fetcher.extraction.document import Document
from fetcher.judgement.excerpts import excerpt
from fetcher.judgement.expectations import JsonCondition, Pattern
from fetcher.judgement.findings import Broken
from fetcher.judgement.words import quoted

_AROUND = 30
"""Characters shown before and after a text that should not be there."""


def lacking(text: str, wanted: tuple[str, ...]) -> list[str]:
    """Which of the wanted parts a text does not have."""
    return [part for part in wanted if part not in text]


def unwanted(text: str, parts: tuple[str, ...]) -> Iterator[Broken]:
    """Find the parts that a text should not have, and show where they stand."""
    for part in parts:
        at = text.find(part)
        if at >= 0:
            around = text[max(0, at - _AROUND) : at + len(part) + _AROUND]
            yield "body_not_contains", quoted(part), f"…{excerpt(around)}…"


def unmatched(text: str, patterns: tuple[Pattern, ...], size: str) -> Iterator[Broken]:
    """Find the patterns that a text does not match; size: of the body, in words."""
    for pattern in patterns:
        if not pattern.search(text):
            yield "body_matches", excerpt(str(pattern)), size


def unmet(text: str, conditions: tuple[JsonCondition, ...]) -> Iterator[Broken]:
    """Find the conditions that a text, as JSON, does not meet."""
    if not conditions:
        return
    try:
        # RFC 8259, section 8.1, lets a parser ignore a byte order mark.
        document = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        found = f"no JSON ({_why(error)})" if text.strip() else "an empty body"
        for condition in conditions:
            yield "json", excerpt(str(condition)), found
        return
    for condition in conditions:
        if (fault := condition.check(document)) is not None:
            yield "json", *fault


def selected_hash(text: str, selector: str) -> str:
    """SHA-256, in hexadecimal, of the text that a CSS selector selects; "" when that is nothing.

    One that cannot be used selects nothing.
    """
    try:
        found = Document(text).selected(selector)
    except ValueError:
        return ""
    return hashlib.sha256("\n".join(found).encode()).hexdigest() if found else ""


def _why(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg}: line {error.lineno} column {error.colno}"
    return "it is nested too deeply" if isinstance(error, RecursionError) else excerpt(str(error))
