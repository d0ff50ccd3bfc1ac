"""URLs by the WHATWG URL standard: validate, normalise, resolve, and name their host."""

import re
from dataclasses import dataclass

import ada_url

_SCHEME = re.compile(r"(?i:https?):|[a-zA-Z][a-zA-Z0-9+.-]*:(?![0-9]+(?:[/?#]|$))")
_STRIPPED = "".join(map(chr, range(0x21)))


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
    return _parse(text, None)


def join(base: Url, reference: str) -> Url:
    """Resolve a reference, such as a Location header, against the URL it came from.

    A reference without a fragment of its own inherits the base's (RFC 9110, section 10.2.2).
    Raises UrlError.
    """
    url = _parse(reference, base.href)
    if base.fragment and not url.fragment:
        return Url(url.href, url.scheme, url.host, base.fragment)
    return url


def has_scheme(text: str) -> bool:
    """Whether the text names a scheme; `localhost:8080/x` and `example.com` do not."""
    return _SCHEME.match(text.lstrip(_STRIPPED)) is not None


def _parse(text: str, base: str | None) -> Url:
    try:
        parsed = ada_url.URL(text, base) if base else ada_url.URL(text)
    except UnicodeEncodeError:
        raise UrlError("it holds characters that are not text") from None
    except ValueError:
        raise UrlError(_why_invalid(text)) from None
    href = parsed.href
    scheme = href[: href.index(":")]
    if scheme not in ("http", "https"):
        raise UrlError(f"the scheme {scheme!r} is not http or https")
    address, mark, fragment = href.partition("#")
    return Url(address, scheme, parsed.host, mark + fragment)


def _why_invalid(text: str) -> str:
    if not text.strip():
        return "it is empty"
    if not has_scheme(text):
        return "it has no valid host name"
    return "its host name or port is not valid"
