"""Values that name another object: files, assets, records of reference entities, products.

Belongs here: under which name SFCC has the object. Doesn't: the objects themselves (`images`, `asset_manager`, `content`), the
names of files (`media_keys`).
"""

from collections.abc import Callable, Mapping
from typing import Any

from akeneo_assets.mapping.asset_manager import AssetReader, Use, collection_value, described
from akeneo_assets.mapping.frame import Context, Frame, ValueType
from akeneo_assets.mapping.media_keys import given_path, media_address, media_key
from akeneo_assets.mapping.select_values import each_value, set_value
from akeneo_assets.mapping.texts import UnmappableError
from akeneo_assets.structure.pim_structure import Attribute, fold

# --- Files and assets -----------------------------------------------------------------------------------------------------------


def file_type(_attribute: Attribute, frame: Frame) -> tuple[ValueType, ...]:
    """A file: its path below the catalog's static files."""
    return (ValueType("string", lambda data, _context: given_path(media_key("media-files", data), frame.structure.media)),)


def image_type(_attribute: Attribute, frame: Frame) -> tuple[ValueType, ...]:
    """An image: its path."""
    return (ValueType("image", lambda data, _context: image_path(media_key("media-files", data), frame)),)


def image_path(key: str, frame: Frame) -> str:
    """The path of the image with this media key, below the catalog's static files. Where images lie outside SFCC
    (`images.external_location`) no file is copied, and the path is the PIM's own code. UnmappableError: the PIM could not give
    the file."""
    if frame.settings.images.external_location is not None:
        return media_address(key)[1]
    return given_path(key, frame.structure.media)


def asset_reader(frame: Frame) -> AssetReader:
    """The reader of the structure's assets."""
    return AssetReader(frame.structure.asset_families, frame.structure.assets, frame.sites)


def asset_collection_type(attribute: Attribute, frame: Frame) -> tuple[ValueType, ...]:
    """The assets of a collection (`assets.as`): one JSON text, their codes, or a JSON text for each."""
    reader = asset_reader(frame)
    as_ = frame.settings.assets.as_
    known = reader.family(attribute) is not None

    def convert(data: Any, context: Context) -> str | list[str] | None:
        if known:
            use = Use(frame.structure.media, context.reasons, frame.settings.images.external_location is not None)
            entries = described(reader, attribute, data, use)
        else:  # the PIM gave no assets: their codes are all there is
            entries = [{"code": str(code)} for code in data]
        value = collection_value(as_, entries, context.reasons)
        return set_value(value, context.reasons) if isinstance(value, list) else value

    return (ValueType("text" if as_ == "json" else "set-of-string", convert),)


# --- Records of reference entities ----------------------------------------------------------------------------------------------


def record_id(entity: str, record: str) -> str:
    """The id of the content asset that a record of a reference entity becomes, spelled as the official cartridge does:
    `akeneo_entity_brands_acme`."""
    return f"akeneo_entity_{entity}_{record}"


def reference_entity_type(attribute: Attribute, frame: Frame) -> tuple[ValueType, ...]:
    """The id of the content asset of one record."""
    id_of = _record_id_of(attribute, frame)
    return (ValueType("string", lambda data, _context: id_of(data)),)


def reference_entities_type(attribute: Attribute, frame: Frame) -> tuple[ValueType, ...]:
    """The ids of the content assets of several records."""
    id_of = _record_id_of(attribute, frame)
    return (ValueType("set-of-string", lambda data, context: set_value(each_value(id_of, data, context), context.reasons)),)


def _record_id_of(attribute: Attribute, frame: Frame) -> Callable[[Any], str]:
    entity = frame.structure.reference_entities.get(fold(attribute.reference or ""))

    def id_of(code: Any) -> str:
        if entity is None:  # not read from the PIM: its codes are all there is
            return record_id(attribute.reference or attribute.code, str(code))
        record = frame.structure.records.get((fold(entity.code), fold(str(code))))
        if record is None:
            raise UnmappableError(f"the reference entity '{entity.code}' has no record '{code}'")
        return record_id(entity.code, record.code)

    return id_of


# --- Products -------------------------------------------------------------------------------------------------------------------


def link_target(data: Mapping[str, Any]) -> tuple[str, str]:
    """The (kind, key) under which `Targets` has the product or model that a product link names:
    `{"type": "product_model", "id": "mug"}` is `("product_model", "mug")`. Raises one of MALFORMED (`problems`) for a link that
    names none."""
    kind, key = ("product_model" if data["type"] == "product_model" else "product"), data.get("id")
    if kind == "product" and not key:
        kind, key = "identifier", data.get("identifier")
    if not key:
        raise UnmappableError("the product link names no product")
    return kind, str(key)


def product_link_type(_attribute: Attribute, _frame: Frame) -> tuple[ValueType, ...]:
    """The SFCC id of the product linked."""
    return (ValueType("string", linked_id),)


def linked_id(data: Any, context: Context) -> str:
    """The SFCC id of the product that a product link names. UnmappableError: it isn't exported."""
    kind, key = link_target(data)
    target = context.targets.get((kind, key))
    if target is None:
        raise UnmappableError(f"the {'product model' if kind == 'product_model' else 'product'} '{key}' isn't exported")
    return str(target)
