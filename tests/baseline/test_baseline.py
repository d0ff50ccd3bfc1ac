"""What was broken the last time does not fail again."""

from pathlib import Path

import pytest

from fetcher.baseline import Baseline, PreviousResultError, ResultChange
from fetcher.judgement.verdict import Health
from tests.baseline.results import ALL, checked, text_file, unreachable, write


@pytest.fixture
def baseline(tmp_path: Path) -> Baseline:
    """A healthy, a broken, a degraded and an unknown URL."""
    results = [
        checked("http://ok.example/", hash="ab" * 8),
        checked("http://bad.example/", Health.UNHEALTHY),
        checked("http://slow.example/", Health.DEGRADED),
        unreachable("http://unknown.example/", Health.UNKNOWN),
    ]
    return Baseline.read(write(tmp_path / "last.jsonl", results))


@pytest.mark.parametrize(
    ("url", "change"),
    [
        ("http://OK.example", ResultChange.NEWLY_BROKEN),
        ("http://bad.example/", ResultChange.STILL_BROKEN),
        ("http://slow.example/#x", ResultChange.NEWLY_BROKEN),
        ("http://unknown.example/", ResultChange.NEWLY_BROKEN),
        ("http://new.example/", ResultChange.NEWLY_BROKEN),
        ("bad.example", ResultChange.NEWLY_BROKEN),
    ],
)
def test_only_what_was_broken_may_be(baseline: Baseline, url: str, change: ResultChange) -> None:
    """A broken URL is newly broken unless it was broken before, in whatever spelling."""
    result = unreachable(url)
    assert baseline.change(result) is change
    assert baseline.newly_broken(result) == (change is ResultChange.NEWLY_BROKEN)
    assert not baseline.fixed(result)


def test_what_is_better_is_fixed(baseline: Baseline) -> None:
    """What was broken or degraded, and is healthy, was fixed; what was healthy was not."""
    fixed = [
        name
        for name in ("ok", "bad", "slow", "unknown", "new")
        if baseline.fixed(checked(f"http://{name}.example/"))
    ]
    assert fixed == ["bad", "slow"]


def test_degraded_can_count_as_broken(tmp_path: Path) -> None:
    """With degraded among what is broken, becoming degraded is breaking."""
    path = write(tmp_path / "a.csv", [checked()])
    baseline = Baseline.read(path, {Health.UNHEALTHY, Health.DEGRADED})
    assert baseline.newly_broken(checked(health=Health.DEGRADED))
    assert not Baseline.read(path).newly_broken(checked(health=Health.DEGRADED))


def test_the_last_hash(baseline: Baseline) -> None:
    """The hash of last time is there for each URL that had one."""
    assert baseline.last_hash("http://ok.example") == "ab" * 8
    assert baseline.last_hash("http://bad.example/") == ""
    assert baseline.last_hash("http://new.example/") == ""


def test_the_last_row_of_a_url_counts(tmp_path: Path) -> None:
    """A URL that is there twice is as its last row says, its hash too."""
    rows = [
        checked("http://a.example/", hash="12"),
        checked("http://b.example/", Health.UNHEALTHY),
        checked("http://A.example/", Health.UNHEALTHY),
        checked("http://b.example"),
    ]
    baseline = Baseline.read(write(tmp_path / "a.jsonl", rows, ALL))
    assert len(baseline) == 2
    assert baseline.change(unreachable("http://a.example/")) is ResultChange.STILL_BROKEN
    assert baseline.change(unreachable("http://b.example/")) is ResultChange.NEWLY_BROKEN
    assert baseline.last_hash("http://a.example/") == ""


def test_a_baseline_without_verdicts(tmp_path: Path) -> None:
    """What `fetcher titles` wrote can be a baseline too."""
    text = "url,status,error\r\nhttp://a.example/,404,\r\nhttp://b.example/,200,\r\n"
    baseline = Baseline.read(text_file(tmp_path / "a.csv", text))
    assert baseline.change(unreachable("http://a.example/")) is ResultChange.STILL_BROKEN
    assert baseline.change(unreachable("http://b.example/")) is ResultChange.NEWLY_BROKEN


def test_a_baseline_that_cannot_be_read(tmp_path: Path) -> None:
    """Nothing is compared with half a file."""
    with pytest.raises(PreviousResultError, match=r"a\.jsonl:2: "):
        Baseline.read(text_file(tmp_path / "a.jsonl", '{"url":"a","status":200}\n{"ur'))
