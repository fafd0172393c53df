"""The PIM client: reading an Akeneo PIM over its REST API, fast and right.

Here: authentication, calls with retries and limits, what a whole answer is, paging, counts, the parallel walk, the PIM's clock,
the preflight probe.
Not here: what the records mean (mapping), where they are stored (assets, loads), anything of Dagster or SFCC.
"""
