"""What the PIM's payloads depend on, besides the products' own edits."""

from typing import Any

import pytest

from akeneo_assets.loads.reading_inputs import reading_depends_on
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.structure.pim_structure import Structure


def test_a_payload_depends_on_the_association_types_since_one_deleted_takes_its_associations_along() -> None:
    """No product's `updated` moves."""
    types = [{"code": "X_SELL", "is_quantified": False}, {"code": "PACK", "is_quantified": True}]
    structure = Structure.build(channels=[], attributes=[], association_types=types)
    assert reading_depends_on(ConnectorSettings(), structure)["association type"] == ["PACK (quantified)", "X_SELL"]


def test_a_payload_depends_on_the_categories_since_one_made_anew_has_lost_its_products() -> None:
    """No product's `updated` moves."""
    structure = Structure.build(channels=[], attributes=[], categories=[{"code": "Tents", "parent": None}])
    assert reading_depends_on(ConnectorSettings(), structure)["category"] == ["Tents"]


@pytest.mark.parametrize(
    ("told", "flags"),
    [
        ("size (metric, Length)", {}),
        ("size (metric, localizable, Length)", {"localizable": True}),
        ("size (metric, scopable, Length)", {"scopable": True}),
        ("size (metric, Weight)", {"metric_family": "Weight"}),
        ("size (metric, sizes)", {"metric_family": None, "reference_data_name": "sizes"}),
        ("size (metric, Length, fr_FR)", {"available_locales": ["fr_FR"]}),
    ],
)
def test_a_payload_depends_on_what_an_attribute_s_values_are_since_one_made_anew_has_lost_them(told: str, flags: Any) -> None:
    """No product's `updated` moves."""
    size = {"code": "size", "type": "pim_catalog_metric", "metric_family": "Length", **flags}
    structure = Structure.build(channels=[], attributes=[size])
    assert reading_depends_on(ConnectorSettings(), structure)["attribute"] == [told]
