"""How many connections the limit of open files allows."""

from dataclasses import dataclass

_RESERVED = 64
"""Files that are open for other reasons: output, name servers, libraries."""
_PER_REQUEST = 2
"""Happy eyeballs tries a second address while the first still connects."""


@dataclass(frozen=True, slots=True)
class FittedConcurrency:
    """The concurrency that is possible, and a notice for the user ("" for none)."""

    concurrency: int
    notice: str = ""


def raise_fd_limit(concurrency: int) -> FittedConcurrency:
    """Raise this process's limit of open files as far as needed and allowed.

    Returns a lower concurrency if that is not enough.
    """
    try:
        import resource
    except ImportError:  # Windows: sockets are not counted as files there
        return FittedConcurrency(concurrency)
    wanted = concurrency * _PER_REQUEST + _RESERVED
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return FittedConcurrency(concurrency)
    best = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (best, hard))
    except (OSError, ValueError):  # macOS has a lower limit than it reports
        best = soft
    possible = max(1, (best - _RESERVED) // _PER_REQUEST)
    if possible >= concurrency:
        return FittedConcurrency(concurrency)
    return FittedConcurrency(
        possible,
        f"the system allows {best} open files, so concurrency is {possible} instead of "
        f"{concurrency}; raise it with `ulimit -n`",
    )
