"""The structure of table attributes, as custom objects: columns, their types and labels.

Belongs here: one custom object for each table attribute. Doesn't: the tables themselves, which products hold as JSON text
(`values`).
"""

from typing import Any, Final

import orjson

from akeneo_assets.mapping.attribute_definitions import Row, custom_id, selected
from akeneo_assets.mapping.sites import label_slots, resolve
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.structure.pim_structure import Structure
from sfcc_resources.records import CUSTOM_OBJECT, CUSTOM_TYPE
from sfcc_resources.xml.markup import clean

TABLE_TYPE: Final = "AkeneoTable"
"""The custom object type; a table attribute's object has the id of its custom attribute."""


def table_structures(settings: ConnectorSettings, structure: Structure) -> list[Row]:
    """The custom type and an object for each table attribute selected; nothing when there is none."""
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
    rows: list[Row] = [(CUSTOM_TYPE, "organization", custom_type)]
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
        rows.append((CUSTOM_OBJECT, TABLE_TYPE, {"id": custom_id(attribute.code, settings.attributes), "attributes": slots}))
    return rows


def _by_lang(labels: Any, locales: dict[str, str]) -> dict[str, str]:
    return {locales[code]: text for code, text in labels.items() if code in locales and text} if isinstance(labels, dict) else {}
