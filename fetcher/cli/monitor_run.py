"""`fetcher monitor run`: watch until told to stop."""

import asyncio
import sys
from typing import TYPE_CHECKING

import typer

from fetcher.cli.exits import ExitCode, give_up
from fetcher.cli.monitor_parameters import Config, config_path, load_plan, refuse

if TYPE_CHECKING:
    from fetcher.monitor.plan import Plan


def run(config: Config = None) -> None:
    """Watch the targets of a configuration until it is told to stop.

    The file and its lists are read again when they change, and at SIGHUP; one with mistakes changes
    nothing. SIGTERM and Ctrl-C let the checks under way finish. What happens is logged on standard
    error. Under systemd (Type=notify) it tells when it is ready, and feeds the watchdog.
    """
    from fetcher.cli.monitor_feasibility import feasible
    from fetcher.cli.monitor_log import open_log

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
    """Watch; exits with 3 when the database or the page cannot be had."""
    from fetcher.monitor.daemon import run_daemon
    from fetcher.statuspage import StatusPage

    try:
        asyncio.run(run_daemon(path, plan, StatusPage))
    except KeyboardInterrupt:  # before anybody listened for it, or where nobody can
        raise typer.Exit(ExitCode.INTERRUPTED) from None
    except OSError as error:
        give_up(ExitCode.INPUT_OUTPUT, error)


def in_one_line(plan: "Plan", rate: float) -> str:
    """Say what a monitor is going to do; rate: checks a second."""
    from fetcher.cli.monitor_check_config import said_rate

    number = len(plan.targets)
    targets = "1 target" if number == 1 else f"{number:,} targets"
    page = f"; page at http://{plan.page.listen}/" if plan.page.listen else ""
    return f"Watching {targets}, {said_rate(rate)}{page} (Ctrl-C ends it)"
