"""Images: order, levels, missing files, texts."""

from typing import Any

A, B, C = (f"{x}/{x}/{x}/{x}/{x * 40}_{x}.jpg" for x in "abc")
AT_A, AT_B = f"images/aa/{'a' * 40}_a.jpg", f"images/bb/{'b' * 40}_b.jpg"


def groups(record: Any, view: str = "large") -> list[list[str]]:
    return [
        [i["path"] for i in g["images"]] for g in record.get("images", ()) if g["view_type"] == view and not g.get("variation")
    ]


def test_every_view_type_shows_the_images_in_the_pims_order(pim: Any) -> None:
    pim.attribute("back", "image", sort_order=2)
    pim.attribute("front", "image", sort_order=1)
    record = pim.record(pim.product("1", {"back": B, "front": A}), images={"view_types": ["large", "small"]})
    paths = [{"path": AT_A}, {"path": AT_B}]
    assert record["images"] == [{"view_type": "large", "images": paths}, {"view_type": "small", "images": paths}]


def test_the_familys_main_image_comes_first(pim: Any) -> None:
    pim.attribute("front", "image", sort_order=1)
    pim.attribute("hero", "image", sort_order=2)
    pim.family("mugs", ["front", "hero"], image="hero")
    assert groups(pim.record(pim.product("1", {"front": A, "hero": B}, family="mugs"))) == [[AT_B, AT_A]]


def test_a_view_type_may_name_its_attributes(pim: Any) -> None:
    pim.attribute("front", "image")
    pim.attribute("swatch", "image")
    views = [{"id": "large", "attributes": ["front"]}, {"id": "swatch", "attributes": ["swatch"]}]
    record = pim.record(pim.product("1", {"front": A, "swatch": B}), images={"view_types": views})
    assert (groups(record), groups(record, "swatch")) == ([[AT_A]], [[AT_B]])


def test_a_view_type_may_show_the_first_images_only(pim: Any) -> None:
    pim.attribute("back", "image", sort_order=2)
    pim.attribute("front", "image", sort_order=1)
    views = ["large", {"id": "swatch", "limit": 1}]
    record = pim.record(pim.product("1", {"back": B, "front": A}), images={"view_types": views})
    assert (groups(record), groups(record, "swatch")) == ([[AT_A, AT_B]], [[AT_A]])


def test_a_variants_swatch_is_its_own_image_before_the_shared_one(pim: Any) -> None:
    pim.shirts()
    pim.attribute("shared", "image")
    row = pim.product("T1", {"size": "s", "picture": B, "shared": A}, family="shirts", parent="tee")
    views = ["large", {"id": "swatch", "limit": 1}]
    facts = pim.map(row, [pim.model("tee", {"shared": A})], images={"view_types": views}).facts
    assert facts["images"] == {"large": [{"path": AT_B}, {"path": AT_A}], "swatch": [{"path": AT_B}]}


def test_a_file_that_the_pim_could_not_give_is_left_out_and_reported_once(pim: Any) -> None:
    pim.attribute("front", "image", sort_order=1)
    pim.attribute("back", "image", sort_order=2)
    pim.media = {A: None, B: "stored"}
    mapped = pim.map(pim.product("1", {"front": A, "back": B}))
    record = mapped.records[0][2]
    assert groups(record) == [[AT_B]]
    assert "akeneo_front" not in record["custom"]
    assert [(p.attribute, p.reason) for p in mapped.problems] == [("front", f"the PIM could not give the file '{A}'")]


def test_the_same_image_is_shown_once(pim: Any) -> None:
    pim.attribute("front", "image")
    pim.attribute("back", "image")
    assert groups(pim.record(pim.product("1", {"front": A, "back": A}))) == [[AT_A]]


def test_a_localizable_image_is_the_default_locales_else_any(pim: Any, of: Any) -> None:
    pim.attribute("front", "image", localizable=True)
    assert groups(pim.record(pim.product("1", {"front": [of(A, "fr_FR"), of(B, "en_US")]}))) == [[AT_B]]
    assert groups(pim.record(pim.product("1", {"front": [of(A, "fr_FR")]}))) == [[AT_A]]


def test_an_image_is_the_first_sites_that_has_one(pim: Any, of: Any) -> None:
    pim.channel("app", ["en_US", "de_DE"], ["EUR"])
    pim.attribute("front", "image", scopable=True)
    pim.attribute("back", "image", scopable=True, localizable=True)
    sites = {"sites": [{"id": "WEB", "channel": "ecommerce"}, {"id": "APP", "channel": "app"}]}
    app_alone = pim.product("1", {"front": [of(A, None, "app")], "back": [of(B, "de_DE", "app")]})
    assert groups(pim.record(app_alone, organization=sites)) == [[AT_B, AT_A]]
    both = pim.product("1", {"front": [of(A, None, "app"), of(B, None, "ecommerce")]})
    assert groups(pim.record(both, organization=sites)) == [[AT_B]]
    emptied = pim.product("1", {"front": [of(None, None, "ecommerce"), of(A, None, "app")]})
    assert groups(pim.record(emptied, organization=sites)) == [[AT_A]]


def test_alt_and_title_come_from_their_sources(pim: Any, of: Any) -> None:
    pim.attribute("front", "image")
    pim.attribute("name", "text", localizable=True)
    row = pim.product("1", {"front": A, "name": [of("Mug", "en_US"), of("Tasse", "fr_FR")]})
    record = pim.record(row, images={"view_types": ["large"], "alt": "name", "title": {"template": "See {name}"}})
    (image,) = record["images"][0]["images"]
    assert image["alt"] == {"x-default": "Mug", "en-US": "Mug", "fr-FR": "Tasse"}
    assert image["title"] == {"x-default": "See Mug", "en-US": "See Mug", "fr-FR": "See Tasse"}


def test_an_alt_text_that_can_not_be_is_reported_and_leaves_the_image(pim: Any) -> None:
    pim.attribute("picture", "image")
    pim.attribute("weight", "metric")
    pim.attribute("name", "text")
    row = pim.product("1", {"picture": A, "name": "M\x01ug", "weight": {"amount": "heavy", "unit": "KILOGRAM"}})
    mapped = pim.map(
        row,
        images={"view_types": ["large"], "alt": "name", "title": "weight"},
        attributes={"exclude": {"attributes": ["weight", "name"]}},
    )
    assert mapped.records[0][2]["images"] == [{"view_type": "large", "images": [{"path": AT_A, "alt": {"x-default": "Mug"}}]}]
    assert [(p.attribute, p.reason) for p in mapped.problems] == [
        ("name", "characters that XML forbids were removed"),
        ("weight", "'heavy' is no number"),
    ]


def test_an_alt_text_may_have_a_default(pim: Any) -> None:
    pim.attribute("picture", "image")
    pim.attribute("name", "text")
    settings: Any = {"view_types": ["large"], "alt": {"attribute": "name", "default": "our product"}}
    record = pim.record(pim.product("1", {"picture": A}), images=settings)
    assert record["images"][0]["images"] == [{"path": AT_A, "alt": {"x-default": "our product"}}]


def test_without_view_types_images_are_left_alone(pim: Any) -> None:
    pim.attribute("front", "image")
    assert "images" not in pim.record(pim.product("1", {"front": A}), images={"view_types": []})


def test_a_variants_images_are_groups_of_its_master_its_own_before_the_shared(pim: Any) -> None:
    pim.shirts()
    pim.attribute("shared", "image")
    root = pim.model("tee", {"shared": A})
    mapping = pim.mapping(images={"view_types": ["large"]})
    row = pim.product("T1", {"size": "s", "picture": B, "shared": A}, family="shirts", parent="tee")
    mapped = mapping.map_product(row, ancestors=[root], targets={})
    assert "images" not in mapped.records[0][2]
    record = mapping.map_master(root, [], [mapped.facts], {}).records[0][2]
    assert record["images"] == [
        {"view_type": "large", "images": [{"path": AT_A}]},
        {
            "view_type": "large",
            "variation": [("akeneo_size", "s")],
            "images": [{"path": AT_B}, {"path": AT_A}],
        },
    ]


def test_an_image_that_a_variant_has_twice_is_shown_where_it_first_stands(pim: Any) -> None:
    pim.shirts()
    pim.attribute("shared", "image")
    root = pim.model("tee", {"shared": A})
    pim.attribute("second", "image")
    mapping = pim.mapping(images={"view_types": ["large"]})
    row = pim.product("T1", {"size": "s", "picture": A, "second": B, "shared": A}, family="shirts", parent="tee")
    facts = mapping.map_product(row, ancestors=[root], targets={}).facts
    assert facts["images"] == {"large": [{"path": AT_A}, {"path": AT_B}]}
