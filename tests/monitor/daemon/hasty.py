"""The program with other constants than its own, for a test that cannot wait so long:

python -m tests.monitor.daemon.hasty module:NAME=SECONDS … -- monitor run …
"""

import importlib
import sys
from collections.abc import Sequence

from fetcher.cli.main import main


def command(constants: Sequence[str], arguments: Sequence[str]) -> tuple[str, ...]:
    """Make the command that runs it so."""
    return (sys.executable, "-m", __name__, *constants, "--", *arguments)


def _run(words: list[str]) -> None:
    end = words.index("--")
    for word in words[:end]:
        place, _, seconds = word.partition("=")
        module, _, name = place.partition(":")
        holder = importlib.import_module(module)
        assert hasattr(holder, name), place
        setattr(holder, name, float(seconds))
    sys.argv[1:] = words[end + 1 :]
    main()


if __name__ == "__main__":
    _run(sys.argv[1:])
