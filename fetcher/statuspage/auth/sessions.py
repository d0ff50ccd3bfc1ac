"""Sessions and failed login attempts; in memory only, so that a restart ends all sessions."""

import hmac
import secrets
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

LIFETIME = 12 * 3600.0
"""Seconds until a session expires."""
MAX_ATTEMPTS = 10
"""Failed attempts from one address within a window."""
WINDOW = 60.0
"""Seconds."""

_MAX_SESSIONS = 1_000
_MAX_ADDRESSES = 10_000


@dataclass(frozen=True, slots=True)
class Session:
    """The session of a user who has logged in.

    csrf: the token that every form of the session contains; another site cannot know it. user: ""
    after a login with a token. until: when it expires, on the clock of `Sessions`.
    """

    csrf: str
    until: float
    user: str = ""

    def owns(self, csrf: str) -> bool:
        """Return True if a form was created for this session."""
        return hmac.compare_digest(csrf.encode("utf-8", "replace"), self.csrf.encode())


@dataclass(slots=True)
class Sessions:
    """All sessions, by the random name in the cookie.

    now: a clock in seconds. Only a digest of the name is kept, so that the time of a lookup reveals
    nothing about other names.
    """

    now: Callable[[], float]
    _by_digest: dict[bytes, Session] = field(default_factory=dict)

    def begin(self, user: str = "") -> tuple[str, Session]:
        """Start a session and return it with its name; beyond the limit, the oldest ends."""
        now = self.now()
        self._by_digest = {
            digest: session for digest, session in self._by_digest.items() if session.until > now
        }
        while len(self._by_digest) >= _MAX_SESSIONS:
            del self._by_digest[next(iter(self._by_digest))]
        name = secrets.token_urlsafe(32)
        session = Session(secrets.token_urlsafe(32), now + LIFETIME, user)
        self._by_digest[_digest(name)] = session
        return name, session

    def get(self, name: str) -> Session | None:
        """Return a session that has not expired, by its name."""
        session = self._by_digest.get(_digest(name))
        return session if session is not None and session.until > self.now() else None

    def end(self, name: str) -> None:
        """End the session of this name, if there is one."""
        self._by_digest.pop(_digest(name), None)


def _digest(name: str) -> bytes:
    return sha256(name.encode("utf-8", "replace")).digest()


@dataclass(slots=True)
class Attempts:
    """Counts failed attempts by address; now: a clock in seconds.

    The number of addresses is bounded; the least recent ones are forgotten.
    """

    now: Callable[[], float]
    _failed: OrderedDict[str, deque[float]] = field(default_factory=OrderedDict)

    def wait(self, address: str) -> float:
        """Return the seconds until an address may try again, or 0."""
        attempts = self._failed.get(address)
        if attempts is None or len(attempts) < MAX_ATTEMPTS:
            return 0.0
        return max(attempts[0] + WINDOW - self.now(), 0.0)

    def failed(self, address: str) -> None:
        """Record a failed attempt."""
        attempts = self._failed.setdefault(address, deque(maxlen=MAX_ATTEMPTS))
        attempts.append(self.now())
        self._failed.move_to_end(address)
        if len(self._failed) > _MAX_ADDRESSES:
            self._failed.popitem(last=False)
