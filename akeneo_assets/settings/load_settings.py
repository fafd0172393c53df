"""The section `loads` of connector.yaml: what a differential reads again, and what becomes of what is gone."""

from typing import Annotated, Final, Literal

from pydantic import Field

from akeneo_assets.settings.section import Section

MONTH: Final = 30 * 24 * 60
"""Minutes."""

YEAR: Final = 365 * 24
"""Hours."""


Policy = Literal["offline", "delete", "keep"]
"""What becomes of an object that was exported and isn't any more: it is taken offline, deleted, or left as it is."""


class Retire(Section):
    """What becomes of an object that was exported and isn't any more: deleted in the PIM, left out by connector.yaml, renamed.

    `offline`: it stays in SFCC, offline on every site, without assignments, prices and links, until it is exported again.
    `delete`: it is deleted. `keep`: it stays as it is."""

    products: Policy = "offline"
    """Products, masters and variation groups."""
    categories: Policy = "offline"
    """Categories. `delete` spares those above merchants' subcategories."""
    content: Policy = "offline"
    """Content assets and folders of reference entities; the object that holds a table's structure, which has no online flag, is
    deleted."""
    price_books: Policy = "offline"
    """Headers of price books; their prices go in any case."""
    media: Literal["delete", "keep"] = "delete"
    """Files of images and documents that nothing exported shows any more. None is deleted where `products`, `categories` or
    `content` is `keep`, or where images (`images.view_types: []`) or categories (`categories.write: false`) are the merchants':
    what stays as it is goes on showing its files."""


class Loads(Section):
    """Loads of products."""

    overlap_minutes: Annotated[int, Field(ge=1, le=MONTH)] = 10
    """How far a differential looks back behind the last load's start; 30 days at most."""
    summer_time_overlap_minutes: Annotated[int, Field(ge=60, le=MONTH)] = 120
    """The same across a change of summer time, where the PIM's time zone isn't UTC."""
    retire: Retire = Retire()
    """Objects that are no longer exported."""
    verify_every: Annotated[int, Field(ge=1, le=YEAR)] = 24
    """Hours after which a differential compares all uuids and codes of the PIM with what is known, instead of counts alone: one
    that went and one that came can hide each other from counts. A full load always compares all."""
    max_age_hours: Annotated[int, Field(ge=1, le=YEAR)] | None = None
    """Hours after which the last successful load is too old: the check `imported_lately` of `sfcc/product_import` then fails and
    says what to do. null: no load is too old."""
