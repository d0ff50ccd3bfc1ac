"""What people read of an incident."""

import json
import unicodedata
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetcher.monitor.incident import Incident, MessageKind
from fetcher.monitor.incidents import (
    OpenIncidents,
    acknowledge,
    channel_failing,
    compose,
    compose_test,
    connectivity_lost,
    plan_messages,
    resolve,
)
from tests.monitor.incidents.making import (
    DEGRADED,
    DOWN,
    NOW,
    UP,
    changed,
    monitored,
    nobody,
    open_incidents,
    opened,
)

SHOP = monitored("https://a.example/shop", name="Shop")
PAGE = "https://status.example/"


def of_shop() -> Incident:
    """One target that is down."""
    return opened(changed(SHOP, ip="192.0.2.1"))


def told(held: OpenIncidents, incident: Incident, now: float) -> Incident:
    """Tell people of it."""
    planned, _ = plan_messages(incident, now, nobody)
    held.put(planned)
    return planned


def over(incident: Incident, at: float) -> Incident:
    """The same when all is well."""
    members = tuple([replace(member, ended=at) for member in incident.members])
    return replace(incident, members=members, closed=at)


def test_down() -> None:
    """What, since when, why, where, and where to read on."""
    incident = of_shop()
    notice = compose(incident, MessageKind.DOWN, NOW + 60, title="Status", public_url=PAGE, id="m1")
    assert notice.id == "m1"
    assert notice.kind == "down"
    assert not notice.good
    assert notice.subject == "[Status] DOWN: Shop: the connection was refused"
    assert notice.text.splitlines() == [
        "Shop is down, since 2027-01-15 07:59:30 UTC (1 min 30 s).",
        "",
        "Reason: the connection was refused",
        "Likely cause: the address 192.0.2.1:443",
        "URL: https://a.example/shop",
        "",
        f"More: https://status.example/incidents/{incident.id}",
        f"Incident: {incident.id}",
    ]


def test_up() -> None:
    """How long it was, and that it is over."""
    notice = compose(over(of_shop(), NOW + 600), MessageKind.UP, NOW + 9999)
    assert notice.good
    assert notice.subject == "UP: Shop, was down for 10 min 30 s"
    assert notice.text.splitlines()[0] == (
        "Shop was down from 2027-01-15 07:59:30 UTC to 2027-01-15 08:10:00 UTC (10 min 30 s) "
        "and has recovered."
    )


@pytest.mark.parametrize("kind", [MessageKind.DOWN, MessageKind.REMINDER, MessageKind.ESCALATION])
def test_late(kind: MessageKind) -> None:
    """What arrives when it is over alarms nobody."""
    notice = compose(over(of_shop(), NOW + 600), kind, NOW + 9999)
    assert notice.subject == "WAS DOWN: Shop, for 10 min 30 s"
    assert notice.text.startswith("Shop was down from 2027-01-15 07:59:30 UTC to ")
    assert "acknowledged" not in notice.text


def test_reminder_and_escalation() -> None:
    """That it lasts, and for how long."""
    incident = of_shop()
    reminder = compose(incident, MessageKind.REMINDER, NOW + 7200)
    assert reminder.subject == "STILL DOWN: Shop, for 2 h"
    assert reminder.text.startswith("Shop is still down, since ")
    escalation = compose(incident, MessageKind.ESCALATION, NOW + 7200)
    assert escalation.subject == "DOWN, NOT ACKNOWLEDGED: Shop, for 2 h"
    assert "Nobody has acknowledged it." in escalation.text


def test_from_degraded_to_down() -> None:
    """The reminder says what is new."""
    held = open_incidents()
    [slow] = held.apply([changed(SHOP, DEGRADED, text="slow")], NOW)
    assert compose(slow, MessageKind.DOWN, NOW).subject == "DEGRADED: Shop: slow"
    told(held, slow, NOW + 60)
    [worse] = held.apply([changed(SHOP, DOWN, at=NOW + 90)], NOW + 90)
    notice = compose(worse, MessageKind.REMINDER, NOW + 90)
    assert notice.subject == "NOW DOWN: Shop, for 2 min"
    assert "reported as degraded before, and got worse at 2027-01-15 08:01:30 UTC." in notice.text


def test_acknowledged_and_flapping() -> None:
    """Who is at it, and why it takes so long to be over."""
    incident = opened(changed(SHOP, flapping=True))
    text = compose(acknowledge(incident, NOW + 5, "ann"), MessageKind.DOWN, NOW + 9).text
    assert "Acknowledged at 2027-01-15 08:00:05 UTC by ann" in text
    assert "It is flapping" in text


def test_many() -> None:
    """The first ten, failing ones before others, and the number of the rest."""
    held = open_incidents()
    urls = [f"https://a.example/{n:02}" for n in range(25)]
    held.apply([changed(url, ip="192.0.2.1") for url in urls], NOW)
    [incident] = held.apply([changed(url, UP, at=NOW + 60) for url in urls[:20]], NOW + 60)
    notice = compose(incident, MessageKind.DOWN, NOW + 60)
    lines = notice.text.splitlines()
    assert notice.subject == (
        "DOWN: 25 targets (the address 192.0.2.1:443): the connection was refused"
    )
    assert lines[0].startswith("5 of 25 targets are down, since ")
    named = [line for line in lines if line.startswith("- ")]
    assert named[0] == "- https://a.example/20: the connection was refused"
    assert named[5] == "- https://a.example/00, recovered: the connection was refused"
    assert named[10:] == ["- and 15 more"]
    assert "URL:" not in notice.text


def test_no_longer_monitored() -> None:
    """That is not the same as a recovery."""
    held = open_incidents()
    told(held, held.apply([changed(SHOP)], NOW)[0], NOW + 10)
    [gone] = held.forget([SHOP.key], NOW + 30)
    notice = compose(gone, MessageKind.UP, NOW + 30)
    assert notice.subject == "NO LONGER MONITORED: Shop, was down for 1 min"
    assert notice.text.splitlines()[0].endswith("(1 min) and is no longer monitored.")


def test_offline() -> None:
    """What it says depends on whether it is over when it is sent."""
    lost = connectivity_lost(
        "x", NOW, NOW - 30, "no control target answered", ["ops"], affected=1200
    )
    notice = compose(lost, MessageKind.NOTICE, NOW)
    assert notice.subject == "The monitor is offline: no control target answered"
    assert "Extent: 1,200 checks undecided so far" in notice.text
    back = compose(resolve(lost, NOW + 270), MessageKind.NOTICE, NOW + 300, title="Status")
    assert back.subject == (
        "[Status] The monitor was offline for 5 min: no control target answered"
    )
    assert back.text.startswith(
        "The monitor was offline from 2027-01-15 07:59:30 UTC to 2027-01-15 08:04:30 UTC "
        "(5 min) and is online again."
    )


def test_a_channel_that_does_not_deliver() -> None:
    """Its name and its error."""
    failing = channel_failing("x", NOW, NOW - 60, "mail", "refused", ["mail", "ops"])
    notice = compose(failing, MessageKind.NOTICE, NOW)
    assert notice.subject == "Channel mail is failing: refused"
    assert notice.text.startswith("The channel mail is failing, since ")
    mended = compose(resolve(failing, NOW + 60), MessageKind.NOTICE, NOW + 90)
    assert mended.subject == "Channel mail was failing for 2 min: refused"


def test_zone() -> None:
    """People read times in their own; programs in UTC."""
    notice = compose(of_shop(), MessageKind.DOWN, NOW, zone=ZoneInfo("Europe/Berlin"))
    assert "since 2027-01-15 08:59:30 CET" in notice.text
    assert notice.data["began"] == "2027-01-15T07:59:30Z"


def test_data() -> None:
    """The same for programs, in keys that stay."""
    notice = compose(of_shop(), MessageKind.DOWN, NOW + 30, public_url=PAGE)
    incident = of_shop().id
    assert notice.id == f"{incident}-down"
    assert notice.data == {
        "id": f"{incident}-down",
        "kind": "down",
        "incident": incident,
        "about": "targets",
        "condition": "down",
        "open": True,
        "name": "Shop",
        "trouble": "connect",
        "text": "the connection was refused",
        "cause": "the address 192.0.2.1:443",
        "began": "2027-01-15T07:59:30Z",
        "opened": "2027-01-15T08:00:00Z",
        "closed": None,
        "duration_s": 60.0,
        "flapping": False,
        "acknowledged": None,
        "acknowledged_by": "",
        "count": 1,
        "ill": 1,
        "members": [
            {
                "key": "Shop",
                "name": "Shop",
                "url": "https://a.example/shop",
                "began": "2027-01-15T07:59:30Z",
                "ended": None,
                "text": "the connection was refused",
            }
        ],
        "url": f"https://status.example/incidents/{incident}",
    }


def test_data_of_many_is_bounded() -> None:
    """A program gets the number of all, and the first of them."""
    incident = opened(*[changed(f"https://a.example/{n}") for n in range(300)])
    data = compose(incident, MessageKind.DOWN, NOW).data
    assert data["count"] == 300
    members = data["members"]
    assert isinstance(members, list)
    assert len(members) == 100


def test_test() -> None:
    """A message that somebody asked for says that nothing is wrong."""
    notice = compose_test(NOW, title="Status", public_url=PAGE)
    assert notice.subject == "[Status] Test message"
    assert notice.text == (
        "This is a test, made at 2027-01-15 08:00:00 UTC. Nothing is wrong.\n\n"
        "More: https://status.example/"
    )
    assert notice.data["kind"] == notice.kind == "test"


STRANGE = st.text(st.characters(), max_size=12).map("\r\nBcc: x\x85\u2028\x1b[1m".__add__)


@settings(max_examples=60)
@given(STRANGE, STRANGE, STRANGE, st.sampled_from(MessageKind), st.booleans())
def test_strangers_words_cannot_break_out(
    name: str, text: str, by: str, kind: MessageKind, ended: bool
) -> None:
    """No header, line or terminal sequence comes of a name, a reason or a title."""
    incident = opened(
        changed(monitored("https://a.example/", key="k", name=name), text=text),
        changed(monitored("https://a.example/2", name=name + "2"), text=text),
    )
    incident = acknowledge(replace(incident, cause=text), NOW + 1, by)
    incident = over(incident, NOW + 60) if ended else incident
    notice = compose(incident, kind, NOW + 90, title=name, public_url=PAGE)
    everything = [notice.subject, *notice.text.split("\n"), *strings(notice.data)]
    assert all(unicodedata.category(c) not in ("Cc", "Cs", "Zl", "Zp") for c in "".join(everything))
    assert len(notice.subject) <= 200
    assert not any(line.startswith("Bcc") for line in notice.text.splitlines())
    assert json.loads(json.dumps(notice.data, allow_nan=False)) == notice.data


def strings(value: object) -> list[str]:
    """All texts in a value that JSON can hold."""
    if isinstance(value, dict):
        return [text for part in value.values() for text in strings(part)]
    if isinstance(value, list):
        return [text for part in value for text in strings(part)]
    return [value] if isinstance(value, str) else []
