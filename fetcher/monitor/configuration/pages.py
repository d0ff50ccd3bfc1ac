"""[page]: where the status page listens, and who may change something there."""

import ipaddress
import re

from fetcher import urls
from fetcher.monitor.configuration.mistakes import Mistakes
from fetcher.monitor.configuration.secrets import Secrets
from fetcher.monitor.configuration.tables import Table, make, read_options
from fetcher.monitor.plan import PageSettings

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
