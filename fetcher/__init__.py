"""Ask many URLs at once, and account for every one of them."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fetcher.extraction.fields import PageView
    from fetcher.failures import Failure, FailureKind
    from fetcher.jobs.check import check, check_all
    from fetcher.jobs.scrape import Scraped, Workers, scrape, scrape_all
    from fetcher.jobs.titles import fetch_titles, titles
    from fetcher.judgement.expectations import Expectations, parse_expectations
    from fetcher.judgement.verdict import Checked, Health, Reason, Trouble, Verdict
    from fetcher.model import Outcome, Page, Response, Result, Target
    from fetcher.settings import Settings

__version__ = "0.1.0"

__all__ = [
    "Checked",
    "Expectations",
    "Failure",
    "FailureKind",
    "Health",
    "Outcome",
    "Page",
    "PageView",
    "Reason",
    "Response",
    "Result",
    "Scraped",
    "Settings",
    "Target",
    "Trouble",
    "Verdict",
    "Workers",
    "check",
    "check_all",
    "fetch_titles",
    "parse_expectations",
    "scrape",
    "scrape_all",
    "titles",
]

_HOMES = {
    "Checked": "judgement.verdict",
    "Expectations": "judgement.expectations",
    "Failure": "failures",
    "FailureKind": "failures",
    "Health": "judgement.verdict",
    "PageView": "extraction.fields",
    "Reason": "judgement.verdict",
    "Scraped": "jobs.scrape",
    "Settings": "settings",
    "Trouble": "judgement.verdict",
    "Verdict": "judgement.verdict",
    "Workers": "jobs.scrape",
    "check": "jobs.check",
    "check_all": "jobs.check",
    "fetch_titles": "jobs.titles",
    "parse_expectations": "judgement.expectations",
    "scrape": "jobs.scrape",
    "scrape_all": "jobs.scrape",
    "titles": "jobs.titles",
}


def __getattr__(name: str) -> Any:
    # Importing aiohttp takes half a second, so it waits until something needs it.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"fetcher.{_HOMES.get(name, 'model')}"), name)
