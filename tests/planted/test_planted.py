"""A check names each planted fault, and leaves its healthy neighbours alone."""

import json
from pathlib import Path

import pytest

from tests.cli.program import fetcher
from tests.planted.case import Case, differences, differences_of
from tests.planted.conftest import Found
from tests.planted.table import PLANTED
from tests.planted.town import Town, town


@pytest.mark.parametrize("case", PLANTED, ids=lambda case: case.name)
def test_a_check_as_a_library(case: Case, found: Found) -> None:
    """Health, class and reason are those of what was planted."""
    assert differences_of(case, found.by_name()[case.name]) == []


async def test_a_check_on_the_command_line(tmp_path: Path) -> None:
    """The same verdicts stand in JSON lines, in the order of the list, and the exit code is 1."""
    async with town(PLANTED, tmp_path) as placed:
        (tmp_path / "list.jsonl").write_text(lines_of(placed), "utf-8")
        flags = [*placed.flags(), "--recheck-after", "200ms"]
        done = await fetcher("check", "-l", "list.jsonl", "-o", "out.jsonl", *flags, cwd=tmp_path)
        urls = [placed.url(case) for case in PLANTED]
    assert done.code == 1, done.err
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert [row["url"] for row in rows] == urls
    wrong = {
        case.name: said
        for case, row in zip(PLANTED, rows, strict=True)
        if (said := differences(case, row["health"], row["trouble"], row["reason"] or ""))
    }
    assert wrong == {}
    facts = {case.name: row for case, row in zip(PLANTED, rows, strict=True)}
    assert facts["five-days-left"]["cert_days_left"] == 5
    assert facts["wrong-name"]["cert_names"] == "somebody-else.test"
    assert facts["over-tls"]["tls_version"] == "1.3"
    assert facts["fails-twice"]["flaky"] == "500, 502"


def lines_of(placed: Town) -> str:
    """Write the list as JSON lines, each with what is expected of it."""
    rows = [{"url": placed.url(case), "expect": dict(case.expect)} for case in PLANTED]
    return "".join(json.dumps(row) + "\n" for row in rows)
