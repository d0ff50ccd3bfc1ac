"""Who has logged in, until when; kept in memory, so that a restart ends all sessions.

How often a wrong token or password may be tried.
"""

import hmac
import secrets
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

LIFETIME = 12 * 3600.0
"""Seconds until one has to log in again."""

_MOST = 1_000


@dataclass(frozen=True, slots=True)
class Session:
    """Someone who has logged in.

    csrf: what every form of theirs has to bring along; another site cannot know it. user: "" where
    only a token was asked for. until: when it ends, on the sessions' clock.
    """

    csrf: str
    until: float
    user: str = ""

    def owns(self, csrf: str) -> bool:
        """Whether a form was made for this session."""
        return hmac.compare_digest(csrf.encode("utf-8", "replace"), self.csrf.encode())


@dataclass(slots=True)
class Sessions:
    """All sessions, found by the random name in a browser's cookie.

    now: a clock in seconds. Only a digest of the name is kept, so that looking one up takes no
    time that tells of others.
    """

    now: Callable[[], float]
    _by_digest: dict[bytes, Session] = field(default_factory=dict)

    def begin(self, user: str = "") -> tuple[str, Session]:
        """Begin a session, and give the name of it; of too many, the oldest ends."""
        now = self.now()
        self._by_digest = {
            digest: session for digest, session in self._by_digest.items() if session.until > now
        }
        while len(self._by_digest) >= _MOST:
            del self._by_digest[next(iter(self._by_digest))]
        name = secrets.token_urlsafe(32)
        session = Session(secrets.token_urlsafe(32), now + LIFETIME, user)
        self._by_digest[_digest(name)] = session
        return name, session

    def get(self, name: str) -> Session | None:
        """Give a session that has not ended, by its name."""
        session = self._by_digest.get(_digest(name))
        return session if session is not None and session.until > self.now() else None

    def end(self, name: str) -> None:
        """End a session, if there is one with this name."""
        self._by_digest.pop(_digest(name), None)


def _digest(name: str) -> bytes:
    return sha256(name.encode("utf-8", "replace")).digest()


MOST = 10
"""Wrong tries from one address within a window."""

WINDOW = 60.0
"""Seconds."""

_ADDRESSES = 10_000


@dataclass(slots=True)
class Attempts:
    """Counts wrong tries by the address they come from; now: a clock in seconds.

    Remembers the latest tries of so many addresses and no more, whoever asks.
    """

    now: Callable[[], float]
    _wrong: OrderedDict[str, deque[float]] = field(default_factory=OrderedDict)

    def wait(self, address: str) -> float:
        """Say how many seconds an address has to wait until it may try again; 0 for not at all."""
        tries = self._wrong.get(address)
        if tries is None or len(tries) < MOST:
            return 0.0
        return max(tries[0] + WINDOW - self.now(), 0.0)

    def failed(self, address: str) -> None:
        """Note a wrong try."""
        tries = self._wrong.setdefault(address, deque(maxlen=MOST))
        tries.append(self.now())
        self._wrong.move_to_end(address)
        if len(self._wrong) > _ADDRESSES:
            self._wrong.popitem(last=False)
