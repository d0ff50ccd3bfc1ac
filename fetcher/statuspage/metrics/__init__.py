"""Metrics for Prometheus."""

from fetcher.statuspage.metrics.metrics import Exposition, expose, show_metrics

__all__ = [
    "Exposition",
    "expose",
    "show_metrics",
]
