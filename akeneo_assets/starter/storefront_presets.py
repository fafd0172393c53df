"""What a storefront expects of the catalogue, as settings that the starter connector.yaml switches on for it.

Belongs here: the presets, and which axes of the PIM are what a storefront looks for by id. Doesn't: writing them down
(`starter_text`), guesses from the PIM alone (`suggestions`). Source: facts on SFCC's imports ("What a storefront expects"),
facts on the official cartridge; docs/cartridge.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from akeneo_assets.starter.suggestions import words
from akeneo_assets.structure.pim_structure import Attribute, Structure, fold


class Storefront(StrEnum):
    """Whom a starter is for."""

    plain = "plain"
    sfra = "sfra"
    sitegenesis = "sitegenesis"
    cartridge = "cartridge"


@dataclass(frozen=True, slots=True)
class Preset:
    """`settings`: path of a setting -> its value. `views`: the view types shown, `swatch` among them if it is to have one image.
    `axis_ids`: whether it looks for the axes color, size and width by these ids. `yes_no`: whether its shoppers choose the values
    of boolean axes by their names."""

    settings: Mapping[str, Any] = field(default_factory=dict)
    views: tuple[str, ...] = ("large", "medium", "small")
    axis_ids: bool = False
    yes_no: bool = False


_REFERENCE: Final = Preset(
    {
        "attributes.groups": "pim",
        "attributes.visible": True,
        "images.alt_pattern": "${productname}",
        "categories.show_in_menu": True,
        "categories.tree_as_category": False,
    },
    views=("hi-res", "large", "medium", "small", "swatch"),
    axis_ids=True,
    yes_no=True,
)

PRESETS: Final[Mapping[Storefront, Preset]] = {
    Storefront.plain: Preset(),
    Storefront.sfra: _REFERENCE,
    Storefront.sitegenesis: _REFERENCE,
    Storefront.cartridge: Preset(
        {
            "attributes.id_style": "camel_case",
            "attributes.metric": "text",
            "products.channel_tree_only": True,
            "products.status": {"source": "untouched"},
            "images.localized_view_types": True,
            "images.alt_pattern": "${productname}",
            "images.title_pattern": "${productname}",
            "reference_entities.as": "json",
        }
    ),
}
"""The reference storefronts look for the same things; where they differ is code that the import doesn't touch."""

_AXES: Final = {
    "color": ("color", "colour", "main color", "main colour", "couleur", "farbe", "colore"),
    "size": ("size", "taille", "größe", "clothing size", "clothes size", "shoe size", "eu shoes size", "taglia", "talla"),
    "width": ("width", "shoe width", "largeur", "weite"),
}
"""Id of a variation attribute in a reference storefront; the codes and labels of the PIM that mean it, the likeliest first."""

YES_NO: Final = {
    "de": ("Ja", "Nein"),
    "en": ("Yes", "No"),
    "es": ("Sí", "No"),
    "fr": ("Oui", "Non"),
    "it": ("Sì", "No"),
    "nl": ("Ja", "Nee"),
    "pt": ("Sim", "Não"),
}
"""What the values of boolean axes are called, by language."""


def axes(structure: Structure) -> list[Attribute]:
    """The attributes by which any family variant varies, each once."""
    codes = dict.fromkeys(fold(code) for variant in structure.family_variants.values() for code in variant.axes)
    return [attribute for code in codes if (attribute := structure.attribute(code))]


def axes_by_id(structure: Structure) -> dict[str, list[Attribute]]:
    """Id of a variation attribute -> the axes of the PIM that mean it, the likeliest first. No axis twice.

    Example: an axis `main_color` and one `material` -> {"color": [main_color]}.
    """
    chosen: dict[str, list[Attribute]] = {}
    for id_, meanings in _AXES.items():

        def rank(axis: Attribute, meanings: tuple[str, ...] = meanings) -> int:
            names = [words(axis.code), *(words(label) for label in axis.labels.values())]
            return next((at for at, meaning in enumerate(meanings) if meaning in names), len(meanings))

        if fitting := sorted((axis for axis in axes(structure) if rank(axis) < len(meanings)), key=rank):
            chosen[id_] = fitting
    return chosen
