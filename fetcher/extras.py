"""The optional libraries, and what is said where one of them is missing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

EXTRAS = {
    "apprise": "apprise",
    "pyarrow": "parquet",
    "warcio": "warc",
}
"""Each optional library, as Python imports it and PyPI names it, and the extra that installs it."""


@contextmanager
def optional_library(name: str, purpose: str, error: Callable[[str], Exception]) -> Iterator[None]:
    """Import an optional library in the body, and explain how to install it if it is missing.

    The explanation names the library, not an extra of this package: such a command works in a
    clone, in a virtual environment and beside an installed wheel alike.

    Args:
        name: The library, a key of `EXTRAS`.
        purpose: What needs it, as the subject of a sentence: `writing out.parquet`.
        error: Makes the exception to raise from the explanation.

    Raises:
        ImportError: Another module is missing, or the library is there but broken.
    """
    if name not in EXTRAS:
        raise ValueError(f"{name} is not an optional library")
    try:
        yield
    except ImportError as missing:
        if (missing.name or "").partition(".")[0] != name:
            raise
        raise error(f"{purpose} needs {name}; install it with: pip install {name}") from None
