"""The settings of the check job: how it asks, what it writes and what counts as its failure."""

from dataclasses import dataclass
from enum import StrEnum

from fetcher.options import choice, duration, many, optional, switch
from fetcher.settings import Method


class Degraded(StrEnum):
    """What a URL that is degraded means for the exit code."""

    PASS = "pass"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """What `fetcher check` does."""

    method: Method = choice(
        Method.GET,
        "HTTP method. head reads no body, and many servers lie to it; head-then-get asks again "
        "with GET where HEAD brings no success. What is expected of a body is asked with GET.",
    )
    recheck: bool = switch(
        "Ask once more, at the end of the run, what failed; what then passes is degraded.",
        default=True,
    )
    recheck_after: float = duration(2.0, "How long to wait before that.", zero=True)
    degraded: Degraded = choice(
        Degraded.PASS, "Whether a degraded URL makes the exit code 1 (fail) or not (pass)."
    )
    columns: tuple[str, ...] = many(
        "The output's columns in order, separated by commas; `help` lists them.",
        str.strip,
        none="url,health,trouble,reason,status,final_url,elapsed_ms,title,cert_days_left; "
        "JSON lines have all",
        metavar="NAME,...",
    )
    format: str | None = optional(
        "Format of the output.",
        lambda name: name or None,
        none="by the file's suffix, else csv",
        metavar="csv|tsv|jsonl|table|junit|markdown|html",
    )
    raw_cells: bool = switch(
        "In CSV, leave cells as they are that a spreadsheet would run as a formula."
    )
    carry: bool = switch("Write the input rows' own columns too, behind the others.")
