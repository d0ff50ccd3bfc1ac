"""Which columns a job writes in which format, when nobody chooses and when somebody does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fetcher.sinks.check_columns import CHECK_COLUMNS
from fetcher.sinks.column import Column
from fetcher.sinks.columns import COLUMNS, DEFAULT_COLUMNS, available, choose
from fetcher.sinks.reports.entry import REPORT_COLUMNS


@dataclass(frozen=True, slots=True)
class JobColumns:
    """What a job can write.

    columns: all there are, by name. usual: the names of those written when nobody chooses.
    special: the same for the formats where it is something else. fixed: for formats that need just
    these, whatever is chosen.
    """

    columns: Mapping[str, Column]
    usual: tuple[str, ...]
    special: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fixed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


TITLES = JobColumns(COLUMNS, DEFAULT_COLUMNS)

CHECK = JobColumns(
    CHECK_COLUMNS,
    (
        "url",
        "health",
        "trouble",
        "reason",
        "status",
        "final_url",
        "elapsed_ms",
        "title",
        "cert_days_left",
    ),
    special={
        # All of it: a later run is compared with this one.
        "jsonl": tuple(CHECK_COLUMNS),
        # What fits a narrow terminal; the reason, after its trouble, runs over the rest.
        "table": ("health", "url", "status", "elapsed_ms", "trouble", "reason"),
    },
    fixed=dict.fromkeys(("junit", "markdown", "html"), REPORT_COLUMNS),
)


def columns_for(
    job: JobColumns,
    format: str,
    names: Sequence[str] = (),
    header: Sequence[str] = (),
    *,
    carry: bool = False,
) -> tuple[Column, ...]:
    """Find the columns to write in a format.

    format: one of `opening.FORMATS`, or `table`. names: those that were chosen, () for none.
    header: of the input; with carry its columns stand behind the others, unless some were chosen.
    A report has the same columns always. Raises ColumnError as `choose` does, also for a choice
    that a report leaves aside.
    """
    usual = job.fixed.get(format) or job.special.get(format, job.usual)
    if names:
        chosen = choose(names, header, job.columns)
        return chosen if format not in job.fixed else choose(usual, (), job.columns)
    carry = carry and format not in job.fixed
    carried = list(available(header, job.columns))[len(job.columns) :] if carry else ()
    return choose((*usual, *carried), header, job.columns)
