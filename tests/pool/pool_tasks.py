"""Functions that the tests have pools run; worker processes import them from here."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any, NoReturn


def sqr(x: int, wait: float = 0.0) -> int:
    time.sleep(wait)
    return x * x


def mul(x: int, y: int) -> int:
    return x * y


def identity(x: Any) -> Any:
    return x


async def async_sqr(x: int, wait: float = 0.0) -> int:
    await asyncio.sleep(wait)
    return x * x


def raise_key_error(key: object) -> int:
    raise KeyError(key)  # this comment shows in the traceback


def raise_large_value_error(wait: float) -> NoReturn:
    time.sleep(wait)
    raise ValueError("x" * 1024**2)


def odd_or_error(x: int) -> int:
    if x % 2 == 0:
        raise ValueError(x)
    return x


def pid(_: object = None) -> int:
    return os.getpid()


def thread_name(_: object = None) -> str:
    return threading.current_thread().name


def sleep_and_pid(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


def exit_at(x: int, fatal: int) -> int:
    if x == fatal:
        os._exit(7)
    return x


def kill_at(x: int, fatal: int) -> int:
    if x == fatal:
        os.kill(os.getpid(), signal.SIGKILL)
    return x


def sys_exit_at(x: int, fatal: int) -> int:
    if x == fatal:
        raise SystemExit(3)
    return x


def note_and_maybe_die(x: int, fatal: int, folder: str) -> int:
    """Leave a trace of each run, and die at one item."""
    with Path(folder, str(x)).open("a") as file:
        file.write("x")
    time.sleep(0.002)
    if x == fatal:
        os._exit(1)
    return x


def sleep_at(x: int, slow: int, seconds: float) -> int:
    if x == slow:
        time.sleep(seconds)
    return x


def busy_for_ever(_: object = None) -> None:
    while True:
        pass


def stubborn(_: object = None) -> None:
    """Ignore every polite request to end."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        time.sleep(60)


def leave_a_child(seconds: float) -> None:
    """Die while a child process still has this process's files open."""
    if os.fork() == 0:
        time.sleep(seconds)
        os._exit(0)
    os._exit(9)


def close_everything() -> None:
    """Close all files, those of the pool too, and go on for ever."""
    os.closerange(3, 1000)
    while True:
        time.sleep(60)


def return_a_lambda(x: int) -> Any:
    return (lambda: x) if x == 3 else x


class NeedsTwoArgumentsError(Exception):
    """Can be pickled, but not unpickled, like many exceptions in the wild."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(first)
        self.second = second


def raise_needs_two_arguments(_: object = None) -> NoReturn:
    raise NeedsTwoArgumentsError("first", "second")


class CannotPickle:
    def __reduce__(self) -> NoReturn:
        raise RuntimeError("never to be sent")


class CannotUnpickle:
    """Breaks on arrival, in a worker or in the pool."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _break, ()


def _break() -> NoReturn:
    raise RuntimeError("broken on arrival")


class ExitsOnArrival:
    def __reduce__(self) -> tuple[Any, ...]:
        return os._exit, (5,)


def return_cannot_unpickle(x: int) -> Any:
    return CannotUnpickle() if x == 3 else x


_initialized: list[Any] = []


def initialize(*args: Any) -> None:
    _initialized.append(args)


def initialized(_: object = None) -> list[Any]:
    return _initialized


def fail_to_initialize() -> NoReturn:
    raise LookupError("no such database")


def die_at_start() -> NoReturn:
    os._exit(4)
