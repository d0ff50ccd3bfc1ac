"""Reading the monitor's file into a plan, and detecting changes of its files."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from fetcher.config import likely
from fetcher.judgement.expectations import NOTHING_SPECIAL
from fetcher.monitor.config.channels import Secrets, read_channels
from fetcher.monitor.config.config_errors import Mistakes
from fetcher.monitor.config.document import (
    ConfigDocument,
    Table,
    make,
    many_tables,
    one_table,
    read_document,
    read_expectations,
    read_options,
)
from fetcher.monitor.config.maintenance import MaintenancePlan, read_maintenance
from fetcher.monitor.config.page_and_fetch import page_notices, read_fetch, read_page, settings_for
from fetcher.monitor.config.target_lists import (
    UniqueTargets,
    is_pattern,
    matching_files,
    pattern_of,
    read_list,
    targets_in,
)
from fetcher.monitor.config.targets import Common, Sharing, TargetSettings, address, read_target
from fetcher.monitor.plan import MonitorSettings, MonitorTarget, Plan, SelfSettings
from fetcher.options import many
from fetcher.urls import host_of

SECTIONS = (
    *("monitor", "self", "page", "fetch", "expect", "defaults"),
    *("targets", "lists", "maintenance", "channels"),
)
"""All sections of the file."""

Signature = tuple[tuple[str, int, int, int], ...]
"""For each file its name, modification time, size and inode number."""


@dataclass(frozen=True, slots=True)
class ControlTargets:
    """The option of [self] that is not a setting."""

    controls: tuple[str, ...] = many("URLs of control targets.", address)


def read_plan(path: str, environment: Mapping[str, str]) -> Plan:
    """Read a monitor's configuration with all of its lists.

    path: the TOML file; paths in it are relative to its folder. environment: for secrets written
    `env:NAME`. Blocks while it reads: some seconds for 100,000 targets. Raises PlanError with
    everything that is wrong.
    """
    document = read_document(path)
    mistakes = Mistakes()
    _check_sections(document, mistakes)
    secrets = Secrets(environment, document.folder, mistakes)
    own = read_options(
        one_table(document, "self", mistakes), mistakes, SelfSettings, ControlTargets
    )
    fetch = read_fetch(one_table(document, "fetch", mistakes), mistakes)
    channels = read_channels(many_tables(document, "channels", mistakes), secrets, mistakes)
    page = read_page(one_table(document, "page", mistakes), secrets, mistakes)
    targets, lists, maintenance = _targets(document, [one.name for one in channels], mistakes)
    monitor = _monitor_settings(document, mistakes)
    if not targets.targets:
        mistakes.add(f"{path}: no targets configured; add [[targets]] or [[lists]]")
    mistakes.refuse(path)
    plan = Plan(
        targets=targets.targets,
        monitor=monitor,
        own=make(SelfSettings, own),
        page=page,
        fetch=settings_for(fetch, targets.targets),
        channels=channels,
        controls=own.get("controls", ()),
        files=(Path(path), *lists, *secrets.files),
    )
    notices = (*targets.notices(), *maintenance.notices(), *_notices(plan))
    return replace(plan, notices=notices)


def read_monitor_settings(path: str) -> MonitorSettings:
    """Read only [monitor], which names the database, whatever is wrong elsewhere.

    Raises PlanError.
    """
    document, mistakes = read_document(path), Mistakes()
    settings = _monitor_settings(document, mistakes)
    mistakes.refuse(path)
    return settings


def read_targets(path: str) -> tuple[MonitorTarget, ...]:
    """Read the targets as far as possible: a mistake does not affect the others.

    Needs no secrets. Raises PlanError if the file itself cannot be read.
    """
    document = read_document(path)
    # The channels do not matter here, nor do mistakes.
    return _targets(document, (), Mistakes())[0].targets


def _targets(
    document: ConfigDocument, channels: Iterable[str], mistakes: Mistakes
) -> tuple[UniqueTargets, list[Path], MaintenancePlan]:
    """Read all targets; return also the list files to watch for changes, and the maintenance."""
    common, targets = _common(document, channels, mistakes), UniqueTargets(mistakes)
    lists: list[Path] = []
    for table in many_tables(document, "targets", mistakes):
        if (target := read_target(table, common)) is not None:
            targets.add_single(target)
    for table in many_tables(document, "lists", mistakes):
        lists += _add_list(table, common, targets)
    return targets, lists, common.maintenance


def _monitor_settings(document: ConfigDocument, mistakes: Mistakes) -> MonitorSettings:
    """Read [monitor]; the path of the database is relative to the file, not to the process."""
    table = one_table(document, "monitor", mistakes)
    settings = make(MonitorSettings, read_options(table, mistakes, MonitorSettings))
    if not settings.database.strip():
        mistakes.add(f"{table.where('database')}: expected a file's name, found ''")
    return replace(settings, database=str(document.folder / settings.database))


def _check_sections(document: ConfigDocument, mistakes: Mistakes) -> None:
    for section in document.values:
        if section not in SECTIONS:
            where = document.place(section, 0)
            mistakes.add(f"{where}: unknown section [{section}]{likely(section, SECTIONS)}")


def _common(document: ConfigDocument, channels: Iterable[str], mistakes: Mistakes) -> Common:
    """Read what applies to all targets."""
    defaults = one_table(document, "defaults", mistakes)
    values = read_options(defaults, mistakes, TargetSettings)
    sharing = Sharing(values, channels, mistakes)
    # Created once here, so that mistakes are reported here and not for every target.
    sharing.timing(defaults, values)
    sharing.policy(defaults, values)
    expect = one_table(document, "expect", mistakes)
    maintenance = read_maintenance(many_tables(document, "maintenance", mistakes), mistakes)
    expected = read_expectations(expect, expect.values, NOTHING_SPECIAL, mistakes)
    return Common(sharing, maintenance, expected, values.get("group", ""), mistakes)


def _add_list(table: Table, common: Common, targets: UniqueTargets) -> Iterator[Path]:
    """Add the targets of a list; yields the paths to watch for changes."""
    files, rows = read_list(table, common)
    for file in files:
        for target in targets_in(file, rows):
            targets.add_row(str(file), target)
    yield from files
    if (pattern := pattern_of(table)) is not None:
        yield pattern


def _notices(plan: Plan) -> Iterator[str]:
    """Yield what the user should know about a valid plan."""
    if not plan.channels:
        yield "no [[channels]] configured: no alerts will be sent"
    policies = {id(target.policy): target.policy for target in plan.targets}.values()
    used = {name for policy in policies for name in (*policy.channels, *policy.escalate_to)}
    for channel in plan.channels:
        if channel.name not in used:
            yield f"the channel {channel.name!r} is not used by any target"
    if any(policy.escalate_after is not None and not policy.escalate_to for policy in policies):
        yield "escalate_after has no effect where escalate_to names no channel"
    if not plan.controls and not _several_hosts(plan.targets):
        yield (
            "all targets are on one host and [self] names no controls: an outage of this machine's "
            "network will be reported as an outage of that host"
        )
    yield from page_notices(plan.page)


def _several_hosts(targets: Iterable[MonitorTarget]) -> bool:
    hosts = (host_of(target.url) for target in targets)
    first = next(hosts, "")
    return any(host != first for host in hosts)


class FileWatcher:
    """Detects changes of files; call it every second or so.

    files: paths, and patterns that stand for all files that match them at any time. A call costs
    one system call per file, and reads none of them.
    """

    def __init__(self, files: Iterable[Path]) -> None:
        self._files = tuple(files)
        self._known = self._latest = signature(self._files)

    def __call__(self) -> bool:
        """Return True once for each change that has settled.

        What differs between two calls is still being written, and is reported later.
        """
        latest = signature(self._files)
        settled, self._latest = latest == self._latest, latest
        if not settled or latest == self._known:
            return False
        self._known = latest
        return True


def signature(files: Iterable[Path]) -> Signature:
    """Return what shows whether files have changed; missing ones are left out."""
    return tuple(_stats(files))


def _stats(files: Iterable[Path]) -> Iterator[tuple[str, int, int, int]]:
    for name in sorted(set(_expanded(files))):
        try:
            found = os.stat(name)
        except OSError:
            continue
        yield name, found.st_mtime_ns, found.st_size, found.st_ino


def _expanded(files: Iterable[Path]) -> Iterator[str]:
    for path in files:
        if is_pattern(path):
            yield from map(str, matching_files(path))
        else:
            yield str(path)
