"""Pages of products and models: parsed whole, or kept as the PIM's own JSON text with only the fields parsed that one looks at.

Belongs here: these ways of parsing a page or an item, and their checks. Doesn't: which fields matter to whom
(`akeneo_assets.loads.mirror`), the shapes (`answer_shapes`).
A product's values are nearly all of its text and of no concern while it is read: passing over them takes a quarter of the time
that building and writing them anew does.
"""

import json
from collections.abc import Callable, Iterable
from math import isfinite
from typing import Any, Final, NotRequired, TypedDict

import msgspec
import orjson

from akeneo_assets.pim.answer_shapes import Empty, Related, page_of

TEXT: Final = "_text"
"""The key under which an item of such a page has its whole JSON text, without its links."""

_INTEGERS: Final = 2**63  # beyond it JSON's readers make a float of a whole number

_FILTERED_BY: Final = ("categories", "completenesses", "quality_scores")
_typed_dict: Any = TypedDict  # with fields known at run time, and lists of these, which type checkers don't follow
_list_of: Any = list


class Value(TypedDict):
    """A value of any type but text."""

    data: Any
    locale: NotRequired[str | None]
    scope: NotRequired[str | None]


class TextValue(Value):
    """A value of an identifier, an image or a file."""

    data: str | None


class Whole(Related, total=False):
    """A product or model as far as `answer_shapes` doesn't look at it."""

    values: dict[str, list[Value]] | Empty | None


def whole_page_parser(texts: Iterable[str] = ()) -> Callable[[bytes], Any]:
    """A parser of whole pages of `products-uuid` and `product-models`.

    It checks the items' fields, but not the data of their values, except that those of the attributes `texts` must be texts.
    Raises orjson.JSONDecodeError for what is no JSON, msgspec.ValidationError for items of another shape, or of such nesting that
    they can't be written again.
    """
    values = _typed_dict("TextValues", dict.fromkeys(texts, list[TextValue]), total=False)
    with_texts = _list_of[_typed_dict("WithTexts", {"values": values | Empty | None}, total=False)]

    def parse(content: bytes) -> Any:
        body = orjson.loads(content)
        try:
            items = body["_embedded"]["items"]
        except (TypeError, LookupError):  # no page: `answer_shapes` says what it lacks
            return body
        msgspec.convert(items, list[Whole])
        msgspec.convert(items, with_texts)
        for item in items:
            _written(item)
        return body

    return parse


whole_page: Final = whole_page_parser()
"""The parser that looks at no value's data."""


def page_parser(attributes: Iterable[str], texts: Iterable[str] = ()) -> Callable[[bytes], Any]:
    """A parser of the pages of `products-uuid` and `product-models`.

    Its items are dictionaries with the fields that identify and relate them, `TEXT`, and in `values` those of `attributes` only;
    the data of `texts` among these must be texts (identifiers and media codes).
    Raises msgspec.ValidationError for items of another shape; for what is no JSON ValueError or RecursionError.
    """
    item = _item_decoder(attributes, texts)
    page = msgspec.json.Decoder(page_of(msgspec.Raw))

    def parse(content: bytes) -> Any:
        try:
            body = page.decode(content)
        except msgspec.DecodeError:  # no JSON, or no page: `answer_shapes` says what it lacks
            return orjson.loads(content)
        body["_embedded"]["items"] = [_with_text(item.decode(raw), bytes(raw)) for raw in body["_embedded"]["items"]]
        return body

    return parse


def item_text_parser(attributes: Iterable[str], texts: Iterable[str] = ()) -> Callable[[bytes], Any]:
    """As `page_parser`, of the answer that holds a single product or model."""
    item = _item_decoder(attributes, texts)

    def parse(content: bytes) -> Any:
        try:
            return _with_text(item.decode(content), content)
        except msgspec.ValidationError:
            raise
        except msgspec.DecodeError:
            return orjson.loads(content)

    return parse


def _item_decoder(attributes: Iterable[str], texts: Iterable[str]) -> Any:
    named = {**dict.fromkeys(attributes, list[Value]), **dict.fromkeys(texts, list[TextValue])}
    values = _typed_dict("Values", named, total=False)
    fields = Related.__annotations__ | {"uuid": str, "code": str, "values": values | Empty | None, "_links": msgspec.Raw}
    return msgspec.json.Decoder(_typed_dict("Item", fields, total=False))


def whole_item(text: bytes) -> dict[str, Any]:
    """A product or model of its text as `page_parser` kept it.

    A number that no computer holds becomes data of a shape that no attribute has, so that it harms its attribute alone:
    `{"data": 1e999}` -> `{"data": {"number": "1e999"}}`.
    """
    try:
        item: dict[str, Any] = orjson.loads(text)
    except orjson.JSONDecodeError:  # reading it has passed over the number
        item = json.loads(text, parse_float=_number, parse_int=_number)
    return item


def _number(digits: str) -> float | dict[str, str]:
    number = float(digits)
    if not isfinite(number):
        return {"number": digits}
    return int(digits) if digits.lstrip("-").isdigit() and abs(number) < _INTEGERS else number


def item_parser(attributes: Iterable[str]) -> Callable[[bytes], dict[str, Any]]:
    """A parser of the text of one product or model for filters: all that a search may ask for besides values, and the values of
    `attributes`, at least."""
    values = _typed_dict("Values", dict.fromkeys(attributes, Any), total=False)
    known = dict.fromkeys((*Related.__annotations__, "uuid", "code", *_FILTERED_BY), Any)
    # PHP writes an empty object as an empty array.
    decoder = msgspec.json.Decoder(_typed_dict("Item", known | {"values": values | list[Any] | None}, total=False))

    def parse(text: bytes) -> dict[str, Any]:
        try:
            item: dict[str, Any] = decoder.decode(text)
        except msgspec.DecodeError:
            return whole_item(text)
        return item

    return parse


def _with_text(item: dict[str, Any], text: bytes) -> dict[str, Any]:
    if not text.isascii():
        text.decode()  # or else what is passed over here would fail later
    if (links := item.pop("_links", None)) is not None:
        links = b'"_links":' + bytes(links)
        for written in (links + b",", b"," + links, links):
            if written in text:
                text = text.replace(written, b"", 1)
                break
        else:  # written with blanks
            whole = orjson.loads(text)
            del whole["_links"]
            text = _written(whole)
    item[TEXT] = text
    return item


def _written(item: Any) -> bytes:
    try:
        return orjson.dumps(item)
    except TypeError:  # orjson reads nesting that it doesn't write
        raise msgspec.ValidationError("an item nests too deep to be one") from None
