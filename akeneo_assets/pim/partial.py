"""Products and models that stay the PIM's own JSON text, with only the fields parsed that one looks at.

Belongs here: that way of parsing a page or an item. Doesn't: which fields matter to whom (`akeneo_assets.loads.mirror`).
A product's values are nearly all of its text and of no concern while it is read: passing over them takes a quarter of the time
that building and writing them anew does.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final, TypedDict

import msgspec
import orjson

from akeneo_assets.pim.paging import items

TEXT: Final = "_text"
"""The key under which an item of such a page has its whole JSON text, without its links."""

_FIELDS: Final = (
    *("uuid", "code", "identifier", "family", "family_variant", "parent", "groups", "enabled", "created", "updated"),
    *("associations", "quantified_associations"),
)
_FILTERED_BY: Final = ("categories", "completenesses", "quality_scores")
_typed_dict: Any = TypedDict  # with fields known at run time, which type checkers don't follow


def page_parser(attributes: Iterable[str]) -> Callable[[bytes], Any]:
    """A parser of the pages of `products-uuid` and `product-models`.

    Its items are dictionaries with the fields that identify and relate them, `TEXT`, and in `values` those of `attributes` only.
    Raises orjson.JSONDecodeError for what is no JSON.
    """
    item = _decoder({**dict.fromkeys(_FIELDS, Any), "_links": msgspec.Raw}, attributes)
    embedded = _typed_dict("Embedded", {"items": list[msgspec.Raw]})
    page = msgspec.json.Decoder(_typed_dict("Page", {"_links": Any, "_embedded": embedded}))

    def parse(content: bytes) -> Any:
        try:
            body = page.decode(content)
            body["_embedded"]["items"] = [_with_text(item.decode(raw), bytes(raw)) for raw in body["_embedded"]["items"]]
        except msgspec.DecodeError:  # of another shape than documented: as it comes
            body = orjson.loads(content)
            for one in items(body):
                one.pop("_links", None)
                one[TEXT] = orjson.dumps(one)
        return body

    return parse


def item_parser(attributes: Iterable[str]) -> Callable[[bytes], dict[str, Any]]:
    """A parser of the text of one product or model for filters: all that a search may ask for besides values, and the values of
    `attributes`."""
    decode: Callable[[bytes], dict[str, Any]] = _decoder(dict.fromkeys((*_FIELDS, *_FILTERED_BY), Any), attributes).decode
    return decode


def _decoder(fields: dict[str, Any], attributes: Iterable[str]) -> Any:
    values = _typed_dict("Values", dict.fromkeys(attributes, Any), total=False)
    # PHP writes an empty object as an empty array.
    return msgspec.json.Decoder(_typed_dict("Item", fields | {"values": values | list[Any] | None}, total=False))


def _with_text(item: dict[str, Any], text: bytes) -> dict[str, Any]:
    if (links := item.pop("_links", None)) is not None:
        links = b'"_links":' + bytes(links)
        for written in (links + b",", b"," + links, links):
            if written in text:
                text = text.replace(written, b"", 1)
                break
        else:
            raise msgspec.DecodeError("links written with blanks")
    item[TEXT] = text
    return item
