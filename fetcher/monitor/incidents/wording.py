"""What people read of an incident."""

from datetime import UTC, tzinfo
from string import Template

from fetcher.monitor.incident import Incident
from fetcher.monitor.incidents.data import data_of
from fetcher.monitor.incidents.facts import Facts, link_to
from fetcher.monitor.incidents.subjects import headed, subject_of
from fetcher.monitor.incidents.templates import filled
from fetcher.monitor.incidents.texts import text_of
from fetcher.monitor.incidents.times import shown, stamp
from fetcher.monitor.message import Kind
from fetcher.notify.base import Notice


def compose(
    incident: Incident,
    kind: Kind,
    now: float,
    *,
    title: str = "",
    public_url: str = "",
    template: Template | None = None,
    id: str = "",
    zone: tzinfo = UTC,
) -> Notice:
    """Find the words for a message about an incident, from what is known now.

    One that comes late says so: a DOWN that is sent when all is well again says from when to when
    it was not. title: of the monitor, stands before the subject. public_url: the status page.
    template: takes the place of the text. id: the message's; follows from incident and kind when it
    is "". The result has no control characters but for the ends of the text's lines.
    """
    notice = id or f"{incident.id}-{kind.value}"
    facts = Facts(incident, kind, now, zone, link_to(public_url, f"incidents/{incident.id}"))
    subject, text = subject_of(facts, title), text_of(facts)
    return Notice(
        notice,
        kind.value,
        subject,
        text if template is None else filled(template, facts, subject, text),
        data_of(facts, notice),
        good=kind is Kind.UP,
    )


def compose_test(
    now: float, *, title: str = "", public_url: str = "", id: str = "", zone: tzinfo = UTC
) -> Notice:
    """Find the words for a message that somebody asked for, to see whether it arrives."""
    notice = id or f"test-{int(now * 1000):x}"
    text = f"This is a test, made at {shown(now, zone)}. Nothing is wrong."
    if public_url:
        text += f"\n\nMore: {link_to(public_url, '')}"
    data = {"id": notice, "kind": Kind.TEST.value, "made": stamp(now)}
    return Notice(notice, Kind.TEST.value, headed(title, "Test message"), text, data, good=True)
