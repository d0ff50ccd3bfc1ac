"""The state machine of the tracker on the real database: what is loaded is what was committed."""

import tempfile
from pathlib import Path

from hypothesis import settings

from tests.monitor.memory import MemoryStore
from tests.monitor.simulated.double_store import DoubleStore
from tests.monitor.simulated.pages import BEGAN
from tests.monitor.test_state_tracker import Crashes


class CrashesOnDisk(Crashes):
    """A tracker, and a database that is opened again after each crash."""

    def make_store(self) -> MemoryStore:
        """A database in a folder of its own."""
        self.folder = tempfile.TemporaryDirectory()
        self.double = DoubleStore(Path(self.folder.name) / "monitor.db", BEGAN)
        return self.double

    def teardown(self) -> None:
        """In the end the history has everything, too."""
        try:
            super().teardown()
            self.store.load(self.now)
        finally:
            self.double.close()
            self.folder.cleanup()


TestCrashesOnDisk = CrashesOnDisk.TestCase
TestCrashesOnDisk.settings = settings(max_examples=15, stateful_step_count=30, deadline=None)
