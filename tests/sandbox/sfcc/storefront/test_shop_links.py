"""The addresses of the shop's pages."""

from sandbox.sfcc.storefront.shop_links import Links, wanted_choice, wanted_refinements
from sandbox.sfcc.storefront.shop_products import find_product

LINKS = Links("RefArch", "de-DE", "", "category", (("cgid", "a/b & c"), ("refine_brand", "X")))


def test_an_id_of_any_characters_stands_in_the_query(instance, xml, shop):
    instance.catalog(xml.product("A&amp;B/C ?#"))
    assert LINKS.product(find_product(shop(), "A&B/C ?#")) == "/s/RefArch/de-DE/product?pid=A%26B%2FC+%3F%23"


def test_a_choice_is_named_by_variation_attribute(jackets, shop):
    address = LINKS.product(find_product(shop(), "jacket"), {"color": "red"})
    assert address == "/s/RefArch/de-DE/product?pid=jacket&dwvar_color=red"
    assert wanted_choice([("pid", "jacket"), ("dwvar_color", "red")]) == {"color": "red"}


def test_a_refinement_is_added_and_taken_away_and_the_page_begins_anew():
    wanted = wanted_refinements([("cgid", "all"), ("refine_brand", "X"), ("refine_brand", "Y"), ("page", "2")])
    assert wanted == {"brand": ["X", "Y"]}
    assert LINKS.toggled("all", wanted, "brand", "X") == "/s/RefArch/de-DE/category?cgid=all&refine_brand=Y"
    assert LINKS.toggled("all", wanted, "size", "L").endswith("cgid=all&refine_brand=X&refine_brand=Y&refine_size=L")
    assert LINKS.category("all", wanted, 3).endswith("&page=3")


def test_locale_and_currency_change_on_the_same_page():
    assert LINKS.in_locale("fr-FR") == "/s/RefArch/fr-FR/category?cgid=a%2Fb+%26+c&refine_brand=X"
    assert LINKS.in_currency("GBP") == "/s/RefArch/de-DE/category?cgid=a%2Fb+%26+c&refine_brand=X&currency=GBP"
