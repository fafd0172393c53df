"""Assets of Akeneo's Asset Manager: what an asset shows, and an asset collection as the value of a custom attribute.

Belongs here: reading assets. Doesn't: the order of a product's images and their view types (`images`).

An asset belongs to an asset family. The family's attributes hold files (`media_file`) or links (`media_link`) of a `media_type`;
one of them is the family's main media. Example: the asset `front` with the file `a/front.jpg` in the main media -> an image whose
media key is `asset-media-files/a/front.jpg`; a link `abc` of the media type youtube -> the address
`https://www.youtube.com/watch?v=abc`.
Source: Akeneo API, asset families (`attribute_as_main_media`) and asset attributes (`media_type`, `prefix`, `suffix`).
"""

from collections.abc import Iterable, Mapping, Sequence
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
    """What an asset shows: the media `key` of a file that the PIM holds, or a `url`. `type` is one of MEDIA_TYPES."""

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
        """The asset of that code in the collection's family. UnmappableError: there is none."""
        asset = self.assets.get((fold(attribute.reference or ""), fold(code)))
        if asset is None:
            raise UnmappableError(f"the asset family '{attribute.reference}' has no asset '{code}'")
        return asset

    def shown(self, family: EntityStructure, asset: Entry, attribute_code: str | None) -> Medium | None:
        """What the asset's attribute shows where SFCC has one value for all sites and locales: the medium of the first site's
        default locale, else of any other locale. None: it has none."""
        slots = (*self.sites.localized, *self.sites.unlocalized)
        return next((medium for slot in slots if (medium := self.medium(family, asset, attribute_code, slot))), None)

    def medium(self, family: EntityStructure, asset: Entry, attribute_code: str | None, slot: Slot) -> Medium | None:
        """What the asset's attribute shows in the slot; `attribute_code` None: the family's main media."""
        attribute = family.attributes.get(fold(attribute_code or family.main_media or ""))
        if attribute is None:
            return None
        data = asset.data(attribute, slot.channel, slot.locales)
        return None if data in (None, "") else _medium(attribute, str(data))

    def differing(
        self, family: EntityStructure, asset: Entry, attribute_code: str | None, shown: Medium, slots: Mapping[str, Slot]
    ) -> dict[str, Medium]:
        """What the asset's attribute shows in those of `slots` (name -> slot) where it is another medium than `shown`."""
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
    """What `described` needs to know: `media`, the files that the PIM gave or could not give (`Structure.media`); `outside`,
    whether images lie outside SFCC. It appends to `reasons` what it leaves out."""

    media: Mapping[str, Any]
    reasons: list[str]
    outside: bool = False


def described(reader: AssetReader, attribute: Attribute, codes: Sequence[str], use: Use) -> list[dict[str, Any]]:
    """The collection's assets in order, as JSON objects. Assets that can't be shown are left out with a reason.

    An object has the asset's code, type and label, and a `path` below the static files or a `url`. Where the asset shows
    something else in a locale, `locales` says what. Example: `["front"]` -> `[{"code": "front", "type": "image", "path":
    "assets/..jpg", "label": "Front view", "locales": {"fr-FR": {"path": "assets/..jpg"}}}]`.
    """
    entries: list[dict[str, Any]] = []
    for code in codes:
        try:
            entries.append(_described(reader, attribute, code, use))
        except UnmappableError as error:
            use.reasons.append(str(error))
    return entries


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
    return {"path": given_path(key, use.media)}


def collection_value(
    as_: Literal["json", "codes", "set"], entries: list[dict[str, Any]], reasons: list[str]
) -> str | list[str] | None:
    """The value of the collection's custom attribute, by `assets.as`: one JSON text (`json`), the codes (`codes`), or one JSON
    text an asset (`set`). None: there is no asset."""
    if not entries:
        return None
    if as_ == "codes":
        return [entry["code"] for entry in entries]
    if as_ == "set":
        return [clean(orjson.dumps(entry).decode(), reasons) for entry in entries]
    return clean(orjson.dumps(entries).decode(), reasons)


def asset_media(settings: ConnectorSettings, reader: AssetReader) -> list[str]:
    """The media keys of the files that any asset shows, whichever product shows the asset: those of its family's main media and
    of the asset attributes that view types name. Without images where these lie outside SFCC."""
    named = [view.asset_attribute for view in settings.images.view_types if view.asset_attribute is not None]
    outside = settings.images.external_location is not None
    keys: dict[str, None] = {}
    for asset in reader.assets.values():
        family = reader.families.get(fold(asset.owner))
        for attribute in _file_attributes(family, named) if family is not None else ():
            if not (outside and attribute.get("media_type") == "image"):
                files = (entry.get("data") for entry in asset.values.get(attribute["code"], ()))
                keys.update((media_key("asset-media-files", file), None) for file in files if file)
    return list(keys)


def _file_attributes(family: EntityStructure, named: Iterable[str]) -> list[Item]:
    """The family's main media and its attributes of these codes, as far as they hold files."""
    codes = dict.fromkeys(fold(code) for code in (family.main_media or "", *named))
    attributes = (family.attributes.get(code) for code in codes)
    return [attribute for attribute in attributes if attribute is not None and attribute["type"] == "media_file"]
