"""Values of standard and existing custom attributes: from one PIM attribute, a template or a constant, compiled to rules.

Belongs here: picking a value for a slot, its text, conversions by name, templates. Doesn't: what a field takes (`fields`), the
connector's own custom attributes' values (`values`).
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from akeneo_assets.mapping.attribute_definitions import CustomAttribute
from akeneo_assets.mapping.fitting import fit
from akeneo_assets.mapping.media_keys import given_path, media_key
from akeneo_assets.mapping.sites import DEFAULT, Slot, label
from akeneo_assets.mapping.texts import UnmappableError, clean, decimal_text, lexical, plain_decimal, strip_tags
from akeneo_assets.mapping.values import (
    Context,
    Convert,
    Frame,
    image_path,
    json_text,
    metric_amount,
    metric_unit,
    option_finder,
    value_types,
)
from akeneo_assets.settings.source_settings import PLACEHOLDER, CustomSource, Source
from akeneo_assets.settings.standard_fields import Field
from akeneo_assets.structure.pim_structure import Attribute, Labels, fold
from sfcc_resources.fields import DATETIME
from sfcc_resources.records import Slots

Values = Mapping[str, list[dict[str, Any]]]
"""A product's `values`: attribute code -> values with locale, scope, data."""

SlotsOf = Callable[[Values, Context], "Slots | None"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One target attribute: `area` of the record (fields, custom, page, store, classification) and `target` in it, filled by
    `slots`.

    `attributes` are the codes read; `inherited` says whether a variant leaves the value to its master when none of them is its
    own.
    """

    area: str
    target: str
    attributes: tuple[str, ...]
    slots: SlotsOf
    inherited: bool = True
    default: Slots | None = None


MALFORMED = (KeyError, TypeError, AttributeError, IndexError, ValueError)
"""What data of another shape than its type's raises: a value may be older than its attribute's definition. UnmappableError is
among them."""


def complaint(error: Exception) -> str:
    """The reason for the quarantine table."""
    return str(error) if isinstance(error, UnmappableError) else "its data doesn't have the shape of the attribute's type"


def pick(entries: Sequence[Mapping[str, Any]], attribute: Attribute, channel: str, locales: Sequence[str]) -> Any:
    """The data of the channel and of the first locale that has some; None when there is none."""
    scope = channel if attribute.scopable else None
    if not attribute.localizable:
        for e in entries:
            if e["scope"] == scope:
                return e["data"]
        return None
    for locale in locales:
        for e in entries:
            if e["locale"] == locale and e["scope"] == scope and e["data"] is not None:
                return e["data"]
    return None


# --- The connector's own custom attributes --------------------------------------------------------------------------------------


def custom_rule(custom: CustomAttribute, frame: Frame) -> Rule:
    """The rule that fills a custom attribute of the connector's own."""
    return Rule("custom", custom.id, (custom.attribute.code,), _typed(custom.attribute, custom.value.convert, frame, None))


def _typed(attribute: Attribute, convert: Convert, frame: Frame, localizable: bool | None) -> SlotsOf:
    code = attribute.code
    as_localizable = attribute.localizable if localizable is None else localizable
    if not as_localizable:
        if not attribute.localizable and not attribute.scopable:
            return _plain(code, convert)
        return _per_slot(attribute, convert, _unlocalized([attribute], frame), frame)
    return _per_slot(attribute, convert, _spread(attribute, frame.sites.localized), frame)


def _unlocalized(attributes: Sequence[Attribute], frame: Frame) -> Sequence[Slot]:
    """The slots of a custom attribute that isn't localizable. SFCC holds its values per site only where it is defined so, as the
    connector's own are whose PIM attribute is scopable; of others the first site's value is written."""
    return frame.sites.unlocalized if any(a.scopable for a in attributes) else frame.sites.unlocalized[:1]


def _spread(attribute: Attribute, wanted: Sequence[Slot]) -> Sequence[Slot]:
    """The slots that values of the attribute fill: of locales, one that isn't localizable fills the first slot, which stands for
    all of them, and those that read another channel."""
    return wanted if attribute.localizable or not wanted[0].key else [wanted[0], *_elsewhere([attribute], wanted)]


def _elsewhere(attributes: Iterable[Attribute], wanted: Sequence[Slot]) -> list[Slot]:
    """The locales' slots that have another value than x-default although it isn't localizable: they read another channel."""
    if not wanted[0].key or not any(a.scopable and not a.localizable for a in attributes):
        return []
    return [slot for slot in wanted if slot.channel != wanted[0].channel]


def _plain(code: str, convert: Convert) -> SlotsOf:
    def slots(values: Values, context: Context) -> Slots | None:
        data = values[code][0]["data"]
        value = None if data is None else convert(data, context)
        return None if value is None else {"": value}

    return slots


def _per_slot(attribute: Attribute, convert: Convert, wanted: Sequence[Slot], frame: Frame) -> SlotsOf:
    code = attribute.code
    plan = [(s.key, s.channel if attribute.scopable else None, s.locales if attribute.localizable else (None,)) for s in wanted]
    apart = _apart([attribute], wanted, frame)

    def slots(values: Values, context: Context) -> Slots | None:
        given = {(e["locale"], e["scope"]): e["data"] for e in values[code]}
        found: Slots = {}
        converted: dict[Any, Any] = {}  # several slots share one datum
        for key, scope, locales in plan:
            for locale in locales:
                place = (locale, scope)
                if given.get(place) is not None:
                    if place not in converted:
                        converted[place] = _attempt(convert, given[place], context)
                    value = converted[place]
                    if value is not None:
                        found[key] = value
                    break
        return apart(found) or None

    return slots


def _apart(attributes: Collection[Attribute], wanted: Sequence[Slot], frame: Frame) -> Callable[[Slots], Slots]:
    """Leaves out what a site shows anyway: SFCC takes a site's own value, else the one of the slot ""; a locale's own text, else
    the one of x-default. Where a site has no value, the first sites' can't stand there: the site would show it."""
    base = wanted[0]
    if base.key:
        unlocalized = not any(a.localizable for a in attributes)
        others = [slot.key for slot in _elsewhere(attributes, wanted)] if unlocalized else []
        first: Sequence[str] = [s.key for s in frame.sites.localized[1:] if s.channel == base.channel]
    else:
        others, first = [slot.key for slot in wanted[1:]], frame.sites.first_sites

    def apart(found: Slots) -> Slots:
        if base.key not in found:
            return found
        shared = found[base.key]
        if all(key in found for key in others):
            return {key: value for key, value in found.items() if not key.startswith("@") or value != shared}
        return {**dict.fromkeys(first, shared), **{key: value for key, value in found.items() if key != base.key}}

    return apart if others else lambda found: found


def _attempt(convert: Convert, data: Any, context: Context) -> str | list[str] | None:
    """One locale's bad value leaves the others whole."""
    try:
        return convert(data, context)
    except MALFORMED as error:
        context.reasons.append(complaint(error))
        return None


# --- Texts ----------------------------------------------------------------------------------------------------------------------

TextsOf = Callable[[Any, Slot, Context], list[str]]
"""`data` and the slot whose locales labels are shown in -> the texts of its parts (one, or one for each of several values)."""

_BASE = frozenset({"", DEFAULT})

# Types whose text differs by locale although the value doesn't: it is a label.
_LABELLED = frozenset({"simpleselect", "multiselect", "reference_entity", "reference_entity_collection"})


def _labelled(named: list[tuple[Labels, str]], slot: Slot, frame: Frame) -> list[str]:
    """The labels in the slot, else the default locale's, else the codes; nothing when the slot's locale has none at all: SFCC
    falls back itself."""
    if slot.key in _BASE or slot.key.startswith("@") or any(locale in labels for labels, _ in named for locale in slot.locales):
        return [label(labels, code, (*slot.locales, *frame.sites.default_locales)) for labels, code in named]
    return []


def _options(attribute: Attribute, frame: Frame, as_code: bool) -> TextsOf:
    find = option_finder(attribute)

    def texts(data: Any, slot: Slot, context: Context) -> list[str]:
        found = []
        for code in data if isinstance(data, list) else [data]:
            option = find(code)
            if option is None:
                context.reasons.append(f"the attribute has no option '{code}'")
            else:
                found.append(option)
        return [option.code for option in found] if as_code else _labelled([(o.labels, o.code) for o in found], slot, frame)

    return texts


def _metric(attribute: Attribute, frame: Frame, as_amount: bool) -> TextsOf:
    amount = metric_amount(attribute, frame)
    unit = metric_unit(attribute, frame)

    def texts(data: Any, slot: Slot, _context: Context) -> list[str]:
        number = amount(data)
        if number is None:
            return []
        shown = (unit.symbol or label(unit.labels, unit.code, slot.locales)) if unit else data["unit"]
        return [number if as_amount else f"{number} {shown}"]

    return texts


def _prices(frame: Frame, as_amount: bool) -> TextsOf:
    sites = frame.sites.sites
    of_site = {f"@{site.id}": site.currencies for site in sites}

    def texts(data: Any, slot: Slot, _context: Context) -> list[str]:
        given = {p["currency"]: p["amount"] for p in data if p.get("amount") not in (None, "")}
        currencies = of_site.get(slot.key, sites[0].currencies)
        amounts = [(plain_decimal(given[c]), c) for c in currencies if c in given]
        return [amount if as_amount else f"{amount} {currency}" for amount, currency in amounts]

    return texts


def _records(attribute: Attribute, frame: Frame, as_code: bool) -> TextsOf:
    def texts(data: Any, slot: Slot, _context: Context) -> list[str]:
        named: list[tuple[Labels, str]] = []
        for code in data if isinstance(data, list) else [data]:
            record = frame.structure.records.get((fold(attribute.reference or ""), fold(code)))
            named.append(({}, str(code)) if record is None else (record.labels, record.code))
        return [code for _, code in named] if as_code else _labelled(named, slot, frame)

    return texts


def texts_of(attribute: Attribute, frame: Frame, conversions: Sequence[str]) -> TextsOf:
    """How the attribute's data reads as text, conversions that depend on its type included."""
    as_code, as_amount = "code" in conversions, "amount" in conversions
    match attribute.type:
        case "simpleselect" | "multiselect":
            return _options(attribute, frame, as_code)
        case "metric":
            return _metric(attribute, frame, as_amount)
        case "price_collection":
            return _prices(frame, as_amount)
        case "reference_entity" | "reference_entity_collection":
            return _records(attribute, frame, as_code)
        case "number":
            return lambda data, _slot, _context: [decimal_text(data)]
        case "image":
            return lambda data, _slot, _context: [image_path(media_key("media-files", data), frame)]
        case "product_link":
            target = value_types(attribute, frame)[0].convert
            return lambda data, _slot, context: [str(target(data, context))]
        case "file":
            return lambda data, _slot, _context: [given_path(media_key("media-files", data), frame.structure.media)]
        case _:
            return _scalar


def _scalar(data: Any, _slot: Slot, context: Context) -> list[str]:
    if isinstance(data, str):
        return [clean(data, context.reasons)]
    if isinstance(data, list | dict):
        return [clean(item, context.reasons) for item in data] if _is_texts(data) else [json_text(data, context) or ""]
    return [lexical(data)]


def _is_texts(data: Any) -> bool:
    return isinstance(data, list) and all(isinstance(item, str) for item in data)


def _invert(text: str) -> str:
    return {"true": "false", "false": "true"}.get(text, text)


def _day(clock: str) -> Callable[[str], str]:
    # Midnight in the PIM's zone, or the last second of the day there.
    return lambda text: f"{text[:10]}T{clock}{text[19:] or '+00:00'}"


_CONVERSIONS: dict[str, Callable[[str], str]] = {
    "upper": str.upper,
    "lower": str.lower,
    "strip_tags": strip_tags,
    "invert": _invert,
    "start_of_day": _day("00:00:00"),
    "end_of_day": _day("23:59:59"),
}

PartOf = Callable[[Values, Slot, Context], "str | None"]
"""The text that a source has for exactly this slot; None when it has none, or none of its own in this locale."""


def _text_of(
    attribute: Attribute, conversions: Sequence[str], frame: Frame, keep_time: bool
) -> Callable[[Any, Slot, Context], str | None]:
    """The text of one datum of the attribute in a slot."""
    texts = texts_of(attribute, frame, conversions)
    steps = [_CONVERSIONS[name] for name in conversions if name in _CONVERSIONS]
    first_only = "first" in conversions
    day_only = attribute.type == "date" and not keep_time and not {"start_of_day", "end_of_day"} & set(conversions)

    def text(data: Any, slot: Slot, context: Context) -> str | None:
        if day_only:
            data = str(data)[:10]
        found = [text for text in texts(data, slot, context) if text]
        for step in steps:
            found = [step(text) for text in found]
        return ", ".join(found[:1] if first_only else found) or None

    return text


def _attribute_part(attribute: Attribute, conversions: Sequence[str], frame: Frame, keep_time: bool) -> PartOf:
    text = _text_of(attribute, conversions, frame, keep_time)
    varies = attribute.localizable or (attribute.type in _LABELLED and "code" not in conversions)

    def part(values: Values, slot: Slot, context: Context) -> str | None:
        entries = values.get(attribute.code)
        if not entries or not (varies or slot.key in _BASE or slot.key.startswith("@")):
            return None
        data = pick(entries, attribute, slot.channel, slot.locales)
        return None if data is None else text(data, slot, context)

    return part


def _reads_alike(attribute: Attribute, conversions: Sequence[str]) -> bool:
    """Whether a datum of the attribute has the same text in every slot: it shows no labels and no site's currencies."""
    if attribute.type in _LABELLED:
        return "code" in conversions
    return "amount" in conversions if attribute.type == "metric" else attribute.type != "price_collection"


def _slots_of(field: Field | None, source: Source, frame: Frame, wanted: Sequence[Slot], keep_time: bool) -> SlotsOf | None:
    """The slots of a source; None when it reads an attribute that the PIM lacks."""
    attribute = frame.structure.attribute(source.attribute) if source.attribute is not None else None
    if attribute is None or not _reads_alike(attribute, source.convert):
        part = part_of(source, frame, keep_time)
        return None if part is None else _fitted(field, part, _read(source, frame), wanted, frame)
    text = _text_of(attribute, source.convert, frame, keep_time)
    base, wanted = wanted[0], _spread(attribute, wanted)
    return _per_slot(attribute, lambda data, context: _fit(field, text(data, base, context), context), wanted, frame)


def _template_part(template: str, conversions: Sequence[str], frame: Frame) -> PartOf:
    literals = PLACEHOLDER.split(template)  # literal, code, literal, code, ..., literal
    parts = [_whole(a, conversions, frame) for code in literals[1::2] if (a := frame.structure.attribute(code))]

    def part(values: Values, slot: Slot, context: Context) -> str | None:
        texts = [p(values, slot, context) for p in parts]
        if all(text is None for text in texts):
            return None
        if slot.key not in _BASE:
            whole = Slot(DEFAULT, slot.channel, frame.sites.default_locales)
            texts = [p(values, whole, context) if text is None else text for p, text in zip(parts, texts, strict=True)]
        pieces = [literals[0]]
        for text, literal in zip(texts, literals[2::2], strict=True):
            pieces += (text or "", literal)
        # Blanks that a missing value leaves beside one another become one; lines stay.
        return "\n".join(" ".join(line.split()) for line in "".join(pieces).split("\n")).strip() or None

    return part


def _whole(attribute: Attribute, conversions: Sequence[str], frame: Frame) -> PartOf:
    """The attribute's part of a template: bad data leaves the others whole, and what is wrong is told with its name."""
    part = _attribute_part(attribute, conversions, frame, False)

    def whole(values: Values, slot: Slot, context: Context) -> str | None:
        told = len(context.reasons)
        try:
            text = part(values, slot, context)
        except MALFORMED as error:
            context.reasons.append(complaint(error))
            text = None
        if len(context.reasons) > told:
            context.reasons[told:] = [f"'{attribute.code}': {reason}" for reason in context.reasons[told:]]
        return text

    return whole


def part_of(source: Source, frame: Frame, keep_time: bool = False) -> PartOf | None:
    """The text of a source by slot; None when it reads an attribute that the PIM lacks (allowed for optional ones only)."""
    if source.constant is not None:
        constant = source.constant
        return lambda _values, slot, _context: constant if slot.key in _BASE or slot.key.startswith("@") else None
    if source.template is not None:
        missing = any(frame.structure.attribute(code) is None for code in source.attributes())
        return None if missing else _template_part(source.template, source.convert, frame)
    attribute = frame.structure.attribute(source.attribute or "")
    return None if attribute is None else _attribute_part(attribute, source.convert, frame, keep_time)


# --- Rules ----------------------------------------------------------------------------------------------------------------------


def standard_rule(field: Field, source: Source, frame: Frame) -> Rule | None:
    """The rule that fills a standard attribute; None when an optional source's attribute isn't in the PIM."""
    inherited = field.inherited
    codes = _codes(source, frame)
    if source.sites:
        slots_of, defaults = _by_site(field, source, frame, field.type is DATETIME)
        return Rule(field.area, field.element, codes, slots_of, inherited, defaults)
    default: Slots | None = None
    if source.default is not None:
        default = {DEFAULT if field.localized else "": fit(field, source.default, []) or source.default}
    wanted = (
        frame.sites.localized
        if field.localized
        else frame.sites.unlocalized
        if field.site_specific
        else frame.sites.unlocalized[:1]
    )
    slots = _slots_of(field, source, frame, wanted, field.type is DATETIME)
    return _rule(field.area, field.element, codes, slots, inherited, default)


def _rule(
    area: str, target: str, codes: tuple[str, ...], slots: SlotsOf | None, inherited: bool = True, default: Slots | None = None
) -> Rule | None:
    """The rule; where the source's attribute isn't in the PIM it has the default alone, and without one there is none."""
    if slots is None:
        return Rule(area, target, (), lambda _values, _context: None, inherited, default) if default else None
    return Rule(area, target, codes, slots, inherited, default)


def existing_custom_rule(id_: str, source: CustomSource, frame: Frame, own: Callable[[Attribute], Convert]) -> Rule | None:
    """The rule that fills a custom attribute that exists in SFCC. Without conversion the value is as a custom attribute of the
    connector's own would have it."""
    codes = _codes(source, frame)
    if source.sites:
        slots_of, defaults = _by_site(None, source, frame, keep_time=False)
        return Rule("custom", id_, codes, slots_of, default=defaults)
    attribute = frame.structure.attribute(source.attribute) if source.attribute is not None else None
    localizable = source.localizable if source.localizable is not None else bool(attribute and attribute.localizable)
    default: Slots | None = None if source.default is None else {DEFAULT if localizable else "": source.default}
    slots: SlotsOf | None
    if source.attribute is not None and not source.convert:
        slots = None if attribute is None else _typed(attribute, own(attribute), frame, source.localizable)
    else:
        wanted = frame.sites.localized if localizable else _unlocalized(_read(source, frame), frame)
        slots = _slots_of(None, source, frame, wanted, keep_time=False)
    return _rule("custom", id_, codes, slots, default=default)


def _read(source: Source, frame: Frame) -> list[Attribute]:
    """The attributes that the source reads, of those that the PIM has."""
    return [a for code in source.attributes() if (a := frame.structure.attribute(code))]


def _codes(source: Source, frame: Frame) -> tuple[str, ...]:
    return tuple(a.code for a in _read(source, frame))


def _fit(field: Field | None, text: str | None, context: Context) -> str | None:
    return text if field is None or text is None else fit(field, text, context.reasons)


def _fitted(field: Field | None, part: PartOf, read: Collection[Attribute], wanted: Sequence[Slot], frame: Frame) -> SlotsOf:
    apart = _apart(read, wanted, frame)
    whole = {s.key: Slot(DEFAULT, s.channel, (*s.locales, *wanted[0].locales)) for s in _elsewhere(read, wanted)}

    def slots(values: Values, context: Context) -> Slots | None:
        texts = {slot.key: _fitted_text(field, part, values, slot, context) for slot in wanted}
        for key, slot in whole.items():  # x-default, which would be shown else, has another channel's value
            if texts[key] is None:
                texts[key] = _fitted_text(field, part, values, slot, context)
        return apart({key: text for key, text in texts.items() if text is not None}) or None

    return slots


def _fitted_text(field: Field | None, part: PartOf, values: Values, slot: Slot, context: Context) -> str | None:
    """One slot's bad value leaves the others whole."""
    try:
        return _fit(field, part(values, slot, context), context)
    except MALFORMED as error:
        context.reasons.append(complaint(error))
        return None


def _by_site(field: Field | None, source: Source, frame: Frame, keep_time: bool) -> tuple[SlotsOf, Slots | None]:
    """The slots of a source for each site, and its defaults: a site's constant or own default, else the one for all."""
    wanted = [Slot(f"@{s.id}", s.channel, s.default_locales) for s in frame.sites.sites if s.id in source.sites]
    by_site = source.by_site
    parts = {f"@{site}": part_of(s, frame, keep_time) for site, s in by_site.items()}
    defaults: Slots = {}
    for site, s in by_site.items():
        text = s.default if s.constant is None else s.constant
        if text is not None:
            defaults[f"@{site}"] = text if field is None else fit(field, text, []) or text

    def slots(values: Values, context: Context) -> Slots | None:
        found = {**defaults}
        for slot in wanted:
            part = parts[slot.key]
            text = _fitted_text(field, part, values, slot, context) if part else None
            if text is not None:
                found[slot.key] = text
        return found or None

    return slots, defaults or None


def texts_by_locale(source: Source, frame: Frame) -> SlotsOf | None:
    """The texts of a source in every locale, or its default; None when it reads an attribute that the PIM lacks."""
    part = part_of(source, frame)
    if part is None:
        return None
    fitted = _fitted(None, part, _read(source, frame), frame.sites.localized, frame)
    default: Slots | None = None if source.default is None else {DEFAULT: source.default}
    return lambda values, context: fitted(values, context) or default
