"""Make text from strangers safe to show: on one line, without control characters."""

import re

# Each of these ends or indents a line somewhere; U+0085 is NEL.
_LINES = re.compile("[\t-\r\x85\u2028\u2029]+")
# C0, DEL and C1.
_CONTROLS = "\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
# With these a title can make `gpj.exe` read `exe.jpg`; the last range is theirs and deprecated.
_BIDIRECTIONAL = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"
_REMOVED = re.compile(f"[{_CONTROLS}{_BIDIRECTIONAL}]")
_SURROGATES = re.compile("[\ud800-\udfff]")


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
