"""What failed is checked again, and nothing else."""

from pathlib import Path

import pytest

from fetcher.baseline import PreviousResultError, failed_urls
from fetcher.judgement.verdict import Health
from fetcher.model import Target
from tests.baseline.results import checked, text_file, unreachable, write, write_titles

RESULTS = [
    checked("http://ok.example/"),
    checked("http://slow.example/", Health.DEGRADED),
    unreachable("http://bad.example/"),
    unreachable("http://unknown.example/", Health.UNKNOWN),
    unreachable("http://BAD.example"),
    checked("http://slow.example/"),
]


@pytest.mark.parametrize("name", ["a.csv", "a.tsv.gz", "a.jsonl"])
def test_what_was_not_healthy_comes_again(tmp_path: Path, name: str) -> None:
    """Each URL that was not healthy comes once, in order, and says where it stood."""
    path = write(tmp_path / name, RESULTS)
    first = 1 if name == "a.jsonl" else 2
    assert list(failed_urls(path)) == [
        Target(0, "http://slow.example/", f"{path}:{first + 1}"),
        Target(1, "http://bad.example/", f"{path}:{first + 2}"),
        Target(2, "http://unknown.example/", f"{path}:{first + 3}"),
    ]


def test_degraded_can_be_left_out(tmp_path: Path) -> None:
    """Where a degraded URL is fine, it is not checked again."""
    path = write(tmp_path / "a.csv", RESULTS)
    fine = {Health.HEALTHY, Health.DEGRADED}
    assert [target.url for target in failed_urls(path, fine)] == [
        "http://bad.example/",
        "http://unknown.example/",
    ]


def test_titles_can_be_tried_again(tmp_path: Path) -> None:
    """Without a verdict, what failed or answered with 400 and more comes again."""
    results = [checked(), checked("http://b.example/", status=503), unreachable("c d")]
    path = write_titles(tmp_path / "a.csv", results)
    assert [target.url for target in failed_urls(path)] == ["http://b.example/", "c d"]


def test_a_wrong_file_is_told_at_once(tmp_path: Path) -> None:
    """Nobody waits for the first URL to hear that there is none."""
    with pytest.raises(PreviousResultError, match="it begins with 'http://a"):
        failed_urls(text_file(tmp_path / "a.txt", "http://a.example/\n"))
