"""What a monitor knows when it starts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fetcher.monitor.incident import Incident, Silence
from fetcher.monitor.message import Message
from fetcher.monitor.observation import Observation
from fetcher.monitor.state import State


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a monitor knows when it starts: the last commit, and nothing after it.

    states, latest, checked: by the key of a target; checked: when that was last, in seconds since
    the epoch. incidents: those that last, in the order of their ids. messages: those that wait, by
    when they are due. silences: those that last.
    """

    states: Mapping[str, State] = field(default_factory=dict)
    latest: Mapping[str, Observation] = field(default_factory=dict)
    checked: Mapping[str, float] = field(default_factory=dict)
    incidents: tuple[Incident, ...] = ()
    messages: tuple[Message, ...] = ()
    silences: tuple[Silence, ...] = ()
