"""[page]: the address and access control of the status page. [fetch]: how requests are sent.

[fetch] has the options of the other commands, with defaults that suit a monitor.
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

_SECRET_KEYS = ("token", "password")
_LISTEN = re.compile(r"(?:\[[0-9a-fA-F:.%]+\]|[^\[\]:\s]+):([0-9]{1,5})")

MONITOR_DEFAULTS = Settings(
    # Consecutive failures are counted, each as it is: hidden retries would only delay that.
    retries=0,
    order=Order.COMPLETED,
    timeout=10.0,
    connect_timeout=5.0,
    # Cached names would hide an outage of the name servers, and feign connectivity.
    dns_cache=5.0,
)
"""The settings of [fetch] unless the file sets them."""

_MAX_CONCURRENCY = 2000
"""The highest concurrency chosen by default: about what a process has file descriptors for."""


def read_page(table: Table, secrets: Secrets, mistakes: Mistakes) -> PageSettings:
    """Read the settings of the status page."""
    for key in _SECRET_KEYS:
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
        mistakes.add(f"{table.where(there)}: set {missing} as well")
    if page.private and page.token is None and page.password is None:
        mistakes.add(f"{table.where('private')}: needs a token or a password to log in with")
    return page


def page_notices(page: PageSettings) -> list[str]:
    """Return what the user should know about the page."""
    host = page.listen.rpartition(":")[0].strip("[]")
    if page.listen and not page.private and not _is_loopback(host):
        return [
            f"[page] anyone who can reach {page.listen} can read the page; set private = true and "
            "a token to restrict it"
        ]
    return []


def _check_listen(table: Table, listen: str, mistakes: Mistakes) -> None:
    found = _LISTEN.fullmatch(listen.strip())
    if listen and (found is None or int(found[1]) > 65535):
        mistakes.add(
            f"{table.where('listen')}: {listen!r} is not ADDRESS:PORT; "
            "write 127.0.0.1:8900 or [::1]:8900"
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def read_fetch(table: Table, mistakes: Mistakes) -> Mapping[str, Any]:
    """Read what is set; the order cannot be chosen."""
    values = read_options(table, mistakes, Settings)
    if "order" in table.values:
        mistakes.add(f"{table.where('order')}: cannot be set for a monitor")
    if (file := values.get("cacert")) is not None:
        _check_certificates(table, Settings(cacert=file), mistakes)
    return values


def settings_for(values: Mapping[str, Any], targets: Iterable[MonitorTarget]) -> Settings:
    """Return the engine's settings; concurrency is derived from the targets unless it is set."""
    if "concurrency" not in values:
        rate = sum([rate_of(target.timing) for target in targets])
        values = {**values, "concurrency": concurrency_for(rate)}
    return replace(MONITOR_DEFAULTS, **{**values, "order": Order.COMPLETED})


def concurrency_for(rate: float) -> int:
    """Return the concurrency for a rate of checks per second: each may take two seconds."""
    return min(max(100, round(2 * rate)), _MAX_CONCURRENCY)


def _check_certificates(table: Table, settings: Settings, mistakes: Mistakes) -> None:
    # Imported late: most plans name no file, and reading one needs a library.
    from fetcher.transport.tls import make_context

    try:
        make_context(settings, lambda: None)
    except OSError as error:  # ssl.SSLError, for a file that holds no certificate, is one
        mistakes.add(
            f"{table.where('cacert')}: cannot read certificates from {settings.cacert}: {error}"
        )
