"""[[maintenance]]: windows, and which targets are in them."""

from pathlib import Path

from fetcher.monitor.plan import MaintenanceWindow
from tests.monitor.config.plans import plan_of

TARGETS = """
    [[targets]]
    url = "https://a.example/"
    name = "shop/front"
    group = "sales"
    [[targets]]
    url = "https://b.example/x"
    [[targets]]
    url = "https://c.example/"
    group = "[odd]"
"""


def windows(folder: Path, text: str) -> list[tuple[str, ...]]:
    """The names of the windows that each of the three targets is in."""
    targets = plan_of(folder, TARGETS + text).targets
    return [tuple(window.name for window in target.windows) for target in targets]


def test_windows_that_come_again(tmp_path: Path) -> None:
    """A cron expression, its zone and a duration; without a name it is called by the expression."""
    text = '[[maintenance]]\ncron = "30 3 * * 0"\ntimezone = "Europe/Berlin"\nduration = "90m"\n'
    target = plan_of(tmp_path, TARGETS + text).targets[0]
    assert target.windows == (
        MaintenanceWindow("30 3 * * 0", cron="30 3 * * 0", zone="Europe/Berlin", duration=5400.0),
    )


def test_windows_that_come_once(tmp_path: Path) -> None:
    """Start and end, or a duration, with an offset each or in a time zone."""
    text = """
        [[maintenance]]
        name = "a"
        start = 2026-07-01T10:00:00+02:00
        end = 2026-07-01T09:00:00Z
        [[maintenance]]
        name = "b"
        start = "2026-07-01T10:00"
        timezone = "Europe/Berlin"
        duration = "1h"
        """
    first, second = plan_of(tmp_path, TARGETS + text).targets[0].windows
    eight = 1782892800.0  # 2026-07-01T08:00:00Z
    assert first == MaintenanceWindow("a", start=eight, end=eight + 3600)
    assert second == MaintenanceWindow("b", start=eight, end=eight + 3600)


def test_patterns_choose_targets(tmp_path: Path) -> None:
    """By key, URL or group, as a whole; by none of them, all; one that fits nothing is told."""
    form = '[[maintenance]]\nname = "{}"\ncron = "0 3 * * *"\nduration = "1h"\n'
    text = form.format("all")
    for name, patterns in {
        "by name": ["shop/*"],
        "by group": ["sales"],
        "by URL": ["*/x", "https://c.example/"],
        "star": ["x", "*"],
        "none": ["shop", "a.example", "SALES"],
    }.items():
        text += form.format(name) + f"targets = {patterns}\n"
    assert windows(tmp_path, text) == [
        ("all", "by name", "by group", "star"),
        ("all", "by URL", "star"),
        ("all", "by URL", "star"),
    ]
    notices = plan_of(tmp_path, TARGETS + text).notices
    assert notices[0].endswith(": [[maintenance]] 'none' matches no target")
    assert sum("matches no target" in notice for notice in notices) == 1
