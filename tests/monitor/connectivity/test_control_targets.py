"""Asking control targets, over real connections."""

import asyncio
from collections.abc import Callable, Iterable

from fetcher.engine.run import Run
from fetcher.model import Target
from fetcher.monitor.connectivity import ControlChecker, ControlRound
from fetcher.settings import Order, Settings
from fetcher.transport.base import Inquiry
from tests.engine.scripted import ScriptedWeb, page
from tests.pool.virtual_clock import run as on_virtual_clock
from tests.support.blackhole import blackhole, refused_port
from tests.support.raw import End, RawServer, Script, response

QUICK = Settings(timeout=0.5, connect_timeout=0.5)


async def ask(*urls: str, settings: Settings = QUICK) -> ControlRound:
    """One round."""
    return await ControlChecker(urls, settings).check()


async def test_any_status_is_an_answer() -> None:
    """An error shows as well as a page that somebody is there."""
    scripts = {f"/{code}": Script((response(status=code),)) for code in (200, 301, 404, 503)}
    async with RawServer(scripts) as server:
        for path in scripts:
            found = await ask(server.url(path))
            assert (found.answered, found.why) == (True, "")
            assert found.began <= found.ended
        assert [request.path for request in server.requests] == list(scripts)


async def test_one_that_answers_is_enough() -> None:
    """Nobody waits for the others: the silent ones are given up."""
    async with RawServer({"/silent": Script(end=End.SILENT)}) as server:
        found = await ask(server.url("/silent"), server.url("/"), settings=Settings())
        assert found.answered


async def test_when_none_answers_each_says_why() -> None:
    """Refused, silent, not HTTP: all that is no answer."""
    babble = Script((b"SSH-2.0-OpenSSH_9.0\r\n",))
    scripts = {"/babble": babble, "/silent": Script(end=End.SILENT)}
    async with RawServer(scripts) as server:
        refused = f"http://127.0.0.1:{refused_port()}/"
        found = await ask(refused, server.url("/silent"), server.url("/babble"))
    assert not found.answered
    assert found.why.startswith("no control target answers (")
    assert f"{refused}: nothing listens at this address" in found.why
    assert "/silent: the server did not finish its answer" in found.why
    assert "/babble: the answer is not valid HTTP" in found.why


async def test_a_control_that_drops_everything_is_none() -> None:
    """No connection, no answer."""
    with blackhole() as (host, port):
        found = await ask(f"http://{host}:{port}/")
    assert "no connection within" in found.why


async def test_a_program_without_its_files_can_ask_nobody() -> None:
    """That is reported as well, and does not end the monitor."""
    found = await ask("http://127.0.0.1/", settings=Settings(cacert="no such file"))
    assert not found.answered
    assert "No such file" in found.why


async def test_each_round_connects_anew() -> None:
    """A connection that was made before would show that we could see then."""
    async with RawServer(default=Script((response(),), end=End.KEEP)) as server:
        controls = ControlChecker([server.url()], QUICK)
        assert (await controls.check()).answered
        assert (await controls.check()).answered
        assert server.connections == 2


def test_a_round_has_its_time_and_no_more() -> None:
    """Whatever a transport does, there is an end, and a word for those that gave none."""

    async def main() -> ControlRound:
        web = ScriptedWeb({"http://a/": [page(after=1000.0)]}, page(after=1000.0))
        asked: list[Settings] = []

        def make_run(
            targets: Iterable[Target], inquire: Callable[[Target], Inquiry], settings: Settings
        ) -> Run:
            asked.append(settings)
            return Run(targets, inquire, settings, make_transport=web.make)

        settings = Settings(retries=5, timeout=60.0, rate_limit=0.1, order=Order.INPUT, robots=True)
        found = await ControlChecker(
            ["http://a/", "http://b/"], settings, make_run=make_run
        ).check()
        (used,) = asked
        assert (used.retries, used.timeout, used.rate_limit, used.robots) == (0, 5.0, None, False)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return found

    found = on_virtual_clock(main())
    assert found.ended - found.began == 10.0
    assert found.why == (
        "no control target answers (http://a/: no answer in time; http://b/: no answer in time)"
    )
