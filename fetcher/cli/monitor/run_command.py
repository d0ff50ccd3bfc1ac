"""`fetcher monitor run`: runs the monitor, and writes its log.

The log has one event per line, for people or for programs. An event is logged as
`log.info("channel failing", {"channel": "team", "error": "…"})`: a fixed text, and its facts by
name.
"""

import asyncio
import json
import logging
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, TextIO

import typer

from fetcher.cli.exits import ExitCode, give_up
from fetcher.cli.monitor.tables import Config, config_path, load_plan, refuse
from fetcher.text import clean
from fetcher.units import rfc3339

if TYPE_CHECKING:
    from fetcher.monitor.plan import Plan


def run(config: Config = None) -> None:
    """Monitor the targets of a configuration until stopped.

    Reloads the file and its lists when they change, and on SIGHUP; a file with mistakes is ignored.
    SIGTERM and Ctrl-C let running checks finish. Logs to standard error. Under systemd
    (Type=notify) it reports when it is ready and feeds the watchdog.

    Examples:
        fetcher monitor run -c config/monitor.toml
    """
    from fetcher.cli.monitor.check_config_command import feasible

    path = config_path(config)
    plan = load_plan(path)
    chances = feasible(plan)
    if chances.refusals:
        refuse(tuple(f"{path}: {refusal}" for refusal in chances.refusals))
    log = open_log(sys.stderr, as_json=plan.monitor.log_json)
    print(in_one_line(plan, chances.rate), file=sys.stderr, flush=True)
    for notice in (*plan.notices, *chances.warnings):
        log.warning("notice", {"text": notice})
    _run(path, plan)


def _run(path: str, plan: "Plan") -> None:
    """Run the monitor; exits with 3 if the database or the status page cannot be opened."""
    from fetcher.monitor.daemon import run_daemon
    from fetcher.statuspage import StatusPage

    try:
        asyncio.run(run_daemon(path, plan, StatusPage))
    except KeyboardInterrupt:  # before the handler is installed, or where none can be
        raise typer.Exit(ExitCode.INTERRUPTED) from None
    except OSError as error:
        give_up(ExitCode.INPUT_OUTPUT, error)


def in_one_line(plan: "Plan", rate: float) -> str:
    """Describe what a monitor is going to do; rate: checks per second."""
    from fetcher.cli.monitor.check_config_command import format_rate

    number = len(plan.targets)
    targets = "1 target" if number == 1 else f"{number:,} targets"
    page = f"; status page at http://{plan.page.listen}/" if plan.page.listen else ""
    return f"Monitoring {targets}, {format_rate(rate)}{page} (Ctrl-C stops it)"


NAME = "fetcher.monitor"
"""The prefix of the names of the monitor's loggers."""

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:/%+@,*?&#~")


def open_log(stream: TextIO, *, as_json: bool = False) -> logging.Logger:
    """Send the monitor's loggers to a stream; other loggers of the process are left alone."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines() if as_json else Lines())
    log = logging.getLogger(NAME)
    log.handlers[:] = [handler]
    log.setLevel(logging.INFO)
    log.propagate = False
    return log


class Lines(logging.Formatter):
    """`2026-11-21T06:00:00Z info channel failing channel=team error="no route"`; times are UTC."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of an event; a traceback follows on lines of its own."""
        words = [_time(record), record.levelname.lower(), clean(_event(record))]
        words += [f"{name}={_value(value)}" for name, value in facts(record).items()]
        line = " ".join(words)
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class JsonLines(logging.Formatter):
    """One JSON object per line: time, level, logger, event, and its facts."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the object of an event."""
        said = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _event(record),
        }
        own = {name: value for name, value in facts(record).items() if name not in said}
        if record.exc_info:
            own["traceback"] = self.formatException(record.exc_info)
        return json.dumps({**said, **own}, ensure_ascii=True, default=str)


def facts(record: logging.LogRecord) -> Mapping[str, object]:
    """Return the facts of an event by name."""
    return record.args if isinstance(record.args, Mapping) else {}


def _event(record: logging.LogRecord) -> str:
    # With facts by name, even none of them, a percent sign in the text is only that.
    by_name = isinstance(record.args, Mapping) or record.args == ({},)
    return str(record.msg) if by_name else record.getMessage()


def _time(record: logging.LogRecord) -> str:
    return rfc3339(record.created) or ""


def _value(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".")
    text = clean(str(value))
    return text if text and _PLAIN.issuperset(text) else json.dumps(text, ensure_ascii=False)
