"""The program, whose event loop hangs from a SIGUSR1 on while there is a file `hang`."""

import signal
import time
from pathlib import Path

from fetcher.cli.main import main


def _hang(number: int, frame: object) -> None:
    while Path("hang").exists():
        time.sleep(0.02)


if __name__ == "__main__":
    # Handlers run in the main thread, where the loop does; other threads go on.
    signal.signal(signal.SIGUSR1, _hang)
    main()
