"""Everything that can go wrong with a site does so at once, and is mended."""

import asyncio
import datetime
import ssl
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from fetcher.demo.page import Behaviour
from fetcher.demo.site import DemoSite, table
from fetcher.monitor.incident import Incident
from fetcher.monitor.target_state import Condition
from tests.cli.program import Ended, fetcher
from tests.monitor.real.configuring import configure, target
from tests.monitor.real.daemon import daemon
from tests.monitor.real.hearing import HESITANT, HOOK, MAIL, Ear, Word, listening
from tests.monitor.real.patience import until
from tests.monitor.real.remembering import Memory
from tests.support.raw import OK, RawServer, Script, response
from tests.support.tls import NAMES, Authority

CHANNELS = (HOOK, MAIL, HESITANT)
TOWN = {"about": "/about", "news": "/news", "harbour": "/harbour", "home": "/"}
"""Pages of one site that break together."""
RETRY_AFTER = 6.0
"""Seconds; longer than the first pause that the monitor would make of its own accord."""

_BAD = Script((response(b"", 500),))
_BLIP = [OK, OK, OK, OK, _BAD, OK]
_COMMANDS = ("status", "incidents", "history ferry")
_TOWN = 'group_wait = "3s"'  # all of them are down by then
_TROUBLES = {
    "bakery": "",
    "ferry": 'expect.body_contains = ["</table>"]',
    "fog": 'expect.degraded_after = "1s"',
    "lock": "expect.certificate_days = 14",
}
"""Options of the targets that have a trouble each of its own."""


@dataclass(slots=True)
class Story:
    """What came of it.

    ear: what was told. incidents: what is on record at the end. broken: what commands said while
    all was broken. hosts: of the sites, by the names of targets.
    """

    folder: Path
    ear: Ear
    incidents: list[Incident] = field(default_factory=list)
    broken: dict[str, Ended] = field(default_factory=dict)
    hosts: dict[str, str] = field(default_factory=dict)

    def incident(self, name: str) -> Incident:
        """The one incident that concerns a target."""
        (found,) = [one for one in self.incidents if name in [member.key for member in one.members]]
        return found

    def told(self, channel: str, kind: str, name: str) -> Word:
        """The one message of this kind about a target."""
        (found,) = self.ear.of(channel, kind, self.incident(name).id)
        return found


class _Sites:
    """The demo site, three times, for a server that is down concerns all of its pages; and one
    that speaks TLS."""

    def __init__(self, authority: Authority) -> None:
        self.town, self.village, self.coast = DemoSite(), DemoSite(), DemoSite(pace=0.75)
        self._authority = authority
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._certify(400)
        self.lock = RawServer({"/blip": _BLIP}, ssl_context=self._context)
        self._ferry = table()["/ferry"]

    async def enter(self, stack: AsyncExitStack) -> None:
        """Serve them."""
        for site in (self.town, self.village, self.coast, self.lock):
            await stack.enter_async_context(site)
        stack.callback(self.mend)

    def targets(self) -> dict[str, str]:
        """The URLs of all targets, by their names."""
        return {
            **{name: self.town.base_url + path for name, path in TOWN.items()},
            "bakery": f"{self.village.base_url}/about",
            "ferry": f"{self.village.base_url}/ferry",
            "fog": f"{self.coast.base_url}/about",
            "lock": self.lock.url("/"),
            "blip": self.lock.url("/blip"),
        }

    def smash(self) -> None:
        """Break everything."""
        for path in TOWN.values():
            self.town.set(path, Behaviour.DOWN)
        self.village.set("/about", Behaviour.DOWN)
        self.coast.set("/about", Behaviour.SLOW)
        table()["/ferry"] = replace(self._ferry, body=b"<title>Parked</title>")
        self._certify(3)

    def mend(self) -> None:
        """Mend everything."""
        for path in TOWN.values():
            self.town.set(path, None)
        self.village.set("/about", None)
        self.coast.set("/about", None)
        table()["/ferry"] = self._ferry
        self._certify(400)

    def _certify(self, days: int) -> None:
        """Show a certificate that is valid for this many days from the next connection on."""
        end = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days, hours=1)
        self._authority.ca.issue_cert(*NAMES, not_after=end).configure_cert(self._context)


async def tell(folder: Path) -> Story:
    """Let it happen."""
    authority = Authority.create(folder)
    sites, hesitated = _Sites(authority), list[Word]()

    def answer(word: Word) -> float | None:
        if word.channel != HESITANT or hesitated:
            return None
        hesitated.append(word)
        return RETRY_AFTER

    async with AsyncExitStack() as stack:
        await sites.enter(stack)
        ear = await stack.enter_async_context(listening())
        ear.answer = answer
        urls = sites.targets()
        options = {**dict.fromkeys(TOWN, _TOWN), **_TROUBLES}
        configure(
            folder,
            ear,
            [target(name, url, options.get(name, "")) for name, url in urls.items()],
            control=f"{sites.town.base_url}/about",
            hooks=(HOOK, HESITANT),
            fetch=f'cacert = "{authority.ca_file}"',
        )
        story = Story(folder, ear, hosts={n: url.split("/")[2] for n, url in urls.items()})
        monitor = await stack.enter_async_context(daemon(folder))
        await monitor.start()
        await _happen(story, sites, Memory(folder))
        await monitor.stop()
    story.incidents = Memory(folder).incidents()
    return story


async def _happen(story: Story, sites: _Sites, memory: Memory) -> None:
    ear, names = story.ear, list(story.hosts)
    await until(lambda: memory.are(Condition.UP, names), "all targets to be up")
    sites.smash()
    await until(
        lambda: (
            memory.are(Condition.DOWN, [*TOWN, "bakery", "ferry", "lock"])
            and memory.are(Condition.DEGRADED, ["fog"])
        ),
        "all but one to be in trouble",
    )
    ended = await asyncio.gather(*[_command(story.folder, line) for line in _COMMANDS])
    story.broken = dict(zip(_COMMANDS, ended, strict=True))
    await until(lambda: _told(ear, "down"), "five bad messages by each channel")
    sites.mend()
    await until(lambda: _told(ear, "up"), "five good messages by each channel")
    # A message too many would come with what these checks and deliveries bring about.
    before = {name: memory.checks(name) for name in names}
    await until(
        lambda: (
            memory.nothing_waits() and all(memory.checks(name) > before[name] + 5 for name in names)
        ),
        "some more checks of all targets",
    )


def _told(ear: Ear, kind: str) -> bool:
    return all(len(ear.of(channel, kind)) >= 5 for channel in CHANNELS)


async def _command(folder: Path, line: str) -> Ended:
    command, *more = line.split()
    return await fetcher("monitor", command, *more, "--json", "-c", "monitor.toml", cwd=folder)
