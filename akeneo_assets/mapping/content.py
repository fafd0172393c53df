"""Reference entities and their records as content assets.

Belongs here: content records and the definitions of their custom attributes. Doesn't: the products' links to them
(`values.record_id`).

With `as: content` each record is a content asset `akeneo_entity_<entity>_<record>` with an attribute for each of the entity's
attributes, `akeneo_<entity>_<attribute>`; with `as: json` each entity is one content asset whose `akeneo_records` holds all of
its records as JSON, as the official cartridge has it.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import orjson

from akeneo_assets.mapping.attribute_definitions import Row
from akeneo_assets.mapping.linked_values import record_id
from akeneo_assets.mapping.media_keys import given_path, media_key
from akeneo_assets.mapping.problems import MALFORMED, Problem, complaint
from akeneo_assets.mapping.select_values import set_value
from akeneo_assets.mapping.sites import DEFAULT, Sites, label_slots, resolve, slots_of
from akeneo_assets.mapping.texts import clean, decimal_text
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.structure.pim_structure import EntityStructure, Entry, Item, Structure, fold, labels_of
from sfcc_resources.feeds import private_site
from sfcc_resources.limits import id_problem
from sfcc_resources.records import ATTRIBUTE_DEFINITION, ATTRIBUTE_GROUP, CONTENT, FOLDER, AttributeDefinition, Slots
from sfcc_resources.xml import markup

CONTENT_TYPE: Final = "Content"
"""The SFCC object type that content attributes extend."""

JSON_ATTRIBUTE: Final = "akeneo_records"
GROUP_ID: Final = "AkeneoReferenceEntities"


def entities(settings: ConnectorSettings, structure: Structure) -> list[EntityStructure]:
    """The reference entities imported."""
    chosen = {fold(code) for code in settings.reference_entities.entities}
    if settings.reference_entities.as_ == "none":
        return []
    return [e for key, e in structure.reference_entities.items() if not chosen or key in chosen]


def attribute_id(entity: str, attribute: str) -> str:
    """The content attribute made of a reference entity's attribute."""
    return f"akeneo_{entity}_{attribute}"


# --- Definitions ----------------------------------------------------------------------------------------------------------------


def content_definitions(settings: ConnectorSettings, structure: Structure) -> list[Row]:
    """The definitions of the content assets' custom attributes and their group; rows are (type, "Content", record)."""
    chosen = entities(settings, structure)
    if not chosen:
        return []
    sites = resolve(settings, structure)
    records = list(_definitions(settings.reference_entities.as_, chosen, sites))
    rows: list[Row] = [(ATTRIBUTE_DEFINITION, CONTENT_TYPE, record) for record in records]
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
    """The id of each content attribute and whose it is, as `entity.attribute`: to be told when two have one id."""
    if settings.reference_entities.as_ != "content":
        return []
    return [
        (attribute_id(entity.code, a["code"]), f"{entity.code}.{a['code']}")
        for entity in entities(settings, structure)
        for a in _attributes(entity)
    ]


def _attributes(entity: EntityStructure) -> Iterator[Item]:
    """The attributes but the label, which is the content asset's name."""
    return (a for a in entity.attributes.values() if fold(a["code"]) != "label")


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


def contents(settings: ConnectorSettings, structure: Structure) -> tuple[list[Row], list[Problem], list[str]]:
    """Folders and content assets of all records (rows are (type, library, record)), what was left out, and the media keys
    used."""
    chosen = entities(settings, structure)
    library = settings.reference_entities.library
    sites = _of_library(library, resolve(settings, structure))
    rows: list[Row] = []
    writer = _Writer(settings, structure, sites)
    for entity in chosen:
        folder = _folder(entity, settings)
        if folder not in ("", settings.reference_entities.folder, "root"):  # any other than an entity's own is merchants'
            names = label_slots(entity.labels, entity.code, sites)
            fields = {"display-name": names, "online-flag": {"": "true"}}
            rows.append((FOLDER, library, {"id": folder, "parent": "root", "fields": fields}))
    of_entity: dict[str, list[Entry]] = {}
    for (owner, _), record in structure.records.items():
        of_entity.setdefault(owner, []).append(record)
    for entity in chosen:
        records = of_entity.get(fold(entity.code), [])
        made = [writer.json(entity, records)] if settings.reference_entities.as_ == "json" else writer.contents(entity, records)
        rows += [(CONTENT, library, record) for record in made]
    return rows, writer.problems, list(dict.fromkeys(writer.media))


def _of_library(library: str, sites: Sites) -> Sites:
    """The slots of the content: a private library has its site's values alone."""
    owner = private_site(library)
    return sites if owner is None else slots_of(tuple(site for site in sites.sites if site.id == owner))


def _folder(entity: EntityStructure, settings: ConnectorSettings) -> str:
    """The id of the entity's folder; empty: it has none."""
    return (settings.reference_entities.folder or "").replace("{entity}", entity.code)


class _Writer:
    def __init__(self, settings: ConnectorSettings, structure: Structure, sites: Sites) -> None:
        self.settings, self.structure, self.sites = settings, structure, sites
        self.problems: list[Problem] = []
        self.media: list[str] = []
        self.taken: dict[str, str] = {}  # content id -> entity/record

    def json(self, entity: EntityStructure, records: Sequence[Entry]) -> dict[str, Any]:
        """One content asset with all records of the entity."""
        data = markup.clean(orjson.dumps({record.code: record.values for record in records}).decode())
        names = label_slots(entity.labels, entity.code, self.sites)
        return self._content(f"akeneo_entity_{entity.code}", entity, names, {JSON_ATTRIBUTE: {"": data}})

    def contents(self, entity: EntityStructure, records: Sequence[Entry]) -> Iterator[dict[str, Any]]:
        """One content asset a record."""
        for record in records:
            id_ = record_id(entity.code, record.code)
            if why := id_problem(CONTENT, id_):
                self._report(record, "", f"held back: its id '{id_}' {why}")
                continue
            owner = self.taken.setdefault(id_, f"{entity.code}/{record.code}")
            if owner != f"{entity.code}/{record.code}":
                self._report(record, "", f"held back: '{id_}' is the id of the record {owner}, too")
                continue
            reasons: list[str] = []
            names = label_slots(record.labels, record.code, self.sites, reasons)
            for reason in reasons:
                self._report(record, "label", reason)
            custom = {}
            for attribute in _attributes(entity):
                slots = self._slots(entity, record, attribute)
                if slots:
                    custom[attribute_id(entity.code, attribute["code"])] = slots
            yield self._content(id_, entity, names, custom)

    def _content(self, id_: str, entity: EntityStructure, names: Slots, custom: dict[str, Slots]) -> dict[str, Any]:
        record: dict[str, Any] = {"id": id_, "fields": {"display-name": names, "online-flag": {"": "true"}}, "custom": custom}
        if folder := _folder(entity, self.settings):
            record["folders"] = [folder]
        return record

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
    found = []
    for code in data if isinstance(data, list) else [data]:
        option = entity.options.get((fold(attribute["code"]), fold(str(code))))
        if option is None:
            reasons.append(f"the attribute has no option '{code}'")
        else:
            found.append(option.code)
    return found if isinstance(data, list) and found else found[0] if found else None
