"""Whatever may stand in a list, what the scripted web does about it, and how that must end."""

from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st

from fetcher.failures import FailureKind
from tests.engine.scripted import Reply, failing, page, redirect, status

K = FailureKind
HOSTS = ("a", "b", "c", "d:8080")
SLOW = st.sampled_from([0.0, 0.0, 0.5, 3.0, 40.0])


@dataclass(frozen=True, slots=True)
class Case:
    """Something in a list, what the web does about it, and how that must end.

    text: as it stands in the list. replies: by URL. expected: a status or a failure kind.
    """

    text: str
    replies: dict[str, list[Reply]]
    expected: int | FailureKind
    problem: str = ""


Make = Callable[[str, int, float], Case]


def url(host: str, number: int, path: str = "", scheme: str = "http") -> str:
    """A URL that belongs to one case."""
    return f"{scheme}://{host}/{number}{path}"


def good(host: str, n: int, slow: float) -> Case:
    """A page, with a fragment that is not sent."""
    return Case(url(host, n, "#f"), {url(host, n): [page(str(n), slow)]}, 200)


def missing(host: str, n: int, slow: float) -> Case:
    """A 404."""
    return Case(url(host, n), {url(host, n): [status(404, slow)]}, 404)


def broken(host: str, n: int, slow: float) -> Case:
    """A failure that cannot pass."""
    return Case(url(host, n), {url(host, n): [failing(K.TLS_EXPIRED, slow)]}, K.TLS_EXPIRED)


def down(host: str, n: int, slow: float) -> Case:
    """A failure that could pass and never does."""
    return Case(url(host, n), {url(host, n): [failing(K.READ_TIMEOUT, slow)]}, K.READ_TIMEOUT)


def flaky(host: str, n: int, slow: float) -> Case:
    """Two failures, then a page."""
    replies = [failing(K.CONNECTION_RESET, slow), status(503), page("recovered")]
    return Case(url(host, n), {url(host, n): replies}, 200)


def busy(host: str, n: int, slow: float) -> Case:
    """A 429 that asks for some time, then a page."""
    return Case(url(host, n), {url(host, n): [status(429, slow, Retry_After="7"), page()]}, 200)


def moved(host: str, n: int, slow: float) -> Case:
    """Two redirects, to the next host and back."""
    other = HOSTS[(HOSTS.index(host) + 1) % len(HOSTS)]
    replies = {
        url(host, n): [redirect(url(other, n, "/1"), slow)],
        url(other, n, "/1"): [redirect(url(host, n, "/2"))],
        url(host, n, "/2"): [page("moved", slow)],
    }
    return Case(url(host, n), replies, 200)


def looping(host: str, n: int, slow: float) -> Case:
    """Two pages that lead to each other."""
    replies = {
        url(host, n): [redirect(url(host, n, "/1"), slow)],
        url(host, n, "/1"): [redirect(url(host, n))],
    }
    return Case(url(host, n), replies, K.REDIRECT_LOOP)


def endless(host: str, n: int, slow: float) -> Case:
    """A redirect that sets another cookie each time."""
    again = [redirect(f"/{n}", cookies=(f"n={m}",)) for m in range(20)]
    return Case(url(host, n), {url(host, n): again}, K.TOO_MANY_REDIRECTS)


def cookied(host: str, n: int, slow: float) -> Case:
    """A page that is only there with the cookie it sets."""
    replies = [redirect(f"/{n}", slow, cookies=(f"n={n}",)), page("with cookie")]
    return Case(url(host, n), {url(host, n): replies}, 200)


def guessed(host: str, n: int, slow: float) -> Case:
    """No scheme, and only http answers."""
    refused = [failing(K.CONNECT_REFUSED, slow)]
    replies = {url(host, n, "", "https"): refused, url(host, n): [page("http")]}
    return Case(f"{host}/{n}", replies, 200)


def unreachable(host: str, n: int, slow: float) -> Case:
    """No scheme, and nothing answers."""
    failed = [failing(K.TLS_FAILED, slow)]
    replies = {url(host, n, "", scheme): failed for scheme in ("https", "http")}
    return Case(f"{host}/{n}", replies, K.TLS_FAILED)


def invalid(host: str, n: int, slow: float) -> Case:
    """No URL."""
    return Case(f"{host} {n}", {}, K.INVALID_URL)


def unread(host: str, n: int, slow: float) -> Case:
    """A row that could not be read."""
    return Case(url(host, n), {}, K.INVALID_ROW, "the row is cut short")


def buggy(host: str, n: int, slow: float) -> Case:
    """A bug in the transport."""
    return Case(url(host, n), {url(host, n): [Reply(ZeroDivisionError(), slow)]}, K.INTERNAL_ERROR)


MAKERS: list[Make] = [
    *(good, good, missing, broken, down, flaky, busy, moved, looping, endless, cookied),
    *(guessed, unreachable, invalid, unread, buggy),
]


@st.composite
def lists(draw: st.DrawFn) -> list[Case]:
    """Some cases, each any number of times, in any order."""
    makers = draw(st.lists(st.sampled_from(MAKERS), min_size=1, max_size=12))
    cases = [
        make(draw(st.sampled_from(HOSTS)), number, draw(SLOW)) for number, make in enumerate(makers)
    ]
    return draw(st.lists(st.sampled_from(cases), max_size=30))
