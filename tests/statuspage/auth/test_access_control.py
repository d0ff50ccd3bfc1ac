"""Over HTTP: who may read, who may change something, and what is on every answer."""

from dataclasses import replace
from urllib.parse import urljoin

import aiohttp
import pytest
from selectolax.lexbor import LexborHTMLParser

from fetcher.statuspage.auth.sessions import MAX_ATTEMPTS
from tests.statuspage.making import NOW, MadeUp, incident, view
from tests.statuspage.pages.reading import csrf_of
from tests.statuspage.served import TOKEN, Served, page_settings

BEARER = {"Authorization": f"Bearer {TOKEN}"}
FORMS = ("incidents/i1/acknowledge", "silences", "silences/s0/end", "logout")
CALLS = (
    ("POST", "api/v1/incidents/i1/acknowledge"),
    ("POST", "api/v1/silences"),
    ("DELETE", "api/v1/silences/s0"),
)
SILENCE = {"pattern": "shop", "for": "2h", "why": "work", "by": "Ada"}


def monitor() -> MadeUp:
    """A monitor with one incident that lasts."""
    return MadeUp([view("shop")], lasting=[incident()])


@pytest.mark.parametrize(
    ("path", "status"), [("", 200), ("nothing", 404), ("api/v1/nothing", 404), ("metrics", 200)]
)
async def test_every_answer_has_the_headers(path: str, status: int) -> None:
    """Errors too: nothing may run on a page, nothing may frame it."""
    async with Served(monitor()) as page, page.client.get(page.url + path) as response:
        assert response.status == status
        policy = response.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'self';")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "same-origin"
        assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", FORMS)
async def test_a_form_needs_a_session(path: str) -> None:
    """Without one, nothing happens, even with the token in a header."""
    live = monitor()
    async with Served(live) as page:
        assert "Log in to change" in await page.post(path, 403, data=SILENCE)
        assert "Log in to change" in await page.post(path, 403, data=SILENCE, headers=BEARER)
    assert live.asked == []


@pytest.mark.parametrize("path", FORMS)
async def test_a_form_needs_its_own_token(path: str) -> None:
    """A form that was not made for this session is refused, wherever it says it comes from."""
    live = monitor()
    async with Served(live) as page:
        await page.log_in()
        assert "out of date" in await page.post(path, 403, data=SILENCE)
        assert "out of date" in await page.post(path, 403, data=SILENCE | {"csrf": "x"})
    assert live.asked == []


@pytest.mark.parametrize("path", [*FORMS, "login"])
@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
)
async def test_a_form_of_another_site_is_refused(path: str, headers: dict[str, str]) -> None:
    """Even with the session's cookie and the right token."""
    live = monitor()
    async with Served(live) as page:
        csrf = csrf_of(await page.log_in())
        data = SILENCE | {"csrf": csrf, "secret": TOKEN}
        assert "another site" in await page.post(path, 403, data=data, headers=headers)
    assert live.asked == []


@pytest.mark.parametrize(("method", "path"), CALLS)
async def test_the_api_needs_the_token(method: str, path: str) -> None:
    """Nothing, a wrong one and a browser's session are refused, and the refusal says how to ask."""
    live = monitor()
    async with Served(live) as page:
        await page.log_in()
        for headers in ({}, {"Authorization": "Bearer wrong"}):
            call = page.client.request(method, page.url + path, json=SILENCE, headers=headers)
            async with call as response:
                assert response.status == 401
                assert response.headers["WWW-Authenticate"] == 'Bearer realm="status"'
                assert (await response.json())["status"] == 401
        headers = BEARER | {"Origin": "http://evil.example"}
        await page.post(path, 403, method=method, json=SILENCE, headers=headers)
    assert live.asked == []


@pytest.mark.parametrize(("method", "path"), [*CALLS, *(("POST", form) for form in FORMS)])
async def test_without_a_token_nothing_can_be_changed(method: str, path: str) -> None:
    """The refusal says how to set one."""
    live = monitor()
    async with Served(live, settings=page_settings(token=None)) as page:
        said = await page.post(path, 403, method=method, data=SILENCE, headers=BEARER)
        assert "Set `token`" in said
        assert "Log in" not in await page.get("")
        assert "no token or password is configured" in await page.get("login")
    assert live.asked == []


async def test_basic_authentication() -> None:
    """Name and password serve the API in place of the token, and log in."""
    live = monitor()
    settings = page_settings(token=None, user="ada", password="secret")
    async with Served(live, settings=settings) as page:
        await page.post("api/v1/silences", 401, json=SILENCE, headers=BEARER)
        headers = {"Authorization": aiohttp.encode_basic_auth("ada", "secret")}
        await page.post("api/v1/silences", 201, json=SILENCE, headers=headers)
        assert "Log out" in await page.post("login", data={"user": "ada", "secret": "secret"})
        assert 'value="ada"' in await page.get("silences")
    assert [name for name, *_ in live.asked] == ["silence"]


async def test_logging_in_and_out() -> None:
    """The cookie is out of reach of scripts and other sites; after logging out it opens nothing."""
    async with Served(monitor()) as page:
        async with page.client.post(
            page.url + "login", data={"secret": TOKEN}, allow_redirects=False
        ) as response:
            assert response.status == 303
            (cookie,) = response.cookies.values()
            assert (cookie["httponly"], cookie["samesite"]) == (True, "Strict")
            assert cookie["max-age"] == str(12 * 3600)
            assert not cookie["secure"]
        csrf = csrf_of(await page.get(""))
        kept = {cookie.key: cookie.value}
        assert "Log in" in await page.post("logout", data={"csrf": csrf})
        assert "Log in" in await page.get("", cookies=kept)


async def test_behind_tls_the_cookie_stays_there() -> None:
    """With a public address of https, browsers send it over TLS only."""
    settings = page_settings(public_url="https://status.example.org/")
    async with Served(monitor(), settings=settings) as page:
        call = page.client.post(page.url + "login", data={"secret": TOKEN}, allow_redirects=False)
        async with call as response:
            assert next(iter(response.cookies.values()))["secure"]


@pytest.mark.parametrize(
    ("there", "location"),
    [
        ("", "./"),
        ("targets/a%2Fb?range=7d", "./targets/a%2Fb?range=7d"),
        ("https://evil.example/", "./https://evil.example/"),
        ("//evil.example/", "./evil.example/"),
        ("/\\evil.example", "./evil.example"),
        ("\r\nSet-Cookie: a=b", "./%0D%0ASet-Cookie:%20a=b"),
    ],
)
async def test_after_logging_in_one_stays_here(there: str, location: str) -> None:
    """Whatever the form says, what follows is a page of ours."""
    async with Served(monitor()) as page:
        data = {"secret": TOKEN, "next": there}
        call = page.client.post(page.url + "login", data=data, allow_redirects=False)
        async with call as response:
            assert response.status == 303
            assert response.headers["Location"] == location
            assert urljoin(page.url + "login", location).startswith(page.url)
            assert list(response.cookies) == ["fetcher-session-0"]


async def test_wrong_tries_are_slowed_down() -> None:
    """After ten, even the right token has to wait; reading goes on."""
    async with Served(monitor()) as page:
        for number in range(MAX_ATTEMPTS):
            if number % 2:
                assert "Wrong user, password or token" in await page.post(
                    "login", 403, data={"secret": "wrong"}
                )
            else:
                headers = {"Authorization": "Bearer wrong"}
                await page.post("api/v1/silences", 401, json=SILENCE, headers=headers)
        await page.post("login", 429, data={"secret": TOKEN})
        await page.post("api/v1/silences", 429, json=SILENCE, headers=BEARER)
        async with page.client.post(page.url + "login", data={"secret": TOKEN}) as response:
            assert 0 < int(response.headers["Retry-After"]) <= 60
        await page.get("")


async def test_another_name_is_refused() -> None:
    """A stranger's name that points to this machine reads nothing."""
    async with Served(monitor()) as page:
        said = await page.get("", 421, headers={"Host": "evil.example"})
        assert "public_url" in said
        assert "shop" not in said
        await page.get("healthz", 421, headers={"Host": "evil.example"})
        await page.get("", 200, headers={"Host": "localhost:1"})


PRIVATE = ("", "targets/shop", "incidents", "api/v1/targets", "badge/shop.svg", "feed.atom")


@pytest.mark.parametrize("path", [*PRIVATE, "metrics", "monitor"])
async def test_a_private_page_asks_who_reads(path: str) -> None:
    """Nothing is shown without the token; with it in a header, or after logging in, all is."""
    live = monitor()
    live.state = replace(
        live.state, database_error="no space", offline_since=NOW, offline_why="cut"
    )
    async with Served(live, settings=page_settings(private=True)) as page:
        said = await page.get(path, 401)
        assert "shop.example" not in said
        assert "no space" not in said
        assert "is offline" not in said
        assert await page.get(path, headers=BEARER)
        await page.get(path, 401, headers={"Authorization": "Bearer wrong"})
        await page.log_in()
        assert await page.get(path)


async def test_a_private_page_leads_people_to_the_form() -> None:
    """A browser is sent to log in, and then to what it wanted to see."""
    async with Served(monitor(), settings=page_settings(private=True)) as page:
        browser = {"Accept": "text/html"}
        form = LexborHTMLParser(await page.get("targets/shop?range=7d", headers=browser))
        there = form.css_first("[name=next]")
        assert there is not None
        assert there.attributes["value"] == "targets/shop?range=7d"
        found = await page.log_in(next="targets/shop?range=7d")
        assert "<title>https://shop.example/ is up" in found


@pytest.mark.parametrize("path", ["healthz", "readyz", "login", "static/page.css"])
async def test_what_a_private_page_shows_to_all(path: str) -> None:
    """What supervisors and the login form need."""
    async with Served(monitor(), settings=page_settings(private=True)) as page:
        await page.get(path)


async def test_a_private_page_without_a_token_stays_closed() -> None:
    """Nothing opens it, and it says what to set."""
    settings = page_settings(private=True, token=None)
    async with Served(monitor(), settings=settings) as page:
        assert "Set `token`" in await page.get("", 403)


async def test_a_large_body_is_refused() -> None:
    """Nobody fills the memory with a form."""
    async with Served(monitor()) as page:
        await page.post("login", 413, data={"secret": "x" * 100_000})
