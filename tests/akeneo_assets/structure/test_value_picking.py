"""Which value holds for a channel and a locale."""

from typing import Any, NamedTuple

import pytest

from akeneo_assets.structure.pim_structure import Entry
from akeneo_assets.structure.value_picking import NO_LOCALE, data_by_place, only, pick, place_of, value_in


class Attribute(NamedTuple):
    localizable: bool = False
    scopable: bool = False


def value(data: Any, locale: str | None = None, scope: str | None = None) -> dict[str, Any]:
    return {"locale": locale, "scope": scope, "data": data}


NAMES = [
    value("Tasse", "fr_FR", "web"),
    value("Tasse courte", "fr_FR", "app"),
    value("", "de_DE", "web"),
    value("Mug", "en_US", "web"),
]


@pytest.mark.parametrize(
    ("channel", "locales", "data"),
    [
        ("web", ("fr_FR",), "Tasse"),
        ("app", ("fr_FR",), "Tasse courte"),
        ("web", ("fr_CA", "fr_FR", "en_US"), "Tasse"),
        ("web", ("de_DE", "en_US"), "Mug"),
        ("app", ("en_US", "de_DE"), None),
        ("web", (), None),
    ],
)
def test_the_first_locale_that_has_data_in_the_channel_is_picked(channel: str, locales: tuple[str, ...], data: Any) -> None:
    assert pick(NAMES, Attribute(localizable=True, scopable=True), channel, locales) == data


def test_an_attribute_is_asked_only_for_what_it_tells_apart() -> None:
    assert pick([value(7)], Attribute(), "web", ("fr_FR",)) == 7
    assert pick([value("a", scope="app"), value("b", scope="web")], Attribute(scopable=True), "web", ("fr_FR",)) == "b"
    assert pick([value("b", "en_US"), value("a", "fr_FR")], Attribute(localizable=True), "web", ("fr_FR",)) == "a"
    assert place_of(Attribute(localizable=True), "web", ("fr_FR",)) == (None, ("fr_FR",))
    assert place_of(Attribute(scopable=True), "web", ("fr_FR",)) == ("web", NO_LOCALE)


@pytest.mark.parametrize(("data", "picked"), [(None, None), ("", None), ([], None), (0, 0), (False, False), ("0", "0")])
def test_zero_and_false_are_values_but_empty_data_is_none(data: Any, picked: Any) -> None:
    assert pick([value(data)], Attribute(), "web", ()) is picked
    assert data_by_place([value(data)]) == ({} if picked is None else {(None, None): picked})


def test_all_data_by_place_is_what_picking_one_by_one_gives() -> None:
    assert data_by_place(NAMES) == {("fr_FR", "web"): "Tasse", ("fr_FR", "app"): "Tasse courte", ("en_US", "web"): "Mug"}


def test_values_of_assets_call_their_channel_channel() -> None:
    names = [{"locale": "fr_FR", "channel": "web", "data": "Plan"}, {"locale": "en_US", "channel": "app", "data": "Map"}]
    assert value_in(names, "app", ("fr_FR", "en_US"), "channel") == names[1]
    asset = Entry("map", "plans", {"title": names})
    localized = {"code": "title", "value_per_locale": True, "value_per_channel": True}
    assert asset.data(localized, "web", ("en_US", "fr_FR")) == "Plan"
    assert asset.data({**localized, "code": "none"}, "web", ("fr_FR",)) is None


def test_the_only_value_of_an_attribute() -> None:
    assert only([value(False)]) is False
    assert only([]) is None
