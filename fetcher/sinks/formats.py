"""The formats of outputs: one table of what each is called and what it can do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from fetcher.storage.outputs import is_special

STDOUT = "-"
"""The target that means standard output."""


class FormatError(ValueError):
    """An output's format is unknown, or its name does not say it, or it cannot be written there."""


@dataclass(frozen=True, slots=True)
class Format:
    """One format of outputs.

    suffixes: those that say it, in lower case. packs: whether a file may also end in `.gz`.
    streams: whether it can go to standard output, a pipe or a device. to_file: whether it can go to
    a file, and be resumed there. report: whether it says how a run went, in columns of its own,
    instead of having the rows. verdict: whether it needs the verdicts of a check.
    """

    name: str
    suffixes: tuple[str, ...] = ()
    packs: bool = False
    streams: bool = True
    to_file: bool = True
    report: bool = False
    verdict: bool = False


TABLE = Format("table", to_file=False)
"""Rows for people, on standard output only."""

FORMATS = (
    Format("csv", (".csv",), packs=True),
    Format("tsv", (".tsv",), packs=True),
    Format("jsonl", (".jsonl", ".ndjson"), packs=True),
    Format("sqlite", (".db", ".sqlite", ".sqlite3"), streams=False),
    Format("parquet", (".parquet",), streams=False),
    Format("junit", (".xml",), packs=True, report=True, verdict=True),
    Format("markdown", (".md", ".markdown"), packs=True, report=True),
    Format("html", (".html", ".htm"), packs=True, report=True),
    TABLE,
)
"""All formats, in the order in which errors name them."""

CSV = FORMATS[0]


def formats_for(*, verdict: bool = False) -> tuple[Format, ...]:
    """Return the formats of a job. verdict: whether it has verdicts."""
    return tuple(format for format in FORMATS if verdict or not format.verdict)


def row_formats() -> tuple[Format, ...]:
    """Return the formats that are lines of text, a row each."""
    return tuple(format for format in FORMATS if format.packs and not format.report)


def format_of(
    target: str,
    name: str | None = None,
    *,
    job: str,
    formats: Sequence[Format] = FORMATS,
    flag: str = "--format",
) -> Format:
    """Return the format to write: the one that is named, or the one that the target's suffix says.

    CSV for standard output and for a device or pipe, whose names say nothing. `table` means
    standard output only: other targets go by their suffix then. job: what errors call whoever
    writes, such as `fetcher check`. formats: those it has. flag: the option that names one, "" if
    there is none. Raises FormatError.
    """
    special = target == STDOUT or is_special(Path(target))
    path = Path(target.lower())
    packed = path.suffix == ".gz" and not special
    found = None if name is None else _named(name, job, formats)
    if found is TABLE and target != STDOUT:
        found = None
    if found is None:
        suffix = (path.with_suffix("") if packed else path).suffix
        found = CSV if special else _by_suffix(suffix, formats)
    if found is None:
        raise FormatError(
            f"cannot tell the format of {target!r} from its suffix; {job} writes "
            f"{_listed(_suffixes(formats))}{_or_named(formats, flag)}"
        )
    if packed and not found.packs:
        raise FormatError(f"{target}: {found.name} cannot be compressed with gzip")
    if special and not found.streams:
        raise FormatError(
            f"{found.name} cannot be written to standard output, a pipe or a device: {target!r}; "
            "name a file with -o FILE"
        )
    return found


def is_packed(target: str) -> bool:
    """Return True if a file is compressed with gzip, by its name."""
    return Path(target).suffix.lower() == ".gz"


def _named(name: str, job: str, formats: Sequence[Format]) -> Format:
    wanted = name.lower().removeprefix(".")
    for format in formats:
        if wanted == format.name or f".{wanted}" in format.suffixes:
            return format
    raise FormatError(
        f"unknown format {name!r}; {job} writes {_listed(format.name for format in formats)}"
    )


def _or_named(formats: Sequence[Format], flag: str) -> str:
    names = _listed(format.name for format in formats if format.to_file)
    return f"; or name the format with {flag}: {names}" if flag else ""


def _by_suffix(suffix: str, formats: Sequence[Format]) -> Format | None:
    return next((format for format in formats if suffix in format.suffixes), None)


def _suffixes(formats: Sequence[Format]) -> list[str]:
    packed = [suffix for format in formats if format.packs for suffix in format.suffixes]
    plain = [suffix for format in formats if not format.packs for suffix in format.suffixes]
    return [*packed[:-1], f"{packed[-1]} (each also with .gz)", *plain]


def _listed(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last
