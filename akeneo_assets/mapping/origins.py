"""What of the PIM each part of a record comes from, for people who ask why SFCC shows what it shows.

Belongs here: naming the PIM attributes, properties and settings behind a part of a record. Doesn't: making records (`products`,
`masters`, `categories`).

Example: with `standard: {name: {attribute: title}}` the record `{"id": "a", "fields": {"display-name": {"fr-FR": "Tasse"}}}` has
the part `Part("fields/display-name", ("title",), {"fr-FR": "Tasse"})`.
"""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from akeneo_assets.mapping.compositions import association_of
from akeneo_assets.mapping.frame import Item
from akeneo_assets.mapping.levels import values_of
from akeneo_assets.mapping.product_rules import ProductRules
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.settings.standard_fields import CATEGORY_FIELDS
from sfcc_resources.records import CATEGORY_ASSIGNMENTS, PRICE_TABLE, PRODUCT_LINKS, RECOMMENDATIONS, Record

SETTINGS: Final = "connector.yaml"
"""The origin of what no value of the PIM fills: a constant, a default, a decision."""

_AREAS: Final = ("fields", "custom", "page", "store")


class Part(NamedTuple):
    """A part of a record: its name (`custom/akeneo_weight`, `images`), what it comes from (PIM attributes, properties,
    association types, or `SETTINGS`), and its value as the record has it (of an attribute: its slots)."""

    name: str
    origin: tuple[str, ...]
    value: Any


def of_product(rules: ProductRules, item: Item, record_type: str, container: str, record: Record) -> Iterator[Part]:
    """The parts of a record of a product or product model; `item` is the PIM's, with the values of its ancestors."""
    if record_type == PRICE_TABLE:
        origin = tuple(book.attribute.code for book in rules.books if book.id == container)
        yield Part("price", origin, record["amounts"])
    elif record_type == CATEGORY_ASSIGNMENTS:
        yield Part("categories", ("categories",), [assignment["category"] for assignment in record["categories"]])
    elif record_type == RECOMMENDATIONS:
        yield from _relations("recommendation", [(r["type"], r["target"]) for r in record["targets"]], rules)
    elif record_type == PRODUCT_LINKS:
        yield from _relations("product-link", [(link["type"], link["id"]) for link in record["links"]], rules)
    else:
        yield from _attributes(rules, item, record)
        yield from _wholes(rules, item, record)


def _relations(kind: str, typed: list[tuple[str, str]], rules: ProductRules) -> Iterator[Part]:
    for type_ in dict.fromkeys(type_ for type_, _ in typed):
        associations = rules.frame.settings.associations.items()
        origin = tuple(code for code, of_code in associations if (of_code.as_, of_code.type) == (kind, type_))
        yield Part(f"{kind} {type_}", origin, [target for of_type, target in typed if of_type == type_])


def _attributes(rules: ProductRules, item: Item, record: Record) -> Iterator[Part]:
    places: dict[tuple[str, str], tuple[str, ...]] = {}
    stand_in = rules.names.by_label(item)
    own = (rule for of_code in rules.custom.values() for rule in of_code)
    for rule in (*own, *rules.sourced, *([stand_in] if stand_in else [])):
        place = (rule.area, rule.target)
        places[place] = (*places.get(place, ()), *rule.attributes, *rule.properties)
    for area in _AREAS:
        for name, slots in record.get(area, {}).items():
            origin = places.get((area, name), ())
            if (area, name) == ("fields", "online-flag"):
                origin = (*origin, *_status(rules, item))
            yield Part(f"{area}/{name}", tuple(dict.fromkeys(origin)) or (SETTINGS,), slots)
    if "classification" in record:
        mapped = next((origin for (area, _), origin in places.items() if area == "classification"), ())
        yield Part("classification", mapped or (SETTINGS,), record["classification"])


def _status(rules: ProductRules, item: Item) -> tuple[str, ...]:
    """What decides whether a product is online; of a model its variants do."""
    if "uuid" not in item:
        return ("variants",)
    status = rules.frame.settings.products.status
    more = {"completeness": ("completenesses",), "attribute": (status.attribute or "",)}.get(status.source, ())
    return () if status.source == "untouched" else ("enabled", *more)


def _wholes(rules: ProductRules, item: Item, record: Record) -> Iterator[Part]:
    """The parts that are written whole."""
    if "images" in record:
        shown = (attribute.code for view in rules.images.views for attribute in view.attributes)
        own = tuple(dict.fromkeys(code for code in shown if code in values_of(item)))
        yield Part("images", own or ("variants",), record["images"])
    if "variations" in record:
        yield Part("variations", tuple(axis.attribute.code for axis in rules.axes_of(item)), record["variations"])
    if "bundled" in record:
        yield Part("bundled", (association_of("bundle", rules.frame.settings),), record["bundled"])
    if "set" in record:
        yield Part("set", (association_of("set", rules.frame.settings),), record["set"])


def of_category(settings: ConnectorSettings, record: Record) -> Iterator[Part]:
    """The parts of a category's record."""
    enriched = {CATEGORY_FIELDS[name].element: code for name, code in settings.categories.enriched.items()}
    origins = {"display-name": "labels", "position": "order in the tree"} | enriched | settings.categories.enriched_custom
    yield Part("parent", ("parent",), record["parent"])
    for area in _AREAS:
        for name, slots in record.get(area, {}).items():
            yield Part(f"{area}/{name}", (origins.get(name, SETTINGS),), slots)
