"""What every request needs: the monitor, its history, and who may do what."""

from dataclasses import dataclass

from aiohttp import web
from jinja2 import Environment

from fetcher.monitor.live_view import Live
from fetcher.monitor.plan import PageSettings
from fetcher.statuspage.auth.credentials import Credentials, Origins
from fetcher.statuspage.auth.sessions import Attempts, Session, Sessions
from fetcher.statuspage.history_access import History


@dataclass(frozen=True, slots=True)
class SiteContext:
    """One status page.

    cookie: the name of the cookie that holds a session; pages on other ports of the same host get
    it too, and need another name.
    """

    live: Live
    history: History
    settings: PageSettings
    credentials: Credentials
    origins: Origins
    sessions: Sessions
    attempts: Attempts
    templates: Environment
    cookie: str

    def visitor(self, request: web.Request) -> Session | None:
        """Give the session of who asks, None when they have not logged in."""
        name = request.cookies.get(self.cookie, "")
        return self.sessions.get(name) if name else None

    @property
    def secure(self) -> bool:
        """Whether people reach it over TLS only."""
        return self.settings.public_url.startswith("https://")


SITE: web.AppKey[SiteContext] = web.AppKey("site", SiteContext)


def root_of(request: web.Request) -> str:
    """Give the way from a page to the first one, such as `../`.

    All links are relative, so that the page can be put below any path of a proxy.
    """
    return "../" * (request.rel_url.raw_path.count("/") - 1) or "./"


def base_of(request: web.Request) -> str:
    """Give the address of the first page, with a slash at its end, for links from elsewhere."""
    public = request.app[SITE].settings.public_url
    return f"{public.rstrip('/')}/" if public else f"{request.scheme}://{request.host}/"
