"""Single objects of a small store: names, what the PIM said, what SFCC was given."""

from collections.abc import Callable
from typing import Any

import pytest

from akeneo_assets import tables
from akeneo_assets.errors import ConnectorError
from akeneo_assets.loads.list_reading import list_step
from akeneo_assets.loads.object_history import Known, Subject
from akeneo_assets.loads.package import Package
from akeneo_assets.store import Store, write_table
from akeneo_assets.tables import pim_list_table
from sfcc_resources.feeds import ManifestWriter, manifest_path

Load = Callable[..., Any]
A, B = "0000000a-0000-4000-8000-000000000000", "0000000b-0000-4000-8000-000000000000"


def decided(store: Store, key: str, identities: list[dict[str, Any]], categories: tuple[str, ...] = ()) -> None:
    """Seals what a load has decided on ids, and its list of categories."""
    package = Package.of_load(store, key)
    package.begin(settings="s", kind="full")
    write_table(package.identities, tables.IDENTITIES, identities)
    rows = [{"item": b'{"code": "%s"}' % code.encode()} for code in categories]
    write_table(package.pim_list("categories"), pim_list_table("categories", ()), rows)
    package.seal(list_step("categories"), {}, [package.pim_list("categories")])
    package.seal("changes", {}, [package.identities])


def identity(owner: str, key: str, code: str, own_id: str | None) -> dict[str, Any]:
    return {"owner": owner, "key": key, "code": code, "sfcc_id": own_id, "own_id": own_id, "left_out": False}


def test_before_the_first_load_it_says_which_job_to_run(store: Store) -> None:
    store.root.mkdir()
    with pytest.raises(ConnectorError, match=r"No load has read products into .*: run job 3-2 first"):
        Known.of(store)


def test_a_name_is_a_uuid_an_identifier_a_models_or_categorys_code(
    store: Store, load: Load, make_product: Load, make_model: Load
) -> None:
    load("one", [make_product(A, "Mug")], [make_model("Mugs")])
    decided(store, "one", [identity("product", A, "Mug", "Mug"), identity("product_model", "mugs", "Mugs", "Mugs")], ("Cups",))
    known = Known.of(store)
    assert known.named("Mug") == known.named(A.upper()) == [Subject("product", A)]
    assert known.named("MUGS") == [Subject("product_model", "mugs")]
    assert known.named("cups") == [Subject("category", "Cups")]


def test_a_name_that_a_product_a_model_and_a_category_have_means_all_three(
    store: Store, load: Load, make_product: Load, make_model: Load
) -> None:
    load("one", [make_product(A, "mug")], [make_model("mug")])
    decided(store, "one", [identity("product", A, "mug", "mug"), identity("product_model", "mug", "mug", None)], ("mug",))
    assert Known.of(store).named("mug") == [Subject("product", A), Subject("product_model", "mug"), Subject("category", "mug")]


def test_a_name_that_only_sfcc_has_leads_to_the_object_that_had_it(
    store: Store, load: Load, make_product: Load, send: Load
) -> None:
    """The ledger's source of an object called `x` is `product:x` here."""
    load("one", [make_product(A, "New")])
    decided(store, "one", [identity("product", A, "New", "New")])
    send("first", {("product", "Gone"): "fields/brand/"}, {})
    known = Known.of(store)
    assert known.named("Gone") == [Subject("product", "Gone")]
    assert known.said(Subject("product", "Gone")) is None


def test_an_unknown_name_is_told_with_names_like_it(store: Store, load: Load, make_product: Load) -> None:
    load("one", [make_product(A, "JACKET-RED-M"), make_product(B, "TENT")])
    decided(store, "one", [identity("product", A, "JACKET-RED-M", None), identity("product", B, "TENT", "TENT")], ("jackets",))
    known = Known.of(store)
    with pytest.raises(ConnectorError, match=r"is called 'JACKET-REDM', .*: did you mean JACKET-RED-M, jackets\?$"):
        known.named("JACKET-REDM")
    with pytest.raises(ConnectorError, match=r"is called '1234', .*: look for its SKU, uuid or code in the PIM\.$"):
        known.named("1234")


def test_what_the_pim_said_is_the_last_word_with_the_load_that_heard_it(store: Store, load: Load, make_product: Load) -> None:
    load("one", [make_product(A, "a", enabled=True, updated="2026-11-01"), make_product(B, "b", updated="2026-11-02")])
    load("two", [make_product(A, "a", enabled=False, updated="2026-11-03")], previous="one")
    decided(store, "two", [identity("product", A, "a", "a"), identity("product", B, "b", "b")])
    known = Known.of(store)
    changed, unchanged = known.said(Subject("product", A)), known.said(Subject("product", B))
    assert changed is not None
    assert unchanged is not None
    assert (changed["load"], changed["updated"], changed["item"]["enabled"]) == ("two", "2026-11-03", False)
    assert (unchanged["load"], unchanged["updated"], unchanged["read"]) == ("one", "2026-11-02", "2026-11-24T00:00:00+00:00")


def test_the_history_has_every_archive_with_sfccs_verdict_and_the_lines_of_those_kept(
    store: Store, load: Load, make_product: Load, send: Load
) -> None:
    load("load", [make_product(A, "a")])
    decided(store, "load", [identity("product", A, "a", "a")])
    send("first.zip", {("product", "a"): "fields/brand/", ("product", "b"): ""}, {})
    send("second.zip", {("price-table", "a"): "", ("product", "a"): "fields/brand/"}, {("product", "a"): "refused"})
    send("third.zip", {("product", "a"): None}, None)
    path = Package.of_load(store, "load").archives / "second.zip"
    path.parent.mkdir(parents=True)
    with ManifestWriter(manifest_path(path)) as manifest:
        manifest.add("c", "product", "b", False, 1, "catalog.xml", 3, 4)
        manifest.add("c", "product", "a", False, 1, "catalog.xml", 5, 9)
    known = Known.of(store)
    history = known.history(Subject("product", A), ["a"])
    assert [(e["number"], e["type"], e["verdict"], e["deleted"], e["first_line"], e["last_line"]) for e in history] == [
        (1, "product", "confirmed", False, None, None),
        (2, "product", "refused", False, 5, 9),
        (2, "price-table", "confirmed", False, None, None),
        (3, "product", "unconfirmed", True, None, None),
    ]
    assert known.history(Subject("product", A), []) == []
