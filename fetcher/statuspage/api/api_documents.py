"""The JSON documents of the API: times as RFC 3339 in UTC, durations in milliseconds or seconds.

Names are stable: none is renamed or removed; new ones may be added.
"""

from collections.abc import Mapping
from typing import Any

from fetcher.monitor.conditions import Uptime
from fetcher.monitor.history.history_rows import Bucket, CheckRow
from fetcher.monitor.incident import About, Incident, Member, Message, Silence
from fetcher.monitor.live_view import TargetView, Vitals
from fetcher.monitor.target_state import Observation
from fetcher.units import rfc3339

Document = dict[str, Any]


def target(view: TargetView) -> Document:
    """Return a target and its latest check."""
    own, state = view.target, view.state
    return {
        "key": own.key,
        "name": own.shown,
        "url": own.address,
        "group": own.group,
        "condition": state.condition.value,
        "since": _at(state.since or None),
        "flapping": state.flapping,
        "silenced": view.silenced,
        "maintenance": view.maintenance,
        "incident": view.incident,
        "latest": None if view.latest is None else _latest(view.latest),
    }


def check(one: CheckRow | Observation) -> Document:
    """Return a check."""
    return {
        "at": rfc3339(one.at),
        "health": one.health.value,
        "trouble": one.trouble.value if one.trouble else None,
        "text": one.text,
        "status": one.status,
        "elapsed_ms": _ms(one.elapsed),
    }


def _latest(one: Observation) -> Document:
    return check(one) | {
        "due": _at(one.due or None),
        "ip": one.ip,
        "http_version": one.http_version,
        "tls_version": one.tls_version,
        "certificate_expires": _at(one.expires),
        "certificate_sha256": one.fingerprint,
        "redirects": one.redirects,
    }


def uptime(one: Uptime) -> Document:
    """Return how a period counts, in seconds; share: from 0 to 1, null without data."""
    return {
        "share": one.share,
        "up": one.up,
        "degraded": one.degraded,
        "down": one.down,
        "unwatched": one.unwatched,
        "maintenance": one.maintenance,
    }


def bucket(one: Bucket) -> Document:
    """Return the aggregated checks of a period."""
    return {
        "start": rfc3339(one.start),
        "seconds": one.seconds,
        "checks": one.checks,
        "healthy": one.healthy,
        "degraded": one.degraded,
        "unhealthy": one.unhealthy,
        "unknown": one.unknown,
        "elapsed_min_ms": _ms(one.elapsed_min),
        "elapsed_avg_ms": _ms(one.elapsed_avg),
        "elapsed_max_ms": _ms(one.elapsed_max),
    }


def incident(one: Incident) -> Document:
    """Return an incident and its members.

    The API keeps its first names for what is called connectivity, notified and status elsewhere.
    """
    return {
        "id": one.id,
        "about": "sight" if one.about is About.CONNECTIVITY else one.about.value,
        "condition": one.condition.value,
        "trouble": one.trouble,
        "text": one.text,
        "cause": one.cause,
        "began": rfc3339(one.began),
        "opened": rfc3339(one.opened),
        "closed": _at(one.closed),
        "flapping": one.flapping,
        "told": list(one.notified),
        "told_at": _at(one.notified_at),
        "acknowledged": _at(one.acknowledged),
        "acknowledged_by": one.acknowledged_by,
        "escalated": _at(one.escalated),
        "members": [_member(member) for member in one.members],
    }


def message(one: Message) -> Document:
    """Return a message about an incident, and its delivery status."""
    return {
        "id": one.id,
        "channel": one.channel,
        "kind": one.kind.value,
        "created": rfc3339(one.created),
        "fate": one.status.value,
        "attempts": one.attempts,
        "sent": _at(one.sent),
        "error": one.error,
    }


def silence(one: Silence) -> Document:
    """Return a silence."""
    return {
        "id": one.id,
        "pattern": one.pattern,
        "until": rfc3339(one.until),
        "made": _at(one.made or None),
        "by": one.by,
        "why": one.why,
    }


def vitals(one: Vitals, counts: Mapping[str, int]) -> Document:
    """Return the state of the monitor itself."""
    return {
        "ready": one.ready,
        "started": rfc3339(one.started),
        "now": rfc3339(one.now),
        "targets": dict(counts),
        "checks": one.checks,
        "running": one.running,
        "late": one.late,
        "lag_ms": _ms(one.lag),
        "loop_lag_ms": _ms(one.loop_lag),
        "missed": dict(one.missed),
        "outbox": one.outbox,
        "sent": one.sent,
        "failing": dict(one.failing),
        "blind_since": _at(one.offline_since),
        "blind_why": one.offline_why,
        "database_bytes": one.database_bytes,
        "database_error": one.database_error,
        "reloaded": _at(one.reloaded),
        "reload_error": one.reload_error,
    }


def _member(one: Member) -> Document:
    return {
        "key": one.key,
        "url": one.url,
        "name": one.shown,
        "began": rfc3339(one.began),
        "ended": _at(one.ended),
        "text": one.text,
    }


def _at(at: float | None) -> str | None:
    return None if at is None else rfc3339(at)


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 3)
