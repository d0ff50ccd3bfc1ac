"""How much memory a process has, and may have."""

import os
from pathlib import Path

_LEAST = 1_000_000_000


def generous_memory(workers: int) -> int | None:
    """Return a limit in bytes for each of so many workers, which only a runaway page meets.

    Half of the machine's memory, shared out, but at least 1 GB; None where that is not known.
    """
    try:
        machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # Windows, and systems that do not tell
        return None
    return max(_LEAST, machine // 2 // workers)


def limit_data(limit: int) -> None:
    """Let this process have so many bytes of private memory, where the system can see to it.

    Linux counts all of it against RLIMIT_DATA (setrlimit(2), since 4.7); macOS only what hardly
    anybody uses; Windows has no such limit. More than it has then raises MemoryError.
    """
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if hard == resource.RLIM_INFINITY or limit < hard:
        resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))


def data_bytes() -> int:
    """Return how much private memory this process has, 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_bytes().split()[5])  # proc(5): data + stack
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
