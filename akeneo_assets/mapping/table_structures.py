"""The columns of table attributes, with their types and labels, as custom objects.

Belongs here: one custom object for each table attribute. Doesn't: the tables themselves, which products hold as JSON text
(`scalar_values`).
"""

from typing import Any, Final

import orjson

from akeneo_assets.mapping.attribute_definitions import custom_id, selected
from akeneo_assets.mapping.frame import PlacedRecord
from akeneo_assets.mapping.sites import label_slots, resolve
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.structure.pim_structure import Structure
from sfcc_resources.records import CUSTOM_OBJECT, CUSTOM_TYPE
from sfcc_resources.xml.markup import clean

TABLE_TYPE: Final = "AkeneoTable"
"""The custom object type; a table attribute's object has the id of its custom attribute."""


def table_structures(settings: ConnectorSettings, structure: Structure) -> list[PlacedRecord]:
    """The custom type, and an object for each table attribute that is imported; nothing when there is none."""
    tables = [a for a in selected(settings, structure) if a.type == "table"]
    if not tables:
        return []
    sites = resolve(settings, structure)
    langs = {locale: lang for site in reversed(sites.sites) for locale, lang in site.locales.items()}
    names: dict[str, Any] = {"x-default": "Akeneo table structure"}
    custom_type = {
        "id": TABLE_TYPE,
        "names": names,
        "staging": "source-to-target",
        "storage": "organization",
        "key": "attribute",
        "attributes": [
            {"id": "label", "type": "string", "names": {"x-default": "Label"}, "localizable": True},
            {"id": "columns", "type": "text", "names": {"x-default": "Columns (JSON)"}},
        ],
    }
    records: list[PlacedRecord] = [(CUSTOM_TYPE, "organization", custom_type)]
    for attribute in tables:
        columns = [
            {
                "code": column["code"],
                "type": column.get("data_type"),
                "labels": _by_lang(column.get("labels"), langs),
                "options": [
                    {"code": option["code"], "labels": _by_lang(option.get("labels"), langs)}
                    for option in column.get("options") or ()
                ],
            }
            for column in attribute.table
        ]
        slots = {
            "label": label_slots(attribute.labels, attribute.code, sites),
            "columns": {"": clean(orjson.dumps(columns).decode())},
        }
        records.append((CUSTOM_OBJECT, TABLE_TYPE, {"id": custom_id(attribute.code, settings.attributes), "attributes": slots}))
    return records


def _by_lang(labels: Any, langs: dict[str, str]) -> dict[str, str]:
    """The labels by SFCC locale; `langs`: PIM locale -> SFCC locale."""
    return {langs[code]: text for code, text in labels.items() if code in langs and text} if isinstance(labels, dict) else {}
