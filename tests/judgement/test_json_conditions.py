"""Conditions on JSON documents."""

import json
import pickle
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.judgement import json_conditions
from fetcher.judgement.json_conditions import JsonCondition, check_path
from fetcher.text import LONGEST, clean
from tests.test_text import JSON

DOCUMENT: Any = {
    "status": "up",
    "count": 3,
    "ratio": 0.5,
    "ok": True,
    "none": None,
    "version": "1.2.3",
    "items": [{"id": 1, "s": "a == b"}, {"id": 2, "s": "up"}],
    "tags": ["x", 1, [2, {"y": True}]],
    "my-key": {"a b": "c"},
}

HOLDS = [
    "$.status == up",
    '$.status == "up"',
    'status=="up"',
    "status != down",
    "count == 3",
    "count == 3.0",
    "count != true",
    "count >= 3",
    "$.count<4",
    "ratio > 0.25",
    "ok == true",
    "ok != 1",
    "none == null",
    "none exists",
    "missing absent",
    "$.items[0].id == 1",
    "items[-1].id == 2",
    "$.items[*].id >= 1",
    "$..id exists",
    '$.items[?@.s == "a == b"].id == 1',
    "$.items[?(@.id > 1 && @.s == 'up')].s == up",
    '$.items[0].s == "a == b"',
    "$.items[0].s contains a ==",
    "version matches ^1\\.",
    'version matches "^1[.]2"',
    "count matches ^[0-9]$",
    'version >= "1.10"',
    "tags contains x",
    "tags contains 1",
    'tags contains [2, {"y": true}]',
    "$ contains status",
    "$['my-key']['a b'] == c",
    '$["my-key"]["a b"] == c',
    "$.tags != [1]",
    '$.items[?search(@.s, "^u")].id == 2',
    '$.items[?match(@.s, "u")].id absent',
    "$.items[?length(@.s) == 2].id == 2",
]


@pytest.mark.parametrize("text", HOLDS)
def test_conditions_that_hold(text: str) -> None:
    """Paths, operators and values as people write them."""
    assert JsonCondition(text).check(DOCUMENT) is None


FAILS = [
    ("$.status == down", '"up"'),
    ('$.count == "3"', "3"),
    ("$.count == true", "3"),
    ("$.ok == 1", "true"),
    ("$.ok > 0", "true"),
    ("$.version > 1", '"1.2.3"'),
    ("$.missing == 1", "nothing at $.missing"),
    ("$.missing != 1", "nothing at $.missing"),
    ("$.missing exists", "nothing at $.missing"),
    ("$.status absent", '"up"'),
    ("$.items[*].id < 2", "2 at $['items'][1]['id']"),
    ("$.none == 0", "null"),
    ("$.tags contains 2", '["x",1,[2,{"y":true}]]'),
    ("$.tags matches x", '["x",1,[2,{"y":true}]]'),
    ("$.count contains 3", "3"),
    ("$.version matches ^2", '"1.2.3"'),
]


@pytest.mark.parametrize(("text", "found"), FAILS)
def test_conditions_that_fail(text: str, found: str) -> None:
    """What was expected is the condition as written; what was found is JSON, or nothing."""
    assert JsonCondition(text).check(DOCUMENT) == (text, found)


WRONG = [
    ("", "is not a condition; write PATH == VALUE"),
    ("$.a", "is not a condition"),
    ("$.a = 1", "is not a condition"),
    ("$.a contains", "is not a condition"),
    ("$.items[?@.a == 1]", "is not a condition"),
    ("== 1", "has no path"),
    ("$.a ==", "has no value behind =="),
    ("$.a > [1]", "'[1]' has no order"),
    ("$.a < null", "'null' has no order"),
    ("$.a-b == 1", "'$.a-b' is not a JSONPath: "),
    ("$.a[ == 1", "is not a condition"),
    ("$.a[01] == 1", "'$.a[01]' is not a JSONPath: "),
    ("$.a[?foo(@)] exists", "function 'foo' is not defined"),
    ("$.a. == 1", "is not a JSONPath"),
    ("$.a matches (?=x)", "RE2 has no lookahead"),
]


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_what_is_no_condition(text: str, message: str) -> None:
    """Found when it is written down, not when a body arrives."""
    with pytest.raises(ValueError, match=re.escape(message)):
        JsonCondition(text)


def test_a_path_that_nests_too_deeply_is_refused() -> None:
    """Not with the interpreter's own error."""
    with pytest.raises(ValueError, match="is not a"):
        JsonCondition("$.a[?" + "(" * 100_000 + "@.b" + ")" * 100_000 + "] exists")


def test_a_document_that_nests_too_deeply_is_said() -> None:
    """The document's author does not decide whether the check breaks."""
    deep: list[object] = []
    for _ in range(10_000):
        deep = [deep]
    condition = JsonCondition("$..a exists")
    assert condition.check(deep) == ("$..a exists", "a document that is nested too deeply")


def test_patterns_in_paths_do_not_backtrack() -> None:
    """A pattern that takes a backtracking engine longer than the sun will last."""
    document = [{"s": "a" * 5000 + "!"}]
    assert JsonCondition('$[?search(@.s, "^(a+)+$")] absent').check(document) is None
    assert JsonCondition('$[?match(@.s, "(a|a)*")] absent').check(document) is None


def test_a_pattern_from_the_document_may_be_wrong() -> None:
    """A filter may take its pattern from the document; a wrong one matches nothing."""
    document = [{"s": "a", "p": "("}, {"s": "b", "p": "b"}, {"s": 1, "p": "b"}]
    assert JsonCondition("$[?search(@.s, @.p)].s == b").check(document) is None


PATHS = ["$", "$.a", "$..a", "$[*]", "$.a[0]", "$..[?@.a == 1]"]
TESTS = ["== 1", "!= a", "< 2", ">= b", "contains a", "matches a", "exists", "absent"]


@given(st.sampled_from(PATHS), st.sampled_from(TESTS), JSON)
def test_no_document_makes_it_raise(path: str, test: str, document: object) -> None:
    """And what is said of it fits into one line of a report."""
    fault = JsonCondition(f"{path} {test}").check(document)
    if fault is not None:
        assert all(clean(text) == text and text for text in fault)
        assert all(len(text) <= 2 * LONGEST + 10 for text in fault)


@given(JSON, JSON)
def test_equal_is_by_json_types(one: object, other: object) -> None:
    """`==` and `!=` are opposites, and a value equals itself."""
    equal = JsonCondition(f"$ == {json.dumps(other)}").check(one) is None
    unequal = JsonCondition(f"$ != {json.dumps(other)}").check(one) is None
    assert equal != unequal
    assert JsonCondition(f"$ == {json.dumps(one)}").check(one) is None


@given(st.from_regex(json_conditions._PLAIN, fullmatch=True))
def test_paths_that_are_taken_as_they_stand_are_right(path: str) -> None:
    """The library, which is not asked about them, takes them too."""
    check_path(path)
    assert JsonCondition(f"{path} exists").check({}) is not None


def test_conditions_are_values() -> None:
    """They compare by their text and travel between processes as it."""
    condition = JsonCondition("$.a == 1")
    assert pickle.loads(pickle.dumps(condition)) == condition
    assert str(condition) == "$.a == 1"
