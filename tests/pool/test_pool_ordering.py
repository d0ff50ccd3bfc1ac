"""`Reorder`, `Window` and `Pace`: the small pieces under every window of the project."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.pool.ordering import Reorder, Window
from fetcher.pool.pace import Pace


@given(st.permutations(range(12)))
def test_any_order_in_gives_input_order_out(order: list[int]) -> None:
    """Whatever order the values come in, they go out by index, each as early as it can."""
    reorder: Reorder[int] = Reorder()
    out: list[int] = []
    seen: set[int] = set()
    for index in order:
        out += reorder.push(index, index)
        seen.add(index)
        ready = next((i for i in range(13) if i not in seen), 12)
        assert out == list(range(ready))
        assert len(reorder) == len(seen) - ready
    assert out == list(range(12))


@pytest.mark.parametrize("index", [0, 2], ids=["given out", "still waiting"])
def test_an_index_is_pushed_once(index: int) -> None:
    """A second value for an index is a mistake of the caller."""
    reorder: Reorder[str] = Reorder()
    reorder.push(0, "a")
    reorder.push(2, "c")
    with pytest.raises(ValueError, match="twice"):
        reorder.push(index, "again")


@pytest.mark.parametrize("ordered", [True, False])
def test_a_window_has_room_until_its_limit_is_on_the_way(ordered: bool) -> None:
    """Finished results count against the room until they are taken."""
    window: Window[str] = Window(2, ordered=ordered)
    first, second = window.enter(), window.enter()
    assert not window.has_room
    window.put(second, "second")
    assert window.has_result is not ordered
    window.put(first, "first")
    assert not window.has_room
    assert window.take() == ("first" if ordered else "second")
    assert window.has_room


rates = st.floats(min_value=0.2, max_value=500)
waits = st.lists(st.floats(min_value=0, max_value=3) | st.just(0.0), max_size=60)
late = st.floats(min_value=0, max_value=0.02)


@given(per_second=rates, pauses=waits, lateness=st.lists(late, min_size=60, max_size=60))
def test_no_window_of_time_holds_more_starts_than_the_rate(
    per_second: float, pauses: list[float], lateness: list[float]
) -> None:
    """With pauses and late timers in any mix, the rate holds over every window."""
    pace = Pace(per_second)
    now = 1000.0
    starts: list[float] = []
    for pause, late_by in zip(pauses, lateness, strict=False):
        now += pause
        if delay := pace.delay(now):
            now += delay + late_by
        pace.started(now)
        starts.append(now)
    count = max(1, int(per_second))
    for earlier, later in zip(starts, starts[count:], strict=False):
        assert later - earlier >= count / per_second - 1e-6
