"""The demo catalogue fits together and shows what its README promises: nothing of it may be a slip of the pen."""

import re
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pytest

import sandbox
from sandbox.catalogue_edits import Pim as CatalogueClient
from sandbox.pim.pim_server import Options
from sandbox.pim.pim_start import open_pim, running

FOLDER = Path(sandbox.__file__).parent / "catalogs" / "demo"
MEDIA_TYPES = {"pim_catalog_image", "pim_catalog_file"}
TYPES = {
    "pim_catalog_identifier",
    "pim_catalog_text",
    "pim_catalog_textarea",
    "pim_catalog_date",
    "pim_catalog_number",
    "pim_catalog_boolean",
    "pim_catalog_simpleselect",
    "pim_catalog_multiselect",
    "pim_catalog_metric",
    "pim_catalog_price_collection",
    "pim_catalog_image",
    "pim_catalog_file",
    "pim_catalog_asset_collection",
    "pim_catalog_table",
    "pim_catalog_product_link",
    "pim_catalog_carbon_footprint",
    "akeneo_reference_entity",
    "akeneo_reference_entity_collection",
    "pim_reference_data_simpleselect",
    "pim_reference_data_multiselect",
}
Item = dict[str, Any]


@cache
def items(resource: str) -> list[Item]:
    return [orjson.loads(line) for line in (FOLDER / f"{resource}.jsonl").read_bytes().split(b"\n") if line]


@cache
def by_code(resource: str) -> dict[str, Item]:
    return {i["code"]: i for i in items(resource)}


def sku(product: Item) -> str | None:
    return next((v["data"] for v in product["values"].get("sku", [])), None)


@cache
def by_sku() -> dict[str, Item]:
    return {s: p for p in items("products") if (s := sku(p)) is not None}


def owners() -> list[Item]:
    return items("products") + items("product_models")


def name(owner: Item) -> str:
    return str(owner.get("code") or sku(owner) or owner["uuid"])


def values(*types: str) -> list[tuple[Item, Item, Item]]:
    """(product or model, attribute, value) of each value of the given types, or of all."""
    attributes = by_code("attributes")
    return [
        (o, attributes[code], v)
        for o in owners()
        for code, vs in o["values"].items()
        for v in vs
        if not types or attributes[code]["type"] in types
    ]


def level(owner: Item) -> int:
    """0 the root model or a product of its own, 1 and 2 what stands below it."""
    return 0 if owner["parent"] is None else 1 + level(by_code("product_models")[owner["parent"]])


def variant_sets(owner: Item) -> list[Item]:
    model = owner
    while model.get("family_variant") is None:
        model = by_code("product_models")[model["parent"]]
    return list(by_code("family_variants")[model["family_variant"]]["variant_attribute_sets"])


def as_list(data: Any) -> list[Any]:
    return data if isinstance(data, list) else [data]


@pytest.mark.parametrize("resource", sorted(p.stem for p in FOLDER.glob("*.jsonl")))
def test_codes_of_a_resource_are_unique_whatever_their_case(resource: str) -> None:
    scope = ("attribute", "asset_family", "reference_entity")
    keys = [(*(i.get(s) for s in scope), str(i.get("code", i.get("uuid"))).lower()) for i in items(resource)]
    assert len(keys) == len(set(keys)) > 0


def test_skus_are_unique_whatever_their_case() -> None:
    skus = [s.lower() for p in items("products") if (s := sku(p)) is not None]
    assert len(skus) == len(set(skus)) == 83


def test_every_attribute_type_has_an_attribute_and_a_value() -> None:
    assert {a["type"] for a in items("attributes")} == TYPES
    assert {a["type"] for _, a, _ in values()} == TYPES


@pytest.mark.parametrize(
    "kind",
    [
        "text",
        "textarea",
        "date",
        "number",
        "boolean",
        "simpleselect",
        "multiselect",
        "metric",
        "price_collection",
        "image",
        "asset_collection",
    ],
)
def test_common_types_come_localizable_scopable_both_and_neither_with_values(kind: str) -> None:
    found = {(a["localizable"], a["scopable"]) for _, a, _ in values(f"pim_catalog_{kind}")}
    assert found == {(False, False), (True, False), (False, True), (True, True)}


@pytest.mark.parametrize("kind", ["number", "metric", "price_collection"])
def test_amounts_come_with_and_without_decimals(kind: str) -> None:
    assert {a["decimals_allowed"] for _, a, _ in values(f"pim_catalog_{kind}")} == {True, False}


def test_the_sampler_holds_a_value_of_every_attribute() -> None:
    assert set(by_sku()["SAMPLER-001"]["values"]) == set(by_code("attributes"))


def test_values_have_the_locale_and_channel_that_their_attribute_asks_for() -> None:
    channels = {c["code"]: c for c in items("channels")}
    active = {locale for c in channels.values() for locale in c["locales"]}
    for owner, attribute, value in values():
        where = (name(owner), attribute["code"], value)
        assert (value["locale"] is not None) == attribute["localizable"], where
        assert (value["scope"] is not None) == attribute["scopable"], where
        allowed = set(channels[value["scope"]]["locales"]) if value["scope"] else active
        if value["locale"]:
            assert value["locale"] in allowed & set(attribute["available_locales"] or allowed), where


def test_a_value_stands_once_per_locale_and_channel_and_is_never_empty() -> None:
    for owner in owners():
        for code, vs in owner["values"].items():
            assert len({(v["locale"], v["scope"]) for v in vs}) == len(vs) > 0, (name(owner), code)
            assert all(v["data"] not in (None, "", []) for v in vs), (name(owner), code)


def test_numbers_and_amounts_are_strings_with_decimals_and_integers_without() -> None:
    for owner, attribute, value in values("pim_catalog_number", "pim_catalog_metric", "pim_catalog_price_collection"):
        kind = attribute["type"]
        data = [value["data"]] if kind == "pim_catalog_number" else [d["amount"] for d in as_list(value["data"])]
        places = 2 if kind == "pim_catalog_price_collection" else 4
        for amount in (d for d in data if d is not None):
            where = (name(owner), attribute["code"], amount)
            if attribute["decimals_allowed"]:
                assert isinstance(amount, str), where
                assert -int(Decimal(amount).as_tuple().exponent) >= places, where
            else:
                assert type(amount) is int, where


def test_dates_are_midnights_with_an_offset() -> None:
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00\+00:00", v["data"]) for _, _, v in values("pim_catalog_date"))


def test_selects_point_to_options_in_some_spelling() -> None:
    options = {(o["attribute"], o["code"].lower()) for o in items("attribute_options")}
    exact = {(o["attribute"], o["code"]) for o in items("attribute_options")}
    other_case = set()
    for owner, attribute, value in values("pim_catalog_simpleselect", "pim_catalog_multiselect"):
        for code in as_list(value["data"]):
            assert (attribute["code"], code.lower()) in options, (name(owner), attribute["code"], code)
            if (attribute["code"], code) not in exact:
                other_case.add(name(owner))
    assert other_case == {"OPTION-CASE", "PACK-SUMMIT-45-BLUE"}


def test_records_and_assets_that_values_name_exist() -> None:
    records = {(r["reference_entity"], r["code"]) for r in items("records")}
    assets = {(a["asset_family"], a["code"]) for a in items("assets")}
    for known, types in (
        (records, ("akeneo_reference_entity", "akeneo_reference_entity_collection")),
        (assets, ("pim_catalog_asset_collection",)),
    ):
        named = {(a["reference_data_name"], code) for _, a, v in values(*types) for code in as_list(v["data"])}
        assert named
        assert named <= known


def test_one_picture_alone_lacks_its_file() -> None:
    codes = {v["data"]: name(o) for o, _, v in values(*MEDIA_TYPES)}
    stored = {p.relative_to(FOLDER / "media").as_posix() for p in (FOLDER / "media").rglob("*") if p.is_file()}
    assert {owner for code, owner in codes.items() if code not in stored} == {"BREW-SYPHON"}
    assert stored <= codes.keys()


def test_the_pictures_of_categories_are_there() -> None:
    named = {v["data"]["file_path"] for c in items("categories") for v in c.get("values", {}).values() if v["type"] == "image"}
    assert (
        named
        == {p.relative_to(FOLDER / "category_media").as_posix() for p in (FOLDER / "category_media").rglob("*.jpg")}
        != set()
    )


@pytest.mark.parametrize(
    ("folder", "resource", "attributes", "parent", "types"),
    [
        ("asset_media", "assets", "asset_attributes", "asset_family", {"media_file"}),
        ("reference_entity_media", "records", "reference_entity_attributes", "reference_entity", {"image"}),
    ],
)
def test_media_of_assets_and_records_are_there_and_used(
    folder: str, resource: str, attributes: str, parent: str, types: set[str]
) -> None:
    media = {(a[parent], a["code"]) for a in items(attributes) if a["type"] in types}
    used = {v["data"] for i in items(resource) for code, vs in i["values"].items() if (i[parent], code) in media for v in vs}
    used |= {e["image"] for e in items("reference_entities") if e["image"] and parent == "reference_entity"}
    assert used == {p.relative_to(FOLDER / folder).as_posix() for p in (FOLDER / folder).rglob("*") if p.is_file()}


def test_values_of_assets_and_records_belong_to_attributes_and_options() -> None:
    for resource, parent, kind in (("assets", "asset_family", "asset"), ("records", "reference_entity", "reference_entity")):
        attributes = {(a[parent], a["code"]): a for a in items(f"{kind}_attributes")}
        options = {(o[parent], o["attribute"], o["code"]) for o in items(f"{kind}_attribute_options")}
        for item in items(resource):
            for code, vs in item["values"].items():
                attribute = attributes[item[parent], code]
                for v in vs:
                    assert (v["locale"] is not None) == attribute["value_per_locale"], (item["code"], code)
                    assert (v["channel"] is not None) == attribute["value_per_channel"], (item["code"], code)
                    if attribute["type"] in ("single_option", "multiple_options"):
                        assert all((item[parent], code, o) in options for o in as_list(v["data"])), (item["code"], code)


def test_every_kind_of_asset_media_is_there() -> None:
    kinds = {(a["type"], a["media_type"]) for a in items("asset_attributes") if a["type"].startswith("media_")}
    assert kinds == {("media_file", kind) for kind in ("image", "pdf", "other")} | {
        ("media_link", kind) for kind in ("youtube", "vimeo", "image", "pdf", "other")
    }


def test_families_groups_and_categories_fit_together() -> None:
    attributes, channels = by_code("attributes"), {c["code"] for c in items("channels")}
    for group in items("attribute_groups"):
        assert group["attributes"] == [a["code"] for a in items("attributes") if a["group"] == group["code"]]
    for family in items("families"):
        assert set(family["attributes"]) <= set(attributes)
        assert family["attribute_as_label"] in family["attributes"]
        assert family["attribute_as_image"] in [None, *family["attributes"]]
        assert set(family["attribute_requirements"]) == channels
        assert all(set(needed) <= set(family["attributes"]) for needed in family["attribute_requirements"].values())
    seen: set[str] = set()
    for category in items("categories"):  # parents first, as the API lists them
        assert category["parent"] is None or category["parent"] in seen
        seen.add(category["code"])
    assert {c["category_tree"] for c in items("channels")} < {c["code"] for c in items("categories") if c["parent"] is None}


def test_products_and_models_name_families_parents_and_categories_that_exist() -> None:
    for owner in owners():
        assert owner["family"] is None or owner["family"] in by_code("families"), name(owner)
        assert set(owner["categories"]) <= set(by_code("categories")), name(owner)
        assert owner["parent"] is None or by_code("product_models")[owner["parent"]]["family"] == owner["family"], name(owner)
        if owner["family"]:
            assert set(owner["values"]) <= set(by_code("families")[owner["family"]]["attributes"]), name(owner)


def test_each_level_holds_its_own_values_alone_and_all_its_axes() -> None:
    for owner in owners():
        if owner["parent"] is None and "code" not in owner:
            continue
        sets, depth = variant_sets(owner), level(owner)
        below = {a for s in sets for a in s["attributes"]}
        own = (
            set(by_code("families")[owner["family"]]["attributes"]) - below if depth == 0 else set(sets[depth - 1]["attributes"])
        )
        assert set(owner["values"]) <= own, name(owner)
        assert set(sets[depth - 1]["axes"] if depth else ()) <= set(owner["values"]), name(owner)
        assert ("code" in owner) == (depth < len(sets)), name(owner)


def test_siblings_differ_in_their_axes() -> None:
    seen = set()
    for owner in owners():
        if owner["parent"] is not None:
            axes = variant_sets(owner)[level(owner) - 1]["axes"]
            seen.add((owner["parent"], str([owner["values"][a][0]["data"] for a in axes]).lower()))
    assert len(seen) == sum(o["parent"] is not None for o in owners())


def test_axes_are_selects_metrics_booleans_and_records_at_one_and_two_levels() -> None:
    variants = items("family_variants")
    axes = {by_code("attributes")[a]["type"] for v in variants for s in v["variant_attribute_sets"] for a in s["axes"]}
    assert axes == {"pim_catalog_simpleselect", "pim_catalog_metric", "pim_catalog_boolean", "akeneo_reference_entity"}
    assert {len(v["variant_attribute_sets"]) for v in variants} == {1, 2}
    parents = {o["parent"] for o in owners()}
    assert [m["code"] for m in items("product_models") if m["code"] not in parents] == ["pack_prototype", "jacket_fleece_moss"]


def test_associations_name_what_exists_and_two_way_ones_come_both_ways() -> None:
    uuids, models = {p["uuid"] for p in items("products")}, by_code("product_models")
    kinds = by_code("association_types")
    pairs = set()
    for owner in owners():
        assert set(owner["associations"]) == {c for c, t in kinds.items() if not t["is_quantified"]}, name(owner)
        assert all(kinds[t]["is_quantified"] for t in owner["quantified_associations"]), name(owner)
        for code, targets in owner["associations"].items():
            assert set(targets["products"]) <= uuids, (name(owner), code)
            assert set(targets["product_models"]) <= set(models), (name(owner), code)
            if kinds[code]["is_two_way"]:
                pairs |= {(owner.get("code") or owner["uuid"], t) for t in targets["products"] + targets["product_models"]}
        for code, targets in owner["quantified_associations"].items():
            assert {t["uuid"] for t in targets["products"]} <= uuids, (name(owner), code)
            assert {t["identifier"] for t in targets["product_models"]} <= set(models), (name(owner), code)
    assert len(pairs) == 4
    assert {(b, a) for a, b in pairs} == pairs


def test_the_last_two_products_collide_with_models() -> None:
    models = {m["code"].lower(): m["code"] for m in items("product_models")}
    collisions = [(s, models[s.lower()]) for p in items("products") if (s := sku(p)) and s.lower() in models]
    assert collisions == [("flask_cairn", "flask_cairn"), ("SHIRT_SUMMIT", "shirt_summit")]
    assert [sku(p) for p in items("products")[-2:]] == ["flask_cairn", "SHIRT_SUMMIT"]


def test_products_without_family_identifier_or_enabled_are_there() -> None:
    products = items("products")
    assert [name(p) for p in products if p["family"] is None and sku(p)] == ["LOOSE-001"]
    assert [(p["family"], bool(p["values"])) for p in products if sku(p) is None] == [("coffee_gear", True), (None, False)]
    assert [name(p) for p in products if not p["enabled"]] == ["STOVE-WOOD-1", "BOOTS-MORAINE-44_5"]


def test_awkward_texts_are_still_awkward() -> None:
    texts = [v["data"] for _, _, v in values("pim_catalog_text", "pim_catalog_textarea")]
    everything = "".join(texts)
    for characters in ("\v", "\x01", "\uffff", "\u2028", "\u202e", "😀", "]]>", "&nbsp;", "\r\n", "قهوة"):
        assert characters in everything
    assert max(map(len, texts)) > 15_000
    assert any(t != t.strip() for t in texts)


def test_the_properties_of_newer_pims_reach_clients(tmp_path: Path) -> None:
    pim = open_pim("demo", tmp_path / "pim.sqlite")
    with running(pim, Options(limits=False)) as base:
        found = CatalogueClient(base, "sandbox")
        labels = {c["code"]: c["label"] for c in found.items("currencies")}
        attributes = {a["code"]: a for a in found.items("attributes")}
        required = {c["code"]: c["channel_requirements"] for c in found.items("categories") if "channel_requirements" in c}
        found.close()
    assert labels["EUR"] == "EUR (Euro)"
    assert labels["JPY"] == "JPY (Yen)"
    assert [attributes[code]["decimal_places_strategy"] for code in ("test_score", "weight", "power")] == [
        "round",
        "forbid",
        None,
    ]
    assert (attributes["test_score"]["decimal_places"], attributes["sku"]["is_mandatory"]) == (2, True)
    assert sorted(required.values()) == [["ecommerce"], ["mobile"]]


def test_numbers_keep_to_their_attributes_decimal_places() -> None:
    assert {a["code"]: a["decimal_places"] for a in items("attributes") if a["decimal_places"] is not None} == {
        "test_score": 2,
        "weight": 4,
    }
    for _, attribute, value in values("pim_catalog_number", "pim_catalog_metric"):
        if attribute["decimal_places"] is not None:
            amount = value["data"]["amount"] if isinstance(value["data"], dict) else value["data"]
            assert Decimal(amount) == round(Decimal(amount), attribute["decimal_places"]), attribute["code"]


def test_the_readme_names_records_that_exist() -> None:
    known = {code for r in FOLDER.glob("*.jsonl") for i in items(r.stem) if (code := i.get("code"))} | set(by_sku()) | TYPES
    tables = [line for line in (FOLDER / "README.md").read_text().splitlines() if line.startswith("| ")]
    named = {code for line in tables for code in re.findall(r"`([^`]+)`", line.split("|")[2])}
    known |= {f"{p.stem}.jsonl" for p in FOLDER.glob("*.jsonl")}
    assert named - known == {"SKU-OF-EXACTLY-ONE-HUNDRED-CHARACTERS-..."}
    assert len(named) > 80


def test_the_catalogue_stays_small() -> None:
    assert sum(p.stat().st_size for p in FOLDER.rglob("*") if p.is_file()) < 600_000
