"""A real Prometheus scrapes the page, and answers questions about it."""

import asyncio

import pytest

from fetcher.monitor.target_state import Condition
from tests.statuspage.making import MadeUp, view
from tests.statuspage.served import Served
from tests.support.prometheus import SKIP_REASON, Prometheus, executable

pytestmark = pytest.mark.skipif(executable() is None, reason=SKIP_REASON)


async def test_a_real_prometheus() -> None:
    """It takes everything, and the queries that people write for blackbox_exporter work."""
    live = MadeUp([view("shop", Condition.DOWN, group="front"), view("mail")])
    async with Served(live) as page:
        with Prometheus(f"{page.url}metrics") as server:
            (up,) = await asyncio.to_thread(server.query, 'up{job="fetcher"} == 1')
            (down,) = await asyncio.to_thread(server.query, "probe_success == 0")
            (phases,) = await asyncio.to_thread(
                server.query, 'sum by (target) (probe_http_duration_seconds{target="shop"})'
            )
            (targets,) = await asyncio.to_thread(
                server.query, 'fetcher_monitor_targets{condition="down"}'
            )
    assert up["value"][1] == "1"
    labels = {name: down["metric"][name] for name in ("target", "url", "group")}
    assert labels == {"target": "shop", "url": "https://shop.example/", "group": "front"}
    assert float(phases["value"][1]) == pytest.approx(0.165)
    assert targets["value"][1] == "1"
