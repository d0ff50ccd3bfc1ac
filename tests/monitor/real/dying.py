"""The program, which ends itself with SIGKILL: `python dying.py STEP monitor run …`.

Steps are counted from 1: each commit of incidents or messages has one before it and one after it,
and so has each message that is sent.
"""

import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fetcher.cli.main import main
from fetcher.monitor import daemon
from fetcher.monitor.commit import Commit
from fetcher.monitor.history import HistoryStore
from fetcher.monitor.plan import Plan
from fetcher.notify.channel import Channel

_left = 0


def _step() -> None:
    """Make one step, and die of the last one."""
    global _left
    _left -= 1
    if not _left:
        os.kill(os.getpid(), signal.SIGKILL)


def _stepping(
    act: Callable[..., Awaitable[Any]], counts: Callable[..., bool] = lambda *_: True
) -> Any:
    """Make a step before something is done, and one after it, where it counts."""

    async def stepped(*arguments: Any) -> Any:
        counted = counts(*arguments)
        if counted:
            _step()
        result = await act(*arguments)
        if counted:
            _step()
        return result

    return stepped


def _with_steps(
    open_channels: Callable[[Plan], dict[str, Channel]],
) -> Callable[[Plan], Mapping[str, Channel]]:
    def opened(plan: Plan) -> Mapping[str, Channel]:
        channels = open_channels(plan)
        for channel in channels.values():
            channel.send = _stepping(channel.send)  # type: ignore[method-assign]
        return channels

    return opened


def _tells(store: HistoryStore, commit: Commit) -> bool:
    return bool(commit.incidents or commit.messages)


if __name__ == "__main__":
    _left = int(sys.argv.pop(1))
    HistoryStore.write = _stepping(HistoryStore.write, _tells)  # type: ignore[method-assign]
    daemon.open_channels = _with_steps(daemon.open_channels)  # type: ignore[assignment]
    main()
