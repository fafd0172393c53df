"""What users of other connectors complained of, each case by its name (see docs/coverage.md)."""

import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import pyarrow as pa
import pytest

from akeneo_assets import tables
from akeneo_assets.loads.changes import Inputs, write_changes
from akeneo_assets.loads.difference import Difference
from akeneo_assets.loads.identities import Identification, Models, write_identities
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.mapping_run import MappingRun
from akeneo_assets.loads.media_files import fetch, missing
from akeneo_assets.loads.mirror import SCHEMAS, Mirror, raw_row
from akeneo_assets.loads.package import Package
from akeneo_assets.loads.record_files import RecordFiles, record_files, record_row, write_gone
from akeneo_assets.loads.window import Window
from akeneo_assets.mapping.categories import categories
from akeneo_assets.mapping.emptied import fields_of, with_emptied
from akeneo_assets.mapping.media_keys import media_path
from akeneo_assets.mapping.prices import price_books
from akeneo_assets.mapping.settings_check import validate
from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.pim.pim_errors import DamagedFileError, TransientPimError
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.store import Store, TableWriter, rows, write_json
from sfcc_resources.archive_paths import safe_name


def test_integer_0_is_written(pim: Any) -> None:
    pim.attribute("x", "number")
    assert pim.record(pim.product("1", {"x": 0}))["custom"]["akeneo_x"] == {"": "0"}


def test_false_in_unknown_types_is_written(pim: Any) -> None:
    pim.attribute("x", "hologram")
    assert pim.record(pim.product("1", {"x": False}))["custom"]["akeneo_x"] == {"": "false"}


def test_false_booleans_are_written(pim: Any) -> None:
    pim.attribute("x", "boolean")
    assert pim.record(pim.product("1", {"x": False}))["custom"]["akeneo_x"] == {"": "false"}


def test_an_axis_amount_of_0_is_a_value(pim: Any) -> None:
    pim.attribute("length", "metric", metric_family="Length", default_metric_unit="METER")
    pim.family("shirts", ["sku", "length"])
    pim.variant("by_size", "shirts", (["length"], ["sku"]))
    row = pim.product("A", {"length": {"amount": 0, "unit": "METER"}}, family="shirts", parent="tee")
    mapped = pim.map(row, [pim.model("tee")])
    assert mapped.facts["axes"] == {"length": "0 METER"}
    assert mapped.records[0][2]["custom"]["akeneo_length"] == {"": "0 METER"}


def test_a_quantity_of_0_is_no_part_of_a_bundle(pim: Any) -> None:
    parts = {"PACK": {"products": [{"uuid": "u2", "quantity": 0}], "product_models": []}}
    row = pim.product("1", family="packs", quantified_associations=parts)
    bundle = {"bundle": {"family": "packs", "association": "PACK"}}
    assert pim.record(row, targets={("product", "u2"): "two"}, products=bundle)["bundled"] == []


def test_an_attribute_code_of_digits_only_is_an_id(pim: Any) -> None:
    pim.attribute("123", "text")
    assert pim.record(pim.product("1", {"123": "x"}))["custom"]["akeneo_123"] == {"": "x"}
    camel = {"id_style": "camel_case"}
    assert pim.record(pim.product("1", {"123": "x"}), attributes=camel)["custom"]["akeneo_123"] == {"": "x"}


def test_foo_bar_and_fooBar_never_share_an_id(pim: Any) -> None:  # noqa: N802 (the case's own spelling)
    pim.attribute("foo_bar", "text")
    pim.attribute("fooBar", "text")
    custom = pim.record(pim.product("1", {"foo_bar": "a", "fooBar": "b"}))["custom"]
    assert (custom["akeneo_foo_bar"], custom["akeneo_fooBar"]) == ({"": "a"}, {"": "b"})
    camel = ConnectorSettings.model_validate({"attributes": {"id_style": "camel_case"}})
    assert "'fooBar' and 'foo_bar'" in validate(camel, pim.structure())[0]


def test_a_localised_or_scoped_value_on_a_field_that_is_not_localizable_is_its_text(pim: Any, of: Any) -> None:
    pim.attribute("x", "text", localizable=True, scopable=True)
    row = pim.product(
        "1", {"x": [of("print", "en_US", "print"), of("Rot", "fr_FR", "ecommerce"), of("Red", "en_US", "ecommerce")]}
    )
    assert pim.record(row, attributes={"standard": {"brand": "x"}})["fields"]["brand"] == {"": "Red"}


def test_a_multiselect_with_an_unknown_option_keeps_the_others(pim: Any) -> None:
    pim.attribute("x", "multiselect", options={"a": {}, "b": {}})
    mapped = pim.map(pim.product("1", {"x": [{"locale": None, "scope": None, "data": ["a", "gone", "b"]}]}))
    assert mapped.records[0][2]["custom"]["akeneo_x"] == {"": ["a", "b"]}
    assert [p.reason for p in mapped.problems] == ["the attribute has no option 'gone'"]


def test_a_price_without_amount_is_no_price(pim: Any) -> None:
    pim.attribute("price", "price_collection")
    mapped = pim.map(pim.product("1", {"price": [{"amount": None, "currency": "EUR"}]}))
    assert [kind for kind, _, _ in mapped.records] == ["product"]


def test_a_price_book_has_one_header(pim: Any) -> None:
    pim.attribute("price", "price_collection")
    headers = price_books(ConnectorSettings(), pim.structure())
    assert len(headers) == len({book for _, book, _ in headers}) == 2


def test_prices_are_read_in_the_sites_scope_not_in_the_first(pim: Any, of: Any) -> None:
    pim.attribute("price", "price_collection", scopable=True)
    prices = [of([{"amount": "1", "currency": "EUR"}], None, "app"), of([{"amount": "2", "currency": "EUR"}], None, "ecommerce")]
    mapped = pim.map(pim.product("1", {"price": prices}))
    assert mapped.records[1][2]["amounts"] == [("1", "2")]


def test_asset_images_of_a_master_are_written(pim: Any) -> None:
    pim.shirts()
    pim.attribute("gallery", "pim_catalog_asset_collection", reference_data_name="photos")
    pim.asset_families.append({"code": "photos", "labels": {}, "attribute_as_main_media": "media"})
    pim.asset_attributes.append({"code": "media", "asset_family": "photos", "type": "media_file", "media_type": "image"})
    media = [{"locale": None, "channel": None, "data": f"1/{'a' * 40}_a.jpg"}]
    pim.assets.append({"code": "one", "asset_family": "photos", "values": {"media": media}})
    root = pim.model("tee", {"gallery": [{"locale": None, "scope": None, "data": ["one"]}]})
    mapping = pim.mapping(images={"source": "assets", "view_types": ["large"]})
    record = mapping.map_master(root, [], [], {}).records[0][2]
    assert record["images"] == [{"view_type": "large", "images": [{"path": f"assets/aa/{'a' * 40}_a.jpg"}]}]


def test_an_image_attribute_takes_the_sites_scope_and_default_locale(pim: Any, of: Any) -> None:
    pim.attribute("front", "image", localizable=True, scopable=True)
    paths = [f"1/{x * 40}_x.jpg" for x in "abc"]
    row = pim.product(
        "1", {"front": [of(paths[0], "en_US", "app"), of(paths[1], "fr_FR", "ecommerce"), of(paths[2], "en_US", "ecommerce")]}
    )
    assert pim.record(row)["images"][0]["images"] == [{"path": f"images/cc/{'c' * 40}_x.jpg"}]


def test_with_a_tree_filter_a_child_category_read_before_its_parent_is_not_dropped(pim: Any) -> None:
    pim.categories[:] = []
    pim.category("mugs", "kitchen")
    pim.category("kitchen", "master")
    pim.category("master")
    pim.category("other")
    chosen = ConnectorSettings.model_validate({"categories": {"trees": ["master"]}})
    found = [(record["id"], record["parent"]) for _, _, record in categories(chosen, pim.structure())[0]]
    assert found == [("master", "root"), ("kitchen", "master"), ("mugs", "kitchen")]


def test_a_variant_whose_model_is_filtered_out_is_left_out_too(pim: Any) -> None:
    pim.shirts()
    mapping = pim.mapping(products={"model_filter": {"categories": [{"operator": "IN", "value": ["master"]}]}})
    assert mapping.excluded(pim.model("tee")) == "products.model_filter leaves it out"
    assert mapping.excluded(pim.model("tee", categories=["master"])) is None
    variant = pim.product("T1", {"size": "s"}, family="shirts", parent="tee", categories=["master"])
    assert mapping.excluded(variant) is None  # by itself: what its model takes along, a load's identities say


def test_assignments_made_by_others_are_not_removed() -> None:
    record = {"id": "1", "categories": [{"category": "ours"}]}
    assert with_emptied("category-assignments", record, ["category/ours"]) == record


def test_a_variation_group_is_chosen_by_its_model_not_by_equal_values(pim: Any) -> None:
    pim.attribute("color", "simpleselect", options={"x": {}})
    pim.attribute("trim", "simpleselect", options={"x": {}})
    pim.attribute("size", "simpleselect", options={"s": {}})
    pim.family("shirts", ["sku", "color", "trim", "size"])
    pim.variant("by_color_size", "shirts", (["color"], ["trim"]), (["size"], ["sku"]))
    root = pim.model("tee", family_variant="by_color_size")
    subs = [pim.model(code, {"color": "x", "trim": "x"}, family_variant="by_color_size", parent="tee") for code in ("one", "two")]
    mapping = pim.mapping(products={"model_import": "master-group-variation"})
    row = pim.product("T1", {"color": "x", "trim": "x", "size": "s"}, family="shirts", parent="two")
    facts = mapping.map_product(row, ancestors=[root, subs[1]], targets={}).facts
    mapped = mapping.map_master(root, subs, [facts], {})
    assert mapped.records[0][2]["variations"]["groups"] == ["two"]


def _read(store: Store, key: str, previous: str | None, products: list[Any], models: list[Any]) -> Window:
    """What a load read of the PIM, as it stands in the store."""
    stamp = "2024-03-01T10:00:00+00:00"
    window = Window(key, "differential" if previous else "full", stamp, stamp if previous else None, previous, "")
    package = Package.of_load(store, key)
    write_json(package.window_file, asdict(window))
    for table, schema in SCHEMAS.items():
        with TableWriter(package.raw_part(table, 1), schema) as raw:
            for item in {"products": products, "product_models": models}.get(table, []):
                raw.write(raw_row(dict(item), "sku"))
    return window


def _delta(pim: Any, tmp_path: Path, variant: Any, again: Any, models: list[Any]) -> tuple[dict[str, Any], dict[str, int]]:
    """SFCC's records (id -> product record) and the counts of changes of a differential that read `again` alone, after a full
    load read `variant` and `models`."""
    store = Store(tmp_path)
    nothing = pa.table({"id": pa.array([], pa.string()), "source": pa.array([], pa.string())})
    full = _read(store, "full", None, [variant], models)
    diff = _read(store, "diff", "full", [again], [])
    for window in (full, diff):
        mirror = Mirror.of(store, window)
        ids = Identification(lambda _owner, _key, code: (code, None))
        write_identities(Package.of_load(store, window.key), mirror, ids, Models(store, mirror), nothing)
    package = Package.of_load(store, "diff")
    inputs = Inputs(mirror, package.identities, Package.of_load(store, "full").identities, nothing)
    counts = write_changes(store, package.changes, inputs)
    mapping = pim.mapping(products={"model_import": "master-group-variation"})
    with RecordFiles(package.records("products")) as files, TableWriter(package.held_back, tables.HELD_BACK) as problems:
        run = MappingRun(package, mirror, Models(store, mirror), mapping, everything=False, tell=lambda _count: None)
        run.write(files, problems)
    products = record_files(package.records("products"), "product")
    found = [orjson.loads(row["record"]) for row in rows(products, ["record"])]
    return {record["id"]: record for record in found}, counts


@pytest.fixture
def two_levels(pim: Any) -> Any:
    """A variant T1 of the sub-model tee_red of the model tee: (variant, models)."""
    pim.attribute("name", "text")
    pim.attribute("color", "simpleselect", options={"red": {}})
    pim.attribute("size", "simpleselect", options={"s": {}, "m": {}})
    pim.family("shirts", ["sku", "name", "color", "size"])
    pim.variant("by_color_size", "shirts", (["color"], []), (["size"], ["sku"]))
    root = pim.model("tee", {"name": "Tee"}, family_variant="by_color_size")
    sub = pim.model("tee_red", {"name": "Tee", "color": "red"}, family_variant="by_color_size", parent="tee")
    row = pim.product("T1", {"name": "Tee", "color": "red", "size": "s"}, family="shirts", parent="tee_red")
    return row, [root, sub]


def test_a_two_level_variant_without_its_model_in_the_delta_is_whole(pim: Any, two_levels: Any, tmp_path: Path) -> None:
    row, models = two_levels
    changed = {**row, "values": {**row["values"], "size": [{"locale": None, "scope": None, "data": "m"}]}}
    found, _ = _delta(pim, tmp_path, row, changed, models)
    assert found["T1"]["custom"] == {"akeneo_color": {"": "red"}, "akeneo_size": {"": "m"}, "akeneo_sku": {"": "T1"}}
    assert found["tee"]["custom"] == {"akeneo_name": {"": "Tee"}}
    assert found["tee"]["variations"]["variants"] == ["T1"]


def test_the_sub_model_list_is_not_duplicated_in_deltas(pim: Any, two_levels: Any, tmp_path: Path) -> None:
    row, models = two_levels
    found, _ = _delta(pim, tmp_path, row, {**row, "enabled": False}, models)
    assert found["tee"]["variations"]["groups"] == ["tee_red"]


def test_a_variant_read_again_because_it_inherits_its_parents_date_is_not_mapped_again(
    pim: Any, two_levels: Any, tmp_path: Path
) -> None:
    row, models = two_levels
    assert _delta(pim, tmp_path, row, row, models) == ({}, {})


def test_of_a_product_and_a_model_with_one_code_one_is_held_back_by_name(pim: Any, tmp_path: Path) -> None:
    store = Store(tmp_path)
    window = _read(store, "full", None, [pim.product("tee")], [pim.model("tee")])
    mirror, package = Mirror.of(store, window), Package.of_load(store, "full")
    ids = Identification(lambda _owner, _key, code: (code, None))

    def identities(owners: list[dict[str, str]]) -> dict[str, Any]:
        schema = pa.schema([("id", pa.string()), ("source", pa.string())])
        write_identities(package, mirror, ids, Models(store, mirror), pa.Table.from_pylist(owners, schema))
        return {row["owner"]: (row["sfcc_id"], row["reason"]) for row in rows([package.identities])}

    product_first = {"product": ("tee", None), "product_model": (None, "its id tee is taken by product tee")}
    assert identities([]) == product_first
    owned = identities([{"id": "tee", "source": "product_model:tee"}])  # whoever SFCC has under the id keeps it
    assert owned == {"product": (None, "its id tee is taken by product model tee"), "product_model": ("tee", None)}


def test_a_deleted_variant_is_not_kept_in_its_master(pim: Any) -> None:
    pim.shirts()
    mapping = pim.mapping()
    facts = [
        mapping.map_product(
            pim.product(sku, {"size": size}, family="shirts", parent="tee"), ancestors=[pim.model("tee")], targets={}
        ).facts
        for sku, size in (("A", "s"), ("B", "m"))
    ]
    variations = mapping.map_master(pim.model("tee"), [], facts[1:], {}).records[0][2]["variations"]
    assert variations["variants"] == ["B"]
    assert [v["value"] for v in variations["attributes"][0]["values"]] == ["m"]


def test_codes_with_spaces_slashes_and_question_marks_never_meet_and_make_no_folders(pim: Any) -> None:
    codes = ["a b", "a_b", "a/b", "a?b"]
    names = [safe_name(code) for code in codes]
    assert len(set(names)) == len(codes)
    assert not any(set(name) & set(" /?") for name in names)
    paths = [media_path(f"1/{code}.jpg") for code in codes]
    assert len(set(paths)) == len(codes)
    assert all(path.count("/") == 2 for path in paths)
    for code in codes:
        pim.category(code, "master")
    assigned = pim.map(pim.product("1", categories=codes)).records[1][2]["categories"]
    assert [one["category"] for one in assigned] == codes


def test_the_users_updated_filter_is_kept_and_left_to_the_pim(pim: Any) -> None:
    search = {"updated": [{"operator": ">", "value": "2024-03-01 10:00:00"}], "enabled": [{"operator": "=", "value": True}]}
    mapping = pim.mapping(products={"filter": search})
    assert mapping.product_filter.unsupported == ("updated >",)
    assert mapping.frame.settings.products.filter == search
    assert mapping.excluded(pim.product("1", enabled=False)) is not None


PICTURE = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"


def _pim_client(files: dict[str, bytes]) -> Any:
    """Gives `files` by the end of their path; anything else fails half-way."""

    def download(path: str, target: Path, *, fault: Callable[[Path], str | None], **_options: Any) -> None:
        found = next((content for name, content in files.items() if name in path), None)
        if found is None:
            raise TransientPimError("the PIM does not answer")
        target.write_bytes(found)
        if (reason := fault(target)) is not None:
            target.unlink()
            raise DamagedFileError("the PIM's file is damaged", reason=reason)

    return SimpleNamespace(concurrency=1, download=download)


def _fetch(store: Store, client: Any, run: str, *wanted: str) -> dict[str, int]:
    return fetch(store, client, wanted, run, store.root / run, lambda _sentence: None)


def test_a_failed_download_leaves_the_images_that_are_there(tmp_path: Path) -> None:
    store = Store(tmp_path)
    _fetch(store, _pim_client({"one.jpg": PICTURE}), "first", "1/one.jpg")
    with pytest.raises(TransientPimError):
        _fetch(store, _pim_client({}), "second", "1/one.jpg", "1/two.jpg")
    assert (store.root / "media" / media_path("1/one.jpg")).read_bytes() == PICTURE
    assert _fetch(store, _pim_client({}), "third", "1/one.jpg") == {"wanted": 1, "missing": 0}  # it is not asked for again


def test_an_unchanged_file_is_not_sent_twice(tmp_path: Path) -> None:
    ledger = Ledger(Store(tmp_path))
    file = {"id": "images/aa/a.jpg", "source": "media/images/aa/a.jpg", "size": 1, "sha1": "1"}
    _sent(ledger, "first.zip", None, [("file", "cat", file)])
    with RecordFiles(tmp_path / "now") as files:
        files.write([("file", "cat", file), ("file", "cat", {**file, "id": "images/bb/b.jpg"})])
    found = Difference(ledger, everything=False).batches(record_files(tmp_path / "now"))
    assert [row["id"] for batch in found for row in batch.to_pylist()] == ["images/bb/b.jpg"]


class _BreaksOff(BaseHTTPRequestHandler):
    """A PIM whose tokens are whole and whose files break off midway, when `parts` were seen beside `folder`."""

    folder: Path
    parts: list[str]

    def _send(self, body: bytes, length: int) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        token = orjson.dumps({"access_token": "a", "refresh_token": "r", "expires_in": 3600})
        self._send(token, len(token))

    def do_GET(self) -> None:
        self._send(b"x" * 300_000, 400_000)
        self.wfile.flush()
        deadline = time.monotonic() + 10
        while not self.parts and time.monotonic() < deadline:
            self.parts += [path.name for path in self.folder.rglob("*.jpg.part")]

    def log_message(self, *_args: Any) -> None:
        pass


def test_temporary_files_are_removed(tmp_path: Path) -> None:
    handler: Any = type("Handler", (_BreaksOff,), {"folder": tmp_path, "parts": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        client = PimClient(f"http://127.0.0.1:{server.server_address[1]}", "id", "secret", "user", "password", retries=0)
        with pytest.raises(TransientPimError):
            _fetch(Store(tmp_path), client, "run", "1/one.jpg")
        client.close()
        server.shutdown()
    assert len(handler.parts) == 1  # there was one
    assert [path.name for path in tmp_path.rglob("*.part")] == []


def test_an_empty_file_is_reported_and_leaves_the_rest(tmp_path: Path) -> None:
    store = Store(tmp_path)
    client = _pim_client({"one.jpg": b"", "two.jpg": PICTURE})
    assert _fetch(store, client, "run", "1/one.jpg", "1/two.jpg") == {"wanted": 2, "missing": 1}
    assert list(missing(store)) == ["1/one.jpg"]


def test_a_category_or_image_change_that_moves_no_updated_is_seen(pim: Any) -> None:
    pim.category("mugs", "master", labels={"en_US": "Mugs"})
    pim.asset_families.append({"code": "photos", "labels": {}, "attribute_as_main_media": "media"})
    media = [{"locale": None, "channel": None, "data": "1/a.jpg"}]
    pim.assets.append({"code": "one", "asset_family": "photos", "values": {"media": media}})
    first = pim.structure().fingerprint()
    pim.categories[-1]["parent"] = None
    moved = pim.structure().fingerprint()
    media[0]["data"] = "1/b.jpg"
    assert len({first, moved, pim.structure().fingerprint()}) == 3


def test_dropped_associations_are_removed_and_emptied_recommendations_too() -> None:
    former = {"id": "1", "targets": [{"target": "two", "type": "1"}]}
    record = with_emptied("recommendations", {"id": "1", "targets": []}, fields_of("recommendations", former))
    assert record["removed"] == [{"target": "two", "type": "1"}]


def _sent(ledger: Ledger, archive: str, source: str | None, records: list[tuple[str, str, Any]]) -> None:
    """An archive that SFCC has confirmed."""
    told = {"deleted": False, "load": "earlier", "file": "", "archive": archive}
    with ledger.intend(archive) as entries:
        for kind, container, record in records:
            entries.write(
                {k: v for k, v in record_row(kind, container, record, source).items() if k in tables.LEDGER_ENTRIES.columns.names}
                | told
            )
    ledger.conclude(archive, [])


def test_assignments_recommendations_and_prices_that_a_product_no_longer_has_are_deleted(tmp_path: Path) -> None:
    store = Store(tmp_path)
    ledger = Ledger(store)
    product = ("product", "cat", {"id": "1", "fields": {}})
    around = [
        ("category-assignments", "cat", {"id": "1", "categories": [{"category": "mugs"}]}),
        ("recommendations", "cat", {"id": "1", "targets": [{"target": "2", "type": "1"}]}),
        ("price-table", "eur-list-prices", {"id": "1", "amounts": [("1", "9.99")]}),
    ]
    other = ("price-table", "eur-list-prices", {"id": "2", "amounts": [("1", "5")]})
    _sent(ledger, "one.zip", "product:u1", [product, *around])
    _sent(ledger, "two.zip", "product:u2", [other])
    book = {"id": "eur-list-prices", "currency": "EUR", "names": {}}
    _sent(ledger, "three.zip", "", [("price-book", "eur-list-prices", book)])
    with RecordFiles(tmp_path / "now") as files:
        files.write([product], "product:u1")
    write_gone(store, ledger, tmp_path / "now", tmp_path / "gone")
    gone = [(r["type"], r["id"], r["delete"], orjson.loads(r["record"])) for r in rows(record_files(tmp_path / "gone"))]
    assert gone == [
        ("price-table", "1", True, {"id": "1"}),
        ("category-assignments", "1", True, {"categories": [], "id": "1", "removed": ["mugs"]}),
        ("recommendations", "1", True, {"id": "1", "removed": [{"target": "2", "type": "1"}], "targets": []}),
    ]


def test_an_association_to_a_missing_product_is_left_out_and_reported(pim: Any) -> None:
    row = pim.product("1", associations={"X_SELL": {"products": ["gone"], "product_models": [], "groups": []}})
    mapped = pim.map(row, associations={"X_SELL": {"type": 1}})
    assert [kind for kind, _, _ in mapped.records] == ["product"]
    assert [p.reason for p in mapped.problems] == ["the product 'gone' isn't exported"]


def test_one_sfcc_attribute_holds_all_assets_and_records_of_a_collection(pim: Any) -> None:
    pim.attribute("photos", "pim_catalog_asset_collection", reference_data_name="photos")
    pim.attribute("brands", "akeneo_reference_entity_collection", reference_data_name="brands")
    codes = [{"locale": None, "scope": None, "data": [f"c{n}" for n in range(50)]}]
    custom = pim.record(pim.product("1", {"photos": codes, "brands": codes}))["custom"]
    assert set(custom) == {"akeneo_sku", "akeneo_photos", "akeneo_brands"}


def test_a_simple_product_turned_variant_gives_up_what_its_master_shows(pim: Any) -> None:
    pim.shirts()
    picture = f"1/{'a' * 40}_a.jpg"
    values = {"name": "Tee", "size": "s", "picture": picture}
    simple = pim.record(pim.product("T1", values, family="shirts"))
    variant = pim.record(pim.product("T1", values, family="shirts", parent="tee"), [pim.model("tee", {"name": "Tee"})])
    record = with_emptied("product", variant, fields_of("product", simple))
    assert record["custom"]["akeneo_name"] == {"": None}
    assert record["images"] == []


def test_a_variant_that_loses_its_master_is_a_simple_product_with_all_of_its_values(pim: Any) -> None:
    pim.shirts()
    picture = f"1/{'a' * 40}_a.jpg"
    values = {"name": "Tee", "size": "s", "picture": picture}
    variant = pim.map(pim.product("T1", values, family="shirts", parent="tee"), [pim.model("tee", {"name": "Tee"})])
    assert "akeneo_name" not in variant.records[0][2]["custom"]
    alone = pim.map(pim.product("T1", values, family="shirts"))
    assert alone.facts is None
    record = alone.records[0][2]
    assert record["custom"]["akeneo_name"] == {"": "Tee"}
    assert {group["view_type"]: group["images"] for group in record["images"]}["large"] == [{"path": media_path(picture)}]


def test_the_last_variant_gone_leaves_an_offline_master(pim: Any) -> None:
    pim.shirts()
    record = pim.mapping().map_master(pim.model("tee"), [], [], {}).records[0][2]
    assert (record["fields"]["online-flag"], record["variations"]["variants"]) == ({"": "false"}, [])


def test_images_of_sibling_variants_are_untouched_by_one_variants_change(pim: Any) -> None:
    pim.shirts()
    mapping = pim.mapping(images={"view_types": ["large"]})

    def images_by_size(second: str) -> dict[Any, Any]:
        facts = [
            mapping.map_product(
                pim.product(size, {"size": size, "picture": f"1/{x * 40}_x.jpg"}, family="shirts", parent="tee"),
                ancestors=[pim.model("tee")],
                targets={},
            ).facts
            for size, x in (("s", "a"), ("m", second))
        ]
        groups = mapping.map_master(pim.model("tee"), [], facts, {}).records[0][2]["images"]
        return {dict(group.get("variation", ())).get("akeneo_size"): group["images"] for group in groups}

    assert images_by_size("b")["s"] == images_by_size("c")["s"]
    assert images_by_size("b")["m"] != images_by_size("c")["m"]


def test_metric_decimals_are_trimmed(pim: Any) -> None:
    pim.attribute("weight", "metric", metric_family="Weight", default_metric_unit="KILOGRAM")
    row = pim.product("1", {"weight": {"amount": "10.0000", "unit": "KILOGRAM"}})
    assert pim.record(row)["custom"]["akeneo_weight"] == {"": "10"}


def test_an_emptied_metric_is_cleared_and_not_0(pim: Any) -> None:
    pim.attribute("weight", "metric", metric_family="Weight", default_metric_unit="KILOGRAM")
    former = pim.record(pim.product("1", {"weight": {"amount": "10", "unit": "KILOGRAM"}}))
    now = pim.record(pim.product("1", {"weight": {"amount": None, "unit": "KILOGRAM"}}))
    assert with_emptied("product", now, fields_of("product", former))["custom"]["akeneo_weight"] == {"": None}


def test_the_order_of_options_is_kept(pim: Any) -> None:
    pim.attribute("x", "multiselect", options={"z": {}, "a": {}})
    row = pim.product("1", {"x": [{"locale": None, "scope": None, "data": ["z", "a"]}]})
    assert pim.record(row)["custom"]["akeneo_x"] == {"": ["z", "a"]}


def test_a_product_without_family_is_imported(pim: Any) -> None:
    assert pim.record(pim.product("1", family=None))["id"] == "1"


def test_upper_case_codes_and_codes_that_start_with_digits_keep_their_spelling(pim: Any) -> None:
    pim.attribute("3D_View", "simpleselect", options={"YES": {}})
    assert pim.record(pim.product("1", {"3D_View": "yes"}))["custom"]["akeneo_3D_View"] == {"": "YES"}


def test_numeric_category_codes_are_ids(pim: Any) -> None:
    pim.category("100", "master")
    assert pim.map(pim.product("1", categories=["100"])).records[1][2]["categories"] == [{"category": "100", "primary": True}]


def test_families_with_equal_labels_are_told_apart_by_their_codes(pim: Any) -> None:
    for code in ("packs", "boxes"):
        pim.families.append({"code": code, "attributes": [], "labels": {"en_US": "Pack"}})
    bundle = {"bundle": {"family": "packs", "association": "PACK"}}
    assert "bundled" in pim.record(pim.product("1", family="packs"), products=bundle)
    assert "bundled" not in pim.record(pim.product("1", family="boxes"), products=bundle)


def test_a_variant_that_changes_its_parent_is_its_new_masters(pim: Any) -> None:
    pim.shirts()
    row = pim.product("T1", {"size": "s"}, family="shirts", parent="polo")
    assert pim.map(row, [pim.model("polo")]).facts["root"] == "polo"


def test_an_empty_family_harms_nothing(pim: Any) -> None:
    pim.family("empty", [])
    assert pim.record(pim.product("1", family="empty"))["id"] == "1"


def test_a_sku_with_spaces_is_kept(pim: Any) -> None:
    assert pim.record(pim.product("T 1 b"))["id"] == "T 1 b"


def test_equal_labels_of_two_options_do_not_merge_them(pim: Any) -> None:
    pim.shirts()
    for option in pim.attribute_options:
        option["labels"] = {"en_US": "Same"}
    mapping = pim.mapping()
    facts = [
        mapping.map_product(
            pim.product(size, {"size": size}, family="shirts", parent="tee"), ancestors=[pim.model("tee")], targets={}
        ).facts
        for size in ("s", "m")
    ]
    (axis,) = mapping.map_master(pim.model("tee"), [], facts, {}).records[0][2]["variations"]["attributes"]
    assert [v["value"] for v in axis["values"]] == ["s", "m"]


@pytest.mark.parametrize("identifier", ["800", "0012", "a#b", "a/b", "a?b"])
def test_numeric_and_odd_identifiers_stay_texts(pim: Any, identifier: str) -> None:
    assert pim.record(pim.product(identifier))["id"] == identifier
