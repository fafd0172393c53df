"""The sections `products` and `associations` of connector.yaml: which products are imported, and as what."""

from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, model_validator

from akeneo_assets.settings.section import Section, as_text


class Status(Section):
    """What decides whether a product is online."""

    source: Literal["enabled", "completeness", "attribute", "untouched"] = "enabled"
    """The PIM's `enabled`, the completeness for the site's channel, a boolean attribute, or nothing: the flag is left to
    merchants."""
    attribute: str | None = None
    """Code of the boolean attribute, with source `attribute`."""
    completeness: Annotated[int, Field(ge=0, le=100)] = 100
    """Least completeness in percent, with source `completeness`; disabled products are offline all the same."""
    locales: Literal["all", "any"] = "all"
    """Whether all of the site's locales must be complete, or any one."""

    @model_validator(mode="after")
    def _attribute_goes_with_its_source(self) -> "Status":
        if (self.source == "attribute") != (self.attribute is not None):
            raise ValueError("attribute goes with source: attribute, and only with it")
        return self


class Composition(Section):
    """Which products are bundles or sets."""

    family: str
    """Products of this family."""
    association: str
    """Association type (bundles may use a quantified one) that holds their parts."""


Search = dict[str, Any]
"""The PIM's `search` JSON: attribute or property -> list of conditions (operator, value, locale, scope)."""


class Products(Section):
    """Which products are imported, and how."""

    filter: Search = {}
    """The PIM's own `search` JSON, written as YAML, for products, e.g. `{family: [{operator: IN, value: [shoes]}]}`."""
    model_filter: Search = {}
    """The same for product models. A model that is left out takes its variants along."""
    channel_tree_only: bool = False
    """True: only products classified in a tree of the site, as the official cartridge does. A model comes when it or something
    below it is."""
    without_identifier: Literal["hold_back", "uuid"] = "hold_back"
    """A product without identifier is held back and reported, or gets its uuid as its SFCC id."""
    status: Status = Status()
    """Online or offline."""
    label_as_name: bool = False
    """True: a product whose mapped name (`attributes.standard.name`) is empty in every locale is called as in the PIM, by its
    family's label attribute."""
    model_import: Literal["master-variation", "master-group-variation"] = "master-variation"
    """Two-level models as master and variants, or with the sub-models as variation groups."""
    bundle: Composition | None = None
    """Products that become bundles."""
    set: Composition | None = None
    """Products that become product sets."""


LINK_TYPES: Final = ("cross-sell", "replacement", "up-sell", "accessory", "spare-part", "newer-version", "alt-orderunit", "other")
"""Source: SFCC's catalog.xsd, complexType.ProductLink."""


class Association(Section):
    """What an association type becomes."""

    as_: Annotated[Literal["recommendation", "product-link"], Field(alias="as")] = "recommendation"
    """A recommendation or a product link."""
    type: Annotated[str, BeforeValidator(as_text)] = "1"
    """A recommendation's number (1 cross-sell, 2 up-sell, 3 other, or one of the merchant's own), or a product link's type."""
    optional: bool = False
    """True: it is no error when the PIM lacks the type."""

    @model_validator(mode="after")
    def _type_is_one_of_sfcc(self) -> "Association":
        if self.as_ == "product-link" and self.type not in LINK_TYPES:
            raise ValueError(f"a product link's type is one of {', '.join(LINK_TYPES)}, not '{self.type}'")
        if self.as_ == "recommendation" and not (self.type.isdigit() and int(self.type) > 0):
            raise ValueError(f"a recommendation's type is a positive number, not '{self.type}'")
        return self
