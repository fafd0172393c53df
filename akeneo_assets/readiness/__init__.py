"""What a shopper can't find or buy of the products exported, and why, judged by what SFCC has been given.

Belongs here: SFCC's rules of what a storefront shows (`storefronts`, `shop_judgement`), reading what SFCC has (`shop_reading`),
the tables of each load (`readiness_tables`). Doesn't: what can't be exported at all (the quarantine), how the mapping makes
records, the page (`akeneo_assets.assets.readiness_page`).
"""
