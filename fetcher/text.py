"""Make text from strangers safe to show: on one line, without control characters.

Texts of others, and for others: on one line, and short.

What was found, in a few words that can be shown.
"""

import json
import re
from collections.abc import Iterator

_SURROGATES = re.compile("[\ud800-\udfff]")
LONGEST = 200


# Each of these ends or indents a line somewhere; U+0085 is NEL.
_LINES = re.compile("[\t-\r\x85\u2028\u2029]+")
# C0, DEL and C1.
_CONTROLS = "\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
# With these a title can make `gpj.exe` read `exe.jpg`; the last range is theirs and deprecated.
_BIDIRECTIONAL = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"
_REMOVED = re.compile(f"[{_CONTROLS}{_BIDIRECTIONAL}]")


def clean(text: str) -> str:
    """Give the text without anything that could break a line, a terminal or a log.

    Tabs, line ends and line separators become one space; the other control characters (C0, DEL,
    C1) and bidirectional formatting characters (Unicode UAX #9, section 2) are removed; a lone
    surrogate becomes U+FFFD, as the Encoding standard has it. Joiners and variation selectors
    stay, because emoji and several scripts need them. Cleaning twice changes nothing more.
    """
    if text.isprintable():
        return text
    return _REMOVED.sub("", _LINES.sub(" ", without_surrogates(text)))


def without_surrogates(text: str) -> str:
    """Give the text with each lone surrogate replaced by U+FFFD, so that it can be encoded."""
    return _SURROGATES.sub("\ufffd", text)


# C0, DEL, C1, line separators, bidirectional overrides (Unicode UAX #9, section 2), surrogates.
_NOT_SHOWN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")

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


"""How much of something is shown, in characters."""

_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def excerpt(text: str) -> str:
    r"""Give the beginning of a text on one line: at most LONGEST characters, all printable.

    What is not printable stands as an escape, `\n` or `\u202e`; `…` stands for what was left out.
    """
    return _cut("".join([c if c.isprintable() else _escaped(c) for c in text[: LONGEST + 1]]))


def json_excerpt(value: object) -> str:
    """Give the beginning of a JSON value as compact JSON, as `excerpt` does.

    Written only as far as it is shown: a value may be as large as the largest body.
    """
    parts: list[str] = []
    size = 0
    for part in _written(value):
        parts.append(part)
        size += len(part)
        if size > LONGEST:
            break
    return excerpt("".join(parts))


def _written(value: object) -> Iterator[str]:
    if isinstance(value, str):
        # The encoder would write all of it.
        yield _JSON.encode(value[: LONGEST + 1])
    else:
        yield from _JSON.iterencode(value)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
