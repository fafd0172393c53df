"""Which of an attribute's values holds for a channel and a locale. Products, models, assets and records are all read here.

Belongs here: picking a value. Doesn't: what becomes of its data (`akeneo_assets.mapping.conversions`), which channel and locales
a slot of SFCC reads (`akeneo_assets.mapping.sites`).

An attribute has one value, or one for each channel (scopable), for each locale (localizable), or for each pair of them. The API
lists them as `{"locale": "fr_FR", "scope": None, "data": "Tasse"}`; values of assets, records and categories say `channel`
instead of `scope`. Source: facts, Akeneo API, section 3.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

Value = Mapping[str, Any]
"""One value as the API gives it."""

Values = Mapping[str, list[dict[str, Any]]]
"""An item's `values`: attribute code -> its values."""

EMPTY: Final[tuple[Any, ...]] = (None, "", [])
"""Data that is no value."""

NO_LOCALE: Final[tuple[None]] = (None,)
"""The locales of an attribute that isn't localizable."""


class Varying(Protocol):
    """What an attribute has values for. A product's attribute (`pim_structure.Attribute`) is one."""

    @property
    def localizable(self) -> bool: ...
    @property
    def scopable(self) -> bool: ...


def value_in(
    values: Sequence[Value], channel: str | None, locales: Sequence[str | None], channel_key: str = "scope"
) -> Value | None:
    """The value for a channel in the first of the locales that has data; None: none of them has.

    `channel` is None for an attribute that isn't scopable, `locales` is `NO_LOCALE` for one that isn't localizable.
    `channel_key`: what the values call their channel.
    """
    for locale in locales:
        for value in values:
            if value.get("locale") == locale and value.get(channel_key) == channel and value["data"] not in EMPTY:
                return value
    return None


def place_of(attribute: Varying, channel: str, locales: Sequence[str]) -> tuple[str | None, Sequence[str | None]]:
    """The channel and locales that `value_in` has to be asked for: those given, as far as the attribute tells them apart.

    Of a localizable name, ("print", ("fr_FR", "en_US")) is (None, ("fr_FR", "en_US")).
    """
    return (channel if attribute.scopable else None, locales if attribute.localizable else NO_LOCALE)


def pick(values: Sequence[Value], attribute: Varying, channel: str, locales: Sequence[str]) -> Any:
    """The data of a product's or model's attribute for a channel, in the first of the locales that has some; None: there is none.

    Of a name in fr_FR and en_US, `pick(values, name, "ecommerce", ("fr_CA", "en_US"))` is the English one.
    """
    value = value_in(values, channel if attribute.scopable else None, locales if attribute.localizable else NO_LOCALE)
    return None if value is None else value["data"]


def data_by_place(values: Sequence[Value]) -> dict[tuple[str | None, str | None], Any]:
    """The data of all values of a product's or model's attribute by (locale, channel), for whoever picks several of them:
    `{("fr_FR", None): "Tasse"}`. `place_of` says which to ask for."""
    return {(value["locale"], value["scope"]): value["data"] for value in values if value["data"] not in EMPTY}


def only(values: Sequence[Value]) -> Any:
    """The data of an attribute that is neither localizable nor scopable, and so has one value; None: it is empty."""
    return values[0]["data"] if values else None
