"""The structure: the PIM's lists that give its items their meaning (channels, attributes, options, families, ...).

- `pim_lists`: which lists are read, and how
- `pim_structure`: the lists as frozen records, for the mapping
- `value_picking`: which of an attribute's values holds for a channel and a locale
"""
