"""A folder of JSON lines as a catalogue: one file a resource, each line one item in the API's shape without `_links`.

Models and variants hold their own level's values only. Media: a file's path below `media/` (`asset_media/`,
`reference_entity_media/`) is its code; a code used in a value without such a file is known, and its download answers 404.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import orjson

from sandbox.pim.api_media import ASSET, CATEGORY, PRODUCT, RECORD, mime_of
from sandbox.pim.api_structure import with_identifier
from sandbox.pim.catalogue_loading import LOADED, Loader, LoadError, uuid_like_v4
from sandbox.pim.pim_catalogue import NO_PARENT, Level, Model, Product
from sandbox.pim.pim_database import Doc
from sandbox.pim.pim_values import MEDIA_TYPES, BadDataError, Values, normal_values

# file name -> kind, properties that name the owner
FILES: list[tuple[str, str, tuple[str, ...]]] = [
    ("locales", "locale", ()),
    ("currencies", "currency", ()),
    ("channels", "channel", ()),
    ("attribute_groups", "attribute_group", ()),
    ("attributes", "attribute", ()),
    ("attribute_options", "option", ("attribute",)),
    ("families", "family", ()),
    ("family_variants", "family_variant", ("family",)),
    ("measurement_families", "measurement_family", ()),
    ("association_types", "association_type", ()),
    ("categories", "category", ()),
    ("asset_families", "asset_family", ()),
    ("asset_attributes", "asset_attribute", ("asset_family",)),
    ("asset_attribute_options", "asset_option", ("asset_family", "attribute")),
    ("assets", "asset", ("asset_family",)),
    ("reference_entities", "reference_entity", ()),
    ("reference_entity_attributes", "reference_entity_attribute", ("reference_entity",)),
    ("reference_entity_attribute_options", "reference_entity_option", ("reference_entity", "attribute")),
    ("records", "record", ("reference_entity",)),
]
MEDIA = (("media", PRODUCT), ("category_media", CATEGORY), ("asset_media", ASSET), ("reference_entity_media", RECORD))


def fill(loader: Loader, folder: Path) -> None:
    """Load the folder. Raises LoadError with file and line when an item can't be."""
    for name in ("attributes", "families", "products"):
        if not (folder / f"{name}.jsonl").is_file():
            raise LoadError(f"{folder} is no JSON-lines catalogue: {name}.jsonl is missing; give a folder that has it.")
    with loader.store.writing():
        for name, kind, owners in FILES:
            for where, item in _lines(folder, name):
                _add(loader, kind, owners, item, where)
        _activate(loader)
        for name, kind in MEDIA:
            _add_media(loader, kind, folder / name)
    loader.read()
    models = [(where, item) for where, item in _lines(folder, "product_models")]
    loader.add_models(_model(loader, folder, where, item) for where, item in models if not item.get("parent"))
    loader.add_models(_model(loader, folder, where, item) for where, item in models if item.get("parent"))
    loader.add_products(_product(loader, folder, where, item) for where, item in _lines(folder, "products"))


def _lines(folder: Path, name: str) -> Iterator[tuple[str, Doc]]:
    path = folder / f"{name}.jsonl"
    if not path.is_file():
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                try:
                    yield f"{path.name} line {number}", orjson.loads(line)
                except orjson.JSONDecodeError as wrong:
                    raise LoadError(f"{path} line {number} is no JSON: {wrong}; correct it.") from wrong


def _add(loader: Loader, kind: str, owners: tuple[str, ...], item: Doc, where: str) -> None:
    try:
        owner = "/".join(item[name] for name in owners)
        doc = {k: v for k, v in item.items() if k not in owners or kind == "option"}
        doc = {k: v for k, v in doc.items() if k not in ("created", "updated", "_links", "group_labels", "common_attributes")}
        if kind == "family_variant":
            doc["variant_attribute_sets"] = [
                {**s, "attributes": list(dict.fromkeys([*s["axes"], *s.get("attributes", [])]))}
                for s in doc["variant_attribute_sets"]
            ]
            identifiers = (r.code for r in loader.store.every("attribute") if r.doc["type"] == "pim_catalog_identifier")
            doc["variant_attribute_sets"] = with_identifier(doc["variant_attribute_sets"], next(identifiers, "sku"))
        loader.add(kind, doc, owner, _time(item.get("updated")))
    except KeyError as missing:
        raise LoadError(f"{where}: {missing} is missing; add it.") from missing


def _time(text: str | None) -> int:
    return LOADED if text is None else int(datetime.fromisoformat(text).timestamp())


def _activate(loader: Loader) -> None:
    """Locales and currencies that a channel has are active, listed or not."""
    channels = [r.doc for r in loader.store.every("channel")]
    for kind, key in (("locale", "locales"), ("currency", "currencies")):
        for code in sorted({code for channel in channels for code in channel[key]}):
            listed = loader.store.get(kind, code)
            loader.add(kind, {"code": code, **(listed.doc if listed else {}), "enabled": True})


def _add_media(loader: Loader, kind: str, folder: Path) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
    loader.store.put_media(
        (
            kind,
            path.relative_to(folder).as_posix(),
            _original_name(path),
            mime_of(path.name),
            path.stat().st_size,
            str(path.absolute()),
            None,
        )
        for path in files
    )


def _original_name(path: Path) -> str:
    """The name after the hash of a code like `<40 hex>_name.png`."""
    digest, _, name = path.name.partition("_")
    return name if len(digest) == 40 and name else path.name


def _level(loader: Loader, item: Doc, where: str) -> Level:
    if not item.get("parent"):
        return NO_PARENT
    try:
        return loader.level(item["parent"])
    except KeyError as unknown:
        raise LoadError(f"{where}: the parent {item['parent']} is no product model; correct it.") from unknown


def _values(loader: Loader, folder: Path, item: Doc, owned: frozenset[str] | None, where: str) -> Values:
    given = {
        code: [{"locale": v.get("locale"), "scope": v.get("scope"), "data": v["data"]} for v in values]
        for code, values in item.get("values", {}).items()
    }
    strange = [code for code in given if owned is not None and code.lower() not in owned]
    if strange:
        raise LoadError(f"{where}: {', '.join(strange)} belongs to another level of the family variant; move it there.")
    try:
        values = normal_values(loader.structure, given)
    except BadDataError as bad:
        raise LoadError(f"{where}: {bad} Correct it.") from bad
    for code, kept in values.items():
        if loader.structure.attributes[code.lower()]["type"] in MEDIA_TYPES:
            _know_media(loader, folder / "media", [v["data"] for v in kept])
    return values


def _know_media(loader: Loader, folder: Path, codes: list[str]) -> None:
    absent = [(PRODUCT, c, _original_name(folder / c), mime_of(c), 0, str((folder / c).absolute()), None) for c in codes]
    loader.store.put_media(row for row in absent if not (folder / row[1]).is_file())


def _common(loader: Loader, item: Doc, above: Level) -> Doc:
    structure = loader.structure
    spelled = [structure.spelled(structure.categories, code) or code for code in item.get("categories", [])]
    return {
        "parent": above.code,
        "categories": sorted(set(spelled) - set(above.categories)),
        "associations": item.get("associations", {}),
        "quantified_associations": item.get("quantified_associations", {}),
        "created": _time(item.get("created") or item.get("updated")),
        "updated": _time(item.get("updated") or item.get("created")),
    }


def _model(loader: Loader, folder: Path, where: str, item: Doc) -> tuple[Model, Level]:
    above = _level(loader, item, where)
    variant = loader.structure.family_variants.get(str(item.get("family_variant") or above.family_variant).lower())
    if variant is None:
        raise LoadError(f"{where}: the family variant {item.get('family_variant')} does not exist; correct it.")
    owned = loader.structure.level_attributes(variant["code"], above.depth)
    model = Model(
        code=item["code"],
        family=variant["family"],
        family_variant=variant["code"],
        values=_values(loader, folder, item, owned, where),
        **_common(loader, item, above),
    )
    return model, above


def _product(loader: Loader, folder: Path, where: str, item: Doc) -> tuple[Product, Level]:
    above = _level(loader, item, where)
    structure = loader.structure
    if item.get("family") and structure.spelled(structure.families, item["family"]) is None:
        raise LoadError(f"{where}: the family {item['family']} does not exist; correct it.")
    owned = structure.level_attributes(above.family_variant, above.depth) if above.family_variant else None
    product = Product(
        uuid=str(item.get("uuid") or uuid_like_v4(where)).lower(),
        enabled=item.get("enabled", True),
        family=above.family or structure.spelled(structure.families, item.get("family")),
        groups=item.get("groups", []),
        values=_values(loader, folder, item, owned, where),
        **_common(loader, item, above),
    )
    return product, above
