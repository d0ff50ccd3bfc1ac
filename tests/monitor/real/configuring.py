"""The configuration of a monitor in a hurry."""

from pathlib import Path

from tests.monitor.real.hearing import HOOK, MAIL, Ear

_TOP = """
[monitor]
database = "monitor.db"
digest_above = 1000

[page]
listen = ""

[self]
controls = ["{control}"]
control_pause = "300ms"

[fetch]
host_concurrency = 8
{fetch}

[defaults]
interval = "400ms"
failures_before_down = 2
successes_before_up = 2
flap_changes = 0
group_wait = "300ms"
{defaults}

[[channels]]
name = "mail"
type = "email"
host = "127.0.0.1"
port = {ear.mail_port}
tls = "none"
from = "monitor@example.org"
to = ["team@example.org"]
"""
_HOOK = """
[[channels]]
name = "{name}"
type = "webhook"
url = "{ear.url}/{name}"
"""
_TARGET = """
[[targets]]
name = "{name}"
url = "{url}"
{more}
"""

CHANNELS = (HOOK, MAIL)


def target(name: str, url: str, more: str = "") -> str:
    """Write a target; more: lines with options of its own."""
    return _TARGET.format(name=name, url=url, more=more)


def configure(
    folder: Path,
    ear: Ear,
    targets: list[str],
    *,
    control: str,
    hooks: tuple[str, ...] = (HOOK,),
    fetch: str = "",
    defaults: str = "",
) -> None:
    """Write `monitor.toml`; control: the URL of something that always answers."""
    top = _TOP.format(control=control, fetch=fetch, defaults=defaults, ear=ear)
    channels = [_HOOK.format(name=name, ear=ear) for name in hooks]
    (folder / "monitor.toml").write_text("".join([top, *channels, *targets]))
