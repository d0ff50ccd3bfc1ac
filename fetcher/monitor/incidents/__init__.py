"""From changes of targets to incidents, and from incidents to the messages about them.

change ─► incident rules ─► open incidents ─► alert plan ─► message text
(of one   (join or open,    (which there      (who is       (subject, text
 target)   how serious)      are now)          sent what)    and data)
"""

from fetcher.monitor.incidents.alert_plan import (
    IncidentIds,
    IsSilenced,
    acknowledge,
    find_by_prefix,
    matches,
    matches_any,
    next_time,
    plan_messages,
)
from fetcher.monitor.incidents.causes import Causes, causes_of
from fetcher.monitor.incidents.incident_rules import (
    ChangedTarget,
    channel_failing,
    connectivity_lost,
    resolve,
)
from fetcher.monitor.incidents.message_digest import compose_digest
from fetcher.monitor.incidents.message_facts import FIELDS, check_template
from fetcher.monitor.incidents.message_text import compose, compose_test
from fetcher.monitor.incidents.open_incidents import OpenIncidents

__all__ = [
    "FIELDS",
    "Causes",
    "ChangedTarget",
    "IncidentIds",
    "IsSilenced",
    "OpenIncidents",
    "acknowledge",
    "causes_of",
    "channel_failing",
    "check_template",
    "compose",
    "compose_digest",
    "compose_test",
    "connectivity_lost",
    "find_by_prefix",
    "matches",
    "matches_any",
    "next_time",
    "plan_messages",
    "resolve",
]
