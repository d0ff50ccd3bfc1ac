"""Words in the database: each has its number, for ever."""

import pytest

from fetcher.judgement.verdict import Health, Trouble
from fetcher.monitor.history.history_schema import HEALTHS, TIME_CLASSES, TROUBLES, block_of
from fetcher.monitor.history.rollups import HOURS
from fetcher.monitor.target_state import TimeClass


@pytest.mark.parametrize(
    ("coded", "words"), [(HEALTHS, Health), (TROUBLES, Trouble), (TIME_CLASSES, TimeClass)]
)
def test_every_word_has_a_number(coded: tuple[str, ...], words: type[str]) -> None:
    """One that is new is added at the end, so that those before it keep theirs."""
    assert set(coded) == set(words)  # type: ignore[call-overload]
    assert len(set(coded)) == len(coded)


def test_columns_are_in_the_order_of_the_numbers() -> None:
    """The sums of a level by health, and by how time counts."""
    columns = list(HOURS.columns)
    assert columns[: len(HEALTHS)] == [health.value for health in HEALTHS]
    assert columns[-len(TIME_CLASSES) :] == [
        f"ms_{time_class.value}" for time_class in TIME_CLASSES
    ]


def test_no_target_is_in_two_blocks() -> None:
    """Numbers begin at 1; 16 of them in a row make a block."""
    assert [block_of(number) for number in (1, 15, 16, 31, 32)] == [0, 0, 1, 1, 2]
