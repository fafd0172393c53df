"""Jobs 1, 2 and 3-2 on the demo catalogue: what then stands in the instance, by its own export, against the catalogue's files.

The cases are those that the catalogue's README names; what is expected is written out by hand.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

LANGUAGES = {"x-default", "en-US", "fr-FR", "de-DE"}


@pytest.fixture(scope="module")
def done(pim_of: Callable[[str], str], place_at: Any) -> SimpleNamespace:
    """The installation after the three jobs, their runs and the instance's export."""
    place = place_at(pim_of("demo"))
    runs = place.jobs("1", "2", "3-2")
    return SimpleNamespace(place=place, runs=runs, export=place.export())


def texts(product: Any, path: str) -> dict[str, str]:
    """Language (none: '') -> text."""
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    return {one.get(lang, ""): one.text for one in product.iterfind(path)}


def custom(product: Any, attribute: str) -> dict[str, Any]:
    """Language -> text or list of values of a custom attribute."""
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    return {
        one.get(lang, ""): [v.text for v in one.iterfind("value")] or one.text
        for one in product.iterfind(f"custom-attributes/custom-attribute[@attribute-id='{attribute}']")
    }


def test_a_simple_product_has_its_texts_in_every_language_its_amounts_and_its_places(done: SimpleNamespace) -> None:
    tent = done.export.product("TENT-RIDGE-2")
    assert texts(tent, "display-name") == {
        "x-default": "Ridge 2 tent",
        "en-US": "Ridge 2 tent",
        "fr-FR": "Tente Ridge 2",
        "de-DE": "Zelt Ridge 2",
    }
    assert texts(tent, "long-description")["fr-FR"] == (
        "<p>Une tente pour deux qui ignore la <strong>pluie de côté</strong>.<br/>Montée en quatre minutes.</p>"
    )
    assert (tent.findtext("ean"), tent.findtext("brand"), tent.findtext("online-flag")) == (
        "2000000000015",
        "Kettle & Cairn",
        "true",
    )
    assert custom(tent, "akeneo_weight") == {"": "2.35"}
    assert custom(tent, "akeneo_persons") == {"": "2"}
    assert custom(tent, "akeneo_season_rating") == {"": "3.5"}
    assert custom(tent, "akeneo_collection") == {"": ["summer_2025", "2025"]}
    assert custom(tent, "akeneo_activities") == {"": ["camping", "hiking"]}  # the channel's own value, not mobile's
    assert custom(tent, "akeneo_release_date") == {"": "2025-03-01"}
    assert done.export.prices("TENT-RIDGE-2") == {"eur-list-prices": "349.00", "usd-list-prices": "379.00"}
    assert done.export.categories_of("TENT-RIDGE-2") == {"2025", "tents"}


@pytest.mark.parametrize(
    ("product", "expected"),
    [
        ("TENT-RIDGE-3", {"eur-list-prices": "429.00", "usd-list-prices": "469.00"}),
        ("COFFEE-SAMPLE-FREE", {"eur-list-prices": "0.00", "usd-list-prices": "0.00"}),
        ("GIFTCARD-50", {"eur-list-prices": "50.00"}),
        ("GIFTCARD-FREE-VALUE", {}),
        ("APP-ONLY-001", {}),
        ("jacket_drizzle", {}),
    ],
    ids=["both currencies", "zero is a price", "one amount missing", "no amount", "a currency of the other channel", "a master"],
)
def test_prices_stand_in_the_books_of_the_channels_currencies(
    done: SimpleNamespace, product: str, expected: dict[str, str]
) -> None:
    assert done.export.prices(product) == expected


@pytest.mark.parametrize(
    ("product", "expected"),
    [
        ("jacket_drizzle", {"jackets"}),
        ("JACKET-DRIZZLE-BLUE-S", {"shirts"}),
        ("JACKET-DRIZZLE-RED-S", {"2025"}),
        ("JACKET-DRIZZLE-BLUE-M", set()),
        ("NO-CATEGORY-001", set()),
        ("OUTLET-ONLY-001", set()),
        ("OPTION-CASE", {"gifts"}),
    ],
    ids=["the root's", "a variant's own", "its sub-model's", "only the root's", "none", "in a tree not exported", "plain"],
)
def test_products_stand_in_the_categories_of_the_exported_tree_on_their_own_level(
    done: SimpleNamespace, product: str, expected: set[str]
) -> None:
    assert done.export.categories_of(product) == expected


@pytest.mark.parametrize(
    ("product", "online"),
    [
        ("TENT-RIDGE-3", "true"),
        ("STOVE-WOOD-1", "false"),
        ("BOOTS-MORAINE-44_5", "false"),
        ("boots_moraine", "true"),
        ("pack_prototype", "false"),
    ],
    ids=["enabled", "disabled", "a disabled variant", "a master with an enabled variant", "a master without variants"],
)
def test_what_is_enabled_is_online(done: SimpleNamespace, product: str, online: str) -> None:
    assert done.export.product(product).findtext("online-flag") == online


def test_a_variant_holds_its_own_values_and_its_master_the_shared_ones(done: SimpleNamespace) -> None:
    variant, master = done.export.product("PACK-TRAIL-30-GREEN"), done.export.product("pack_trail_30")
    assert texts(variant, "display-name") == {}
    assert texts(master, "display-name")["fr-FR"] == "Sac à dos Trail 30"
    assert custom(variant, "akeneo_variation_name")["de-DE"] == "Trail 30 grün"
    assert custom(variant, "akeneo_color") == {"": "green"}
    assert custom(master, "akeneo_color") == {}
    assert custom(master, "akeneo_volume") == {"": "30"}


def test_a_master_lists_its_variants_and_the_values_of_its_axes_with_labels(done: SimpleNamespace) -> None:
    mug = done.export.product("mug_enamel")
    axes = [one.get("attribute-id") for one in mug.iterfind("variations/attributes/variation-attribute")]
    values = [one.get("value") for one in mug.iterfind("variations/attributes/variation-attribute/variation-attribute-values/*")]
    assert axes == ["akeneo_color", "akeneo_with_lid"]
    assert values == ["white", "green", "false", "true"]
    assert texts(mug, "variations/attributes/variation-attribute[1]/variation-attribute-values/*[1]/display-value") == {
        "x-default": "White",
        "en-US": "White",
        "fr-FR": "Blanc",
        "de-DE": "Weiß",
    }
    assert {one.get("product-id") for one in mug.iterfind("variations/variants/variant")} == {
        "MUG-ENAMEL-WHITE",
        "MUG-ENAMEL-GREEN-LID",
    }


def test_two_levels_of_variants_become_one_below_the_root(done: SimpleNamespace) -> None:
    jacket = done.export.product("jacket_drizzle")
    assert {one.get("product-id") for one in jacket.iterfind("variations/variants/variant")} == {
        "JACKET-DRIZZLE-BLUE-S",
        "JACKET-DRIZZLE-BLUE-M",
        "JACKET-DRIZZLE-BLUE-L",
        "JACKET-DRIZZLE-RED-S",
        "JACKET-DRIZZLE-RED-M",
        "JACKET-DRIZZLE-RED-L",
    }
    assert "jacket_drizzle_blue" not in done.export.products()


def test_pictures_of_variants_stand_on_the_master_under_the_axis_that_tells_them_apart(done: SimpleNamespace) -> None:
    master = done.export.product("pack_trail_30")
    groups = [
        (
            [(v.get("attribute-id"), v.get("value")) for v in group.iterfind("variation")],
            [i.get("path") for i in group.iterfind("image")],
        )
        for group in master.iterfind("images/image-group[@view-type='large']")
    ]
    own = "images/97/977c9841697b3132eea59099249239bba69c096a_pack_trail.jpg"
    assert ([], [own]) in groups
    assert (
        [("akeneo_color", "green")],
        ["images/7e/7e471744d0ad8009313e20c1597d6e9fb91ab9ef_pack_trail_green.jpg", own],
    ) in groups
    assert done.export.product("PACK-TRAIL-30-GREEN").find("images") is None
    shown = {one.get("path") for one in done.export.all("/catalog/product/images//image")}
    assert shown <= set(done.export.static)


def test_a_picture_that_the_pim_cannot_give_is_left_out_and_told(done: SimpleNamespace) -> None:
    assert done.export.product("BREW-SYPHON").find("images") is None
    assert [
        row["reason"] for row in done.place.quarantine("load_1") if row["code"] == "BREW-SYPHON" and row["attribute"] == "picture"
    ] == ["the PIM could not give the file '6/c/b/9/6cb95eb0a8c91353b08f1935da83230d0bcf046c_brew_syphon_lost.jpg'"]


@pytest.mark.parametrize(
    ("product", "expected"),
    [
        (
            "TENT-RIDGE-2",
            {
                ("1", "BAG-DOWN-M5"),
                ("1", "LAMP-HEAD-300"),
                ("1", "TENT-POLE-KIT"),
                ("1", "pack_trail_30"),
                ("1", "SAMPLER-001"),
                ("2", "TENT-RIDGE-3"),
            },
        ),
        ("STOVE-GAS-1", {("1", "mug_enamel"), ("1", "coffee_house_blend")}),
        ("jacket_drizzle", {("1", "BAG-SUMMER-0"), ("1", "shirt_summit")}),
        ("JACKET-DRIZZLE-RED-S", {("2", "jacket_fleece")}),
        ("JACKET-DRIZZLE-BLUE-M", set()),
        ("BREW-POUROVER-02", {("1", "LAMP/LANTERN-60")}),
    ],
    ids=[
        "products, a model, a group",
        "models",
        "a model's, by identifier",
        "a sub-model's",
        "a variant's are links",
        "one held back",
    ],
)
def test_associations_become_recommendations_of_what_is_exported_without_what_the_master_has(
    done: SimpleNamespace, product: str, expected: set[tuple[str, str]]
) -> None:
    assert done.export.recommended(product) == expected


def test_a_substitution_becomes_a_product_link(done: SimpleNamespace) -> None:
    jacket = done.export.product("JACKET-DRIZZLE-BLUE-M")
    assert [(one.get("type"), one.get("product-id")) for one in jacket.iterfind("product-links/product-link")][-1] == (
        "replacement",
        "jacket_fleece",
    )


@pytest.mark.parametrize(
    "product", ["STOVE ALCOHOL 1", "LAMP/LANTERN-60", "A&B <C> \"D\" 'E'", "CAFÉ-Ø-日本", "TEXT-WORLD ☕", "42", "00042"]
)
def test_awkward_identifiers_arrive_as_they_are(done: SimpleNamespace, product: str) -> None:
    assert done.export.products().count(product) == 1


def test_zero_and_false_are_values(done: SimpleNamespace) -> None:
    tarp = done.export.product("TARP-3X3")
    assert custom(tarp, "akeneo_season_rating") == {"": "0"}
    assert custom(tarp, "akeneo_persons") == {"": "0"}
    assert custom(tarp, "akeneo_waterproof") == {"": "false"}
    assert custom(done.export.product("STOVE-WOOD-1"), "akeneo_power") == {"": "0"}


def test_characters_that_xml_forbids_are_removed_and_told(done: SimpleNamespace) -> None:
    assert texts(done.export.product("TEXT-CONTROL"), "display-name")["de-DE"] == "Escape[0m"
    assert ("name", "characters that XML forbids were removed") in {
        (row["attribute"], row["reason"]) for row in done.place.quarantine("load_1") if row["code"] == "TEXT-CONTROL"
    }


def test_an_option_spelled_in_another_case_arrives_as_its_definition_spells_it(done: SimpleNamespace) -> None:
    assert custom(done.export.product("OPTION-CASE"), "akeneo_color") == {"": "black"}


def test_definitions_have_their_options_with_labels(done: SimpleNamespace) -> None:
    color = done.export.definition("akeneo_color")
    assert color.findtext("type") == "enum-of-string"
    options = {one.findtext("value"): texts(one, "display") for one in color.iterfind("value-definitions/value-definition")}
    assert options["white"] == {"x-default": "White", "en-US": "White", "fr-FR": "Blanc", "de-DE": "Weiß"}
    assert set(options["orange"]) < LANGUAGES  # a label is missing
    assert "raw" in options  # has no label at all


def test_categories_stand_in_their_tree_with_labels(done: SimpleNamespace) -> None:
    tents = done.export.category("tents")
    assert tents.findtext("parent") == "camping"
    assert texts(tents, "display-name")["de-DE"] == "Zelte & <Tarps>"
    assert {one.get("category-id") for one in done.export.all("/catalog/category")} >= {
        "root",
        "master",
        "Climbing",
        "2025",
        "empty_shelf",
    }
    assert not done.export.all("/catalog/category[@category-id='outlet' or @category-id='app_menu']")


def test_what_is_held_back_is_told_with_its_reason_and_stands_nowhere(done: SimpleNamespace) -> None:
    held = {(row["owner"], row["code"]): row["reason"] for row in done.place.quarantine("load_1") if row["held_back"]}
    no_identifier = [reason for (_, code), reason in held.items() if code is None or len(code) == 36]
    assert no_identifier
    assert all(reason == "held back: it has no identifier" for reason in no_identifier)
    assert held["product_model", "flask_cairn"] == "its id flask_cairn is taken by product flask_cairn"
    assert held["product", "FLASK-CAIRN-LID"] == "its model flask_cairn is held back"
    assert "FLASK-CAIRN-LID" not in done.export.products()
    assert done.export.products().count("flask_cairn") == 1


def test_every_object_was_confirmed_and_no_product_but_those_of_the_load_came(done: SimpleNamespace) -> None:
    one, two, three = done.runs
    assert {"attribute-definition", "attribute-group"} <= set(one.sent)
    assert not {"product", "price-table", "category"} & {*one.sent, *two.sent}
    assert {"file", "price-book"} <= set(two.sent)
    assert all(counts["sent"] == counts["confirmed"] for counts in three.objects.values() if "sent" in counts)
    assert three.tags["akeneo_sfcc/load"] == "full"
    assert len(done.export.products()) == three.sent["product"]
