"""Configurations as tests write them."""

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from fetcher.monitor.config import PlanError, read_plan
from fetcher.monitor.plan import Plan

ONE = '[[targets]]\nurl = "https://a.example/"\n'
"""The least that a configuration needs."""

NOTHING: Mapping[str, str] = {}


def write(folder: Path, text: str) -> str:
    """Write a configuration; gives its path."""
    path = folder / "monitor.toml"
    path.write_text(dedent(text), "utf-8")
    return str(path)


def plan_of(folder: Path, text: str, environment: Mapping[str, str] = NOTHING) -> Plan:
    """Read a configuration that is good."""
    return read_plan(write(folder, text), environment)


def mistakes_of(
    folder: Path, text: str, environment: Mapping[str, str] = NOTHING
) -> tuple[str, ...]:
    """Read one that is not; gives what is wrong, with paths as seen from its folder."""
    with pytest.raises(PlanError) as caught:
        read_plan(write(folder, text), environment)
    return tuple(mistake.replace(f"{folder}/", "") for mistake in caught.value.mistakes)
