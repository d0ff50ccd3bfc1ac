"""What the jobs have in common while they run."""

from collections import deque
from collections.abc import AsyncGenerator
from typing import Protocol, TypeVar

from fetcher.model import Result

R = TypeVar("R", bound=Result, covariant=True)


class Running(Protocol[R]):
    """A run in progress; `engine.Run` says what each of these means."""

    @property
    def read(self) -> int: ...

    @property
    def given(self) -> int: ...

    @property
    def all_read(self) -> bool: ...

    @property
    def in_flight(self) -> int: ...

    @property
    def defects(self) -> deque[str]: ...

    def stop(self) -> None: ...

    def abort(self) -> None: ...

    def __aiter__(self) -> AsyncGenerator[R, None]: ...
