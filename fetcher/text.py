"""Text from strangers, made safe: the one place that knows which characters are dangerous.

Two needs, two kinds of function. What people *see* (a terminal, HTML, Markdown, a message, a log)
goes through `clean`, `shorten`, `excerpt` or `quoted`. What is *data* (a value in CSV, JSON lines,
Parquet, SQLite, XML) is kept as it is; `encodable` escapes only what no UTF-8 file can hold.
"""

import json
import re
from collections.abc import Iterator

LONGEST = 200
"""How much of a stranger's text is shown within a sentence, in characters."""

_SURROGATES = re.compile("[\ud800-\udfff]")
_SURROGATES_AND_NUL = re.compile("[\0\ud800-\udfff]")
# Each of these ends or indents a line somewhere; U+0085 is NEL.
_LINES = "\t-\r\x85\u2028\u2029"
# C0, DEL and C1.
_CONTROLS = "\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
# With these a title can make `gpj.exe` read `exe.jpg`; the last range is theirs and deprecated.
_BIDIRECTIONAL = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"
_LINE_BREAKS = re.compile(f"[{_LINES}]+")
_REMOVED = re.compile(f"[{_CONTROLS}{_BIDIRECTIONAL}]")
_UNSAFE = re.compile(f"[{_LINES}{_CONTROLS}{_BIDIRECTIONAL}\ud800-\udfff]")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_SPACES = re.compile(" {2,}")


def clean(text: str) -> str:
    """Return the text on one line, without anything that could act on a terminal or a log.

    Tabs, line ends and line separators become one space; the other control characters (C0, DEL,
    C1) and bidirectional formatting characters (Unicode UAX #9, section 2) are removed; a lone
    surrogate becomes U+FFFD, as the Encoding standard has it. Joiners and variation selectors
    stay, because emoji and several scripts need them. Cleaning twice changes nothing more.
    """
    if text.isprintable():
        return text
    return _REMOVED.sub("", _LINE_BREAKS.sub(" ", well_formed(text)))


def shorten(text: str, longest: int = LONGEST) -> str:
    """Return the text cleaned, without needless spaces, and cut; `…` stands for what is left out.

    Of a text without end only the beginning is looked at.
    """
    text = _SPACES.sub(" ", clean(text[: 4 * longest])).strip(" ")
    return _cut(text, longest)


def excerpt(text: str) -> str:
    r"""Return the beginning of a text on one line, with what `clean` would take away escaped.

    For reasons, where it matters what exactly was found: a line break is shown as `\n`, a
    bidirectional override as `\u202e`. At most LONGEST characters; `…` stands for the rest.
    """
    return _cut(_UNSAFE.sub(_as_escape, text[: LONGEST + 1]), LONGEST)


def quoted(text: str) -> str:
    """Return an excerpt in quotation marks."""
    return f'"{excerpt(text)}"'


def json_excerpt(value: object) -> str:
    """Return the beginning of a JSON value as compact JSON, as `excerpt` does.

    Written only as far as it is shown: a value may be as large as the largest body.
    """
    parts: list[str] = []
    size = 0
    for part in _json_parts(value):
        parts.append(part)
        size += len(part)
        if size > LONGEST:
            break
    return excerpt("".join(parts))


def after_colon(text: str) -> str:
    """Return a stranger's words as the end of a sentence, `: mailbox is full`, or nothing."""
    words = shorten(text)
    return f": {words}" if words else ""


def well_formed(text: str) -> str:
    """Return the text with each lone surrogate replaced by U+FFFD (ECMA-262, toWellFormed)."""
    return _SURROGATES.sub("\ufffd", text)


def encodable(text: str, *, nul: bool = False) -> str:
    r"""Return the text as UTF-8 can hold it: nothing is lost, lone surrogates are escaped.

    A byte that was not UTF-8 (Python's `surrogateescape`) is written as `\xe9`, any other lone
    surrogate as `\ud800`. nul: escape NUL too, as `\x00`, for a format whose readers stop there.
    """
    if text.isascii() and not (nul and "\0" in text):
        return text
    return (_SURROGATES_AND_NUL if nul else _SURROGATES).sub(_as_byte_or_escape, text)


def starts_formula(text: str) -> bool:
    """Return True if a spreadsheet could take the text for a formula (OWASP, "CSV Injection").

    What `clean` removes cannot hide one, as a spreadsheet may remove it too.
    """
    if text.isprintable():
        return text.startswith(_FORMULA_STARTS)
    return text.startswith(_FORMULA_STARTS) or clean(text[:LONGEST]).startswith(_FORMULA_STARTS)


def json_escaped(line: str) -> str:
    r"""Return a JSON text with what could break a line or act on a terminal written as `\u202e`.

    JSON's own escapes (RFC 8259, section 7) lose nothing; the encoder writes only C0 so.
    """
    return line if line.isprintable() else _UNSAFE.sub(_as_json_escape, line)


def xml_text(text: str) -> str:
    r"""Return the text as XML can hold it: what is not a Char (XML 1.0, section 2.2) is escaped.

    Such a character cannot be a reference either, so that it is written as `\x1b`, as people do.
    """
    return _NOT_XML.sub(_as_escape, text)


_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def _json_parts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        # The encoder would write all of it.
        yield _JSON.encode(value[: LONGEST + 1])
    else:
        yield from _JSON.iterencode(value)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _as_escape(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")


def _as_byte_or_escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if 0xDC80 <= code <= 0xDCFF:
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def _as_json_escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
