"""Each reason why a shopper can't find or buy something, over products and categories written by hand."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from akeneo_assets.readiness.shop_judgement import (
    EFFECTS,
    Assigned,
    Problem,
    ShopCategories,
    ShopCategory,
    ShopJudgement,
    ShopProduct,
)
from akeneo_assets.readiness.storefronts import Storefront, Storefronts

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
WEB = Storefront(
    id="Web",
    catalog="shop",
    root_category="root",
    locales=("en-US", "fr-FR"),
    books={"EUR": ("eur-list", "eur-sale"), "USD": ("usd-list",)},
    offline_cause="it is disabled in the PIM",
)
SHOP = Storefronts(
    sites=(WEB,),
    master_catalog="shop",
    texts=frozenset({"display-name", "long-description"}),
    translated=frozenset({"display-name", "long-description"}),
    images=True,
    categories=True,
    axes=frozenset({"color", "size"}),
)
PRICED: Mapping[str, bool | None] = {"eur-list": True, "usd-list": True}
CATEGORIES = {
    "tents": ShopCategory("tents", "outdoor", name="Tents"),
    "outdoor": ShopCategory("outdoor", "root", name="Outdoor"),
    "sale": ShopCategory("sale", "root", online=False),
    "sale_tents": ShopCategory("sale_tents", "sale"),
    "lost": ShopCategory("lost", "nowhere"),
    "turned": ShopCategory("turned", "turned"),
    "refused": ShopCategory("refused", "root", there=False),
}


def texts(element: str, *slots: str) -> set[str]:
    return {f"fields/{element}/{slot}" for slot in slots}


ALL = ("x-default", "en-US", "fr-FR")
FILLED = frozenset({"images"} | texts("display-name", *ALL) | texts("long-description", *ALL))


def product(id_: str = "TENT", online: str | None = "true", **changes: Any) -> ShopProduct:
    """A simple product that is in order, with what is changed of it."""
    flags = {} if online is None else {"online-flag": {"": online}}
    whole = ShopProduct(
        id=id_,
        filled=FILLED,
        record={"fields": {"display-name": {"x-default": "Tent"}, **flags}, "images": [{"view_type": "large", "images": [{}]}]},
        categories={"shop": Assigned(frozenset({"tents"}))},
        prices=PRICED,
    )
    return replace(whole, **changes)


def variant(id_: str, online: str = "true", **values: str) -> ShopProduct:
    """A variant of a master, in order: it has its texts, images and categories from there."""
    custom = {axis: {"": value} for axis, value in values.items()}
    return ShopProduct(
        id=id_, record={"fields": {"online-flag": {"": online}}, "custom": custom}, prices=PRICED, variant_in_pim=True
    )


def axis(name: str, **labels: dict[str, str]) -> dict[str, Any]:
    return {"attribute_id": name, "id": name, "names": {}, "values": [{"value": v, "names": n} for v, n in labels.items()]}


COLOR = axis("color", red={"x-default": "Red", "fr-FR": "Rouge"}, blue={"x-default": "Blue", "fr-FR": "Bleu"})


def master(
    *variants: str, axes: tuple[dict[str, Any], ...] = (COLOR,), groups: tuple[str, ...] = (), **changes: Any
) -> ShopProduct:
    whole = product("SHIRT")
    variations = {"attributes": list(axes), "variants": list(variants), "groups": list(groups)}
    record = {**(whole.record or {}), "variations": variations}
    return replace(whole, filled=FILLED | {"variations"}, record=record, prices={}, **changes)


def judged(*group: ShopProduct, shop: Storefronts = SHOP, unknown_masters: bool = False) -> list[Problem]:
    categories = ShopCategories({"shop": CATEGORIES}, NOW)
    return list(ShopJudgement(shop, categories, NOW, unknown_masters=unknown_masters).group(group))


def told(*group: ShopProduct, **more: Any) -> list[tuple[str, str | None, str, str]]:
    """(id, locale, reason, detail) of each problem."""
    return [(p.id, p.locale, p.reason, p.detail) for p in judged(*group, **more)]


def test_a_product_and_a_master_with_a_variant_that_are_in_order_have_no_problem() -> None:
    assert told(product()) == []
    assert told(master("S-RED"), variant("S-RED", color="red")) == []


def test_every_reason_says_what_it_means_to_a_shopper() -> None:
    assert EFFECTS["offline"] == "can't be found"
    assert EFFECTS["no price"] == "can't be bought"


# --- In SFCC at all -------------------------------------------------------------------------------------------------------------


def test_a_product_that_sfcc_refused_is_not_in_the_shop_and_nothing_else_is_said_of_it() -> None:
    refused = product(standing="refused", message="value too long", filled=frozenset(), record=None)
    assert told(refused) == [("TENT", None, "refused", "SFCC refused it: value too long")]


def test_of_a_product_without_answer_nothing_is_guessed() -> None:
    (problem,) = judged(product(standing="unknown", filled=frozenset(), record=None))
    assert (problem.reason, problem.online) == ("unconfirmed", None)


def test_a_warning_is_told_since_a_field_may_lack() -> None:
    assert told(product(message="unknown attribute x")) == [
        ("TENT", None, "warned", "SFCC took it with a warning: unknown attribute x")
    ]


# --- Online ---------------------------------------------------------------------------------------------------------------------


def test_an_offline_product_is_told_with_what_makes_it_so() -> None:
    (problem,) = judged(product(online="false"))
    assert (problem.reason, problem.detail, problem.online) == ("offline", "it is disabled in the PIM", False)


def test_a_sites_own_flag_goes_before_the_one_for_all_sites() -> None:
    other = replace(WEB, id="App")
    shop = replace(SHOP, sites=(WEB, other))
    flags = {"fields": {"online-flag": {"": "true", "@App": "false"}}}
    assert [(p.site, p.reason) for p in judged(product(record=flags), shop=shop)] == [("App", "offline")]
    flags = {"fields": {"online-flag": {"": "false", "@App": "true"}}}
    assert [(p.site, p.reason) for p in judged(product(record=flags), shop=shop)] == [("Web", "offline")]


def test_a_flag_that_is_left_to_merchants_is_not_judged() -> None:
    assert told(product(online=None)) == []
    (problem,) = judged(product(online=None, prices={"eur-list": True}))
    assert problem.online is None


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ({"online-from": {"": "2026-06-02T00:00:00+00:00"}}, ["goes online on 2026-06-02T00:00:00+00:00"]),
        ({"online-to": {"": "2026-05-31T23:59:59Z"}}, ["was online until 2026-05-31T23:59:59Z"]),
        ({"online-from": {"": "2026-05-31T00:00:00Z"}, "online-to": {"": "2026-06-02T00:00:00Z"}}, []),
        ({"online-to": {"": "some day"}}, []),
    ],
    ids=["not yet", "no longer", "now", "unreadable"],
)
def test_the_dates_of_a_product_that_is_online_decide_by_the_clock(dates: dict[str, Any], expected: list[str]) -> None:
    record = {"fields": {"online-flag": {"": "true"}, **dates}}
    assert [detail for _, _, reason, detail in told(product(record=record)) if reason == "offline"] == expected


def test_a_master_is_offline_with_all_its_variants_or_for_want_of_them() -> None:
    flag = {"fields": {"online-flag": {"": "false"}}}
    alone = master()
    assert told(replace(alone, record={**(alone.record or {}), **flag})) == [
        ("SHIRT", None, "offline", "it has no variant in SFCC")
    ]
    whole = master("S-RED")
    assert told(replace(whole, record={**(whole.record or {}), **flag}), variant("S-RED", online="false", color="red")) == [
        ("SHIRT", None, "offline", "all of its variants are offline"),
        ("S-RED", None, "offline", "it is disabled in the PIM"),
    ]


# --- Texts ----------------------------------------------------------------------------------------------------------------------


def without(element: str, *slots: str) -> ShopProduct:
    """A product that has this text in these slots alone."""
    kept = {path for path in FILLED if not path.startswith(f"fields/{element}/")}
    return product(filled=frozenset(kept | texts(element, *slots)))


def test_a_name_is_looked_for_in_the_locale_its_language_and_the_default() -> None:
    assert told(without("display-name", "en-US", "fr")) == []
    assert told(without("display-name", "fr-FR")) == [("TENT", "en-US", "no name", "no name, and none that SFCC shows instead")]
    assert [(locale, reason) for _, locale, reason, _ in told(without("display-name"))] == [
        ("en-US", "no name"),
        ("fr-FR", "no name"),
    ]


def test_a_locale_that_shows_the_default_text_lacks_a_translation() -> None:
    assert told(without("display-name", "x-default", "en-US")) == [
        ("TENT", "fr-FR", "missing translation", "no name: SFCC shows the default one")
    ]
    assert told(without("long-description", "x-default", "en")) == [
        ("TENT", "fr-FR", "missing translation", "no long description: SFCC shows the default one")
    ]


def test_several_texts_without_translation_are_told_at_once() -> None:
    bare = product(
        filled=frozenset({"images"} | texts("display-name", "x-default") | texts("long-description", "x-default", "fr"))
    )
    assert [(locale, detail) for _, locale, _, detail in told(bare)] == [
        ("en-US", "no name and no long description: SFCC shows the default one"),
        ("fr-FR", "no name: SFCC shows the default one"),
    ]


def test_what_the_pim_has_once_for_all_locales_lacks_no_translation() -> None:
    shop = replace(SHOP, translated=frozenset())
    assert told(without("display-name", "x-default"), shop=shop) == []


def test_one_of_the_descriptions_is_enough() -> None:
    both = replace(SHOP, texts=frozenset({"display-name", "long-description", "short-description"}))
    assert told(product(), shop=both) == []
    assert told(without("long-description", "fr-FR"), shop=both) == [
        (
            "TENT",
            "en-US",
            "no description",
            "no short description and no long description, and none that SFCC shows instead",
        )
    ]


def test_a_variant_has_its_texts_and_categories_from_its_master_who_is_asked_for_them() -> None:
    nameless = replace(master("S-RED"), filled=frozenset({"variations", "images"}), categories={})
    reasons = {(id_, reason) for id_, _, reason, _ in told(nameless, variant("S-RED", color="red"))}
    assert reasons == {("SHIRT", "no name"), ("SHIRT", "no description"), ("SHIRT", "no category")}


def test_what_is_left_to_merchants_is_not_judged() -> None:
    site = replace(WEB, books={}, offline_cause=None)
    shop = replace(SHOP, sites=(site,), texts=frozenset(), translated=frozenset(), images=False, categories=False)
    assert told(product(online=None, filled=frozenset(), categories={}, prices={}), shop=shop) == []
    left = " ".join(shop.not_judged())
    for what in ("Names", "Descriptions", "Images", "Categories", "Online flags of the site Web", "Prices of the site Web"):
        assert f"{what} are left to merchants" in left
    assert "Stock is not judged" in left


# --- Images ---------------------------------------------------------------------------------------------------------------------


def pictured(*groups: list[tuple[str, str]], variants: tuple[str, ...] = ("S-RED", "S-BLUE")) -> ShopProduct:
    """A master with an image group for each list of values."""
    whole = master(*variants)
    images = [
        {"view_type": "large", "variation": [list(pair) for pair in group], "images": [{"path": "a.jpg"}]} for group in groups
    ]
    return replace(whole, record={**(whole.record or {}), "images": images})


RED_AND_BLUE = (variant("S-BLUE", color="blue"), variant("S-RED", color="red"))


def test_a_product_or_a_whole_master_without_image_is_told_once() -> None:
    assert told(product(filled=FILLED - {"images"})) == [("TENT", None, "no image", "it has no image")]
    assert told(replace(pictured(), filled=FILLED - {"images"} | {"variations"}), *RED_AND_BLUE) == [
        ("SHIRT", None, "no image", "it has no image")
    ]


def test_a_variant_shows_the_masters_group_for_its_values_or_the_one_for_all() -> None:
    assert told(pictured([], [("color", "red")]), *RED_AND_BLUE) == []
    assert told(pictured([("color", "red")]), *RED_AND_BLUE) == [
        ("SHIRT", None, "no image", "it shows no image until a shopper has chosen a variant"),
        ("S-BLUE", None, "no image", "its master SHIRT has no image for it"),
    ]


def test_images_that_sfcc_kept_though_the_record_has_none_are_not_missed() -> None:
    assert told(pictured(), *RED_AND_BLUE) == []


# --- Prices ---------------------------------------------------------------------------------------------------------------------


def test_each_currency_of_the_site_needs_a_price_in_one_of_its_books() -> None:
    assert told(product(prices={"eur-sale": True, "usd-list": True})) == []
    assert told(product(prices={"eur-list": True, "usd-list": False})) == [
        ("TENT", None, "no price", "no price in USD (usd-list)")
    ]
    assert told(product(prices={"other": True})) == [
        ("TENT", None, "no price", "no price in EUR (eur-list, eur-sale); no price in USD (usd-list)")
    ]


def test_a_price_without_answer_is_not_missed() -> None:
    assert told(product(prices={"eur-list": None, "usd-list": True})) == []


def test_a_set_needs_no_price_but_a_bundle_does() -> None:
    record = product().record or {}
    assert told(product(prices={}, record={**record, "set": ["A", "B"]})) == []
    assert [
        reason for _, _, reason, _ in told(product(prices={}, record={**record, "bundled": [{"id": "A", "quantity": "1"}]}))
    ] == ["no price"]


def test_a_master_is_bought_through_its_variants() -> None:
    red, blue = variant("S-RED", color="red"), variant("S-BLUE", color="blue")
    unpriced = replace(red, prices={})
    assert [(id_, reason) for id_, _, reason, _ in told(master("S-RED", "S-BLUE"), blue, unpriced)] == [("S-RED", "no price")]
    off = replace(blue, record={"fields": {"online-flag": {"": "false"}}, "custom": {"color": {"": "blue"}}})
    assert told(master("S-RED", "S-BLUE"), off, unpriced) == [
        ("SHIRT", None, "nothing to buy", "none of its variants can be bought: S-BLUE: offline; S-RED: no price"),
        ("S-BLUE", None, "offline", "it is disabled in the PIM"),
        ("S-RED", None, "no price", "no price in EUR (eur-list, eur-sale); no price in USD (usd-list)"),
    ]


def test_a_master_whose_only_variant_sfcc_refused_has_nothing_to_buy() -> None:
    refused = ShopProduct(id="S-RED", standing="refused", message="no", record=None, variant_in_pim=True)
    assert told(master("S-RED"), refused) == [
        ("SHIRT", None, "nothing to buy", "it has no variant"),
        ("S-RED", None, "refused", "SFCC refused it: no"),
    ]


# --- Categories -----------------------------------------------------------------------------------------------------------------


def placed(*ids: str) -> ShopProduct:
    return product(categories={"shop": Assigned(frozenset(ids))})


@pytest.mark.parametrize(
    ("ids", "detail"),
    [
        ((), "it is in no category of the catalog shop"),
        (("sale",), "only in categories that no shopper finds: 'sale', which is offline"),
        (("sale_tents",), "only in categories that no shopper finds: 'sale_tents' is below 'sale', which is offline"),
        (("turned",), "only in categories that no shopper finds: 'turned' is not below the root 'root' of the catalog shop"),
        (("refused",), "only in categories that no shopper finds: 'refused' was refused by SFCC"),
    ],
    ids=["none", "offline", "below an offline one", "in a circle", "refused"],
)
def test_a_product_needs_a_category_that_shoppers_find(ids: tuple[str, ...], detail: str) -> None:
    assert told(placed(*ids)) == [("TENT", None, "no category", detail)]


@pytest.mark.parametrize(
    "ids", [("sale", "tents"), ("merchants_own",), ("lost",)], ids=["one is online", "merchant's", "below a merchant's"]
)
def test_one_category_that_shoppers_may_find_is_enough(ids: tuple[str, ...]) -> None:
    assert told(placed(*ids)) == []


def test_a_category_of_another_catalog_is_none_of_the_site() -> None:
    elsewhere = product(categories={"outlet": Assigned(frozenset({"tents"}))})
    assert told(elsewhere) == [("TENT", None, "no category", "it is in no category of the catalog shop")]


def test_assignments_without_answer_are_not_missed() -> None:
    assert told(product(categories={"shop": Assigned(frozenset({"tents"}), sure=False)})) == []


def test_a_master_stands_where_one_of_its_variants_does() -> None:
    assigned = replace(variant("S-RED", color="red"), categories={"shop": Assigned(frozenset({"tents"}))})
    assert told(master("S-RED", categories={}), assigned) == []


# --- Choosing -------------------------------------------------------------------------------------------------------------------

SIZE = axis("size", s={"x-default": "S"}, m={"x-default": "M"})


def test_a_variant_without_value_of_an_axis_cannot_be_chosen() -> None:
    shirt = master("A", "B", axes=(COLOR, SIZE))
    assert told(shirt, variant("A", color="red"), variant("B", color="red", size="s")) == [
        ("A", None, "missing axis value", "no value of size")
    ]


def test_a_value_that_sfcc_kept_though_the_record_has_none_is_not_missed() -> None:
    shirt = master("A", axes=(COLOR, SIZE))
    assert told(shirt, replace(variant("A", color="red"), filled=frozenset({"custom/size/"}))) == []


def test_variants_with_the_same_values_cannot_be_told_apart_unless_one_is_offline() -> None:
    shirt, first = master("A", "B"), variant("A", color="red")
    assert told(shirt, first, variant("B", color="red")) == [
        ("A", None, "same axis values", "has the same values as B: color red"),
        ("B", None, "same axis values", "has the same values as A: color red"),
    ]
    assert [reason for _, _, reason, _ in told(shirt, first, variant("B", online="false", color="red"))] == ["offline"]


def test_variants_whose_values_read_alike_in_a_locale_cannot_be_told_apart_there() -> None:
    alike = axis("color", navy={"x-default": "Navy", "fr": "Bleu"}, blue={"x-default": "Blue", "fr-FR": "Bleu"})
    assert told(master("A", "B", axes=(alike,)), variant("A", color="navy"), variant("B", color="blue")) == [
        ("A", "fr-FR", "same axis labels", "reads like B: Bleu"),
        ("B", "fr-FR", "same axis labels", "reads like A: Bleu"),
    ]


def test_of_many_alike_three_are_named() -> None:
    shirts = [variant(id_, color="red") for id_ in "ABCDEF"]
    assert told(master(*"ABCDEF"), *shirts)[0][3] == "has the same values as B, C, D and 2 more: color red"


def test_a_variation_group_is_asked_only_whether_it_is_online() -> None:
    group = ShopProduct(id="SHIRT-RED", record={"fields": {"online-flag": {"": "true"}}})
    assert told(master("S-RED", groups=("SHIRT-RED",)), group, variant("S-RED", color="red")) == []
    off = replace(group, record={"fields": {"online-flag": {"": "false"}}})
    (problem,) = judged(master("S-RED", groups=("SHIRT-RED",)), off, variant("S-RED", color="red"))
    assert (problem.kind, problem.reason, problem.detail) == ("variation group", "offline", "none of its variants is online")


# --- Not known ------------------------------------------------------------------------------------------------------------------


def test_where_the_record_is_folded_away_the_ledger_tells_of_texts_images_prices_and_categories() -> None:
    assert told(product(record=None)) == []
    assert [reason for _, _, reason, _ in told(product(record=None, filled=FILLED - {"images"}, prices={}))] == [
        "no price",
        "no image",
    ]


def test_a_master_whose_record_is_folded_away_is_no_product_to_be_priced() -> None:
    folded = replace(master("S-RED"), record=None)
    assert told(folded) == []


def test_a_variant_whose_master_may_be_any_is_not_asked_for_what_it_may_have_from_there() -> None:
    lonely = variant("S-RED", color="red")
    assert told(lonely, unknown_masters=True) == []
    assert "no name" in {reason for _, _, reason, _ in told(lonely)}  # SFCC has it as a product of its own


# --- Empty categories -----------------------------------------------------------------------------------------------------------


def test_a_category_that_shows_nothing_is_told_and_those_that_no_shopper_finds_are_not() -> None:
    judgement = ShopJudgement(SHOP, ShopCategories({"shop": CATEGORIES}, NOW), NOW)
    list(judgement.group([product(categories={"shop": Assigned(frozenset({"tents", "sale"}))})]))
    assert list(judgement.empty_categories()) == []
    judgement = ShopJudgement(SHOP, ShopCategories({"shop": CATEGORIES}, NOW), NOW)
    list(judgement.group([product(online="false")]))
    assert [(p.id, p.name, p.detail) for p in judgement.empty_categories()] == [
        ("outdoor", "Outdoor", "only products that are offline stand in it or below it"),
        ("tents", "Tents", "only products that are offline stand in it or below it"),
    ]
    judgement = ShopJudgement(SHOP, ShopCategories({"shop": CATEGORIES}, NOW), NOW)
    list(judgement.group([product(categories={"shop": Assigned(frozenset({"outdoor"}))})]))
    assert [(p.id, p.detail) for p in judgement.empty_categories()] == [("tents", "no product stands in it or below it")]


def test_an_assignment_without_answer_leaves_open_whether_a_category_is_empty() -> None:
    judgement = ShopJudgement(SHOP, ShopCategories({"shop": CATEGORIES}, NOW), NOW)
    list(judgement.group([product(categories={"shop": Assigned(frozenset({"tents"}), sure=False)})]))
    assert list(judgement.empty_categories()) == []


def test_a_category_whose_dates_are_over_is_not_found() -> None:
    over = {"tents": ShopCategory("tents", "root", online_to="2026-05-01T00:00:00Z")}
    judgement = ShopJudgement(SHOP, ShopCategories({"shop": over}, NOW), NOW)
    assert [p.detail for p in judgement.group([product()])] == [
        "only in categories that no shopper finds: 'tents', which was online until 2026-05-01T00:00:00Z"
    ]
