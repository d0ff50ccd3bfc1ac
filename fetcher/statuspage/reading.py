"""What the page asks the history."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from fetcher.monitor.folding import Uptime
from fetcher.monitor.history.rows import Bucket, Check, Day
from fetcher.monitor.incident import Incident
from fetcher.monitor.message import Message


class HistoryReader(Protocol):
    """The history, read only; each of these may take a while and is called in a thread.

    Times are seconds since the epoch. Raises OSError or sqlite3.Error when it cannot be read.
    """

    def checks(self, key: str, since: float, until: float, most: int) -> Sequence[Check]:
        """Give the latest checks of a target, newest first."""
        ...

    def series(self, key: str, since: float, until: float, points: int) -> Sequence[Bucket]:
        """Give how a target was, in at most so many stretches, oldest first."""
        ...

    def days(
        self, keys: Iterable[str], first_day: float, last_day: float
    ) -> Mapping[str, Sequence[Day]]:
        """Give the days of targets, oldest first; none where nothing is known."""
        ...

    def uptime(self, key: str, since: float, until: float) -> Uptime:
        """Give how a target's time counts."""
        ...

    def incidents(
        self, before: float | None = None, limit: int = 50, key: str | None = None, text: str = ""
    ) -> Sequence[Incident]:
        """Give incidents that were opened before, newest first.

        Those that were opened together are not parted: there may be more than `limit`.
        """
        ...

    def incident(self, id: str) -> Incident | None:
        """Give one incident, None when there is none with this id."""
        ...

    def messages(self, incident: str) -> Sequence[Message]:
        """Give the messages about an incident, in the order in which they were made."""
        ...
