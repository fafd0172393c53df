"""A few edits in a PIM through its REST API, as a person would make them between two loads.

Belongs here: choosing what to edit from whatever catalogue the PIM holds, and the calls. Doesn't: what an importer makes of them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import orjson
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

Doc = dict[str, Any]
MARK: Final = " *"
PRODUCTS: Final = 5
_TIMEOUT: Final = (10, 120)


class EditError(Exception):
    """One sentence: which call the PIM refused, and its answer."""


@dataclass(frozen=True)
class Edit:
    """What was changed: `kind` product, root model, sub-model or option; its code and the attribute."""

    kind: str
    code: str
    attribute: str


class Pim:
    """Calls to the PIM with one token: reads pages, sends patches.

    Raises EditError with the PIM's own message for any answer that is not a success.
    """

    def __init__(self, url: str, credential: str) -> None:
        self._url = url
        self._session = requests.Session()
        # A call over the PIM's limits isn't carried out: it is made again when the PIM says (Retry-After).
        again = Retry(total=10, connect=0, read=0, status_forcelist=(429,), allowed_methods=None)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=again))
        answer = self._call(
            "POST",
            "/api/oauth/v1/token",
            auth=(credential, credential),
            json={"grant_type": "password", "username": credential, "password": credential},
        )
        self._session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def _call(self, method: str, path: str, **arguments: Any) -> requests.Response:
        answer = self._session.request(
            method, path if path.startswith("http") else self._url + path, timeout=_TIMEOUT, **arguments
        )
        if not answer.ok:
            raise EditError(f"The PIM answered {answer.status_code} to {method} {path.partition('?')[0]}: {answer.text[:500]}")
        return answer

    def get(self, path: str, **parameters: str) -> Doc:
        found: Doc = self._call("GET", f"/api/rest/v1/{path}", params=parameters).json()
        return found

    def items(self, path: str, **parameters: str) -> Iterator[Doc]:
        """Every item of a list, page by page."""
        page = self.get(path, limit="100", **parameters)
        while True:
            (items,) = page["_embedded"].values()  # "items", and "asset_families" of these
            yield from items
            if "next" not in page["_links"]:
                return
            page = self._call("GET", page["_links"]["next"]["href"]).json()

    def patch(self, path: str, body: Doc) -> None:
        self._call("PATCH", f"/api/rest/v1/{path}", json=body)

    def delete(self, path: str) -> None:
        self._call("DELETE", f"/api/rest/v1/{path}")

    def close(self) -> None:
        self._session.close()


def _texts(pim: Pim) -> dict[str, Doc]:
    """The text attributes that may be changed at will, `name` first: what people edit most."""
    found = [
        a for a in pim.items("attributes") if a["type"] == "pim_catalog_text" and not a["unique"] and not a["validation_rule"]
    ]
    return {a["code"]: a for a in sorted(found, key=lambda a: a["code"] != "name")}


def _changed(owner: Doc, texts: dict[str, Doc], owns: Callable[[str], bool], channel: str) -> tuple[str, list[Doc]] | None:
    """A text attribute of the owner's own level with its first value seen by the channel marked; None when it has none."""
    for code in texts:
        for value in owner["values"].get(code, ()):
            if owns(code) and value["scope"] in (None, channel):
                return code, [{"locale": value["locale"], "scope": value["scope"], "data": value["data"] + MARK}]
    return None


def edit_products(pim: Pim, channel: str, texts: dict[str, Doc]) -> Iterator[Edit]:
    """Changes a text of the first products with identifier that stand in the channel's tree and belong to no model."""
    tree = pim.get(f"channels/{quote(channel)}")["category_tree"]
    search = {
        "parent": [{"operator": "EMPTY"}],
        "enabled": [{"operator": "=", "value": True}],
        "family": [{"operator": "NOT EMPTY"}],
        "identifier": [{"operator": "NOT EMPTY"}],
        "categories": [{"operator": "IN CHILDREN", "value": [tree]}],
    }
    edited = 0
    for product in pim.items("products-uuid", search=orjson.dumps(search).decode(), pagination_type="search_after"):
        changed = _changed(product, texts, lambda _: True, channel)
        if changed:
            code, values = changed
            pim.patch(f"products-uuid/{product['uuid']}", {"values": {code: values}})
            yield Edit("product", product["uuid"], code)
            edited += 1
        if edited == PRODUCTS:
            return


def _owner(pim: Pim, known: dict[tuple[str, str], list[Doc]], model: Doc) -> Callable[[str], bool]:
    """Tells whether the model's own level owns an attribute: the root what no level names, the sub-model what level 1 names."""
    key = (model["family"], model["family_variant"])
    if key not in known:
        known[key] = pim.get(f"families/{quote(key[0])}/variants/{quote(key[1])}")["variant_attribute_sets"]
    if model["parent"] is None:
        below = {a for s in known[key] for a in s["attributes"]}
        return lambda code: code not in below
    own = {a for s in known[key] if s["level"] == 1 for a in s["attributes"]}
    return lambda code: code in own


def edit_models(pim: Pim, channel: str, texts: dict[str, Doc]) -> Iterator[Edit]:
    """Changes a text of one root model and, where there are two levels, of one sub-model, of another root where there is one."""
    known: dict[tuple[str, str], list[Doc]] = {}
    models = list(pim.items("product-models", pagination_type="search_after"))
    root = None
    for kind, candidates in (
        ("root model", [m for m in models if m["parent"] is None]),
        ("sub-model", sorted((m for m in models if m["parent"] is not None), key=lambda m: m["parent"] == root)),
    ):
        for model in candidates:
            changed = _changed(model, texts, _owner(pim, known, model), channel)
            if changed:
                code, values = changed
                pim.patch(f"product-models/{quote(model['code'], safe='')}", {"values": {code: values}})
                root = root or model["code"]
                yield Edit(kind, model["code"], code)
                break


def edit_option(pim: Pim) -> Iterator[Edit]:
    """Changes the labels of the first labelled option of a simple select."""
    for attribute in pim.items("attributes", search='{"type":[{"operator":"IN","value":["pim_catalog_simpleselect"]}]}'):
        for option in pim.items(f"attributes/{quote(attribute['code'])}/options"):
            if option["labels"]:
                labels = {locale: label + MARK for locale, label in option["labels"].items()}
                pim.patch(f"attributes/{quote(attribute['code'])}/options/{quote(option['code'])}", {"labels": labels})
                yield Edit("option", option["code"], attribute["code"])
                return


def edit(url: str, credential: str, channel: str) -> list[Edit]:
    """Edits up to 5 products, a root model, a sub-model and an option's labels, and tells which.

    `channel` is the one that is imported. Raises EditError when the PIM refuses an edit.
    """
    pim = Pim(url, credential)
    try:
        texts = _texts(pim)
        return [*edit_products(pim, channel, texts), *edit_models(pim, channel, texts), *edit_option(pim)]
    finally:
        pim.close()
