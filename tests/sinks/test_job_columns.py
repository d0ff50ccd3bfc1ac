"""Each job has its columns for each format, and those that were chosen go before them."""

from typing import Any

import pytest

from fetcher.sinks.columns import DEFAULT_COLUMNS, ColumnError
from fetcher.sinks.formats import FORMATS, Format, format_of
from fetcher.sinks.job_columns import CHECK, TITLES, JobColumns, columns_for
from fetcher.sinks.reports.report_stats import REPORT_COLUMNS

USUAL = ("url", "health", "trouble", "reason", "status", "final_url", "elapsed_ms", "title")


REPORTS = [format.name for format in FORMATS if format.report]


def named(name: str) -> Format:
    """The format of a name."""
    return format_of("-" if name == "table" else "file", name, job="a test")


def names(job: JobColumns, format: str, *arguments: Any, **options: Any) -> tuple[str, ...]:
    """The names of the columns found."""
    return tuple(column.name for column in columns_for(job, named(format), *arguments, **options))


@pytest.mark.parametrize("format", ["csv", "tsv", "jsonl", "sqlite", "parquet", "table"])
def test_titles_have_the_same_in_every_format(format: str) -> None:
    """Nothing has changed for them."""
    assert names(TITLES, format) == DEFAULT_COLUMNS


def test_a_check_has_others_in_other_formats() -> None:
    """CSV has the usual ones, JSON lines all, a table what fits, and a report its own."""
    assert names(CHECK, "csv") == names(CHECK, "tsv") == (*USUAL, "cert_days_left")
    assert names(CHECK, "jsonl") == tuple(CHECK.columns)
    assert names(CHECK, "table")[:4] == ("health", "url", "status", "elapsed_ms")
    assert [names(CHECK, format) for format in REPORTS] == [REPORT_COLUMNS] * 3


@pytest.mark.parametrize("format", [format.name for format in FORMATS])
def test_a_choice_goes_before_the_default_but_in_a_report(format: str) -> None:
    """A report needs what it needs."""
    expected = REPORT_COLUMNS if format in REPORTS else ("health", "owner")
    assert names(CHECK, format, ["health", "owner"], ["owner"]) == expected


@pytest.mark.parametrize("format", ["csv", "html"])
def test_a_wrong_choice_is_refused_for_every_format(format: str) -> None:
    """A typing mistake is not passed over because a report comes out."""
    with pytest.raises(ColumnError, match="helth"):
        columns_for(CHECK, named(format), ["helth"])
    with pytest.raises(ColumnError, match="health"):
        columns_for(TITLES, named("csv"), ["health"])


def test_input_columns_are_carried_behind() -> None:
    """With carry, the input's columns follow, one that is named as ours with its prefix."""
    header = ["owner", "health"]
    assert names(CHECK, "csv", (), header, carry=True)[-2:] == ("owner", "input.health")
    assert names(TITLES, "csv", (), header, carry=True)[-2:] == ("owner", "health")
    assert names(CHECK, "csv", (), header) == names(CHECK, "csv")
    assert names(CHECK, "csv", ["url"], header, carry=True) == ("url",)
    assert names(CHECK, "html", (), header, carry=True) == REPORT_COLUMNS


def test_the_columns_of_a_report_exist() -> None:
    """Each is one that a check can write."""
    assert set(REPORT_COLUMNS) <= set(CHECK.columns)
