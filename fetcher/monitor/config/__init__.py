"""The monitor's TOML file and its target lists, read and validated as a whole.

What a monitor does depends on its file alone, not on the shell that started it: only the secrets
that the file names are read from the environment.
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
