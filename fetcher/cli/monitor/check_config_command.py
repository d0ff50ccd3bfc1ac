"""`fetcher monitor check-config`: validates a configuration and summarizes it."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import typer

from fetcher.cli.exits import ExitCode
from fetcher.cli.monitor.tables import Config, config_path, load_plan, refuse

if TYPE_CHECKING:
    from fetcher.monitor.plan import Plan
    from fetcher.monitor.schedule import Feasibility

_BUSIEST = 3
_LABEL = 13
_UNITS = (("per second", 1), ("per minute", 60), ("per hour", 3600))


def check_config(config: Config = None) -> None:
    """Validate a configuration and summarize it.

    Reads the configuration with all of its lists, reports every mistake, and estimates whether this
    machine can run the checks on time. Sends nothing.

    Examples:
        fetcher monitor check-config -c config/monitor.toml
    """
    from fetcher.text import clean

    path = config_path(config)
    plan = load_plan(path)
    chances = feasible(plan)
    if chances.refusals:
        refuse(tuple(f"{path}: {refusal}" for refusal in chances.refusals))
    print(f"{path} is valid.")
    for label, text in summary(plan, chances):
        print(clean(f"  {label:<{_LABEL}}{text}"))
    for notice in (*plan.notices, *chances.warnings):
        print(clean(f"Note: {notice}"))
    raise typer.Exit(ExitCode.DONE)


def summary(plan: "Plan", chances: "Feasibility") -> Iterator[tuple[str, str]]:
    """Summarize a plan as labels and facts."""
    from fetcher.units import format_size
    from fetcher.urls import host_of, without_password

    hosts = {host_of(target.url) for target in plan.targets}
    groups = {target.group for target in plan.targets} - {""}
    targets = f"{len(plan.targets):,} on {_counted(len(hosts), 'host')}"
    yield "targets", targets + (f", in {_counted(len(groups), 'group')}" if groups else "")
    yield "checks", f"{format_rate(chances.rate)}, up to {plan.fetch.concurrency:,} concurrently"
    if len(hosts) > 1:
        busiest = chances.busiest[:_BUSIEST]
        yield "busiest", _listed(f"{host} ({format_rate(rate)})" for host, rate in busiest)
    yield "channels", _listed(f"{one.name} ({one.kind})" for one in plan.channels)
    yield "controls", _listed(map(without_password, plan.controls))
    windows = dict.fromkeys(window for target in plan.targets for window in target.windows)
    if windows:
        yield "maintenance", _listed(window.name for window in windows)
    yield "page", f"http://{plan.page.listen}/" if plan.page.listen else "none"
    database = plan.monitor.database
    yield "database", f"{database}, up to {format_size(plan.monitor.max_size)}"


def format_rate(rate: float) -> str:
    """Format a number of checks per second, minute or hour, whichever reads best."""
    unit, seconds = next((each for each in _UNITS if rate * each[1] >= 1), _UNITS[-1])
    number = float(f"{rate * seconds:.3g}")
    return f"{number:,g} {unit}"


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"


def feasible(plan: "Plan") -> "Feasibility":
    """Compare a plan with what this machine can do, measured now in about a tenth of a second."""
    from fetcher.monitor.schedule import capacity, feasibility

    return feasibility(plan, capacity(plan.targets))
