"""What the mapping makes of any value can be written, and SFCC's schemas accept it."""

from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from akeneo_assets.mapping.attribute_definitions import definitions
from akeneo_assets.mapping.categories import categories
from akeneo_assets.mapping.emptied import fields_of, with_emptied
from akeneo_assets.mapping.prices import price_books
from akeneo_assets.settings.connector import ConnectorSettings
from sfcc_resources.feeds import write_feeds
from sfcc_resources.records import RECORDS

pytestmark = pytest.mark.shared

ORDER = ["attribute-definition", "attribute-group", "category", "product", "category-assignments", "recommendations"]
BOOKS = ["price-book", "price-table"]
SCHEMAS = {"catalog": "catalog", "metadata": "metadata", "pricebooks": "pricebook"}

# Anything that a PIM's JSON can hold, control characters and lone surrogates included.
TEXT = st.text(st.characters(codec=None), max_size=40)
SCALAR = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), TEXT)
ANYTHING = st.recursive(
    SCALAR, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)), max_leaves=6
)

TYPES = {
    "text": TEXT,
    "textarea": TEXT,
    "number": st.one_of(st.integers(), st.decimals(allow_nan=False, allow_infinity=False).map(str), TEXT),
    "boolean": st.one_of(st.booleans(), TEXT),
    "date": st.one_of(st.dates().map(lambda d: f"{d.isoformat()}T00:00:00+02:00"), TEXT),
    "simpleselect": st.one_of(st.sampled_from(["a", "B", "gone"]), TEXT),
    "multiselect": st.one_of(st.lists(st.sampled_from(["a", "b", "gone"])), TEXT),
    "price_collection": st.lists(st.fixed_dictionaries({"amount": SCALAR, "currency": st.sampled_from(["EUR", "USD", "GBP"])})),
    "metric": st.fixed_dictionaries({"amount": SCALAR, "unit": st.sampled_from(["METER", "INCH"])}),
    "image": TEXT,
    "table": ANYTHING,
    "hologram": ANYTHING,
}
STANDARD = {
    "name": "text",
    "short-description": "textarea",
    "brand": "simpleselect",
    "ean": "number",
    "online-from": "date",
    "search-rank": "number",
    "searchable-flag": "boolean",
    "min-order-quantity": "number",
    "page-title": {"template": "{text} {metric} {multiselect}"},
    "tax-class-id": {"attribute": "text", "default": "standard"},
    "classification-category": "textarea",
    "store-receipt-name": "text",
}


def schema(shared_dir: Path, name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(shared_dir / "sfcc-xsd" / f"{name}.xsd")))


def written(rows: list[Any], folder: Path) -> list[Path]:
    order = [*ORDER, *BOOKS]
    rows = sorted(rows, key=lambda row: (row[0] in BOOKS, row[1] if row[0] in BOOKS else "", order.index(row[0])))
    table = [{"container": c, "type": t, "id": r["id"], "delete": False, "record": orjson.dumps(r)} for t, c, r in rows]
    return [feed.path for feed in write_feeds([pa.RecordBatch.from_pylist(table, schema=RECORDS)], folder)]


def check(paths: list[Path], shared_dir: Path) -> None:
    for path in paths:
        tree = etree.parse(str(path))
        found = schema(shared_dir, SCHEMAS[etree.QName(tree.getroot()).localname])
        assert found.validate(tree), found.error_log


@given(data=st.fixed_dictionaries({}, optional=TYPES), localized=st.booleans())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_value_of_any_type_becomes_a_valid_file(
    pim: Any, shared_dir: Path, tmp_path: Path, data: dict[str, Any], localized: bool
) -> None:
    pim.attributes[1:] = []
    pim.attribute_options.clear()
    for type_ in TYPES:
        more = {"options": {"a": {"fr_FR": "Ä & <b>"}, "b": {}}} if "select" in type_ else {}
        pim.attribute(type_, type_, localizable=localized, metric_family="Length", default_metric_unit="METER", **more)
    pim.attribute("price", "price_collection")
    chosen = {"attributes": {"standard": STANDARD, "keep_mapped": True}}
    locale = "fr_FR" if localized else None
    values = {code: [{"locale": locale, "scope": None, "data": datum}] for code, datum in data.items()}
    if "price_collection" in data:
        values["price"] = [{"locale": None, "scope": None, "data": data["price_collection"]}]
    row = pim.product("1", values, categories=["master"], associations={"X": {"products": ["u2"]}})
    mapped = pim.map(row, targets={("product", "u2"): "two"}, **chosen, associations={"X": {"type": 3}})
    settings_ = ConnectorSettings.model_validate(chosen)
    around = [
        *definitions(settings_, pim.structure()),
        *categories(settings_, pim.structure())[0],
        *price_books(settings_, pim.structure()),
    ]
    check(written([*around, *mapped.records], tmp_path / "full"), shared_dir)
    emptied = with_emptied("product", pim.record(pim.product("1"), **chosen), fields_of("product", mapped.records[0][2]))
    check(written([("product", "akeneo-catalog", emptied)], tmp_path / "emptied"), shared_dir)
