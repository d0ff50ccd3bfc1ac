"""The settings of the titles job: what its rows hold and what counts as its failure."""

from dataclasses import dataclass

from fetcher.options import many, optional, switch


def _names(text: str) -> str:
    return text.strip()


@dataclass(frozen=True, slots=True)
class TitlesSettings:
    """What `fetcher titles` writes."""

    columns: tuple[str, ...] = many(
        "The output's columns in order, separated by commas; `help` lists them.",
        _names,
        none="url,status,title,final_url,elapsed_ms,error",
        metavar="NAME,...",
    )
    format: str | None = optional(
        "Format of the output.",
        lambda name: name or None,
        none="by the file's suffix, else csv",
        metavar="csv|tsv|jsonl|table",
    )
    raw_cells: bool = switch(
        "In CSV, leave cells as they are that a spreadsheet would run as a formula."
    )
    carry: bool = switch("Write the input rows' own columns too, behind the others.")
    fail: bool = switch("Exit with 1 when a URL failed, or answered with 400 or more.")
