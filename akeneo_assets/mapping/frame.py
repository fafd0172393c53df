"""What the mapping is compiled from, what it is handed for one product, and the shape of what it compiles.

Belongs here: types that most modules of the mapping share. Doesn't: any rule.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from akeneo_assets.mapping.sites import Sites
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.structure.pim_structure import Option, Structure
from akeneo_assets.structure.value_picking import Values
from sfcc_resources.records import Record, Slots

Item = Mapping[str, Any]
"""A product or product model as the API gives it; a variant's or sub-model's values include those of its ancestors."""

Targets = Mapping[tuple[str, str], Any]
"""What products name, as SFCC knows it: ("product", uuid), ("product_model", code), ("identifier", identifier) -> SFCC id;
("group", code) -> list of SFCC ids. None or absent: it isn't exported."""


Composition = Literal["bundle", "set"]

Compositions = Mapping[str, Composition]
"""SFCC id -> what the product is, for the exported products that are bundles or sets."""

NO_COMPOSITIONS: Final[Compositions] = {}


@dataclass(slots=True)
class Context:
    """What a value may need of its `item` and what that names, and what it reports: `reasons` are those of the attribute at hand,
    `trimmed` counts the item's texts that lost blanks at their edges."""

    targets: Targets
    item: Item = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    trimmed: int = 0


@dataclass(frozen=True, slots=True)
class Frame:
    """What every part of the mapping is compiled from."""

    settings: ConnectorSettings
    structure: Structure
    sites: Sites


Convert = Callable[[Any, Context], "str | list[str] | None"]
"""`data` of a PIM value -> the SFCC value, None when it is empty.

UnmappableError: the data can't be an SFCC value. Where only a part of it can't, the rest is returned and a reason is appended to
the context's.
"""

SlotsOf = Callable[[Values, Context], "Slots | None"]
"""A product's values -> what fills one SFCC attribute, by slot; None when there is no value."""


@dataclass(frozen=True, slots=True)
class ValueType:
    """An SFCC attribute made of a PIM attribute.

    `type` is one of metadata.xsd's. The SFCC id ends in `suffix`. `options` are the values of an enum in their order, of which
    several may be chosen where it is `multiple`. `units` is the unit of a number, by slot.
    """

    type: str
    convert: Convert
    suffix: str = ""
    multiple: bool = False
    options: tuple[Option, ...] = ()
    units: Slots | None = None


PlacedRecord = tuple[str, str, Record]
"""A record with its place: (record type, container, record). The container is the catalog, price book, library or object type
that holds it."""
