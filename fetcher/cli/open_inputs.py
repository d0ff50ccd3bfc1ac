"""The command line's URLs and lists, as sources."""

from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from itertools import count
from typing import get_args

from fetcher.cli.exits import ExitCode, give_up
from fetcher.jobs.remote_lists import list_fetcher
from fetcher.model import Target
from fetcher.settings import Settings
from fetcher.sources import ListOptions, Source, SourceError, arguments, chain, open_list
from fetcher.sources.base import ListFormat


@dataclass(frozen=True, slots=True)
class Inputs:
    """The URLs that were named one by one, and the lists."""

    urls: tuple[str, ...]
    lists: tuple[str, ...]
    options: ListOptions


def read_inputs(
    urls: Sequence[str] | None,
    lists: Sequence[str] | None,
    *,
    list_format: str | None,
    url_column: str | None,
    url_field: str | None,
    carry: bool,
    expect: Callable[[Mapping[str, object]], object] | None = None,
) -> Inputs:
    """Take what was given on the command line; exits with 2 when it means nothing."""
    formats: tuple[ListFormat, ...] = get_args(ListFormat)
    chosen = next((name for name in formats if name == (list_format or "auto")), None)
    if chosen is None or list_format == "auto":
        known = ", ".join(name for name in formats if name != "auto")
        give_up(ExitCode.USAGE, f"--list-format: {list_format!r} is not one of {known}")
    options = ListOptions(url_column, url_field, chosen, carry, expect)
    return Inputs(tuple(urls or ()), tuple(lists or ()), options)


def open_sources(inputs: Inputs, settings: Settings) -> list[Source]:
    """Open everything; raises SourceError."""
    check_cacert(settings)
    counter = count()
    fetch = list_fetcher(settings)
    sources = [arguments(inputs.urls, counter=counter)] if inputs.urls else []
    for name in inputs.lists:
        sources.append(open_list(name, inputs.options, counter=counter, fetch=fetch))
    return sources


async def header_of(sources: Sequence[Source]) -> tuple[str, ...]:
    """The names of all carried columns, each once; raises SourceError."""
    names: dict[str, None] = {}
    for source in sources:
        await source.prepare()
        names.update(dict.fromkeys(source.header))
    return tuple(names)


def total(sources: Sequence[Source]) -> int | None:
    """How many rows there will be; None when that cannot be told."""
    counts = [source.count() for source in sources]
    return None if None in counts else sum(n for n in counts if n is not None)


def check_cacert(settings: Settings) -> None:
    """Check that the file of --cacert holds certificates; raises SourceError."""
    if settings.cacert is None:
        return
    from fetcher.transport.tls import make_context

    try:
        make_context(settings, lambda: None)
    except OSError as error:  # ssl.SSLError, for a file that holds no certificate, is one
        raise SourceError(f"cannot read certificates from {settings.cacert}: {error}") from None


def targets_of(
    sources: Sequence[Source], retry_failed: Sequence[str]
) -> AsyncGenerator[Target, None]:
    """Return the targets to check.

    retry_failed: earlier results; of the sources then only those URLs that were not healthy there,
    with what their rows expect; without any source, all of those. Raises SourceError.
    """
    if not retry_failed:
        return aiter(chain(sources))
    return _in_both(sources, retry_failed) if sources else _failed_only(retry_failed)


async def _failed_only(paths: Sequence[str]) -> AsyncGenerator[Target, None]:
    for index, target in enumerate(_failed(paths)):
        yield replace(target, index=index)


async def _in_both(sources: Sequence[Source], paths: Sequence[str]) -> AsyncGenerator[Target, None]:
    from fetcher.baseline import key_of

    failed = {key_of(target.url) for target in _failed(paths)}
    index = 0
    async with aclosing(aiter(chain(sources))) as targets:
        async for target in targets:
            if key_of(target.url) in failed:
                # Numbered anew: a gap in the numbers is a URL that was not fetched.
                yield replace(target, index=index)
                index += 1


def _failed(paths: Sequence[str]) -> Iterator[Target]:
    from fetcher.baseline import PreviousResultError, failed_urls

    try:
        for path in paths:
            yield from failed_urls(path)
    except PreviousResultError as error:
        raise SourceError(str(error)) from None
