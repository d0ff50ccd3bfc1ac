"""The monitor's status page, its API, its feeds and its metrics, on aiohttp.web.

live (what is now) ──┐
                     ├─► pages, JSON, badges, feeds, metrics
history (what was) ──┘

Everything can be read without scripts. What changes something needs the token or a password.
"""

from fetcher.statuspage.history_access import HistoryAccess
from fetcher.statuspage.server import StatusPage
from fetcher.statuspage.web_app import make_app

__all__ = [
    "HistoryAccess",
    "StatusPage",
    "make_app",
]
