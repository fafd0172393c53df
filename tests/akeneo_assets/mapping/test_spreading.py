"""Which slots a value fills."""

from typing import Any

import pytest

from akeneo_assets.mapping.frame import Context, Frame
from akeneo_assets.mapping.sites import resolve
from akeneo_assets.mapping.spreading import data_in_slots, slots_filled, slots_for_all_sites
from akeneo_assets.settings.connector import ConnectorSettings


@pytest.fixture
def frame(pim: Any) -> Frame:
    """Site A reads the channel ecommerce (en_US, fr_FR), site B the channel app (de_DE)."""
    pim.channel("app", ["de_DE"], ["EUR"])
    for code, more in {"plain": {}, "by_channel": {"scopable": True}, "by_locale": {"localizable": True}}.items():
        pim.attribute(code, "text", **more)
    sites = [{"id": "A", "channel": "ecommerce"}, {"id": "B", "channel": "app"}]
    settings = ConnectorSettings.model_validate({"organization": {"sites": sites}})
    structure = pim.structure()
    return Frame(settings, structure, resolve(settings, structure))


@pytest.mark.parametrize(
    ("code", "keys"),
    [
        ("plain", ["x-default"]),
        ("by_channel", ["x-default", "de-DE"]),
        ("by_locale", ["x-default", "en-US", "fr-FR", "de-DE"]),
    ],
)
def test_a_value_fills_the_locales_in_which_it_may_differ(frame: Frame, code: str, keys: list[str]) -> None:
    assert [slot.key for slot in slots_filled(frame.structure.attributes[code], frame.sites.localized)] == keys


@pytest.mark.parametrize(("code", "keys"), [("plain", [""]), ("by_channel", ["", "@B"])])
def test_only_a_scopable_attribute_has_values_for_single_sites(frame: Frame, code: str, keys: list[str]) -> None:
    assert [slot.key for slot in slots_for_all_sites([frame.structure.attributes[code]], frame)] == keys


@pytest.mark.parametrize(
    ("by_channel", "slots"),
    [
        ({"ecommerce": "a", "app": "b"}, {"": "a", "@B": "b"}),
        ({"ecommerce": "a", "app": "a"}, {"": "a"}),
        ({"ecommerce": "a"}, {"@A": "a"}),
        ({"app": "b"}, {"@B": "b"}),
        ({}, None),
    ],
)
def test_each_site_shows_its_own_value_or_none(frame: Frame, by_channel: dict[str, str], slots: Any) -> None:
    attribute = frame.structure.attributes["by_channel"]
    of = data_in_slots(attribute, lambda data, _context: str(data), slots_for_all_sites([attribute], frame), frame)
    values = {"by_channel": [{"locale": None, "scope": channel, "data": data} for channel, data in by_channel.items()]}
    assert of(values, Context({})) == slots


def test_one_datum_in_several_slots_is_converted_once(frame: Frame) -> None:
    converted: list[Any] = []

    def convert(data: Any, _context: Context) -> str:
        converted.append(data)
        return str(data)

    attribute = frame.structure.attributes["by_locale"]
    of = data_in_slots(attribute, convert, frame.sites.localized, frame)
    values = {"by_locale": [{"locale": "en_US", "scope": None, "data": "Mug"}]}
    assert of(values, Context({})) == {"x-default": "Mug", "en-US": "Mug"}
    assert converted == ["Mug"]
