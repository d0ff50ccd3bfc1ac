"""One run of a real monitor, in which everything breaks at once and is mended: who is sent what."""

import asyncio
import gzip
import json
import re
from collections import Counter

import pytest

from fetcher.judgement.verdict import Health
from tests.cli.monitored import Watch, monitor
from tests.cli.program import rows
from tests.monitor.real.hearing import HESITANT, HOOK, MAIL
from tests.monitor.real.remembering import Memory
from tests.monitor.real.story import CHANNELS, RETRY_AFTER, TOWN, Story, tell

SUBJECTS = {
    "bakery": (
        r"DOWN: bakery: status 503 \(Service Unavailable\), expected 200..299",
        r"UP: bakery, was down for .+",
    ),
    "ferry": (
        r'DOWN: ferry: the body does not contain "</table>" \(21 B read\)',
        r"UP: ferry, was down for .+",
    ),
    "fog": (
        r"DEGRADED: fog: answered after 1\.\d+ s, expected within 1 s",
        r"UP: fog, was degraded for .+",
    ),
    "lock": (
        r"DOWN: lock: the certificate expires in 3 days, on [\d-]+, expected to be valid for "
        r"14 days",
        r"UP: lock, was down for .+",
    ),
    "harbour": (
        r"DOWN: 4 targets \(the server at {host}\): status 503 \(Service Unavailable\), "
        r"expected 200..299",
        r"UP: 4 targets \(the server at {host}\), were down for .+",
    ),
}
"""What is sent about each trouble, at its beginning and at its end."""


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Everything has broken and was mended; the monitor has ended."""
    return asyncio.run(tell(tmp_path_factory.mktemp("story")))


@pytest.fixture
def watch(story: Story) -> Watch:
    """The same for commands that look at it afterwards."""
    return Watch(story.folder, 0.0)


@pytest.mark.parametrize("channel", CHANNELS)
def test_one_down_and_one_up(story: Story, channel: str) -> None:
    """Of each trouble each channel hears twice: when it has begun, and later when it is over."""
    troubles = {story.incident(name).id for name in SUBJECTS}
    assert len(troubles) == len(story.incidents) == len(SUBJECTS)
    heard = [(word.incident, word.kind) for word in story.ear.of(channel)]
    assert sorted(heard) == sorted((one, kind) for one in troubles for kind in ("down", "up"))
    for one in troubles:
        assert heard.index((one, "down")) < heard.index((one, "up"))
    assert len({word.id for word in story.ear.of(channel)}) == len(heard)


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("name", SUBJECTS)
def test_words(story: Story, channel: str, name: str) -> None:
    """The subject says what it is about, what was found, and for how long it was so."""
    for kind, pattern in zip(("down", "up"), SUBJECTS[name], strict=True):
        wanted = pattern.format(host=re.escape(story.hosts[name]))
        said = story.told(channel, kind, name)
        assert re.fullmatch(rf"\[Status\] {wanted}", said.subject)
        assert f"Incident: {story.incident(name).id}" in said.text
    assert " is down, since " in story.told(channel, "down", "bakery").text
    assert " and has recovered." in story.told(channel, "up", "bakery").text


def test_mails_are_a_conversation(story: Story) -> None:
    """What is sent at the end matches what was sent at the beginning."""
    for name in SUBJECTS:
        down, up = story.told(MAIL, "down", name), story.told(MAIL, "up", name)
        assert (down.answers, up.answers) == ("", down.id)


def test_pages_of_one_server(story: Story) -> None:
    """What breaks together is one incident, with all of its pages, whatever its first one was."""
    incident = story.incident("harbour")
    assert {member.key for member in incident.members} == {*TOWN}
    assert all(member.ended is not None for member in incident.members)
    for name in TOWN:
        assert f"- {name} (http://" in story.told(HOOK, "down", "harbour").text


def test_a_receiver_that_asks_for_patience(story: Story) -> None:
    """It gets the same message again, not before the time that it asked for, and all others."""
    (refused,) = story.ear.refused
    again = story.ear.of(HESITANT)[0]
    assert refused.channel == HESITANT
    assert (again.id, again.subject) == (refused.id, refused.subject)
    assert again.at - refused.at >= RETRY_AFTER - 0.1  # the two clocks need not agree


def test_a_blip(story: Story) -> None:
    """One failure between good answers is on record, and no more than that."""
    with Memory(story.folder).reading() as reader:
        checks = reader.checks("blip", 0.0, 2e10, 10_000)
    health = Counter(check.health for check in checks)
    assert health.pop(Health.UNHEALTHY) == 1
    assert list(health) == [Health.HEALTHY]
    assert not [word for word in story.ear.heard if "blip" in word.subject + word.text]


def test_commands_while_it_is_broken(story: Story) -> None:
    """From outside one sees what is wrong, since when, and that the monitor runs."""
    status, incidents, ferry = story.broken.values()
    said = json.loads(status.out)
    assert (status.code, said["running"]) == (1, True)
    assert said["counts"] == {"down": 7, "degraded": 1, "up": 1}
    assert [target["key"] for target in said["targets"]][-2:] == ["fog", "blip"]
    lasting = {one["id"]: one["closed"] for one in json.loads(incidents.out)}
    assert lasting == dict.fromkeys([incident.id for incident in story.incidents])
    past = json.loads(ferry.out)
    assert past["condition"] == "down"
    assert past["uptime"]["24h"]["down"] > 0
    assert past["checks"][0]["trouble"] == "content"


def test_commands_afterwards(story: Story, watch: Watch) -> None:
    """All is healthy again, the incidents are closed, and no monitor runs."""
    status = monitor(watch, "status")
    assert (status.code, status.out.splitlines()[0]) == (0, "9 up; the monitor is not running")
    assert monitor(watch, "incidents", "--open").out == "No incidents\n"
    over = [line.split()[:2] for line in monitor(watch, "incidents").out.splitlines()[1:]]
    assert sorted(over) == sorted(["over", incident.id] for incident in story.incidents)
    past = json.loads(monitor(watch, "history", "fog", "--json").out)
    assert (past["condition"], past["uptime"]["24h"]["share"]) == ("up", 1.0)
    assert past["uptime"]["24h"]["degraded"] > 0
    assert [one["id"] for one in past["incidents"]] == [story.incident("fog").id]


def test_exports(story: Story, watch: Watch) -> None:
    """Checks and incidents leave as files, with what was found."""
    checks = monitor(watch, "export", "--target", "lock").rows
    assert checks[0]["trouble"] == checks[-1]["trouble"] == ""
    assert {row["trouble"] for row in checks} == {"", "tls"}
    path = story.folder / "incidents.csv.gz"
    assert monitor(watch, "export", "--what", "incidents", "-o", str(path)).code == 0
    exported = rows(gzip.decompress(path.read_bytes()).decode())
    assert {row["id"]: int(row["targets"]) for row in exported} == {
        incident.id: len(incident.members) for incident in story.incidents
    }
    assert all(row["closed"] > row["opened"] > "2" for row in exported)
