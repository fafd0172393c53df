"""3-1 sends what was edited in the PIM and what it touches, and nothing else."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg
import orjson
import pytest
import yaml

from sandbox import stack
from sandbox.catalogue_edits import Pim

UUIDS = {
    "TENT-RIDGE-3": "14937f72-3b3e-4f7e-a0f5-fe67a88ba771",
    "TARP-3X3": "705b37b8-2bef-4207-8d52-c11b3c314d48",
    "BAG-DOWN-M5": "4df45125-9913-46b5-a9ed-cf8118977839",
    "LAMP-HEAD-300": "37f87d7d-45c3-4b6f-ac20-8f330733aa26",
    "STOVE-GAS-1": "3ab7717f-104e-4ce1-9dce-adde18150f23",
}


@pytest.fixture(scope="module")
def place(pim_of: Callable[[str], str], place_at: Any) -> Any:
    """An installation whose instance holds the demo catalogue."""
    made = place_at(pim_of("demo"))
    made.jobs("1", "2", "3-2")
    return made


@pytest.fixture
def patch(place: Any, editor: Callable[[str], Pim]) -> Callable[..., None]:
    """Edits a product (by SKU) or another object (by path) in the PIM."""
    session = editor(place.pim_url)

    def edit(what: str, **body: Any) -> None:
        session.patch(f"products-uuid/{UUIDS[what]}" if what in UUIDS else what, body)

    return edit


def value(data: Any, locale: str | None = None) -> list[dict[str, Any]]:
    return [{"locale": locale, "scope": None, "data": data}]


def test_nothing_is_sent_while_nothing_changes(place: Any) -> None:
    archives = sorted((place.store / "ledger").iterdir())
    run = place.job("3-1")
    assert run.ok, run.failures
    assert run.sent == {}
    assert run.to_send == set()
    assert sorted((place.store / "ledger").iterdir()) == archives
    assert run.tags["akeneo_sfcc/load"] == "differential"
    assert run.tags["dagster/partition"] == f"load_{place.loads}"


def test_edits_of_five_products_a_root_model_and_a_sub_model_send_what_they_touch(place: Any, patch: Callable[..., None]) -> None:
    patch("TENT-RIDGE-3", values={"name": value("Tente Ridge trois", "fr_FR")})
    patch("TARP-3X3", values={"price": value([{"amount": "75.00", "currency": "EUR"}])})
    patch("BAG-DOWN-M5", categories=["lights"])
    patch("LAMP-HEAD-300", enabled=False)
    patch("STOVE-GAS-1", associations={"X_SELL": {"product_models": []}})
    patch("product-models/boots_moraine", values={"name": value("Moraine boots II", "en_US")})
    patch("product-models/jacket_drizzle_blue", values={"variation_name": value("Deep blue", "en_US")})
    run = place.job("3-1")
    assert run.ok, run.failures
    assert run.to_send == {
        ("product", "TENT-RIDGE-3"),
        ("price-table", "TARP-3X3"),
        ("category-assignments", "BAG-DOWN-M5"),
        ("product", "LAMP-HEAD-300"),
        ("recommendations", "STOVE-GAS-1"),
        ("product", "boots_moraine"),
        ("product", "JACKET-DRIZZLE-BLUE-S"),
        ("product", "JACKET-DRIZZLE-BLUE-M"),
        ("product", "JACKET-DRIZZLE-BLUE-L"),
    }
    export = place.export()
    assert "Tente Ridge trois" in [one.text for one in export.product("TENT-RIDGE-3").iterfind("display-name")]
    assert export.prices("TARP-3X3") == {"eur-list-prices": "75.00"}
    assert export.categories_of("BAG-DOWN-M5") == {"lights"}
    assert export.product("LAMP-HEAD-300").findtext("online-flag") == "false"
    assert export.recommended("STOVE-GAS-1") == set()
    assert "Deep blue" in [one.text for one in export.product("JACKET-DRIZZLE-BLUE-M").iter("custom-attribute")]


def test_an_emptied_value_and_an_emptied_list_of_places_are_emptied_in_sfcc(place: Any, patch: Callable[..., None]) -> None:
    patch("TARP-3X3", values={"description": [{"locale": "fr_FR", "scope": "ecommerce", "data": None}]}, categories=[])
    run = place.job("3-1")
    assert run.ok, run.failures
    assert run.to_send == {("product", "TARP-3X3"), ("category-assignments", "TARP-3X3")}
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    export = place.export()
    assert {one.get(lang) for one in export.product("TARP-3X3").iterfind("long-description")} == {"x-default", "en-US", "de-DE"}
    assert export.categories_of("TARP-3X3") == set()


def test_blanks_at_the_edges_of_a_name_do_not_reach_sfcc_and_the_load_counts_them(place: Any, patch: Callable[..., None]) -> None:
    patch("TARP-3X3", values={"name": value(" Tarp, trimmed\u00a0", "en_US")})
    run = place.job("3-1")
    assert (run.ok, run.to_send) == (True, {("product", "TARP-3X3")}), run.failures
    shown = place.instance.get_latest_materialization_event(dg.AssetKey(["sfcc", "products"])).asset_materialization.metadata
    assert shown["texts trimmed at their edges"].value == 1
    assert "Tarp, trimmed" in {name.text for name in place.export().product("TARP-3X3").iterfind("display-name")}
    place.jobs("3-1")  # which maps no product
    shown = place.instance.get_latest_materialization_event(dg.AssetKey(["sfcc", "products"])).asset_materialization.metadata
    assert shown["texts trimmed at their edges"].value == 0


def test_an_option_s_label_changes_its_definition_and_the_masters_that_show_it(place: Any, patch: Callable[..., None]) -> None:
    patch("attributes/color/options/white", labels={"en_US": "Snow"})
    run = place.job("3-1")
    assert run.ok, run.failures
    assert run.to_send == {("attribute-definition", "akeneo_color"), ("product", "mug_enamel"), ("product", "shirt_summit")}
    (white,) = place.export().definition("akeneo_color").xpath("value-definitions/value-definition[value='white']")
    assert "Snow" in [one.text for one in white.iterfind("display")]


def test_prices_leave_the_book_that_the_settings_no_longer_name(place: Any, place_at: Any, tmp_path: Path) -> None:
    place = place_at(place.pim_url)
    place.jobs("2", "3-2")
    assert set(place.export().prices("TENT-RIDGE-3")) == {"eur-list-prices", "usd-list-prices"}
    config = tmp_path / "connector.yaml"
    before = (stack.REPOSITORY / "connector.yaml").read_text("utf-8")
    config.write_text(before.replace("{currency}-list-prices", "shop-{currency}"), "utf-8")
    run = place.job("3-1", CONNECTOR_CONFIG=str(config))
    assert run.ok, run.failures
    assert set(place.export().prices("TENT-RIDGE-3")) == {"shop-eur", "shop-usd"}


def test_an_attribute_that_gets_another_type_loses_no_values(place: Any, patch: Callable[..., None]) -> None:
    """SFCC drops the values of an attribute that is defined anew, and no product has changed."""

    def shown() -> tuple[str | None, str | None]:
        export = place.export()
        (text,) = export.product("TEXT-LONG").xpath("custom-attributes/custom-attribute[@attribute-id='akeneo_remarks']")
        return export.definition("akeneo_remarks").findtext("type"), text.text

    place.jobs("3-1")
    before = shown()
    patch("attributes/remarks", wysiwyg_enabled=before[0] == "text")
    place.jobs("1", "3-1")
    assert shown() == ("html" if before[0] == "text" else "text", before[1])


def test_an_attribute_that_had_another_type_for_a_while_loses_no_values(place: Any, tmp_path: Path) -> None:
    """Job 1 alone gave SFCC the other type, and the first one again."""

    def shown() -> tuple[str | None, list[str | None]]:
        export = place.export()
        weight = export.product("TARP-3X3").xpath("custom-attributes/custom-attribute[@attribute-id='akeneo_weight']")
        return export.definition("akeneo_weight").findtext("type"), [one.text for one in weight]

    place.jobs("3-1")
    before = shown()
    assert (before[0], len(before[1])) == ("double", 1)
    config = tmp_path / "connector.yaml"
    text = (stack.REPOSITORY / "connector.yaml").read_text("utf-8").replace("  # metric: both  ", "  metric: text #")
    config.write_text(text, "utf-8")
    assert place.job("1", CONNECTOR_CONFIG=str(config)).ok
    assert shown() == ("string", [])
    place.jobs("1", "3-1")
    assert shown() == before


def test_an_image_that_the_pim_could_not_give_is_shown_once_it_can(
    tmp_path: Path, pim_of: Callable[[str], str], place_at: Any
) -> None:
    """Nobody touched the product meanwhile: job 2 has found the file."""
    catalogue = tmp_path / "catalogue"
    shutil.copytree(stack.REPOSITORY / "sandbox/catalogs/demo", catalogue)
    file = next((catalogue / "media").rglob("*_tarp_3x3.gif"))
    other = place_at(pim_of(str(catalogue)))
    file.rename(tmp_path / "kept")
    other.jobs("3-2")
    assert other.export().product("TARP-3X3").findall("images//image") == []
    (tmp_path / "kept").rename(file)
    other.jobs("2", "3-1")
    assert other.export().product("TARP-3X3").findall("images//image") != []
    assert other.jobs("3-1")[0].sent == {}


def test_what_is_deleted_and_created_anew_under_its_identifier_arrives_with_the_next_load(
    pim_of: Callable[[str], str], place_at: Any, editor: Callable[[str], Pim]
) -> None:
    """A product and a variant; the law holds after it, and the load after that sends nothing."""
    other = place_at(pim_of("demo"))
    other.jobs("1", "2", "3-2")
    session = editor(other.pim_url)
    variant = "9318e345-fbba-4a34-84ea-4f650210b22c"  # JACKET-DRIZZLE-BLUE-M
    for uuid, new, name in (
        (UUIDS["TARP-3X3"], "11111111-1111-4111-8111-111111111111", "Tarp, anew"),
        (variant, "22222222-2222-4222-8222-222222222222", None),
    ):
        was = session.get(f"products-uuid/{uuid}")
        kept = {field: was[field] for field in ("family", "parent", "categories")}
        values = {code: was["values"][code] for code in ("sku", "size", "ean") if code in was["values"]}
        session.delete(f"products-uuid/{uuid}")
        session.patch(f"products-uuid/{new}", kept | {"values": values | ({"name": value(name, "en_US")} if name else {})})
    run = other.job("3-1")
    assert run.ok, run.failures
    taken = [row["reason"] for row in other.quarantine("load_2") if row["held_back"] and "taken" in row["reason"]]
    assert taken == ["its id flask_cairn is taken by product flask_cairn"]  # as since the first load
    export = other.export()
    assert "Tarp, anew" in [one.text for one in export.product("TARP-3X3").iterfind("display-name")]
    anew = place_at(other.pim_url)
    anew.jobs("1", "2", "3-2")
    different = export.differs_from(anew.export())
    assert {name: both for name, both in different.items() if not name.startswith("static ")} == {}
    assert other.jobs("3-1")[0].sent == {}


def test_a_variant_whose_sku_changes_in_case_alone_stays_the_product_that_sfcc_has(
    pim_of: Callable[[str], str], place_at: Any, editor: Callable[[str], Pim]
) -> None:
    """TARP-3X3 recommends it, and it recommends TARP-3X3; it stands in a category, has a price and belongs to a master."""
    other = place_at(pim_of("demo"))
    session = editor(other.pim_url)
    sku, variant = "BOOTS-MORAINE-42", "products-uuid/45698e96-4ade-43d2-88f3-cdb4f7dbf4da"
    tarp = f"products-uuid/{UUIDS['TARP-3X3']}"
    session.patch(tarp, {"associations": {"UPSELL": {"products": [variant.partition("/")[2]]}}})
    session.patch(
        variant,
        {
            "categories": ["lights"],
            "associations": {"UPSELL": {"products": [UUIDS["TARP-3X3"]]}},
            "values": {"price": value([{"amount": "75.00", "currency": "EUR"}])},
        },
    )
    other.jobs("1", "2", "3-2")

    def shown() -> Any:
        """All that SFCC has of it under its id, and what names it; nothing under the new one."""
        export = other.export()
        assert sku.lower() not in export.products()
        variants = export.product("boots_moraine").iterfind("variations/variants/variant")
        return (
            export.product(sku).findtext("online-flag"),
            export.prices(sku),
            export.categories_of(sku),
            export.recommended(sku),
            export.recommended("TARP-3X3"),
            [one.get("product-id") for one in variants],
        )

    before = shown()
    assert before[:3] == ("true", {"eur-list-prices": "75.00"}, {"lights"})
    assert (before[3], before[4]) == ({("2", "TARP-3X3")}, {("2", sku)})
    assert sku in before[5]
    session.patch(variant, {"values": {"sku": value(sku.lower())}})
    (run,) = other.jobs("3-1")
    assert run.to_send == {("product", sku)}
    assert shown() == before
    session.patch(variant, {"values": {"price": value([{"amount": "80.00", "currency": "EUR"}])}})
    (run,) = other.jobs("3-1")
    assert run.to_send == {("price-table", sku)}
    edited = (before[0], {"eur-list-prices": "80.00"}, *before[2:])
    assert shown() == edited
    session.patch(tarp, {"values": {"name": value("Tarp, new", "en_US")}})
    session.patch("product-models/boots_moraine", {"values": {"name": value("Moraine II", "en_US")}})
    (run,) = other.jobs("3-1")
    assert run.to_send == {("product", "TARP-3X3"), ("product", "boots_moraine")}
    assert shown() == edited
    (run,) = other.jobs("3-2")
    assert ("product", sku) in run.to_send
    assert sku.lower() not in {id_ for _, id_ in run.to_send}
    assert shown() == edited


def test_bundles_and_sets_lose_and_regain_parts_that_become_or_cease_to_be_one_and_no_circle_arrives(
    pim_of: Callable[[str], str], place_at: Any, editor: Callable[[str], Pim], tmp_path: Path
) -> None:
    """Only the parts are edited. The bundle BUNDLE-MORNING holds BREW-POUROVER-02; the set LAMP-HEAD-300 holds STOVE-GAS-1."""
    settings = yaml.safe_load((stack.REPOSITORY / "connector.yaml").read_text("utf-8"))
    settings["products"] |= {
        "bundle": {"family": "bundle", "association": "BUNDLED_ITEMS"},
        "set": {"family": "lamps", "association": "UPSELL"},
    }
    config = tmp_path / "connector.yaml"
    config.write_text(yaml.safe_dump(settings), "utf-8")
    other = place_at(pim_of("demo"))
    session = editor(other.pim_url)
    brew, stove = "99ddd887-42ea-4739-99b9-5d27539dc5fb", UUIDS["STOVE-GAS-1"]
    basecamp, empty = "fa21220a-6560-48e4-8c81-7cfdb1a04880", "9b332de9-697d-466c-95e0-1cb001172e55"
    held = [UUIDS["TARP-3X3"], stove, "d63203ba-cc6b-454f-8591-8ca5e88b7a55"]
    session.patch(f"products-uuid/{UUIDS['LAMP-HEAD-300']}", {"associations": {"UPSELL": {"products": held}}})

    def load(number: str) -> Any:
        run = other.job(number, CONNECTOR_CONFIG=str(config))
        assert run.ok, run.failures
        return run

    def parts() -> tuple[set[str], set[str]]:
        export = other.export()
        bundle, a_set = export.product("BUNDLE-MORNING"), export.product("LAMP-HEAD-300")
        return (
            {one.get("product-id") for one in bundle.iterfind("bundled-products/bundled-product")},
            {one.get("product-id") for one in a_set.iterfind("product-set-products/product-set-product")},
        )

    def refused() -> set[str]:
        """What the quarantine says of parts that can't be held."""
        return {row["reason"] for row in other.quarantine(f"load_{other.loads}") if "can't hold" in row["reason"]}

    def bundle_of(uuid: str, *held_uuids: str) -> None:
        products = [{"uuid": held_uuid, "quantity": 1} for held_uuid in held_uuids]
        session.patch(f"products-uuid/{uuid}", {"quantified_associations": {"BUNDLED_ITEMS": {"products": products}}})

    for number in ("1", "2", "3-2"):
        load(number)
    morning, lamp = parts()
    assert "BREW-POUROVER-02" in morning
    assert lamp == {"TARP-3X3", "STOVE-GAS-1", "BUNDLE-MORNING"}
    assert refused() == set()

    session.patch(f"products-uuid/{brew}", {"family": "bundle"})
    session.patch(f"products-uuid/{stove}", {"family": "lamps"})
    run = load("3-1")
    assert {("product", "BUNDLE-MORNING"), ("product", "LAMP-HEAD-300")} <= run.to_send
    assert parts() == (morning - {"BREW-POUROVER-02"}, lamp - {"STOVE-GAS-1"})
    nested = {
        "the bundle 'BUNDLE-MORNING' can't hold the bundle 'BREW-POUROVER-02'",
        "the set 'LAMP-HEAD-300' can't hold the set 'STOVE-GAS-1'",
    }
    assert refused() == nested

    bundle_of(basecamp, empty)
    bundle_of(empty, basecamp)
    load("3-1")
    circle = {
        "the bundle 'BUNDLE-BASECAMP' can't hold the bundle 'BUNDLE-EMPTY'",
        "the bundle 'BUNDLE-EMPTY' can't hold the bundle 'BUNDLE-BASECAMP'",
    }
    assert refused() == nested | circle
    for sku in ("BUNDLE-BASECAMP", "BUNDLE-EMPTY"):
        assert other.export().product(sku).findall("bundled-products/bundled-product") == []
    anew = place_at(other.pim_url)
    for number in ("1", "2", "3-2"):
        assert anew.job(number, CONNECTOR_CONFIG=str(config)).ok
    assert {row["reason"] for row in anew.quarantine("load_1") if "can't hold" in row["reason"]} == nested | circle
    assert other.export().differs_from(anew.export()) == {}

    session.patch(f"products-uuid/{brew}", {"family": "coffee_gear"})
    session.patch(f"products-uuid/{stove}", {"family": "stoves"})
    load("3-1")
    assert parts() == (morning, lamp)
    assert refused() == circle


def test_of_a_variation_group_and_a_product_with_one_id_the_product_arrives_and_the_variants_stay(
    pim_of: Callable[[str], str], place_at: Any, editor: Callable[[str], Pim], tmp_path: Path
) -> None:
    other = place_at(pim_of("demo"))
    session = editor(other.pim_url)
    session.patch(
        "products-uuid/33333333-3333-4333-8333-333333333333",
        {"family": "tents", "values": {"sku": value("jacket_drizzle_red"), "name": value("A tent", "en_US")}},
    )
    config = tmp_path / "connector.yaml"
    before = (stack.REPOSITORY / "connector.yaml").read_text("utf-8")
    config.write_text(before.replace("products:\n", "products:\n  model_import: master-group-variation\n"), "utf-8")
    assert other.job("3-2", CONNECTOR_CONFIG=str(config)).ok
    session.patch("product-models/jacket_drizzle", {"values": {"name": value("Drizzle II", "en_US")}})
    assert other.job("3-1", CONNECTOR_CONFIG=str(config)).ok
    for load in ("load_1", "load_2"):
        assert [row["reason"] for row in other.quarantine(load) if row["key"] == "jacket_drizzle_red"] == [
            "its id jacket_drizzle_red is taken by product jacket_drizzle_red"
        ]
    export = other.export()
    assert export.product("jacket_drizzle_red").findtext("display-name") == "A tent"
    master = export.product("jacket_drizzle")
    assert [one.get("product-id") for one in master.iterfind("variations/variation-groups/variation-group")] == [
        "jacket_drizzle_blue"
    ]
    reds = [f"JACKET-DRIZZLE-RED-{size}" for size in "SML"]
    assert set(reds) <= {one.get("product-id") for one in master.iterfind("variations/variants/variant")}
    assert [export.categories_of(red) for red in reds] == [{"2025"}] * 3


def test_products_stay_online_when_their_status_is_handed_over_to_merchants(place: Any, place_at: Any, tmp_path: Path) -> None:
    place = place_at(place.pim_url)
    place.jobs("3-2")
    config = tmp_path / "connector.yaml"
    before = (stack.REPOSITORY / "connector.yaml").read_text("utf-8")
    config.write_text(before.replace("status: {source: enabled}", "status: {source: untouched}"), "utf-8")
    run = place.job("3-2", CONNECTOR_CONFIG=str(config))
    assert run.ok, run.failures
    export = place.export()
    assert {export.product(one).findtext("online-flag") for one in ("TENT-RIDGE-3", "boots_moraine")} == {"true"}
    again = place.job("3-1", CONNECTOR_CONFIG=str(config))
    assert (again.ok, again.to_send) == (True, set())


def tarp_of(place: Any) -> tuple[str | None, bool, set[str]]:
    """TARP-3X3 in SFCC: its online flag, whether it has images, its categories."""
    export = place.export()
    product = export.product("TARP-3X3")
    return product.findtext("online-flag"), product.findall("images//image") != [], export.categories_of("TARP-3X3")


def test_what_the_settings_leave_alone_stays_in_sfcc_and_is_owned_again_when_they_ask_for_it(
    pim_of: Callable[[str], str], place_at: Any, editor: Callable[[str], Pim], tmp_path: Path
) -> None:
    place = place_at(pim_of("demo"))
    session = editor(place.pim_url)
    place.jobs("3-2")
    given = yaml.safe_load((stack.REPOSITORY / "connector.yaml").read_text("utf-8"))
    given["categories"] |= {"write": False}
    given["images"] |= {"view_types": []}
    given["products"] |= {"status": {"source": "untouched"}}
    config = tmp_path / "connector.yaml"
    config.write_text(yaml.safe_dump(given), "utf-8")
    before = place.export()
    for number in ("3-1", "3-2"):
        run = place.job(number, CONNECTOR_CONFIG=str(config))
        assert run.ok, run.failures
        assert place.export().differs_from(before) == {}

    changes = {"categories": ["lights"], "enabled": False, "values": {"picture": value(None)}}
    session.patch(f"products-uuid/{UUIDS['TARP-3X3']}", changes)
    assert place.job("3-1", CONNECTOR_CONFIG=str(config)).ok
    assert tarp_of(place) == ("true", True, {"tents"})

    place.jobs("3-1")
    assert tarp_of(place) == ("false", False, {"lights"})
    fresh = place_at(place.pim_url)
    fresh.jobs("3-2")
    assert {name for name in place.export().differs_from(fresh.export()) if not name.startswith("static ")} == set()


def test_a_changed_image_location_reaches_sfcc_by_itself(place: Any, place_at: Any, tmp_path: Path) -> None:
    place = place_at(place.pim_url)
    place.jobs("3-2")
    given = yaml.safe_load((stack.REPOSITORY / "connector.yaml").read_text("utf-8"))
    given["images"] |= {"external_location": {"http": "http://img.example"}}
    config = tmp_path / "connector.yaml"
    config.write_text(yaml.safe_dump(given, sort_keys=False), "utf-8")
    header = ("catalog-header", "akeneo-catalog")
    run = place.job("3-1", CONNECTOR_CONFIG=str(config))
    assert run.ok, run.failures
    assert header in run.to_send
    assert [one.text for one in place.export().all("/catalog/header//http-url")] == ["http://img.example"]
    given["images"]["external_location"]["https"] = "https://img.example"  # images' own paths stay as they are
    config.write_text(yaml.safe_dump(given, sort_keys=False), "utf-8")
    run = place.job("3-1", CONNECTOR_CONFIG=str(config))
    assert (run.ok, run.to_send, run.objects["catalog-header"]["confirmed"]) == (True, {header}, 1)
    assert [one.text for one in place.export().all("/catalog/header//https-url")] == ["https://img.example"]
    assert place.job("3-1", CONNECTOR_CONFIG=str(config)).to_send == set()


def test_what_was_given_to_one_catalog_is_never_taken_for_given_to_another(place: Any, tmp_path: Path) -> None:
    config = tmp_path / "connector.yaml"
    before = (stack.REPOSITORY / "connector.yaml").read_text("utf-8")
    config.write_text(before.replace("master_catalog: akeneo-catalog", "master_catalog: another"), "utf-8")
    archives = sorted((place.store / "ledger").iterdir())
    run = place.job("3-1", CONNECTOR_CONFIG=str(config))
    assert not run.ok
    assert any("belongs to other ends (catalog akeneo-catalog, not another)" in failure for failure in run.failures)
    assert sorted((place.store / "ledger").iterdir()) == archives


def test_a_load_takes_the_name_that_a_person_gives_it(place: Any) -> None:
    run = place.job("3-1", load="after lunch / Friday")
    assert run.ok, run.failures
    kept = [orjson.loads(path.read_bytes())["key"] for path in (place.store / "loads").glob("*/window.json")]
    assert "after lunch / Friday" in kept


def test_a_step_of_a_concluded_load_materialized_again_changes_nothing_and_says_so(place: Any) -> None:
    def files() -> dict[str, bytes]:
        folder = place.package("load_1").folder
        return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}

    before, archives = files(), sorted((place.store / "ledger").iterdir())
    result = place.materialize("sfcc/categories", "sfcc/product_feeds", "sfcc/product_import", load="load_1")
    assert result.success
    assert files() == before
    assert sorted((place.store / "ledger").iterdir()) == archives
    assert result.get_asset_materialization_events() == []


PACK = "9/7/7/c/977c9841697b3132eea59099249239bba69c096a_pack_trail.jpg"


def test_a_file_that_the_pim_gives_later_comes_with_the_next_differential(
    place: Any, place_at: Any, door: Callable[[str], Any]
) -> None:
    pim = door(place.pim_url)
    pim.refused["GET", f"/api/rest/v1/media-files/{PACK}"] = (422, '{"code": 422, "message": "cannot be read"}')
    made = place_at(pim.url)
    made.jobs("3-2", "3-1")
    shown = "images/97/977c9841697b3132eea59099249239bba69c096a_pack_trail.jpg"
    assert shown not in made.export().static
    pim.refused.clear()
    run = made.job("3-1")
    assert run.ok, run.failures
    assert run.to_send == {("file", shown), ("product", "pack_trail_30")}
    export = made.export()
    assert shown in export.static
    assert shown in {one.get("path") for one in export.product("pack_trail_30").iterfind("images//image")}
    pim.asked.clear()
    assert made.job("3-1").sent == {}
    assert not any("pack_trail" in asked for asked in pim.asked)


def test_a_variant_that_enters_the_tree_brings_its_master(
    pim_of: Callable[[str], str], place_at: Any, editor: Callable[[str], Pim], tmp_path: Path
) -> None:
    pim_url = pim_of("demo")
    pim = editor(pim_url)
    variants = {p["values"]["sku"][0]["data"]: p["uuid"] for p in pim.items("products-uuid") if p["parent"] == "boots_moraine"}
    pim.patch("product-models/boots_moraine", {"categories": []})
    for uuid in variants.values():
        pim.patch(f"products-uuid/{uuid}", {"categories": []})
    config = tmp_path / "connector.yaml"
    settings = yaml.safe_load((stack.REPOSITORY / "connector.yaml").read_text("utf-8"))
    config.write_text(yaml.safe_dump({**settings, "products": {"channel_tree_only": True}}), "utf-8")
    made = place_at(pim_url)

    def job(number: str, at: Any = made) -> Any:
        run = at.job(number, CONNECTOR_CONFIG=str(config))
        assert run.ok, run.failures
        return run

    job("3-2")
    assert not {"boots_moraine", *variants} & {*made.export().products()}
    enters, *_ = sorted(variants)
    pim.patch(f"products-uuid/{variants[enters]}", {"categories": ["boots"]})
    run = job("3-1")
    assert {id_ for type_, id_ in run.to_send if type_ == "product"} == {enters, "boots_moraine"}
    fresh = place_at(pim_url)
    job("3-2", fresh)
    assert made.export().differs_from(fresh.export()) == {}


LAMPS = {"family": [{"operator": "IN", "value": ["lamps"]}]}
UNASKABLE = {
    "identifier": [{"operator": "NOT IN", "value": [f"X-{number}" for number in range(150)]}],
    "created": [{"operator": ">", "value": "2000-01-31"}],
}
"""Conditions that the connector decides itself and that the PIM refuses: more than 100 identifiers, a day without time."""


@pytest.mark.parametrize("job", ["2", "3-2"])
@pytest.mark.parametrize(
    ("settings", "pictures"),
    [
        ({"products": {"filter": LAMPS, "model_filter": LAMPS}}, {"lamp_head.jpg", "lamp_lantern.jpg", "icon_lamp.png"}),
        (
            {"products": {"filter": {**LAMPS, **UNASKABLE}, "model_filter": LAMPS}},
            {"lamp_head.jpg", "lamp_lantern.jpg", "icon_lamp.png"},
        ),
        ({"akeneo": {"families": ["lamps"]}}, {"lamp_head.jpg", "lamp_lantern.jpg", "icon_lamp.png"}),
        ({"products": {"channel_tree_only": True}, "categories": {"trees": ["outlet"]}}, {"tent_base_6.png"}),
    ],
)
def test_pictures_of_products_that_the_settings_leave_out_are_not_fetched(
    place: Any, place_at: Any, tmp_path: Path, settings: dict[str, Any], pictures: set[str], job: str
) -> None:
    config = tmp_path / "connector.yaml"
    before = yaml.safe_load((stack.REPOSITORY / "connector.yaml").read_text("utf-8"))
    config.write_text(yaml.safe_dump({**before, **settings}), "utf-8")
    run = place_at(place.pim_url).job(job, CONNECTOR_CONFIG=str(config))
    assert run.ok, run.failures
    files = [id_ for type_, id_ in run.to_send if type_ == "file" and id_.startswith("images/")]
    assert {path.partition("_")[2] for path in files} == pictures
