"""The answers of earlier runs, kept to save the web's time (RFC 9111).

The rules are written out here because no library has them in a form that fits: cachecontrol's are
tied to requests and leave out Age and the time an answer took; hishel's take the age from Date
alone, always guess a lifetime where none is given, and read the clock themselves.
"""

from fetcher.transport.cache.cache_file import CacheError
from fetcher.transport.cache.cache_store import CacheStore, open_store
from fetcher.transport.cache.caching_transport import CachingTransport

__all__ = [
    "CacheError",
    "CacheStore",
    "CachingTransport",
    "open_store",
]
