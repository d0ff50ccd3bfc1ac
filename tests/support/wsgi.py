"""The smallest WSGI application (PEP 3333)."""

from collections.abc import Callable, Iterable


def hello(
    environ: dict[str, object], start: Callable[[str, list[tuple[str, str]]], object]
) -> Iterable[bytes]:
    """Greet."""
    start("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]
