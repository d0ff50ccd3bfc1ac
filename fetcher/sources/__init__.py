"""Where targets come from: arguments, text, CSV and JSON lists, sitemaps, standard input.

Everything here is lazy, keeps memory bounded whatever the input, and never drops a row in
silence: what cannot be read becomes a target with a `problem`, and only an input that cannot be
read at all raises SourceError.
"""

from fetcher.sources.arguments import arguments
from fetcher.sources.base import Fetched, FetchList, ListOptions, Source, SourceError
from fetcher.sources.chain import Chain, chain
from fetcher.sources.checking import check_lists
from fetcher.sources.opening import open_list
from fetcher.sources.survey import Mistake

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
