"""JSON lines of an earlier run, broken."""

from pathlib import Path

import pytest

from fetcher.baseline import PreviousResultError
from tests.baseline.results import read, text_file

GOOD = '{"url":"a","status":200}\n'


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        (GOOD + '\n{"url":"b","sta', 3, "not valid JSON: .*; expected one object a line"),
        (GOOD + '["b", 200]\n', 2, "expected a JSON object"),
        (GOOD + '{"url":"b","status":' + "9" * 5000 + "}", 2, "not valid JSON"),
        (GOOD + '{"url":' + "[" * 100_000, 2, "not valid JSON: nested too deeply"),
        (GOOD + '{"url":"' + "b" * 2_000_000 + '","status":200}\n', 2, "longer than 1024 KiB"),
        (GOOD + '{"url":["b"],"status":200}\n', 2, "url is .*, expected text"),
        (GOOD + '{"url":"b","status":NaN}\n', 2, "status is 'nan', expected an HTTP status"),
        (GOOD + '{"url":"\\udce9","status":200}\n', 2, "url is not text in UTF-8"),
        (GOOD + '{"url":"b"}\n', 2, "these are no results"),
        (GOOD + '{"status":200}\n', 2, "there is no url; there is status"),
        ("[" + GOOD + "]", 1, "expected results as CSV.*; it begins with"),
    ],
)
def test_a_broken_line_is_told(tmp_path: Path, text: str, line: int, problem: str) -> None:
    """An error names the line and what was expected there."""
    with pytest.raises(PreviousResultError, match=rf"a\.jsonl:{line}: .*{problem}"):
        read(text_file(tmp_path / "a.jsonl", text))


def test_no_line_is_no_url(tmp_path: Path) -> None:
    """An empty list of results is an empty file, when its name says JSON lines."""
    assert read(text_file(tmp_path / "a.jsonl", "")) == []
    assert read(text_file(tmp_path / "a.jsonl.gz", "\n")) == []
    for name in ("a.csv", "a.xml", "a", "a.jsonl.txt"):
        with pytest.raises(PreviousResultError, match="it is blank"):
            read(text_file(tmp_path / name, ""))
