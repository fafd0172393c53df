"""Products and associations of connector.yaml against the PIM's families, attributes and association types.

Belongs here: `products` (all but the filters: `filter_check`), `associations`, `akeneo.families`.
"""

from collections.abc import Iterator

from akeneo_assets.mapping.settings_check.missing_names import missing_association_type, missing_attribute, missing_family
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.structure.pim_structure import Structure


def check_products(settings: ConnectorSettings, structure: Structure) -> Iterator[str]:
    """Yield a sentence for each family, association type or status attribute that the PIM lacks."""
    products = settings.products
    if products.status.attribute is not None:
        yield from missing_attribute("products.status.attribute", products.status.attribute, structure)
        attribute = structure.attribute(products.status.attribute)
        if attribute is not None and attribute.type != "boolean":
            type_ = attribute.type
            yield f"connector.yaml: products.status.attribute names '{attribute.code}', which is a {type_}; it must be a boolean."
    for name, composition in (("bundle", products.bundle), ("set", products.set)):
        if composition is not None:
            yield from missing_family(f"products.{name}.family", composition.family, structure)
            yield from missing_association_type(f"products.{name}.association", composition.association, structure)
    for code in settings.akeneo.families:
        yield from missing_family("akeneo.families", code, structure)


def check_associations(settings: ConnectorSettings, structure: Structure) -> Iterator[str]:
    """Yield a sentence for each association type that the PIM lacks and that isn't optional."""
    for code, association in settings.associations.items():
        if not association.optional:
            yield from missing_association_type("associations", code, structure)
