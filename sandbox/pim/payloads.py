"""Items of products and models as JSON text: joined from the stored texts, reshaped only when the call asks for it.

Source: Akeneo API, products-uuid, products, product-models. No query and no endpoint here.
"""

from typing import Any
from urllib.parse import quote

import orjson

from sandbox.pim.api_shared import Call, Pim
from sandbox.pim.hal_pages import flag
from sandbox.pim.pim_database import Doc
from sandbox.pim.pim_search import check_locales, check_scope, refuse_any
from sandbox.pim.pim_structure import Structure
from sandbox.pim.pim_values import SELECT_TYPES, Values

UUID_PATH = "/api/rest/v1/products-uuid"
IDENTIFIER_PATH = "/api/rest/v1/products"
MODEL_PATH = "/api/rest/v1/product-models"

# A payload's texts: its head, the value texts of the three levels, links, completeness. Texts come as bytes, so that a page
# is joined without decoding it.
PRODUCT_SELECT = """SELECT p.uuid, p.identifier, p.enabled, p.family, CAST(p.categories AS BLOB), CAST(p.groups AS BLOB),
 p.parent, CAST(p.vals AS BLOB), CAST(a.vals AS BLOB), CAST(r.vals AS BLOB), p.created, p.updated, CAST(p.links AS BLOB),
 CAST(p.completenesses AS BLOB), p.shadows
 FROM product p LEFT JOIN model a ON a.code = p.parent LEFT JOIN model r ON r.code = a.parent"""
MODEL_SELECT = """SELECT p.code, p.code, 1, p.family, CAST(p.categories AS BLOB), CAST(p.family_variant AS BLOB), p.parent,
 CAST(p.vals AS BLOB), CAST(a.vals AS BLOB), NULL, p.created, p.updated, CAST(p.links AS BLOB), NULL, p.shadows
 FROM model p LEFT JOIN model a ON a.code = p.parent"""

Row = tuple[Any, ...]


def _joined(*texts: bytes | None) -> bytes:
    """One values text of several levels, own level first."""
    return b",".join(text for text in texts if text)


def _shadowed(*texts: bytes | None) -> bytes:
    """As `_joined`, where an own value may stand in for an inherited one."""
    merged: Doc = {}
    for text in texts:
        merged = {**orjson.loads(b"{%b}" % (text or b"")), **merged}
    return orjson.dumps(merged)[1:-1]


def product_item(structure: Structure, row: Row, call: Call, *, by_identifier: bool, link: bool) -> bytes:
    """A product's payload text from its row; `link` adds `_links.self` as items of lists have it."""
    uuid, identifier, enabled, family, categories, groups, parent, *texts = row
    own, above, root, created, updated, links, complete, shadows = texts
    name = orjson.dumps(identifier)
    own_path = f"{IDENTIFIER_PATH}/{path_code(identifier or '')}" if by_identifier else f"{UUID_PATH}/{uuid}"
    parts = [b"{"]
    if link:
        parts.append(b'"_links":{"self":{"href":%b}},' % orjson.dumps("pim-base:" + own_path))
    parts.append(b'"uuid":"%b",' % uuid.encode())
    if by_identifier:
        parts.append(b'"identifier":%b,' % name)
    parts.append(
        b'"enabled":%b,"family":%b,"categories":%b,"groups":%b,"parent":%b,"values":{%b},"created":"%b","updated":"%b",%b'
        % (
            b"true" if enabled else b"false", orjson.dumps(family), categories, groups, orjson.dumps(parent),
            (_shadowed if shadows else _joined)(own, above, root), structure.time(created).encode(),
            structure.time(updated).encode(), links,
        )
    )  # fmt: skip
    if flag(call.query, "with_quality_scores"):
        parts.append(b',"quality_scores":%b' % _quality_scores(structure))
    if flag(call.query, "with_completenesses"):
        parts.append(b',"completenesses":%b' % complete)
    return b"".join([*parts, b"}"])


def model_item(structure: Structure, row: Row, call: Call, *, link: bool) -> bytes:
    code, _, _, family, categories, family_variant, parent, own, above, _, created, updated, links, _, shadows = row
    parts = [b"{"]
    if link:
        parts.append(b'"_links":{"self":{"href":%b}},' % orjson.dumps(f"pim-base:{MODEL_PATH}/{path_code(code)}"))
    parts.append(
        b'"code":%b,"family":%b,"family_variant":%b,"parent":%b,"categories":%b,"values":{%b},"created":"%b","updated":"%b",%b'
        % (
            orjson.dumps(code), orjson.dumps(family), orjson.dumps(family_variant.decode()), orjson.dumps(parent), categories,
            (_shadowed if shadows else _joined)(own, above), structure.time(created).encode(),
            structure.time(updated).encode(), links,
        )
    )  # fmt: skip
    if flag(call.query, "with_quality_scores"):
        parts.append(b',"quality_scores":%b' % _quality_scores(structure))
    return b"".join([*parts, b"}"])


def _quality_scores(structure: Structure) -> bytes:
    """The sandbox rates every product A."""
    scores = [{"scope": c["code"], "locale": locale, "data": "A"} for c in structure.channels.values() for locale in c["locales"]]
    return orjson.dumps(scores)


def path_code(code: str) -> str:
    """A code as it stands in a path of a link."""
    return quote(code, safe="/")


# Payload filters that need the parsed item


def reshaped(pim: Pim, call: Call, texts: list[bytes], *, by_identifier: bool) -> list[bytes]:
    """Apply the call's rights, `attributes`, `locales`, `scope`, `with_attribute_options`; name associated products by identifier
    where the list does.
    """
    query = call.query
    attributes = None if query.get("attributes") is None else [code.strip() for code in query["attributes"].split(",")]
    locales = [locale.strip() for locale in query["locales"].split(",")] if query.get("locales") else None
    scope = query.get("scope")
    whole = attributes is None and locales is None and not scope and not call.sight.hidden
    if whole and not flag(query, "with_attribute_options") and not by_identifier:
        return texts
    _check_filters(pim.structure, attributes or [], locales or [], scope)
    wanted = None if attributes is None else {code.lower() for code in attributes}
    items = [call.sight.trimmed(pim.structure, orjson.loads(text)) for text in texts]
    for item in items:
        item["values"] = {
            code: kept
            for code, given in item["values"].items()
            if (wanted is None or code.lower() in wanted)
            and (kept := [v for v in given if _in_place(pim.structure, v, locales, scope)])
        }
        if flag(query, "with_attribute_options"):
            _link_options(pim.structure, item["values"])
    if by_identifier:
        _name_by_identifier(pim, items)
    return [orjson.dumps(item) for item in items]


def _check_filters(structure: Structure, attributes: list[str], locales: list[str], scope: str | None) -> None:
    unknown = [code for code in attributes if code.lower() not in structure.attributes]
    refuse_any(unknown, 'Attribute "%s" does not exist.', 'Attributes "%s" do not exist.')
    check_locales(structure, locales)
    if scope:
        strange = [locale for locale in locales if locale not in check_scope(structure, scope)["locales"]]
        place = f'not activated for the scope "{scope.replace("%", "%%")}".'
        refuse_any(strange, f'Locale "%s" is {place}', f'Locales "%s" are {place}')


def _in_place(structure: Structure, value: Doc, locales: list[str] | None, scope: str | None) -> bool:
    if scope and value["scope"] is not None and value["scope"].lower() != scope.lower():
        return False
    shown = locales
    if scope and shown is None:
        shown = structure.channels[scope.lower()]["locales"]
    return shown is None or value["locale"] is None or value["locale"] in shown


def _link_options(structure: Structure, values: Values) -> None:
    for code, given in values.items():
        attribute = structure.attributes[code.lower()]
        if attribute["type"] not in SELECT_TYPES:
            continue
        options = structure.options.get(code.lower(), {})
        for value in given:
            chosen = [value["data"]] if isinstance(value["data"], str) else value["data"]
            linked = {
                c: {"attribute": attribute["code"], "code": options[c.lower()]["code"], "labels": options[c.lower()]["labels"]}
                for c in chosen
            }
            value["linked_data"] = linked if attribute["type"] == "pim_catalog_multiselect" else linked[value["data"]]


def _name_by_identifier(pim: Pim, items: list[Doc]) -> None:
    targets = {u for item in items for kinds in item["associations"].values() for u in kinds["products"]}
    targets |= {q["uuid"] for item in items for kinds in item["quantified_associations"].values() for q in kinds["products"]}
    names = pim.catalogue.identifiers_of(targets) if targets else {}
    for item in items:
        for kinds in item["associations"].values():
            kinds["products"] = [names.get(u) for u in kinds["products"]]
        for kinds in item["quantified_associations"].values():
            kinds["products"] = [{"identifier": names.get(q["uuid"]), "quantity": q["quantity"]} for q in kinds["products"]]
