"""How each value of a row is read from a result."""

from collections.abc import Callable

from fetcher.model import Response, Result, Timings
from fetcher.sinks.base import Value
from fetcher.sinks.clean import clean

Reader = Callable[[Result], Value]
"""Reads one value from a result."""


def milliseconds(seconds: float | None) -> float | None:
    """Give seconds as milliseconds, rounded to a tenth."""
    return None if seconds is None else round(seconds * 1000, 1)


def index(result: Result) -> Value:
    """Position in the input."""
    return result.target.index


def source(result: Result) -> Value:
    """Place of the input row."""
    return clean(result.target.source)


def url(result: Result) -> Value:
    """The URL as it was written."""
    return clean(result.target.url)


# Status, title, final URL and encoding are given only for a complete answer: who filters on status
# 200 must never meet a body that was cut.


def status(result: Result) -> Value:
    """HTTP status of a complete answer."""
    outcome = result.outcome
    if outcome.failure is not None or outcome.response is None:
        return None
    return outcome.response.status


def final_url(result: Result) -> Value:
    """The URL that gave a complete answer."""
    outcome = result.outcome
    if outcome.failure is not None or outcome.response is None:
        return None
    return clean(outcome.response.url)


def title(result: Result) -> Value:
    """Title of a complete answer."""
    text = result.page.title
    return None if text is None or result.outcome.failure is not None else clean(text)


def encoding(result: Result) -> Value:
    """Encoding of a complete answer."""
    return None if result.outcome.failure is not None else result.page.encoding or None


def encoding_source(result: Result) -> Value:
    """Where the encoding of a complete answer was found."""
    return None if result.outcome.failure is not None else result.page.encoding_source or None


def elapsed_ms(result: Result) -> Value:
    """Milliseconds of the last attempt."""
    return milliseconds(result.outcome.elapsed)


def error(result: Result) -> Value:
    """What went wrong in one line, "" when nothing did."""
    failure = result.outcome.failure
    return "" if failure is None else clean(str(failure))


def failure(result: Result) -> Value:
    """Kind of the failure."""
    failure = result.outcome.failure
    return None if failure is None else failure.kind.value


def phase(result: Result) -> Value:
    """Where on its way it failed."""
    failure = result.outcome.failure
    return None if failure is None else failure.phase.value


def attempts(result: Result) -> Value:
    """How often it was tried."""
    return result.outcome.attempts


def redirects(result: Result) -> Value:
    """How many redirects were followed."""
    return len(result.outcome.hops)


def redirect_chain(result: Result) -> Value:
    """The redirects followed, first to last."""
    return " -> ".join([f"{hop.status} {clean(hop.url)}" for hop in result.outcome.hops])


def seen(read: Callable[[Response], Value]) -> Reader:
    """Read from the response, of a failure too: how far it came is worth knowing."""

    def value(result: Result) -> Value:
        response = result.outcome.response
        if response is None:
            return None
        found = read(response)
        return clean(found) if isinstance(found, str) else found

    return value


def phase_ms(read: Callable[[Timings], float | None]) -> Reader:
    """Read one phase's time, in milliseconds."""
    return lambda result: milliseconds(read(result.outcome.timings))


def carried(position: int) -> Reader:
    """Read the input row's own cell at a position; None where the row was shorter."""

    def value(result: Result) -> Value:
        cells = result.target.carried
        return cells[position] if position < len(cells) else None

    return value
