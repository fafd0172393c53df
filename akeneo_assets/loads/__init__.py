"""Imports at work: their packages, what they read, map and send.

- `package`: the folder of an import, its paths, state and sealed steps; `partitions`: the keys of loads
- `list_reading`, `window`, `reading_inputs`, `item_reading`, `media_files`, `shown_media`: reading the PIM
- `mirror`: the PIM as last seen; `identities`, `changes`, `to_map`: what of it a load maps; `mapping_run`, `groups`: mapping it
- `record_files`: mapped records; `ledger`: what SFCC was last given; `difference`: what is sent; `batches`, `sending`: sending it
- `lock`: one load at a time, one sender at a time
"""
