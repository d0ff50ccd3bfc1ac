"""[page]: where the status page listens, and who may change something there.

[fetch]: how the engine asks, with what suits a monitor where the file says nothing.
"""

import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from fetcher import urls
from fetcher.monitor.config.channels import Secrets
from fetcher.monitor.config.config_errors import Mistakes
from fetcher.monitor.config.document import Table, make, read_options
from fetcher.monitor.plan import MonitorTarget, PageSettings
from fetcher.monitor.schedule.feasibility import rate_of
from fetcher.settings import Order, Settings

_SECRET = ("token", "password")
_LISTEN = re.compile(r"(?:\[[0-9a-fA-F:.%]+\]|[^\[\]:\s]+):([0-9]{1,5})")


def read_page(table: Table, secrets: Secrets, mistakes: Mistakes) -> PageSettings:
    """Read the settings of the page."""
    for key in _SECRET:
        secrets.hide(table.values.get(key))
    filled = {key: secrets.fill_in(v, table.where(key)) for key, v in table.values.items()}
    values = read_options(
        Table(table.document, table.section, filled, table.entry), mistakes, PageSettings
    )
    page = make(PageSettings, values)
    _check_listen(table, page.listen, mistakes)
    if page.public_url:
        try:
            urls.parse(page.public_url)
        except urls.UrlError as error:
            mistakes.add(f"{table.where('public_url')}: {page.public_url!r} is not a URL: {error}")
    if (page.user is None) != (page.password is None):
        missing, there = ("password", "user") if page.password is None else ("user", "password")
        mistakes.add(f"{table.where(there)}: there is no {missing} with it")
    if page.private and page.token is None and page.password is None:
        mistakes.add(f"{table.where('private')}: nobody could log in; give a token or a password")
    return page


def page_notices(page: PageSettings) -> list[str]:
    """Say what the user of a page should know."""
    host = page.listen.rpartition(":")[0].strip("[]")
    if page.listen and not page.private and not _is_here(host):
        return [
            f"[page] anyone who reaches {page.listen} can read the page; set private = true and a "
            "token to change that"
        ]
    return []


def _check_listen(table: Table, listen: str, mistakes: Mistakes) -> None:
    found = _LISTEN.fullmatch(listen.strip())
    if listen and (found is None or int(found[1]) > 65535):
        mistakes.add(
            f"{table.where('listen')}: {listen!r} is not an address and a port; "
            "write 127.0.0.1:8900 or [::1]:8900"
        )


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


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


def settings_for(values: Mapping[str, Any], targets: Iterable[MonitorTarget]) -> Settings:
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
