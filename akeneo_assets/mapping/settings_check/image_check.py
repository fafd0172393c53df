"""The section `images` of connector.yaml against the PIM's attributes and asset families.

Belongs here: view types, and the sources of alternative text and title. Doesn't: single images (`akeneo_assets.mapping.images`).
"""

from collections.abc import Iterator

from akeneo_assets.mapping.frame import Frame
from akeneo_assets.mapping.images import localized
from akeneo_assets.mapping.settings_check.attribute_check import check_source
from akeneo_assets.mapping.settings_check.missing_names import lacks, missing_attribute
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.settings.image_settings import ViewType
from akeneo_assets.structure.pim_structure import Structure, fold


def check_images(settings: ConnectorSettings, structure: Structure) -> Iterator[str]:
    """Yield a sentence for each attribute or asset family that the PIM lacks or that holds no images."""
    for view in settings.images.view_types:
        yield from _check_view_type(view, structure)
    for name, source in (("alt", settings.images.alt), ("title", settings.images.title)):
        if source is not None:
            yield from check_source(f"images.{name}", source, settings, structure)
            if source.sites:
                yield f"connector.yaml: images.{name} gives values per site, but SFCC has one for all sites; map one source."


def _check_view_type(view: ViewType, structure: Structure) -> Iterator[str]:
    path = f"images.view_types.{view.id}"
    for code in view.attributes:
        yield from missing_attribute(f"{path}.attributes", code, structure)
        attribute = structure.attribute(code)
        if attribute is not None and attribute.type not in ("image", "asset_collection"):
            yield (
                f"connector.yaml: {path}.attributes names '{code}', which is a {attribute.type}; "
                "it must be an image or an asset collection."
            )
    for code in view.asset_families:
        if structure.asset_families and fold(code) not in structure.asset_families:
            existing = (family.code for family in structure.asset_families.values())
            yield lacks(f"{path}.asset_families", "asset family", code, existing)
    if view.asset_attribute is not None:
        yield from _check_asset_attribute(view, view.asset_attribute, structure)


def _check_asset_attribute(view: ViewType, code: str, structure: Structure) -> Iterator[str]:
    """The attribute must hold images in one of the families that the view type shows; the others then show nothing."""
    path, families = f"images.view_types.{view.id}.asset_attribute", structure.asset_families
    existing = [attribute["code"] for family in families.values() for attribute in family.attributes.values()]
    if existing and fold(code) not in map(fold, existing):
        yield lacks(path, "asset attribute", code, existing)
    shown = {fold(code) for code in view.asset_families} or families.keys()
    attributes = [family.attributes.get(fold(code)) for key, family in families.items() if key in shown]
    kinds = {(a["type"], a.get("media_type")) for a in attributes if a is not None}
    if kinds and not kinds & {("media_file", "image"), ("media_link", "image")}:
        is_ = " or ".join(sorted(f"{type_} of {media}" if media else type_ for type_, media in kinds))
        yield (
            f"connector.yaml: {path} names '{code}', which is a {is_}; "
            "it must be a media file or media link whose media type is image."
        )


def check_view_type_ids(frame: Frame) -> Iterator[str]:
    """Yield a sentence for each view type that is there twice, or that is named like another one's of a locale."""
    ids = [view.id for view in frame.settings.images.view_types]
    distinct = dict.fromkeys(ids)
    for id_ in distinct:
        if ids.count(id_) > 1:
            yield f"connector.yaml: images.view_types has '{id_}' twice; name all that it shows in one entry."
    for id_, suffix in ((id_, suffix) for id_ in distinct for suffix in localized(frame)):
        if f"{id_}{suffix}" in distinct:
            yield (
                f"connector.yaml: images.view_types has '{id_}{suffix}', as images.localized_view_types calls '{id_}' in "
                f"{suffix[1:]}; rename one of them."
            )


def check_variation_attribute(settings: ConnectorSettings, structure: Structure) -> Iterator[str]:
    """The catalog's header names the attribute by its code alone, so that the settings have to spell it as the PIM does."""
    code, path = settings.images.variation_attribute, "images.variation_attribute"
    if code is None:
        return
    attribute = structure.attribute(code)
    if attribute is None:
        yield from missing_attribute(path, code, structure)
    elif fold(code) not in structure.axes:
        yield f"connector.yaml: {path} names '{code}', by which no family variant varies; name the axis that images show."
    elif attribute.code != code:
        yield f"connector.yaml: {path} names '{code}', which the PIM spells '{attribute.code}'; write it like that."
