"""A value over the slots of an SFCC attribute: x-default and locales, or all sites and single ones.

Belongs here: which slots a value fills, and when a site needs a value of its own. Doesn't: which slots there are (`sites`), what
the value is (`conversions`, `source_texts`).

Three rules of SFCC decide. A locale without text shows x-default. A site without a value of its own shows the one for all sites.
Values by site exist only for attributes that SFCC defines so. Source: facts, SFCC imports, site-specific.
"""

from collections.abc import Callable, Collection, Iterable, Sequence

from akeneo_assets.mapping.frame import Context, Convert, Frame, SlotsOf
from akeneo_assets.mapping.problems import MALFORMED, complaint
from akeneo_assets.mapping.sites import DEFAULT, Slot
from akeneo_assets.mapping.source_texts import TextOf
from akeneo_assets.structure.pim_structure import Attribute
from akeneo_assets.structure.value_picking import Values, data_by_place, only, place_of
from sfcc_resources.records import Slots

# --- Which slots ----------------------------------------------------------------------------------------------------------------


def slots_for_all_sites(attributes: Iterable[Attribute], frame: Frame) -> Sequence[Slot]:
    """The slots of a custom attribute that isn't localizable, made of these PIM attributes.

    The connector's own custom attributes are defined per site where the PIM's attribute is scopable. Of others SFCC takes one
    value, the first site's.
    """
    return frame.sites.unlocalized if any(attribute.scopable for attribute in attributes) else frame.sites.unlocalized[:1]


def slots_filled(attribute: Attribute, slots: Sequence[Slot]) -> Sequence[Slot]:
    """Those of a target's slots that values of the attribute fill.

    Over locales, a value that isn't localizable fills x-default, which stands for all of them, and the locales of sites that read
    another channel.
    """
    return slots if attribute.localizable or not slots[0].key else [slots[0], *_slots_of_other_channels([attribute], slots)]


def _slots_of_other_channels(attributes: Iterable[Attribute], slots: Sequence[Slot]) -> list[Slot]:
    """The locales' slots whose value differs from x-default's though it isn't localizable: they read another channel."""
    if not slots[0].key or not any(attribute.scopable and not attribute.localizable for attribute in attributes):
        return []
    return [slot for slot in slots if slot.channel != slots[0].channel]


# --- Filling them ---------------------------------------------------------------------------------------------------------------


def data_in_slots(attribute: Attribute, convert: Convert, slots: Sequence[Slot], frame: Frame) -> SlotsOf:
    """One attribute's values in the slots, each converted once however many slots show it. One slot's bad value leaves the others
    whole and is reported."""
    if not attribute.localizable and not attribute.scopable and len(slots) == 1 and not slots[0].key:
        return _one_value(attribute.code, convert)
    code = attribute.code
    asked = [(slot.key, *place_of(attribute, slot.channel, slot.locales)) for slot in slots]
    completed = _completing_sites([attribute], slots, frame)

    def slots_of(values: Values, context: Context) -> Slots | None:
        data = data_by_place(values[code])
        filled: Slots = {}
        converted: dict[tuple[str | None, str | None], str | list[str] | None] = {}
        for key, channel, locales in asked:
            for locale in locales:
                place = (locale, channel)
                if place in data:
                    if place not in converted:
                        converted[place] = _converted(convert, data[place], context)
                    value = converted[place]
                    if value is not None:
                        filled[key] = value
                    break
        return completed(filled) or None

    return slots_of


def _one_value(code: str, convert: Convert) -> SlotsOf:
    def slots_of(values: Values, context: Context) -> Slots | None:
        data = only(values[code])
        value = None if data is None else convert(data, context)
        return None if value is None else {"": value}

    return slots_of


def _converted(convert: Convert, data: object, context: Context) -> str | list[str] | None:
    try:
        return convert(data, context)
    except MALFORMED as error:
        context.reasons.append(complaint(error))
        return None


def texts_in_slots(text_of: TextOf, attributes: Collection[Attribute], slots: Sequence[Slot], frame: Frame) -> SlotsOf:
    """The texts of a source that reads these attributes, each slot by itself: labels, templates and prices differ from slot to
    slot though the value is one."""
    completed = _completing_sites(attributes, slots, frame)
    # Where a locale reads another channel and has no text, x-default would be shown, which has the first channel's.
    instead = {
        slot.key: Slot(DEFAULT, slot.channel, (*slot.locales, *slots[0].locales))
        for slot in _slots_of_other_channels(attributes, slots)
    }

    def slots_of(values: Values, context: Context) -> Slots | None:
        texts = {slot.key: text_of(values, slot, context) for slot in slots}
        for key, slot in instead.items():
            if texts[key] is None:
                texts[key] = text_of(values, slot, context)
        return completed({key: text for key, text in texts.items() if text is not None}) or None

    return slots_of


def texts_by_site(text_of_site: dict[str, TextOf | None], defaults: Slots, frame: Frame) -> SlotsOf:
    """The texts of sources that each fill one site, by site id; a site without text has its default, by slot."""
    slots = [
        (Slot(f"@{site.id}", site.channel, site.default_locales), text_of)
        for site in frame.sites.sites
        if site.id is not None and (text_of := text_of_site.get(site.id)) is not None
    ]

    def slots_of(values: Values, context: Context) -> Slots | None:
        texts = {slot.key: text for slot, text_of in slots if (text := text_of(values, slot, context)) is not None}
        return {**defaults, **texts} or None

    return slots_of


def _completing_sites(attributes: Collection[Attribute], slots: Sequence[Slot], frame: Frame) -> Callable[[Slots], Slots]:
    """Makes each site show its own value or none, given the slots that have values.

    With sites A and B of two channels: `{"": "a", "@B": "b"}` stays; of `{"": "a", "@B": "a"}` the second is left out, since B
    shows the first; and `{"": "a"}`, where B has no value, becomes `{"@A": "a"}`, since B would show A's value.
    """
    base = slots[0]
    if base.key:
        unlocalized = not any(attribute.localizable for attribute in attributes)
        others = [slot.key for slot in _slots_of_other_channels(attributes, slots)] if unlocalized else []
        first: Sequence[str] = [slot.key for slot in frame.sites.localized[1:] if slot.channel == base.channel]
    else:
        others, first = [slot.key for slot in slots[1:]], frame.sites.first_sites

    def completed(filled: Slots) -> Slots:
        if base.key not in filled:
            return filled
        shared = filled[base.key]
        if all(key in filled for key in others):
            return {key: value for key, value in filled.items() if key[:1] != "@" or value != shared}
        return {**dict.fromkeys(first, shared), **{key: value for key, value in filled.items() if key != base.key}}

    return completed if others else lambda filled: filled
