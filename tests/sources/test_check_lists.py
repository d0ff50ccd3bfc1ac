"""Looking through lists for wrong expectations before anything is fetched."""

import gzip
import itertools
import os
from pathlib import Path

import pytest

from fetcher.sources import (
    ListOptions,
    Mistake,
    SourceError,
    arguments,
    chain,
    check_lists,
    list_source,
    open_list,
)
from tests.sources.readers import collected, in_memory, opened, web
from tests.sources.test_row_expectations import Said, expect, write


class Counting:
    """Counts how often a row's expectations are read."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, said: Said) -> object:
        self.times += 1
        return expect(said)


ROWS = {
    "l.csv": "url,expect_bad\nhttps://a/,\nhttps://b/,1\nhttps://c/,2\n",
    "l.jsonl": '"https://a/"\n{"url":"b","expect":{"bad":1}}\n{"url":"c","expect_bad":2}\n',
    "l.json": '["a",{"url":"b","expect":{"bad":1}},{"url":"c","expect_bad":2}]',
    "l.toml": '[[targets]]\nurl="a"\n[[targets]]\nurl="b"\nexpect.bad=1\n[[targets]]\n'
    'url="c"\nexpect.bad=2\n',
}
PLACES = {
    "l.csv": ["l.csv:3", "l.csv:4"],
    "l.jsonl": ["l.jsonl:2", "l.jsonl:3"],
    "l.json": ["l.json#2", "l.json#3"],
    "l.toml": ["l.toml:3", "l.toml:6"],
}


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("packed", [False, True])
async def test_mistakes_are_found_with_their_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, packed: bool
) -> None:
    """In every format that can hold expectations; the list can still be read afterwards."""
    monkeypatch.chdir(tmp_path)
    data, full = ROWS[name].encode(), f"{name}.gz" if packed else name
    write(Path(full), gzip.compress(data) if packed else data)
    source = opened(full, expect=expect)
    mistakes = check_lists([source])
    assert [place.replace(".gz", "") for place, _ in mistakes] == PLACES[name]
    assert [problem.replace("'", "") for _, problem in mistakes] == [
        "expect.bad: 1 is wrong",
        "expect.bad: 2 is wrong",
    ]
    rows = await collected(source)
    assert [row.index for row in rows] == [0, 1, 2]
    assert [Mistake(row.source, row.problem) for row in rows[1:]] == mistakes


def test_the_first_mistakes_are_given(tmp_path: Path) -> None:
    """As many as asked for, from all lists together, and no list is read further than that."""
    path = tmp_path / "l.csv"
    path.write_text("url,expect_bad\n" + "https://a/,1\n" * 50)
    counting = Counting()
    sources = [opened(path, expect=counting), opened(path, expect=counting)]
    assert len(check_lists(sources)) == 20
    assert counting.times == 20
    assert len(check_lists(sources, limit=70)) == 70
    assert str(check_lists(sources, limit=1)[0]) == f"{path}:2: expect.bad: '1' is wrong"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("l.txt", "https://a/\n"),
        ("l.csv", "url,bad\nhttps://a/,1\n"),
        ("l.jsonl", '{"url":"https://a/","bad":"to expect"}\n'),
        ("l.xml", "<urlset><url><loc>http://a/</loc></url></urlset>"),
        ("robots.txt", "Sitemap: http://a/"),
    ],
)
def test_lists_that_say_nothing_are_not_read_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, data: str
) -> None:
    """Their rows are not made, whatever is in them."""
    path = tmp_path / name
    path.write_text(data)
    source = opened(path, expect=expect)

    def never(*_: object) -> None:
        raise AssertionError("rows were made")

    monkeypatch.setattr(list_source, "_local_targets", never)
    assert check_lists([source]) == []


def test_the_word_is_found_across_blocks(tmp_path: Path) -> None:
    """It may begin in one block of the file and end in the next."""
    path = tmp_path / "l.jsonl"
    for size in range(65_520, 65_540):
        path.write_text(f'"{"x" * size}"\n' + '{"url":"u","expect_bad":1}\n')
        assert len(check_lists([opened(path, expect=expect)])) == 1


async def test_a_toml_list_is_read_once(tmp_path: Path) -> None:
    """Checked, counted and given: what was read for the first is there for the others."""
    path = tmp_path / "l.toml"
    path.write_text("".join(f'[[targets]]\nurl="{n}"\nexpect.n={n}\n' for n in range(5)))
    counting = Counting()
    options = ListOptions(expect=counting)
    source = open_list(str(path), options, counter=itertools.count(7))
    assert check_lists([source]) == []
    path.unlink()
    assert source.count() == 5
    rows = await collected(source)
    assert [(row.index, row.url, row.expected) for row in rows] == [
        (7 + n, str(n), {"n": n}) for n in range(5)
    ]
    assert counting.times == 5


def test_a_mistake_that_is_made_for_all_is_a_mistake(tmp_path: Path) -> None:
    """With the list as its place."""
    path = tmp_path / "l.toml"
    path.write_text('[expect]\nbad = 1\n[[targets]]\nurl = "u"\n')
    assert check_lists([opened(path, expect=expect)]) == [
        Mistake(str(path), "expect.bad: 1 is wrong")
    ]


def test_a_list_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    """That is no mistake in an expectation."""
    path = tmp_path / "l.toml"
    path.write_text("[[")
    with pytest.raises(SourceError, match="is not valid TOML"):
        check_lists([opened(path, expect=expect)])


def test_a_list_that_breaks_off_is_checked_up_to_there(tmp_path: Path) -> None:
    """That it breaks off is said by its row, when it is read."""
    path = tmp_path / "l.csv.gz"
    rows = "".join(f"https://{os.urandom(8).hex()}/,\n" for _ in range(10_000))
    packed = gzip.compress(("url,expect_bad\nhttps://a/,1\n" + rows).encode())
    path.write_bytes(packed[: len(packed) // 2])
    assert [m.place for m in check_lists([opened(path, expect=expect)])] == [f"{path}:2"]


def test_what_cannot_be_read_twice_is_left_alone() -> None:
    """Pipes, fetched lists and arguments; also where they stand in a chain."""
    pipe = in_memory([b"url,expect_bad\nhttps://a/,1\n"], expect=expect)
    page = opened("https://a/l.csv", web({}), expect=expect)
    plain = arguments(["a"], counter=itertools.count())
    assert check_lists([pipe, page, plain, chain([pipe, page])]) == []


def test_lists_in_a_chain_are_checked(tmp_path: Path) -> None:
    """A chain is as good as its sources."""
    path = tmp_path / "l.csv"
    path.write_text(ROWS["l.csv"])
    assert len(check_lists([chain([opened(path, expect=expect)])])) == 2


def test_a_job_that_expects_nothing_has_nothing_to_check(tmp_path: Path) -> None:
    """Then these are columns like others."""
    path = tmp_path / "l.csv"
    path.write_text(ROWS["l.csv"])
    assert check_lists([opened(path)]) == []
