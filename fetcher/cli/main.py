"""The entry point of the `fetcher` program."""

import os
import sys

from fetcher import __version__


def main() -> None:
    """Run the command that the arguments name; ends the process with its exit code."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        # Answered before anything is imported: scripts ask this often.
        print(f"fetcher {__version__}")
        return
    from fetcher.cli.app import make_app

    completing = "_FETCHER_COMPLETE" in os.environ
    app = make_app() if completing else make_app(sys.argv[1:2], sys.argv[2:3])
    app(prog_name="fetcher")
