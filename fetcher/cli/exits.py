"""Exit codes, and how a command reports an error that the user can act on."""

import sys
from enum import IntEnum
from typing import NoReturn

import typer


class ExitCode(IntEnum):
    """The exit codes of the program."""

    DONE = 0
    FAILED_URLS = 1
    USAGE = 2
    INPUT_OUTPUT = 3
    INTERRUPTED = 130


_DONE = {
    "": "success",
    "titles": "the run completed",
    "scrape": "the run completed",
    "check": "all URLs are healthy",
    "diff": "nothing is newly broken",
    "monitor check-config": "the configuration is valid",
    "monitor status": "no matching target is down",
    "monitor test-alert": "every channel accepted the message",
}
_FAILED = {
    "": "a problem was found; the help of each command says which",
    "titles": "some URLs failed (with --fail)",
    "scrape": "some URLs failed (with --fail)",
    "check": "some URLs are not healthy",
    "diff": "something is newly broken",
    "monitor": "something is down, was not found, or was not delivered",
    "monitor status": "a matching target is down, or no target matches",
    "monitor history": "no such target, or several match",
    "monitor ack": "no such open incident, or several match",
    "monitor unsilence": "no such silence",
    "monitor test-alert": "a channel did not accept the message",
}


def exit_codes(command: str = "") -> dict[int, str]:
    """Return what the exit codes of a command mean; without one, those of the program."""
    meanings = {
        ExitCode.DONE: _DONE.get(command, _DONE[""]),
        ExitCode.FAILED_URLS: _FAILED.get(command, ""),  # most commands of the monitor have none
        ExitCode.USAGE: "usage or configuration error",
        ExitCode.INPUT_OUTPUT: "the input cannot be read or the output cannot be written",
        ExitCode.INTERRUPTED: "interrupted",
    }
    return {int(code): meaning for code, meaning in meanings.items() if meaning}


def give_up(code: ExitCode, message: object) -> NoReturn:
    """Print an error on standard error and exit with a code."""
    print(f"fetcher: {message}", file=sys.stderr)
    raise typer.Exit(code)
