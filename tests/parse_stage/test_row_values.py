"""What a user's function returned becomes what JSON has, or is refused with its name."""

import json
import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.parse_stage.row_values import UnusableError, plain, rows_of

texts = st.text(st.characters(codec="utf-8"))
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
)
odd_values = st.recursive(
    st.floats() | st.text(st.characters()) | st.decimals() | st.datetimes() | st.uuids(),
    lambda inner: (
        st.tuples(inner, inner)
        | st.lists(inner)
        | st.dictionaries(st.integers(), inner)
        | st.sets(st.text() | st.integers() | st.dates())
    ),
)


class Text(str):
    """A text of one's own, as markup libraries have."""

    __slots__ = ()


class Size(StrEnum):
    SMALL = "s"


class Number(IntEnum):
    ONE = 1


class Pair(Enum):
    BOTH = (1, 2)


@dataclass
class Item:
    price: int


@given(json_values)
def test_what_json_has_stays_as_it_is(value: Any) -> None:
    """Nothing that an output can hold is changed."""
    assert plain(value) == value
    assert json.dumps(plain(value)) == json.dumps(value)


@given(odd_values)
def test_what_comes_out_is_json(value: Any) -> None:
    """Whatever is accepted can be written as JSON in UTF-8, and is not changed a second time."""
    made = plain(value)
    assert json.loads(json.dumps(made, allow_nan=False, ensure_ascii=False).encode()) == made
    assert plain(made) == made


@pytest.mark.parametrize(
    ("value", "made"),
    [
        (datetime(2026, 3, 1, 12, 30, tzinfo=UTC), "2026-03-01T12:30:00+00:00"),
        (date(2026, 3, 1), "2026-03-01"),
        (time(12, 30), "12:30:00"),
        (Decimal("3.10"), "3.10"),
        (UUID(int=0), "00000000-0000-0000-0000-000000000000"),
        (PurePosixPath("a/b"), "a/b"),
        (Size.SMALL, "s"),
        (Number.ONE, 1),
        (Pair.BOTH, [1, 2]),
        (Text("a"), "a"),
        (math.nan, None),
        (-math.inf, None),
        ("a\ud800", "a\ufffd"),
        ((1, "a"), [1, "a"]),
        ({"b", "a", 1}, [1, "a", "b"]),
        (frozenset({2, 1}), [1, 2]),
        ({"a": 1}.keys(), ["a"]),
        ((n * n for n in range(3)), [0, 1, 4]),
        (OrderedDict(a={1: None}), {"a": {"1": None}}),
        (MappingProxyType({Size.SMALL: True}), {"s": True}),
    ],
)
def test_what_json_has_not_is_made_of_what_it_has(value: Any, made: Any) -> None:
    """As a user would have written it down; the types are the plain ones."""
    assert repr(plain(value)) == repr(made)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"a": b"x"}, "the value of a is a bytes, which no output can hold"),
        ({"a": [{"b": object()}]}, "the value of a[0].b is an object, which no output can hold"),
        ({"a": Item}, "the value of a is the class Item, which no output can hold"),
        ({"a": {Item(1).price: print}}, "the value of a.1 is a builtin_function_or_method, which"),
        ({None: 1}, "a key of what it returned is a NoneType, not a string"),
        ({"a": {(1, 2): 1}}, "a key of a is a tuple, not a string"),
        ("text", "it returned a str, not a dict, a list of dicts or None"),
        (Item(3), "it returned an Item, not a dict, a list of dicts or None"),
        ([{}, 3], "item 2 of what it returned is an int, not a dict"),
    ],
)
def test_what_no_output_can_hold_is_refused(row: Any, words: str) -> None:
    """The message says what it is, and where in what was returned."""
    with pytest.raises(UnusableError) as caught:
        rows_of(row)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("returned", "rows"),
    [
        (None, []),
        ([], []),
        ({"a": 1}, [{"a": 1}]),
        ([{"a": 1}, {}], [{"a": 1}, {}]),
        (({"a": 1},), [{"a": 1}]),
        (iter([{"a": 1}]), [{"a": 1}]),
    ],
)
def test_rows_come_alone_or_several(returned: Any, rows: list[Any]) -> None:
    """A dict is a row, None is none, all else that holds dicts is as many."""
    assert rows_of(returned) == rows


def test_what_refers_to_itself_ends_in_an_error() -> None:
    """And not in a crash of the process."""
    row: dict[str, Any] = {}
    row["itself"] = row
    make: Callable[[object], object] = rows_of
    with pytest.raises(RecursionError):
        make(row)
