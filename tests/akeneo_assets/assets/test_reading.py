"""What the PIM's payloads depend on, besides the products' own edits."""

from akeneo_assets.assets.reading import reading_depends_on
from akeneo_assets.mapping.lookups import Lookups
from akeneo_assets.settings.connector import ConnectorSettings


def test_a_payload_depends_on_the_association_types_since_one_deleted_takes_its_associations_along() -> None:
    """No product's `updated` moves."""
    types = [{"code": "X_SELL", "is_quantified": False}, {"code": "PACK", "is_quantified": True}]
    lookups = Lookups.build(channels=[], attributes=[], association_types=types)
    assert reading_depends_on(ConnectorSettings(), lookups)["association type"] == ["PACK (quantified)", "X_SELL"]
