"""An HTTP cache for the answers of earlier runs (RFC 9111).

No library implements the rules in a form that fits: cachecontrol is tied to requests and ignores
Age and the time that an answer took; hishel computes the age only from Date, always guesses a
missing lifetime, and reads the clock itself.
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
