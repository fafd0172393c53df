"""What a whole answer of each endpoint looks like: a 200 of another shape is a failed request, never "nothing there".

Belongs here: the shapes, as far as the connector relies on them, and which path has which. Doesn't: what the fields mean
(`akeneo_assets.structure`, `akeneo_assets.mapping`). Fields that aren't named here are let through as they come.

Source: Akeneo API, the specification's answers of each GET; deviating lists (asset families and assets may spell `_items`;
measurement families, and attributes and options of assets and records, are bare arrays).
"""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Final, NotRequired, TypedDict
from urllib.parse import parse_qs, urlsplit

import msgspec
from msgspec import Meta

from akeneo_assets.pim.pim_addresses import API_ROOT

Text = Annotated[str, Meta(min_length=1)]
Empty = Annotated[list[Any], Meta(max_length=0)]
"""PHP writes an empty object as an empty array."""
Order = int | Annotated[str, Meta(pattern=r"^-?\d{1,15}$")] | None
EntityValues = dict[str, list["EntityValue"]] | Empty | None


class Coded(TypedDict):
    """What every item of the structure has."""

    code: Text


class Switched(Coded):
    enabled: NotRequired[bool | None]


class Channel(Coded):
    category_tree: Text
    locales: list[str]
    currencies: list[str]
    conversion_units: NotRequired[dict[str, str] | Empty | None]


class AttributeGroup(Coded):
    sort_order: NotRequired[Order]


class Attribute(AttributeGroup):
    type: Text
    group: NotRequired[str | None]
    metric_family: NotRequired[str | None]
    default_metric_unit: NotRequired[str | None]
    reference_data_name: NotRequired[str | None]
    table_configuration: NotRequired[list[dict[str, Any]] | None]
    available_locales: NotRequired[list[str] | None]


class Family(Coded):
    attributes: NotRequired[list[str]]
    attribute_as_label: NotRequired[str | None]
    attribute_as_image: NotRequired[str | None]
    attribute_requirements: NotRequired[dict[str, list[str]] | Empty | None]


class AttributeSet(TypedDict):
    level: int
    axes: list[str]
    attributes: NotRequired[list[str]]


class FamilyVariant(Coded):
    variant_attribute_sets: list[AttributeSet]


class Operation(TypedDict):
    operator: str
    value: Any


class Unit(TypedDict):
    convert_from_standard: NotRequired[list[Operation] | None]
    symbol: NotRequired[str | None]


class MeasurementFamily(Coded):
    units: NotRequired[dict[str, Unit] | Empty | None]


class Category(Coded):
    parent: NotRequired[str | None]


class AssetFamily(Coded):
    attribute_as_main_media: NotRequired[str | None]


class EntityAttribute(Coded):
    type: Text


class EntityValue(TypedDict):
    data: Any
    locale: str | None
    channel: NotRequired[str | None]


class Entity(Coded):
    """An asset or a record."""

    values: NotRequired[EntityValues]


class About(TypedDict):
    version: str
    edition: str


class Quantified(TypedDict):
    quantity: int | float | str | None
    uuid: NotRequired[str | None]
    identifier: NotRequired[str | None]


class QuantifiedModel(TypedDict):
    quantity: int | float | str | None
    identifier: str


class QuantifiedTargets(TypedDict):
    products: NotRequired[list[Quantified] | None]
    product_models: NotRequired[list[QuantifiedModel] | None]


class IdentifiedProduct(TypedDict):
    uuid: Text


class Related(TypedDict, total=False):
    """What products and models have in common, besides their values."""

    family: str | None
    family_variant: str | None
    parent: str | None
    groups: list[str] | None
    enabled: bool | None
    created: str | None
    updated: str | None
    associations: dict[str, dict[str, list[str | None] | None]] | Empty | None
    quantified_associations: dict[str, QuantifiedTargets] | Empty | None
    identifier: str | None


class Product(Related):
    uuid: Text
    values: NotRequired[dict[str, Any] | Empty | None]


class ProductModel(Related):
    code: Text
    values: NotRequired[dict[str, Any] | Empty | None]


class Next(TypedDict):
    href: Text


class Links(TypedDict):
    next: NotRequired[Next | None]


_PAGES: Final[Mapping[str, type]] = {
    # The other fields are checked while a walk's page is parsed, where it costs nothing (`partial`).
    "products-uuid": IdentifiedProduct,
    "product-models": Coded,
    "channels": Channel,
    "locales": Switched,
    "currencies": Switched,
    "attribute-groups": AttributeGroup,
    "attributes": Attribute,
    "attributes/*/options": AttributeGroup,
    "families": Family,
    "families/*/variants": FamilyVariant,
    "association-types": Coded,
    "categories": Category,
    "media-files": Coded,
    "asset-families": AssetFamily,
    "asset-families/*/assets": Entity,
    "reference-entities": Coded,
    "reference-entities/*/records": Entity,
}
_ARRAYS: Final[Mapping[str, type]] = {
    "measurement-families": MeasurementFamily,
    "asset-families/*/attributes": EntityAttribute,
    "asset-families/*/attributes/*/options": Coded,
    "reference-entities/*/attributes": EntityAttribute,
    "reference-entities/*/attributes/*/options": Coded,
}
_DOCUMENTS: Final[Mapping[str, type]] = {
    "system-information": About,
    **{f"{path}/*": item for path, item in {**_PAGES, **_ARRAYS}.items() if path != "media-files"},
    "products-uuid/*": Product,
    "product-models/*": ProductModel,
}
_SPELL_ITEMS_EITHER_WAY: Final = ("asset-families", "asset-families/*/assets")

_typed_dict: Any = TypedDict  # of fields, and lists of items, known at run time, which type checkers don't follow
_list_of: Any = list


def shape_problem(url: str, body: Any) -> str | None:
    """What keeps `body` from being the whole answer to a call of `url`; None if it is one.

    Example: `.../api/rest/v1/families?limit=1`, `{}` -> "Object missing required field `_links`".
    Of a path that isn't in the tables, any object and any array is whole.
    """
    path, counted = _call(url)
    try:
        msgspec.convert(body, _shape(path, counted))
    except (msgspec.ValidationError, RecursionError) as error:
        said = body.get("message") or body.get("error") if isinstance(body, dict) else None
        return f"{error}" + (f"; it says: {said}" if isinstance(said, str) else "")
    if path in _SPELL_ITEMS_EITHER_WAY and not body["_embedded"].keys() & {"items", "_items"}:
        return "Object missing required field `items` - at `$._embedded`"
    return None


def _call(url: str) -> tuple[str, bool]:
    """The path below the API's root with `*` for codes, and whether the call asks for a count."""
    parts = urlsplit(url)
    below = parts.path.partition(f"{API_ROOT}/")[2].rstrip("/").split("/")
    query = parse_qs(parts.query) if "with_count=true" in parts.query else {}
    counted = query.get("with_count") == ["true"] and query.get("pagination_type") != ["search_after"]
    return "/".join("*" if number % 2 else name for number, name in enumerate(below)), counted


@cache
def _shape(path: str, counted: bool) -> Any:
    if path in _PAGES:
        return _page(path, counted=counted)
    if path in _ARRAYS:
        return _list_of[_ARRAYS[path]]
    return _DOCUMENTS.get(path, dict[str, Any] | list[Any])


def page_of(item: Any) -> Any:
    """The type of a page of such items."""
    return _typed_dict("Page", {"_links": Links, "_embedded": _typed_dict("Embedded", {"items": _list_of[item]})})


def _page(path: str, *, counted: bool) -> Any:
    items = _list_of[_PAGES[path]]
    either_way = path in _SPELL_ITEMS_EITHER_WAY
    embedded = _typed_dict("Embedded", {"items": items} | ({"_items": items} if either_way else {}), total=not either_way)
    count = {"items_count": Annotated[int, Meta(ge=0)]} if counted else {}
    return _typed_dict("Page", {"_links": Links, "_embedded": embedded} | count)
