"""The configured token and password, and the host names and origins that requests may have."""

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
    "Changes are disabled: no token or password is configured. Set `token`, or `user` and "
    "`password`, in section [page] of the configuration."
)

_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^:\[\]]*)(?::[0-9]*)?")


@dataclass(frozen=True, slots=True)
class Credentials:
    """The configured credentials: a token, a user and password, both, or none."""

    token: str | None = field(default=None, repr=False)
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def of(cls, settings: PageSettings) -> "Credentials":
        """Return those of the configuration."""
        return cls(settings.token, settings.user, settings.password)

    @property
    def has_login(self) -> bool:
        """True if there is a password to log in with; the user may be empty."""
        return bool(self.password)

    def __bool__(self) -> bool:
        """Return True if any credentials are configured."""
        return bool(self.token) or self.has_login

    def token_fits(self, given: str) -> bool:
        """Return True if this is the token."""
        return bool(self.token) and _same(given, self.token or "")

    def password_fits(self, user: str, given: str) -> bool:
        """Return True if these are the user and the password."""
        # Both are always compared, so that the time taken reveals nothing about either.
        right_user, right_password = _same(user, self.user or ""), _same(given, self.password or "")
        return self.has_login and right_user and right_password

    def header_fits(self, authorization: str) -> bool:
        """Return True if an Authorization header has them: Bearer (RFC 6750), Basic (RFC 7617)."""
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
        """The values of WWW-Authenticate (RFC 9110, section 11.6.1)."""
        basic = ('Basic realm="status", charset="UTF-8"',) if self.has_login else ()
        return basic + (('Bearer realm="status"',) if self.token else ())


def _same(given: str, wanted: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(
        given.encode("utf-8", "surrogateescape"), wanted.encode("utf-8", "surrogateescape")
    )


def is_loopback(host: str) -> bool:
    """Return True if a host name or address, without a port, can only be this machine.

    Names below `localhost` are always loopback (RFC 6761, section 6.3).
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
    """The host names of the page, and the origins that forms may come from.

    listens_at: the host it is bound to. public_url: where others reach it, "" if unknown.
    """

    listens_at: str
    public_url: str = ""

    def host_fits(self, host: str) -> bool:
        """Return True if a Host header names this page.

        A page on loopback accepts only loopback names and its public one: otherwise another site
        whose name is made to resolve to loopback could read it with the user's browser (DNS
        rebinding).
        """
        if not is_loopback(self.listens_at):
            return True
        found = _HOST.fullmatch(host)
        if found is None:
            return False
        public = urlsplit(self.public_url).hostname or ""
        return is_loopback(found[1]) or (public != "" and found[1].strip("[]").lower() == public)

    def own(self, headers: Mapping[str, str]) -> bool:
        """Return True if a request comes from one of our pages, or from a program.

        Judged by Sec-Fetch-Site (Fetch Metadata, W3C), which browsers send and pages cannot forge,
        and by Origin (RFC 6454, section 7), which older browsers send too. Programs send neither.
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
        # `null` is the origin of pages without one. The scheme is unknown behind a proxy that
        # terminates TLS.
        return scheme in ("http", "https") and host == headers.get("Host", "").lower()
