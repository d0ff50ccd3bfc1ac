"""Whether people asked not to be told of a target."""

from collections.abc import Iterable
from fnmatch import fnmatchcase

from fetcher.monitor.incident import Silence
from fetcher.monitor.watched import Watched


def silenced(silences: Iterable[Silence], watched: Watched, now: float) -> bool:
    """Whether one of the silences that last fits the target."""
    return any(silence.until > now and matches(silence.pattern, watched) for silence in silences)


def matches(pattern: str, watched: Watched) -> bool:
    """Whether a pattern fits the key, the URL or the group as a whole, letter for letter.

    `*` stands for any text, `?` for one character. Brackets stand for themselves, for URLs have
    them around IPv6 addresses.
    """
    literal = pattern.replace("[", "[[]")
    names = (watched.key, watched.address, watched.group)
    return any(fnmatchcase(name, literal) for name in names if name)
