"""Tests of `fetcher.parsing`."""
