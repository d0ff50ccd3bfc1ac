"""Exit codes, and how a command ends with an error that the user can act on."""

import sys
from enum import IntEnum
from typing import NoReturn

import typer


class ExitCode(IntEnum):
    """What the process tells the shell."""

    DONE = 0
    FAILED_URLS = 1
    USAGE = 2
    INPUT_OUTPUT = 3
    INTERRUPTED = 130


_DONE = {
    "check": "0 all are healthy",
    "diff": "0 nothing is newly broken",
    "monitor check-config": "0 the configuration is good",
    "monitor status": "0 nothing is down",
    "monitor test-alert": "0 all channels took it",
}
_FAILED = {
    "titles": "1 some URLs failed (with --fail)",
    "scrape": "1 some URLs failed (with --fail)",
    "check": "1 some URLs are not healthy",
    "diff": "1 something is newly broken",
    "monitor": "1 something is down, not found, or did not arrive",
    "monitor status": "1 something is down, or nothing fits",
    "monitor history": "1 there is no such target",
    "monitor ack": "1 there is no such incident",
    "monitor unsilence": "1 there is no such silence",
    "monitor test-alert": "1 a channel did not take it",
}


def epilog(command: str = "") -> str:
    """Return what a command's exit codes mean; without one, what they mean for all."""
    failed = _FAILED.get(command, "" if command else "1 some URLs failed")
    meanings = (
        _DONE.get(command, "0 the run completed"),
        failed,
        "2 wrong usage or configuration",
        "3 input or output cannot be read or written",
        "130 interrupted",
    )
    return f"Exit codes: {'; '.join(filter(None, meanings))}."


def give_up(code: ExitCode, message: object) -> NoReturn:
    """Print what is wrong in one line on standard error, and exit."""
    print(f"fetcher: {message}", file=sys.stderr)
    raise typer.Exit(code)
