"""Names: cached, shared, bounded, and looked up without a thread pool."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from fetcher import urls
from fetcher.failures import FailureKind
from fetcher.settings import FixedAddress
from fetcher.transport import dns_client, resolver
from fetcher.transport.dns_client import LookupFailed
from fetcher.transport.resolver import FRESH, FRESH_FAILURE, FRESH_SIGN, Resolver
from tests.support.dns import LOOPBACK, NXDOMAIN, SILENT, Answer, DnsServer
from tests.support.raw import RawServer
from tests.transport.asking import ask


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """The time."""
        return self.now


@asynccontextmanager
async def resolving(
    dns: DnsServer, clock: Clock | None = None, patience: float = 5.0
) -> AsyncIterator[Resolver]:
    """A resolver that asks the server."""
    names = Resolver(servers=[dns.nameserver], clock=clock, patience=patience)
    try:
        yield names
    finally:
        await names.close()


async def test_an_answer_is_used_until_it_is_stale() -> None:
    """One question up to the last moment, a second one after it."""
    clock = Clock()
    zone = {"a.test": Answer(("127.0.0.1",), ttl=0)}  # so that c-ares does not keep it too
    async with DnsServer(zone) as dns, resolving(dns, clock) as names:
        for _ in range(3):
            assert await names.addresses("a.test") == ("127.0.0.1",)
        clock.now = FRESH - 0.001
        await names.addresses("A.TEST")
        assert dns.count("a.test") == 1
        clock.now = FRESH
        await names.addresses("a.test")
        assert dns.count("a.test") == 2


async def test_a_failure_is_remembered_for_a_shorter_time() -> None:
    """The same kind and words each time; then it is asked again and may have changed."""
    clock = Clock()
    zone: dict[str, Answer] = {"a.test": NXDOMAIN}
    async with DnsServer(zone) as dns, resolving(dns, clock) as names:
        details = set()
        for _ in range(3):
            with pytest.raises(LookupFailed) as caught:
                await names.addresses("a.test")
            assert caught.value.failure.kind is FailureKind.DNS_NOT_FOUND
            details.add(caught.value.failure.detail)
        assert len(details) == 1
        asked = dns.count("a.test")
        zone["a.test"] = LOOPBACK
        clock.now = FRESH_FAILURE
        assert await names.addresses("a.test") == ("127.0.0.1",)
        assert asked == 1


async def test_a_silent_server_is_a_timeout() -> None:
    """After a few tries, the first as long as the patience given."""
    zone = {"a.test": SILENT, "b.test": LOOPBACK}
    async with DnsServer(zone) as dns, resolving(dns, patience=0.05) as names:
        with pytest.raises(LookupFailed) as caught:
            await names.addresses("a.test")
    assert caught.value.failure.kind is FailureKind.DNS_TIMEOUT


async def test_name_servers_are_asked_for_a_sign_of_life_once_in_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All who wonder share one question, and its answer counts for some seconds."""
    monkeypatch.setattr(dns_client, "PROBES", 1)
    monkeypatch.setattr(dns_client, "PROBE", 0.3)
    clock = Clock()
    zone = {"": SILENT}
    async with DnsServer(zone) as dns, resolving(dns, clock) as names:
        assert await asyncio.gather(*(names.is_answered() for _ in range(20))) == [False] * 20
        zone[""] = NXDOMAIN
        clock.now = FRESH_SIGN - 0.001
        assert not await names.is_answered()
        assert dns.count("", "2") == 1
        clock.now = FRESH_SIGN
        assert await names.is_answered()
        assert dns.count("", "2") == 2


async def test_what_is_not_known_of_a_name_is_not_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """While the name servers are silent; when they are back, so is the name."""
    monkeypatch.setattr(dns_client, "PROBE", 0.05)
    zone = {"": SILENT, "a.test": SILENT}
    async with DnsServer(zone) as dns, resolving(dns, Clock(), patience=0.05) as names:
        with pytest.raises(LookupFailed) as caught:
            await names.addresses("a.test")
        assert caught.value.failure.kind is FailureKind.RESOLVER_UNREACHABLE
        zone["a.test"] = LOOPBACK
        assert await names.addresses("a.test") == ("127.0.0.1",)


async def test_many_waiters_share_one_look_up() -> None:
    """A hundred at once, one question; and one that gives up does not hurt the others."""
    async with (
        DnsServer({"a.test": Answer(("127.0.0.1",), delay=0.2)}) as dns,
        resolving(dns) as names,
    ):
        waiting = [asyncio.create_task(names.addresses("a.test")) for _ in range(100)]
        await asyncio.sleep(0.05)
        waiting[0].cancel()
        found = await asyncio.gather(*waiting, return_exceptions=True)
        assert isinstance(found[0], asyncio.CancelledError)
        assert found[1:] == [("127.0.0.1",)] * 99
        assert dns.count("a.test") == 1


async def test_a_look_up_that_nobody_waits_for_any_more_is_still_remembered() -> None:
    """All gave up, the answer came, the next one has it at once."""
    async with (
        DnsServer({"a.test": Answer(("127.0.0.1",), delay=0.1)}) as dns,
        resolving(dns) as names,
    ):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(names.addresses("a.test"), 0.02)
        assert await names.addresses("a.test") == ("127.0.0.1",)
        assert dns.count("a.test") == 1


async def test_closing_ends_the_look_ups_under_way() -> None:
    """Nothing is left running, and whoever waited is told."""
    async with DnsServer({"a.test": SILENT}) as dns, resolving(dns) as names:
        waiting = asyncio.create_task(names.addresses("a.test"))
        await asyncio.sleep(0.05)
        await names.close()
        with pytest.raises(asyncio.CancelledError):
            await waiting


async def test_only_so_many_names_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name that was not used for the longest time goes first."""
    monkeypatch.setattr(resolver, "REMEMBERED", 3)
    async with (
        DnsServer({"*.test": Answer(("127.0.0.1",), ttl=0)}) as dns,
        resolving(dns) as names,
    ):
        for name in ["a", "b", "c", "a", "d", "a", "b"]:
            await names.addresses(f"{name}.test")
        asked = {name: dns.count(f"{name}.test") for name in "abcd"}
    assert asked == {"a": 1, "b": 2, "c": 1, "d": 1}


async def test_the_cache_within_c_ares_is_let_go_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each channel takes so many names; the ones before are closed, all answers still come."""
    made: list[dns_client._Channel] = []

    class Counted(dns_client._Channel):
        def __init__(self, servers: list[str], patience: float) -> None:
            super().__init__(servers, patience)
            made.append(self)

    monkeypatch.setattr(dns_client, "_Channel", Counted)
    monkeypatch.setattr(dns_client, "NAMES_A_CHANNEL", 50)
    async with DnsServer({"*.test": LOOPBACK}) as dns, resolving(dns) as names:
        wanted = [f"n{number}.test" for number in range(220)]
        found = await asyncio.gather(*map(names.addresses, wanted))
        assert found == [("127.0.0.1",)] * 220
        assert [channel.asked for channel in made] == [50, 50, 50, 50, 20]
        assert [channel._ares._closed for channel in made] == [True] * 4 + [False]


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST.", "some.localhost"])
async def test_localhost_is_this_machine_and_is_not_asked_for(name: str) -> None:
    """RFC 6761, section 6.3."""
    async with DnsServer() as dns, resolving(dns) as names:
        assert await names.addresses(name) == ("127.0.0.1", "::1")
    assert not dns.queries


@pytest.mark.parametrize(
    ("host", "port", "expected"),
    [
        ("one.test", 80, ("127.0.0.1",)),
        ("one.test", 81, ("127.0.0.9",)),
        ("ONE.test", 80, ("127.0.0.1",)),
        ("six.test", 443, ("::1",)),
        ("two.test", 1, ("127.0.0.2", "::1")),
        ("other.test", 80, ("127.0.0.9",)),
        ("localhost", 80, ("127.0.0.9",)),
    ],
)
async def test_fixed_addresses_come_before_everything(
    host: str, port: int, expected: tuple[str, ...]
) -> None:
    """The first rule that covers host and port; `*` covers all."""
    rules = ("One.test:80:127.0.0.1", "six.test:443:[::1]", "two.test:*:127.0.0.2,::1")
    fixed = [*map(FixedAddress.parse, rules), FixedAddress.parse("*:*:127.0.0.9")]
    names = Resolver(fixed)
    assert await names.addresses(host, port) == expected
    await names.close()


async def test_international_names_are_asked_for_in_their_ascii_form() -> None:
    """As the URL standard's domain-to-ASCII writes them."""
    url = urls.parse("http://BÜCHER.example。test/")
    assert url.hostname == "xn--bcher-kva.example.test"
    zone = {"xn--bcher-kva.example.test": LOOPBACK}
    async with DnsServer(zone) as dns, RawServer() as server:
        exchange = await ask(
            f"http://BÜCHER.example。test:{server.port}/", dns_servers=(dns.nameserver,)
        )
    assert exchange.failure is None
    assert server.requests[0].headers["host"] == f"xn--bcher-kva.example.test:{server.port}"


async def test_both_kinds_of_address_are_asked_for_and_each_given_once() -> None:
    """A and AAAA; an address that comes twice is tried once."""
    zone = {"a.test": Answer(("127.0.0.1", "127.0.0.1", "::1"))}
    async with DnsServer(zone) as dns, resolving(dns) as names:
        assert sorted(await names.addresses("a.test")) == ["127.0.0.1", "::1"]
        results = await names.resolve("a.test", 8080)
    assert {(found["host"], found["port"]) for found in results} == {
        ("127.0.0.1", 8080),
        ("::1", 8080),
    }


async def test_no_thread_pool_is_used() -> None:
    """Three hundred look-ups: c-ares has its one thread, the loop's executor is never made."""
    before = threading.active_count()
    async with DnsServer({"*.test": LOOPBACK}) as dns, resolving(dns) as names:
        wanted = [f"n{number}.test" for number in range(300)]
        await asyncio.gather(*map(names.addresses, wanted))
        assert threading.active_count() <= before + 1
    assert getattr(asyncio.get_running_loop(), "_default_executor", None) is None


async def test_connecting_uses_no_thread_pool_either() -> None:
    """Nor does asyncio resolve the address again."""
    async with DnsServer({"a.test": LOOPBACK}) as dns, RawServer() as server:
        exchange = await ask(server.url("/", "a.test"), dns_servers=(dns.nameserver,))
    assert exchange.failure is None
    assert getattr(asyncio.get_running_loop(), "_default_executor", None) is None


async def test_a_shorter_memory_holds_for_c_ares_too() -> None:
    """What lives for hours by its own account is asked for again, failures too."""
    zone = {"a.test": Answer(("127.0.0.1",), ttl=7200)}
    async with DnsServer(zone) as dns:
        names = Resolver(servers=[dns.nameserver], fresh=0.0)
        try:
            for _ in range(3):
                assert await names.addresses("a.test") == ("127.0.0.1",)
            assert dns.count("a.test") == 3
            for _ in range(2):
                with pytest.raises(LookupFailed):
                    await names.addresses("b.test")
            assert dns.count("b.test") == 2
        finally:
            await names.close()
