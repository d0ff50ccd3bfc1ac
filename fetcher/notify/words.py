"""Texts of others, and for others: on one line, and short."""

import re

# C0, DEL, C1, line separators, bidirectional overrides (Unicode UAX #9, section 2), surrogates.
_NOT_SHOWN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")
_SURROGATES = re.compile("[\ud800-\udfff]")

LONGEST = 200
"""How much of what the other side says is shown, in characters."""


def one_line(text: str, longest: int | None = None) -> str:
    """Give a text without line ends and control characters; `…` stands for what is left out."""
    text = " ".join(_NOT_SHOWN.sub(" ", text).split())
    return text if longest is None or len(text) <= longest else text[: longest - 1] + "…"


def encodable(text: str) -> str:
    """Give a text in which U+FFFD stands for each lone surrogate, so that UTF-8 can hold it."""
    return _SURROGATES.sub("\ufffd", text)


def said(text: str) -> str:
    """Give what the other side said, as the end of a sentence: `: mailbox is full`; or nothing."""
    words = one_line(text, LONGEST)
    return f": {words}" if words else ""
