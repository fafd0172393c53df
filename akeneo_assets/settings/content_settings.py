"""The sections `reference_entities` and `assets` of connector.yaml: what records and asset collections become in SFCC."""

from typing import Annotated, Literal

from pydantic import Field

from akeneo_assets.settings.section import Section, only_placeholders


class ReferenceEntities(Section):
    """Reference entities and their records as content assets."""

    as_: Annotated[Literal["content", "json", "none"], Field(alias="as")] = "none"
    """One content asset a record with real attributes, one a reference entity with a JSON text (as the official cartridge), or
    none."""
    library: str = "akeneo-library"
    """Id of a shared library; `sites/RefArch` is the private library of the site RefArch."""
    entities: tuple[str, ...] = ()
    """Reference entities imported; none named: all."""
    folder: Annotated[str, only_placeholders("{entity}")] | None = None
    """Folder of the content assets; `{entity}` stands for the reference entity's code and makes each entity a folder of its own,
    named like it. A folder without it is yours: it has to stand in the library, else SFCC refuses the place of each content
    asset."""


class Assets(Section):
    """Asset collections as values."""

    as_: Annotated[Literal["json", "codes", "set"], Field(alias="as")] = "json"
    """The custom attribute of an asset collection: one JSON text with every asset's media in order; the asset codes; or one JSON
    an asset (a set holds 200 values at most)."""
