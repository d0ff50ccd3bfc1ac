"""The monitor's TOML file and its lists, read and checked as a whole.

What a monitor does follows from its file alone, whatever the shell happened to export that it was
started from: of the environment only the secrets are taken that the file names.
"""

from fetcher.monitor.config.config_errors import PlanError
from fetcher.monitor.config.loader import (
    FileWatcher,
    read_monitor_settings,
    read_plan,
    read_targets,
)

__all__ = [
    "FileWatcher",
    "PlanError",
    "read_monitor_settings",
    "read_plan",
    "read_targets",
]
