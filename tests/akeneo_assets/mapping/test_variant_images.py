"""Which images a master and its variants show.

What SFCC shows is asked of a resolver made from SFCC's own rule, which knows nothing of how groups are chosen.
"""

from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akeneo_assets.mapping.variant_images import master_groups

AXES = [("color", "akeneo_color"), ("size", "akeneo_size")]


def variant(color: str, size: str, *paths: str) -> dict[str, Any]:
    return {"axes": {"color": color, "size": size}, "images": {"large": [{"path": p} for p in paths]} if paths else {}}


def selectors(*variants: dict[str, Any], named: str | None = None) -> list[tuple[list[tuple[str, str]], list[str]]]:
    groups = master_groups([], AXES, list(variants), named)
    return [(g["variation"], [i["path"] for i in g["images"]]) for g in groups if "variation" in g]


def own(view: str, *paths: str) -> Any:
    return {"view_type": view, "images": [{"path": path} for path in paths]}


def shown(groups: Any, axes: dict[str, str], view: str = "large") -> list[str]:
    """The images that SFCC shows for a variant with these values (SFCC attribute id -> value), or with none for the master: of
    the groups whose values it has all, those of the group with the most; of a group without values, if no other fits."""
    fitting = [g for g in groups if g["view_type"] == view and all(axes.get(id_) == v for id_, v in g.get("variation", ()))]
    best = max(fitting, key=lambda group: len(group.get("variation", ())), default={"images": []})
    return [image["path"] for image in best["images"]]


def of_variant(groups: Any, color: str, size: str) -> list[str]:
    return shown(groups, {"akeneo_color": color, "akeneo_size": size})


# --- Selecting axes -------------------------------------------------------------------------------------------------------------


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


def test_no_images_no_groups() -> None:
    assert selectors(variant("red", "s")) == []


def test_images_of_a_variant_that_nobody_can_select_are_in_no_group() -> None:
    half = {"axes": {"size": "m"}, "images": {"large": [{"path": "h"}]}}
    assert selectors(variant("red", "s", "1"), variant("blue", "s", "2"), half) == [
        ([("akeneo_color", "red")], ["1"]),
        ([("akeneo_color", "blue")], ["2"]),
    ]


def test_of_two_variants_with_the_same_values_the_first_ones_images_are_shown() -> None:
    assert selectors(variant("red", "s", "1"), variant("red", "s", "2")) == [
        ([("akeneo_color", "red"), ("akeneo_size", "s")], ["1"]),
    ]


# --- Variants without images ----------------------------------------------------------------------------------------------------


def test_a_variant_without_images_shows_a_siblings_where_images_prove_that_their_difference_makes_none() -> None:
    by_size = selectors(variant("red", "s"), variant("red", "l", "l"), variant("blue", "s"), variant("blue", "l", "l"))
    assert by_size == [([("akeneo_size", "l")], ["l"])]
    by_color = selectors(variant("red", "s", "r"), variant("red", "l", "r"), variant("blue", "s"), variant("blue", "l"))
    assert by_color == [([("akeneo_color", "red")], ["r"])]


def test_what_two_sizes_of_red_prove_holds_for_blue() -> None:
    groups = master_groups(
        [], AXES, [variant("red", "s", "r"), variant("red", "m", "r"), variant("blue", "s", "b"), variant("blue", "m")]
    )
    assert of_variant(groups, "blue", "m") == ["b"]


def test_an_axis_that_makes_no_difference_for_red_and_one_for_blue_tells_images_apart() -> None:
    red = [variant("red", "s", "r"), variant("red", "m", "r"), variant("red", "l")]
    groups = master_groups([], AXES, [*red, variant("blue", "s", "bs"), variant("blue", "m", "bm")])
    assert of_variant(groups, "red", "l") == []


@pytest.mark.parametrize(
    ("pictured", "without"),
    [
        ([("blue", "s", "sb"), ("red", "m", "mr"), ("red", "l", "lr")], ("blue", "m")),  # sizes alone would tell images apart
        ([("red", "s", "sr"), ("red", "m", "mr")], ("white", "s")),  # only red ones have images
        ([("red", "s", "r")], ("blue", "s")),
        ([("red", "s", "r"), ("blue", "s", "b")], ("red", "m")),  # nothing says whether size makes a difference
        ([("red", "s", "r"), ("blue", "m", "r")], ("blue", "s")),  # the same images, but colour and size differ
    ],
)
def test_a_variant_without_images_shows_its_masters_else_none(pictured: Any, without: Any) -> None:
    variants = [*(variant(*each) for each in pictured), variant(*without)]
    groups = master_groups([own("large", "master")], AXES, variants)
    assert of_variant(groups, *without) == ["master"]
    assert [of_variant(groups, color, size) for color, size, _ in pictured] == [[path] for _, _, path in pictured]
    assert of_variant(master_groups([], AXES, variants), *without) == []


def test_the_axis_that_the_settings_name_tells_images_apart_alone() -> None:
    one_size = [variant("red", "s", "r"), variant("red", "m"), variant("blue", "s", "b"), variant("white", "s")]
    assert selectors(*one_size, named="Color") == [([("akeneo_color", "red")], ["r"]), ([("akeneo_color", "blue")], ["b"])]
    assert selectors(variant("red", "s", "r"), variant("blue", "s"), named="size") == [([("akeneo_size", "s")], ["r"])]


def test_where_the_axis_of_the_settings_does_not_suffice_each_of_its_values_has_a_group_besides() -> None:
    axes = [("size", "akeneo_size"), ("color", "akeneo_color")]
    variants = [variant("blue", "s", "sb"), variant("red", "m", "mr"), variant("red", "l", "lr")]
    variants += [variant(color, size) for color, size in (("red", "s"), ("blue", "m"), ("blue", "l"), ("white", "s"))]
    groups = master_groups([], axes, variants, "color")
    assert [group["variation"] for group in groups] == [
        [("akeneo_color", "blue")],
        [("akeneo_color", "red")],
        [("akeneo_color", "blue"), ("akeneo_size", "s")],
        [("akeneo_color", "red"), ("akeneo_size", "m")],
        [("akeneo_color", "red"), ("akeneo_size", "l")],
    ]
    assert {tuple(each["axes"].values()): of_variant(groups, **each["axes"]) for each in variants} == {
        ("red", "s"): ["mr"],
        ("red", "m"): ["mr"],
        ("red", "l"): ["lr"],
        ("blue", "s"): ["sb"],
        ("blue", "m"): ["sb"],
        ("blue", "l"): ["sb"],
        ("white", "s"): [],
    }


def test_a_group_of_a_value_leaves_out_a_view_type_that_one_of_its_variants_lacks() -> None:
    with_swatch = variant("red", "s", "rs")
    with_swatch["images"]["swatch"] = [{"path": "dot"}]
    groups = master_groups([], AXES, [with_swatch, variant("red", "m", "rm")], "color")
    assert [(g["view_type"], g["variation"]) for g in groups if len(g.get("variation", ())) == 1] == [
        ("large", [("akeneo_color", "red")])
    ]
    assert shown(groups, {"akeneo_color": "red", "akeneo_size": "m"}, "swatch") == []


def test_a_master_without_the_axis_of_the_settings_is_as_without_the_setting() -> None:
    variants = [variant("red", "s", "r"), variant("blue", "s", "b"), variant("red", "m")]
    assert selectors(*variants, named="width") == selectors(*variants)


# --- The master -----------------------------------------------------------------------------------------------------------------


def test_a_master_without_images_shows_its_first_variants_where_every_variant_has_its_own() -> None:
    groups = master_groups([], AXES, [variant("red", "s", "r"), variant("blue", "s", "b")])
    assert groups[0] == {"view_type": "large", "images": [{"path": "r"}]}
    assert shown(groups, {}) == ["r"]


def test_a_master_shows_no_variants_images_where_a_variant_that_differs_would_show_them_too() -> None:
    variants = [variant("red", "s", "r"), variant("blue", "s", "b"), variant("white", "s")]
    assert shown(master_groups([], AXES, variants), {}) == []


def test_a_master_shows_images_that_make_no_difference() -> None:
    sizes = [variant("", "s", "x"), variant("", "m", "x"), variant("", "l")]
    groups = master_groups([], [("size", "akeneo_size")], sizes)
    assert [shown(groups, {"akeneo_size": size}) for size in "sml"] == [["x"], ["x"], ["x"]]
    assert groups[0] == {"view_type": "large", "images": [{"path": "x"}]}


def test_a_masters_own_images_stay_and_only_the_view_types_that_they_lack_are_filled_up() -> None:
    red = variant("red", "s", "r", "m")
    red["images"]["swatch"] = [{"path": "dot"}]
    groups = master_groups([own("large", "m")], AXES, [red])
    assert [g for g in groups if "variation" not in g] == [own("large", "m"), own("swatch", "dot")]


def test_the_only_variant_that_no_group_can_be_for_shows_its_own_images_through_its_master() -> None:
    half = {"axes": {"size": "m"}, "images": {"large": [{"path": "h"}]}}
    others = [variant("red", "s", "1"), variant("blue", "s", "2")]
    groups = master_groups([], AXES, [*others, half])
    assert shown(groups, {}) == shown(groups, {"akeneo_size": "m"}) == ["h"]
    groups = master_groups([], AXES, [*others, half, variant("white", "s")])
    assert shown(groups, {}) == shown(groups, {"akeneo_color": "white", "akeneo_size": "s"}) == []


# --- From the PIM ---------------------------------------------------------------------------------------------------------------


def test_blue_shoe_no_variant_shows_a_picture_of_another_colour(pim: Any) -> None:
    """Shoes in three sizes and three colours, of which three have a picture: the sizes alone would tell these pictures apart, and
    the blue shoe in m would show the red one."""
    for code, options in (("size", "sml"), ("colour", ("red", "blue", "white"))):
        pim.attribute(code, "simpleselect", options={option: {} for option in options})
    pim.attribute("picture", "image")
    pim.attribute("name", "text")
    pim.family("shoes", ["sku", "name", "size", "colour", "picture"])
    pim.variant("by_size_colour", "shoes", (["size"], []), (["colour"], ["sku", "picture"]))
    root = pim.model("runner", {}, family="shoes", family_variant="by_size_colour")
    subs = {size: {**root, "code": f"runner_{size}", "parent": "runner"} for size in "sml"}
    pictured = {("s", "blue"), ("m", "red"), ("l", "red")}
    mapping = pim.mapping(images={"view_types": ["large"]})
    facts = []
    for size, colour in product("sml", ("red", "blue", "white")):
        values = {"size": size, "colour": colour}
        if (size, colour) in pictured:
            values["picture"] = f"{size}_{colour}.jpg"
        row = pim.product(f"{size}-{colour}", values, family="shoes", parent=f"runner_{size}")
        facts.append(mapping.map_product(row, ancestors=[root, subs[size]], targets={}).facts)
    record = mapping.map_master(root, list(subs.values()), facts, {}).records[0][2]

    seen = {
        fact["id"]: shown(record["images"], {"akeneo_size": fact["axes"]["size"], "akeneo_colour": fact["axes"]["colour"]})
        for fact in facts
    }
    named = {id_: [path.rsplit("_", 2)[1:] for path in paths] for id_, paths in seen.items() if paths}
    assert named == {"s-blue": [["s", "blue.jpg"]], "m-red": [["m", "red.jpg"]], "l-red": [["l", "red.jpg"]]}
    assert shown(record["images"], {}) == []


# --- Any master -----------------------------------------------------------------------------------------------------------------

VIEWS = ("large", "swatch")
CODES = ("a", "b", "c")


def _images(names: dict[str, list[str]]) -> dict[str, list[dict[str, str]]]:
    return {view: [{"path": name} for name in found] for view, found in names.items() if found}


@st.composite
def masters(draw: st.DrawFn) -> Any:
    """A master of one to three axes with images of its own or none, and its variants, as the mapping knows them: a variant with
    images has those of its master behind its own. Images live on variants, or on the sub-models that a first axis makes."""
    codes = draw(st.permutations(CODES))[: draw(st.integers(1, 3))]
    values = [draw(st.lists(st.sampled_from("123"), min_size=1, max_size=3, unique=True)) for _ in codes]
    combined = draw(st.lists(st.sampled_from(list(product(*values))), min_size=1, unique=True))
    names = st.dictionaries(st.sampled_from(VIEWS), st.lists(st.sampled_from("uvwxyz"), min_size=1, max_size=2, unique=True))
    of_master = draw(st.one_of(st.just({}), names))
    per_level = {
        depth: {key: draw(st.one_of(st.just({}), names)) for key in dict.fromkeys(each[:depth] for each in combined)}
        for depth in ((len(codes),) if draw(st.booleans()) else (1, len(codes)))
    }
    variants = []
    for each in combined:
        of_variant: dict[str, list[str]] = {}
        for depth, known in per_level.items():
            of_variant = {view: [*of_variant.get(view, []), *known[each[:depth]].get(view, [])] for view in VIEWS}
        joined = {view: list(dict.fromkeys([*of_variant[view], *of_master.get(view, [])])) for view in VIEWS}
        images = _images(joined) if any(of_variant.values()) else {}
        variants.append({"axes": dict(zip(codes, each, strict=True)), "images": images})
    return codes, of_master, variants, draw(st.one_of(st.none(), st.sampled_from(CODES)))


def differs(one: Any, other: Any) -> set[str]:
    """The axes in which two variants differ."""
    return {code for code in one["axes"] if one["axes"][code] != other["axes"][code]}


def telling(codes: Any, variants: Any, named: str | None) -> set[str]:
    """The axes that tell images apart: the one that is named; else all but those of which images prove that they don't: of all
    pairs of variants with images that differ in this axis alone, of which there is one at least, both show the same."""
    if named in codes:
        return {named}
    pairs = list(combinations([v for v in variants if v["images"]], 2))
    found = set(codes)
    for code in codes:
        alone = [one["images"] == other["images"] for one, other in pairs if differs(one, other) == {code}]
        if alone and all(alone):
            found.discard(code)
    return found


@given(masters())
def test_whatever_has_images_no_variant_shows_one_that_contradicts_it(master: Any) -> None:
    codes, of_master, variants, named = master
    axes = [(code, f"akeneo_{code}") for code in codes]
    groups = master_groups([own(view, *names) for view, names in of_master.items()], axes, variants, named)
    apart = telling(codes, variants, named)
    for each, view in product(variants, VIEWS):
        paths = shown(groups, {f"akeneo_{code}": value for code, value in each["axes"].items()}, view)
        if each["images"]:
            assert paths == [image["path"] for image in each["images"].get(view, [])]
        elif paths != of_master.get(view, []):
            having = [v for v in variants if [image["path"] for image in v["images"].get(view, [])] == paths != []]
            assert any(not differs(each, other) & apart for other in having)


@given(masters())
def test_whatever_has_images_each_axis_has_one_place_in_all_groups_and_no_group_stands_twice(master: Any) -> None:
    codes, of_master, variants, named = master
    axes = [(code, f"akeneo_{code}") for code in codes]
    groups = master_groups([own(view, *names) for view, names in of_master.items()], axes, variants, named)
    places = {(id_, place) for group in groups for place, (id_, _) in enumerate(group.get("variation", ()))}
    assert len(places) == len(dict(places))
    keys = [(group["view_type"], tuple(group.get("variation", ()))) for group in groups]
    assert len(keys) == len(set(keys))


@given(masters())
def test_whatever_has_images_a_master_shows_some_in_each_view_type_where_all_its_variants_do(master: Any) -> None:
    codes, of_master, variants, named = master
    axes = [(code, f"akeneo_{code}") for code in codes]
    groups = master_groups([own(view, *names) for view, names in of_master.items()], axes, variants, named)
    for view in VIEWS:
        if view in of_master or all(view in each["images"] for each in variants):
            assert shown(groups, {}, view) != []
