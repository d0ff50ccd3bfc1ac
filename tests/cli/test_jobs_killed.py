"""Killed at random moments and resumed, each job makes the file of an undisturbed run.

One run of each job into all its formats at once, over a part of the list. With KILLED_RUNS=3 there
are three for each format too, over the whole list.
"""

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.killing import Victim
from tests.sinks.making import content
from tests.support.blackhole import refused_port
from tests.support.shop import shop_outside

RUNS = int(os.environ.get("KILLED_RUNS", "0"))
PAGES = 2000 if RUNS else 600
KILLS = 5 if RUNS else 2
PACE = 0.005
"""Seconds that the shop takes for a page."""

ROWS = ("o.csv", "o.tsv", "o.csv.gz", "o.jsonl", "o.jsonl.gz", "o.db", "o.parquet")
REPORTS = ("o.md", "o.html")
FIELDS = ("title", "price:float=.price::text", "stock:int=.stock::text", "links=a@href*")


@dataclass(frozen=True)
class Command:
    """A job: its arguments, its outputs, its exit code, and which part of its list fails."""

    arguments: tuple[str, ...]
    names: tuple[str, ...]
    code: int = 0
    fails_from: float = 0.0


COMMANDS = {
    "titles": Command(
        ("titles", "--columns", "url,status,title,final_url,error", "--fail"), ROWS + REPORTS, 1
    ),
    "check": Command(
        ("check", "--columns", "url,health,trouble,reason,status,title", "--no-recheck"),
        (*ROWS, "o.xml", *REPORTS),
        1,
    ),
    # What failed, and what stands behind it, is written at the end.
    "recheck": Command(
        ("check", "--columns", "url,health,trouble,reason", "--recheck-after", "0s"),
        (*ROWS, "o.xml", *REPORTS),
        1,
        fails_from=0.9,
    ),
    "scrape": Command(
        ("scrape", *(part for field in FIELDS for part in ("-s", field))), ROWS + REPORTS
    ),
}
CASES = [
    (job, names)
    for job, command in COMMANDS.items()
    for names in [command.names, *([(name,) for name in command.names] if RUNS else ())]
]


def targets(base: str, fails_from: float) -> Iterator[str]:
    """Write a list: most are items, some lead to one, are gone, are no URLs, or come twice."""
    refused = refused_port()
    for number in range(PAGES):
        match number % 40:
            case 7:
                yield f"{base}/moved/{number}"
            case 17 if number >= PAGES * fails_from:
                yield f"{base}/sold/{number}"
            case 23 if number >= PAGES * fails_from:
                yield f"not a url {number}"
            case 29:
                yield f"{base}/item/{number - 5}"
            case 31 if number >= PAGES * fails_from:
                yield f"http://127.0.0.1:{refused}/{number}"
            case _:
                yield f"{base}/item/{number}"


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    """A shop that is slow, and takes no time from what is tested."""
    with shop_outside(PACE) as base:
        yield base


@pytest.fixture(scope="module")
def undisturbed(shop: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Victim]:
    """A run of each job in one go, into every format."""
    victims = {}
    for job, command in COMMANDS.items():
        folder = tmp_path_factory.mktemp(job)
        (folder / "urls.txt").write_text("\n".join(targets(shop, command.fails_from)))
        victims[job] = victim = Victim(arguments(job, command.names), folder, code=command.code)
        victim.undisturbed()
    return victims


def arguments(job: str, names: tuple[str, ...]) -> list[str]:
    """Write the command that fills these outputs."""
    outputs = [argument for name in names for argument in ("-o", name)]
    few = ("-c", "8", "--host-concurrency", "8", "--retries", "0")
    return [*COMMANDS[job].arguments, "-l", "urls.txt", *outputs, *few]


def again(whole: Victim, folder: Path, command: list[str]) -> Victim:
    """The same list, in another folder."""
    (folder / "urls.txt").write_bytes((whole.folder / "urls.txt").read_bytes())
    return Victim(command, folder, whole.seconds, code=whole.code)


@pytest.mark.parametrize(("job", "names"), CASES, ids=lambda part: part if part in COMMANDS else "")
@pytest.mark.parametrize("run", range(RUNS or 1))
def test_killed_and_resumed(
    run: int, job: str, names: tuple[str, ...], undisturbed: dict[str, Victim], tmp_path: Path
) -> None:
    """No row is lost and none is there twice, whatever moments it was killed at.

    Nor does the exit code forget what failed before.
    """
    victim = again(undisturbed[job], tmp_path, arguments(job, names))
    while not victim.kills:
        victim.kill_at_random()
    for _ in range(random.randrange(KILLS)):
        victim.kill_at_random("--resume")
    print(f"killed {victim.kills} times")  # pytest -rP shows it
    victim.finish("--resume")
    for name in names:
        assert content(tmp_path / name) == content(undisturbed[job].folder / name), name


def test_workers_go_with_a_killed_run(undisturbed: dict[str, Victim], tmp_path: Path) -> None:
    """Nothing that parses outlives the program, which would keep a file or a pipe open."""
    workers = ("--parse-workers", "2")
    whole = undisturbed["scrape"]
    victim = again(whole, tmp_path, [*arguments("scrape", ("o.csv",)), *workers])
    while not victim.kills:
        victim.kill_at_random()
    victim.finish("--resume")
    assert content(tmp_path / "o.csv") == content(whole.folder / "o.csv")
