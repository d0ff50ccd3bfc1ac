"""Killed at random moments and resumed, a scrape gives the file of an undisturbed one.

A few runs, over a part of the list. With KILLED_RUNS=15 there are fifteen for each set of outputs,
a hundred and five in all, over the whole list.
"""

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.killing import Victim
from tests.sinks.durable.making import content
from tests.support.blackhole import refused_port
from tests.support.shop import shop_outside

RUNS = int(os.environ.get("KILLED_RUNS", "0"))
PAGES = 2000 if RUNS else 1000
KILLS = 5 if RUNS else 2
PACE = 0.005
"""Seconds that the shop takes for a page."""

NAMES = ("o.csv", "o.csv.gz", "o.jsonl", "o.jsonl.gz", "o.db", "o.parquet")
OUTPUTS = [(name,) for name in NAMES] + [NAMES]
FIELDS = ("title", "price:float=.price::text", "stock:int=.stock::text", "links=a@href*")


def targets(base: str) -> Iterator[str]:
    """Write a list: most are items, some lead to one, are gone, are no URLs, or come twice."""
    refused = refused_port()
    for number in range(PAGES):
        match number % 40:
            case 7:
                yield f"{base}/moved/{number}"
            case 17:
                yield f"{base}/sold/{number}"
            case 23:
                yield f"not a url {number}"
            case 29:
                yield f"{base}/item/{number - 5}"
            case 31:
                yield f"http://127.0.0.1:{refused}/{number}"
            case _:
                yield f"{base}/item/{number}"


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    """A shop that is slow, and takes no time from what is tested."""
    with shop_outside(PACE) as base:
        yield base


@pytest.fixture(scope="module")
def undisturbed(shop: str, tmp_path_factory: pytest.TempPathFactory) -> Victim:
    """A run in one go, into every format."""
    folder = tmp_path_factory.mktemp("undisturbed")
    (folder / "urls.txt").write_text("\n".join(targets(shop)))
    victim = Victim(arguments(NAMES), folder)
    victim.undisturbed()
    return victim


def arguments(names: tuple[str, ...]) -> list[str]:
    """Write the command that fills these outputs."""
    fields = [argument for field in FIELDS for argument in ("-s", field)]
    outputs = [argument for name in names for argument in ("-o", name)]
    few = ("-c", "8", "--host-concurrency", "8", "--retries", "0")
    return ["scrape", "-l", "urls.txt", *fields, *outputs, *few]


@pytest.mark.parametrize("names", OUTPUTS, ids="+".join)
@pytest.mark.parametrize("run", range(RUNS or 1))
def test_killed_and_resumed(
    run: int, names: tuple[str, ...], undisturbed: Victim, tmp_path: Path
) -> None:
    """No row is lost and none is there twice, whatever moments it was killed at."""
    (tmp_path / "urls.txt").write_bytes((undisturbed.folder / "urls.txt").read_bytes())
    victim = Victim(arguments(names), tmp_path, undisturbed.seconds)
    while not victim.kills:
        victim.kill_at_random()
    for _ in range(random.randrange(KILLS)):
        victim.kill_at_random("--resume")
    print(f"killed {victim.kills} times")  # pytest -rP shows it
    victim.finish("--resume")
    for name in names:
        assert content(tmp_path / name) == content(undisturbed.folder / name), name


def test_workers_go_with_a_killed_run(shop: str, undisturbed: Victim, tmp_path: Path) -> None:
    """Nothing that parses outlives the program, which would keep a file or a pipe open."""
    (tmp_path / "urls.txt").write_bytes((undisturbed.folder / "urls.txt").read_bytes())
    workers = ("--parse-workers", "2")
    victim = Victim([*arguments(("o.csv",)), *workers], tmp_path, undisturbed.seconds)
    while not victim.kills:
        victim.kill_at_random()
    victim.finish("--resume")
    assert content(tmp_path / "o.csv") == content(undisturbed.folder / "o.csv")
