"""A load of products at work: what its steps share.

Belongs here: its package, window, settings and structure, and what follows from them alone. Doesn't: what a step does with them.
"""

from dataclasses import dataclass

from akeneo_assets.loads import window as windows
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.mirror import Mirror
from akeneo_assets.loads.package import Package
from akeneo_assets.loads.window import Window
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.structure.pim_structure import Structure


@dataclass(frozen=True)
class Load:
    """A load at work: its package and window, and what it is made with."""

    package: Package
    window: Window
    settings: ConnectorSettings
    structure: Structure

    @property
    def mirror(self) -> Mirror:
        """The PIM as this load sees it."""
        return Mirror.of(self.package.store, self.window)

    @property
    def ledger(self) -> Ledger:
        """What SFCC was given."""
        return Ledger(self.package.store)

    @property
    def previous(self) -> Package | None:
        """The package of the load that this one stands on."""
        return Package.of_load(self.package.store, self.window.previous) if self.window.previous else None

    @property
    def last(self) -> Package | None:
        """The package of the last load that succeeded, whether or not this one stands on it."""
        last = windows.last_successful(self.package.store)
        return Package.of_load(self.package.store, last.key) if last else None
