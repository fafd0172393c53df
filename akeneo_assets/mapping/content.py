"""Reference entities and their records as content assets.

Belongs here: content assets, and the definitions of their custom attributes. Doesn't: the products' links to them
(`values.record_id`).

With `reference_entities.as: content` each record becomes a content asset with real attributes. Example: the record `acme` of the
entity `brands`, with the value 1949 of the attribute `founded`, becomes

    {"id": "akeneo_entity_brands_acme", "fields": {"display-name": {"x-default": "acme"}, "online-flag": {"": "true"}},
     "custom": {"akeneo_brands_founded": {"": "1949"}}}

With `as: json` each entity becomes one content asset, `akeneo_entity_brands`, whose attribute `akeneo_records` holds all of its
records as one JSON text, as the official cartridge has it.
Source: library.xsd, complexType.Content; Akeneo API, reference entity records.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import orjson

from akeneo_assets.mapping.frame import PlacedRecord
from akeneo_assets.mapping.linked_values import record_id
from akeneo_assets.mapping.media_keys import given_path, media_key
from akeneo_assets.mapping.problems import MALFORMED, Problem, complaint
from akeneo_assets.mapping.select_values import set_value
from akeneo_assets.mapping.sites import DEFAULT, Sites, label_slots, resolve, slots_of
from akeneo_assets.mapping.texts import clean, decimal_text
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.structure.pim_structure import EntityStructure, Entry, Item, Structure, fold, labels_of
from sfcc_resources.archive_paths import private_site
from sfcc_resources.record_types import id_problem
from sfcc_resources.records import ATTRIBUTE_DEFINITION, ATTRIBUTE_GROUP, CONTENT, FOLDER, AttributeDefinition, Slots
from sfcc_resources.xml import markup

CONTENT_TYPE: Final = "Content"
"""The SFCC object type that content attributes extend."""

JSON_ATTRIBUTE: Final = "akeneo_records"
GROUP_ID: Final = "AkeneoReferenceEntities"


def entities(settings: ConnectorSettings, structure: Structure) -> list[EntityStructure]:
    """The reference entities that the settings import, in the PIM's order."""
    chosen = {fold(code) for code in settings.reference_entities.entities}
    if settings.reference_entities.as_ == "none":
        return []
    return [entity for key, entity in structure.reference_entities.items() if not chosen or key in chosen]


def attribute_id(entity: str, attribute: str) -> str:
    """The id of the content attribute made of an entity's attribute. Example: brands, founded -> `akeneo_brands_founded`."""
    return f"akeneo_{entity}_{attribute}"


# --- Definitions ----------------------------------------------------------------------------------------------------------------


def content_definitions(settings: ConnectorSettings, structure: Structure) -> list[PlacedRecord]:
    """The definitions of the content assets' custom attributes, then their group; rows are (type, "Content", record)."""
    chosen = entities(settings, structure)
    if not chosen:
        return []
    sites = resolve(settings, structure)
    records = list(_definitions(settings.reference_entities.as_, chosen, sites))
    rows: list[PlacedRecord] = [(ATTRIBUTE_DEFINITION, CONTENT_TYPE, record) for record in records]
    group: dict[str, Any] = {
        "id": GROUP_ID,
        "names": {DEFAULT: "Akeneo Reference Entities"},
        "attributes": [{"id": record["id"]} for record in records],
    }
    return [*rows, (ATTRIBUTE_GROUP, CONTENT_TYPE, group)]


def _definitions(as_: str, chosen: Sequence[EntityStructure], sites: Sites) -> Iterator[AttributeDefinition]:
    if as_ == "json":
        yield {"id": JSON_ATTRIBUTE, "type": "text", "names": {DEFAULT: "Akeneo records (JSON)"}}
        return
    for entity in chosen:
        for attribute in _attributes(entity):
            yield _definition(entity, attribute, sites)


def content_attributes(settings: ConnectorSettings, structure: Structure) -> list[tuple[str, str]]:
    """(id, `entity.attribute`) of each content attribute, to be checked for two that have one id."""
    if settings.reference_entities.as_ != "content":
        return []
    return [
        (attribute_id(entity.code, attribute["code"]), f"{entity.code}.{attribute['code']}")
        for entity in entities(settings, structure)
        for attribute in _attributes(entity)
    ]


def _attributes(entity: EntityStructure) -> Iterator[Item]:
    """The entity's attributes without its label, which becomes the content asset's name."""
    return (attribute for attribute in entity.attributes.values() if fold(attribute["code"]) != "label")


def _definition(entity: EntityStructure, attribute: Item, sites: Sites) -> AttributeDefinition:
    record: AttributeDefinition = {
        "id": attribute_id(entity.code, attribute["code"]),
        "type": _type(attribute),
        "names": label_slots(labels_of(attribute), attribute["code"], sites),
        "localizable": bool(attribute.get("value_per_locale")),
    }
    if record["type"] == "enum-of-string":
        record["multiple"] = attribute["type"] == "multiple_options"
        options = [option for (owner, _), option in entity.options.items() if owner == fold(attribute["code"])]
        record["values"] = [{"value": o.code, "names": label_slots(o.labels, o.code, sites)} for o in options]
    return record


def _type(attribute: Item) -> str:
    """The type of the content attribute in SFCC. Example: a text with the PIM's editor -> `html`."""
    match attribute["type"]:
        case "text":
            return "html" if attribute.get("is_rich_text_editor") else "text" if attribute.get("is_textarea") else "string"
        case "number":
            return "double"
        case "image":
            return "image"
        case "single_option" | "multiple_options":
            return "enum-of-string"
        case "reference_entity_single_link":
            return "string"
        case "reference_entity_multiple_links":
            return "set-of-string"
        case _:
            return "text"


# --- Content --------------------------------------------------------------------------------------------------------------------


def contents(settings: ConnectorSettings, structure: Structure) -> tuple[list[PlacedRecord], list[Problem], list[str]]:
    """Folders and content assets of all records, what was left out, and the keys of the media files in use.

    Rows are (type, library, record), folders before content assets. Example: see the module.
    """
    chosen = entities(settings, structure)
    library = settings.reference_entities.library
    sites = _of_library(library, resolve(settings, structure))
    writer = _ContentWriter(settings, structure, sites)
    rows: list[PlacedRecord] = [(FOLDER, library, folder) for entity in chosen if (folder := writer.folder(entity)) is not None]
    records_of: dict[str, list[Entry]] = {}
    for (owner, _), record in structure.records.items():
        records_of.setdefault(owner, []).append(record)
    for entity in chosen:
        records = records_of.get(fold(entity.code), [])
        as_json = settings.reference_entities.as_ == "json"
        content_assets = [writer.json(entity, records)] if as_json else writer.contents(entity, records)
        rows += [(CONTENT, library, content) for content in content_assets]
    return rows, writer.problems, list(dict.fromkeys(writer.media))


def _of_library(library: str, sites: Sites) -> Sites:
    """The slots of a library's content: of a shared library those of all sites, of a private one its own site's alone."""
    owner = private_site(library)
    return sites if owner is None else slots_of(tuple(site for site in sites.sites if site.id == owner))


class _ContentWriter:
    """Makes the content assets of a library. `problems`: what it left out; `media`: the keys of the media files that it used."""

    def __init__(self, settings: ConnectorSettings, structure: Structure, sites: Sites) -> None:
        self.settings, self.structure, self.sites = settings, structure, sites
        self.problems: list[Problem] = []
        self.media: list[str] = []
        self._owners: dict[str, str] = {}  # content id -> entity/record

    def folder(self, entity: EntityStructure) -> dict[str, Any] | None:
        """The entity's own folder; None: its content assets lie in none, or in a folder of the merchant's."""
        id_ = self._folder_id(entity)
        if id_ in ("", self.settings.reference_entities.folder, "root"):
            return None
        names = label_slots(entity.labels, entity.code, self.sites)
        return {"id": id_, "parent": "root", "fields": {"display-name": names, "online-flag": {"": "true"}}}

    def _folder_id(self, entity: EntityStructure) -> str:
        """The id of the folder of the entity's content assets; empty: they have none."""
        return (self.settings.reference_entities.folder or "").replace("{entity}", entity.code)

    def json(self, entity: EntityStructure, records: Sequence[Entry]) -> dict[str, Any]:
        """One content asset that holds all records of the entity as a JSON text: record code -> values."""
        data = markup.clean(orjson.dumps({record.code: record.values for record in records}).decode())
        names = label_slots(entity.labels, entity.code, self.sites)
        return self._content(f"akeneo_entity_{entity.code}", entity, names, {JSON_ATTRIBUTE: {"": data}})

    def contents(self, entity: EntityStructure, records: Sequence[Entry]) -> Iterator[dict[str, Any]]:
        """One content asset a record. Records that can have no id of their own are held back."""
        for record in records:
            id_ = record_id(entity.code, record.code)
            if why := self._id_problem(id_, f"{entity.code}/{record.code}"):
                self._report(record, "", f"held back: {why}")
                continue
            reasons: list[str] = []
            names = label_slots(record.labels, record.code, self.sites, reasons)
            for reason in reasons:
                self._report(record, "label", reason)
            yield self._content(id_, entity, names, self._custom(entity, record))

    def _id_problem(self, id_: str, owner: str) -> str | None:
        if why := id_problem(CONTENT, id_):
            return f"its id '{id_}' {why}"
        first = self._owners.setdefault(id_, owner)
        return None if first == owner else f"'{id_}' is the id of the record {first}, too"

    def _content(self, id_: str, entity: EntityStructure, names: Slots, custom: dict[str, Slots]) -> dict[str, Any]:
        content: dict[str, Any] = {"id": id_, "fields": {"display-name": names, "online-flag": {"": "true"}}, "custom": custom}
        if folder := self._folder_id(entity):
            content["folders"] = [folder]
        return content

    def _custom(self, entity: EntityStructure, record: Entry) -> dict[str, Slots]:
        custom = {}
        for attribute in _attributes(entity):
            if slots := self._slots(entity, record, attribute):
                custom[attribute_id(entity.code, attribute["code"])] = slots
        return custom

    def _slots(self, entity: EntityStructure, record: Entry, attribute: Item) -> Slots:
        wanted = self.sites.localized if attribute.get("value_per_locale") else self.sites.unlocalized[:1]
        slots: Slots = {}
        reasons: list[str] = []
        for slot in wanted:
            data = record.data(attribute, slot.channel, slot.locales)
            if data in (None, "", []):
                continue
            try:
                value = self._value(entity, attribute, data, reasons)
            except MALFORMED as error:
                reasons.append(complaint(error))
            else:
                if value is not None:
                    slots[slot.key] = value
        for reason in dict.fromkeys(reasons):
            self._report(record, attribute["code"], reason)
        return slots

    def _value(self, entity: EntityStructure, attribute: Item, data: Any, reasons: list[str]) -> str | list[str] | None:
        match attribute["type"]:
            case "number":
                return decimal_text(data)
            case "image":
                return self._file(str(data))
            case "single_option" | "multiple_options":
                return _options(entity, attribute, data, reasons)
            case "reference_entity_single_link":
                return record_id(str(attribute.get("reference_entity_code") or entity.code), str(data))
            case "reference_entity_multiple_links":
                linked = str(attribute.get("reference_entity_code") or entity.code)
                return set_value([record_id(linked, str(code)) for code in data], reasons)
            case _:
                return clean(data if isinstance(data, str) else orjson.dumps(data).decode(), reasons)

    def _file(self, code: str) -> str:
        key = media_key("reference-entities-media-files", code)
        path = given_path(key, self.structure.media)
        self.media.append(key)
        return path

    def _report(self, record: Entry, attribute: str, reason: str) -> None:
        self.problems.append(Problem("reference_entity_record", f"{record.owner}/{record.code}", attribute, reason))


def _options(entity: EntityStructure, attribute: Item, data: Any, reasons: list[str]) -> str | list[str] | None:
    """The codes of the options in the PIM's spelling: one for a single option, a list for several. An unknown one is left out."""
    codes = []
    for code in data if isinstance(data, list) else [data]:
        option = entity.options.get((fold(attribute["code"]), fold(str(code))))
        if option is None:
            reasons.append(f"the attribute has no option '{code}'")
        else:
            codes.append(option.code)
    if not codes:
        return None
    return codes if isinstance(data, list) else codes[0]
