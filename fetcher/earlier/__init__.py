"""The results of an earlier run: to compare with, and to do again what failed."""

from fetcher.earlier.base import Earlier, EarlierError
from fetcher.earlier.baseline import Baseline
from fetcher.earlier.change import BROKEN, Change, change_of
from fetcher.earlier.compare import Difference, Kind, Limits, compare
from fetcher.earlier.keys import key_of
from fetcher.earlier.reading import read_earlier, read_whole
from fetcher.earlier.retry import failed_urls
from fetcher.earlier.shelf import Shelf

__all__ = [
    "BROKEN",
    "Baseline",
    "Change",
    "Difference",
    "Earlier",
    "EarlierError",
    "Kind",
    "Limits",
    "Shelf",
    "change_of",
    "compare",
    "failed_urls",
    "key_of",
    "read_earlier",
    "read_whole",
]
