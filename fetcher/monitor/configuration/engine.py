"""[fetch]: how the engine asks, with what suits a monitor where the file says nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from fetcher.monitor.configuration.mistakes import Mistakes
from fetcher.monitor.configuration.tables import Table, read_options
from fetcher.monitor.schedule.rates import rate_of
from fetcher.monitor.watched import Watched
from fetcher.settings import Order, Settings

MONITORING = Settings(
    # Failures in a row are counted, each as it is: tries that nobody sees would only delay that.
    retries=0,
    order=Order.COMPLETED,
    timeout=10.0,
    connect_timeout=5.0,
    # Names that are still known would hide that the name servers are gone, and vouch for our sight.
    dns_cache=5.0,
)
"""How a monitor asks unless it is told otherwise."""

_MOST = 2000
"""The most requests at once that are chosen: about what a process has descriptors for."""


def read_fetch(table: Table, mistakes: Mistakes) -> Mapping[str, Any]:
    """Read what is set; the order is not to be chosen."""
    values = read_options(table, mistakes, Settings)
    if "order" in table.values:
        mistakes.add(f"{table.where('order')} is not known: results are taken as they come")
    if (file := values.get("cacert")) is not None:
        _check_certificates(table, Settings(cacert=file), mistakes)
    return values


def settings_for(values: Mapping[str, Any], targets: Iterable[Watched]) -> Settings:
    """Make the engine's settings; the concurrency follows from the targets unless it is set."""
    if "concurrency" not in values:
        rate = sum([rate_of(target.timing) for target in targets])
        values = {**values, "concurrency": concurrency_for(rate)}
    return replace(MONITORING, **{**values, "order": Order.COMPLETED})


def concurrency_for(rate: float) -> int:
    """How many requests to have room for at once, at so many a second: each may take two."""
    return min(max(100, round(2 * rate)), _MOST)


def _check_certificates(table: Table, settings: Settings, mistakes: Mistakes) -> None:
    # Late: most plans name no file, and it takes a library to read one.
    from fetcher.transport.tls import make_context

    try:
        make_context(settings, lambda: None)
    except OSError as error:  # ssl.SSLError, for a file that holds no certificate, is one
        mistakes.add(
            f"{table.where('cacert')}: cannot read certificates from {settings.cacert}: {error}"
        )
