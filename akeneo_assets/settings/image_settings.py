"""The section `images` of connector.yaml: where the products' images come from, and the view types that show them."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from akeneo_assets.settings.section import Section, short_for
from akeneo_assets.settings.source_settings import Source


class ViewType(Section):
    """An SFCC view type and the images that it shows."""

    id: str
    """The view type, e.g. `large`."""
    attributes: tuple[str, ...] = ()
    """Image or asset collection attributes shown, in this order. None named: all, the family's main image first."""
    asset_families: tuple[str, ...] = ()
    """Assets of these families only; none named: all."""
    asset_attribute: str | None = None
    """The asset attribute that holds the file or link. Not given: the asset family's main media."""
    limit: Annotated[int | None, Field(ge=1)] = None
    """The most images that the view type shows, the first ones; 1 for a swatch."""


class ExternalLocation(Section):
    """Images that lie outside SFCC."""

    http: str
    """Base URL of the images."""
    https: str | None = None
    """The same for secure pages."""


def _at_most(limit: int) -> AfterValidator:
    """No longer text than this: SFCC takes none."""

    def check(text: str) -> str:
        if len(text) > limit:
            raise ValueError(f"has {len(text)} characters, {limit} are allowed")
        return text

    return AfterValidator(check)


HeaderPattern = Annotated[str, _at_most(256)]


class Images(Section):
    """The products' images."""

    source: Literal["images", "assets", "both"] = "images"
    """Image attributes, asset collections, or both (image attributes first)."""
    view_types: tuple[Annotated[ViewType, short_for("id")], ...] = (
        ViewType(id="large"),
        ViewType(id="medium"),
        ViewType(id="small"),
    )
    """The image groups written; empty: image references are left alone."""
    localized_view_types: bool = False
    """True: asset values that differ by locale get view types of their own, `<view type>_<locale>`, as the official cartridge has
    it."""
    external_location: ExternalLocation | None = None
    """Base URLs written to the catalog's header when images lie outside SFCC. Images are then named by the PIM's own media codes
    (links: by what follows the base URL), and none is fetched or sent; files and PDFs are."""
    alt: Annotated[Source | None, short_for("attribute")] = None
    """Source of the images' alternative text."""
    title: Annotated[Source | None, short_for("attribute")] = None
    """Source of the images' title."""
    variation_attribute: str | None = None
    """The variation axis whose values look different, such as `color`. A variant without images then shows those of a variant
    with the same value of this axis. Not given: it shows another variant's images only where images prove that the axes in which
    the two differ make no difference, else its master's. The catalog's header names the axis; not given, its name there is left
    alone."""
    alt_pattern: HeaderPattern | None = None
    """The catalog's pattern of alternative texts, which SFCC uses for images without one: a text with `${productname}`,
    `${variationvalue}` and `${viewtype}`. The official cartridge wrote `${productname}`. Not given: the catalog's own is left
    alone."""
    title_pattern: HeaderPattern | None = None
    """The same for the images' titles."""
