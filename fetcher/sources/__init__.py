"""Where targets come from: arguments, text, CSV and JSON lists, sitemaps, standard input.

Everything here is lazy, keeps memory bounded whatever the input, and never drops a row in
silence: what cannot be read becomes a target with a `problem`, and only an input that cannot be
read at all raises SourceError.
"""

from fetcher.sources.base import Fetched, FetchList, ListOptions, Source, SourceError
from fetcher.sources.chain import Chain, arguments, chain, check_lists
from fetcher.sources.list_source import Mistake
from fetcher.sources.open_list import open_list

__all__ = [
    "Chain",
    "FetchList",
    "Fetched",
    "ListOptions",
    "Mistake",
    "Source",
    "SourceError",
    "arguments",
    "chain",
    "check_lists",
    "open_list",
]
