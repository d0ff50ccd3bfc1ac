"""Sources of targets: arguments, text, CSV, JSON and TOML lists, sitemaps, standard input.

Everything here is lazy, needs bounded memory whatever the input, and never drops a row silently:
a row that cannot be read becomes a target with a `problem`; only an input that cannot be read at
all raises SourceError.
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
