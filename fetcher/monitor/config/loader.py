"""From the monitor's file to a plan.

Noticing that a configuration, or a list that it names, was changed.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from fetcher.judgement.expectations import NOTHING_SPECIAL
from fetcher.monitor.config.channels import Secrets, read_channels
from fetcher.monitor.config.config_errors import Mistakes, likely
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
from fetcher.monitor.config.maintenance import Announced, read_maintenance
from fetcher.monitor.config.page_and_fetch import page_notices, read_fetch, read_page, settings_for
from fetcher.monitor.config.target_lists import (
    UniqueTargets,
    fitting,
    is_pattern,
    pattern_of,
    read_list,
    watched_in,
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


@dataclass(frozen=True, slots=True)
class ControlTargets:
    """What [self] has beside its settings."""

    controls: tuple[str, ...] = many("URLs of control targets.", address)


def read_plan(path: str, environment: Mapping[str, str]) -> Plan:
    """Read a monitor's configuration with all of its lists.

    path: the TOML file; what it names is relative to its folder. environment: where `env:NAME`
    finds secrets. Blocks while it reads: some seconds for 100,000 targets. Raises PlanError with
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
    roster, lists, announced = _targets(document, [one.name for one in channels], mistakes)
    monitor = _monitor_settings(document, mistakes)
    if not roster.targets:
        mistakes.add(f"{path}: it has no targets; write [[targets]] or [[lists]]")
    mistakes.refuse(path)
    plan = Plan(
        targets=roster.targets,
        monitor=monitor,
        own=make(SelfSettings, own),
        page=page,
        fetch=settings_for(fetch, roster.targets),
        channels=channels,
        controls=own.get("controls", ()),
        files=(Path(path), *lists, *secrets.files),
    )
    notices = (*roster.notices(), *announced.notices(), *_notices(plan))
    return replace(plan, notices=notices)


def read_monitor_settings(path: str) -> MonitorSettings:
    """Read [monitor] alone, which says where the database is, whatever is wrong elsewhere.

    Raises PlanError.
    """
    document, mistakes = read_document(path), Mistakes()
    settings = _monitor_settings(document, mistakes)
    mistakes.refuse(path)
    return settings


def read_targets(path: str) -> tuple[MonitorTarget, ...]:
    """Read what is watched, as far as it can be read: no mistake keeps the rest from being known.

    Needs no secrets. Raises PlanError when the file itself cannot be read.
    """
    document = read_document(path)
    # Only what tells of targets matters here; that they are told of is another thing.
    return _targets(document, (), Mistakes())[0].targets


def _targets(
    document: ConfigDocument, channels: Iterable[str], mistakes: Mistakes
) -> tuple[UniqueTargets, list[Path], Announced]:
    """Take all targets; gives also what to watch for changes of the lists, and announced work."""
    common, roster = _common(document, channels, mistakes), UniqueTargets(mistakes)
    lists: list[Path] = []
    for table in many_tables(document, "targets", mistakes):
        if (watched := read_target(table, common)) is not None:
            roster.add_single(watched)
    for table in many_tables(document, "lists", mistakes):
        lists += _add_list(table, common, roster)
    return roster, lists, common.announced


def _monitor_settings(document: ConfigDocument, mistakes: Mistakes) -> MonitorSettings:
    """Read [monitor]; the database is found beside the file, from wherever it is read."""
    table = one_table(document, "monitor", mistakes)
    settings = make(MonitorSettings, read_options(table, mistakes, MonitorSettings))
    if not settings.database.strip():
        mistakes.add(f"{table.where('database')}: expected a file's name, found ''")
    return replace(settings, database=str(document.folder / settings.database))


def _check_sections(document: ConfigDocument, mistakes: Mistakes) -> None:
    for section in document.values:
        if section not in SECTIONS:
            where = document.place(section, 0)
            mistakes.add(f"{where}: [{section}] is not known{likely(section, SECTIONS)}")


def _common(document: ConfigDocument, channels: Iterable[str], mistakes: Mistakes) -> Common:
    """Read what holds for all targets."""
    defaults = one_table(document, "defaults", mistakes)
    values = read_options(defaults, mistakes, TargetSettings)
    sharing = Sharing(values, channels, mistakes)
    # Made once here, so that what is wrong with them is told here and not of every target.
    sharing.timing(defaults, values)
    sharing.policy(defaults, values)
    expect = one_table(document, "expect", mistakes)
    announced = read_maintenance(many_tables(document, "maintenance", mistakes), mistakes)
    expected = read_expectations(expect, expect.values, NOTHING_SPECIAL, mistakes)
    return Common(sharing, announced, expected, values.get("group", ""), mistakes)


def _add_list(table: Table, common: Common, roster: UniqueTargets) -> Iterator[Path]:
    """Take the targets of a list; gives what to watch for changes of it."""
    files, rows = read_list(table, common)
    for file in files:
        for watched in watched_in(file, rows):
            roster.add_row(str(file), watched)
    yield from files
    if (pattern := pattern_of(table)) is not None:
        yield pattern


def _notices(plan: Plan) -> Iterator[str]:
    """Say what the user should know of a plan that can be used."""
    if not plan.channels:
        yield "there are no [[channels]]: nobody is told when something is down"
    policies = {id(target.policy): target.policy for target in plan.targets}.values()
    told = {name for policy in policies for name in (*policy.channels, *policy.escalate_to)}
    for channel in plan.channels:
        if channel.name not in told:
            yield f"the channel {channel.name!r} is told of no target"
    if any(policy.escalate_after is not None and not policy.escalate_to for policy in policies):
        yield "escalate_after has no effect where escalate_to names no channel"
    if not plan.controls and not _several_hosts(plan.targets):
        yield (
            "all targets are on one host, and [self] names no controls: an outage of the network "
            "here is told as one of theirs"
        )
    yield from page_notices(plan.page)


def _several_hosts(targets: Iterable[MonitorTarget]) -> bool:
    hosts = (host_of(target.url) for target in targets)
    first = next(hosts, "")
    return any(host != first for host in hosts)


Signature = tuple[tuple[str, int, int, int], ...]
"""Of each file its name, when it was written, its size, and its number on the disk."""


class FileWatcher:
    """Tells when some files are others than before; call it every second or so.

    files: paths, and patterns that stand for all the files that fit them at any time. It costs a
    system call a file, and reads none of them.
    """

    def __init__(self, files: Iterable[Path]) -> None:
        self._files = tuple(files)
        self._known = self._latest = signature(self._files)

    def __call__(self) -> bool:
        """Whether there was a change that has come to rest; each is told once.

        What differs from one call to the next is still being written, and told later.
        """
        latest = signature(self._files)
        settled, self._latest = latest == self._latest, latest
        if not settled or latest == self._known:
            return False
        self._known = latest
        return True


def signature(files: Iterable[Path]) -> Signature:
    """Take down what tells whether files have changed; those that are not there are left out."""
    return tuple(_facts(files))


def _facts(files: Iterable[Path]) -> Iterator[tuple[str, int, int, int]]:
    for name in sorted(set(_expanded(files))):
        try:
            found = os.stat(name)
        except OSError:
            continue
        yield name, found.st_mtime_ns, found.st_size, found.st_ino


def _expanded(files: Iterable[Path]) -> Iterator[str]:
    for path in files:
        if is_pattern(path):
            yield from map(str, fitting(path))
        else:
            yield str(path)
