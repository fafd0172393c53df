"""The whole way out, against the sandbox's SFCC instance in its own process: from records to verdicts and an export."""

import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lxml import etree

from sfcc_resources import records
from sfcc_resources.archive import Archive, static_files, write_archives
from sfcc_resources.delivery import webdav
from sfcc_resources.delivery.archive_transfer import deliver, export
from sfcc_resources.delivery.sfcc_client import Client, Instance
from sfcc_resources.delivery.staticfiles import files_present
from sfcc_resources.feeds import write_feeds
from sfcc_resources.log_wording import parse
from sfcc_resources.verdicts import CONFIRMED, PENDING, REFUSED, UNCONFIRMED, verdicts

REPOSITORY = Path(__file__).parents[3]
Table = Callable[[Iterable[Any]], list[pa.RecordBatch]]
Row = tuple[str, str, str, bool, Any]


@dataclass
class Sandbox:
    """A running instance."""

    root: Path
    client: Client


@pytest.fixture(params=[False, True], ids=["http", "https"])
def sandbox(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sandbox]:
    root = tmp_path / "instance"
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    schemas = Path(os.environ.get("SHARED_DIR", REPOSITORY.parent / "shared")) / "sfcc-xsd"
    if schemas.is_dir():
        environment["SFCC_XSD_DIR"] = str(schemas)
    command = [sys.executable, "-m", "sandbox.sfcc", "--root", str(root), "--port", "0", *(["--tls"] if request.param else [])]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    try:
        ready = process.stdout.readline()
        url = re.search(r"https?://[\d.]+:\d+", ready)
        assert url is not None, ready
        authority = re.search(r"\S+\.(?:pem|crt)\b", ready)
        ca_file = authority[0].strip("()'\"") if authority else None
        with Client(Instance(url[0], "sandbox", "sandbox", url[0], ca_file=ca_file)) as client:
            yield Sandbox(root, client)
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


def rows() -> list[Row]:
    """One record of each type, and products that SFCC refuses, warns of and deletes."""
    red = {"value": "red", "names": {"x-default": "Red"}}
    axis = {"attribute_id": "custom.color", "id": "color", "names": {"x-default": "Colour"}, "values": [red]}
    master = {
        "id": "m",
        "fields": {"online-flag": {"": "true"}, "display-name": {"x-default": "Master"}},
        "images": [{"view_type": "large", "variation": [["custom.color", "red"]], "images": [{"path": "images/a.jpg"}]}],
        "variations": {"attributes": [axis], "variants": ["v"]},
    }
    variant = {
        "id": "v",
        "fields": {"online-from": {"": None}, "min-order-quantity": {"": None}, "brand": {"": "<&>"}},
        "custom": {"color": {"": "red"}, "note": {"fr-FR": "é", "de-DE": None}},
    }
    color = {"id": "color", "type": "enum-of-string", "names": {}, "values": [red]}
    note = {"id": "note", "type": "text", "names": {}, "localizable": True}
    name = {"id": "name", "type": "string", "names": {}}
    kind = {"id": "T", "names": {}, "staging": "no-staging", "storage": "organization", "key": "k", "attributes": [name]}
    assignments = {"id": "v", "categories": [{"category": "shoes", "primary": True}]}
    return [
        ("Product", records.ATTRIBUTE_DEFINITION, "color", False, color),
        ("Product", records.ATTRIBUTE_DEFINITION, "note", False, note),
        ("Product", records.ATTRIBUTE_GROUP, "g", False, {"id": "g", "names": {}, "attributes": [{"id": "color"}]}),
        ("organization", records.CUSTOM_TYPE, "T", False, kind),
        ("c", records.FILE, "images/a.jpg", False, {"id": "images/a.jpg", "source": "a.jpg", "size": 3, "sha1": ""}),
        ("c", records.CATALOG_HEADER, "c", False, {"id": "c", "base_path": "/", "view_types": ["large"]}),
        ("c", records.CATEGORY, "shoes", False, {"id": "shoes", "parent": "root", "fields": {"online-flag": {"": "true"}}}),
        ("c", records.PRODUCT, "m", False, master),
        ("c", records.PRODUCT, "v", False, variant),
        ("c", records.PRODUCT, "refused", False, {"id": "refused", "fields": {"display-name": {"xx-YY": "?"}}}),
        ("c", records.PRODUCT, "warned", False, {"id": "warned", "fields": {}, "custom": {"undefined": {"": "x"}}}),
        ("c", records.PRODUCT, "never there", True, None),
        ("c", records.CATEGORY_ASSIGNMENTS, "v", False, assignments),
        ("c", records.RECOMMENDATIONS, "v", False, {"id": "v", "targets": [{"target": "m", "type": "1"}]}),
        ("usd", records.PRICE_BOOK, "usd", False, {"id": "usd", "currency": "USD", "names": {"x-default": "List"}}),
        ("usd", records.PRICE_TABLE, "v", False, {"id": "v", "amounts": [["1", "9.99"]]}),
        ("lib", records.FOLDER, "f", False, {"id": "f", "parent": "root", "fields": {"online-flag": {"": "true"}}}),
        ("lib", records.CONTENT, "x", False, {"id": "x", "fields": {"online-flag": {"": "true"}}, "folders": ["f"]}),
        ("T", records.CUSTOM_OBJECT, "k", False, {"id": "k", "attributes": {"name": {"": "1"}}}),
    ]


def archived(table: Table, folder: Path, name: str, sent: list[Row]) -> Archive:
    store = folder / "store"
    store.mkdir(exist_ok=True)
    (store / "a.jpg").write_bytes(b"abc")
    batches = table(sent)
    feeds = write_feeds(batches, folder / name)
    [archive] = write_archives(feeds, static_files(batches, store), folder / "out", name=name)
    return archive


def imported(client: Client, archive: Archive) -> dict[tuple[str, str], tuple[str, str | None]]:
    """Verdict and message by type and id."""
    execution = deliver(client, archive.path)
    log = None
    if execution.log is not None:
        with execution.log.open(encoding="utf-8") as lines:
            log = parse(lines)
    present = files_present(client, archive.manifest)
    judged = verdicts(pq.read_table(archive.manifest), log, job_ok=execution.ok, files_present=present)
    return {(row["type"], row["id"]): (row["verdict"], row["message"]) for row in judged.to_pylist()}


def test_what_was_sent_stands_in_the_instance_and_what_was_refused_is_named(
    sandbox: Sandbox, table: Table, tmp_path: Path
) -> None:
    judged = imported(sandbox.client, archived(table, tmp_path, "load", rows()))
    others = {key: verdict for key, (verdict, _) in judged.items() if verdict != CONFIRMED}
    assert others == {(records.PRODUCT, "refused"): REFUSED, (records.PRODUCT, "warned"): PENDING}
    assert len(judged) == 19
    assert "xx-YY" in (judged[records.PRODUCT, "refused"][1] or "")
    assert "undefined" in (judged[records.PRODUCT, "warned"][1] or "")

    units = {"catalogs": {"all": True}, "price_books": {"all": True}, "libraries": {"all": True}}
    export(sandbox.client, "state.zip", units, tmp_path / "state.zip")
    with zipfile.ZipFile(tmp_path / "state.zip") as zipped:
        catalog = etree.fromstring(zipped.read("state/catalogs/c/catalog.xml"))
    texts = {element.get("product-id"): element for element in catalog.iterfind("{*}product")}
    assert texts["v"].findtext("{*}brand") == "<&>"
    assert texts["v"].findtext("{*}min-order-quantity") == "1"
    assert [element.text for element in texts["v"].iterfind("{*}custom-attributes/{*}custom-attribute")] == ["red", "é"]
    assert [element.get("product-id") for element in texts["m"].iterfind(".//{*}variant")] == ["v"]
    assert [element.get("path") for element in texts["m"].iterfind(".//{*}image")] == ["images/a.jpg"]
    assert [element.get("product-id") for element in catalog.iterfind("{*}category-assignment")] == ["v"]


def test_a_second_archive_changes_clears_and_deletes(sandbox: Sandbox, table: Table, tmp_path: Path) -> None:
    imported(sandbox.client, archived(table, tmp_path, "load", rows()))
    master = {"id": "m", "fields": {}, "images": [], "variations": None}
    changes: list[Row] = [
        ("c", records.PRODUCT, "m", False, master),
        ("c", records.PRODUCT, "v", False, {"id": "v", "fields": {"brand": {"": None}}, "custom": {"color": {"": None}}}),
        ("c", records.PRODUCT, "warned", True, None),
        ("c", records.CATEGORY_ASSIGNMENTS, "v", True, {"id": "v", "categories": [], "removed": ["shoes"]}),
        ("c", records.RECOMMENDATIONS, "v", False, {"id": "v", "targets": [], "removed": [{"target": "m", "type": "1"}]}),
        ("usd", records.PRICE_TABLE, "v", True, None),
    ]
    batches = table(changes)
    book: records.PriceBook = {"id": "usd", "currency": "USD", "names": {}}
    feeds = write_feeds(batches, tmp_path / "second", price_books={"usd": book})
    [archive] = write_archives(feeds, [], tmp_path / "out", name="second")
    assert {verdict for verdict, _ in imported(sandbox.client, archive).values()} == {CONFIRMED}

    export(sandbox.client, "state.zip", {"catalogs": {"all": True}, "price_books": {"all": True}}, tmp_path / "state.zip")
    with zipfile.ZipFile(tmp_path / "state.zip") as zipped:
        catalog = etree.fromstring(zipped.read("state/catalogs/c/catalog.xml"))
        [prices] = [
            etree.fromstring(zipped.read(name)) for name in zipped.namelist() if "pricebooks/" in name and name.endswith(".xml")
        ]
    products = {element.get("product-id"): element for element in catalog.iterfind("{*}product")}
    assert set(products) == {"m", "v", "refused"}
    assert not products["v"].findtext("{*}brand")
    assert [element.get("attribute-id") for element in products["v"].iter("{*}custom-attribute")] == ["note"]
    assert list(products["m"].iter("{*}variant", "{*}image")) == []
    assert list(catalog.iterfind("{*}category-assignment")) == []
    assert list(catalog.iterfind("{*}recommendation")) == []
    assert list(prices.iter("{*}price-table")) == []
    assert prices.findtext(".//{*}display-name") == "List"


def test_a_busy_job_is_waited_for_and_a_missing_log_confirms_nothing(sandbox: Sandbox, table: Table, tmp_path: Path) -> None:
    (sandbox.root / "faults.json").write_text(json.dumps({"job_already_running": 1, "no_log": True}), encoding="utf-8")
    said: list[str] = []
    execution = deliver(
        sandbox.client,
        archived(table, tmp_path, "load", rows()).path,
        on_progress=said.append,
        busy_pause=0.05,
        delete_after=True,
    )
    assert any("waiting" in line for line in said)
    assert execution.log is None
    assert webdav.size(sandbox.client, "Impex/src/instance/load-0001.zip") is None
    manifest = pq.read_table(tmp_path / "out" / "load-0001.zip.manifest.parquet")
    assert set(verdicts(manifest, None, job_ok=execution.ok)["verdict"].to_pylist()) == {UNCONFIRMED}
