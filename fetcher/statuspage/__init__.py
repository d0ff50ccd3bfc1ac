"""The monitor's status page, its API, its feeds and its metrics, on aiohttp.web.

live (current state) ──┐
                       ├─► pages, JSON, badges, feeds, metrics
history ───────────────┘

Every page works without scripts. Changes need the token or a password.
"""

from fetcher.statuspage.history_access import HistoryAccess
from fetcher.statuspage.server import StatusPage
from fetcher.statuspage.web_app import make_app

__all__ = [
    "HistoryAccess",
    "StatusPage",
    "make_app",
]
