"""The results of an earlier run: to compare with, and to do again what failed."""

from fetcher.baseline.baseline import Baseline, failed_urls
from fetcher.baseline.comparison import BROKEN, Change, Difference, Kind, Limits, change_of, compare
from fetcher.baseline.previous_result import Earlier, EarlierError, key_of
from fetcher.baseline.previous_store import Shelf
from fetcher.baseline.read_results import read_earlier, read_whole

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
