"""The token or password that the configuration asks for, and whether it was given."""

import binascii
import hmac
from base64 import b64decode
from dataclasses import dataclass, field

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
