"""`fetcher monitor test-alert`: sends a test message through the channels."""

import asyncio
import time
from typing import TYPE_CHECKING, Annotated

import typer

from fetcher.cli.exits import ExitCode, give_up
from fetcher.cli.monitor.tables import Config, config_path, load_plan

if TYPE_CHECKING:
    from fetcher.monitor.plan import ChannelSettings
    from fetcher.notify.channel import Notice, Refused


def test_alert(
    channel: Annotated[
        list[str] | None,
        typer.Option(
            "--channel",
            metavar="NAME",
            help="Test only this channel; repeatable.",
            show_default=False,
        ),
    ] = None,  # noqa: PT028 (a command, not a test)
    config: Config = None,  # noqa: PT028
) -> None:
    """Send a test message through the channels.

    It goes to the real recipients. The monitor does not have to be running.

    Examples:
        fetcher monitor test-alert --channel team -c config/monitor.toml
    """
    from fetcher.monitor.incidents import compose_test

    plan = load_plan(config_path(config))
    known = {one.name: one for one in plan.channels}
    if not known:
        give_up(ExitCode.USAGE, "no [[channels]] configured: there is nothing to test")
    for name in channel or ():
        if name not in known:
            give_up(
                ExitCode.USAGE,
                f"unknown channel {name!r}; the configuration has {', '.join(known)}",
            )
    page = plan.page
    notice = compose_test(time.time(), title=page.title, public_url=page.public_url)
    wanted = [known[name] for name in dict.fromkeys(channel or known)]
    raise typer.Exit(asyncio.run(_send_to(wanted, notice)))


async def _send_to(channels: "list[ChannelSettings]", notice: "Notice") -> int:
    """Try all channels concurrently; print each result as soon as it is known."""
    from fetcher.text import clean

    async def one(settings: "ChannelSettings") -> bool:
        refused = await _send(settings, notice)
        result = "delivered" if refused is None else f"not delivered: {refused.error}"
        print(clean(f"{settings.name} ({settings.kind}): {result}"), flush=True)
        return refused is None

    arrived = await asyncio.gather(*(one(settings) for settings in channels))
    return ExitCode.DONE if all(arrived) else ExitCode.FAILED_URLS


async def _send(settings: "ChannelSettings", notice: "Notice") -> "Refused | None":
    from fetcher.notify.open_channel import open_channel

    channel = open_channel(settings.name, settings.kind, settings.options)
    try:
        return await channel.send(notice)
    finally:
        await channel.aclose()
