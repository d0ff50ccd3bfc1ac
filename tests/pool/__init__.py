"""Tests of `fetcher.pool`."""
