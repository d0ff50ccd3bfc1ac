"""Results to make rows of, and an output that keeps what it is given."""

from collections.abc import Callable
from pathlib import Path

import pytest

from fetcher.failures import Failure, FailureKind
from fetcher.judgement.verdict import Checked, Health, Reason, Trouble, Verdict
from fetcher.model import Outcome, Page, Response, Result, Target
from tests.sinks.making import NAMES, fill


class KeptOutput:
    """Keeps every write apart, so that a test can count them."""

    def __init__(self) -> None:
        self.writes: list[bytes] = []
        self.closed = False

    @property
    def data(self) -> bytes:
        """All that was written."""
        return b"".join(self.writes)

    def write(self, data: bytes) -> None:
        """Keep the bytes."""
        self.writes.append(data)

    def flush(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Remember it."""
        self.closed = True


@pytest.fixture(scope="session")
def kept() -> Callable[[], KeptOutput]:
    """Make an output that keeps what it is given."""
    return KeptOutput


@pytest.fixture(scope="session")
def answered() -> Callable[..., Result]:
    """Make the result of a complete answer."""

    def make(
        title: str | None = "A title",
        url: str = "http://a.example/",
        status: int = 200,
        carried: tuple[str, ...] = (),
        final_url: str | None = None,
    ) -> Result:
        return Result(
            Target(0, url, "urls.txt:1", carried),
            Outcome(Response(status, final_url or url), attempts=1, elapsed=0.01234),
            Page(title, "utf-8", "header"),
        )

    return make


@pytest.fixture(scope="session")
def failed() -> Callable[..., Result]:
    """Make the result of a failure, after a 200 whose body was cut."""

    def make(detail: str = "9 of 100 bytes", url: str = "http://a.example/") -> Result:
        return Result(
            Target(3, url),
            Outcome(
                Response(200, url, bytes_read=9),
                Failure.of(FailureKind.BODY_TRUNCATED, detail),
                attempts=3,
            ),
            Page("A title that was seen", "utf-8", "header"),
        )

    return make


@pytest.fixture(scope="session")
def checked() -> Callable[..., Checked]:
    """Make what a check found: with a trouble, the URL is as healthy as that leaves it."""

    def make(
        health: Health = Health.HEALTHY,
        trouble: Trouble | None = None,
        reason: str = "",
        url: str = "http://a.example/",
        status: int = 200,
        carried: tuple[str, ...] = (),
    ) -> Checked:
        reasons = (Reason(health, trouble, reason),) if trouble is not None else ()
        return Checked(
            Target(0, url, "urls.txt:1", carried),
            Outcome(Response(status, url) if status else None, attempts=1, elapsed=0.01234),
            Page("A title", "utf-8", "header"),
            Verdict(health, reasons),
        )

    return make


COUNT = 60


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder with one output of each format, each written in one go."""
    folder = tmp_path_factory.mktemp("undisturbed")
    for name in NAMES:
        fill(folder / name, COUNT)
    return folder
