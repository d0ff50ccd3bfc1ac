"""The same with the real database: nothing is different, and the history says what happened."""

from collections import Counter
from pathlib import Path

import pytest

from fetcher.monitor.history import HistoryReader
from fetcher.monitor.incident import DeliveryStatus, MessageKind
from fetcher.monitor.target_state import TimeClass
from tests.monitor.simulated.double_store import DoubleStore
from tests.monitor.simulated.life import Life
from tests.monitor.simulated.script import script
from tests.monitor.simulated.targets import DAY, RESIDENTS

BEGIN = 1_792_800_000.0
"""2026-10-24 00:00:00 UTC, a day before clocks are changed in Europe."""


def test_days_of_everything(tmp_path: Path) -> None:
    """After each crash the database has what was committed; in the end, what was true all along."""
    path = tmp_path / "monitor.db"
    store = DoubleStore(path, BEGIN)
    life = Life(script(BEGIN, BEGIN + 6 * DAY, 5), store=store)
    life.live()
    store.close()
    assert life.forgotten
    sent = Counter(
        (m.incident, m.kind) for m in store.messages.values() if m.status is DeliveryStatus.SENT
    )
    assert sent[next(i.id for i in store.incidents.values() if i.notified), MessageKind.UP] >= 2
    reader = HistoryReader(str(path))
    try:
        for watched in RESIDENTS:
            _compare(reader, life, watched.key)
        assert sum(reader.missed(None, 0.0).values()) == sum(store.missed.values())
    finally:
        reader.close()


def _compare(reader: HistoryReader, life: Life, key: str) -> None:
    """See that a target's uptime in the history is the sum of what was written."""
    spans = [span for r in life.store.records if r.key == key for span in r.spans]
    found = reader.uptime(key, BEGIN - DAY, BEGIN + 30 * DAY)
    for time_class in TimeClass:
        wanted = sum(span.end - span.start for span in spans if span.time_class is time_class)
        assert getattr(found, time_class.value) == pytest.approx(
            wanted, abs=0.001 * len(spans) + 0.001
        )
