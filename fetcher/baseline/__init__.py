"""The results of a previous run: to compare with, and to retry what failed."""

from fetcher.baseline.baseline import Baseline, failed_urls
from fetcher.baseline.comparison import (
    BROKEN,
    Difference,
    DifferenceKind,
    Limits,
    ResultChange,
    change_of,
    compare,
)
from fetcher.baseline.previous_result import PreviousResult, PreviousResultError, key_of
from fetcher.baseline.previous_store import PreviousResults
from fetcher.baseline.read_results import read_previous

__all__ = [
    "BROKEN",
    "Baseline",
    "Difference",
    "DifferenceKind",
    "Limits",
    "PreviousResult",
    "PreviousResultError",
    "PreviousResults",
    "ResultChange",
    "change_of",
    "compare",
    "failed_urls",
    "key_of",
    "read_previous",
]
