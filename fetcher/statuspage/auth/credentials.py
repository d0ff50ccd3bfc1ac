"""The token or password that the configuration asks for, and whether it was given.

Whether a request is meant for this page, and comes from it.
"""

import binascii
import hmac
import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from fetcher.monitor.plan import PageSettings

NOT_SET = (
    "Nothing can be changed here: no token and no password is set. Set `token`, or `user` and "
    "`password`, in section [page] of the configuration."
)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What opens the page: a token, a name and its password, either of them, or nothing at all."""

    token: str | None = field(default=None, repr=False)
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def of(cls, settings: PageSettings) -> "Credentials":
        """Take them from the configuration."""
        return cls(settings.token, settings.user, settings.password)

    @property
    def has_login(self) -> bool:
        """Whether there is a password to log in with; its user may be nameless."""
        return bool(self.password)

    def __bool__(self) -> bool:
        """Whether anything opens it."""
        return bool(self.token) or self.has_login

    def token_fits(self, given: str) -> bool:
        """Whether this is the token."""
        return bool(self.token) and _same(given, self.token or "")

    def password_fits(self, user: str, given: str) -> bool:
        """Whether these are the name and its password."""
        # Both are compared whatever the first comes to, so that the time says nothing of either.
        named, fits = _same(user, self.user or ""), _same(given, self.password or "")
        return self.has_login and named and fits

    def header_fits(self, authorization: str) -> bool:
        """Whether an Authorization header has them: Bearer (RFC 6750) or Basic (RFC 7617)."""
        scheme, _, value = authorization.strip().partition(" ")
        if scheme.lower() == "bearer":
            return self.token_fits(value.strip())
        if scheme.lower() != "basic":
            return False
        try:
            user, _, password = b64decode(value, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return False
        return self.password_fits(user, password)

    @property
    def challenges(self) -> tuple[str, ...]:
        """What a refusal says of how to ask, for WWW-Authenticate (RFC 9110, section 11.6.1)."""
        basic = ('Basic realm="status", charset="UTF-8"',) if self.has_login else ()
        return basic + (('Bearer realm="status"',) if self.token else ())


def _same(given: str, wanted: str) -> bool:
    """Compare in a time that does not tell where they differ."""
    return hmac.compare_digest(
        given.encode("utf-8", "surrogateescape"), wanted.encode("utf-8", "surrogateescape")
    )


_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^:\[\]]*)(?::[0-9]*)?")


def is_loopback(host: str) -> bool:
    """Whether a host name or address, without a port, can only be this machine itself.

    Names below `localhost` never leave it (RFC 6761, section 6.3).
    """
    name = host.strip("[]").lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Origins:
    """Under which names the page may be asked for, and from where forms may come.

    listens_at: the host it is bound to. public_url: where others reach it, "" when not known.
    """

    listens_at: str
    public_url: str = ""

    def host_fits(self, host: str) -> bool:
        """Whether a Host header names this page.

        A page on loopback answers to names of loopback and to its public one, and to no other:
        a stranger's site whose name is made to point here would otherwise read it with the user's
        own browser (DNS rebinding).
        """
        if not is_loopback(self.listens_at):
            return True
        found = _HOST.fullmatch(host)
        if found is None:
            return False
        public = urlsplit(self.public_url).hostname or ""
        return is_loopback(found[1]) or (public != "" and found[1].strip("[]").lower() == public)

    def own(self, headers: Mapping[str, str]) -> bool:
        """Whether a request that changes something comes from a page of ours, or from no page.

        By Sec-Fetch-Site (Fetch Metadata, W3C), which browsers send and pages cannot forge, and by
        Origin (RFC 6454, section 7), which older ones send too. Programs send neither.
        """
        if headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            return False
        origin = headers.get("Origin")
        if origin is None:
            return True
        scheme, _, host = origin.lower().partition("://")
        public = urlsplit(self.public_url)
        if public.netloc and (scheme, host) == (public.scheme, public.netloc.lower()):
            return True
        # `null` comes from pages that have no origin. Which of the two schemes it is cannot be told
        # behind a proxy that speaks TLS for us.
        return scheme in ("http", "https") and host == headers.get("Host", "").lower()
