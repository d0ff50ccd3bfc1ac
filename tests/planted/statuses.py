"""Planted statuses: pages that are gone, servers that fail, doors that are shut."""

from fetcher.judgement.verdict import Trouble
from tests.planted.case import Case, unhealthy, unknown
from tests.planted.places import Http, serving
from tests.planted.writing import bare, page

APOLOGY = b"<h1>Sorry</h1><p>We looked everywhere, and the page is not there.</p>"

STATUSES: tuple[Case, ...] = (
    unhealthy("not-found", serving(page("Not Found", status=404)), Trouble.GONE, "404"),
    unhealthy("gone", serving(bare(410)), Trouble.GONE, "410"),
    unhealthy("forbidden", serving(page("403 Forbidden", status=403)), Trouble.CLIENT_ERROR, "403"),
    unhealthy(
        "unauthorized",
        serving(bare(401, ("WWW-Authenticate", 'Basic realm="x"'))),
        Trouble.CLIENT_ERROR,
        "401",
    ),
    unhealthy("teapot", serving(bare(418)), Trouble.CLIENT_ERROR, "418"),
    unhealthy("internal-error", serving(page("Oops", status=500)), Trouble.SERVER_ERROR, "500"),
    unhealthy("bad-gateway", serving(bare(502)), Trouble.SERVER_ERROR, "502"),
    unhealthy("unavailable", serving(page("Down", status=503)), Trouble.SERVER_ERROR, "503"),
    unknown("too-many", serving(bare(429, ("Retry-After", "120"))), Trouble.RATE_LIMITED, "429"),
    unhealthy(
        "soft-404",
        Http({"/item/7": page("Page not found | Shop", APOLOGY)}),
        Trouble.SOFT_404,
        "not found",
        path="/item/7",
    ),
)
