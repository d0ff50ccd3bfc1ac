"""How many connections the system lets this process have."""

from dataclasses import dataclass

_RESERVED = 64
"""Files that are open for other reasons: output, name servers, libraries."""
_PER_REQUEST = 2
"""Happy eyeballs tries a second address while the first still connects."""


@dataclass(frozen=True, slots=True)
class Room:
    """The concurrency that is possible, and what to tell the user about it ("" for nothing)."""

    concurrency: int
    notice: str = ""


def make_room(concurrency: int) -> Room:
    """Raise this process's limit of open files as far as needed and allowed.

    Fits the concurrency to what the system gives.
    """
    try:
        import resource
    except ImportError:  # Windows: sockets are not counted as files there
        return Room(concurrency)
    wanted = concurrency * _PER_REQUEST + _RESERVED
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return Room(concurrency)
    best = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (best, hard))
    except (OSError, ValueError):  # macOS has a lower limit than it says
        best = soft
    possible = max(1, (best - _RESERVED) // _PER_REQUEST)
    if possible >= concurrency:
        return Room(concurrency)
    return Room(
        possible,
        f"the system allows {best} open files, so concurrency is {possible} instead of "
        f"{concurrency}; raise it with `ulimit -n`",
    )
