"""Choosing among the variants of a master. The jacket is there in red small, red large and blue large."""

import pytest

from sandbox.sfcc.storefront.shop_choice import chosen_variant, option_lists, valid_choice
from sandbox.sfcc.storefront.shop_products import find_product


def described(master, choice):
    return {
        options.axis.id: [(option.value, option.name, option.chosen, option.fits) for option in options.options]
        for options in option_lists(master, choice)
    }


def test_values_stand_in_their_order_with_names_and_say_what_goes_together(jackets, shop):
    master = find_product(shop(), "jacket")
    assert described(master, {"color": "blue"}) == {
        "color": [("red", "RED", False, True), ("blue", "BLUE", True, True)],
        "size": [("s", "S", False, False), ("l", "L", False, True)],
    }


def test_a_value_that_no_shown_variant_has_can_not_be_chosen(jackets, xml, shop):
    jackets.catalog(xml.product("blue-l", flags="<online-flag>false</online-flag>"))
    assert described(find_product(shop(), "jacket"), {})["color"] == [("red", "RED", False, True)]


@pytest.mark.parametrize(
    ("choice", "value", "leads_to"),
    [
        ({}, "red", {"color": "red"}),
        ({"color": "blue", "size": "l"}, "red", {"color": "red", "size": "l"}),
        ({"color": "red", "size": "s"}, "blue", {"color": "blue"}),
        ({"color": "red", "size": "s"}, "red", {"size": "s"}),
    ],
)
def test_a_click_keeps_of_the_choice_what_goes_with_the_new_value_and_a_second_click_takes_it_back(
    jackets, shop, choice, value, leads_to
):
    master = find_product(shop(), "jacket")
    colors = option_lists(master, choice)[0].options
    assert next(option.leads_to for option in colors if option.value == value) == leads_to


@pytest.mark.parametrize(
    ("choice", "variant"),
    [({}, None), ({"color": "blue"}, None), ({"color": "red", "size": "s"}, "red-s"), ({"color": "blue", "size": "l"}, "blue-l")],
)
def test_a_variant_is_found_once_each_attribute_is_chosen(jackets, shop, choice, variant):
    found = chosen_variant(find_product(shop(), "jacket"), choice)
    assert (found.id if found else None) == variant


@pytest.mark.parametrize(
    ("wanted", "valid"),
    [
        ({"color": "green"}, {}),
        ({"color": "blue", "size": "s"}, {"color": "blue"}),
        ({"size": "l", "fabric": "wool"}, {"size": "l"}),
    ],
)
def test_what_can_not_be_is_left_out_of_a_wish(jackets, shop, wanted, valid):
    assert valid_choice(find_product(shop(), "jacket"), wanted) == valid
