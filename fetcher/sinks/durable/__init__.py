"""Outputs whose rows survive the end of the process, and that a later one goes on with."""

from fetcher.sinks.durable.base import Cells, Completed, Durable, DurableError, TargetRows
from fetcher.sinks.durable.kinds import column_type
from fetcher.sinks.durable.opening import (
    DURABLE_FORMATS,
    DURABLE_SUFFIXES,
    durable_format,
    open_durable,
)
from fetcher.sinks.durable.progress import START, Progress

__all__ = [
    "DURABLE_FORMATS",
    "DURABLE_SUFFIXES",
    "START",
    "Cells",
    "Completed",
    "Durable",
    "DurableError",
    "Progress",
    "TargetRows",
    "column_type",
    "durable_format",
    "open_durable",
]
