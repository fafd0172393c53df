"""The official cartridge's site preferences as settings of connector.yaml, with a remark for each that has no equal.

Belongs here: what each preference becomes. Doesn't: asking the PIM, writing the file (`akeneo_assets.commands.migrate`). Source:
facts on the official cartridge, "Preferences"; preferences.xsd; docs/coverage.md has the same table for people.

A preference names an attribute by the cartridge's id (`akeneo_shortDescription`), which doesn't tell its code: the PIM's list
does.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import yaml
from lxml import etree

from akeneo_assets.errors import ConnectorError, shown
from akeneo_assets.mapping.attribute_definitions import custom_id
from akeneo_assets.settings.attribute_settings import Attributes
from akeneo_assets.settings.standard_fields import PRODUCT_FIELDS, canonical
from akeneo_assets.structure.pim_structure import Structure

Value = str | tuple[str, ...]

_PREFIX: Final = "akeneo"
_CAMEL: Final = Attributes(id_style="camel_case")
_SECTIONS: Final = ("organization", "attributes", "products", "associations", "images", "categories", "reference_entities")

_FLAGS: Final = {
    "searchable": "searchable-flag",
    "searchable-if-unavailable": "searchable-if-unavailable-flag",
    "site-map-included": "sitemap-included-flag",
    "site-map-change-frequency": "sitemap-changefrequency",
    "site-map-priority": "sitemap-priority",
    "pinterest-enabled": "pinterest-enabled-flag",
    "facebook-enabled": "facebook-enabled-flag",
    "store-force-price": "store-force-price-flag",
    "store-non-inventory": "store-non-inventory-flag",
    "store-non-revenue": "store-non-revenue-flag",
    "store-non-discountable": "store-non-discountable-flag",
}
"""What the cartridge calls some standard attributes, and SFCC's schema does."""

_SECRET: Final = {
    "ServiceGeneralUrl": "AKENEO_URL",
    "ClientID": "AKENEO_CLIENT_ID",
    "Secret": "AKENEO_CLIENT_SECRET",
    "Login": "AKENEO_USERNAME",
    "Password": "AKENEO_PASSWORD",
}
"""Preferences that go into the environment; their values are never written."""

_NEEDLESS: Final = {
    "AttributesUrl": "the API's paths are the same in every PIM",
    "ImportType": "an empty filter is the simple import, another the advanced one",
    "ImageImportType": "files and links are told apart by the asset attribute",
    "ContentAttrGrpID": "the group is AkeneoReferenceEntities",
    "ProductAssociation": "each association type says itself what it becomes",
}
"""Preferences without a setting, since none is needed."""


class Instances(StrEnum):
    """The kind of instance whose values count."""

    development = "development"
    staging = "staging"
    production = "production"


def read_preferences(path: Path, instances: Instances | None = None) -> dict[str, Value]:
    """The cartridge's preferences in a site's preferences.xml, by name without `akeneo`; those for all instances, and over them
    those for `instances`.

    Raises:
        ConnectorError: the file isn't there, is no such XML, or holds none of the cartridge's.
    """
    try:
        root = etree.parse(path, etree.XMLParser(resolve_entities=False, no_network=True)).getroot()
    except (OSError, etree.XMLSyntaxError) as error:
        why = "is no XML" if isinstance(error, etree.XMLSyntaxError) else "can't be read"
        raise ConnectorError(f"{path} {why}: give the preferences.xml of a site, as in a site export.") from None
    preferences: dict[str, Value] = {}
    for level in ("all-instances", instances):
        for preference in root.iterfind(f"{{*}}custom-preferences/{{*}}{level}/{{*}}preference") if level else ():
            name = str(preference.get("preference-id"))
            if name.startswith(_PREFIX):
                values = tuple((value.text or "").strip() for value in preference.iterfind("{*}value"))
                preferences[name.removeprefix(_PREFIX)] = values or (preference.text or "").strip()
    if not preferences:
        raise ConnectorError(f"{path} has no preference of the Akeneo cartridge: give that of the site which it imports for.")
    return preferences


@dataclass
class Migration:
    """Settings made so far, by section, and the remarks on what has no equal. `remarks`: section -> sentences; `asked`: the names
    of the preferences that a setting was looked for in."""

    preferences: Mapping[str, Value]
    structure: Structure
    settings: dict[str, Any] = field(default_factory=dict)
    remarks: dict[str, list[str]] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)

    def put(self, path: str, value: Any) -> None:
        """Set `section.key.key`."""
        *sections, key = path.split(".")
        place = self.settings
        for name in sections:
            place = place.setdefault(name, {})
        place[key] = value

    def remark(self, section: str, name: str, why: str) -> None:
        """Say why a preference is not, or not wholly, carried over."""
        self.remarks.setdefault(section, []).append(f"{_PREFIX}{name}: {why}." if name else f"{why}.")

    def text(self, name: str) -> str:
        """A preference's text; that of a list joined by commas; empty: not set."""
        self.asked.add(name)
        value = self.preferences.get(name, "")
        return value if isinstance(value, str) else ",".join(value)

    def json(self, section: str, name: str) -> Mapping[str, Any]:
        """A preference that holds a JSON object; what is none is remarked on."""
        try:
            document = json.loads(self.text(name) or "{}")
        except ValueError:
            document = None
        if not isinstance(document, dict):
            self.remark(section, name, "its value is no JSON object, so that nothing of it is carried over")
            return {}
        return document

    def matching(self, section: str, name: str) -> dict[str, str]:
        """The pairs of a preference of the form `{"matching": {...}}`."""
        pairs = self.json(section, name).get("matching") or {}
        return {str(key): str(value) for key, value in pairs.items()} if isinstance(pairs, dict) else {}

    def code(self, section: str, name: str, cartridge_id: str) -> str | None:
        """The code of the attribute that the cartridge calls so; None, and a remark: the PIM has none."""
        for attribute in self.structure.attributes.values():
            if custom_id(attribute.code, _CAMEL) == cartridge_id or f"akeneo_{attribute.code}" == cartridge_id:
                return attribute.code
        self.remark(section, name, f"the PIM has no attribute that the cartridge would call {shown(cartridge_id)}")
        return None


def migrate(preferences: Mapping[str, Value], structure: Structure) -> Migration:
    """The settings that make the connector import what the cartridge did with these preferences.

    Example: {"ProductAttrsMapping": '{"matching": {"akeneo_shortDescription": "shortDescription"}}'} -> `attributes.standard` is
    {"short-description": "short_description"}, where the PIM has an attribute of that code.
    """
    made = Migration(preferences, structure)
    for step in (_organization, _attributes, _products, _associations, _images, _categories, _entities):
        step(made)
    for name in preferences:
        if name in _SECRET:
            made.remark("environment", name, f"goes into the environment as {_SECRET[name]}")
        elif name in _NEEDLESS:
            made.remark("environment", name, f"no setting is needed: {_NEEDLESS[name]}")
        elif name not in made.asked:
            made.remark("environment", name, "nothing is known of it")
    return made


def text_of(made: Migration) -> Iterator[str]:
    """The lines of connector.yaml: each section behind the remarks on it."""
    yield "# yaml-language-server: $schema=connector.schema.json"
    yield "# Written by `akeneo-sfcc migrate` from the official cartridge's preferences."
    yield "# Read each remark, then ask `akeneo-sfcc doctor`; all keys with meaning and default: docs/settings.md."
    yield from (f"# {_line(remark)}" for remark in made.remarks.get("environment", ()))
    for section in _SECTIONS:
        remarks, settings = made.remarks.get(section, ()), made.settings.get(section)
        if remarks or settings:
            yield ""
        yield from (f"# {_line(remark)}" for remark in remarks)
        if settings:
            yield yaml.safe_dump({section: settings}, sort_keys=False, allow_unicode=True).rstrip()


def _line(text: str) -> str:
    """A text on one line, as a remark needs it."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


# --- The sections ---------------------------------------------------------------------------------------------------------------


def _organization(made: Migration) -> None:
    made.put("organization.master_catalog", made.text("ProductsCatalogID") or "akeneo-catalog")
    site: dict[str, Any] = {}
    scope, channels = made.text("Scope"), list(made.structure.channels.values())
    if scope:
        site["channel"] = scope
    elif channels:
        site["channel"] = channels[0].code
        named = ", ".join(shown(channel.code) for channel in channels)
        made.remark("organization", "Scope", f"is empty, which meant all channels; a site has one channel. The PIM has: {named}")
    if root := made.text("TopLevelCategoryID"):
        site["root_category"] = root
    made.put("organization.sites", [site])


def _attributes(made: Migration) -> None:
    ids = [custom_id(attribute.code, _CAMEL) for attribute in made.structure.attributes.values()]
    if len(set(ids)) == len(ids):
        made.put("attributes.id_style", "camel_case")
    else:
        twice = ", ".join(sorted({id_ for id_ in ids if ids.count(id_) > 1})[:5])
        made.remark("attributes", "", f"id_style: camel_case can't be had, since two attributes would get one id: {twice}")
    made.put("attributes.metric", "text")
    for cartridge_id, target in made.matching("attributes", "ProductAttrsMapping").items():
        name = canonical(target)
        name = _FLAGS.get(name, name)
        if name not in PRODUCT_FIELDS:
            made.remark("attributes", "ProductAttrsMapping", f"SFCC has no standard attribute {shown(target)} that can be mapped")
        elif code := made.code("attributes", "ProductAttrsMapping", cartridge_id):
            clearable = PRODUCT_FIELDS[name].clearable
            made.put(f"attributes.standard.{name}", code if clearable else {"attribute": code, "default": "CHANGE"})
            if not clearable:
                made.remark("attributes", "ProductAttrsMapping", f"SFCC can't clear {name}: give a default in place of CHANGE")
    for cartridge_id, target in made.matching("attributes", "CustomAttrMapping").items():
        if code := made.code("attributes", "CustomAttrMapping", cartridge_id):
            made.put(f"attributes.custom.{target}", code)


def _products(made: Migration) -> None:
    made.put("products.channel_tree_only", True)
    made.put("products.status.source", "enabled" if _true(made.text("ConsiderProductStatus")) else "untouched")
    if model_import := made.text("ModelImportType"):
        made.put("products.model_import", model_import)
    for name, key in (("ProductsImportBuilderConfig", "filter"), ("ModelProductsImportBuilderConfig", "model_filter")):
        if not made.text(name) or made.text("ImportType") != "advanced":
            continue
        config = made.json("products", name)
        if search := config.get("search"):
            made.put(f"products.{key}", search)
        chosen = config.get("attributes") or []
        chosen = chosen.split(",") if isinstance(chosen, str) else chosen
        if key == "filter" and chosen:
            made.put("attributes.include.attributes", [str(code).strip() for code in chosen])
        for other in sorted(set(config) - {"search", "attributes"}):
            made.remark("products", name, f"{shown(other)} has no equal")
    for key, name in (("set", "ProductSet"), ("bundle", "ProductBundle")):
        family, type_ = made.text(f"{name}Family"), made.text(f"{name}AssociationType")
        if family and type_:
            made.put(f"products.{key}", {"family": family, "association": type_})
        elif family or type_:
            made.remark("products", f"{name}Family", "needs both, a family and an association type")


def _associations(made: Migration) -> None:
    links = made.text("ProductAssociation") == "product-links"
    name, kind = ("ProductLinkMapping", "product-link") if links else ("RecommendationsMapping", "recommendation")
    for code, type_ in made.matching("associations", name).items():
        made.put(f"associations.{code}", {"as": kind, "type": type_})
    unused = "RecommendationsMapping" if links else "ProductLinkMapping"
    if made.matching("associations", unused):
        made.remark("associations", unused, f"was not used, since {_PREFIX}ProductAssociation chose the other one")


def _images(made: Migration) -> None:
    if source := made.text("ImageType"):
        made.put("images.source", source)
    if made.text("AssetSystem") == "old":
        made.remark(
            "images", "AssetSystem", "Akeneo took the old PAM out of the PIM with version 4.0; its codes come as JSON text"
        )
    shown_by: dict[str, str] = {}
    for name in ("ImageLinkViewTypesMapping", "ImageFileViewTypesMapping"):
        shown_by |= made.matching("images", name)
    views = made.json("images", "ViewTypesConfig").get("view-types") or []
    if isinstance(views, list) and views:
        made.put("images.view_types", [_view(str(view), shown_by) for view in views])
    made.put("images.localized_view_types", True)
    made.put("images.alt_pattern", "${productname}")
    made.put("images.title_pattern", "${productname}")
    if address := made.text("ExternalImageLocation"):
        https = re.sub("^http:", "https:", address)
        made.put("images.external_location", {"http": address, "https": https})
    for key, code in made.matching("images", "ImageMetadataMapping").items():
        why = f"took {shown(key)} from the asset's attribute {shown(code)}; images.{key} takes an attribute of the product"
        made.remark("images", "ImageMetadataMapping", why)


def _view(view: str, shown_by: Mapping[str, str]) -> dict[str, str]:
    return {"id": view} | ({"asset_attribute": shown_by[view]} if view in shown_by else {})


def _categories(made: Migration) -> None:
    if trees := [tree.strip() for tree in made.text("MainCatalogs").split(",") if tree.strip()]:
        made.put("categories.trees", trees)
    made.put("categories.show_in_menu", True)
    switches: Sequence[tuple[str, str, Callable[[bool], Any]]] = (
        ("CategoryOnline", "online", bool),
        ("WriteCategories", "write", bool),
        ("ProductPrimaryFlag", "primary", lambda on: "first" if on else "none"),
    )
    for name, key, value in switches:
        if text := made.text(name):
            made.put(f"categories.{key}", value(_true(text)))


def _entities(made: Migration) -> None:
    library = made.text("SharedLibraryId")
    if not made.structure.reference_entities:
        return
    made.put("reference_entities.as", "json")
    if library:
        made.put("reference_entities.library", library)


def _true(text: str) -> bool:
    return text.casefold() == "true"
