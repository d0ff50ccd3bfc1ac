"""File names for URLs: safe on every file system, and different wherever the URLs are."""

import hashlib
import mimetypes
import re

from fetcher.urls import Url

_UNSAFE = re.compile(r"[^a-z0-9-]+")
_UNSAFE_IN_HOST = re.compile(r"[^a-z0-9.-]+")
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)")
"""What Windows takes for a device, whatever follows the dot."""
_LONGEST = 80
_DIGEST = 12
"""Hexadecimal digits, 48 bits: two of a million URLs have the same once in 500 times."""


def folder_name(url: Url) -> str:
    """The directory for a URL's host, with its port.

    Hosts that share one by the likeness of their names do no harm: files differ by whole URLs.
    """
    name = _UNSAFE_IN_HOST.sub("_", url.host.lower()).strip("._-")[:_LONGEST].rstrip("._-")
    return f"host_{name}" if not name or _DEVICE.match(name) else name


def file_name(url: Url, content_type: str, number: int) -> str:
    """The file for the answer of this number, from 1, to a URL: words of its path, and a digest.

    The digest is of the whole URL, so that names differ where only a query or the case of a letter
    does, also on file systems that do not tell case.
    """
    path = url.href.partition("://")[2].partition("/")[2].partition("?")[0]
    words = _UNSAFE.sub("_", path.lower())[:_LONGEST].strip("_-") or "index"
    digest = hashlib.sha256(url.href.encode()).hexdigest()[:_DIGEST]
    count = "" if number == 1 else f"_{number}"
    return f"{words}_{digest}{count}{_extension(content_type)}"


def _extension(content_type: str) -> str:
    essence = content_type.partition(";")[0].strip().lower()
    return mimetypes.guess_extension(essence) or ".bin"
