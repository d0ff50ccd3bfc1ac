"""How much of a time a target was up."""

from fetcher.monitor.conditions import Uptime, spans
from fetcher.monitor.target_state import Condition, Span, TimeClass


def test_each_spell_is_counted_on_its_own() -> None:
    """And added to what was there."""
    found = [
        Span(0.0, 60.0, TimeClass.UP),
        Span(60.0, 70.0, TimeClass.DEGRADED),
        Span(70.0, 75.0, TimeClass.DOWN),
        Span(75.0, 77.0, TimeClass.UNWATCHED),
        Span(77.0, 78.0, TimeClass.MAINTENANCE),
        Span(78.0, 98.0, TimeClass.UP),
    ]
    total = Uptime(1.0, 2.0, 3.0, 4.0, 5.0).add(found)
    assert total == Uptime(81.0, 12.0, 8.0, 6.0, 6.0)
    assert total.watched == 101.0
    assert total + Uptime(down=1.0) == Uptime(81.0, 12.0, 9.0, 6.0, 6.0)


def test_the_share_is_of_watched_time() -> None:
    """Degraded is up; what nobody watched, or was announced, is left out."""
    assert Uptime(up=80.0, degraded=10.0, down=10.0, unwatched=1e6, maintenance=1e6).share == 0.9
    assert Uptime(down=1.0).share == 0.0
    assert Uptime(degraded=1.0).share == 1.0


def test_nothing_watched_is_not_nothing_up() -> None:
    """There is no share then."""
    assert Uptime().share is None
    assert Uptime(unwatched=5.0, maintenance=5.0).share is None
    assert Uptime().add(spans(1e9, 1e9 + 5, Condition.NEW, 60.0)).share is None
