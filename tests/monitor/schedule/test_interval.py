"""The slots of intervals."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from fetcher.monitor.plan import Interval
from fetcher.monitor.schedule import next_slot, phase, slots_between
from fetcher.monitor.schedule.slots import IntervalSlots, just_after

NOW = 1_800_000_000.0

keys = st.text(max_size=30)
lengths = st.sampled_from([0.1, 1 / 3, 0.7, 1.0, 7.5, 60.0, 3600.0, 86400.0, 1e6])
times = st.floats(0, 4e9)


@given(keys, lengths)
def test_a_phase_lies_within_its_interval(key: str, seconds: float) -> None:
    """Whatever the key is, also one that is no proper text."""
    assert 0 <= phase(key, seconds) < seconds
    assert 0 <= phase("\ud800" + key, seconds) < seconds


def test_a_phase_is_the_same_in_every_process() -> None:
    """It does not follow from `hash`, which each process salts anew."""
    assert phase("https://a.example/", 60.0) == 56.64590092496972
    assert phase("https://b.example/", 60.0) != phase("https://a.example/", 60.0)


def test_phases_are_spread_evenly() -> None:
    """Of 10,000 targets no tenth of the interval gets many more than another."""
    tenths = [0] * 10
    for number in range(10_000):
        tenths[int(phase(f"https://example.org/{number}", 10.0))] += 1
    assert min(tenths) > 900
    assert max(tenths) < 1100


@given(lengths, st.floats(0, 1), times)
def test_the_first_slot_is_the_first(seconds: float, share: float, start: float) -> None:
    """None lies between the time asked for and the answer; the next is one interval later."""
    slots = IntervalSlots(seconds, share * seconds)
    first = slots.first(start)
    assert start <= first
    assert slots.last(start) < start
    assert slots.first(slots.last(start)) == slots.last(start)
    assert slots.last(first) == slots.last(start)
    assert slots.count(start, first) == 0
    assert slots.first(just_after(first)) > first


@given(lengths, st.floats(0, 1), times, st.integers(0, 200))
def test_as_many_slots_are_counted_as_there_are(
    seconds: float, share: float, start: float, number: int
) -> None:
    """Counting agrees with going from slot to slot."""
    slots = IntervalSlots(seconds, share * seconds)
    end = slots.first(start)
    for _ in range(number):
        end = slots.first(end + seconds / 2)
    assert slots.count(start, end) == number
    assert slots.count(end, start) == 0


def test_a_fraction_of_a_second_does_not_drift() -> None:
    """After forty years of tenths of a second, slots are where exact arithmetic puts them."""
    seconds, later = 0.1, NOW + 40 * 365 * 86400
    slot = next_slot("key", Interval(seconds), later)
    number = round((Fraction(slot) - Fraction(phase("key", seconds))) / Fraction(seconds))
    exact = number * Fraction(seconds) + Fraction(phase("key", seconds))
    assert abs(Fraction(slot) - exact) < Fraction(1, 10**6)
    assert later < slot <= later + seconds


def test_everything_is_checked_once_within_one_interval() -> None:
    """Each target has exactly one slot in any stretch as long as its interval."""
    for number in range(200):
        assert len(list(slots_between(f"key {number}", Interval(60.0), NOW, NOW + 60))) == 1
