"""Silences: which targets they match, and when."""

from dataclasses import replace

import pytest

from fetcher.monitor.incident import Silence
from fetcher.monitor.incidents import matches, matches_any
from tests.monitor.incidents.making import NOW, monitored

SHOP = replace(monitored("https://a.example/shop?x=[1]", key="Shop"), group="web/front")


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("Shop", True),
        ("shop", False),
        ("Sh", False),
        ("Sh*", True),
        ("Sh?p", True),
        ("*", True),
        ("web/*", True),
        ("https://a.example/*", True),
        ("https://a.example/shop?x=[1]", True),
        ("[S]hop", False),
        ("https://b.example/*", False),
        ("", False),
    ],
)
def test_patterns(pattern: str, fits: bool) -> None:
    """They fit the key, the URL or the group as a whole."""
    assert matches(pattern, SHOP) == fits


def test_no_group() -> None:
    """A target without a group is in none."""
    assert not matches("?*", replace(SHOP, key="", url="", group=""))


def test_until() -> None:
    """A silence ends by itself; one that fits is enough."""
    silences = [Silence("1", "Other", NOW + 99), Silence("2", "Shop", NOW + 60)]
    assert matches_any(silences, SHOP, NOW)
    assert not matches_any(silences, SHOP, NOW + 60)
    assert not matches_any([], SHOP, NOW)
