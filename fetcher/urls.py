"""URLs by the WHATWG URL standard: validate, normalise, resolve, and name their host."""

import re
from dataclasses import dataclass

import ada_url

_USUAL = ("http://", "https://")
# What follows the colon tells `mailto:someone` from `localhost:8080/path`: a port and its end.
_SCHEME = re.compile(r"(?i:https?):|[a-zA-Z][a-zA-Z0-9+.-]*:(?![0-9]+(?:[/\\?#]|\Z))")
_STRIPPED = "".join(map(chr, range(0x21)))
_REMOVED = str.maketrans("", "", "\t\n\r")


class UrlError(ValueError):
    """The text is not an http or https URL; the message says why, in a few words."""


@dataclass(frozen=True, slots=True)
class Url:
    """A valid http(s) URL.

    href: normalised, absolute, without fragment. fragment: "" or with its leading `#`. scheme:
    `http` or `https`. host: the host key, host name with a port when it is not the scheme's own;
    what per-host limits are counted by.
    """

    href: str
    scheme: str
    host: str
    fragment: str = ""

    @property
    def hostname(self) -> str:
        """The host without its port; an IPv6 address without its brackets."""
        name = self.host
        if name.startswith("["):
            return name[1 : name.index("]")]
        return name.partition(":")[0]

    @property
    def port(self) -> int:
        """The port to connect to."""
        tail = self.host.rpartition("]")[2].rpartition(":")
        return int(tail[2]) if tail[1] else (443 if self.scheme == "https" else 80)

    @property
    def origin(self) -> str:
        """Scheme and host: what a connection and a robots.txt belong to (RFC 6454)."""
        return f"{self.scheme}://{self.host}"


def parse(text: str) -> Url:
    """Parse an absolute http(s) URL (WHATWG URL standard, basic URL parser).

    Raises UrlError.
    """
    try:
        return _split(ada_url.normalize_url(text))
    except ValueError as error:
        raise _explained(text, error) from None


def join(base: Url, reference: str) -> Url:
    """Resolve a reference, such as a Location header, against the URL it came from.

    A reference without a fragment of its own inherits the base's (RFC 9110, section 10.2.2).
    Raises UrlError.
    """
    try:
        url = _split(ada_url.join_url(base.href, reference))
    except ValueError as error:
        raise _explained(reference, error) from None
    if base.fragment and not url.fragment:
        return Url(url.href, url.scheme, url.host, base.fragment)
    return url


def host_of(href: str) -> str:
    """The host key in a normalised http(s) URL."""
    return href.split("/", 3)[2].rpartition("@")[2]


def without_login(href: str) -> str:
    """A normalised http(s) URL without the user name and password that may stand in it."""
    scheme, slashes, rest = href.partition("://")
    authority, slash, path = rest.partition("/")
    return (
        href
        if "@" not in authority
        else scheme + slashes + authority.rpartition("@")[2] + slash + path
    )


MASK = "***"
"""What stands in the place of a password."""

# A scheme with its slashes, as loosely as the parser reads them; or neither, where one is guessed.
_BEFORE_LOGIN = re.compile(
    r"[\0-\x20]*(?:[a-zA-Z][a-zA-Z0-9+.\t\n\r-]*:(?=[\t\n\r]*[/\\])|(?i:https?):|(?=[/\\]))?"
    r"[/\\\t\n\r]*"
)
_AUTHORITY = re.compile(r"[^/\\?#]*")
_PORT = re.compile(r"[0-9]{0,5}(?=[/\\?#]|\Z)")
_NO_PASSWORD = re.compile(r"\s*(?:mailto|sips?|xmpp|acct):", re.IGNORECASE)
# Only what follows `://` is certain to be a URL in the middle of a sentence.
_LOGIN_IN_TEXT = re.compile(
    r"([a-zA-Z][a-zA-Z0-9+.-]*://[^\s/\\?#@:\[]*:)(?![0-9]{1,5}(?![^\s/?#,;\"')}\]]))[^\s/\\?#]+(?=@)"
)


def without_password(url: str) -> str:
    """Return a URL with `***` in place of its password, otherwise exactly as it was written.

    The URL may be any text that was meant as one: with or without a scheme, valid or not. One with
    an unescaped `/`, `?` or `#` in its password is not valid; it is masked up to its last `@`.
    """
    span = _password(url)
    return url if span is None else url[: span[0]] + MASK + url[span[1] :]


def without_passwords(text: str) -> str:
    """Return a text, such as a library's error, with the passwords of all URLs in it masked."""
    return _LOGIN_IN_TEXT.sub(rf"\1{MASK}", text) if "@" in text and "://" in text else text


def is_masked(url: str) -> bool:
    """Return True if `***` stands for the URL's password, so that it cannot be fetched."""
    span = _password(url) if MASK in url else None
    return span is not None and url[span[0] : span[1]] == MASK


def _password(url: str) -> tuple[int, int] | None:
    """Where in a URL its password begins and ends; None where it has none."""
    if "@" not in url or _NO_PASSWORD.match(url):
        return None
    before = _BEFORE_LOGIN.match(url)
    assert before is not None  # it may be empty
    begin = before.end()
    authority = _AUTHORITY.match(url, begin)
    assert authority is not None  # so may this
    colon, at = url.find(":", begin, authority.end()), url.rfind("@", begin, authority.end())
    if colon >= 0 and at < 0 and url[begin] != "[" and not _PORT.match(url, colon + 1):
        at = url.rfind("@")
    return (colon + 1, at) if 0 <= colon < at - 1 else None


def has_scheme(text: str) -> bool:
    """Return True if the text names a scheme; `localhost:8080/x` and `example.com` do not."""
    if text.startswith(_USUAL):
        return True
    # The parser strips and removes these too, before it looks for a scheme.
    return _SCHEME.match(text.lstrip(_STRIPPED).translate(_REMOVED)) is not None


def _split(normal: str) -> Url:
    scheme = normal[: normal.index(":")]
    if scheme not in ("http", "https"):
        raise UrlError(f"the scheme {scheme[:40]!r} is not http or https")
    href, mark, fragment = normal.partition("#")
    return Url(href, scheme, host_of(href), mark + fragment)


def _explained(text: str, error: ValueError) -> UrlError:
    if isinstance(error, UrlError):
        return error
    if not text.strip():
        return UrlError("it is empty")
    if not text.isprintable() and any(0xD800 <= ord(c) < 0xE000 for c in text):
        return UrlError("it holds characters that are not text")
    if not has_scheme(text):
        return UrlError("it has no valid host name")
    return UrlError("its host name or port is not valid")
