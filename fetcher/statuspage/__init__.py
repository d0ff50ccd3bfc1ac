"""The monitor's pages, its API and its metrics, over HTTP."""
