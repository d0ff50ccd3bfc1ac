"""From changes of targets to incidents, and from incidents to what people are told."""

from fetcher.monitor.incidents.acknowledging import acknowledge, named
from fetcher.monitor.incidents.announcing import Hushed, next_time, plan_messages
from fetcher.monitor.incidents.book import Book
from fetcher.monitor.incidents.causes import Causes, causes_of
from fetcher.monitor.incidents.changed import Changed
from fetcher.monitor.incidents.digest import compose_digest
from fetcher.monitor.incidents.identifiers import Identifiers
from fetcher.monitor.incidents.own import (
    channel_failing,
    channel_mended,
    sight_back,
    sight_lost,
)
from fetcher.monitor.incidents.silencing import matches, silenced
from fetcher.monitor.incidents.templates import FIELDS, check_template
from fetcher.monitor.incidents.wording import compose, compose_test

__all__ = [
    "FIELDS",
    "Book",
    "Causes",
    "Changed",
    "Hushed",
    "Identifiers",
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
