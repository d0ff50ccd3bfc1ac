"""Durations and sizes with units, as people write them on a command line or in TOML."""

import math
import re

_NUMBER = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?|\.[0-9]+)\s*([a-zA-Z]*)\s*")
_SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_BYTES = {"b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "kib": 2**10, "mib": 2**20, "gib": 2**30}


def parse_duration(text: str) -> float:
    """Read a duration such as `500ms`, `30s`, `1.5m`, `2h` as seconds; a bare number is seconds.

    Raises ValueError that says what was expected.
    """
    seconds = _parse(text, _SECONDS, "s")
    if seconds is None:
        raise ValueError(f"{text!r} is not a duration; write for example 500ms, 30s, 5m or 1h")
    return seconds


def parse_size(text: str) -> int:
    """Read a size such as `512KB`, `10MB`, `1MiB` as bytes; a bare number is bytes.

    Raises ValueError that says what was expected.
    """
    count = _parse(text, _BYTES, "b")
    if count is None:
        raise ValueError(f"{text!r} is not a size; write for example 500KB, 10MB or 1MiB")
    return int(count)


def format_duration(seconds: float) -> str:
    """Write seconds the way `parse_duration` reads them, short: `250ms`, `30s`, `5m`, `2h`."""
    if seconds < 1:
        return f"{_plain(seconds * 1000)}ms"
    for unit, scale in (("h", 3600.0), ("m", 60.0)):
        if seconds >= scale and seconds % scale == 0:
            return f"{_plain(seconds / scale)}{unit}"
    return f"{_plain(seconds)}s"


def format_size(count: float) -> str:
    """Write a number of bytes for people, in decimal units: `310 B`, `4.2 MB`."""
    for unit in ("B", "KB", "MB", "GB"):
        if count < 999.5 or unit == "GB":
            break
        count /= 1000
    return f"{count:.0f} {unit}" if unit == "B" or count >= 99.95 else f"{count:.1f} {unit}"


def _parse(text: str, units: dict[str, float] | dict[str, int], default: str) -> float | None:
    match = _NUMBER.fullmatch(text)
    scale = units.get(match[2].lower() or default) if match else None
    if match is None or scale is None:
        return None
    value = float(match[1]) * scale
    return value if math.isfinite(value) else None


def _plain(number: float) -> str:
    """Six decimals at the most, and never an exponent."""
    return f"{number:.6f}".rstrip("0").rstrip(".")
