"""A shopper's choice among the variants of a master: what is chosen, what else can be.

Source: Script API, ProductVariationModel (values that some complete variant online has, in their explicit order; the choice
is one value a variation attribute; a variant is found once each attribute has one).

Assumption: a value that no variant has together with the rest of the choice can still be taken; it then drops the rest.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.sfcc.storefront.shop_products import Axis, Product

Choice = Mapping[str, str]
"""{attribute id: value}."""


@dataclass(frozen=True)
class Option:
    """One value of a variation attribute. `leads_to`: the choice after a click on it; `fits`: it goes with the rest of the
    choice.
    """

    value: str
    name: str
    chosen: bool
    fits: bool
    leads_to: Choice


@dataclass(frozen=True)
class OptionList:
    """A variation attribute with the values that can be chosen; `chosen`: the chosen value's name, or ''."""

    axis: Axis
    options: list[Option]

    @property
    def chosen(self) -> str:
        return next((option.name for option in self.options if option.chosen), "")


def valid_choice(master: Product, wanted: Choice) -> Choice:
    """What of a wish can be: values of the master's attributes, as long as a variant has all of them together."""
    choice: dict[str, str] = {}
    for axis in master.axes:
        tried = {**choice, axis.attribute: wanted.get(axis.attribute, "")}
        if axis.attribute in wanted and fitting(master, tried):
            choice = tried
    return choice


def fitting(master: Product, choice: Choice) -> list[Product]:
    """The variants that have all chosen values."""
    return [variant for variant in master.variants if choice.items() <= variant.values.items()]


def chosen_variant(master: Product, choice: Choice) -> Product | None:
    """The variant, once each attribute is chosen."""
    return next(iter(fitting(master, choice)), None) if master.axes and len(choice) == len(master.axes) else None


def option_lists(master: Product, choice: Choice) -> list[OptionList]:
    """What can be chosen, attribute by attribute."""
    return [OptionList(axis, [_option(master, axis, value, choice) for value in _values(master, axis)]) for axis in master.axes]


def _values(master: Product, axis: Axis) -> list[str]:
    """The values that variants have, in the order of the attribute's list; behind them those that the list lacks."""
    held = list(dict.fromkeys(variant.values[axis.attribute] for variant in master.variants))
    return [value for value in axis.names if value in held] + [value for value in held if value not in axis.names]


def _option(master: Product, axis: Axis, value: str, choice: Choice) -> Option:
    rest = {attribute: v for attribute, v in choice.items() if attribute != axis.attribute}
    chosen = choice.get(axis.attribute) == value
    fits = bool(fitting(master, {**rest, axis.attribute: value}))
    leads_to = rest if chosen else valid_choice_from(master, axis.attribute, value, rest)
    return Option(value, axis.name_of(value), chosen, fits, leads_to)


def valid_choice_from(master: Product, attribute: str, value: str, rest: Choice) -> Choice:
    """The choice with a new value: with as much of the rest as a variant has together with it."""
    choice = {attribute: value}
    for axis in master.axes:
        tried = {**choice, axis.attribute: rest[axis.attribute]} if axis.attribute in rest else choice
        if fitting(master, tried):
            choice = tried
    return choice
