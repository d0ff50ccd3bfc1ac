"""Outputs whose rows survive the end of the process, and that a later one goes on with."""

from fetcher.sinks.durable.durable import (
    START,
    Cells,
    Completed,
    Durable,
    DurableError,
    OutputProgress,
    TargetRows,
    column_type,
)
from fetcher.sinks.durable.open_durable import (
    DURABLE_FORMATS,
    DURABLE_SUFFIXES,
    durable_format,
    open_durable,
)

__all__ = [
    "DURABLE_FORMATS",
    "DURABLE_SUFFIXES",
    "START",
    "Cells",
    "Completed",
    "Durable",
    "DurableError",
    "OutputProgress",
    "TargetRows",
    "column_type",
    "durable_format",
    "open_durable",
]
