"""What Prometheus reads."""

from fetcher.statuspage.metrics.exposition import Exposition, expose
from fetcher.statuspage.metrics.handler import metrics

__all__ = ["Exposition", "expose", "metrics"]
