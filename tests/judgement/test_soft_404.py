"""Pages that do not exist and say 200."""

import pytest

from fetcher.judgement.verdict import BodyFindings, Health, Trouble
from fetcher.model import Hop
from tests.judgement.making import URL, answered, read, verdict

HEADING = b"<title>Example</title><h1>Page <i>not</i> found</h1><p>Try the search.</p>"


def test_the_title_says_so() -> None:
    """The reason quotes it."""
    found = verdict(answered(title="Page not found - Example"))
    assert (found.health, found.trouble) == (Health.UNHEALTHY, Trouble.SOFT_404)
    assert found.text == (
        'status 200, but its title is "Page not found - Example": it should say 404'
    )


def test_the_heading_says_so() -> None:
    """Where the title names only the site, and the page has little text."""
    page = read(HEADING)
    assert page.fields == {"soft_404": "Page not found"}
    found = verdict(answered(title=page.title, findings=BodyFindings(soft_404="Page not found")))
    assert found.trouble is Trouble.SOFT_404
    assert 'its heading is "Page not found"' in found.text


@pytest.mark.parametrize(
    "body",
    [
        HEADING.replace(b"<h1>", b'<h1 class="big">'),
        b"<nav>a b c</nav><script>" + b"x" * 3000 + b"</script>" + HEADING,
        "<meta charset=koi8-r><h1>Страница не найдена</h1>".encode("koi8-r"),
    ],
)
def test_headings_are_found_as_they_are_written(body: bytes) -> None:
    """With attributes, behind scripts, in the page's own encoding."""
    assert "soft_404" in read(body, content_type="text/html").fields


@pytest.mark.parametrize(
    "body",
    [
        b"<h1>Page not found</h1><p>" + b"a long text about it " * 100,
        b"<h1>Our shop</h1><h2>Page not found</h2>",
        b"<!-- <h1>Page not found</h1> --><h1>Our shop</h1>",
        b"<h1>Page not found" + b"<br>" * 2000,
        b"<h1>" + b"<b>" * 2000 + b"Page not found</h1>",
        b"<h1>Page not found</h1>" + b"<!-- " + b"x" * 70_000 + b" -->",
        b"<p>Our shop sells lamps, ropes and maps.</p><p>Page not found</p>",
        b"<h2>Page not found</h2>" + b"<br>" * 2000,
        b"404",
        b'{"error": "not found"}',
    ],
)
def test_a_heading_is_not_always_the_page(body: bytes) -> None:
    """Not with much text besides, not a later one, not one that is no heading."""
    assert read(body).fields == {}


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"<title>Shop</title><H1>Page Not Found</H1><p>Sorry", "Page Not Found"),
        (b"<title>Shop</title><h2>Page not found</h2><p>Try the search.</p>", "Page not found"),
        (b"<title>App</title><h3>404</h3><p>This page could not be found.</p>", "404"),
        (b"<html><body>Page not found</body></html>", "Page not found"),
        (b"<h1>Page not found", "Page not found"),
        (b"<h1>" + b"<b>" * 200 + b"Page not found</h1>", "Page not found"),
        (b"<title>Shop</title><div class=error>404 - Page not found</div>", "404 - Page not found"),
        (b"<title>Shop</title><h1>Whoops!</h1><p>404 Page Not Found", "Whoops! 404 Page Not Found"),
        ("<p>Страница не найдена</p>".encode(), "Страница не найдена"),
    ],
)
def test_a_small_page_may_say_so_in_other_ways(body: bytes, found: str) -> None:
    """In a lesser heading, in capitals, or as all that it says."""
    assert read(body).fields == {"soft_404": found}


@pytest.mark.parametrize("status", [404, 500, 302])
def test_only_good_statuses_lie(status: int) -> None:
    """A 404 that says so says the truth."""
    assert read(HEADING, status=status).fields == {}


@pytest.mark.parametrize(
    "url",
    [
        "https://en.example/wiki/HTTP_404",
        "https://a.example/blog/page-not-found-designs",
        "https://a.example/404.html",
        "https://a.example/not%20found",
    ],
)
def test_a_url_that_speaks_of_404s_may_show_one(url: str) -> None:
    """An article about them, or the error page itself, was asked for."""
    assert verdict(answered(url=url, title="Page not found")).health is Health.HEALTHY


def test_a_number_may_have_404_in_it() -> None:
    """Which speaks of nothing."""
    result = answered(url="https://a.example/item/14045", title="Page not found")
    assert verdict(result).trouble is Trouble.SOFT_404


@pytest.mark.parametrize(
    ("path", "soft"),
    [
        ("/404", True),
        ("/404.html", True),
        ("/en/page-not-found/", True),
        ("/error-404.php", True),
        ("/NotFound", True),
        ("/errors/not_found", True),
        ("/found", False),
        ("/products/404-steel", False),
        ("/articles/404", True),
    ],
)
def test_a_redirect_to_the_error_page(path: str, soft: bool) -> None:
    """Where the error page itself answers 200, its path gives it away."""
    url = f"https://a.example{path}"
    found = verdict(answered(url=url, hops=(Hop(URL, 302),)))
    assert (found.trouble is Trouble.SOFT_404) is soft
