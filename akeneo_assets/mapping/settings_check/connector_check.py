"""All checks of connector.yaml against the PIM's structure, in their order.

Belongs here: the order, and which check needs what. Doesn't: a check (the other modules of this package).
"""

from akeneo_assets.mapping.frame import Frame
from akeneo_assets.mapping.settings_check.attribute_check import check_attribute_ids, check_attributes
from akeneo_assets.mapping.settings_check.content_check import check_reference_entities
from akeneo_assets.mapping.settings_check.filter_check import check_filters
from akeneo_assets.mapping.settings_check.image_check import check_images, check_variation_attribute, check_view_type_ids
from akeneo_assets.mapping.settings_check.price_book_check import check_price_books
from akeneo_assets.mapping.settings_check.product_check import check_associations, check_products
from akeneo_assets.mapping.settings_check.sfcc_id_check import check_sfcc_ids
from akeneo_assets.mapping.settings_check.site_check import (
    check_boolean_labels,
    check_forgotten,
    check_root_categories,
    check_sites,
    check_trees,
)
from akeneo_assets.mapping.sites import resolve
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.structure.pim_structure import Structure


def validate(settings: ConnectorSettings, structure: Structure) -> list[str]:
    """One sentence for each problem that must stop a load before anything is sent; none: it may go."""
    problems = [*check_sfcc_ids(settings), *check_sites(settings, structure)]
    if problems:  # everything below is resolved against the sites
        return problems
    sites = resolve(settings, structure)
    frame = Frame(settings, structure, sites)
    return [
        *check_forgotten(settings, sites),
        *check_boolean_labels(settings, sites),
        *check_trees(settings, structure),
        *check_attributes(settings, structure),
        *check_products(settings, structure),
        *check_filters(settings, structure),
        *check_associations(settings, structure),
        *check_images(settings, structure),
        *check_variation_attribute(settings, structure),
        *check_view_type_ids(frame),
        *check_reference_entities(settings, structure),
        *check_attribute_ids(frame),
        *(check_root_categories(sites) if settings.categories.write else ()),
        *check_price_books(frame),
    ]
