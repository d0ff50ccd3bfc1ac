"""The parse stage turns pages into rows: on the event loop, worker processes or an executor."""

from fetcher.loop_lag import LoopLag
from fetcher.parse_stage.auto_stage import AutoStage
from fetcher.parse_stage.inline_stage import InlineStage
from fetcher.parse_stage.parser import PageParser
from fetcher.parse_stage.process_stage import ExecutorStage, ProcessStage, generous_memory
from fetcher.parse_stage.stage import FieldRow, Parsed, Stage
from fetcher.parse_stage.user_function import FunctionError, UserFunction, load_function

__all__ = [
    "AutoStage",
    "ExecutorStage",
    "FieldRow",
    "FunctionError",
    "InlineStage",
    "LoopLag",
    "PageParser",
    "Parsed",
    "ProcessStage",
    "Stage",
    "UserFunction",
    "generous_memory",
    "load_function",
]
