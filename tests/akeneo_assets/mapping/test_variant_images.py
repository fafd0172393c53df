"""Which axes select the images of a master's variants."""

from typing import Any

from akeneo_assets.mapping.variant_images import variation_groups


def variant(color: str, size: str, *paths: str) -> dict[str, Any]:
    return {"axes": {"color": color, "size": size}, "images": {"large": [{"path": p} for p in paths]} if paths else {}}


AXES = [("color", "akeneo_color"), ("size", "akeneo_size")]


def selectors(*variants: dict[str, Any]) -> list[tuple[list[tuple[str, str]], list[str]]]:
    return [(g["variation"], [i["path"] for i in g["images"]]) for g in variation_groups(AXES, list(variants))]


def test_images_that_differ_by_colour_alone_are_selected_by_colour_no_group_twice() -> None:
    found = selectors(variant("red", "s", "r"), variant("red", "m", "r"), variant("blue", "s", "b"), variant("blue", "m", "b"))
    assert found == [([("akeneo_color", "red")], ["r"]), ([("akeneo_color", "blue")], ["b"])]


def test_images_that_differ_by_size_alone_are_selected_by_size() -> None:
    found = selectors(variant("red", "s", "x"), variant("red", "m", "y"), variant("blue", "s", "x"))
    assert found == [([("akeneo_size", "s")], ["x"]), ([("akeneo_size", "m")], ["y"])]


def test_images_that_differ_by_both_are_selected_by_both_axes_in_one_order() -> None:
    found = selectors(variant("red", "s", "1"), variant("red", "m", "2"), variant("blue", "s", "3"))
    assert found == [
        ([("akeneo_color", "red"), ("akeneo_size", "s")], ["1"]),
        ([("akeneo_color", "red"), ("akeneo_size", "m")], ["2"]),
        ([("akeneo_color", "blue"), ("akeneo_size", "s")], ["3"]),
    ]


def test_a_variant_without_images_shows_what_its_axes_select() -> None:
    found = selectors(variant("red", "s", "r"), variant("red", "m"), variant("blue", "s", "b"))
    assert found == [([("akeneo_color", "red")], ["r"]), ([("akeneo_color", "blue")], ["b"])]


def test_of_equally_few_axes_those_are_chosen_that_show_variants_without_images_the_fewest_of_others() -> None:
    by_size = selectors(variant("red", "s"), variant("red", "l", "l"), variant("blue", "s"), variant("blue", "l", "l"))
    assert by_size == [([("akeneo_size", "l")], ["l"])]
    by_color = selectors(variant("red", "s", "r"), variant("red", "l", "r"), variant("blue", "s"), variant("blue", "l"))
    assert by_color == [([("akeneo_color", "red")], ["r"])]


def test_no_images_no_groups() -> None:
    assert selectors(variant("red", "s")) == []


def test_images_of_a_variant_that_nobody_can_select_are_in_no_group() -> None:
    half = {"axes": {"size": "m"}, "images": {"large": [{"path": "h"}]}}
    assert selectors(variant("red", "s", "1"), variant("blue", "s", "2"), half) == [
        ([("akeneo_color", "red")], ["1"]),
        ([("akeneo_color", "blue")], ["2"]),
    ]
