"""The monitor's TOML file and its lists, read and checked as a whole.

What a monitor does follows from its file alone, whatever the shell happened to export that it was
started from: of the environment only the secrets are taken that the file names.
"""

from fetcher.monitor.configuration.mistakes import PlanError
from fetcher.monitor.configuration.reading import (
    read_monitor_settings,
    read_plan,
    read_targets,
)
from fetcher.monitor.configuration.watching import Changed

__all__ = ["Changed", "PlanError", "read_monitor_settings", "read_plan", "read_targets"]
