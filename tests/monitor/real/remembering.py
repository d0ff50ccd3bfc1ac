"""What a monitor that runs, or did, has written down."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

from fetcher.monitor.history import HistoryReader, StoreError
from fetcher.monitor.incident import DeliveryStatus, Incident
from fetcher.monitor.target_state import Condition

T = TypeVar("T")


class Memory:
    """The history in a folder; as long as there is none, nothing is in it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "monitor.db"

    @contextmanager
    def reading(self) -> Iterator[HistoryReader]:
        """Read it by all means that there are."""
        with closing(HistoryReader(str(self._path))) as reader:
            yield reader

    def incidents(self) -> list[Incident]:
        """All incidents, the oldest first."""
        return self._ask(lambda reader: reader.incidents(limit=1000))[::-1]

    def of(self, key: str) -> list[Incident]:
        """Those that concern a target, the oldest first."""
        return [one for one in self.incidents() if key in [member.key for member in one.members]]

    def are(self, condition: Condition, keys: list[str]) -> bool:
        """True if all these targets are in a condition."""
        standing = self._ask(lambda reader: reader.status())
        return {one.key for one in standing if one.state.condition is condition} >= {*keys}

    def checks(self, key: str) -> int:
        """How many checks of a target are written down."""
        return len(self._ask(lambda reader: reader.checks(key, 0.0, 2e10, 10_000)))

    def nothing_waits(self) -> bool:
        """True if no message is queued."""
        return not self._ask(lambda reader: reader.messages(status=DeliveryStatus.WAITING))

    def _ask(self, question: Callable[[HistoryReader], list[T]]) -> list[T]:
        try:
            with self.reading() as reader:
                return question(reader)
        except StoreError:
            return []
