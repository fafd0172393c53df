"""What connector.yaml says of each site's storefront: what is judged there, and what is left to merchants."""

from typing import Any

import pytest

from akeneo_assets.readiness.storefronts import Storefronts, localized, of_site, storefronts
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.structure.pim_structure import Structure

NAMED = {"standard": {"name": "name", "long-description": {"attribute": "description"}}}


def attribute(code: str, type_: str = "text", *, localizable: bool = False) -> dict[str, Any]:
    told = {"code": code, "type": f"pim_catalog_{type_}", "labels": {}, "group": "other", "sort_order": 0}
    return told | {"localizable": localizable, "scopable": False}


@pytest.fixture
def structure() -> Structure:
    """The channels ecommerce (English and French, EUR and USD) and mobile (English, GBP); boots vary by size."""
    channels = [("ecommerce", ["en_US", "fr_FR"], ["EUR", "USD"]), ("mobile", ["en_US"], ["GBP"])]
    sets = [{"level": 1, "axes": ["size"], "attributes": ["size", "sku"]}]
    return Structure.build(
        channels=[
            {"code": code, "locales": locales, "currencies": currencies, "category_tree": "master", "labels": {}}
            for code, locales, currencies in channels
        ],
        attributes=[
            attribute("sku", "identifier"),
            attribute("name", localizable=True),
            attribute("description"),
            attribute("price", "price_collection"),
            attribute("on_sale", "boolean"),
            attribute("size", "simpleselect"),
        ],
        families=[{"code": "boots", "attributes": ["sku", "size"], "attribute_as_label": "sku", "labels": {}}],
        family_variants=[{"code": "by_size", "family": "boots", "labels": {}, "variant_attribute_sets": sets}],
        categories=[{"code": "master", "parent": None, "labels": {}}],
    )


def shop(structure: Structure, **settings: Any) -> Storefronts:
    return storefronts(ConnectorSettings.model_validate(settings), structure)


def test_a_site_has_its_channels_locales_and_a_book_for_each_currency(structure: Structure) -> None:
    (site,) = shop(structure).sites
    assert (site.id, site.catalog, site.root_category) == ("", "akeneo-catalog", "root")
    assert site.locales == ("en-US", "fr-FR")
    assert site.books == {"EUR": ("eur-list-prices",), "USD": ("usd-list-prices",)}


def test_each_site_has_books_of_its_own_and_offline_ones_count_for_nothing(structure: Structure) -> None:
    sites = [{"id": "Web"}, {"id": "App", "channel": "mobile", "storefront_catalog": "app"}]
    books = [{"id": "{site}-{currency}"}, {"id": "{site}-{currency}-sale"}, {"id": "{currency}-old", "online": False}]
    web, app = shop(structure, organization={"sites": sites}, price_books=books).sites
    assert web.books == {"EUR": ("Web-eur", "Web-eur-sale"), "USD": ("Web-usd", "Web-usd-sale")}
    assert (app.catalog, app.books) == ("app", {"GBP": ("App-gbp", "App-gbp-sale")})


def test_texts_are_judged_where_they_are_mapped_and_translated_where_the_pim_has_them_by_locale(structure: Structure) -> None:
    found = shop(structure, attributes=NAMED)
    assert found.texts == {"display-name", "long-description"}
    assert found.translated == {"display-name"}
    none = shop(structure, attributes={"standard": {"name": {"attribute": "lost", "optional": True}}})
    assert (none.texts, none.translated) == (frozenset(), frozenset())


def test_a_label_that_stands_in_for_the_name_may_have_no_translation(structure: Structure) -> None:
    assert shop(structure, attributes=NAMED, products={"label_as_name": True}).translated == frozenset()


def test_the_axes_are_those_of_all_family_variants(structure: Structure) -> None:
    assert shop(structure).axes == {"akeneo_size"}
    assert shop(structure, attributes={"custom": {"shoeSize": "size"}}).axes == {"shoeSize"}


@pytest.mark.parametrize(
    ("settings", "cause"),
    [
        ({}, "it is disabled in the PIM"),
        (
            {"products": {"status": {"source": "completeness", "completeness": 80, "locales": "any"}}},
            (
                "it is disabled in the PIM, or less than 80 % complete for the channel 'ecommerce' "
                "(products.status: any of en_US, fr_FR)"
            ),
        ),
        (
            {"products": {"status": {"source": "attribute", "attribute": "on_sale"}}},
            "it is disabled in the PIM, or its attribute 'on_sale' is not true",
        ),
        ({"attributes": {"standard": {"online-flag": "on_sale"}}}, "its attribute 'on_sale' in the PIM says so"),
        ({"products": {"status": {"source": "untouched"}}}, None),
    ],
    ids=["enabled", "completeness", "attribute", "mapped", "merchants'"],
)
def test_what_makes_a_product_offline_follows_from_the_settings(
    structure: Structure, settings: dict[str, Any], cause: str | None
) -> None:
    assert shop(structure, **settings).sites[0].offline_cause == cause


def test_what_is_left_to_merchants_is_said(structure: Structure) -> None:
    found = shop(
        structure,
        images={"view_types": []},
        categories={"write": False},
        price_books=[],
        products={"status": {"source": "untouched"}},
    )
    left = [sentence.split(" are left to merchants")[0] for sentence in found.not_judged() if "left to merchants" in sentence]
    assert left == ["Names", "Descriptions", "Images", "Categories", "Online flags", "Prices"]


def test_settings_that_decide_otherwise_have_another_fingerprint(structure: Structure) -> None:
    assert shop(structure).fingerprint() == shop(structure).fingerprint()
    assert shop(structure).fingerprint() != shop(structure, categories={"write": False}).fingerprint()
    assert shop(structure).fingerprint() != shop(structure, price_books=[]).fingerprint()


def test_a_locale_shows_its_own_value_its_languages_or_the_default_and_a_site_its_own_or_that_for_all() -> None:
    assert [localized({"x-default": "Tent", "fr": "Tente"}, locale) for locale in ("fr-FR", "de-DE")] == ["Tente", "Tent"]
    assert localized({"fr-FR": "Tente"}, "de-DE") is None
    assert [of_site({"": "true", "@App": "false"}, site) for site in ("App", "Web")] == ["false", "true"]
