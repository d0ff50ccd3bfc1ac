"""Where the page listens."""

import re

_ADDRESS = re.compile(r"(\[[0-9a-fA-F:.%]+\]|[^\[\]:\s]*):([0-9]{1,5})")


def host_and_port(listen: str) -> tuple[str, int]:
    """Read an address such as `127.0.0.1:8900`, `[::1]:8900`, or `:8900` for every interface.

    Port 0 takes a free one. Raises ValueError.
    """
    found = _ADDRESS.fullmatch(listen.strip())
    if found is None or int(found[2]) > 65535:
        raise ValueError(f"{listen!r} is not an address and a port, such as 127.0.0.1:8900")
    return found[1].strip("[]"), int(found[2])
