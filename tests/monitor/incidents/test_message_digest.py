"""Many messages in one."""

from dataclasses import replace

from fetcher.monitor.incident import Incident, Message, MessageKind, message_id
from fetcher.monitor.incidents import compose_digest, connectivity_lost
from tests.monitor.incidents.making import NOW, changed, open_incidents


def message(incident: Incident, kind: MessageKind = MessageKind.DOWN) -> Message:
    """A message for the channel ops."""
    return Message(message_id(incident.id, kind, "ops"), incident.id, "ops", kind, NOW, NOW)


def incidents(count: int) -> list[Incident]:
    """So many incidents of a host each."""
    return open_incidents().apply([changed(f"https://h{n}.example/") for n in range(count)], NOW)


def test_several() -> None:
    """A line for each, in their order, below how many of each kind there are."""
    one, other = incidents(2)
    members = (replace(one.members[0], ended=NOW + 60),)
    over = replace(one, members=members, closed=NOW + 60)
    lost = connectivity_lost("x", NOW, NOW, "no control target answered", ["ops"])
    told = [
        (message(one), over),
        (message(one, MessageKind.UP), over),
        (message(other), other),
        (message(lost, MessageKind.NOTICE), lost),
    ]
    notice = compose_digest(told, NOW + 90, title="Status", public_url="https://s.example")
    assert notice.subject == "[Status] 4 messages: 2 began, 1 ended, 1 about the monitor"
    assert notice.text.splitlines() == [
        "- DOWN: https://h0.example/ was down from 2027-01-15 07:59:30 UTC to "
        "2027-01-15 08:01:00 UTC (1 min 30 s) and has recovered. "
        "Reason: the connection was refused",
        "- UP: https://h0.example/ was down from 2027-01-15 07:59:30 UTC to "
        "2027-01-15 08:01:00 UTC (1 min 30 s) and has recovered.",
        "- DOWN: https://h1.example/ is down, since 2027-01-15 07:59:30 UTC (2 min). "
        "Reason: the connection was refused",
        "- The monitor is offline: no control target answered",
        "",
        "More: https://s.example/incidents",
    ]
    parts = notice.data["messages"]
    assert isinstance(parts, list)
    assert [part["id"] for part in parts] == [one.id for one, _ in told]
    assert not notice.good


def test_the_same_messages_are_the_same_digest() -> None:
    """Receivers can tell when it comes twice."""
    told = [(message(one), one) for one in incidents(3)]
    assert compose_digest(told, NOW).id == compose_digest(told, NOW + 9).id
    assert compose_digest(told, NOW).id != compose_digest(told[:2], NOW).id
    assert compose_digest(told, NOW, id="d1").data["id"] == "d1"


def test_good_news_only() -> None:
    """A digest of nothing but ends is good."""
    told = [(message(one, MessageKind.UP), replace(one, closed=NOW)) for one in incidents(2)]
    assert compose_digest(told, NOW).good


def test_thousands() -> None:
    """The first fifty, and the number of the others."""
    told = [(message(one), one) for one in incidents(60)]
    notice = compose_digest(told, NOW)
    assert notice.text.splitlines()[-1] == "- and 10 more"
    assert len(notice.text.splitlines()) == 51
    assert notice.data["count"] == 60
