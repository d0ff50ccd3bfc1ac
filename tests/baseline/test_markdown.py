"""The Markdown summary of an earlier run, which says whether it is all there."""

from pathlib import Path

import pytest

from fetcher.baseline import PreviousResultError
from fetcher.judgement.verdict import Health
from tests.baseline.results import checked, read, text_file, unreachable, write

HEAD = "## Headline\n\n| healthy | degraded | unhealthy | unknown | all |\n| ---: |\n"
GROUP = "\n### unhealthy: `gone` (1)\n\n| URL | status | time | reason |\n| --- | ---: |\n"
ROW = "| [http://a.example/](<http://a.example/>) | 404 | 1 ms | gone |\n"


def test_nothing_wrong_is_an_empty_list(tmp_path: Path) -> None:
    """A summary of healthy URLs, slow ones too, lists nothing that is not healthy."""
    assert read(write(tmp_path / "a.md", [checked(), checked(elapsed=9.0)])) == []
    assert read(write(tmp_path / "a.md", [])) == []


def test_what_had_no_room_is_told(tmp_path: Path) -> None:
    """A summary that leaves out what is not healthy is refused at its end, not believed."""
    results = [unreachable(f"http://a.example/{n}") for n in range(1000)]
    path = write(tmp_path / "a.md", results)
    with pytest.raises(PreviousResultError, match="lists 200 of 1,000 URLs that are not healthy"):
        read(path)


def test_a_cut_summary_is_told(tmp_path: Path) -> None:
    """Wherever a summary is cut off in what it lists, it is not taken for a whole one."""
    path = write(tmp_path / "a.md", [unreachable("a"), unreachable("b", Health.UNKNOWN), checked()])
    data = path.read_bytes()
    for end in range(2, data.rindex(b"|", 0, data.index(b"### Slowest"))):
        path.write_bytes(data[:end])
        with pytest.raises(PreviousResultError):
            read(path)


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("# A page\n\n| URL | x |\n| --- | --- |\n| a | b |\n", 1, "found another text"),
        (HEAD + "| 0 | 0 | 1 |\n", 5, "expected how many URLs have each health"),
        (HEAD, 0, "expected how many URLs"),
        (HEAD + "| 0 | 0 | 1 | 0 | 1 |\n" + GROUP, 10, "lists 0 of 1 URLs"),
        (HEAD + "| 0 | 0 | 1 | 0 | 1 |\n" + GROUP + ROW[:50], 11, "expected a row of 4 cells"),
        (HEAD + "| 0 | 0 | 1 | 0 | 1 |\n" + GROUP + "a" * 2_000_000, 11, "longer than 1024 KiB"),
        (
            HEAD + "| 0 | 0 | 1 | 0 | 1 |\n" + GROUP + f"| {'a' * 299}… | | | |\n",
            11,
            "the URL is cut",
        ),
    ],
)
def test_a_broken_file_is_told(tmp_path: Path, text: str, line: int, problem: str) -> None:
    """An error names the line and what is wrong there."""
    place = rf"{line}: " if line else ""
    with pytest.raises(PreviousResultError, match=rf"a\.md:{place}.*{problem}"):
        read(text_file(tmp_path / "a.md", text))


def test_a_whole_one_by_hand(tmp_path: Path) -> None:
    """What the broken ones above lack is just what is told of them."""
    text = HEAD + "| 0 | 0 | 1 | 0 | 1 |\n" + GROUP + ROW
    (row,) = read(text_file(tmp_path / "a.md", text))
    assert (row.url, row.status, row.source) == ("http://a.example/", 404, f"{tmp_path}/a.md:11")
