"""Badges: well-formed whatever a target is called."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.monitor.target_state import Condition
from fetcher.statuspage.badges import state_badge, uptime_badge
from tests.statuspage.making import EVIL

SVG = "{http://www.w3.org/2000/svg}"


def texts(badge: str) -> list[str]:
    """The texts on a badge."""
    return [node.text or "" for node in ElementTree.fromstring(badge).iter(f"{SVG}text")]


@pytest.mark.parametrize("condition", Condition)
def test_a_condition(condition: Condition) -> None:
    """Name to the left, condition to the right, and both as its title."""
    badge = state_badge("Shop", condition)
    assert texts(badge) == ["Shop", condition.value]
    assert f"<title>Shop: {condition.value}</title>" in badge


def test_colours_by_share() -> None:
    """Three nines are good, two are not, and what is not known is grey."""
    shares = (1.0, 0.999, 0.995, 0.5, None)
    colours = [uptime_badge("Shop", share, "x").split('path fill="')[1][:7] for share in shares]
    assert colours[0] == colours[1]
    assert len(set(colours)) == 4


@given(st.text() | st.just(EVIL))
def test_any_name_is_text(name: str) -> None:
    """No name makes an element, nor XML that is none; long ones are cut."""
    badge = state_badge(name, Condition.UP)
    found = ElementTree.fromstring(badge.encode())
    assert [node.tag for node in found] == [f"{SVG}title", f"{SVG}rect", f"{SVG}path", f"{SVG}g"]
    assert len(texts(badge)[0]) <= 40
