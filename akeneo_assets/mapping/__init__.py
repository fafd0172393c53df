"""The mapping: what the PIM holds, as SFCC records. Pure functions over plain items and records.

Belongs here: every rule by which a PIM item becomes a record of `sfcc_resources.records`. Doesn't: reading the PIM, writing XML,
remembering what was sent, Dagster, the network, files or the clock.
"""
