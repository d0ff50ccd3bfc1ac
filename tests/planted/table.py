"""Every planted case."""

import random

from tests.planted.bodies import BODIES
from tests.planted.case import Case
from tests.planted.certificates import CERTIFICATES
from tests.planted.connecting import CONNECTING
from tests.planted.flakiness import FLAKINESS
from tests.planted.healthy import HEALTHY
from tests.planted.protection import PROTECTION
from tests.planted.redirects import REDIRECTS
from tests.planted.statuses import STATUSES

_ALL: list[Case] = [
    *CERTIFICATES,
    *CONNECTING,
    *STATUSES,
    *PROTECTION,
    *REDIRECTS,
    *BODIES,
    *FLAKINESS,
    *HEALTHY,
]

# In disorder, and always the same one: the healthy stand among the others.
random.Random(1).shuffle(_ALL)

PLANTED: tuple[Case, ...] = (*_ALL,)
