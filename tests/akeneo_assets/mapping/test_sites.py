"""Several sites: whose channel and locale fills which slot."""

from typing import Any

import pytest

from akeneo_assets.mapping.categories import categories
from akeneo_assets.mapping.prices import price_books
from akeneo_assets.settings.connector import ConnectorSettings

SITES = {"sites": [{"id": "US", "channel": "ecommerce"}, {"id": "DE", "channel": "german", "storefront_catalog": "german-shop"}]}


@pytest.fixture
def two(pim: Any) -> Any:
    pim.channel("german", ["de_DE", "en_US"], ["EUR", "CHF"], tree="katalog")
    pim.category("katalog")
    return pim


def test_each_locale_takes_the_values_of_its_sites_channel_the_first_site_wins(two: Any, of: Any) -> None:
    two.attribute("x", "text", localizable=True, scopable=True)
    row = two.product("1", {"x": [of("us", "en_US", "ecommerce"), of("de-en", "en_US", "german"), of("de", "de_DE", "german")]})
    assert two.record(row, organization=SITES)["custom"]["akeneo_x"] == {"x-default": "us", "en-US": "us", "de-DE": "de"}


def test_a_scopable_value_is_written_per_site_where_it_differs(two: Any, of: Any) -> None:
    two.attribute("x", "text", scopable=True)
    differing = two.product("1", {"x": [of("us", None, "ecommerce"), of("de", None, "german")]})
    same = two.product("1", {"x": [of("us", None, "ecommerce"), of("us", None, "german")]})
    assert two.record(differing, organization=SITES)["custom"]["akeneo_x"] == {"": "us", "@DE": "de"}
    assert two.record(same, organization=SITES)["custom"]["akeneo_x"] == {"": "us"}


def test_a_site_without_a_value_does_not_show_the_first_sites(two: Any, of: Any) -> None:
    two.attribute("x", "text", scopable=True)
    third = {"sites": [*SITES["sites"], {"id": "UK", "channel": "ecommerce"}]}
    row = two.product("1", {"x": [of("us", None, "ecommerce")]})
    assert two.record(row, organization=third)["custom"]["akeneo_x"] == {"@US": "us", "@UK": "us"}
    mapped = {"custom": {"promo": {"attribute": "x", "convert": "upper"}, "note": {"template": "<{x}>"}}}
    custom = two.record(row, organization=third, attributes=mapped)["custom"]
    assert custom["promo"] == {"@US": "US", "@UK": "US"}
    assert custom["note"] == {"@US": "<us>", "@UK": "<us>"}


def test_an_existing_custom_attribute_has_one_value_for_all_sites_unless_its_source_is_scopable(two: Any, of: Any) -> None:
    two.attribute("x", "text", localizable=True)
    two.attribute("color", "simpleselect", options={"red": {"en_US": "Red", "de_DE": "Rot"}})
    row = two.product("1", {"x": [of("us", "en_US"), of("de", "de_DE")], "color": "red"})
    custom = {"plain": {"attribute": "x", "localizable": False}, "hue": {"attribute": "color", "convert": "label"}}
    german = {"sites": [SITES["sites"][0], {**SITES["sites"][1], "default_locale": "de_DE"}]}
    record = two.record(row, organization=german, attributes={"custom": custom})
    assert {name: record["custom"][name] for name in custom} == {"plain": {"": "us"}, "hue": {"": "Red"}}


def test_a_constant_is_one_for_all_sites(two: Any) -> None:
    record = two.record(two.product("1"), organization=SITES, attributes={"standard": {"search-rank": {"constant": 1}}})
    assert record["fields"]["search-rank"] == {"": "1"}


def test_the_online_flag_is_per_site_where_completeness_differs(two: Any) -> None:
    complete = [("ecommerce", "en_US", 100), ("ecommerce", "fr_FR", 100), ("german", "de_DE", 80), ("german", "en_US", 100)]
    row = two.product("1", completenesses=[{"scope": s, "locale": c, "data": d} for s, c, d in complete])
    record = two.record(row, organization=SITES, products={"status": {"source": "completeness"}})
    assert record["fields"]["online-flag"] == {"": "true", "@DE": "false"}


def test_a_master_is_online_on_each_site_where_one_of_its_variants_is(two: Any) -> None:
    two.shirts()
    two.channels[0]["locales"] = ["en_US"]
    two.channels[1]["locales"] = ["de_DE"]
    mapping = two.mapping(organization=SITES, products={"status": {"source": "completeness"}})

    def facts(sku: str, american: int, german: int) -> Any:
        reached = [("ecommerce", "en_US", american), ("german", "de_DE", german)]
        complete = [{"scope": s, "locale": c, "data": d} for s, c, d in reached]
        row = two.product(sku, {"size": "s"}, family="shirts", parent="tee", completenesses=complete)
        return mapping.map_product(row, ancestors=[two.model("tee")], targets={}).facts

    def master(*variants: Any) -> Any:
        return mapping.map_master(two.model("tee"), [], list(variants), {}).records[0][2]["fields"]["online-flag"]

    assert master(facts("A", 50, 100)) == {"": "false", "@DE": "true"}
    assert master(facts("A", 50, 100), facts("B", 100, 50)) == {"": "true"}
    assert master(facts("A", 100, 50), facts("B", 100, 50)) == {"": "true", "@DE": "false"}
    assert master() == {"": "false"}


def test_a_master_is_offline_on_a_site_for_which_all_variants_are(two: Any, of: Any) -> None:
    two.shirts()
    two.attribute("live", "boolean", scopable=True)
    two.variant("by_size", "shirts", (["size"], ["sku", "live"]))
    mapping = two.mapping(organization=SITES, attributes={"standard": {"online-flag": "live"}})

    def facts(sku: str, live: bool, channel: str) -> Any:
        row = two.product(sku, {"size": "s", "live": [of(live, None, channel)]}, family="shirts", parent="tee", enabled=False)
        return mapping.map_product(row, ancestors=[two.model("tee")], targets={}).facts

    def master(*variants: Any) -> Any:
        return mapping.map_master(two.model("tee"), [], list(variants), {}).records[0][2]["fields"]["online-flag"]

    assert master(facts("A", False, "german"), facts("B", False, "ecommerce")) == {"": "false"}
    assert master(facts("A", True, "ecommerce")) == {"": "false", "@US": "true"}


def test_a_field_may_have_a_source_for_each_site(two: Any) -> None:
    two.attribute("live_us", "boolean")
    two.attribute("live_de", "boolean")
    source = {"sites": {"US": "live_us", "DE": {"attribute": "live_de", "convert": "invert"}}}
    row = two.product("1", {"live_us": True, "live_de": True})
    record = two.record(row, organization=SITES, attributes={"standard": {"online-flag": source}})
    assert record["fields"]["online-flag"] == {"": "true", "@US": "true", "@DE": "false"}


def test_what_stands_beside_sites_holds_for_each_that_says_nothing_else(two: Any) -> None:
    two.attribute("hidden_us", "boolean")
    two.attribute("live_de", "boolean")
    sites = {"US": "hidden_us", "DE": {"attribute": "live_de", "convert": "lower"}, "FR": "hidden_fr"}
    source = {"sites": sites, "convert": "invert", "optional": True}
    row = two.product("1", {"hidden_us": False, "live_de": True})
    record = two.record(row, organization=SITES, attributes={"standard": {"searchable-flag": source}})
    assert record["fields"]["searchable-flag"] == {"@US": "true", "@DE": "true"}


@pytest.mark.parametrize(
    ("enabled", "live", "flag"),
    [
        (True, True, {"": "true", "@DE": "true"}),
        (True, False, {"": "true", "@DE": "false"}),
        (False, True, {"": "false", "@DE": "true"}),
        (True, None, {"": "true"}),  # as without a mapping
    ],
)
def test_the_status_has_the_sites_for_which_an_online_flag_by_site_has_no_value(
    two: Any, enabled: bool, live: bool | None, flag: dict[str, str]
) -> None:
    two.attribute("live_de", "boolean")
    row = two.product("1", {} if live is None else {"live_de": live}) | {"enabled": enabled}
    settings = {"organization": SITES, "attributes": {"standard": {"online-flag": {"sites": {"DE": "live_de"}}}}}
    assert two.record(row, **settings)["fields"]["online-flag"] == flag
    untouched = two.record(row, **settings, products={"status": {"source": "untouched"}})["fields"].get("online-flag")
    assert untouched == (None if live is None else {"@DE": flag["@DE"]})


def test_a_site_without_a_mapped_online_flag_does_not_depend_on_the_other_sites(two: Any, of: Any) -> None:
    two.attribute("live", "boolean", scopable=True)

    def flag(*values: Any) -> Any:
        row = two.product("1", {"live": list(values)} if values else {})
        record = two.record(row, organization=SITES, attributes={"standard": {"online-flag": "live"}})
        return record["fields"]["online-flag"]

    assert flag() == {"": "true"}
    assert flag(of(False, None, "german")) == {"": "true", "@DE": "false"}
    assert flag(of(False, None, "ecommerce")) == {"": "true", "@US": "false"}
    assert flag(of(False, None, "ecommerce"), of(True, None, "german")) == {"": "false", "@DE": "true"}


def test_merchants_who_have_the_status_keep_their_masters_where_no_flag_is_mapped(two: Any) -> None:
    two.shirts()
    two.attribute("live", "boolean")
    two.variant("by_size", "shirts", (["size"], ["sku", "live"]))
    untouched = {"products": {"status": {"source": "untouched"}}, "organization": SITES}

    def master(standard: Any, *lives: bool) -> Any:
        mapping = two.mapping(**untouched, attributes={"standard": standard})
        tee = two.model("tee")
        rows = [two.product(str(n), {"size": "s", "live": live}, family="shirts", parent="tee") for n, live in enumerate(lives)]
        facts = [mapping.map_product(row, ancestors=[tee], targets={}).facts for row in rows]
        return mapping.map_master(tee, [], [f for f in facts if f], {}).records[0][2]["fields"].get("online-flag")

    assert master({}, True) is None
    assert master({"online-flag": "live"}, True, False) == {"": "true"}
    assert master({"online-flag": "live"}, False) == {"": "false"}
    assert master({"online-flag": {"sites": {"DE": "live"}}}, True) == {"@DE": "true"}
    assert master({}) == {"": "false"}


def test_a_master_without_variants_is_offline_whatever_is_mapped(two: Any) -> None:
    two.shirts()
    two.attribute("live", "boolean")
    mapping = two.mapping(organization=SITES, attributes={"standard": {"online-flag": {"sites": {"US": "live", "DE": "live"}}}})
    record = mapping.map_master(two.model("tee", {"live": True}), [], [], {}).records[0][2]
    assert record["fields"]["online-flag"] == {"": "false"}


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"ecommerce": "Mug", "german": "Becher"}, {"x-default": "Mug", "de-DE": "Becher"}),
        ({"german": "Becher"}, {"de-DE": "Becher"}),
        ({"ecommerce": "Mug"}, {"en-US": "Mug", "fr-FR": "Mug"}),  # x-default would show it on the German site
    ],
)
@pytest.mark.parametrize("source", ["title", {"template": "{title}"}, {"attribute": "title", "convert": "strip_tags"}])
def test_a_text_by_channel_in_a_localizable_field_reaches_the_locales_of_its_site(
    two: Any, of: Any, source: Any, given: dict[str, str], shown: dict[str, str]
) -> None:
    two.channels[1]["locales"] = ["de_DE"]
    two.attribute("title", "text", scopable=True)
    row = two.product("1", {"title": [of(text, None, scope) for scope, text in given.items()]})
    assert two.record(row, organization=SITES, attributes={"standard": {"name": source}})["fields"]["display-name"] == shown
    if isinstance(source, str):
        localizable = {"shopTitle": {"attribute": source, "localizable": True}}
        assert two.record(row, organization=SITES, attributes={"custom": localizable})["custom"]["shopTitle"] == shown


def test_a_label_by_channel_in_a_localizable_field_reaches_the_locales_of_its_site(two: Any, of: Any) -> None:
    two.channels[1]["locales"] = ["de_DE"]
    two.attribute(
        "kind", "simpleselect", scopable=True, options={"a": {"en_US": "Ash", "de_DE": "Esche"}, "b": {"en_US": "Beech"}}
    )
    settings = {"organization": SITES, "attributes": {"standard": {"name": "kind"}}}

    def name(**given: str) -> Any:
        row = two.product("1", {"kind": [of(code, None, scope) for scope, code in given.items()]})
        return two.record(row, **settings)["fields"]["display-name"]

    assert name(ecommerce="b", german="a") == {"x-default": "Beech", "en-US": "Beech", "de-DE": "Esche"}
    assert name(ecommerce="a", german="b") == {"x-default": "Ash", "en-US": "Ash", "de-DE": "Beech"}
    assert name(ecommerce="a") == {"en-US": "Ash", "fr-FR": "Ash"}


def test_a_price_shown_as_text_is_in_each_sites_currency(two: Any) -> None:
    two.attribute("price", "price_collection")
    prices = [{"currency": "EUR", "amount": "9.00"}, {"currency": "USD", "amount": "10.00"}]
    american = SITES["sites"][0]
    sites = [{**american, "currencies": ["USD"]}, {"id": "DE", "currencies": ["EUR"]}]
    by_site = {"sites": {"US": "price", "DE": {"attribute": "price", "convert": "amount"}}}
    settings: dict[str, Any] = {"organization": {"sites": sites}, "attributes": {"custom": {"shown": by_site}}}
    record = two.record(two.product("1", {"price": [{"locale": None, "scope": None, "data": prices}]}), **settings)
    assert record["custom"]["shown"] == {"@US": "10.00 USD", "@DE": "9.00"}


def test_a_source_for_each_site_may_have_a_default_of_its_own(two: Any) -> None:
    two.attribute("live_us", "boolean")
    two.attribute("live_de", "boolean")
    source = {"default": True, "sites": {"US": {"attribute": "live_us", "default": False}, "DE": "live_de"}}

    def flag(**values: Any) -> Any:
        record = two.record(two.product("1", values), organization=SITES, attributes={"standard": {"searchable-flag": source}})
        return record["fields"]["searchable-flag"]

    assert flag() == {"@US": "false", "@DE": "true"}
    assert flag(live_de=False) == {"@US": "false", "@DE": "false"}


def test_a_default_stands_in_on_the_sites_and_locales_without_a_value(two: Any, of: Any) -> None:
    two.attribute("live", "boolean", scopable=True)
    two.attribute("title", "text", localizable=True)
    standard = {
        "searchable-flag": {"attribute": "live", "default": True},
        "name": {"attribute": "title", "default": "Unnamed"},
    }
    row = two.product("1", {"live": [of(False, None, "ecommerce")], "title": [of("Tasse", "fr_FR")]})
    fields = two.record(row, organization=SITES, attributes={"standard": standard})["fields"]
    assert fields["searchable-flag"] == {"": "true", "@US": "false"}
    assert fields["display-name"] == {"x-default": "Unnamed", "fr-FR": "Tasse"}


def test_a_sites_constant_is_written_for_products_without_the_other_sites_value(two: Any) -> None:
    two.attribute("live", "boolean")
    source = {"sites": {"US": "live", "DE": {"constant": True}}}

    def flag(**values: Any) -> Any:
        record = two.record(two.product("1", values), organization=SITES, attributes={"standard": {"searchable-flag": source}})
        return record["fields"]["searchable-flag"]

    assert flag() == {"@DE": "true"}
    assert flag(live=False) == {"@US": "false", "@DE": "true"}


def test_a_source_for_each_site_reads_the_sites_default_locale_and_its_fallbacks(two: Any, of: Any) -> None:
    two.channels[1]["locales"] = ["de_DE", "de_AT", "en_US"]
    two.attribute("live", "boolean", localizable=True)
    german = {**SITES["sites"][1], "default_locale": "de_DE", "fallbacks": {"de_DE": ["de_AT"]}}
    settings: dict[str, Any] = {
        "organization": {"sites": [SITES["sites"][0], german]},
        "attributes": {"standard": {"searchable-flag": {"sites": {"US": "live", "DE": "live"}}}},
    }
    both = two.product("1", {"live": [of(False, "en_US"), of(True, "de_AT")]})
    assert two.record(both, **settings)["fields"]["searchable-flag"] == {"@US": "false", "@DE": "true"}
    english = two.product("1", {"live": [of(False, "en_US")]})
    assert two.record(english, **settings)["fields"]["searchable-flag"] == {"@US": "false"}


def test_the_status_attribute_is_read_in_each_sites_default_locale_and_its_fallbacks(two: Any, of: Any) -> None:
    two.channels[1]["locales"] = ["de_DE", "de_AT"]
    two.attribute("live", "boolean", localizable=True)
    german = {**SITES["sites"][1], "default_locale": "de_DE", "fallbacks": {"de_DE": ["de_AT"]}}
    row = two.product("1", {"live": [of(False, "en_US"), of(True, "de_AT")]})
    status = {"status": {"source": "attribute", "attribute": "live"}}
    record = two.record(row, organization={"sites": [SITES["sites"][0], german]}, products=status)
    assert record["fields"]["online-flag"] == {"": "false", "@DE": "true"}


def test_sites_of_one_channel_have_values_of_their_own_where_their_default_locales_differ(two: Any, of: Any) -> None:
    two.attribute("live", "boolean", localizable=True)
    two.attribute("rank", "number")
    two.attribute("note", "text", scopable=True)
    sites = {
        "sites": [
            {"id": "US", "channel": "ecommerce", "default_locale": "en_US"},
            {"id": "FR", "channel": "ecommerce", "default_locale": "fr_FR"},
        ]
    }
    settings: dict[str, Any] = {
        "organization": sites,
        "attributes": {"standard": {"searchable-flag": "live", "search-rank": "rank"}},
    }
    values = {"live": [of(True, "en_US"), of(False, "fr_FR")], "rank": 3, "note": [of("web", None, "ecommerce")]}
    record = two.record(two.product("1", values), **settings)
    assert record["fields"]["searchable-flag"] == {"": "true", "@FR": "false"}
    assert record["fields"]["search-rank"] == {"": "3"}
    assert record["custom"]["akeneo_note"] == {"": "web"}
    english = two.product("1", {"live": [of(True, "en_US")]})
    assert two.record(english, **settings)["fields"]["searchable-flag"] == {"@US": "true"}


def test_a_template_reads_the_channel_of_the_locales_site(two: Any, of: Any) -> None:
    two.attribute("badge", "text", scopable=True)
    two.attribute("name", "text", localizable=True)
    sites = {
        "sites": [
            {"id": "US", "channel": "ecommerce", "locales": {"en_US": "en-US"}},
            {"id": "DE", "channel": "german", "locales": {"de_DE": "de-DE"}},
        ]
    }
    settings: dict[str, Any] = {"organization": sites, "attributes": {"standard": {"name": {"template": "{badge} {name}"}}}}
    names = [of("Mug", "en_US"), of("Becher", "de_DE")]
    both = two.product("1", {"badge": [of("WEB", None, "ecommerce"), of("LADEN", None, "german")], "name": names})
    assert two.record(both, **settings)["fields"]["display-name"] == {
        "x-default": "WEB Mug",
        "en-US": "WEB Mug",
        "de-DE": "LADEN Becher",
    }
    web_only = two.product("1", {"badge": [of("WEB", None, "ecommerce")], "name": names})
    assert two.record(web_only, **settings)["fields"]["display-name"]["de-DE"] == "Becher"


def test_attributes_mapped_for_each_site_get_no_custom_attribute(two: Any) -> None:
    two.attribute("live_us", "boolean")
    source = {"sites": {"US": "live_us"}}
    record = two.record(two.product("1", {"live_us": True}), organization=SITES, attributes={"standard": {"online-flag": source}})
    assert "akeneo_live_us" not in record["custom"]


def test_each_site_has_its_catalog_tree_and_assignments(two: Any) -> None:
    settings = ConnectorSettings.model_validate({"organization": SITES})
    rows, _ = categories(settings, two.structure())
    assert [(catalog, record["id"]) for _, catalog, record in rows] == [("akeneo-catalog", "master"), ("german-shop", "katalog")]
    mapped = two.map(two.product("1", categories=["katalog", "master"]), organization=SITES)
    assigned = [
        (catalog, [c["category"] for c in r["categories"]])
        for kind, catalog, r in mapped.records
        if kind == "category-assignments"
    ]
    assert assigned == [("akeneo-catalog", ["master"]), ("german-shop", ["katalog"])]


def test_each_site_may_choose_its_trees(two: Any) -> None:
    two.category("sale")
    two.category("outlet", "sale")
    sites = [{"id": "US"}, {"id": "FR", "storefront_catalog": "fr", "trees": ["Sale"]}]

    def shown(**chosen: Any) -> list[tuple[str, str]]:
        settings = ConnectorSettings.model_validate({"organization": {"sites": sites}, **chosen})
        return [(catalog, record["id"]) for _, catalog, record in categories(settings, two.structure())[0]]

    assert shown() == [("akeneo-catalog", "master"), ("fr", "sale"), ("fr", "outlet")]
    assert shown(categories={"trees": ["katalog"]}) == [("akeneo-catalog", "katalog"), ("fr", "sale"), ("fr", "outlet")]


def test_each_site_has_price_books_of_its_currencies(two: Any, of: Any) -> None:
    two.attribute("price", "price_collection", scopable=True)
    book = {"id": "{site}-{currency}", "attribute": "price"}
    settings = {"organization": SITES, "price_books": [book]}
    headers = price_books(ConnectorSettings.model_validate(settings), two.structure())
    assert [container for _, container, _ in headers] == ["US-eur", "US-usd", "DE-eur", "DE-chf"]
    row = two.product(
        "1",
        {
            "price": [
                of([{"amount": "1", "currency": "EUR"}], None, "ecommerce"),
                of([{"amount": "2", "currency": "EUR"}], None, "german"),
            ]
        },
    )
    tables = [(book, r["amounts"][0][1]) for kind, book, r in two.map(row, **settings).records if kind == "price-table"]
    assert tables == [("US-eur", "1"), ("DE-eur", "2")]


def test_sfcc_locales_may_be_named(pim: Any, of: Any) -> None:
    pim.attribute("x", "text", localizable=True)
    row = pim.product("1", {"x": [of("a", "en_US"), of("b", "fr_FR")]})
    site = {"locales": {"fr_FR": "fr"}}
    assert pim.record(row, organization={"sites": [site]})["custom"]["akeneo_x"] == {"x-default": "b", "fr": "b"}


@pytest.mark.parametrize(("locale", "lang"), [("en_US", "en-US"), ("fr", "fr"), ("zh_Hans_CN", "zh-CN"), ("sr_Latn_RS", "sr-RS")])
def test_locales_become_language_and_country(pim: Any, of: Any, locale: str, lang: str) -> None:
    pim.channels[0]["locales"] = [locale]
    pim.attribute("x", "text", localizable=True)
    assert pim.record(pim.product("1", {"x": [of("a", locale)]}))["custom"]["akeneo_x"] == {"x-default": "a", lang: "a"}


def test_a_classification_category_of_a_storefront_catalog_is_named_with_its_catalog(pim: Any) -> None:
    pim.attribute("kind", "text")
    pim.category("Shoes", "master")
    settings: dict[str, Any] = {
        "organization": {"sites": [{"storefront_catalog": "web"}]},
        "attributes": {"standard": {"classification-category": "kind"}},
    }
    assert pim.record(pim.product("a", {"kind": "shoes"}), **settings)["classification"] == {
        "category": "Shoes",
        "catalog": "web",
    }
    assert pim.record(pim.product("a", {"kind": "own"}), **settings)["classification"] == {"category": "own"}
