"""The parse stage: pages become rows, on the event loop, on worker processes or on an executor."""

from fetcher.parsing.auto import AutoStage
from fetcher.parsing.executor import ExecutorStage
from fetcher.parsing.functions import FunctionError, UserFunction, load_function
from fetcher.parsing.inline import InlineStage
from fetcher.parsing.lag import LoopLag
from fetcher.parsing.memory import generous_memory
from fetcher.parsing.parsed import FieldRow, Parsed
from fetcher.parsing.parser import Parser
from fetcher.parsing.process import ProcessStage
from fetcher.parsing.stage import Stage

__all__ = [
    "AutoStage",
    "ExecutorStage",
    "FieldRow",
    "FunctionError",
    "InlineStage",
    "LoopLag",
    "Parsed",
    "Parser",
    "ProcessStage",
    "Stage",
    "UserFunction",
    "generous_memory",
    "load_function",
]
