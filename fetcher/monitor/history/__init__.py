"""The monitor's history in one SQLite file, with one writer and any number of readers.

    commit ─► checks ─┬─► hours, days    (soon, so that they are quick to read)
              latest  └─► minutes        (when single checks are too old, or there is no room)
              states, incidents, messages, failures (streaks of the same failure)

Each commit is one transaction. Roll-ups are only ever added to, never recomputed, so it does not
matter when they are made, nor whether the process ends halfway.
"""

from fetcher.monitor.history.history_file import StoreError, back_up
from fetcher.monitor.history.history_reader import HistoryReader
from fetcher.monitor.history.history_rows import Bucket, CheckRow, Day, Standing, StreakRow
from fetcher.monitor.history.history_store import HistoryStore, open_store
from fetcher.monitor.history.incident_rows import give_order
from fetcher.monitor.history.open_history import is_in_use
from fetcher.monitor.history.queries import LoadedState

__all__ = [
    "Bucket",
    "CheckRow",
    "Day",
    "HistoryReader",
    "HistoryStore",
    "LoadedState",
    "Standing",
    "StoreError",
    "StreakRow",
    "back_up",
    "give_order",
    "is_in_use",
    "open_store",
]
