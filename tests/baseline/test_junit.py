"""JUnit XML of an earlier run: read, and not trusted."""

from pathlib import Path

import pytest

from fetcher.baseline import PreviousResultError
from fetcher.judgement.verdict import Health, Trouble
from tests.baseline.results import read, text_file

BEGIN = '<?xml version="1.0"?>\n<testsuites><testsuite>\n'
CASE = '<testcase name="http://a.example/" time="0.25"/>\n'
END = "</testsuite></testsuites>"


def test_cases_of_other_programs_are_urls(tmp_path: Path) -> None:
    """Without a text of ours, the element says how a case went."""
    cases = (
        '<testcase name="http://a.example/"/>'
        '<testcase name="http://b.example/"><failure type="gone" message="status 404"/></testcase>'
        '<testcase name="http://c.example/"><error/></testcase>'
        '<testcase name="http://d.example/"><skipped/></testcase>'
    )
    rows = read(text_file(tmp_path / "a.xml", BEGIN + cases + END))
    assert [row.health for row in rows] == [
        Health.HEALTHY,
        Health.UNHEALTHY,
        Health.UNKNOWN,
        Health.UNKNOWN,
    ]
    assert (rows[1].trouble, rows[1].reason) == (Trouble.GONE, "status 404")


def test_each_case_knows_its_line(tmp_path: Path) -> None:
    """The source is the line on which the case begins."""
    path = text_file(tmp_path / "a.xml", BEGIN + CASE + "\n" + CASE + END)
    assert [row.source for row in read(path)] == [f"{path}:3", f"{path}:5"]


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        (BEGIN + CASE + "<testca", 4, "broken XML: unclosed token"),
        (BEGIN + CASE, 4, "broken XML: the file is cut off here"),
        (BEGIN + CASE + "</wrong>", 4, "broken XML: mismatched tag; expected JUnit XML"),
        (BEGIN + CASE.replace("0.25", "soon") + END, 3, "elapsed_ms is 'soon', expected"),
        (BEGIN + '<testcase name="caf\udce9"/>', 3, "not well-formed"),
        ("<?xml version='1.0'?><urlset/>", 1, "expected JUnit XML, found the element urlset"),
        (BEGIN + "<a>" * 30, 3, "nested more than 20 deep"),
        (BEGIN + '<testcase name="' + "a" * 2_000_000, 3, "a tag is longer than 1024 KiB"),
        (BEGIN + f'<testcase name="http://{"a" * 70_000}"/>' + END, 3, "url is longer than 64 KiB"),
    ],
)
def test_a_broken_file_is_told(tmp_path: Path, text: str, line: int, problem: str) -> None:
    """An error names the line and what is wrong there."""
    data = text.encode("utf-8", "surrogateescape")
    with pytest.raises(PreviousResultError, match=rf"a\.xml:{line}: .*{problem}"):
        read(text_file(tmp_path / "a.xml", data))


@pytest.mark.parametrize(
    "declared",
    [
        '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">',
        '<!ENTITY a SYSTEM "file:///etc/hostname">',
        '<!ENTITY % a "b">',
    ],
)
def test_entities_are_refused(tmp_path: Path, declared: str) -> None:
    """Nothing is expanded or loaded that a document declares."""
    text = f'<?xml version="1.0"?><!DOCTYPE testsuites [{declared}]><testsuites/>'
    with pytest.raises(PreviousResultError, match="declares an XML entity"):
        read(text_file(tmp_path / "a.xml", text))


def test_what_an_entity_would_say_is_never_read(tmp_path: Path) -> None:
    """A document without a declaration of its own cannot use entities either."""
    text = BEGIN + '<testcase name="&a;"/>' + END
    with pytest.raises(PreviousResultError, match="undefined entity"):
        read(text_file(tmp_path / "a.xml", text))
