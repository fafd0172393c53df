"""JSON lines as a catalogue: what isn't the API tests' own ground, and refusals with file and line."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.pim.loading import LoadError
from sandbox.pim.start import open_pim


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


def test_the_demo_catalogue_loads(tmp_path: Path) -> None:
    pim = open_pim("demo", tmp_path / "demo.sqlite")
    assert pim.store.connection.execute("SELECT count(*) > 0 FROM product").fetchone() == (1,)
    pim.store.close()
