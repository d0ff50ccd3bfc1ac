"""What the monitor does when it gets a signal."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def on_signals(
    *, stop: Callable[[], None], abort: Callable[[], None], reload: Callable[[], None]
) -> Iterator[None]:
    """Call `stop` at the first SIGTERM or SIGINT and `abort` at the next, `reload` at SIGHUP.

    In the running loop; what was there before is there again afterwards. Where a loop cannot take
    signals (Windows), SIGINT ends the process as usual.
    """
    loop = asyncio.get_running_loop()
    stops = iter([stop])
    actions: dict[str, Callable[[], None]] = {
        "SIGTERM": lambda: next(stops, abort)(),
        "SIGINT": lambda: next(stops, abort)(),
        "SIGHUP": reload,
    }
    before = {}
    for name, action in actions.items():
        number = getattr(signal, name, None)
        if number is None:
            continue
        handler = signal.getsignal(number)
        try:
            loop.add_signal_handler(number, action)
        except NotImplementedError:
            break
        before[number] = handler
    try:
        yield
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)
