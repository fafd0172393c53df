"""The section `images` of connector.yaml: where the products' images come from, and the view types that show them."""

from typing import Annotated, Literal

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


class ExternalLocation(Section):
    """Images that lie outside SFCC."""

    http: str
    """Base URL of the images."""
    https: str | None = None
    """The same for secure pages."""


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
