"""Planted servers that fail and then recover.

A run tries three times (`--retries 2`), and a fourth time when it checks again what failed.
"""

from fetcher.judgement.verdict import Trouble
from tests.planted.case import Case, degraded
from tests.planted.places import serving
from tests.planted.writing import bare, page
from tests.support.raw import End, Script

FINE = page("Recovered")
RESET = Script((0.05,), End.RESET)

FLAKINESS: tuple[Case, ...] = (
    degraded("fails-twice", serving((bare(500), bare(502), FINE)), Trouble.FLAKY, "500"),
    degraded("resets-twice", serving((RESET, RESET, FINE)), Trouble.FLAKY, "reset"),
    degraded("fails-all-through", serving((*[bare(503)] * 3, FINE)), Trouble.FLAKY, "503"),
    degraded("hangs-up-all-through", serving((*[Script()] * 3, FINE)), Trouble.FLAKY, "closed"),
    degraded("gone-for-a-moment", serving((bare(404), FINE)), Trouble.FLAKY, "404"),
)
