"""Loads: one import of products is one load, one key of the partition set `product_loads`.

- `partitions`: the set and its keys; `window`: what a load reads and on which load it stands
- `mirror`: the PIM as last seen; `changes`: which of its products a load must map
- `ledger`: what SFCC was last given; `difference`: what a load sends
- `lock`: only one load at a time
"""
