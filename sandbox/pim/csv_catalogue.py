"""An Akeneo CSV export folder as a catalogue (`attributes.csv`, `families.csv`, ... `products.csv`, `files/`).

Columns: `label-en_US`, `attribute-locale-channel`, `price-EUR`, `weight-unit`, `X_SELL-products`. Rows of variants repeat their
ancestors' values; the import drops them, media included: each level keeps what its family variant gives it. So a variant's own
copy of a common image never comes to be, and its file is not taken. Sources: Akeneo help, product export file structure; the
import's attribute filter for products and models.
"""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.pim.api_media import PRODUCT, media_code, mime_of
from sandbox.pim.api_structure import with_identifier
from sandbox.pim.catalogue_loading import LOADED, Loader, LoadError, uuid_like_v4
from sandbox.pim.pim_catalogue import NO_PARENT, Level, Model, Product
from sandbox.pim.pim_database import Doc
from sandbox.pim.pim_structure import Structure
from sandbox.pim.pim_values import MEDIA_TYPES, BadDataError, Values, normal_values

Row = dict[str, str]


def fill(loader: Loader, folder: Path) -> None:
    """Load the folder. Raises LoadError when it isn't an export."""
    for name in ("attributes", "families", "products"):
        if not (folder / f"{name}.csv").is_file():
            raise LoadError(f"{folder} is no Akeneo CSV export: {name}.csv is missing; give a folder that has it.")
    with loader.store.writing():
        _fill_structure(loader, folder)
    loader.read()
    _Items(loader, folder).fill()


def _rows(folder: Path, name: str) -> Iterator[Row]:
    path = folder / f"{name}.csv"
    if path.is_file():
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from csv.DictReader(file, delimiter=";")


def _labels(row: Row) -> Doc:
    return {name.removeprefix("label-"): text for name, text in row.items() if name.startswith("label-") and text}


def _list(text: str | None) -> list[str]:
    return [part for part in (text or "").split(",") if part]


def _number(text: str | None) -> int | None:
    return int(float(text)) if text else None


def _switch(text: str | None) -> bool | None:
    return None if text in (None, "") else text == "1"


def _fill_structure(loader: Loader, folder: Path) -> None:
    _fill_channels(loader, folder)
    for row in _rows(folder, "attribute_groups"):
        group = {"code": row["code"], "sort_order": _number(row.get("sort_order")) or 0, "labels": _labels(row)}
        loader.add("attribute_group", group)
    attributes = list(_rows(folder, "attributes"))
    identifier = next((row["code"] for row in attributes if row["type"] == "pim_catalog_identifier"), "sku")
    for row in attributes:
        loader.add("attribute", _attribute(row))
    for row in _rows(folder, "attribute_options"):
        order = _number(row["sort_order"]) or 0
        option = {"code": row["code"], "attribute": row["attribute"], "sort_order": order, "labels": _labels(row)}
        loader.add("option", option, row["attribute"])
    for row in _rows(folder, "families"):
        loader.add("family", _family(row, identifier))
    for row in _rows(folder, "family_variants"):
        loader.add("family_variant", _family_variant(row, identifier), row["family"])
    for row in _rows(folder, "categories"):
        loader.add("category", {"code": row["code"], "parent": row["parent"] or None, "labels": _labels(row)})
    for row in _rows(folder, "association_types"):
        switches = {name: _switch(row.get(name)) or False for name in ("is_quantified", "is_two_way")}
        loader.add("association_type", {"code": row["code"], "labels": _labels(row), **switches})


def _fill_channels(loader: Loader, folder: Path) -> None:
    """Channels, and the locales and currencies they may have; a locale is active while a channel has it."""
    active: set[str] = set()
    for row in _rows(folder, "channels"):
        active.update(_list(row["locales"]))
        units = (pair.partition(":") for pair in _list(row.get("conversion_units")))
        channel = {
            "code": row["code"],
            "locales": _list(row["locales"]),
            "currencies": _list(row["currencies"]),
            "category_tree": row["tree"],
            "conversion_units": {attribute: unit for attribute, _, unit in units},
            "labels": _labels(row),
        }
        loader.add("channel", channel)
    for row in _rows(folder, "locales"):
        loader.add("locale", {"code": row["code"], "enabled": row["code"] in active})
    for row in _rows(folder, "currencies"):
        loader.add("currency", {"code": row["code"], "enabled": row["activated"] == "1"})


def _attribute(row: Row) -> Doc:
    doc: Doc = {"code": row["code"], "type": row["type"], "group": row["group"], "labels": _labels(row)}
    for name in ("unique", "useable_as_grid_filter", "localizable", "scopable"):
        doc[name] = row.get(name) == "1"
    for name in ("wysiwyg_enabled", "decimals_allowed", "negative_allowed", "auto_option_sorting"):
        doc[name] = _switch(row.get(name))
    for name in ("allowed_extensions", "available_locales"):
        doc[name] = _list(row.get(name))
    for name in ("max_characters", "minimum_input_length"):
        doc[name] = _number(row.get(name))
    for name in (
        "metric_family", "default_metric_unit", "reference_data_name", "validation_rule", "validation_regexp", "number_min",
        "number_max", "date_min", "date_max", "max_file_size",
    ):  # fmt: skip
        doc[name] = row.get(name) or None
    doc["sort_order"] = _number(row.get("sort_order")) or 0
    return doc


def _family(row: Row, identifier: str) -> Doc:
    requirements = {
        name.removeprefix("requirements-"): sorted({*_list(codes), identifier})
        for name, codes in row.items()
        if name.startswith("requirements-")
    }
    return {
        "code": row["code"],
        "attributes": sorted({*_list(row["attributes"]), identifier}),
        "attribute_as_label": row.get("attribute_as_label") or identifier,
        "attribute_as_image": row.get("attribute_as_image") or None,
        "attribute_requirements": requirements,
        "labels": _labels(row),
    }


def _family_variant(row: Row, identifier: str) -> Doc:
    sets = []
    for level in (1, 2):
        axes = _list(row.get(f"variant-axes_{level}"))
        if axes:
            attributes = list(dict.fromkeys([*axes, *_list(row.get(f"variant-attributes_{level}"))]))
            sets.append({"level": level, "axes": axes, "attributes": attributes})
    return {"code": row["code"], "variant_attribute_sets": with_identifier(sets, identifier), "labels": _labels(row)}


@dataclass(frozen=True)
class _Column:
    """What a column of products.csv means: a value's attribute and place, and `part` (a currency, "unit", or "" = the data)."""

    attribute: Doc
    locale: str | None
    scope: str | None
    part: str


class _Items:
    """Products and models of the folder."""

    def __init__(self, loader: Loader, folder: Path) -> None:
        self.loader = loader
        self.folder = folder
        self.structure: Structure = loader.structure
        self._identifier = self.structure.main_identifier
        self._columns: dict[str, _Column | None] = {}
        self._media: dict[str, tuple[str, str, str, str, int, str | None, bytes | None]] = {}

    def fill(self) -> None:
        roots = [row for row in _rows(self.folder, "product_models") if not row["parent"]]
        below = [row for row in _rows(self.folder, "product_models") if row["parent"]]
        self.loader.add_models(self._model(row) for row in roots)
        self.loader.add_models(self._model(row) for row in below)
        self.loader.add_products(self._product(row) for row in _rows(self.folder, "products"))
        self.loader.store.put_media(self._media.values())

    def _model(self, row: Row) -> tuple[Model, Level]:
        above = self._level(row, row["code"])
        variant = self.structure.family_variants[row["family_variant"].lower()]
        owned = self.structure.level_attributes(variant["code"], above.depth)
        plain, quantified = self._associations(row)
        model = Model(
            code=row["code"],
            family=variant["family"],
            family_variant=variant["code"],
            parent=above.code,
            categories=self._categories(row, above),
            values=self._values(row, owned, row["code"]),
            associations=plain,
            quantified_associations=quantified,
            created=LOADED,
            updated=LOADED,
        )
        return model, above

    def _product(self, row: Row) -> tuple[Product, Level]:
        name = row[self._identifier]
        above = self._level(row, name)
        owned = self.structure.level_attributes(above.family_variant, above.depth) if above.family_variant else None
        plain, quantified = self._associations(row)
        product = Product(
            uuid=row.get("uuid") or uuid_like_v4(name),
            enabled=row.get("enabled", "1") == "1",
            family=above.family or self.structure.spelled(self.structure.families, row.get("family") or None),
            parent=above.code,
            groups=_list(row.get("groups")),
            categories=self._categories(row, above),
            values=self._values(row, owned, name),
            associations=plain,
            quantified_associations=quantified,
            created=LOADED,
            updated=LOADED,
        )
        return product, above

    def _level(self, row: Row, name: str) -> Level:
        if not row.get("parent"):
            return NO_PARENT
        try:
            return self.loader.level(row["parent"])
        except KeyError as unknown:
            raise LoadError(
                f"{self.folder}: the parent {row['parent']} of {name} is no product model; correct the export."
            ) from unknown

    def _categories(self, row: Row, above: Level) -> list[str]:
        spelled = (self.structure.spelled(self.structure.categories, code) for code in _list(row.get("categories")))
        return sorted({code for code in spelled if code is not None} - set(above.categories))

    def _values(self, row: Row, owned: frozenset[str] | None, name: str) -> Values:
        values: Values = {}
        for header, text in row.items():
            column = self._column(header) if text else None
            if column is not None and (owned is None or column.attribute["code"].lower() in owned):
                self._put(values, column, text)
        for given in values.values():
            for value in given:
                if isinstance(value["data"], dict) and "amount" not in value["data"]:
                    value["data"] = None
        try:
            return normal_values(self.structure, values)
        except BadDataError as bad:
            raise LoadError(f"{self.folder}: {name}: {bad} Correct the export.") from bad

    def _column(self, header: str) -> _Column | None:
        if header not in self._columns:
            self._columns[header] = self._parse_column(header)
        return self._columns[header]

    def _parse_column(self, header: str) -> _Column | None:
        code, *rest = header.split("-")
        attribute = self.structure.attribute(code)
        if attribute is None or re.fullmatch(r"(products|product_models|groups)(-quantity)?", "-".join(rest)):
            return None
        locale = rest.pop(0) if attribute["localizable"] and rest else None
        scope = rest.pop(0) if attribute["scopable"] and rest else None
        return _Column(attribute, locale, scope, rest[0] if rest else "")

    def _put(self, values: Values, column: _Column, text: str) -> None:
        given = values.setdefault(column.attribute["code"], [])
        value = next((v for v in given if (v["locale"], v["scope"]) == (column.locale, column.scope)), None)
        if value is None:
            value = {"locale": column.locale, "scope": column.scope, "data": None}
            given.append(value)
        kind = column.attribute["type"]
        if kind == "pim_catalog_price_collection":
            value["data"] = [*(value["data"] or []), {"amount": text, "currency": column.part}]
        elif kind == "pim_catalog_metric":
            value["data"] = {**(value["data"] or {}), "unit" if column.part == "unit" else "amount": text}
        else:
            value["data"] = self._data(kind, text)

    def _data(self, kind: str, text: str) -> Any:
        if kind in MEDIA_TYPES:
            return self._media_code(text)
        readers: dict[str, Callable[[str], Any]] = {
            "pim_catalog_boolean": lambda t: t == "1",
            "pim_catalog_multiselect": _list,
            "akeneo_reference_entity_collection": _list,
            "pim_catalog_asset_collection": _list,
        }
        return readers.get(kind, str)(text)

    def _media_code(self, text: str) -> str:
        path = self.folder / text
        code = media_code(text, path.name)
        size = path.stat().st_size if path.is_file() else 0
        self._media[code] = (PRODUCT, code, path.name, mime_of(path.name), size, str(path.absolute()), None)
        return code

    def _associations(self, row: Row) -> tuple[dict[str, dict[str, list[str]]], dict[str, dict[str, list[Doc]]]]:
        plain: dict[str, dict[str, list[str]]] = {}
        quantified: dict[str, dict[str, list[Doc]]] = {}
        for kind in self.structure.association_types:
            code = kind["code"]
            for target in ("products", "product_models", "groups"):
                codes = _list(row.get(f"{code}-{target}"))
                if not codes:
                    continue
                named = [uuid_like_v4(c) for c in codes] if target == "products" else codes
                if kind["is_quantified"]:
                    numbers = (row.get(f"{code}-{target}-quantity") or "").split("|")
                    key = "uuid" if target == "products" else "identifier"
                    quantified.setdefault(code, {})[target] = [
                        {key: c, "quantity": int(n)} for c, n in zip(named, numbers, strict=False) if n
                    ]
                else:
                    plain.setdefault(code, {})[target] = named
        return plain, quantified
