"""TOML lists."""

import gzip
import itertools
from pathlib import Path

import pytest

from fetcher.model import Target
from fetcher.sources import SourceError, toml_list
from fetcher.sources.json_list import JsonFields
from fetcher.sources.row_expectations import RowExpectations
from fetcher.sources.toml_list import TomlReader
from tests.sources.readers import collected, fed, in_memory, opened
from tests.sources.test_row_expectations import expect


def read(data: str | bytes, fields: JsonFields = JsonFields()) -> list[Target]:  # noqa: B008 (frozen)
    """Read a TOML list with expectations."""
    reader = TomlReader("l.toml", fields, itertools.count(), RowExpectations(expect))
    rows = fed(reader, [data.encode() if isinstance(data, str) else data])
    return [row for row in rows if isinstance(row, Target)]


LIST = """# Our sites.
[[targets]]
url = "https://a/"
name = "A"
[targets.expect]
status = "200..299,401"
certificate_days = 14

  [[ targets ]]  # another
url = "https://b/"
expect.title = "B"
expect_complete = true

[[targets]]
url = "https://c/"
"""


def test_tables_become_targets() -> None:
    """Each with its line, its URL and what it expects; values keep their types."""
    assert read(LIST) == [
        Target(
            0,
            "https://a/",
            "l.toml:2",
            expected={"status": "200..299,401", "certificate_days": 14},
        ),
        Target(1, "https://b/", "l.toml:9", expected={"title": "B", "complete": True}),
        Target(2, "https://c/", "l.toml:14"),
    ]


def test_what_holds_for_all_is_said_once() -> None:
    """`[expect]` holds for every target, which may say otherwise key by key."""
    rows = read('[expect]\nstatus = 200\ntitle = "T"\n' + LIST)
    assert [row.expected for row in rows] == [
        {"status": "200..299,401", "title": "T", "certificate_days": 14},
        {"status": 200, "title": "B", "complete": True},
        {"status": 200, "title": "T"},
    ]
    (row,) = read('expect.status = 200\ntargets = ["https://a/"]')
    assert row.expected == {"status": 200}


@pytest.mark.parametrize(
    ("data", "places"),
    [
        ('targets = ["u", {url = "v"}]', ["l.toml#1", "l.toml#2"]),
        ('[["targets"]]\nurl = "u"\n', ["l.toml#1"]),
        ('[[targets]]\nurl = "u"\nnote = """\n[[targets]]\n"""\n', ["l.toml#1"]),
        ('\r\n\r\n[[targets]]\r\nurl = "u"\r\n', ["l.toml:3"]),
    ],
)
def test_where_a_line_is_not_certain_a_number_stands(data: str, places: list[str]) -> None:
    """A wrong place would be worse than one that has to be counted."""
    assert [row.source for row in read(data)] == places


@pytest.mark.parametrize(
    ("data", "url", "problem"),
    [
        ("targets = [1]", "1", 'expected a table with a URL, as in url = "https://…", found 1'),
        ("targets = [{name = 1}]", "", "the row has no field such as url or link; it has"),
        ("[[targets]]\nurl = 1", "1", 'the field "url" is a number, not a string'),
        ('[[targets]]\nurl = " "', "", "the URL is empty"),
        ('[[targets]]\nurl = "u"\nexpect = "200"', "u", "expect must be a table"),
    ],
)
def test_rows_with_problems(data: str, url: str, problem: str) -> None:
    """A row that cannot be used says why."""
    (row,) = read(data)
    assert row.url == url
    assert row.problem.startswith(problem)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("[[targets]\n", "l.toml is not valid TOML: "),
        ("a = 1\na = 2\n", "at line 2, column"),
        (b"# \xff\n", "l.toml is not valid TOML: 'utf-8'"),
        ("a = " + "[" * 100_000, "l.toml is not "),
        ("[[target]]\n", "l.toml: unknown 'target'; expected [[targets]] and [expect]"),
        ("targets = 1\n", "l.toml: targets must be an array of tables, written [[targets]]"),
        ("expect = 1\n", "l.toml: expect must be a table, written [expect]"),
        ("[expect]\nbad = 1\n", "l.toml: expect.bad: 1 is wrong"),
    ],
)
def test_a_list_that_cannot_be_read_at_all(data: str | bytes, message: str) -> None:
    """Its error names the list and what is wrong, by its line where the parser knows it."""
    with pytest.raises(SourceError) as caught:
        read(data)
    assert message in str(caught.value)


def test_a_list_is_read_whole_and_may_not_be_endless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is given before the end, and no more is held than a person writes."""
    monkeypatch.setattr(toml_list, "MAX_TOML", 2**20)
    reader = TomlReader("l.toml", JsonFields(), itertools.count())
    assert list(reader.feed(b"#" * 2**20)) == []
    with pytest.raises(SourceError, match="larger than 1 MiB; write long lists as JSON lines"):
        reader.feed(b"#")


def test_dates_can_be_carried() -> None:
    """TOML has values that JSON has not."""
    (row,) = read('[[targets]]\nurl = "u"\nsince = 2026-01-31\n', JsonFields(None, ("since",)))
    assert row.carried == ('"2026-01-31"',)


async def test_a_file_is_known_by_its_suffix(tmp_path: Path) -> None:
    """Read for any job: where nothing is expected, expectations are left alone."""
    for name, data in (("l.toml", LIST.encode()), ("l.toml.gz", gzip.compress(LIST.encode()))):
        path = tmp_path / name
        path.write_bytes(data)
        source = opened(path, carry=True)
        assert source.header == ("name", "expect")
        assert source.count() == 3
        assert [row.carried[0] for row in await collected(source)] == ["A", "", ""]
        assert opened(path, carry=True, expect=expect).header == ("name",)


async def test_a_pipe_is_read_as_told() -> None:
    """Without a name the format is to be given; the columns are known once all has been read."""
    parts = [LIST[:50].encode(), LIST[50:].encode()]
    source = in_memory(parts, format="toml", carry=True, expect=expect)
    rows = await collected(source)
    assert source.header == ("name",)
    assert [row.url for row in rows] == ["https://a/", "https://b/", "https://c/"]
    plain = in_memory(parts, format="toml", expect=expect)
    assert [row.expected for row in await collected(plain)] == [row.expected for row in rows]


async def test_an_empty_list_gives_nothing(tmp_path: Path) -> None:
    """As in every other format."""
    (tmp_path / "l.toml").write_text("# nothing yet\n")
    source = opened(tmp_path / "l.toml", carry=True)
    assert (source.header, source.count(), await collected(source)) == ((), 0, [])
