"""Planted redirects that lead nowhere, in circles, or away from what was asked for."""

from fetcher.judgement.verdict import Trouble
from tests.planted.case import Case, degraded, unhealthy
from tests.planted.places import Http, serving
from tests.planted.writing import moved, page

ENDLESS = {f"/{n}": moved(f"/{n + 1}", 302) for n in range(30)}

REDIRECTS: tuple[Case, ...] = (
    degraded(
        "redirects-home",
        Http({"/products/42": moved("/", 302), "/": page("Shop")}),
        Trouble.REDIRECT,
        "home page",
        path="/products/42",
    ),
    unhealthy("loop-of-one", serving(moved("/")), Trouble.REDIRECT, "back"),
    unhealthy("loop-of-two", Http({"/": moved("/b"), "/b": moved("/")}), Trouble.REDIRECT, "back"),
    unhealthy("endless", Http(ENDLESS), Trouble.REDIRECT, "redirects", "10", path="/0"),
    unhealthy("to-nothing", serving(moved("https://")), Trouble.REDIRECT, "leads to nothing"),
    unhealthy("to-ftp", serving(moved("ftp://a.test/")), Trouble.REDIRECT, "ftp"),
    unhealthy(
        "elsewhere",
        Http({"/a": moved("/b"), "/b": page("B")}),
        Trouble.REDIRECT,
        "/c",
        "/b",
        path="/a",
        expect={"redirect_to": "/c"},
    ),
    unhealthy("to-a-404", serving(moved("/missing")), Trouble.GONE, "404"),
)
