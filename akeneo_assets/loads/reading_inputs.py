"""What the PIM's payloads depend on besides the items themselves: a change here shows in products without moving their `updated`.

Belongs here: naming it, so that two loads can be compared (`window`). Doesn't: what follows from a difference.
"""

from collections.abc import Iterator

from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.structure.pim_structure import Attribute, Structure


def reading_depends_on(settings: ConnectorSettings, structure: Structure) -> dict[str, list[str]]:
    """Kind -> what there is of it, by name. Example: {"locale": ["en_US of ecommerce"], "attribute": ["name (text,
    localizable)"]}.

    Completeness counts only where the settings ask for it. Source: LOADS, mirror.
    """
    products = settings.products
    completeness = products.status.source == "completeness" or "completeness" in products.filter
    return {
        "attribute": sorted(f"{a.code} ({', '.join(_shape(a))})" for a in structure.attributes.values()),
        "option": sorted(f"{a.code} {option.code}" for a in structure.attributes.values() for option in a.options),
        "association type": sorted(
            f"{t.code} (quantified)" if t.quantified else t.code for t in structure.association_types.values()
        ),
        "category": sorted(category.code for category in structure.categories.values()),
        "channel": sorted(c.code for c in structure.channels.values()),
        "locale": sorted({f"{locale} of {c.code}" for c in structure.channels.values() for locale in c.locales}),
        "currency": sorted({f"{currency} of {c.code}" for c in structure.channels.values() for currency in c.currencies}),
        "requirement": sorted(
            f"{family.code} for {channel} ({', '.join(codes)})"
            for family in (structure.families.values() if completeness else ())
            for channel, codes in family.required.items()
        ),
        "family read": list(settings.akeneo.families) or ["every family"],
    }


def _shape(attribute: Attribute) -> Iterator[str]:
    """What an attribute's values are: the PIM drops those of one that is made anew under its code, and can't change them else."""
    yield attribute.type
    yield from ("localizable",) if attribute.localizable else ()
    yield from ("scopable",) if attribute.scopable else ()
    yield from filter(None, (attribute.measurement_family, attribute.reference))
    yield from attribute.locales
