"""What a site has: by its imported preferences, by instance.json, and by neither."""

import json

PREFERENCES = """<standard-preferences><all-instances>
<preference preference-id="SiteCatalog">web</preference>
<preference preference-id="SitePriceBooks">list:sale</preference>
<preference preference-id="SiteLocales">en_US:fr_FR:it_IT:default</preference>
<preference preference-id="SiteDefaultLocale">fr_FR</preference>
<preference preference-id="SiteCurrencies">USD:EUR</preference>
</all-instances></standard-preferences>"""


def test_a_site_has_what_its_imported_preferences_say(instance, feeds, shop):
    instance.feed(feeds.document("preferences", PREFERENCES), site="RefArch")
    site = shop().site
    assert (site.catalog, site.price_books, site.currencies) == ("web", ("list", "sale"), ("USD", "EUR"))
    assert site.locales == ("fr-FR", "en-US", "default")  # the default one first; the instance has no Italian
    assert site.assumed == ()


def test_without_preferences_a_site_has_what_instance_json_says(instance, shop):
    path = instance.settings.root / "instance.json"
    settings = json.loads(path.read_text())
    settings["sites"]["RefArch"] = {"currencies": ["EUR"], "catalog": "web", "price_books": ["list"], "locales": ["de-DE"]}
    path.write_text(json.dumps(settings))
    site = shop().site
    assert (site.catalog, site.price_books, site.currencies, site.locales) == ("web", ("list",), ("EUR",), ("de-DE",))
    assert site.assumed == ()


def test_a_site_that_nobody_has_set_up_says_what_it_shows_instead(instance, xml, shop):
    instance.catalog("", id_="empty")
    instance.catalog(xml.category("a"), id_="first")
    instance.catalog(xml.category("a"), id_="second")
    instance.prices(xml.book("dollars", "USD", {}) + xml.book("euros", "EUR", {}))
    site = shop().site
    assert (site.catalog, site.price_books) == ("first", ("dollars",))
    assert site.locales == ("default", "en-US", "fr-FR", "de-DE", "en", "fr", "de")
    assert site.assumed == (
        "No catalog is assigned to this site; it shows 'first'.",
        "No price books are assigned to this site; it uses all those in its currencies.",
    )


def test_the_currency_of_site_xml_comes_first(instance, feeds, shop):
    site = "<name>Alpine shop</name><currency>CHF</currency><taxation>gross</taxation>"
    instance.feed(feeds.document("site", site, 'site-id="Alps"'))
    assert (shop("Alps").site.name, shop("Alps").site.currencies[0]) == ("Alpine shop", "CHF")
