"""What a category lists."""

from sandbox.sfcc.storefront.shop_categories import find_category
from sandbox.sfcc.storefront.shop_lists import product_list, samples

OFF = "<online-flag>false</online-flag>"


def tiles(shop, id_="all"):
    return [hit.product.id for hit in product_list(find_category(shop, id_)).hits]


def test_a_category_lists_its_own_products_and_those_of_shown_categories_below_it_each_once(instance, xml, shop):
    instance.catalog(
        xml.category("all")
        + xml.category("below", "all")
        + xml.category("off", "all", flags=OFF)
        + "".join(map(xml.product, ("a", "b", "c", "d")))
        + xml.assign("below", "b", "a")
        + xml.assign("all", "a", "c")
        + xml.assign("off", "d")
    )
    assert tiles(shop()) == ["a", "c", "b"]
    assert tiles(shop(), "below") == ["b", "a"]


def test_products_stand_by_position_and_before_it_by_search_placement_and_rank(instance, xml, shop):
    ranks = {"e": ("2", "1"), "f": ("2", "9"), "g": ("1", "99")}
    ranked = "".join(
        xml.product(id_, f"<search-placement>{placement}</search-placement><search-rank>{rank}</search-rank>")
        for id_, (placement, rank) in ranks.items()
    )
    positions = {"a": "bottom", "b": "none", "c": "top", "d": "auto"}
    instance.catalog(
        xml.category("all")
        + "".join(map(xml.product, "abcd"))
        + ranked
        + "".join(xml.assign("all", id_, rest=f"<position>{position}</position>") for id_, position in positions.items())
        + xml.assign("all", "e", "f", "g")
    )
    assert tiles(shop()) == ["f", "e", "g", "c", "d", "b", "a"]


def test_what_is_not_shown_is_counted_by_its_reason(instance, xml, shop):
    unsearchable = "<online-flag>true</online-flag><searchable-flag>false</searchable-flag>"
    instance.catalog(
        xml.category("all")
        + xml.product("a")
        + xml.product("b", flags=OFF)
        + xml.product("c", flags=OFF)
        + xml.product("d", flags=unsearchable)
        + xml.assign("all", "a", "b", "c", "d")
    )
    found = product_list(find_category(shop(), "all"))
    assert [hit.product.id for hit in found.hits] == ["a"]
    assert found.hidden == {"offline": 2, "not searchable": 1}


def test_variants_are_represented_by_their_master_which_opens_with_what_they_have_in_common(jackets, xml, shop):
    jackets.catalog(
        xml.category("reds")
        + xml.category("larges")
        + xml.assign("reds", "red-s", "red-l")
        + xml.assign("larges", "red-l", "blue-l")
    )
    jackets.prices(xml.book("list", "USD", {"red-s": "10.00", "red-l": "12.00", "blue-l": "15.00"}))
    (reds,) = product_list(find_category(shop(), "reds")).hits
    (larges,) = product_list(find_category(shop(), "larges")).hits
    (whole,) = product_list(find_category(shop(), "clothes")).hits
    assert (reds.product.id, reds.choice, reds.price.text) == ("jacket", {"color": "red"}, "10.00 to 12.00 USD")
    assert (larges.choice, larges.price.text) == ({"size": "l"}, "12.00 to 15.00 USD")
    assert (whole.choice, whole.price.text) == ({}, "10.00 to 15.00 USD")


def test_variation_groups_stand_for_themselves_or_all_for_their_master(jackets, xml, shop):
    axes = xml.axis("color", "red", "blue") + xml.axis("size", "s", "l")
    jackets.catalog(
        xml.category("new")
        + xml.category("merged", rest="").replace(
            "<parent>", "<variation-groups-display-mode>merged</variation-groups-display-mode><parent>"
        )
        + xml.category("below", "merged")
        + xml.product("jacket", xml.variations(axes, "red-s", "red-l", "blue-l", groups=("reds", "blues")))
        + xml.product("reds", values={"color": "red"})
        + xml.product("blues", values={"color": "blue"})
        + xml.assign("new", "reds", "blues")
        + xml.assign("below", "reds", "blues")
    )
    assert jackets.problems() == []
    hits = product_list(find_category(shop(), "new")).hits
    assert [(hit.product.id, hit.choice) for hit in hits] == [("reds", {"color": "red"}), ("blues", {"color": "blue"})]
    assert [v.id for v in hits[0].represented] == ["red-s", "red-l"]
    assert tiles(shop(), "below") == ["jacket"]


def test_samples_are_the_first_tiles_that_are_shown_each_master_once(jackets, xml, shop):
    jackets.catalog(
        xml.category("new")
        + xml.product("off", flags=OFF)
        + xml.product("a")
        + xml.product("b")
        + xml.assign("new", "off", "red-s", "red-l", "a", "b")
    )
    assert [hit.product.id for hit in samples(find_category(shop(), "new"), 2)] == ["jacket", "a"]
