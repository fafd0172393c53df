"""PIM data as the text that a shop shows, by the type of its attribute and by named conversions.

Belongs here: the text of one value. Doesn't: which value it is (`value_picking`), templates and constants (`source_texts`), what
the field takes (`fitting`).

`{"amount": "1.5000", "unit": "KILOGRAM"}` is `1.5 kg`, and `1.5` by the conversion `amount`; the option `red` is `Red`, and `red`
by `code`. What each name means: `settings.connector.Source.convert`.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

from akeneo_assets.mapping.frame import Context, Frame
from akeneo_assets.mapping.linked_values import image_path, linked_id
from akeneo_assets.mapping.measured_values import metric_amount, metric_unit
from akeneo_assets.mapping.media_keys import given_path, media_key
from akeneo_assets.mapping.scalar_values import json_text
from akeneo_assets.mapping.select_values import option_finder
from akeneo_assets.mapping.sites import Slot, label
from akeneo_assets.mapping.texts import clean, decimal_text, lexical, plain_decimal, strip_tags
from akeneo_assets.structure.pim_structure import Attribute, Labels, fold

TextsOf = Callable[[Any, Slot, Context], list[str]]
"""One value's data, and the slot that it is shown in -> the text of each of its parts: one, or one for each option, price ..."""

_LABELLED: Final = frozenset({"simpleselect", "multiselect", "reference_entity", "reference_entity_collection"})
"""Types that are shown by labels, which differ by locale although the value doesn't."""


def shows_labels(attribute: Attribute, conversions: Collection[str]) -> bool:
    """Whether the attribute is shown by labels."""
    return attribute.type in _LABELLED and "code" not in conversions


def same_in_every_slot(attribute: Attribute, conversions: Collection[str]) -> bool:
    """Whether one value's data has the same text in every slot: it has no labels, no unit's name, and no prices, of which each
    site shows those in its currencies."""
    if attribute.type == "metric":
        return "amount" in conversions
    return attribute.type != "price_collection" and not shows_labels(attribute, conversions)


def text_of_data(
    attribute: Attribute, conversions: Sequence[str], frame: Frame, *, keep_time: bool
) -> Callable[[Any, Slot, Context], str | None]:
    """The text of one value of the attribute, converted; its parts are joined by `, `. None: it has none in this slot.

    `keep_time`: a date keeps its midnight and offset, for fields that take a date-time; others get the day.
    """
    texts_of = _texts_of(attribute, conversions, frame)
    join = joining(conversions)
    day_only = attribute.type == "date" and not keep_time and not {"start_of_day", "end_of_day"} & set(conversions)

    def text(data: Any, slot: Slot, context: Context) -> str | None:
        if day_only:
            data = str(data)[:10]
        return join(texts_of(data, slot, context))

    return text


def joining(conversions: Sequence[str]) -> Callable[[list[str]], str | None]:
    """Converts texts and joins them by `, `; with `first` the first one alone. Empty texts are none, and so is no text at all.

    Of `["a", "", "b"]`, `["upper"]` makes `A, B`.
    """
    steps = [_BY_NAME[name] for name in conversions if name in _BY_NAME]
    first_only = "first" in conversions

    def join(texts: list[str]) -> str | None:
        texts = [text for text in texts if text]
        for step in steps:
            texts = [step(text) for text in texts]
        return ", ".join(texts[:1] if first_only else texts) or None

    return join


def _invert(text: str) -> str:
    return {"true": "false", "false": "true"}.get(text, text)


def _at(clock: str) -> Callable[[str], str]:
    # A date is midnight in the PIM's zone: the day and the offset stay.
    return lambda text: f"{text[:10]}T{clock}{text[19:] or '+00:00'}"


def _yes_no(text: str) -> str:
    return {"true": "yes", "false": "no"}.get(text, text)


_BY_NAME: Final[dict[str, Callable[[str], str]]] = {
    "upper": str.upper,
    "lower": str.lower,
    "strip_tags": strip_tags,
    "invert": _invert,
    "yes_no": _yes_no,
    "start_of_day": _at("00:00:00"),
    "end_of_day": _at("23:59:59"),
}
"""The conversions that make a text of a text. The others depend on the attribute's type (`code`, `label`, `amount`), on the
number of texts (`first`), or are there for clarity (`path`)."""


# --- By type --------------------------------------------------------------------------------------------------------------------


def _texts_of(attribute: Attribute, conversions: Collection[str], frame: Frame) -> TextsOf:
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
            return lambda data, _slot, context: [linked_id(data, context)]
        case "file":
            return lambda data, _slot, _context: [given_path(media_key("media-files", data), frame.structure.media)]
        case _:
            return _plain


def labels_shown(labelled: Sequence[tuple[Labels, str]], slot: Slot, frame: Frame) -> list[str]:
    """The label of each (labels, code) in the slot: in its locales, else the default locale's, else the code.

    A locale's slot gets none where no part has a label in that locale: SFCC falls back to x-default by itself.
    """
    if not slot.is_locale or any(locale in labels for labels, _ in labelled for locale in slot.locales):
        return [label(labels, code, (*slot.locales, *frame.sites.default_locales)) for labels, code in labelled]
    return []


def _options(attribute: Attribute, frame: Frame, as_code: bool) -> TextsOf:
    find = option_finder(attribute)

    def texts(data: Any, slot: Slot, context: Context) -> list[str]:
        options = []
        for code in data if isinstance(data, list) else [data]:
            option = find(code)
            if option is None:
                context.reasons.append(f"the attribute has no option '{code}'")
            else:
                options.append(option)
        if as_code:
            return [option.code for option in options]
        return labels_shown([(option.labels, option.code) for option in options], slot, frame)

    return texts


def _metric(attribute: Attribute, frame: Frame, as_amount: bool) -> TextsOf:
    amount_of = metric_amount(attribute, frame)
    unit = metric_unit(attribute, frame)

    def texts(data: Any, slot: Slot, _context: Context) -> list[str]:
        amount = amount_of(data)
        if amount is None:
            return []
        shown_unit = (unit.symbol or label(unit.labels, unit.code, slot.locales)) if unit else data["unit"]
        return [amount if as_amount else f"{amount} {shown_unit}"]

    return texts


def _prices(frame: Frame, as_amount: bool) -> TextsOf:
    sites = frame.sites.sites
    currencies_of = {f"@{site.id}": site.currencies for site in sites}

    def texts(data: Any, slot: Slot, _context: Context) -> list[str]:
        amounts = {price["currency"]: price["amount"] for price in data if price.get("amount") not in (None, "")}
        currencies = currencies_of.get(slot.key, sites[0].currencies)
        prices = [(plain_decimal(amounts[currency]), currency) for currency in currencies if currency in amounts]
        return [amount if as_amount else f"{amount} {currency}" for amount, currency in prices]

    return texts


def _records(attribute: Attribute, frame: Frame, as_code: bool) -> TextsOf:
    def texts(data: Any, slot: Slot, _context: Context) -> list[str]:
        labelled: list[tuple[Labels, str]] = []
        for code in data if isinstance(data, list) else [data]:
            record = frame.structure.records.get((fold(attribute.reference or ""), fold(code)))
            labelled.append(({}, str(code)) if record is None else (record.labels, record.code))
        return [code for _, code in labelled] if as_code else labels_shown(labelled, slot, frame)

    return texts


def _plain(data: Any, _slot: Slot, context: Context) -> list[str]:
    if isinstance(data, str):
        return [clean(data, context.reasons)]
    if isinstance(data, list) and all(isinstance(part, str) for part in data):
        return [clean(part, context.reasons) for part in data]
    if isinstance(data, list | dict):
        return [json_text(data, context) or ""]
    return [lexical(data)]
