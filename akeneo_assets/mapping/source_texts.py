"""The text that a source of connector.yaml has in one slot: from an attribute, a property, a template or a constant.

Belongs here: picking the slot's value and converting it, and templates. Doesn't: what the target field takes (`fitting`), which
slots are filled (`spreading`).

The template `{brand} {name}` is `ACME Mug` under x-default and `ACME Tasse` under fr-FR.
"""

from collections.abc import Callable, Sequence

from akeneo_assets.mapping.conversions import shows_labels, text_of_data
from akeneo_assets.mapping.frame import Context, Frame
from akeneo_assets.mapping.item_properties import property_text
from akeneo_assets.mapping.problems import MALFORMED, complaint
from akeneo_assets.mapping.sites import DEFAULT, Slot
from akeneo_assets.settings.source_settings import PLACEHOLDER, PROPERTY_PREFIX, Source
from akeneo_assets.structure.pim_structure import Attribute
from akeneo_assets.structure.value_picking import Values, pick

TextOf = Callable[[Values, Slot, Context], "str | None"]
"""A product's values -> the text of exactly this slot; None: there is none, or a locale has none of its own and shows
x-default."""


def attributes_read(source: Source, frame: Frame) -> list[Attribute]:
    """The attributes that the source reads, of those that the PIM has."""
    return [attribute for code in source.attributes() if (attribute := frame.structure.attribute(code))]


def source_text(source: Source, frame: Frame, *, keep_time: bool = False) -> TextOf | None:
    """The text of a source that has no `sites`; None when it reads an attribute that the PIM lacks, as optional ones may.

    `keep_time`: see `conversions.text_of_data`.
    """
    if source.constant is not None:
        constant = source.constant
        return lambda _values, slot, _context: None if slot.is_locale else constant
    if source.property_ is not None:
        return property_text(source.property_, source.convert, frame)
    if source.template is not None:
        missing = any(frame.structure.attribute(code) is None for code in source.attributes())
        return None if missing else _template_text(source.template, source.convert, frame)
    attribute = frame.structure.attribute(source.attribute or "")
    return None if attribute is None else _attribute_text(attribute, source.convert, frame, keep_time=keep_time)


def _attribute_text(attribute: Attribute, conversions: Sequence[str], frame: Frame, *, keep_time: bool) -> TextOf:
    text_of = text_of_data(attribute, conversions, frame, keep_time=keep_time)
    differs_by_locale = attribute.localizable or shows_labels(attribute, conversions)

    def text(values: Values, slot: Slot, context: Context) -> str | None:
        entries = values.get(attribute.code)
        if not entries or (slot.is_locale and not differs_by_locale):
            return None
        data = pick(entries, attribute, slot.channel, slot.locales)
        return None if data is None else text_of(data, slot, context)

    return text


def _template_text(template: str, conversions: Sequence[str], frame: Frame) -> TextOf:
    literals = PLACEHOLDER.split(template)  # literal, name, literal, name, ..., literal
    parts = [_template_part(name, conversions, frame) for name in literals[1::2]]
    bases = {site.channel: Slot(DEFAULT, site.channel, frame.sites.default_locales) for site in frame.sites.sites}

    def text(values: Values, slot: Slot, context: Context) -> str | None:
        texts = [part(values, slot, context) for part in parts]
        if all(text is None for text in texts):
            return None
        if not slot.is_base:  # what has no text of its own here is completed from the default locale
            base = bases[slot.channel]
            texts = [part(values, base, context) if text is None else text for part, text in zip(parts, texts, strict=True)]
        pieces = [literals[0]]
        for text, literal in zip(texts, literals[2::2], strict=True):
            pieces += (text or "", literal)
        # Blanks that a missing value leaves beside one another become one; lines stay.
        return "\n".join(" ".join(line.split()) for line in "".join(pieces).split("\n")).strip() or None

    return text


def _template_part(name: str, conversions: Sequence[str], frame: Frame) -> TextOf:
    """The text of one of a template's placeholders. Bad data leaves the others whole, and its reason names the placeholder."""
    text_of = _placeholder_text(name, conversions, frame)

    def text(values: Values, slot: Slot, context: Context) -> str | None:
        before = len(context.reasons)
        try:
            part = text_of(values, slot, context)
        except MALFORMED as error:
            context.reasons.append(complaint(error))
            part = None
        if len(context.reasons) > before:
            context.reasons[before:] = [f"'{name}': {reason}" for reason in context.reasons[before:]]
        return part

    return text


def _placeholder_text(name: str, conversions: Sequence[str], frame: Frame) -> TextOf:
    if name.startswith(PROPERTY_PREFIX):
        return property_text(name.removeprefix(PROPERTY_PREFIX), conversions, frame)
    attribute = frame.structure.attribute(name)
    assert attribute is not None, name  # a template that names an attribute which the PIM lacks is never compiled
    return _attribute_text(attribute, conversions, frame, keep_time=False)
