"""Benchmarks: the connector against a floor, an ideal and a rival, as ratios within one run. See docs/benchmarks.md."""
