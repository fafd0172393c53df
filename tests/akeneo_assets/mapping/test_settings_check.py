"""What stops a load before anything is sent, in one sentence each."""

from typing import Any

import pytest

from akeneo_assets.mapping.settings_check import changed_currencies, validate
from akeneo_assets.settings.connector import ConnectorSettings


def problems(pim: Any, **settings: Any) -> list[str]:
    return validate(ConnectorSettings.model_validate(settings), pim.structure())


@pytest.fixture
def shop(pim: Any) -> Any:
    pim.attribute("brand", "text")
    pim.attribute("deep", "number", decimals_allowed=True)
    pim.attribute("price", "price_collection")
    pim.attribute("title", "text", localizable=True, available_locales=["fr_FR"])
    pim.attribute("colour", "simpleselect", options={"red": {}, "green": {}})
    pim.attribute("potter", "akeneo_reference_entity", reference_data_name="makers")
    pim.attribute("shots", "pim_catalog_asset_collection", reference_data_name="photos")
    pim.reference_entities.append({"code": "makers", "labels": {}})
    pim.records.append({"reference_entity": "makers", "code": "harry", "values": {}})
    pim.assets += [{"asset_family": "photos", "code": code, "values": {}} for code in ("front", "back")]
    pim.association_type("X_SELL")
    pim.family("shirts", ["brand"])
    pim.category("mugs", "master")
    pim.asset_families.append({"code": "photos", "labels": {}, "attribute_as_main_media": "media"})
    pim.asset_attributes += [
        {"code": "media", "asset_family": "photos", "type": "media_file", "media_type": "image"},
        {"code": "credit", "asset_family": "photos", "type": "text"},
        {"code": "manual", "asset_family": "photos", "type": "media_link", "media_type": "pdf"},
    ]
    return pim


def test_an_empty_file_fits(shop: Any) -> None:
    assert problems(shop) == []


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            {"attributes": {"standard": {"brand": "brnd"}}},
            "attributes.standard.brand maps the PIM attribute 'brnd', which the PIM does not have; did you mean 'brand'?",
        ),
        (
            {"attributes": {"standard": {"name": {"template": "{brand} {nmae}"}}}},
            "attributes.standard.display-name maps the PIM attribute 'nmae', which the PIM does not have.",
        ),
        (
            {"attributes": {"wide_integers": {"brnd": "double"}}},
            "attributes.wide_integers.brnd names the PIM attribute 'brnd', which the PIM does not have; did you mean 'brand'?",
        ),
        (
            {"attributes": {"wide_integers": {"brand": "double"}}},
            "attributes.wide_integers.brand names 'brand', which is a text; it must be a number without decimals.",
        ),
        (
            {"attributes": {"wide_integers": {"deep": "string"}}},
            "attributes.wide_integers.deep names 'deep', which is a number with decimals; it must be a number without decimals.",
        ),
        (
            {"organization": {"sites": [{"channel": "ecomerce"}]}},
            "organization.sites.0.channel names the channel 'ecomerce', which the PIM does not have; did you mean 'ecommerce'?",
        ),
        (
            {"organization": {"sites": [{"locales": {"de_DE": "de-DE"}}]}},
            "organization.sites.0.locales names 'de_DE', which is no locale of the channel 'ecommerce': en_US, fr_FR.",
        ),
        (
            {"organization": {"sites": [{"locales": {"fr_FR": "fr_FR"}}]}},
            "organization.sites.0.locales.fr_FR is 'fr_FR', which is no SFCC locale; it should read like 'fr-FR'.",
        ),
        (
            {"organization": {"sites": [{"locales": {"en_US": "en", "fr_FR": "en"}}]}},
            (
                "organization.sites.0.locales has both 'en_US' and 'fr_FR' as SFCC's 'en', which can hold the texts of one: "
                "name the locales to import, or another SFCC locale for one of them."
            ),
        ),
        (
            {"organization": {"sites": [{"default_locale": "de_DE"}]}},
            "organization.sites.0.default_locale names 'de_DE', which is none of the site's locales: en_US, fr_FR.",
        ),
        (
            {"organization": {"sites": [{"currencies": ["GBP"]}]}},
            "organization.sites.0.currencies names 'GBP', which is no currency of the channel 'ecommerce': EUR, USD.",
        ),
        (
            {"organization": {"master_catalog": " x"}},
            "organization.master_catalog is ' x', which starts or ends with white space or has a line break.",
        ),
        (
            {"organization": {"sites": [{"id": "RefArch"}]}, "reference_entities": {"library": "sites/RefArhc"}},
            "reference_entities.library is 'sites/RefArhc', but organization.sites has no such site id (there: RefArch).",
        ),
        (
            {"reference_entities": {"folder": "brands "}},
            "reference_entities.folder is 'brands ', which starts or ends with white space or has a line break.",
        ),
        (
            {"organization": {"forgotten": ["fr-FR"]}},
            "organization.forgotten names 'fr-FR', which organization.sites still has; take one out.",
        ),
        (
            {"organization": {"sites": [{"id": "US"}], "forgotten": ["@DE", "@US"]}},
            "organization.forgotten names '@US', which organization.sites still has; take one out.",
        ),
        (
            {"organization": {"sites": [{"id": "US"}], "forgotten": ["RefArch"]}},
            "organization.forgotten names 'RefArch', which is no SFCC locale or site; it should read like 'fr-FR' or '@RefArch'.",
        ),
        ({"price_books": [{"id": "", "currencies": ["EUR"]}]}, "price_books.0: the price book id '' is empty; change it."),
        (
            {"organization": {"forgotten": ["fr_CA"]}},
            "organization.forgotten names 'fr_CA', which is no SFCC locale or site; it should read like 'fr-FR' or '@RefArch'.",
        ),
        (
            {"categories": {"trees": ["mugs"]}},
            "categories.trees names 'mugs', which is no tree but a category below 'master'.",
        ),
        (
            {"categories": {"trees": ["mastr"]}},
            "categories.trees names the category tree 'mastr', which the PIM does not have; did you mean 'master'?",
        ),
        (
            {"organization": {"sites": [{"trees": ["master", "mastr"]}]}},
            "organization.sites.0.trees names the category tree 'mastr', which the PIM does not have; did you mean 'master'?",
        ),
        (
            {"organization": {"sites": [{"trees": ["mugs"]}]}},
            "organization.sites.0.trees names 'mugs', which is no tree but a category below 'master'.",
        ),
        (
            {"associations": {"X-SELL": {}}},
            "associations names the association type 'X-SELL', which the PIM does not have; did you mean 'X_SELL'?",
        ),
        (
            {"price_books": [{"attribute": "brand"}]},
            "price_books.0.attribute names 'brand', which is a text; it must be a price collection.",
        ),
        (
            {"price_books": [{"id": "list"}]},
            "price_books.0.id makes 'list' a price book in both EUR and USD; put {currency} into it, or give them different ids.",
        ),
        (
            {"price_books": [{"currencies": ["GBP"]}]},
            "price_books.0.currencies names 'GBP', which is no currency of any site: EUR, USD.",
        ),
        (
            {"images": {"view_types": [{"id": "large", "attributes": ["brand"]}]}},
            ("images.view_types.large.attributes names 'brand', which is a text; it must be an image or an asset collection."),
        ),
        (
            {"attributes": {"standard": {"tax-class-id": "brand"}}},
            (
                "attributes.standard.tax-class-id needs a default: SFCC has no way to clear tax-class-id "
                "once the PIM has no value any more."
            ),
        ),
        (
            {"attributes": {"standard": {"search-rank": {"constant": "high"}}}},
            "attributes.standard.search-rank.constant: 'high' is no number for search-rank.",
        ),
        (
            {"attributes": {"standard": {"brand": {"sites": {"DE": "brand"}}}}},
            "attributes.standard.brand gives values per site, but SFCC has one brand for all sites; map one source.",
        ),
        (
            {"attributes": {"custom": {"akeneo_brand": "price"}}},
            "attributes.custom maps 'akeneo_brand', as does 'brand'; change attributes.id_prefix.",
        ),
        (
            {"attributes": {"include": {"families": ["shirt"]}}},
            "attributes.include.families names the family 'shirt', which the PIM does not have; did you mean 'shirts'?",
        ),
        (
            {"products": {"status": {"source": "attribute", "attribute": "brand"}}},
            "products.status.attribute names 'brand', which is a text; it must be a boolean.",
        ),
        (
            {"products": {"filter": {"brnd": [{"operator": "=", "value": "x"}]}}},
            "products.filter names the PIM attribute 'brnd', which the PIM does not have; did you mean 'brand'?",
        ),
        (
            {"products": {"filter": {"family": {"operator": "IN"}}}},
            "products.filter.family must be a list of conditions with operator and value, as in the PIM's search.",
        ),
        (
            {"products": {"filter": {"family": [{"operator": "IN", "value": "shirts"}]}}},
            "products.filter.family: IN needs a list of values.",
        ),
        (
            {"products": {"model_filter": {"created": [{"operator": "BETWEEN", "value": "2024-01-31"}]}}},
            "products.model_filter.created: BETWEEN needs a list of two values.",
        ),
        (
            {"products": {"filter": {"family": [{"operator": "IN", "value": ["Shirts", "shrits"]}]}}},
            "products.filter.family names the family 'shrits', which the PIM does not have; did you mean 'shirts'?",
        ),
        (
            {"products": {"model_filter": {"categories": [{"operator": "NOT IN CHILDREN", "value": ["mug"]}]}}},
            "products.model_filter.categories names the category 'mug', which the PIM does not have; did you mean 'mugs'?",
        ),
        (
            {"products": {"filter": {"completeness": [{"operator": "=", "value": 100, "scope": "ecomerce"}]}}},
            (
                "products.filter.completeness.scope names the channel 'ecomerce', which the PIM does not have; "
                "did you mean 'ecommerce'?"
            ),
        ),
        (
            {
                "products": {
                    "filter": {
                        "completeness": [
                            {"operator": ">= ON ALL LOCALES", "value": 50, "scope": "ECOMMERCE", "locales": ["en_us", "de_DE"]}
                        ]
                    }
                }
            },
            ("products.filter.completeness.locales names 'de_DE', which is no locale that there are values for: en_US, fr_FR."),
        ),
        (
            {"products": {"filter": {"title": [{"operator": "EMPTY", "locale": "en_US"}]}}},
            "products.filter.title.locale names 'en_US', which is no locale that there are values for: fr_FR.",
        ),
        (
            {"products": {"filter": {"colour": [{"operator": "NOT IN", "value": ["RED", "geen"]}]}}},
            "products.filter.colour names the option 'geen', which the PIM does not have; did you mean 'green'?",
        ),
        (
            {"products": {"filter": {"potter": [{"operator": "IN", "value": ["hary"]}]}}},
            "products.filter.potter names the record 'hary', which the PIM does not have; did you mean 'harry'?",
        ),
        (
            {"products": {"filter": {"shots": [{"operator": "IN", "value": ["front", "bak"]}]}}},
            "products.filter.shots names the asset 'bak', which the PIM does not have; did you mean 'back'?",
        ),
        (
            {"images": {"view_types": [{"id": "large", "asset_attribute": "midea"}]}},
            (
                "images.view_types.large.asset_attribute names the asset attribute 'midea', which the PIM does not have; "
                "did you mean 'media'?"
            ),
        ),
        (
            {"images": {"view_types": [{"id": "large", "asset_attribute": "Credit"}]}},
            (
                "images.view_types.large.asset_attribute names 'Credit', which is a text; "
                "it must be a media file or media link whose media type is image."
            ),
        ),
        (
            {"images": {"view_types": [{"id": "large", "asset_attribute": "manual"}]}},
            (
                "images.view_types.large.asset_attribute names 'manual', which is a media_link of pdf; "
                "it must be a media file or media link whose media type is image."
            ),
        ),
        (
            {"images": {"view_types": [{"id": "large", "attributes": ["shots"]}, {"id": "large"}]}},
            "images.view_types has 'large' twice; name all that it shows in one entry.",
        ),
        (
            {"images": {"view_types": ["large", "large_fr_FR"], "localized_view_types": True}},
            ("images.view_types has 'large_fr_FR', as images.localized_view_types calls 'large' in fr_FR; rename one of them."),
        ),
        (
            {"images": {"alt": {"sites": {"US": "brand"}}}},
            "images.alt gives values per site, but SFCC has one for all sites; map one source.",
        ),
        (
            {"price_books": [{"id": "{currency}-list", "attribute": "price", "parent": "{currency}-list"}]},
            "price_books make 'eur-list' its own parent; name another book.",
        ),
        (
            {"price_books": [{"id": "list", "currencies": ["EUR"]}, {"id": "list", "currencies": ["USD"]}]},
            "price_books.1.id makes 'list' a price book in both EUR and USD; put {currency} into it, or give them different ids.",
        ),
        (
            {
                "price_books": [
                    {"id": "{currency}-a", "currencies": ["EUR"], "parent": "eur-b"},
                    {"id": "{currency}-b", "currencies": ["EUR"], "parent": "eur-c"},
                    {"id": "{currency}-c", "currencies": ["EUR"], "parent": "eur-b"},
                ]
            },
            "price_books make 'eur-b' and 'eur-c' each other's parents; take one of these parents out.",
        ),
        (
            {"price_books": [{"id": "{currency}", "parent": " list"}]},
            "price_books.0: the price book id ' list' starts or ends with white space or has a line break; change it.",
        ),
        (
            {"price_books": [{"id": "list", "currencies": ["EUR"]}, {"id": "list", "currencies": ["EUR"], "parent": "x"}]},
            "price_books.1 gives 'list' another parent than its first setting or site does; give them different ids.",
        ),
        ({"organization": {"sites": [{"root_category": ""}]}}, "organization.sites.0.root_category is '', which is empty."),
        (
            {"organization": {"sites": [{"root_category": " home "}]}},
            "organization.sites.0.root_category is ' home ', which starts or ends with white space or has a line break.",
        ),
        ({"organization": {"master_catalog": "a/b"}}, "organization.master_catalog is 'a/b', which holds a /."),
        (
            {"organization": {"sites": [{"storefront_catalog": "a/b"}]}},
            "organization.sites.0.storefront_catalog is 'a/b', which holds a /.",
        ),
        (
            {"reference_entities": {"library": "a/b"}},
            (
                "reference_entities.library is 'a/b', which holds a /; write the id of a shared library, or sites/ and a site's "
                "id for its private one."
            ),
        ),
        (
            {"price_books": [{"id": "{site}-{currency}", "attribute": "price"}]},
            "price_books.0 names {site}, but the site has no id; give organization.sites.0 one.",
        ),
        (
            {
                "organization": {"sites": [{"id": "US"}]},
                "attributes": {"standard": {"search-rank": {"sites": {"US": {"attribute": "brand", "default": "high"}}}}},
            },
            "attributes.standard.search-rank.sites.US.default: 'high' is no number for search-rank.",
        ),
    ],
)
def test_what_the_pim_lacks_or_sfcc_refuses_is_said_in_one_sentence(shop: Any, settings: Any, sentence: str) -> None:
    assert f"connector.yaml: {sentence}" in problems(shop, **settings)


def test_a_filter_may_name_what_the_pim_has_in_any_case_and_what_is_not_read(shop: Any) -> None:
    search = {
        "family": [{"operator": "NOT IN", "value": ["SHIRTS"]}],
        "categories": [{"operator": "IN OR UNCLASSIFIED", "value": ["Mugs"]}],
        "colour": [{"operator": "IN", "value": ["RED"], "locale": "FR_fr", "scope": "Ecommerce"}],
        "price": [{"operator": "EMPTY", "locale": "xx_XX", "scope": "nowhere"}],
        "groups": [{"operator": "IN", "value": ["unread"], "locale": "xx_XX"}],
        "identifier": [{"operator": "IN", "value": ["unknown"]}],
        "brand": [{"operator": "=", "value": "unknown"}],
    }
    assert problems(shop, products={"filter": search}) == []


def test_what_is_optional_may_be_missing(shop: Any) -> None:
    assert (
        problems(
            shop,
            attributes={"standard": {"ean": {"attribute": "gone", "optional": True}}},
            associations={"PACK": {"optional": True}},
            price_books=[{"attribute": "gone", "optional": True}],
        )
        == []
    )


def test_two_attributes_that_would_get_one_id_are_both_named(shop: Any) -> None:
    shop.attribute("foo_bar", "text")
    shop.attribute("fooBar", "text")
    assert problems(shop, attributes={"id_style": "camel_case"}) == [
        (
            "The PIM attributes 'fooBar' and 'foo_bar' would both become the custom attribute 'akeneo_fooBar'; "
            "exclude or map one of them, or set attributes.id_style: as_is."
        )
    ]
    assert problems(shop) == []


def test_a_code_that_can_be_no_id_is_named(shop: Any) -> None:
    shop.attribute("a|b", "text")
    assert problems(shop) == ["The PIM attribute 'a|b' would become 'akeneo_a|b', but this id holds a |; exclude or map it."]


def test_a_category_called_like_sfccs_root_stops_nothing(shop: Any) -> None:
    shop.category("root", "master")
    assert problems(shop) == []


def test_sites_of_one_catalog_share_its_root_category_where_categories_are_written(shop: Any) -> None:
    sites = {"sites": [{"id": "A"}, {"id": "B", "root_category": "home"}]}
    told = "connector.yaml: sites of the catalog 'akeneo-catalog' must share root_category, not have 'root' and 'home'."
    assert problems(shop, organization=sites) == [told]
    assert problems(shop, organization=sites, categories={"write": False}) == []


def test_two_price_attributes_must_not_fill_one_book(shop: Any) -> None:
    shop.attribute("sale", "price_collection")
    books = [{"attribute": "price", "currencies": ["EUR"]}, {"attribute": "sale", "currencies": ["EUR"]}]
    said = "price_books.1 fills 'eur-list-prices' from both 'price' and 'sale'; give them different ids."
    assert problems(shop, price_books=books) == [f"connector.yaml: {said}"]


def test_two_channels_must_not_fill_one_book_where_their_prices_may_differ(shop: Any) -> None:
    shop.channel("b2b", ["en_US"], ["EUR"])
    sites = {"sites": [{"id": "A", "channel": "ecommerce"}, {"id": "B", "channel": "b2b"}]}
    shop.attribute("trade", "price_collection", scopable=True)
    (found,) = problems(shop, organization=sites, price_books=[{"attribute": "trade"}])
    assert found.startswith(
        "connector.yaml: price_books.0 fills 'eur-list-prices' from the channels 'ecommerce' and 'b2b', where "
    )
    assert found.endswith("'trade' may differ; put {channel} into its id.")
    assert problems(shop, organization=sites, price_books=[{"attribute": "trade", "id": "{channel}-{currency}"}]) == []
    assert problems(shop, organization=sites, price_books=[{"attribute": "price"}]) == []  # the same in all channels


def test_a_book_of_each_site_needs_no_currency_in_its_id_where_each_site_has_one(shop: Any) -> None:
    book = {"id": "{site}-list", "attribute": "price"}
    sites = [{"id": "FR", "currencies": ["EUR"]}, {"id": "US", "currencies": ["USD"]}]
    assert problems(shop, organization={"sites": sites}, price_books=[book]) == []
    sites[1] = {"id": "US", "currencies": ["USD", "EUR"]}
    (found,) = problems(shop, organization={"sites": sites}, price_books=[book])
    assert found.startswith("connector.yaml: price_books.0.id makes 'US-list' a price book in both USD and EUR;")


def test_what_is_wrong_with_a_book_of_several_sites_is_told_once(shop: Any) -> None:
    sites = [{"id": "FR"}, {"id": "DE"}]
    assert len(problems(shop, organization={"sites": sites}, price_books=[{"id": "list"}])) == 1


def test_attributes_of_reference_entities_that_would_get_one_id_are_both_named(shop: Any) -> None:
    shop.reference_entities += [{"code": "ink", "labels": {}}, {"code": "ink_dark", "labels": {}}]
    for entity, code in (("ink", "dark_tone"), ("ink_dark", "tone")):
        shop.reference_entity_attributes.append({"code": code, "reference_entity": entity, "type": "text"})
    assert problems(shop, reference_entities={"as": "content"}) == [
        (
            "The reference entity attributes 'ink.dark_tone' and 'ink_dark.tone' would both become the content attribute "
            "'akeneo_ink_dark_tone'; leave one of the entities out (reference_entities.entities), or set "
            "reference_entities.as: json."
        )
    ]
    assert problems(shop, reference_entities={"as": "json"}) == []


def test_the_advice_for_two_that_meet_names_no_setting_that_is_set_already(shop: Any) -> None:
    shop.attribute("weight", "metric")
    shop.attribute("weight_text", "text")
    assert problems(shop, attributes={"metric": "both"}) == [
        (
            "The PIM attributes 'weight' and 'weight_text' would both become the custom attribute 'akeneo_weight_text'; "
            "exclude or map one of them."
        )
    ]


def test_a_price_book_that_sfcc_has_in_another_currency_is_named_with_both(shop: Any) -> None:
    settings = ConnectorSettings.model_validate({"price_books": [{}, {"id": "shop-list", "currencies": ["USD"]}]})
    structure = shop.structure()
    assert changed_currencies(settings, structure, {}) == []
    assert changed_currencies(settings, structure, {"shop-list": "USD", "eur-list-prices": "EUR", "gone": "GBP"}) == []
    assert changed_currencies(settings, structure, {"shop-list": "EUR"}) == [
        (
            "connector.yaml: price_books.1.id makes 'shop-list' a price book in USD, but SFCC was given it in EUR, "
            "which no import changes; give the USD book another id."
        )
    ]


def test_an_asset_attribute_of_images_in_one_of_the_view_types_families_is_enough(shop: Any) -> None:
    shop.asset_families.append({"code": "sketches", "labels": {}})
    shop.asset_attributes.append({"code": "credit", "asset_family": "sketches", "type": "media_link", "media_type": "image"})
    view = {"id": "large", "asset_attribute": "credit"}
    assert problems(shop, images={"view_types": [view]}) == []
    (problem,) = problems(shop, images={"view_types": [{**view, "asset_families": ["photos"]}]})
    assert "names 'credit', which is a text;" in problem


def test_view_types_may_be_named_like_a_locale_s_where_locales_have_none(shop: Any) -> None:
    assert problems(shop, images={"view_types": ["large", "large_fr_FR"]}) == []
