"""Real sitemaps with known contents, when they are at hand."""

import json
from pathlib import Path
from typing import Any

import pytest

from fetcher.sources import Fetched
from tests.sources.readers import collected, opened

CASES = Path(__file__).parents[3] / "shared" / "cases"


def cases(kind: str) -> list[Any]:
    """Give the cases of one kind; none where the folder is absent."""
    path = CASES / "sitemaps.jsonl"
    if not path.exists():
        return []
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    return [pytest.param(row, id=row["id"]) for row in rows if row["kind"] == kind]


@pytest.mark.parametrize("case", cases("file"))
async def test_files(case: dict[str, Any]) -> None:
    """Each file lists as many URLs as expected, and where they are known, these."""
    data = (CASES / case["file"]).read_bytes()

    async def fetch(url: str) -> Fetched:
        return Fetched(data, case["content_type"], url)

    for source in (
        opened(CASES / case["file"]),
        opened("http://www.example.com/" + Path(case["file"]).name, fetch),
    ):
        rows = await collected(source)
        assert not any(row.problem for row in rows)
        assert len(rows) == case["expected_count"]
        if case["expected_urls"] is not None:
            assert [row.url for row in rows] == case["expected_urls"]
