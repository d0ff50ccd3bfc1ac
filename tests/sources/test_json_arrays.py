"""JSON arrays, element by element."""

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.model import Target
from fetcher.sources.base import BrokenInput
from fetcher.sources.json_list import JsonFields, JsonValuesReader, first_value_object
from tests.sources.readers import CUTS, blocks, fed


def reader() -> JsonValuesReader:
    """Make a reader."""
    return JsonValuesReader("l.json", JsonFields(), itertools.count())


def until_broken(data: str) -> tuple[list[str], str, str]:
    """Give the URLs that are read, where reading stopped, and why."""
    values, urls = reader(), []
    try:
        for row in values.feed(data.encode()):
            urls.append(row.url)
        for row in values.finish():
            urls.append(row.url)
    except BrokenInput as error:
        return urls, values.place(), str(error)
    return urls, "", ""


@given(st.lists(st.text(max_size=8)), CUTS, st.sampled_from([None, 1]), st.booleans())
def test_any_array_reads_back(
    urls: list[str], cuts: list[int], indent: int | None, objects: bool
) -> None:
    """Elements come back whatever they hold, however the array is laid out and cut."""
    values = [{"url": url} for url in urls] if objects else urls
    data = json.dumps(values, indent=indent, ensure_ascii=False).encode("utf-8", "surrogatepass")
    rows = [row for row in fed(reader(), blocks(data, cuts)) if isinstance(row, Target)]
    assert rows == fed(reader(), [data])
    assert len(rows) == len(urls)
    for row, url in zip(rows, urls, strict=True):
        assert row.problem or row.url == url.strip()


def test_elements_are_numbered() -> None:
    """An element's place is its number, for an array may be one line."""
    assert fed(reader(), [b'["https://a/", {"url": "b"}]']) == [
        Target(0, "https://a/", "l.json#1"),
        Target(1, "b", "l.json#2"),
    ]


def test_objects_over_several_lines_need_no_array() -> None:
    """Values one after the other are rows, too."""
    data = '{\n "url": "a"\n}\n{\n "url": "b"\n}\n'
    assert until_broken(data) == (["a", "b"], "", "")


@pytest.mark.parametrize(
    ("data", "urls", "place", "problem"),
    [
        ('["a", "b', ["a"], "l.json#2", "not valid JSON (Unterminated string"),
        ('["a", "b"', ["a", "b"], "l.json#3", "the JSON array is not closed"),
        ('["a", b, "c"]', ["a"], "l.json#2", "not valid JSON (Expecting value)"),
        ('["a"] ["b"]', ["a"], "l.json#2", "unexpected data after the JSON array"),
        ("[", [], "l.json#1", "the JSON array is not closed"),
        ('["a", ' + "[" * 100_000, ["a"], "l.json#2", "not valid JSON (maximum recursion"),
    ],
)
def test_where_an_array_breaks_off(data: str, urls: list[str], place: str, problem: str) -> None:
    """What came before is read; the place and the reason are said."""
    read, where, why = until_broken(data)
    assert (read, where) == (urls, place)
    assert why.startswith(problem)


def test_an_element_that_is_too_long_is_not_held() -> None:
    """Reading stops once an element is longer than a megabyte."""
    values = reader()
    assert list(values.feed(b'["' + b"x" * 1_000_000)) == []
    with pytest.raises(BrokenInput, match="longer than 1024 KiB"):
        list(values.feed(b"x" * 100_000))


def test_the_first_object_tells_the_fields() -> None:
    """It is found at the beginning of the array; half an object says nothing."""
    assert first_value_object(b'[\n {"a": 1}, {"b"') == {"a": 1}
    assert first_value_object(b'[{"a": 1') is None
    assert first_value_object(b'["x"') is None
