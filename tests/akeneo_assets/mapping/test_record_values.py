"""Records value by value: what differs, and how people read it."""

from typing import Any

import pytest

from akeneo_assets.mapping.record_values import Change, changes, place_of, text_of, texts_of

PRODUCT, PLACES, PRICE = "product", "category-assignments", "price-table"


def test_what_a_product_does_not_name_stays_and_what_it_clears_goes() -> None:
    old = {"id": "a", "fields": {"brand": {"": "Nord"}, "display-name": {"fr": "Tente"}}, "images": [{"view_type": "large"}]}
    new: dict[str, Any] = {"id": "a", "fields": {"brand": {"": None}}, "images": []}
    assert list(changes(PRODUCT, old, "fields/brand/\nfields/display-name/fr\nimages", new)) == [
        Change("fields/brand/", "Nord", None),
        Change("images", [{"view_type": "large"}], None),
    ]


def test_categories_come_go_and_become_primary() -> None:
    old = {"id": "a", "categories": [{"category": "tents", "primary": True}, {"category": "sale"}]}
    new = {
        "id": "a",
        "categories": [{"category": "tents", "primary": False}, {"category": "new", "primary": True}],
        "removed": ["sale"],
    }
    assert list(changes(PLACES, old, "category/sale\ncategory/tents\nprimary/tents", new)) == [
        Change("category/sale", "assigned", None),
        Change("category/tents", "assigned, primary", "assigned"),
        Change("category/new", None, "assigned, primary"),
    ]


def test_what_is_written_whole_loses_what_it_does_not_name() -> None:
    old, new = {"id": "a", "amounts": [("1", "10.00"), ("5", "8.00")]}, {"id": "a", "amounts": [("1", "9.00")]}
    assert list(changes(PRICE, old, "", new)) == [
        Change("amounts/1", "10.00", "9.00"),
        Change("amounts/5", "8.00", None),
    ]
    assert list(changes(PRICE, old, "", {"id": "a"})) == [
        Change("amounts/1", "10.00", None),
        Change("amounts/5", "8.00", None),
    ]


def test_where_nobody_knows_the_old_record_only_its_paths_tell_what_was_there() -> None:
    new = {"id": "a", "fields": {"display-name": {"fr": "Tente", "de": "Zelt"}}}
    assert list(changes(PRODUCT, None, "fields/display-name/fr", new)) == [
        Change("fields/display-name/fr", None, "Tente", known=False),
        Change("fields/display-name/de", None, "Zelt"),
    ]
    assert list(changes(PRICE, None, "", {"id": "a", "amounts": [("1", "9.00")]})) == [
        Change("amounts/1", None, "9.00", known=False)
    ]


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("custom/akeneo_size/fr-FR", ("custom.akeneo_size", "fr-FR", "")),
        ("fields/online-flag/@RefArch", ("online-flag", "", "RefArch")),
        ("fields/brand/", ("brand", "", "")),
        ("names/x-default", ("names", "x-default", "")),
        ("category/new/arrivals", ("category new arrivals", "", "")),
        ("amounts/1", ("amounts 1", "", "")),
        ("images", ("images", "", "")),
    ],
)
def test_a_path_is_read_as_field_locale_and_site(path: str, place: tuple[str, str, str]) -> None:
    assert place_of(path) == place


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        ("custom/akeneo_colors/", ["red", "blue"], "red, blue"),
        (
            "images",
            [{"view_type": "large", "images": [{"path": "a.jpg"}, {"path": "b.jpg"}], "variation": [["color", "red"]]}],
            "large color=red: a.jpg, b.jpg",
        ),
        (
            "variations",
            {"attributes": [{"id": "size", "values": [{"value": "s"}, {"value": "m"}]}], "variants": ["A", "B"]},
            "size (s, m); variants A, B",
        ),
        ("bundled", [{"id": "mug", "quantity": "2"}], "2 x mug"),
        ("links", [{"type": "upsell", "id": "hat"}], "upsell hat"),
        ("classification", {"category": "tents"}, '{"category":"tents"}'),
    ],
)
def test_a_value_is_told_as_short_as_it_can_be(path: str, value: Any, text: str) -> None:
    assert text_of(path, value) == text


def test_values_that_would_read_alike_are_told_as_json() -> None:
    old = [{"view_type": "large", "images": [{"path": "a.jpg"}]}]
    new = [{"view_type": "large", "images": [{"path": "a.jpg", "alt": {"fr": "Tente"}}]}]
    assert texts_of(Change("images", old, new)) == (
        '[{"images":[{"path":"a.jpg"}],"view_type":"large"}]',
        '[{"images":[{"alt":{"fr":"Tente"},"path":"a.jpg"}],"view_type":"large"}]',
    )
