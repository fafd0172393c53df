"""The demo catalogue with everything turned on: telling objects against what the catalogue says, written out by hand."""

from typing import Any

import orjson
import pytest

from akeneo_assets.mapping.products import ProductMapping
from akeneo_assets.mapping.settings_check import validate
from akeneo_assets.settings.connector import ConnectorSettings

EVERYTHING = {
    "organization": {
        "sites": [
            {"id": "Web", "channel": "ecommerce", "fallbacks": {"fr_FR": ["en_US"]}, "storefront_catalog": "web"},
            {"id": "App", "channel": "mobile", "storefront_catalog": "app"},
        ]
    },
    "attributes": {
        "metric": "both",
        "keep_mapped": True,
        "standard": {
            "name": {"template": "{brand} {name}"},
            "brand": {"attribute": "brand", "convert": ["label", "upper"]},
        },
    },
    "products": {
        "bundle": {"family": "bundle", "association": "BUNDLED_ITEMS"},
        "set": {"family": "product_set", "association": "SET_ITEMS"},
    },
    "price_books": [{"id": "{site}-{currency}", "attribute": "promo_price"}],
    "associations": {"COMPATIBLE": {"type": 3}},
}


@pytest.fixture(scope="module")
def mapped(demo: Any) -> Any:
    """SFCC id -> what it became."""
    settings = ConnectorSettings.model_validate(EVERYTHING)
    assert validate(settings, demo.structure) == []
    mapping = ProductMapping(settings, demo.structure)
    targets = {("product", p["uuid"]): mapping.identifier_of(p) for p in demo.products}
    targets |= {("product_model", code): code for code in demo.models}
    made = [mapping.map_product(p, ancestors=demo.ancestors(p), targets=targets) for p in demo.products]
    return {m.records[0][2]["id"]: m for m in made if m.records}


@pytest.mark.parametrize(
    ("attribute", "slots"),
    [
        ("family", {"": "Kettle & Cairn classics"}),
        ("collection", {"": ["2025", "Classics", "winter_2024"]}),
        ("app_teaser", {"": "web", "@App": "app"}),
        ("release_date", {"": "2024-02-29", "@App": "2024-03-31"}),
        ("season_start", {"x-default": "2024-10-27", "de-DE": "2024-11-01", "en-US": "2024-10-27", "fr-FR": "2024-10-27"}),
        ("is_new", {"": "false"}),
        ("care_level", {"x-default": "high", "en-US": "high", "fr-FR": "low"}),
        ("activities", {"": ["camping"], "@App": ["climbing"]}),
        ("legal_notice", {"fr-FR": "Mention", "de-DE": "Hinweis"}),
        ("usage_tip", {"": "Line one\nLine two\n\tindented"}),
        ("weight", {"": "0.0001"}),
        ("weight_text", {"": "0.0001 KILOGRAM"}),
        ("pack_size", {"x-default": "25.4", "en-US": "25.4", "fr-FR": "25"}),
        ("power", {"": "1500"}),
        ("rope_length", {"": "12.5 METER"}),
        ("rope_length_number", {"": "12.5"}),
        ("comfort_temperature", {"": "-12.75 CELSIUS"}),
        ("season_rating", {"": "2.5678769787"}),
        ("test_score", {"": "9.9", "@App": "0"}),
        ("rank", {"x-default": "-3", "en-US": "-3", "fr-FR": "0", "de-DE": "7"}),
        ("with_lid", {"": "false"}),
        ("swatches", {"": ["ripstop"]}),
        ("carbon_footprint", {"": '{"kg_co2e":"1.2300","method":"cradle-to-gate","verified":true}'}),
        ("spare_part", {"": "flask_cairn"}),
        ("flavours", {"": ["akeneo_entity_flavours_smoke", "akeneo_entity_flavours_cocoa"]}),
        ("roast_level", {"": "dark"}),
        ("roastLevel", {"": "D"}),
        ("rental_price", {"x-default": ["1 EUR", "2 USD"], "en-US": ["1 EUR", "2 USD"], "fr-FR": ["1 EUR"]}),
        ("notice", {"": "images/4e/4ec21ff7746d671d0114db53931d17046a519381_sampler.pdf"}),
        ("1234", {"": "LOT-1234"}),
    ],
)
def test_every_attribute_type_of_the_sampler_arrives(mapped: Any, attribute: str, slots: Any) -> None:
    assert mapped["SAMPLER-001"].records[0][2]["custom"][f"akeneo_{attribute}"] == slots


def test_the_samplers_films_are_addresses_in_order(mapped: Any) -> None:
    films = orjson.loads(mapped["SAMPLER-001"].records[0][2]["custom"]["akeneo_films"][""])
    assert [film["code"] for film in films] == ["pour_over_lesson", "tent_in_a_storm"]
    assert all(film["type"] == "youtube" and film["url"].startswith("https://") for film in films)


def test_the_samplers_standard_attributes(mapped: Any) -> None:
    assert mapped["SAMPLER-001"].records[0][2]["fields"] == {
        "display-name": {
            "x-default": "Kettle & Cairn One of everything",
            "en-US": "Kettle & Cairn One of everything",
            "fr-FR": "Kettle & Cairn Un peu de tout",
            "de-DE": "Kettle & Cairn Von allem etwas",
        },
        "brand": {"": "KETTLE & CAIRN"},
        "online-flag": {"": "true"},
    }


def test_the_samplers_promotional_prices_are_each_sites(mapped: Any) -> None:
    prices = {book: r["amounts"] for kind, book, r in mapped["SAMPLER-001"].records if kind == "price-table"}
    assert prices == {
        "Web-eur": [("1", "9.99")],
        "Web-usd": [("1", "10.49")],
        "App-eur": [("1", "9.49")],
        "App-gbp": [("1", "8.49")],
    }


def test_a_bundle_and_a_set_hold_their_parts(mapped: Any) -> None:
    assert mapped["BUNDLE-MORNING"].records[0][2]["bundled"] == [
        {"id": "BREW-POUROVER-02", "quantity": "1"},
        {"id": "FILTER-PAPER-100", "quantity": "2"},
        {"id": "COFFEE-BLEND-250", "quantity": "1"},
        {"id": "MUG-ENAMEL-WHITE", "quantity": "2"},
    ]
    assert mapped["BUNDLE-EMPTY"].records[0][2]["bundled"] == []
    assert mapped["SET-LAYERS"].records[0][2]["set"] == ["TARP-3X3", "shirt_summit", "jacket_fleece", "jacket_drizzle"]


def test_a_two_way_association_stands_on_both_products(mapped: Any) -> None:
    found = {code: [r["targets"] for kind, _, r in m.records if kind == "recommendations"] for code, m in mapped.items()}
    assert found["BREW-POUROVER-02"] == [[{"target": "FILTER-PAPER-100", "type": "3"}]]
    assert found["FILTER-PAPER-100"] == [[{"target": "BREW-POUROVER-02", "type": "3"}]]


def test_what_is_wrong_in_the_catalogue_is_reported_by_product_and_attribute(mapped: Any) -> None:
    found = {(code, p.attribute, p.reason) for code, m in mapped.items() for p in m.problems}
    assert ("SAMPLER-001", "gallery", "the asset 'no_media_yet' has no main media") in found
    assert ("TEXT-CONTROL", "usage_tip", "characters that XML forbids were removed") in found
