"""The shop as a shopper sees it, read from the instance's own imported state.

`shop_pages` answers requests; it asks `shop_view`, which asks the modules of one rule each. None of them writes to the state.
"""
