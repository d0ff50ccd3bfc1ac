"""Whether this machine can do what a plan asks for."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fetcher.monitor.plan import Plan
    from fetcher.monitor.schedule import Feasibility


def feasible(plan: "Plan") -> "Feasibility":
    """Hold a plan against what was measured here, just now; takes about a tenth of a second."""
    from fetcher.monitor.schedule import capacity, feasibility

    return feasibility(plan, capacity(plan.targets))
