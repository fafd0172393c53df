"""Rules: what fills each attribute of an SFCC product, compiled once from the settings.

Belongs here: putting a rule together: pick the value (`value_picking`), convert it (`values`, `conversions`, `source_texts`), fit
it to the field (`fitting`), spread it over the slots (`spreading`). Doesn't: any of these steps; on which level of a model a rule
applies (`record_writer`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from akeneo_assets.mapping.attribute_definitions import CustomAttribute
from akeneo_assets.mapping.conversions import same_in_every_slot, text_of_data
from akeneo_assets.mapping.fitting import fit, has_edge_blanks
from akeneo_assets.mapping.frame import Context, Convert, Frame, SlotsOf
from akeneo_assets.mapping.problems import MALFORMED, complaint
from akeneo_assets.mapping.sites import DEFAULT, Slot
from akeneo_assets.mapping.source_texts import TextOf, attributes_read, source_text
from akeneo_assets.mapping.spreading import data_in_slots, slots_filled, slots_for_all_sites, texts_by_site, texts_in_slots
from akeneo_assets.mapping.values import unbounded_convert
from akeneo_assets.settings.source_settings import CustomSource, Source
from akeneo_assets.settings.standard_fields import Field
from akeneo_assets.structure.pim_structure import Attribute
from akeneo_assets.structure.value_picking import Values
from sfcc_resources.fields import DATETIME
from sfcc_resources.records import Slots


@dataclass(frozen=True, slots=True)
class Rule:
    """What fills one SFCC attribute: `target` in `area` of the record (fields, custom, page, store, classification).

    `slots` makes its value of the product's. `attributes` are the codes and `properties` the names of the properties that it
    reads. `inherited`: a variant leaves the value to its master where none of these is its own. `default` fills the slots that
    have no value.
    """

    area: str
    target: str
    attributes: tuple[str, ...]
    slots: SlotsOf
    inherited: bool = True
    default: Slots | None = None
    properties: tuple[str, ...] = ()


def custom_rule(custom: CustomAttribute, frame: Frame) -> Rule:
    """The rule of a custom attribute of the connector's own."""
    slots = _values_in_slots(custom.attribute, custom.value.convert, custom.attribute.localizable, frame)
    return Rule("custom", custom.id, (custom.attribute.code,), slots)


def standard_rule(field: Field, source: Source, frame: Frame) -> Rule | None:
    """The rule of a standard attribute; None when the source is optional and the PIM lacks its attribute."""
    if source.sites:
        slots, defaults = _by_site(field, source, frame)
        return _rule(field.area, field.element, source, slots, frame, defaults, inherited=field.inherited)
    default: Slots = {}
    if source.default is not None:
        default = {DEFAULT if field.localized else "": fit(field, source.default, []) or source.default}
    if field.localized:
        target_slots: Sequence[Slot] = frame.sites.localized
    else:
        target_slots = frame.sites.unlocalized if field.site_specific else frame.sites.unlocalized[:1]
    filled = _source_in_slots(field, source, target_slots, frame)
    return _rule(field.area, field.element, source, filled, frame, default, inherited=field.inherited)


def existing_custom_rule(id_: str, source: CustomSource, frame: Frame) -> Rule | None:
    """The rule of a custom attribute that exists in SFCC; None as for `standard_rule`. An attribute without conversion has the
    value that the connector's own custom attribute would have."""
    if source.sites:
        slots, defaults = _by_site(None, source, frame)
        return _rule("custom", id_, source, slots, frame, defaults)
    attribute = frame.structure.attribute(source.attribute) if source.attribute is not None else None
    localizable = source.localizable if source.localizable is not None else bool(attribute and attribute.localizable)
    default: Slots = {} if source.default is None else {DEFAULT if localizable else "": source.default}
    filled: SlotsOf | None
    if attribute is not None and not source.convert:
        filled = _values_in_slots(attribute, unbounded_convert(attribute, frame), localizable, frame)
    else:
        target_slots = frame.sites.localized if localizable else slots_for_all_sites(attributes_read(source, frame), frame)
        filled = _source_in_slots(None, source, target_slots, frame)
    return _rule("custom", id_, source, filled, frame, default)


def texts_by_locale(source: Source, frame: Frame) -> SlotsOf | None:
    """The texts of a source by locale, or its default; None when it reads an attribute that the PIM lacks."""
    text_of = source_text(source, frame)
    if text_of is None:
        return None
    filled = texts_in_slots(_fitted(None, text_of), attributes_read(source, frame), frame.sites.localized, frame)
    default: Slots | None = None if source.default is None else {DEFAULT: source.default}
    return lambda values, context: filled(values, context) or default


def _rule(
    area: str, target: str, source: Source, slots: SlotsOf | None, frame: Frame, default: Slots, *, inherited: bool = True
) -> Rule | None:
    """The rule. Where the source's attribute isn't in the PIM it has the default alone; without default there is none."""
    if slots is None:
        return Rule(area, target, (), lambda _values, _context: None, inherited, default) if default else None
    codes = tuple(attribute.code for attribute in attributes_read(source, frame))
    return Rule(area, target, codes, slots, inherited, default or None, source.properties())


def _values_in_slots(attribute: Attribute, convert: Convert, localizable: bool, frame: Frame) -> SlotsOf:
    """The values of an attribute, unconverted, in a custom attribute that is localizable or not."""
    if localizable:
        return data_in_slots(attribute, convert, slots_filled(attribute, frame.sites.localized), frame)
    return data_in_slots(attribute, convert, slots_for_all_sites([attribute], frame), frame)


def _source_in_slots(field: Field | None, source: Source, target_slots: Sequence[Slot], frame: Frame) -> SlotsOf | None:
    """The texts of a source in the target's slots, as the field takes them (None: a custom attribute takes any); None when the
    source reads an attribute that the PIM lacks."""
    keep_time = field is not None and field.type is DATETIME
    attribute = frame.structure.attribute(source.attribute) if source.attribute is not None else None
    if attribute is not None and same_in_every_slot(attribute, source.convert):
        in_slot = text_of_data(attribute, source.convert, frame, keep_time=keep_time)
        base = target_slots[0]

        def convert(data: object, context: Context) -> str | None:
            return _fit(field, in_slot(data, base, context), context)

        return data_in_slots(attribute, convert, slots_filled(attribute, target_slots), frame)
    text_of = source_text(source, frame, keep_time=keep_time)
    return text_of and texts_in_slots(_fitted(field, text_of), attributes_read(source, frame), target_slots, frame)


def _by_site(field: Field | None, source: Source, frame: Frame) -> tuple[SlotsOf, Slots]:
    """What fills the slots of a source with `sites`, and its defaults: a site's constant or own default, else the one for all."""
    keep_time = field is not None and field.type is DATETIME
    texts: dict[str, TextOf | None] = {}
    defaults: Slots = {}
    for site, of_site in source.by_site.items():
        text_of = source_text(of_site, frame, keep_time=keep_time)
        texts[site] = text_of and _fitted(field, text_of)
        default = of_site.default if of_site.constant is None else of_site.constant
        if default is not None:
            defaults[f"@{site}"] = default if field is None else fit(field, default, []) or default
    return texts_by_site(texts, defaults, frame), defaults


def _fitted(field: Field | None, text_of: TextOf) -> TextOf:
    """The text as the field takes it. One slot's bad value leaves the others whole and is reported."""

    def fitted(values: Values, slot: Slot, context: Context) -> str | None:
        try:
            return _fit(field, text_of(values, slot, context), context)
        except MALFORMED as error:
            context.reasons.append(complaint(error))
            return None

    return fitted


def _fit(field: Field | None, text: str | None, context: Context) -> str | None:
    if field is None or text is None:
        return text
    if has_edge_blanks(field, text):
        context.trimmed += 1
    return fit(field, text, context.reasons)
