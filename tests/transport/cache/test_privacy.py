"""What the cache must not keep, nor give to whoever may not have it."""

from pathlib import Path
from typing import Any

from fetcher.failures import FailureKind
from fetcher.settings import PrivateAddresses
from fetcher.transport.cache.cache_file import NAME
from tests.support.raw import RawServer
from tests.transport.cache.caching import MINUTE, ask, ask_anew, caching, script


async def test_cookies_are_neither_kept_nor_lost(tmp_path: Path) -> None:
    """The answer that sets one has it; from the cache it comes without."""
    answer = script(b"body", 200, MINUTE, ("Set-Cookie", "session=sesame"))
    async with RawServer(default=answer) as server:
        assert (await ask_anew(tmp_path, server.url())).set_cookies == ("session=sesame",)
        again = await ask_anew(tmp_path, server.url())
    assert (again.cached, again.set_cookies, again.header("Set-Cookie")) == ("fresh", (), "")
    assert b"sesame" not in (tmp_path / NAME).read_bytes()


async def test_credentials_tell_answers_apart_and_are_not_kept(tmp_path: Path) -> None:
    """Those in the URL, those of the settings, cookies, and any other header that was given."""
    async with RawServer(default=script(b"body", 200, MINUTE)) as server:
        plain = server.url()
        given: list[dict[str, Any]] = [
            {},
            {"headers": (("Authorization", "Bearer sesame"),)},
            {"headers": (("Cookie", "id=sesame"),)},
            {"headers": (("X-Api-Key", "sesame"),)},
        ]
        asked = [(plain, changes) for changes in given]
        asked += [(server.url("/", f"user:{word}@127.0.0.1"), {}) for word in ("sesame", "open")]
        for url, changes in asked:
            assert (await ask_anew(tmp_path, url, **changes)).cached == ""
            assert (await ask_anew(tmp_path, url, **changes)).cached == "fresh"
        async with caching(tmp_path) as cached:
            assert (await ask(cached, plain, cookie="chain=sesame")).cached == ""
    assert b"sesame" not in (tmp_path / NAME).read_bytes()


async def test_what_was_not_verified_is_not_used_by_who_verifies(tmp_path: Path) -> None:
    """Nor what came from a fixed address."""
    async with RawServer(default=script(b"body", 200, MINUTE)) as server:
        await ask_anew(tmp_path, server.url(), insecure=True)
        await ask_anew(tmp_path, server.url(), resolve=("h:80:127.0.0.1",))
        assert (await ask_anew(tmp_path, server.url())).cached == ""


async def test_a_kept_answer_is_no_way_round_the_rule_on_private_addresses(tmp_path: Path) -> None:
    """What came from one is asked for again where it may not be, and refused by the transport."""
    async with RawServer(default=script(b"body", 200, MINUTE)) as server:
        await ask_anew(tmp_path, server.url())
        denied = await ask_anew(tmp_path, server.url(), private_addresses=PrivateAddresses.DENY)
        async with caching(tmp_path) as cached:
            hidden = await ask(cached, server.url(), public_only=True)
    for exchange in (denied, hidden):
        assert exchange.failure is not None
        assert exchange.failure.kind is FailureKind.ADDRESS_DENIED
