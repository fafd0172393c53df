"""A small PIM to map: items in the API's own shapes, made by hand in each test."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from akeneo_assets.mapping.lookups import Lookups
from akeneo_assets.mapping.products import Mapped, ProductMapping
from akeneo_assets.settings.connector import ConnectorSettings

Item = dict[str, Any]


def value(data: Any, locale: str | None = None, scope: str | None = None) -> Item:
    return {"locale": locale, "scope": scope, "data": data}


def _values(values: Mapping[str, Any]) -> dict[str, list[Item]]:
    """`{"name": "Mug"}` is short for one value without locale and scope; a list holds ready values (see `value`)."""
    is_ready = lambda v: isinstance(v, list) and v and isinstance(v[0], dict) and "locale" in v[0]  # noqa: E731
    return {code: v if is_ready(v) else [value(v)] for code, v in values.items()}


@dataclass
class Pim:
    """Channel ecommerce: en_US and fr_FR, EUR and USD, tree master. Attribute sku identifies."""

    channels: list[Item] = field(default_factory=list)
    attributes: list[Item] = field(default_factory=list)
    attribute_options: list[Item] = field(default_factory=list)
    attribute_groups: list[Item] = field(default_factory=list)
    families: list[Item] = field(default_factory=list)
    family_variants: list[Item] = field(default_factory=list)
    measurement_families: list[Item] = field(default_factory=list)
    association_types: list[Item] = field(default_factory=list)
    categories: list[Item] = field(default_factory=list)
    asset_families: list[Item] = field(default_factory=list)
    asset_attributes: list[Item] = field(default_factory=list)
    assets: list[Item] = field(default_factory=list)
    reference_entities: list[Item] = field(default_factory=list)
    reference_entity_attributes: list[Item] = field(default_factory=list)
    reference_entity_attribute_options: list[Item] = field(default_factory=list)
    records: list[Item] = field(default_factory=list)
    media: dict[str, Any] = field(default_factory=dict)

    def channel(self, code: str, locales: list[str], currencies: list[str], tree: str = "master", **more: Any) -> None:
        self.channels.append(
            {"code": code, "locales": locales, "currencies": currencies, "category_tree": tree, "labels": {}, **more}
        )

    def attribute(self, code: str, type_: str, *, options: Mapping[str, Mapping[str, str]] | None = None, **more: Any) -> None:
        prefix = "" if type_.startswith(("akeneo_", "pim_")) else "pim_catalog_"
        given = {"labels": {}, "group": "other", "sort_order": 0, "localizable": False, "scopable": False, **more}
        self.attributes.append({"code": code, "type": prefix + type_, **given})
        for index, (option, labels) in enumerate((options or {}).items()):
            self.attribute_options.append({"code": option, "attribute": code, "sort_order": index + 1, "labels": dict(labels)})

    def family(self, code: str, attributes: list[str], image: str | None = None) -> None:
        self.families.append({"code": code, "attributes": attributes, "attribute_as_image": image, "labels": {}})

    def variant(self, code: str, family: str, *levels: tuple[list[str], list[str]]) -> None:
        """Levels are (axes, other attributes)."""
        sets = [{"level": n, "axes": axes, "attributes": [*axes, *others]} for n, (axes, others) in enumerate(levels, 1)]
        self.family_variants.append({"code": code, "family": family, "labels": {}, "variant_attribute_sets": sets})

    def category(self, code: str, parent: str | None = None, **more: Any) -> None:
        self.categories.append({"code": code, "parent": parent, "labels": {}, **more})

    def association_type(self, code: str, quantified: bool = False) -> None:
        self.association_types.append({"code": code, "labels": {}, "is_quantified": quantified, "is_two_way": False})

    def lookups(self) -> Lookups:
        return Lookups.build(**vars(self))

    def mapping(self, **settings: Any) -> ProductMapping:
        return ProductMapping(ConnectorSettings.model_validate(settings), self.lookups())

    def product(self, identifier: str | None, values: Mapping[str, Any] | None = None, **more: Any) -> Item:
        given = _values(values or {})
        if identifier is not None:
            given["sku"] = [value(identifier)]
        base = {"uuid": f"uuid-{identifier}", "enabled": True, "family": None, "parent": None, "categories": [], "groups": []}
        return {**base, "values": given, "associations": {}, "quantified_associations": {}, **more}

    def model(self, code: str, values: Mapping[str, Any] | None = None, **more: Any) -> Item:
        base = {"code": code, "family": "shirts", "family_variant": "by_size", "parent": None, "categories": []}
        return {**base, "values": _values(values or {}), "associations": {}, "quantified_associations": {}, **more}

    def shirts(self) -> None:
        """A family whose models vary by size: name on the model; size, ean and picture on the variants."""
        self.attribute("name", "text")
        self.attribute(
            "size", "simpleselect", options={"s": {"en_US": "Small", "fr_FR": "Petit"}, "m": {"en_US": "Medium"}, "l": {}}
        )
        self.attribute("ean", "text")
        self.attribute("picture", "image")
        self.family("shirts", ["sku", "name", "size", "ean", "picture"])
        self.variant("by_size", "shirts", (["size"], ["sku", "ean", "picture"]))

    def map(
        self, row: Item, ancestors: list[Item] | None = None, targets: Mapping[Any, Any] | None = None, **settings: Any
    ) -> Mapped:
        return self.mapping(**settings).map_product(row, ancestors=ancestors or [], targets=targets or {})

    def record(
        self, row: Item, ancestors: list[Item] | None = None, targets: Mapping[Any, Any] | None = None, **settings: Any
    ) -> Any:
        """The product record that the row becomes."""
        return self.map(row, ancestors, targets, **settings).records[0][2]


@pytest.fixture
def pim() -> Pim:
    pim = Pim()
    pim.channel("ecommerce", ["en_US", "fr_FR"], ["EUR", "USD"])
    pim.attribute("sku", "identifier")
    pim.category("master")
    return pim


@pytest.fixture
def of() -> Any:
    """Makes a value: data, locale, scope."""
    return value


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The reference material, which isn't part of the repository."""
    found = Path(os.environ.get("SHARED_DIR", Path(__file__).parents[4] / "shared"))
    if not found.is_dir():
        pytest.skip(f"the reference material is not at {found}; set SHARED_DIR")
    return found
