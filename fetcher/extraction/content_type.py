"""Content-Type values, read by the MIME Sniffing and Fetch standards."""

import re
from dataclasses import dataclass
from functools import lru_cache

from fetcher.extraction.encoding.labels import get_encoding
from fetcher.extraction.encoding.sniffing import Declaration

_HTTP_WHITESPACE = "\t\n\r "
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_QUOTED_STRING_TEXT = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_BACKSLASHED = re.compile(r"\\(.)", re.DOTALL)
_QUOTED_OR_COMMA = re.compile(r'"(?:[^"\\]|\\.)*+"?|,', re.DOTALL)


@dataclass(frozen=True, slots=True)
class MimeType:
    """A parsed MIME type.

    essence: `type/subtype` in lower case. parameters: names in lower case with their values, the
    first of each name, in order. `str()` serialises it by the MIME Sniffing standard.
    """

    essence: str
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def charset(self) -> str | None:
        """The value of the charset parameter, as it was written."""
        return next((value for name, value in self.parameters if name == "charset"), None)

    @property
    def encoding(self) -> str | None:
        """The canonical name of the encoding that the charset parameter names, or None."""
        label = self.charset
        return None if label is None else get_encoding(label)

    def __str__(self) -> str:
        written = (f";{name}={_quoted_if_needed(value)}" for name, value in self.parameters)
        return self.essence + "".join(written)


def _quoted_if_needed(value: str) -> str:
    if _TOKEN.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def parse_mime_type(value: str) -> MimeType | None:
    """Parse one MIME type; None when it is not one.

    Source: MIME Sniffing standard, "parse a MIME type".
    """
    essence, _, rest = value.strip(_HTTP_WHITESPACE).partition(";")
    main_type, _, subtype = essence.partition("/")
    subtype = subtype.rstrip(_HTTP_WHITESPACE)
    if not _TOKEN.fullmatch(main_type) or not _TOKEN.fullmatch(subtype):
        return None
    return MimeType(f"{main_type}/{subtype}".lower(), _parse_parameters(rest))


def _parse_parameters(text: str) -> tuple[tuple[str, str], ...]:
    parameters: dict[str, str] = {}
    position = 0
    while position < len(text):
        match = _NAME.match(text, position)
        assert match is not None
        name, delimiter = match[1].lower(), match[2]
        position = match.end()
        if delimiter != "=":
            continue
        value, position = _parse_value(text, position)
        if (
            value is not None
            and name not in parameters
            and _TOKEN.fullmatch(name)
            and _QUOTED_STRING_TEXT.fullmatch(value)
        ):
            parameters[name] = value
    return tuple(parameters.items())


_NAME = re.compile(r"[\t\n\r ]*([^;=]*)([;=]?)")
_QUOTED_VALUE = re.compile(r'"((?:[^"\\]|\\.)*+)(\\?)"?[^;]*;?', re.DOTALL)
_PLAIN_VALUE = re.compile(r"([^;]*);?")


def _parse_value(text: str, position: int) -> tuple[str | None, int]:
    """Read a parameter's value; return it (None when it is empty and bare) and where it ended."""
    if quoted := _QUOTED_VALUE.match(text, position):
        # A backslash at the very end of the input stands for itself.
        return _BACKSLASHED.sub(r"\1", quoted[1]) + quoted[2], quoted.end()
    plain = _PLAIN_VALUE.match(text, position)
    assert plain is not None
    return plain[1].rstrip(_HTTP_WHITESPACE) or None, plain.end()


def extract_mime_type(header: str) -> MimeType | None:
    """Return the MIME type that a Content-Type header value stands for, or None.

    A header that was sent twice arrives joined by commas: the last valid type counts, and it
    inherits the charset of an equal type before it. Source: Fetch standard, "extract a MIME type".
    """
    if "," not in header:
        return parse_mime_type(header)
    extracted: MimeType | None = None
    charset: str | None = None
    for value in _split_at_commas(header):
        found = parse_mime_type(value)
        if found is None or found.essence == "*/*":
            continue
        if extracted is None or found.essence != extracted.essence:
            charset = found.charset
        elif found.charset is None and charset is not None:
            found = MimeType(found.essence, (*found.parameters, ("charset", charset)))
        extracted = found
    return extracted


def _split_at_commas(header: str) -> list[str]:
    """Split at the commas that stand outside quoted strings."""
    values = []
    start = 0
    for match in _QUOTED_OR_COMMA.finditer(header):
        if match[0] == ",":
            values.append(header[start : match.start()])
            start = match.end()
    return [*values, header[start:]]


_MARKUP_TYPES = frozenset({"text/html", "application/xhtml+xml", "application/xml", "text/xml"})
_UNKNOWN_TYPES = frozenset({"unknown/unknown", "application/unknown", "*/*"})


@dataclass(frozen=True, slots=True)
class BodyKind:
    """What a Content-Type header says about the body.

    markup: whether it can have a title; None when the header does not say, so that the bytes must.
    declaration: the encoding it declares, or None.
    """

    markup: bool | None
    declaration: Declaration | None = None


@lru_cache(maxsize=1024)
def body_kind(content_type: str) -> BodyKind:
    """Say whether a body with this Content-Type value can have a title, and its encoding.

    A type that is absent, unparsable or one of those by which the MIME Sniffing standard
    means "unknown" leaves the question to the bytes.
    """
    mime_type = extract_mime_type(content_type)
    if mime_type is None:
        return BodyKind(None)
    markup = None if mime_type.essence in _UNKNOWN_TYPES else mime_type.essence in _MARKUP_TYPES
    encoding = mime_type.encoding
    return BodyKind(markup, Declaration(encoding, "header") if encoding else None)


def wants_body(content_type: str) -> bool:
    """Say whether a body with this Content-Type value is worth reading for its title."""
    return body_kind(content_type).markup is not False


_MARK_BYTES = b"\xef\xbb\xbf\xff\xfe"
_MARKUP_START = re.compile(rb"[\t\n\f\r ]*<[A-Za-z!?]")


def looks_like_markup(head: bytes) -> bool | None:
    """Say whether bytes of unknown type start like markup; None when more bytes are needed.

    Wider than the table of the MIME Sniffing standard ("identifying a resource with an unknown
    MIME type"), which lists 17 tags: any tag, comment, doctype or XML declaration will do.
    """
    # UTF-16 has its ASCII characters between NULs, behind a byte order mark.
    text = bytes(head[:512]).lstrip(_MARK_BYTES).replace(b"\0", b"")
    if _MARKUP_START.match(text):
        return True
    undecided = not text.strip(b"\t\n\f\r <")
    return None if undecided and len(head) < 512 else False
