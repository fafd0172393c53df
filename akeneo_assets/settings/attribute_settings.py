"""The section `attributes` of connector.yaml: which attributes of the PIM are imported, and as what."""

from collections.abc import Iterator
from typing import Annotated, Literal

from akeneo_assets.settings.section import Section, keys_among, short_for
from akeneo_assets.settings.source_settings import CustomSource, Source, SourceField
from akeneo_assets.settings.standard_fields import PRODUCT_FIELDS


class Selection(Section):
    """Attributes chosen by code, group or family."""

    attributes: tuple[str, ...] = ()
    """Attribute codes."""
    groups: tuple[str, ...] = ()
    """Codes of attribute groups: all attributes in them."""
    families: tuple[str, ...] = ()
    """Family codes: all attributes of them (excluding: those which no other family has)."""

    def __bool__(self) -> bool:
        return bool(self.attributes or self.groups or self.families)


class BooleanLabels(Section):
    """What shoppers read for the values of a boolean axis, in one locale."""

    yes: str
    """For true."""
    no: str
    """For false."""


class Attributes(Section):
    """Which attributes are imported, and as what."""

    id_prefix: str = "akeneo_"
    """Put before the code to make the id of a custom attribute."""
    id_style: Literal["as_is", "camel_case"] = "as_is"
    """`as_is` keeps the code, so that no two can meet; `camel_case` as the official cartridge has it (`short_description` becomes
    `akeneo_shortDescription`)."""
    include: Selection = Selection()
    """Import these only; none named: all."""
    exclude: Selection = Selection()
    """Don't import these; stronger than include. Variation axes are always imported."""
    standard: Annotated[dict[str, SourceField], keys_among(PRODUCT_FIELDS)] = {}
    """Standard SFCC attribute: its source. What is mapped here gets no custom attribute unless `keep_mapped` says so."""
    custom: dict[str, Annotated[CustomSource, short_for("attribute")]] = {}
    """Id of a custom product attribute that exists in SFCC: its source."""
    keep_mapped: bool = False
    """True: attributes mapped to standard or existing custom attributes become custom attributes of the connector, too."""
    metric: Literal["number", "text", "both"] = "number"
    """A metric as a number in one unit (named in the definition), as text `AMOUNT UNIT`, or both (the text under `<id>_text`)."""
    metric_unit: Literal["attribute", "channel"] = "attribute"
    """The unit of the number: the attribute's default unit, or the channel's conversion unit where it has one."""
    wide_integers: dict[str, Literal["double", "string"]] = {}
    """Code of a number attribute without decimals whose values go beyond SFCC's `int` (32 bits): the type that holds them,
    `double` (whole numbers up to 2^53) or `string`. Needed only where the PIM doesn't say so itself by the attribute's number_min
    and number_max."""
    boolean_labels: dict[str, BooleanLabels] = {}
    """For a PIM locale: what the values of a boolean variation axis are called, e.g. `en_US: {yes: Yes, no: No}`; the PIM has no
    names for them. Not given: `true` and `false`."""
    groups: Literal["one", "pim"] = "one"
    """One SFCC attribute group for all, or the PIM's attribute groups as SFCC groups."""
    group_id: str = "AkeneoAttributes"
    """Id of the one group; of the PIM's groups it is the prefix (`AkeneoAttributes_marketing`)."""
    visible: bool = False
    """The definitions' visible-flag."""
    externally_managed: bool = False
    """The definitions' externally-managed-flag: true makes them read-only in Business Manager."""

    def sources(self) -> Iterator[Source]:
        """All sources of standard and existing custom attributes, those of single sites, too."""
        for source in (*self.standard.values(), *self.custom.values()):
            yield source
            yield from source.sites.values()
