"""A small PIM to map: items in the API's own shapes, made by hand in each test."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from akeneo_assets.mapping.products import ProductMapping
from akeneo_assets.mapping.record_writer import Mapped
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.structure.pim_structure import Structure

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

    def family(self, code: str, attributes: list[str], image: str | None = None, label: str | None = None) -> None:
        family = {"code": code, "attributes": attributes, "attribute_as_image": image, "attribute_as_label": label, "labels": {}}
        self.families.append(family)

    def variant(self, code: str, family: str, *levels: tuple[list[str], list[str]]) -> None:
        """Levels are (axes, other attributes)."""
        sets = [{"level": n, "axes": axes, "attributes": [*axes, *others]} for n, (axes, others) in enumerate(levels, 1)]
        self.family_variants.append({"code": code, "family": family, "labels": {}, "variant_attribute_sets": sets})

    def category(self, code: str, parent: str | None = None, **more: Any) -> None:
        self.categories.append({"code": code, "parent": parent, "labels": {}, **more})

    def association_type(self, code: str, quantified: bool = False) -> None:
        self.association_types.append({"code": code, "labels": {}, "is_quantified": quantified, "is_two_way": False})

    def structure(self) -> Structure:
        return Structure.build(**vars(self))

    def mapping(self, **settings: Any) -> ProductMapping:
        return ProductMapping(ConnectorSettings.model_validate(settings), self.structure())

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


class Catalogue:
    """A catalogue as the sandbox PIM serves it: `structure`, `products`, `models` by code."""

    def __init__(self, address: str) -> None:
        self._session = requests.Session()
        self._root = f"{address}/api/rest/v1/"
        login = {"grant_type": "password", "username": "sandbox", "password": "sandbox"}
        answer = self._session.post(f"{address}/api/oauth/v1/token", json=login, auth=("sandbox", "sandbox"), timeout=60)
        self._session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        self.structure = Structure.build(**self._structure())
        self.products = self._read("products-uuid", limit=100, pagination_type="search_after")
        self.models = {m["code"]: m for m in self._read("product-models", limit=100, pagination_type="search_after")}
        self._session.close()

    def ancestors(self, row: Item) -> list[Item]:
        """The models above a row, the root first."""
        parent = self.models.get(row["parent"] or "")
        return [*self.ancestors(parent), parent] if parent else []

    def _read(self, path: str, **params: Any) -> list[Item]:
        answer = self._session.get(self._root + path, params=params, timeout=60).json()
        items: list[Item] = []
        while isinstance(answer, dict):
            items += answer["_embedded"].get("items") or answer["_embedded"].get("_items") or []
            following = answer["_links"].get("next")
            if following is None:
                return items
            answer = self._session.get(following["href"], timeout=60).json()
        return list(answer)

    def _below(self, owner: str, owners: list[Item], path: str) -> list[Item]:
        return [{**item, owner: o["code"]} for o in owners for item in self._read(path.format(o["code"]))]

    def _structure(self) -> dict[str, list[Item]]:
        attributes, families = self._read("attributes", limit=100), self._read("families", limit=100)
        selects = [a for a in attributes if a["type"] in ("pim_catalog_simpleselect", "pim_catalog_multiselect")]
        asset_families, entities = self._read("asset-families"), self._read("reference-entities")
        return {
            "attributes": attributes,
            "families": families,
            **{
                name: self._read(name.replace("_", "-"), limit=100)
                for name in ("channels", "attribute_groups", "association_types")
            },
            "categories": self._read("categories", limit=100, with_enriched_attributes="true"),
            "measurement_families": self._read("measurement-families"),
            "attribute_options": self._below("attribute", selects, "attributes/{}/options?limit=100"),
            "family_variants": self._below("family", families, "families/{}/variants?limit=100"),
            "asset_families": asset_families,
            "asset_attributes": self._below("asset_family", asset_families, "asset-families/{}/attributes"),
            "assets": self._below("asset_family", asset_families, "asset-families/{}/assets"),
            "reference_entities": entities,
            "reference_entity_attributes": self._below("reference_entity", entities, "reference-entities/{}/attributes"),
            "records": self._below("reference_entity", entities, "reference-entities/{}/records"),
        }


def served(catalog: str) -> Iterator[Catalogue]:
    """Starts the sandbox PIM, reads all of the catalogue, stops it."""
    command = [
        str(Path(sys.executable).with_name("akeneo-sfcc")),
        "sandbox",
        "pim",
        "--catalog",
        catalog,
        "--port",
        "0",
        "--no-limits",
    ]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    assert server.stdout is not None
    try:
        yield Catalogue(next(word for word in server.stdout.readline().split() if word.startswith("http")))
    finally:
        server.terminate()
        server.wait()
        server.stdout.close()


@pytest.fixture(scope="session")
def icecat(shared_dir: Path) -> Iterator[Catalogue]:
    """The real catalogue of the reference material."""
    yield from served(str(shared_dir / "icecat"))


@pytest.fixture(scope="session")
def demo() -> Iterator[Catalogue]:
    """The project's own catalogue, which holds every attribute type and product shape."""
    yield from served("demo")
