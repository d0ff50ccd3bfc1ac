"""Conversion of states, incidents, messages and checks to rows and back."""

import json
from dataclasses import fields
from enum import Enum
from typing import Any

from fetcher.model import NO_TIMINGS, Timings
from fetcher.monitor.history.history_schema import HEALTH_CODES, HEALTHS, TROUBLE_CODES, trouble_of
from fetcher.monitor.incident import (
    About,
    DeliveryStatus,
    Incident,
    Member,
    Message,
    MessageKind,
    Silence,
)
from fetcher.monitor.target_state import Condition, Observation, State
from fetcher.text import encodable

Cells = tuple[str | int | float | None, ...]

_STATE_FIELDS = tuple([field.name for field in fields(State)])
_COLUMNS = ("id", "opened", "closed", "trouble", "text", "cause", "members")
_FACTS = tuple([field.name for field in fields(Incident) if field.name not in _COLUMNS])
_STORED_AS = {"notified": "told", "notified_at": "told_at", "notify_from": "tell_from"}
"""Fields that databases know by an earlier name, which stays."""
_DECODERS: dict[str, Any] = {"condition": Condition, "about": About, "causes": frozenset}
_UNTIMED = (None,) * 5


def pack_state(state: State) -> str:
    """Return a state as JSON."""
    return _packed(state, _STATE_FIELDS)


def unpack_state(text: str) -> State:
    """Return a state from JSON; unknown fields are ignored."""
    return State(**_unpacked(text, _STATE_FIELDS))


def pack_incident(incident: Incident) -> Cells:
    """Return an incident without its members as a row of `incidents`."""
    return (
        incident.id,
        incident.opened,
        incident.closed,
        incident.trouble,
        encodable(incident.text),
        encodable(incident.cause),
        _packed(incident, _FACTS),
    )


def unpack_incident(row: Any, members: tuple[Member, ...]) -> Incident:
    """Return an incident from its row and its members."""
    id, opened, closed, trouble, text, cause, facts = row
    return Incident(
        id=id,
        opened=opened,
        closed=closed,
        trouble=trouble,
        text=text,
        cause=cause,
        members=members,
        **_unpacked(facts, _FACTS),
    )


def pack_member(incident: str, place: int, member: Member) -> Cells:
    """Return a member as a row of `members`."""
    return (
        incident,
        place,
        member.key,
        member.url,
        member.shown,
        member.began,
        member.ended,
        encodable(member.text),
    )


def pack_message(message: Message) -> Cells:
    """Return a message as a row of `messages`."""
    return (
        message.id,
        message.incident,
        message.channel,
        message.kind.value,
        message.created,
        message.due,
        message.status.value,
        message.attempts,
        message.sent,
        encodable(message.error),
        message.digest,
    )


def unpack_message(row: Any) -> Message:
    """Return a message from its row."""
    id, incident, channel, kind, created, due, status, *rest = row
    return Message(
        id, incident, channel, MessageKind(kind), created, due, DeliveryStatus(status), *rest
    )


def pack_silence(silence: Silence) -> Cells:
    """Return a silence as a row of `silences`."""
    pattern, by, why = map(encodable, (silence.pattern, silence.by, silence.why))
    return (silence.id, pattern, silence.until, by, why, silence.made)


def pack_latest(target: int, seen: Observation, text: str, failure: int | None) -> Cells:
    """Return a target's latest check as a row of `latest`."""
    timings = seen.timings
    return (
        target,
        seen.at,
        HEALTH_CODES[seen.health],
        TROUBLE_CODES[seen.trouble],
        text,
        seen.status,
        seen.elapsed,
        seen.due,
        seen.ip,
        seen.fingerprint,
        seen.expires,
        seen.http_version,
        seen.tls_version,
        seen.redirects,
        seen.bytes_read,
        timings.dns,
        timings.connect,
        timings.tls,
        timings.first_byte,
        timings.body,
        failure,
    )


def unpack_latest(row: Any) -> Observation:
    """Return a target's latest check from the columns between `target` and `failure`."""
    at, health, trouble, *others = row
    plain, timings = others[:11], tuple(others[11:16])
    made = NO_TIMINGS if timings == _UNTIMED else Timings(*timings)
    return Observation(at, HEALTHS[health], trouble_of(trouble), *(*plain, made))


def _packed(value: object, names: tuple[str, ...]) -> str:
    stored = {_STORED_AS.get(name, name): _plain(getattr(value, name)) for name in names}
    return json.dumps(stored, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return sorted(value) if isinstance(value, frozenset) else value


def _unpacked(text: str, names: tuple[str, ...]) -> dict[str, Any]:
    found = json.loads(text)
    stored = {name: _STORED_AS.get(name, name) for name in names}
    return {name: _decoded(name, found[key]) for name, key in stored.items() if key in found}


def _decoded(name: str, value: Any) -> Any:
    if name in _DECODERS:
        return _DECODERS[name](value)
    return tuple(value) if isinstance(value, list) else value
