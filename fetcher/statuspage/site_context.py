"""What every request handler needs: the monitor, its history, sessions and credentials."""

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

    cookie: the name of the session cookie; it contains the port, because cookies are shared by all
    ports of a host.
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
        """Return the session of a request, None if not logged in."""
        name = request.cookies.get(self.cookie, "")
        return self.sessions.get(name) if name else None

    @property
    def secure(self) -> bool:
        """True if the page is reached over TLS only."""
        return self.settings.public_url.startswith("https://")


SITE: web.AppKey[SiteContext] = web.AppKey("site", SiteContext)


def root_of(request: web.Request) -> str:
    """Return the relative URL of the overview, such as `../`.

    All links are relative, so that a proxy can serve the page below any path.
    """
    return "../" * (request.rel_url.raw_path.count("/") - 1) or "./"


def base_of(request: web.Request) -> str:
    """Return the absolute URL of the overview, with a trailing slash."""
    public = request.app[SITE].settings.public_url
    return f"{public.rstrip('/')}/" if public else f"{request.scheme}://{request.host}/"
