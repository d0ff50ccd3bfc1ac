"""Durations and sizes with units, as people write them on a command line or in TOML."""

import re

_NUMBER = re.compile(r"\s*([0-9]*\.?[0-9]+)\s*([a-zA-Zµ]*)\s*")
_SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_BYTES = {"b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "kib": 2**10, "mib": 2**20, "gib": 2**30}


def parse_duration(text: str) -> float:
    """Read a duration such as `500ms`, `30s`, `1.5m`, `2h` as seconds; a bare number is seconds.

    Raises ValueError that says what was expected.
    """
    match = _NUMBER.fullmatch(text)
    if match and (scale := _SECONDS.get(match[2].lower() or "s")) is not None:
        return float(match[1]) * scale
    raise ValueError(f"{text!r} is not a duration; write for example 500ms, 30s, 5m or 1h")


def parse_size(text: str) -> int:
    """Read a size such as `512KB`, `10MB`, `1MiB` as bytes; a bare number is bytes.

    Raises ValueError that says what was expected.
    """
    match = _NUMBER.fullmatch(text)
    if match and (scale := _BYTES.get(match[2].lower() or "b")) is not None:
        return int(float(match[1]) * scale)
    raise ValueError(f"{text!r} is not a size; write for example 500KB, 10MB or 1MiB")


def format_duration(seconds: float) -> str:
    """Write seconds the way `parse_duration` reads them, short: `250ms`, `30s`, `5m`, `2h`."""
    if seconds < 1:
        return f"{seconds * 1000:g}ms"
    for unit, scale in (("h", 3600.0), ("m", 60.0)):
        if seconds >= scale and seconds % scale == 0:
            return f"{seconds / scale:g}{unit}"
    return f"{seconds:g}s"


def format_size(count: float) -> str:
    """Write a number of bytes for people, in decimal units: `310 B`, `4.2 MB`."""
    for unit in ("B", "KB", "MB", "GB"):
        if count < 1000 or unit == "GB":
            break
        count /= 1000
    return f"{count:.0f} {unit}" if unit == "B" or count >= 100 else f"{count:.1f} {unit}"
