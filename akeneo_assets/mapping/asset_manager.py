"""Assets: what an asset shows, as a value of an asset collection and as an image.

Belongs here: reading assets. Doesn't: the order of a product's images and their groups (`images`).
Source: Akeneo API: asset families (`attribute_as_main_media`), media_file and media_link attributes with `media_type`, prefix,
suffix.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import orjson

from akeneo_assets.mapping.media_keys import given_path, media_address, media_key
from akeneo_assets.mapping.sites import Sites, Slot, label
from akeneo_assets.mapping.texts import UnmappableError, clean
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.structure.pim_structure import Attribute, EntityStructure, Entry, Item, fold

MEDIA_TYPES: Final = ("image", "pdf", "youtube", "vimeo", "other")

_PLAYERS: Final = {"youtube": "https://www.youtube.com/watch?v=", "vimeo": "https://vimeo.com/"}
"""Where a video lies whose link attribute has no prefix of its own and so holds the bare video id."""


@dataclass(frozen=True, slots=True)
class Medium:
    """What an asset shows: a `key` of a file that the PIM holds, or a `url`; `type` one of MEDIA_TYPES."""

    type: str
    key: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class AssetReader:
    """Finds assets and what they show."""

    families: Mapping[str, EntityStructure]
    assets: Mapping[tuple[str, str], Entry]
    sites: Sites

    def family(self, attribute: Attribute) -> EntityStructure | None:
        """The asset family of an asset collection; None when the PIM gave none (Community Edition, or no rights)."""
        return self.families.get(fold(attribute.reference or ""))

    def asset(self, attribute: Attribute, code: str) -> Entry:
        """UnmappableError: there is no such asset."""
        found = self.assets.get((fold(attribute.reference or ""), fold(code)))
        if found is None:
            raise UnmappableError(f"the asset family '{attribute.reference}' has no asset '{code}'")
        return found

    def shown(self, family: EntityStructure, asset: Entry, attribute_code: str | None) -> Medium | None:
        """What the asset's attribute shows where SFCC tells no sites and locales apart: as in the first site's default locale,
        else as in any other's."""
        slots = (*self.sites.localized, *self.sites.unlocalized)
        return next((found for slot in slots if (found := self.medium(family, asset, attribute_code, slot))), None)

    def medium(self, family: EntityStructure, asset: Entry, attribute_code: str | None, slot: Slot) -> Medium | None:
        """What the asset's attribute (not named: its family's main media) shows in the slot."""
        attribute = family.attributes.get(fold(attribute_code or family.main_media or ""))
        if attribute is None:
            return None
        data = asset.data(attribute, slot.channel, slot.locales)
        return None if data in (None, "") else _medium(attribute, str(data))

    def differing(
        self, family: EntityStructure, asset: Entry, attribute_code: str | None, shown: Medium, slots: Mapping[str, Slot]
    ) -> dict[str, Medium]:
        """What the asset's attribute shows in those of the named slots where it is something else than `shown`."""
        media = ((name, self.medium(family, asset, attribute_code, slot)) for name, slot in slots.items())
        return {name: medium for name, medium in media if medium is not None and medium != shown}


def _medium(attribute: Item, data: str) -> Medium:
    kind = attribute.get("media_type") if attribute.get("media_type") in MEDIA_TYPES else "other"
    if attribute["type"] == "media_file":
        return Medium(str(kind), media_key("asset-media-files", data), None)
    prefix = attribute.get("prefix") or ("" if "://" in data else _PLAYERS.get(str(kind), ""))
    return Medium(str(kind), None, f"{prefix}{data}{attribute.get('suffix') or ''}")


@dataclass(frozen=True, slots=True)
class Use:
    """What describing assets needs and leaves behind: `given` says which files the PIM could not give, `outside` whether images
    lie outside SFCC; `reasons` are appended to."""

    given: Mapping[str, Any]
    reasons: list[str]
    outside: bool = False


def described(reader: AssetReader, attribute: Attribute, codes: Sequence[str], use: Use) -> list[dict[str, Any]]:
    """The collection's assets in order, as JSON objects: code, type, `path` (below the static files) or `url`, label, and
    `locales` where what it shows differs by locale. Assets that can't be shown are left out with a reason."""
    found: list[dict[str, Any]] = []
    for code in codes:
        try:
            found.append(_described(reader, attribute, code, use))
        except UnmappableError as error:
            use.reasons.append(str(error))
    return found


def _described(reader: AssetReader, attribute: Attribute, code: str, use: Use) -> dict[str, Any]:
    asset = reader.asset(attribute, code)
    family = reader.family(attribute)
    shown = reader.shown(family, asset, None) if family else None
    if family is None or shown is None:
        raise UnmappableError(f"the asset '{asset.code}' has no main media")
    entry: dict[str, Any] = {"code": asset.code, "type": shown.type, **_place(shown, use)}
    entry["label"] = label(asset.labels, asset.code, reader.sites.default_locales)
    differing: dict[str, dict[str, str]] = {}
    slots = {slot.key: slot for slot in reader.sites.localized[1:]}
    for key, medium in reader.differing(family, asset, None, shown, slots).items():
        try:
            differing[key] = _place(medium, use)
        except UnmappableError as error:  # the others are whole
            use.reasons.append(str(error))
    if differing:
        entry["locales"] = differing
    return entry


def _place(medium: Medium, use: Use) -> dict[str, str]:
    if medium.url is not None:
        return {"url": medium.url}
    key = medium.key or ""
    if use.outside and medium.type == "image":
        return {"path": media_address(key)[1]}
    return {"path": given_path(key, use.given)}


def collection_value(
    as_: Literal["json", "codes", "set"], entries: list[dict[str, Any]], reasons: list[str]
) -> str | list[str] | None:
    """The value of the collection's custom attribute: one JSON text, the codes, or one JSON text an asset."""
    if not entries:
        return None
    if as_ == "codes":
        return [entry["code"] for entry in entries]
    if as_ == "set":
        return [clean(orjson.dumps(entry).decode(), reasons) for entry in entries]
    return clean(orjson.dumps(entries).decode(), reasons)


def asset_media(settings: ConnectorSettings, reader: AssetReader) -> list[str]:
    """The media keys of every asset's main media and of the asset attributes that view types name, whichever product shows
    them; without images where these lie outside SFCC."""
    named = {view.asset_attribute for view in settings.images.view_types}
    outside = settings.images.external_location is not None
    keys: dict[str, None] = {}
    for asset in reader.assets.values():
        family = reader.families.get(fold(asset.owner))
        for attribute in {fold(name or (family.main_media or "")) for name in {*named, None}} if family else ():
            item = family.attributes.get(attribute) if family else None
            if item is not None and item["type"] == "media_file" and not (outside and item.get("media_type") == "image"):
                keys.update(
                    (media_key("asset-media-files", v["data"]), None) for v in asset.values.get(item["code"], ()) if v.get("data")
                )
    return list(keys)
