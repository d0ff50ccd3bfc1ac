"""JSON lines."""

import itertools

import pytest

from fetcher.model import Target
from fetcher.sources.json_list import JsonFields, JsonLinesReader, first_line_object
from tests.sources.readers import fed


def read(data: str | bytes, fields: JsonFields = JsonFields()) -> list[Target]:  # noqa: B008 (frozen)
    """Read JSON lines."""
    reader = JsonLinesReader("l.jsonl", fields, itertools.count())
    rows = fed(reader, [data.encode() if isinstance(data, str) else data])
    return [row for row in rows if isinstance(row, Target)]


def test_objects_and_strings_are_rows() -> None:
    """A string is a URL, an object has one in a field; blank lines are skipped."""
    assert read('{"url": " https://a/ "}\n\n"https://b/"\r\n{"link":"c"}') == [
        Target(0, "https://a/", "l.jsonl:1"),
        Target(1, "https://b/", "l.jsonl:3"),
        Target(2, "c", "l.jsonl:4"),
    ]


@pytest.mark.parametrize(
    ("path", "row"),
    [
        ("a.b", '{"a": {"b": "u"}}'),
        ("a.b", '{"a.b": "u", "a": {"b": "no"}}'),
        ("a.1.b", '{"a": [0, {"b": "u"}]}'),
        (None, '{"id": 1, "href": "u", "page": "no"}'),
        (None, '{"Web-Site": "u"}'),
    ],
)
def test_where_the_url_is(path: str | None, row: str) -> None:
    """A named field may be a dotted path; else the usual names are tried, the surest first."""
    (target,) = read(row, JsonFields(path))
    assert (target.url, target.problem) == ("u", "")


@pytest.mark.parametrize(
    ("line", "url", "problem"),
    [
        ('{"url": }', '{"url": }', "not valid JSON: Expecting value at column 9"),
        ("42", "42", "expected a JSON object or string, found a number"),
        ('["a"]', '["a"]', "expected a JSON object or string, found a list"),
        ("null", "null", "expected a JSON object or string, found null"),
        ('{"id": 1}', "", 'the row has no field such as url or link; it has "id"'),
        ("{}", "", "the row has no field such as url or link; it has no fields"),
        ('{"url": null}', "null", 'the field "url" is null, not a string'),
        ('{"url": ["a"]}', '["a"]', 'the field "url" is a list, not a string'),
        ('{"url": " "}', "", "the URL is empty"),
        ('{"url": "a\\u0000"}', "a\\x00", "NUL character at position 2"),
        ('{"url": "\\ud800"}', "\\ud800", "lone surrogate at position 1"),
        ("[" * 100_000, "[" * 1024, "not valid JSON: nested too deeply"),
        ('{"url": ' + "9" * 5000 + "}", None, "not valid JSON: "),
        ('{"url": "' + "a" * 70_000 + '"}', "a" * 1024, "the URL is longer than 64 KiB"),
    ],
)
def test_rows_with_problems(line: str, url: str | None, problem: str) -> None:
    """A row that cannot be used says what is wrong with it, and the next one is read."""
    bad, good = read(f'{line}\n"https://b/"\n')
    assert bad.problem.startswith(problem)
    assert url is None or bad.url == url
    assert good == Target(1, "https://b/", "l.jsonl:2")


def test_a_named_field_that_is_missing_is_named() -> None:
    """The problem names the wanted field and those that are there."""
    (row,) = read('{"a": {"c": 1}}', JsonFields("a.b"))
    assert row.problem == 'the row has no field "a.b"; it has "a"'


def test_undecodable_bytes_in_the_url() -> None:
    """They are a problem of their row."""
    (row,) = read(b'{"url": "http://\xfc/"}')
    assert (row.url, row.problem) == ("http://\\xfc/", "byte 0xFC at position 8 is not valid UTF-8")


def test_a_line_over_a_megabyte() -> None:
    """It is cut and reported, the next one is read."""
    bad, good = read('{"x": "' + "y" * 1_100_000 + '"}\n"https://b/"')
    assert bad.problem == "the line is longer than 1024 KiB"
    assert len(bad.url) == 1024
    assert good.url == "https://b/"


def test_carried_fields() -> None:
    """Fields of the header are carried as text: nested ones as compact JSON, missing ones as ""."""
    fields = JsonFields(None, ("a", "b"))
    rows = read(
        '{"url":"u","a":"x","b":1.5}\n{"url":"u","b":{"c":[1,"ä"]}}\n{"url":"u","a":true}\n3',
        fields,
    )
    assert [row.carried for row in rows] == [
        ("x", "1.5"),
        ("", '{"c":[1,"ä"]}'),
        ("true", ""),
        ("", ""),
    ]


@pytest.mark.parametrize(
    ("path", "names"),
    [(None, ("a", "b")), ("b.c", ("url", "a")), ("x.y", ("url", "a", "b"))],
)
def test_what_a_first_row_carries(path: str | None, names: tuple[str, ...]) -> None:
    """All its top-level fields but the one with the URL."""
    assert JsonFields(path).carried_by({"url": "u", "a": 1, "b": {"c": "v"}}) == names


def test_the_first_object_is_found_past_others() -> None:
    """Bad lines and strings do not say which fields there are."""
    assert first_line_object(b'x\n"u"\n{"a": 1}\n{"b": 2}\n') == {"a": 1}
    assert first_line_object(b'"u"\n{"a"') is None
