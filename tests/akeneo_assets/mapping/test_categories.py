"""Categories, assignments, enriched categories."""

from typing import Any

import pytest

from akeneo_assets.mapping.categories import categories, category_media
from akeneo_assets.mapping.media_keys import media_path
from akeneo_assets.settings.connector import ConnectorSettings
from sfcc_resources.records import CATEGORY_ASSIGNMENTS

ENRICHED = {
    "description|96b8|ecommerce|en_US": {
        "data": "<p>Winter</p>",
        "type": "textarea",
        "channel": "ecommerce",
        "locale": "en_US",
        "attribute_code": "description|96b8",
    },
    "description|96b8|mobile|fr_FR": {
        "data": "<p>Autre</p>",
        "type": "textarea",
        "channel": "mobile",
        "locale": "fr_FR",
        "attribute_code": "description|96b8",
    },
    "banner|871b": {
        "data": {"file_path": "2/d/c/7/x.jpg", "original_filename": "x.jpg"},
        "type": "image",
        "channel": None,
        "locale": None,
        "attribute_code": "banner|871b",
    },
}


def records(pim: Any, **settings: Any) -> list[Any]:
    return [r for _, _, r in categories(ConnectorSettings.model_validate(settings), pim.structure())[0]]


def test_a_tree_hangs_below_sfccs_root_with_labels_order_and_flags(pim: Any) -> None:
    pim.category("mugs", "master", labels={"fr_FR": "Tasses"})
    pim.category("Cups", "master")
    pim.category("other")
    assert records(pim) == [
        {
            "id": "master",
            "parent": "root",
            "fields": {"display-name": {"x-default": "master"}, "online-flag": {"": "true"}, "position": {"": "1"}},
        },
        {
            "id": "mugs",
            "parent": "master",
            "fields": {
                "display-name": {"x-default": "mugs", "fr-FR": "Tasses"},
                "online-flag": {"": "true"},
                "position": {"": "1"},
            },
        },
        {
            "id": "Cups",
            "parent": "master",
            "fields": {"display-name": {"x-default": "Cups"}, "online-flag": {"": "true"}, "position": {"": "2"}},
        },
    ]


def test_the_settings_choose_trees_flags_and_catalog(pim: Any) -> None:
    pim.category("other")
    settings = {
        "categories": {"trees": ["OTHER"], "online": False, "show_in_menu": True},
        "organization": {"sites": [{"storefront_catalog": "shop", "root_category": "home"}]},
    }
    rows, _ = categories(ConnectorSettings.model_validate(settings), pim.structure())
    assert rows == [
        (
            "category",
            "shop",
            {
                "id": "other",
                "parent": "home",
                "fields": {"display-name": {"x-default": "other"}, "online-flag": {"": "false"}, "position": {"": "1"}},
                "custom": {"showInMenu": {"": "true"}},
            },
        )
    ]


def test_what_stands_below_a_tree_can_hang_directly_below_sfccs_root(pim: Any) -> None:
    pim.category("mugs", "master")
    pim.category("espresso", "mugs")
    settings = {"categories": {"tree_as_category": False}, "organization": {"sites": [{"root_category": "home"}]}}
    assert [(r["id"], r["parent"]) for r in records(pim, **settings)] == [("mugs", "home"), ("espresso", "mugs")]

    def places(*codes: str) -> list[Any]:
        return [
            r for kind, _, r in pim.map(pim.product("1", categories=codes), **settings).records if kind == CATEGORY_ASSIGNMENTS
        ]

    assert places("master", "espresso") == [{"id": "1", "categories": [{"category": "espresso", "primary": True}]}]
    assert places("master") == []


def test_writing_them_can_be_turned_off(pim: Any) -> None:
    assert records(pim, categories={"write": False}) == []
    mapped = pim.map(pim.product("1", categories=["master"]), categories={"write": False})
    assert [kind for kind, _, _ in mapped.records] == ["product"]


def test_enriched_attributes_fill_standard_and_custom_attributes(pim: Any) -> None:
    pim.categories[0]["values"] = ENRICHED
    settings = {"enriched": {"description": "description", "image": "banner"}, "enriched_custom": {"banner": "banner"}}
    (record,) = records(pim, categories=settings)
    path = media_path("category-media-files/2/d/c/7/x.jpg")
    assert record["fields"]["description"] == {"x-default": "<p>Winter</p>", "en-US": "<p>Winter</p>"}
    assert record["fields"]["image"] == {"": path}
    assert record["custom"]["banner"] == {"": path}
    chosen = ConnectorSettings.model_validate({"categories": settings})
    assert category_media(chosen, pim.structure()) == ["category-media-files/2/d/c/7/x.jpg"]


def test_an_enriched_attribute_is_the_channels_of_the_site_whose_catalog_it_is(pim: Any) -> None:
    pim.channel("mobile", ["en_US"], ["EUR"], tree="app")
    both = {
        f"text|{channel}": {"data": channel, "locale": "en_US", "channel": channel, "attribute_code": "text|1"}
        for channel in ("ecommerce", "mobile")
    }
    pim.category("app", values=both)
    pim.categories[0]["values"] = both
    sites = [{"id": "A", "channel": "ecommerce"}, {"id": "B", "channel": "mobile", "storefront_catalog": "app-catalog"}]
    chosen = {"enriched": {"description": "text"}, "enriched_custom": {"text": "text"}}
    web, app = records(pim, organization={"sites": sites}, categories=chosen)
    assert web["fields"]["description"] == web["custom"]["text"] == {"x-default": "ecommerce", "en-US": "ecommerce"}
    assert app["fields"]["description"] == app["custom"]["text"] == {"x-default": "mobile", "en-US": "mobile"}


def test_a_catalogs_categories_have_the_locales_of_the_sites_that_share_it(pim: Any) -> None:
    pim.channel("german", ["de_DE", "en_US"], ["EUR"], tree="katalog")
    texts = {("ecommerce", "en_US"): "us", ("german", "en_US"): "en of german", ("german", "de_DE"): "de"}
    values = {
        f"{channel}|{locale}": {"data": text, "locale": locale, "channel": channel, "attribute_code": "text|1"}
        for (channel, locale), text in texts.items()
    }
    pim.categories[0] |= {"labels": {"en_US": "Shop", "de_DE": "Laden"}, "values": values}
    pim.category("katalog", labels={"en_US": "Shop", "de_DE": "Laden"}, values=values)
    german = {"id": "DE", "channel": "german", "default_locale": "de_DE"}
    chosen = {"enriched": {"description": "text"}}

    def written(**more: Any) -> list[tuple[Any, Any]]:
        sites = [{"id": "US", "channel": "ecommerce"}, {**german, **more}]
        found = records(pim, organization={"sites": sites}, categories=chosen)
        return [(record["fields"]["display-name"], record["fields"]["description"]) for record in found]

    assert written(storefront_catalog="german-shop") == [
        ({"x-default": "Shop", "en-US": "Shop"}, {"x-default": "us", "en-US": "us"}),
        (
            {"x-default": "Laden", "de-DE": "Laden", "en-US": "Shop"},
            {"x-default": "de", "de-DE": "de", "en-US": "en of german"},
        ),
    ]
    assert written() == [  # one catalog: a tree's own site before the other
        (
            {"x-default": "Shop", "en-US": "Shop", "de-DE": "Laden"},
            {"x-default": "us", "en-US": "us", "de-DE": "de"},
        ),
        (
            {"x-default": "Laden", "de-DE": "Laden", "en-US": "Shop"},
            {"x-default": "de", "de-DE": "de", "en-US": "en of german"},
        ),
    ]


def test_an_enriched_attribute_whose_file_the_pim_can_not_give_is_left_out(pim: Any) -> None:
    pim.categories[0]["values"] = ENRICHED
    pim.media = {"category-media-files/2/d/c/7/x.jpg": None}
    chosen = {"enriched": {"image": "banner"}, "enriched_custom": {"banner": "banner"}}
    ((_, _, record),), problems = categories(ConnectorSettings.model_validate({"categories": chosen}), pim.structure())
    assert "image" not in record["fields"]
    assert "custom" not in record
    reason = "the PIM could not give the file 'category-media-files/2/d/c/7/x.jpg'"
    assert problems == [("category", "master", "banner", reason)]


def test_an_enriched_value_that_the_field_does_not_take_is_reported(pim: Any) -> None:
    values = {"intro": "x" * 4001, "start": "soon"}
    pim.categories[0]["values"] = {
        code: {"data": data, "locale": None, "channel": None, "attribute_code": f"{code}|1"} for code, data in values.items()
    }
    chosen = {"enriched": {"description": "intro", "online-from": "start"}}
    ((_, _, record),), problems = categories(ConnectorSettings.model_validate({"categories": chosen}), pim.structure())
    assert len(record["fields"]["description"]["x-default"]) == 4000
    assert "online-from" not in record["fields"]
    assert [(p.key, p.attribute, p.reason) for p in problems] == [
        ("master", "intro", "cut to the 4000 characters that SFCC allows for description"),
        ("master", "start", "'soon' is no date for online-from"),
    ]


SHAPE = "its data doesn't have the shape of the attribute's type"
LEFT_OUT = "enriched values of another shape than the API's were left out"


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        (None, ("", LEFT_OUT)),
        ("Winter", ("", LEFT_OUT)),
        ({"data": "Winter"}, ("", LEFT_OUT)),
        ({"attribute_code": 5, "data": "Winter"}, ("", LEFT_OUT)),
        ({"attribute_code": "text|1", "data": {"amount": 1}}, ("text", SHAPE)),
        ({"attribute_code": "text|1", "data": [["a"]]}, ("text", SHAPE)),
        ({"attribute_code": "text|1", "data": {"file_path": None}}, ("text", SHAPE)),
        ({"attribute_code": "text|1", "data": {"file_path": 3}}, ("text", SHAPE)),
        ({"attribute_code": "text|1", "data": float("nan")}, ("text", "'nan' is no number")),
        ({"attribute_code": "text|1"}, None),
    ],
)
def test_an_enriched_value_of_any_shape_stops_nothing_and_is_reported(pim: Any, entry: Any, problem: Any) -> None:
    good = {"attribute_code": "intro|2", "locale": None, "channel": None, "data": "Hello"}
    pim.categories[0]["values"] = {"text|1": entry, "intro|2": good}
    settings = ConnectorSettings.model_validate({"categories": {"enriched_custom": {"text": "text", "intro": "intro"}}})
    ((_, _, record),), problems = categories(settings, pim.structure())
    assert record["custom"] == {"intro": {"": "Hello"}}
    assert [(p.attribute, p.reason) for p in problems if p.kind == "category"] == ([problem] if problem else [])
    assert category_media(settings, pim.structure()) == []


def test_a_list_of_an_enriched_attribute_is_one_text(pim: Any) -> None:
    pim.categories[0]["values"] = {"text|1": {"attribute_code": "text|1", "locale": None, "data": ["a", True, 1.50]}}
    (record,) = records(pim, categories={"enriched_custom": {"text": "text"}})
    assert record["custom"] == {"text": {"": "a, true, 1.5"}}


@pytest.mark.parametrize(
    "more", [{"channel_requirements": ["ecommerce"], "position": 2, "updated": None}, {"labels": []}, {"values": []}]
)
def test_a_category_may_have_unknown_fields_and_php_s_empty_lists(pim: Any, more: Any) -> None:
    pim.category("mugs", "master", **more)
    assert [(r["id"], r["fields"]["display-name"]) for r in records(pim)] == [
        ("master", {"x-default": "master"}),
        ("mugs", {"x-default": "mugs"}),
    ]


def test_categories_whose_parents_are_missing_or_go_round_are_in_no_tree(pim: Any) -> None:
    for code, parent in (("stray", "nowhere"), ("loop", "loop"), ("a", "b"), ("b", "a"), ("mugs", "MASTER")):
        pim.category(code, parent)
    assert [r["id"] for r in records(pim)] == ["master", "mugs"]


@pytest.mark.parametrize("root_category", ["root", "home"])
@pytest.mark.parametrize("code", ["root", "ROOT", "home"])
def test_a_category_with_the_id_of_sfccs_root_is_held_back_alone(pim: Any, code: str, root_category: str) -> None:
    pim.category("other")
    pim.category(code, "other")
    pim.category("mugs", code)
    pim.category(f"{code}_cups", "mugs")
    settings = {"categories": {"trees": ["other"]}, "organization": {"sites": [{"root_category": root_category}]}}
    rows, problems = categories(ConnectorSettings.model_validate(settings), pim.structure())
    found = [(record["id"], record["parent"]) for _, _, record in rows]
    if code == "home" and root_category == "root":
        assert found == [("other", "root"), ("home", "other"), ("mugs", "home"), ("home_cups", "mugs")]
        assert problems == []
    else:
        assert found == [("other", root_category), ("mugs", "other"), (f"{code}_cups", "mugs")]
        assert problems == [("category", code, "", f"held back: '{code}' is the id of SFCC's root category")]
        assert pim.map(pim.product("1", categories=[code]), **settings).unassigned == 1


def test_what_stands_below_a_tree_with_the_id_of_sfccs_root_hangs_below_the_sites_root(pim: Any) -> None:
    pim.category("root")
    pim.category("mugs", "root")
    (record,) = records(pim, categories={"trees": ["root"]}, organization={"sites": [{"root_category": "home"}]})
    assert (record["id"], record["parent"]) == ("mugs", "home")


def test_categories_hung_higher_have_positions_of_their_own(pim: Any) -> None:
    pim.category("root", "master")
    pim.category("cups", "master")
    pim.category("mugs", "root")
    pim.category("jugs", "root")
    found = {record["id"]: record["fields"]["position"][""] for record in records(pim) if record["id"] != "master"}
    assert found == {"cups": "1", "mugs": "2", "jugs": "3"}


def test_a_category_that_can_have_no_sfcc_id_is_held_back_alone(pim: Any) -> None:
    pim.category("c" * 257, "master")
    rows, problems = categories(ConnectorSettings(), pim.structure())
    assert [record["id"] for _, _, record in rows] == ["master"]
    assert problems[0].reason == f"held back: its id '{'c' * 257}' has 257 characters, 256 are allowed"


def test_an_enriched_attribute_that_no_category_has_is_told(pim: Any) -> None:
    pim.categories[0]["values"] = ENRICHED
    chosen = {"enriched": {"description": "descripton", "image": "BANNER"}, "enriched_custom": {"teaser": "none_such"}}
    _, problems = categories(ConnectorSettings.model_validate({"categories": chosen}), pim.structure())
    assert [(p.kind, p.key, p.attribute, p.reason) for p in problems] == [
        (
            "setting",
            "categories.enriched.description",
            "descripton",
            "no category has a value of the enriched attribute 'descripton': SFCC's is empty; did you mean 'description'?",
        ),
        (
            "setting",
            "categories.enriched_custom.teaser",
            "none_such",
            "no category has a value of the enriched attribute 'none_such': SFCC's is empty; is it spelled as in the PIM?",
        ),
    ]


def test_a_product_is_assigned_to_exported_categories_the_first_one_primary(pim: Any) -> None:
    pim.category("mugs", "master")
    pim.category("other")
    mapped = pim.map(pim.product("1", categories=["MUGS", "master", "other"]))
    assert mapped.records[1] == (
        "category-assignments",
        "akeneo-catalog",
        {"id": "1", "categories": [{"category": "mugs", "primary": True}, {"category": "master", "primary": False}]},
    )
    assert mapped.unassigned == 1
    assert mapped.problems == []


def test_the_primary_category_can_be_left_to_merchants(pim: Any) -> None:
    mapped = pim.map(pim.product("1", categories=["master"]), categories={"primary": "none"})
    assert mapped.records[1][2]["categories"] == [{"category": "master"}]


def test_a_category_that_the_pim_does_not_list_is_reported(pim: Any) -> None:
    mapped = pim.map(pim.product("1", categories=["hidden"]))
    assert [p.reason for p in mapped.problems] == ["the PIM has no category 'hidden'"]


def test_a_variant_is_assigned_to_what_its_master_is_not(pim: Any) -> None:
    pim.shirts()
    pim.category("sale", "master")
    root = pim.model("tee", categories=["master"])
    row = pim.product("T1", {"size": "s"}, family="shirts", parent="tee", categories=["master", "sale"])
    assert pim.map(row, [root]).records[1][2] == {"id": "T1", "categories": [{"category": "sale"}]}
