"""What holds for all tests."""

import os
import re

import pytest
from hypothesis import settings

# No test is about time, and a busy machine can make any example slow. Where a failure stops the
# work of others, the same examples are tried each time.
settings.register_profile("here", deadline=None, derandomize="FETCHER_CI" in os.environ)
settings.load_profile("here")

_MISSING = re.compile(r"installed|\.\./shared")
_skipped: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note every test that was skipped for something that could have been there."""
    if report.skipped and _MISSING.search(str(report.longrepr)):
        _skipped.append(f"{report.nodeid}: {report.longrepr}")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where everything is installed that a test may need, a skipped test is a failure."""
    if os.environ.get("FETCHER_CI") and _skipped:
        print("\nskipped, though nothing should be missing here:", *_skipped, sep="\n  ")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
