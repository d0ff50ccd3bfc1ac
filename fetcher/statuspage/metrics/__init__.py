"""What Prometheus reads."""

from fetcher.statuspage.metrics.metrics import Exposition, expose, metrics

__all__ = [
    "Exposition",
    "expose",
    "metrics",
]
