"""Tests of `fetcher.parse_stage`."""
