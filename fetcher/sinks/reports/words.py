"""What a report says about each health and each kind of trouble."""

from fetcher.judgement.verdict import Health, Trouble
from fetcher.sinks.reports.entry import counted
from fetcher.sinks.reports.totals import Totals

ORDER = (Health.HEALTHY, Health.DEGRADED, Health.UNHEALTHY, Health.UNKNOWN)
"""The order in which healths are counted."""

MEANINGS = {
    Trouble.GONE: "The server says that there is nothing at this URL.",
    Trouble.CLIENT_ERROR: "The server refuses the request.",
    Trouble.SERVER_ERROR: "The server could not answer the request.",
    Trouble.DNS: "The host name does not resolve to an address.",
    Trouble.CONNECT: "No connection, or one that broke.",
    Trouble.TLS: "The server could not be trusted, or its certificate soon cannot be.",
    Trouble.TIMEOUT: "No answer in time, or a slow one.",
    Trouble.PROTOCOL: "Not HTTP, or HTTP or TLS older than expected.",
    Trouble.BLOCKED: "Bot protection answered; a browser may well get through.",
    Trouble.RATE_LIMITED: "Asked too often; nothing is said about the page.",
    Trouble.REDIRECT: "Redirects that do not end, or end elsewhere.",
    Trouble.CONTENT: "The body is not what was expected, or not all there.",
    Trouble.SOFT_404: "A success by its status, but the page says that there is nothing.",
    Trouble.FLAKY: "It failed, and went well when it was tried again.",
    Trouble.INPUT: "The input is wrong; correct it.",
    Trouble.DENIED: "Not fetched, because a rule forbids it.",
    Trouble.HERE: "The cause is on this machine or in its network, not at the URL.",
}
"""One plain sentence for each kind of trouble."""


def meaning(trouble: str) -> str:
    """What a kind of trouble means, "" for one that is not known."""
    try:
        return MEANINGS[Trouble(trouble)]
    except ValueError:
        return ""


def headline(totals: Totals) -> str:
    """Say in a few words how things are: what is worst, and of how many."""
    if not totals.count:
        return "No URLs were checked"
    for health, single, several in (
        (Health.UNHEALTHY, "is unhealthy", "are unhealthy"),
        (Health.UNKNOWN, "could not be judged", "could not be judged"),
        (Health.DEGRADED, "is degraded", "are degraded"),
    ):
        if count := totals.of(health):
            verb = single if count == 1 else several
            return f"{count:,} of {counted(totals.count)} {verb}"
    return "The URL is healthy" if totals.count == 1 else f"All {totals.count:,} URLs are healthy"


PARTIAL = "This report is partial: the run ended before all URLs were checked."
"""What a report of an interrupted run says."""
