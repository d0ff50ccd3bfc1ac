"""Resuming a list where outputs left off."""

from collections.abc import AsyncGenerator, AsyncIterable, Sequence
from contextlib import aclosing

from fetcher.model import Target
from fetcher.sinks.base import START, OutputProgress, identity_of
from fetcher.urls import without_password


class ListChangedError(Exception):
    """The list is not the one that the outputs were begun with; the message says what to do."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}: it has changed since; run without --resume to start over")


async def remaining_targets(
    targets: AsyncIterable[Target], progresses: Sequence[OutputProgress], length: int | None = None
) -> AsyncGenerator[Target, None]:
    """Read what is done of a list, and return an iterator over what is not in every output yet.

    progresses: how far each output has come. length: of the list that an output is complete with,
    None where none is. Of a list that nothing was done of nothing is read here. Raises
    ListChangedError, and what the targets raise.
    """
    rest = _generator(targets)
    try:
        waiting = await _pass_over(rest, progresses)
        if length is not None and (more := await anext(rest, None)) is not None:
            raise ListChangedError(
                f"the list has more than the {length:,} rows that were all of it, such as "
                f"{more.source or without_password(more.url)}"
            )
    except BaseException:
        await rest.aclose()
        raise
    return _all(waiting, rest)


async def _pass_over(
    rows: AsyncGenerator[Target, None], progresses: Sequence[OutputProgress]
) -> list[Target]:
    """Read as far as the furthest output is; return what another one does not have yet."""
    expected = {progress.done: progress for progress in progresses}
    first, last = min(expected), max(expected)
    seen, waiting = START, list[Target]()
    while seen.done < last:
        target = await anext(rows, None)
        if target is None:
            raise ListChangedError(f"the list has {seen.done:,} rows, and {last:,} of it were done")
        if seen.done >= first:
            waiting.append(target)
        seen = seen.after(identity_of(target))
        if expected.get(seen.done, seen).digest != seen.digest:
            raise ListChangedError(f"the first {seen.done:,} rows of the list are not those done")
    return waiting


async def _all(
    waiting: Sequence[Target], rest: AsyncGenerator[Target, None]
) -> AsyncGenerator[Target, None]:
    async with aclosing(rest):
        for target in waiting:
            yield target
        async for target in rest:
            yield target


async def _generator(targets: AsyncIterable[Target]) -> AsyncGenerator[Target, None]:
    iterator = aiter(targets)
    try:
        async for target in iterator:
            yield target
    finally:
        aclose = getattr(iterator, "aclose", None)
        if aclose is not None:
            await aclose()
