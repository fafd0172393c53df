"""The guesses, one by one."""

from typing import Any

import pytest

from akeneo_assets.starter import suggestions
from akeneo_assets.structure.pim_structure import AssociationType, Structure


def built(*attributes: tuple[str, str] | dict[str, Any], **more: Any) -> Structure:
    items = [a if isinstance(a, dict) else {"code": a[0], "type": f"pim_catalog_{a[1]}", "labels": {}} for a in attributes]
    return Structure.build(channels=[], attributes=items, **more)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("meta_title", "meta title"),
        ("metaTitle", "meta title"),
        ("Meta-Title", "meta title"),
        ("ean13", "ean 13"),
        ("UPC", "upc"),
    ],
)
def test_codes_are_compared_as_words(text: str, words: str) -> None:
    assert suggestions.words(text) == words


def test_a_type_that_cannot_fill_the_field_is_no_suggestion() -> None:
    found = suggestions.standard(built(("name", "boolean"), ("ean", "price_collection"), ("brand", "textarea")), [])
    assert found == []


def test_no_attribute_is_suggested_twice() -> None:
    found = suggestions.standard(built(("description", "textarea"), ("gtin", "identifier")), [])
    assert [(match.field, match.attribute.code) for match in found] == [("long-description", "description"), ("ean", "gtin")]


def test_a_code_is_a_better_sign_than_a_label() -> None:
    labelled = {"code": "camera_brand", "type": "pim_catalog_simpleselect", "labels": {"en_US": "Brand"}}
    (alone,) = suggestions.standard(built(labelled), [])
    assert (alone.attribute.code, alone.by) == ("camera_brand", "label")
    (with_code,) = suggestions.standard(built(labelled, ("brand", "simpleselect")), [])
    assert (with_code.attribute.code, with_code.by, with_code.others) == ("brand", "code", ("camera_brand",))


def test_without_a_name_the_families_commonest_label_is_the_name() -> None:
    found = suggestions.standard(built(("bezeichnung", "text"), ("sku", "identifier")), ["sku", "bezeichnung", "bezeichnung"])
    assert [(m.field, m.attribute.code, m.by) for m in found] == [("name", "bezeichnung", "families")]


@pytest.mark.parametrize(
    ("code", "label", "meaning"),
    [
        ("X_SELL", "Cross sell", ("recommendation", "1")),
        ("crossSell", "", ("recommendation", "1")),
        ("UPSELL", "", ("recommendation", "2")),
        ("A1", "Spare parts", ("product-link", "spare-part")),
        ("SUBSTITUTION", "Ersatz", ("product-link", "replacement")),
        ("backpacks", "", None),
        ("BUNDLE_PACK", "", None),
        ("WHATEVER", "", None),
    ],
)
def test_association_types_mean_what_their_words_say(code: str, label: str, meaning: tuple[str, str] | None) -> None:
    found = suggestions.association(AssociationType(code, {"en_US": label} if label else {}, quantified=False))
    assert (found and (found.as_, found.type)) == meaning


def test_a_quantified_type_is_no_recommendation() -> None:
    assert suggestions.association(AssociationType("X_SELL", {}, quantified=True)) is None


def test_bundles_need_a_family_and_an_association_type() -> None:
    family, type_ = {"code": "kits", "labels": {}}, {"code": "kit_parts", "labels": {}, "is_quantified": True}
    assert suggestions.compositions(built(families=[family])) == {}
    found = suggestions.compositions(built(families=[family], association_types=[{"code": "kit", "labels": {}}, type_]))
    assert {key: (f.code, t.code) for key, (f, t) in found.items()} == {"bundle": ("kits", "kit_parts")}


def test_the_list_price_is_the_one_called_so_else_the_most_used_one_that_is_not_reduced() -> None:
    prices = [(code, "price_collection") for code in ("sale_price", "amount", "price")]
    books = suggestions.price_books(built(*prices))
    assert [(b.attribute.code, b.id, b.main) for b in books] == [
        ("price", "{currency}-list-prices", True),
        ("amount", "{currency}-amount-prices", False),
        ("sale_price", "{currency}-sale-prices", False),
    ]
    assert [b.attribute.code for b in suggestions.price_books(built(*prices[:2]))] == ["amount", "sale_price"]


@pytest.mark.parametrize(
    ("attributes", "media_type", "source"),
    [
        (["image"], "image", "images"),
        (["asset"], "image", "assets"),
        (["image", "asset"], "image", "both"),
        (["asset"], "pdf", "images"),
    ],
)
def test_images_come_from_where_the_families_have_them(attributes: list[str], media_type: str, source: str) -> None:
    known = {
        "image": {"code": "picture", "type": "pim_catalog_image"},
        "asset": {"code": "gallery", "type": "pim_catalog_asset_collection", "reference_data_name": "photos"},
    }
    structure = built(
        *(known[name] for name in attributes),
        families=[{"code": "f", "attributes": ["picture", "gallery"]}],
        asset_families=[{"code": "photos", "attribute_as_main_media": "file"}],
        asset_attributes=[{"asset_family": "photos", "code": "file", "type": "media_file", "media_type": media_type}],
    )
    found = suggestions.pictures(structure, ["picture"])
    assert found.source == source
    assert [f.code for f in found.asset_families] == (["photos"] if "asset" in attributes and media_type == "image" else [])
