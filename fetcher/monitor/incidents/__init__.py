"""From changes of targets to incidents, and from incidents to what people are told."""

from fetcher.monitor.incidents.alert_plan import (
    Identifiers,
    IsSilenced,
    acknowledge,
    matches,
    named,
    next_time,
    plan_messages,
    silenced,
)
from fetcher.monitor.incidents.causes import Causes, causes_of
from fetcher.monitor.incidents.incident_rules import (
    ChangedTarget,
    channel_failing,
    channel_mended,
    sight_back,
    sight_lost,
)
from fetcher.monitor.incidents.message_digest import compose_digest
from fetcher.monitor.incidents.message_facts import FIELDS, check_template
from fetcher.monitor.incidents.message_text import compose, compose_test
from fetcher.monitor.incidents.open_incidents import OpenIncidents

__all__ = [
    "FIELDS",
    "Causes",
    "ChangedTarget",
    "Identifiers",
    "IsSilenced",
    "OpenIncidents",
    "acknowledge",
    "causes_of",
    "channel_failing",
    "channel_mended",
    "check_template",
    "compose",
    "compose_digest",
    "compose_test",
    "matches",
    "named",
    "next_time",
    "plan_messages",
    "sight_back",
    "sight_lost",
    "silenced",
]
