"""JSON lines as a catalogue: what isn't the API tests' own ground, and refusals with file and line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.pim.catalogue_loading import LoadError
from sandbox.pim.pim_server import Options
from sandbox.pim.pim_start import open_pim, running


def write(folder: Path, source: Path, **changes: Any) -> Path:
    for path in source.glob("*.jsonl"):
        (folder / path.name).write_bytes(path.read_bytes())
    for name, items in changes.items():
        (folder / f"{name}.jsonl").write_text("\n".join(item if isinstance(item, str) else json.dumps(item) for item in items))
    return folder


@pytest.fixture
def source(shop: Any, tmp_path: Path) -> Path:
    shop.store.close()
    return tmp_path / "catalog"


@pytest.mark.parametrize(
    ("name", "item", "message"),
    [
        ("products", "{", "products.jsonl line 1 is no JSON"),
        ("products", {"uuid": "x", "family": "nope"}, "products.jsonl line 1: the family nope does not exist"),
        ("products", {"uuid": "x", "parent": "nope"}, "products.jsonl line 1: the parent nope is no product model"),
        ("products", {"uuid": "x", "values": {"nope": []}}, "products.jsonl line 1: The nope attribute does not exist"),
        (
            "products",
            {"uuid": "x", "parent": "tee", "values": {"name": []}},
            "products.jsonl line 1: name belongs to another level of the family variant",
        ),
        ("product_models", {"code": "x", "family_variant": "nope"}, "product_models.jsonl line 1: the family variant nope"),
        ("attribute_options", {"code": "x"}, "attribute_options.jsonl line 1: 'attribute' is missing"),
    ],
)
def test_an_item_that_does_not_fit_is_refused_with_its_place(
    source: Path, tmp_path: Path, name: str, item: Any, message: str
) -> None:
    folder = tmp_path / "changed"
    folder.mkdir()
    write(folder, source, **{name: [item]})
    with pytest.raises(LoadError) as refused:
        open_pim(str(folder), tmp_path / "other.sqlite")
    assert message in str(refused.value)


@pytest.fixture
def demo(tmp_path: Path, make_client: Any) -> Iterator[Any]:
    with running(open_pim("demo", tmp_path / "demo.sqlite"), Options(limits=False)) as base:
        client = make_client(base)
        yield client
        client.session.close()


def test_the_demo_catalogue_shows_select_options_of_tables_when_asked(demo: Any) -> None:
    tables = [a["code"] for a in demo.items("/attributes") if a["type"] == "pim_catalog_table"]
    assert tables
    plain, full = (
        demo.get(f"/attributes/{tables[0]}", **q)["table_configuration"] for q in ({}, {"with_table_select_options": "true"})
    )
    assert not any("options" in column for column in plain)
    assert any(column.get("options") for column in full)


def test_the_demo_catalogues_media_can_be_downloaded_from_their_links(demo: Any) -> None:
    values = [v for p in demo.items("/products-uuid") for given in p["values"].values() for v in given if "_links" in v]
    statuses = {v["data"]: demo.call("GET", v["_links"]["download"]["href"]).status_code for v in values}
    known = {m["code"]: m["size"] > 0 for page in (1, 2) for m in demo.items("/media-files", page=page)}
    assert statuses
    assert all((statuses[code] == 200) == known[code] for code in statuses)


def test_the_demo_catalogues_enriched_categories_show_their_values_when_asked(demo: Any) -> None:
    assert not any("values" in c for c in demo.items("/categories"))
    assert any(c["values"] for c in demo.items("/categories", with_enriched_attributes="true"))
