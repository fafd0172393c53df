"""Whether connector.yaml and the PIM's structure fit together, asked before anything is sent.

Belongs here: everything that connector.yaml names and the PIM may lack, and ids that SFCC can't take or that meet. Each part of
the file has a module; `connector_check` puts them together. Doesn't: the file's own form (`akeneo_assets.settings`), single
products (they are held back one by one).
"""

from akeneo_assets.mapping.settings_check.connector_check import validate
from akeneo_assets.mapping.settings_check.price_book_check import changed_currencies

__all__ = ["changed_currencies", "validate"]
