"""Products (by uuid and by identifier) and product models: lists, single items, writes.

Source: Akeneo API, products-uuid, products, product-models; filters in `search`, inheritance in `catalogue`.
"""

import uuid as uuids
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import orjson

from sandbox.pim.api import Answer, Call, Endpoint, Pim, bulk, saved
from sandbox.pim.catalogue import NO_PARENT, Level, Model, Product
from sandbox.pim.errors import ApiError, documented, invalid, not_found
from sandbox.pim.pages import flag, page_text, read_paging
from sandbox.pim.search import Sql, conditions_sql, in_tree, parse_search, value_matches
from sandbox.pim.store import Doc
from sandbox.pim.structure import Structure
from sandbox.pim.values import SELECT_TYPES, BadData, Values, normal_data, split_visible

UUID_PATH = "/api/rest/v1/products-uuid"
IDENTIFIER_PATH = "/api/rest/v1/products"
MODEL_PATH = "/api/rest/v1/product-models"

# A payload's texts: its head, the value texts of the three levels, links, completeness. Texts come as bytes, so that a page
# is joined without decoding it.
_PRODUCT_SELECT = """SELECT p.uuid, p.identifier, p.enabled, p.family, CAST(p.categories AS BLOB), CAST(p.groups AS BLOB), p.parent,
 CAST(p.vals AS BLOB), CAST(a.vals AS BLOB), CAST(r.vals AS BLOB), p.created, p.updated, CAST(p.links AS BLOB),
 CAST(p.completenesses AS BLOB), p.shadows
 FROM product p LEFT JOIN model a ON a.code = p.parent LEFT JOIN model r ON r.code = a.parent"""
_MODEL_SELECT = """SELECT p.code, p.code, 1, p.family, CAST(p.categories AS BLOB), CAST(p.family_variant AS BLOB), p.parent,
 CAST(p.vals AS BLOB), CAST(a.vals AS BLOB), NULL, p.created, p.updated, CAST(p.links AS BLOB), NULL, 0
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


def _product_item(structure: Structure, row: Row, query: Call | None, *, by_identifier: bool, link: bool) -> bytes:
    """A product's payload text from its row; `link` adds `_links.self` as items of lists have it."""
    (
        uuid,
        identifier,
        enabled,
        family,
        categories,
        groups,
        parent,
        own,
        above,
        root,
        created,
        updated,
        links,
        complete,
        shadows,
    ) = row
    name = orjson.dumps(identifier)
    own_path = f"{IDENTIFIER_PATH}/{_path_code(identifier or '')}" if by_identifier else f"{UUID_PATH}/{uuid}"
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
            (_shadowed if shadows else _joined)(own, above, root), structure.time(created).encode(), structure.time(updated).encode(), links,
        )
    )  # fmt: skip
    if query is not None and flag(query.query, "with_quality_scores"):
        parts.append(b',"quality_scores":%b' % _quality_scores(structure))
    if query is not None and flag(query.query, "with_completenesses"):
        parts.append(b',"completenesses":%b' % complete)
    return b"".join([*parts, b"}"])


def _model_item(structure: Structure, row: Row, query: Call | None, *, link: bool) -> bytes:
    code, _, _, family, categories, family_variant, parent, own, above, _, created, updated, links, *_ = row
    parts = [b"{"]
    if link:
        parts.append(b'"_links":{"self":{"href":%b}},' % orjson.dumps(f"pim-base:{MODEL_PATH}/{_path_code(code)}"))
    parts.append(
        b'"code":%b,"family":%b,"family_variant":%b,"parent":%b,"categories":%b,"values":{%b},"created":"%b","updated":"%b",%b'
        % (
            orjson.dumps(code), orjson.dumps(family), orjson.dumps(family_variant.decode()), orjson.dumps(parent), categories,
            _joined(own, above), structure.time(created).encode(), structure.time(updated).encode(), links,
        )
    )  # fmt: skip
    if query is not None and flag(query.query, "with_quality_scores"):
        parts.append(b',"quality_scores":%b' % _quality_scores(structure))
    return b"".join([*parts, b"}"])


def _quality_scores(structure: Structure) -> bytes:
    """The sandbox rates every product A."""
    scores = [{"scope": c["code"], "locale": locale, "data": "A"} for c in structure.channels.values() for locale in c["locales"]]
    return orjson.dumps(scores)


def _path_code(code: str) -> str:
    """A code as it stands in a path of a link."""
    return quote(code, safe="/")


# Payload filters that need the parsed item


def _reshaped(pim: Pim, call: Call, texts: list[bytes], *, by_identifier: bool) -> list[bytes]:
    """Apply `attributes`, `locales`, `scope`, `with_attribute_options`, and identifiers in place of uuids in associations."""
    query = call.query
    keep = query.get("attributes")
    wanted = None if keep is None else {code.strip().lower() for code in keep.split(",")}
    locales = query["locales"].split(",") if query.get("locales") else None
    scope = query.get("scope")
    if wanted is None and locales is None and not scope and not flag(query, "with_attribute_options") and not by_identifier:
        return texts
    _check_filters(pim.structure, wanted, locales)
    items = [orjson.loads(text) for text in texts]
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


def _check_filters(structure: Structure, wanted: set[str] | None, locales: list[str] | None) -> None:
    for code in wanted or ():
        if code not in structure.attributes:
            raise ApiError(422, f'The "{code}" attribute does not exist.')
    for locale in locales or ():
        if locale not in structure.locales:
            raise ApiError(422, f'Locale "{locale}" does not exist or is not activated.')


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


# Lists


def _list(pim: Pim, call: Call, table: str, key: str, item: Callable[[Row], bytes], select: str, path: str) -> Answer:
    """A page of products or models in order of `key`: uuid, identifier or code."""
    paging = read_paging(call.query, allow_search_after=True, capped=True)
    structure = pim.structure
    defaults = {k: call.query[f"search_{k}"] for k in ("locale", "scope") if call.query.get(f"search_{k}")}
    parsed = parse_search(call.query["search"]) if call.query.get("search") else {}
    conditions = conditions_sql(structure, table, parsed, defaults)
    if call.query.get("scope") and "categories" not in parsed:
        conditions.append(in_tree(structure, table, call.query["scope"]))
    if key == "identifier":
        conditions.append(Sql("p.identifier IS NOT NULL"))
    count = None
    db = pim.store.connection
    db.create_function("value_matches", -1, value_matches, deterministic=True)
    if paging.with_count and not paging.search_after:
        where, args = _where(conditions)
        count = int(db.execute(f"SELECT count(*) FROM {table} p{where}", args).fetchone()[0])
    if paging.after:
        conditions.append(Sql(f"p.{key} > ?", (paging.after.lower(),)))
    where, args = _where(conditions)
    ids = [
        r[0]
        for r in db.execute(
            f"SELECT p.id FROM {table} p{where} ORDER BY p.{key} LIMIT {paging.limit} OFFSET {paging.offset}", args
        )
    ]
    rows = db.execute(f"{select} WHERE p.id IN ({','.join('?' * len(ids))}) ORDER BY p.{key}", ids).fetchall()
    texts = _reshaped(pim, call, [item(row) for row in rows], by_identifier=table == "model" or key == "identifier")
    column = {"uuid": 0, "identifier": 1, "code": 0}[key]
    cursor = str(rows[-1][column]).lower() if rows else ""
    return Answer(body=page_text(path, call.query, paging, texts, cursor=cursor, count=count))


def _where(conditions: list[Sql]) -> tuple[str, list[object]]:
    text = " AND ".join(c.text for c in conditions)
    return (f" WHERE {text}" if text else ""), [a for c in conditions for a in c.args]


def list_by_uuid(pim: Pim, call: Call) -> Answer:
    def item(row: Row) -> bytes:
        return _product_item(pim.structure, row, call, by_identifier=False, link=True)

    return _list(pim, call, "product", "uuid", item, _PRODUCT_SELECT, UUID_PATH)


def list_by_identifier(pim: Pim, call: Call) -> Answer:
    def item(row: Row) -> bytes:
        return _product_item(pim.structure, row, call, by_identifier=True, link=True)

    return _list(pim, call, "product", "identifier", item, _PRODUCT_SELECT, IDENTIFIER_PATH)


def list_models(pim: Pim, call: Call) -> Answer:
    def item(row: Row) -> bytes:
        return _model_item(pim.structure, row, call, link=True)

    return _list(pim, call, "model", "code", item, _MODEL_SELECT, MODEL_PATH)


def search_by_uuid(pim: Pim, call: Call) -> Answer:
    """The same list, with its filters in the body."""
    body = call.object()
    more: dict[str, str] = {}
    for name, value in body.items():
        if isinstance(value, bool):
            more["with_quality_scores" if name == "with_quality_scores__products" else name] = str(value).lower()
        else:
            more[name] = value if isinstance(value, str) else orjson.dumps(value).decode()
    return list_by_uuid(pim, replace(call, query={**call.query, **more}))


# Single items


def _product_answer(pim: Pim, call: Call, uuid: str, *, by_identifier: bool) -> Answer:
    row = pim.store.connection.execute(f"{_PRODUCT_SELECT} WHERE p.uuid = ?", (uuid,)).fetchone()
    if row is None:
        raise not_found(f"Product {uuid}")
    text = _product_item(pim.structure, row, call, by_identifier=by_identifier, link=False)
    return Answer(body=_reshaped(pim, _only_options(call), [text], by_identifier=by_identifier)[0])


def _only_options(call: Call) -> Call:
    """A single item takes no value filters."""
    return replace(call, query={k: v for k, v in call.query.items() if k.startswith("with_")})


def get_by_uuid(pim: Pim, call: Call) -> Answer:
    uuid = _uuid(call.params["uuid"])
    if pim.catalogue.product(uuid) is None:
        raise not_found(f"Product {uuid}")
    return _product_answer(pim, call, uuid, by_identifier=False)


def get_by_identifier(pim: Pim, call: Call) -> Answer:
    return _product_answer(pim, call, _uuid_of(pim, call.params["code"]), by_identifier=True)


def get_model(pim: Pim, call: Call) -> Answer:
    code = call.params["code"]
    row = pim.store.connection.execute(f"{_MODEL_SELECT} WHERE p.code = ?", (code,)).fetchone()
    if row is None:
        raise not_found(f'Product model "{code}"')
    text = _model_item(pim.structure, row, call, link=False)
    return Answer(body=_reshaped(pim, _only_options(call), [text], by_identifier=True)[0])


def _uuid(text: str) -> str:
    try:
        return str(uuids.UUID(text))
    except ValueError as wrong:
        raise not_found(f"Product {text}") from wrong


def _uuid_of(pim: Pim, identifier: str) -> str:
    uuid = pim.catalogue.uuid_of(identifier)
    if uuid is None:
        raise not_found(f'Product "{identifier}"')
    return uuid


# Writing

_PRODUCT_KEYS = frozenset({
    "uuid", "identifier", "enabled", "family", "parent", "groups", "categories", "values", "associations", "quantified_associations",
})  # fmt: skip
_MODEL_KEYS = frozenset({
    "code", "family", "family_variant", "parent", "categories", "values", "associations", "quantified_associations",
})  # fmt: skip
_READ_ONLY = frozenset({"_links", "created", "updated", "metadata", "quality_scores", "completenesses", "root_parent"})


def _check_keys(body: Doc, known: frozenset[str], anchor: str) -> None:
    for name in body:
        if name not in known and name not in _READ_ONLY:
            raise documented(f'Property "{name}" does not exist.', anchor)


def _strings(body: Doc, name: str, anchor: str) -> list[str]:
    given = body[name]
    if not isinstance(given, list) or any(not isinstance(v, str) for v in given):
        raise documented(f'Property "{name}" expects an array of strings as data, {orjson.dumps(given).decode()} given.', anchor)
    return list(dict.fromkeys(given))


def _categories(structure: Structure, body: Doc, above: Level, anchor: str) -> list[str]:
    """Own categories: the given ones less the inherited."""
    result = []
    for code in _strings(body, "categories", anchor):
        own = structure.spelled(structure.categories, code)
        if own is None:
            raise documented(
                f'Property "categories" expects a valid category code. The category does not exist, "{code}" given.', anchor
            )
        if own not in above.categories:
            result.append(own)
    return sorted(dict.fromkeys(result))


def _merge_values(
    structure: Structure, own: Values, body: Doc, above: Level, owned: frozenset[str] | None, anchor: str
) -> Values:
    """Given values replace those of their locale and scope, null or empty data erases, the others stay.

    A variant may repeat an inherited value, but not set one of another level. Raises ApiError 422.
    """
    given = body.get("values", {})
    if not isinstance(given, dict):
        raise documented('Property "values" expects an array as data.', anchor)
    result = {code: list(values) for code, values in own.items()}
    for code, values in given.items():
        attribute = structure.attribute(code)
        if attribute is None:
            raise documented(f"The {code} attribute does not exist in your PIM.", anchor)
        if not isinstance(values, list):
            raise documented(f'Property "{code}" expects an array as data.', anchor)
        for value in values:
            _merge_value(structure, attribute, value, result, above, owned, anchor)
    return {code: values for code, values in result.items() if values}


def _merge_value(
    structure: Structure, attribute: Doc, value: Any, into: Values, above: Level, owned: frozenset[str] | None, anchor: str
) -> None:
    code = attribute["code"]
    if not isinstance(value, dict) or not {"data", "locale", "scope"} <= value.keys():
        raise documented(f'Property "{code}" expects an array with the keys "data", "locale" and "scope".', anchor)
    locale, scope = _place(structure, attribute, value, anchor)
    try:
        data = normal_data(structure, attribute, value["data"])
    except BadData as bad:
        raise invalid({"property": "values", "message": str(bad), "attribute": code, "locale": locale, "scope": scope}) from bad
    _check_references(structure, attribute, data, locale, scope)
    others = [v for v in into.get(code, []) if (v["locale"], v["scope"]) != (locale, scope)]
    if owned is not None and code.lower() not in owned:
        inherited = next((v["data"] for v in above.values.get(code, []) if (v["locale"], v["scope"]) == (locale, scope)), None)
        if data != inherited:
            raise invalid(
                {
                    "property": "attribute",
                    "message": f'Cannot set the property "{code}" to this entity as it is not in the attribute set.',
                }
            )
        return
    into[code] = others if data is None else [*others, {"locale": locale, "scope": scope, "data": data}]


def _place(structure: Structure, attribute: Doc, value: Doc, anchor: str) -> tuple[str | None, str | None]:
    code, locale, scope = attribute["code"], value["locale"], value["scope"]
    if attribute["localizable"] and locale is None:
        raise documented(f"The {code} attribute requires a locale.", anchor)
    if not attribute["localizable"] and locale is not None:
        raise documented(f'The {code} attribute does not require a locale, "{locale}" was detected.', anchor)
    if attribute["scopable"] and scope is None:
        raise documented(f"The {code} attribute requires a channel.", anchor)
    if not attribute["scopable"] and scope is not None:
        raise documented(f'The {code} attribute does not require a channel, "{scope}" was detected.', anchor)
    if locale is not None and locale not in structure.locales:
        raise documented(f'The {code} attribute requires a valid locale. The "{locale}" locale does not exist.', anchor)
    if scope is not None:
        channel = structure.channels.get(str(scope).lower())
        if channel is None:
            raise documented(f'The {code} attribute requires a valid channel. The "{scope}" channel does not exist.', anchor)
        if locale is not None and locale not in channel["locales"]:
            raise documented(f'The "{locale}" locale is not activated for the "{channel["code"]}" channel.', anchor)
        scope = channel["code"]
    return locale, scope


def _check_references(structure: Structure, attribute: Doc, data: Any, locale: str | None, scope: str | None) -> None:
    if data is None or attribute["type"] not in SELECT_TYPES:
        return
    options = structure.options.get(attribute["code"].lower(), {})
    for code in [data] if isinstance(data, str) else data:
        if code.lower() not in options:
            raise invalid({
                "property": "values",
                "message": f"The {code} value is not in the {attribute['code']} attribute option list.",
                "attribute": attribute["code"],
                "locale": locale,
                "scope": scope,
            })  # fmt: skip


def _merge_associations(
    pim: Pim, own: Product | Model, body: Doc, anchor: str, *, by_identifier: bool
) -> tuple[dict[str, dict[str, list[str]]], dict[str, dict[str, list[Doc]]]]:
    """A given list replaces that type's list of that kind; types and kinds not given stay."""
    types = {t["code"].lower(): t for t in pim.structure.association_types}
    plain = {code: dict(kinds) for code, kinds in own.associations.items()}
    for code, kinds in body.get("associations", {}).items():
        found = _association_type(types, code, anchor, quantified=False)
        for kind, targets in kinds.items():
            plain.setdefault(found, {})[kind] = [_target(pim, kind, t, anchor, by_identifier=by_identifier) for t in targets]
    quantified = {code: dict(kinds) for code, kinds in own.quantified_associations.items()}
    for code, kinds in body.get("quantified_associations", {}).items():
        found = _association_type(types, code, anchor, quantified=True)
        for kind, targets in kinds.items():
            quantified.setdefault(found, {})[kind] = [_quantity(pim, kind, t, anchor) for t in targets]
    return plain, quantified


def _association_type(types: dict[str, Doc], code: str, anchor: str, *, quantified: bool) -> str:
    found = types.get(code.lower())
    if found is None or found["is_quantified"] != quantified:
        raise documented(
            f'Property "associations" expects a valid association type code. The association type does not exist, "{code}" given.',
            anchor,
        )
    return str(found["code"])


def _target(pim: Pim, kind: str, target: str, anchor: str, *, by_identifier: bool) -> str:
    if kind == "products":
        uuid = pim.catalogue.uuid_of(target) if by_identifier else str(target).lower()
        if uuid is None or pim.catalogue.product(uuid) is None:
            wanted = "identifier" if by_identifier else "uuid"
            raise documented(
                f'Property "associations" expects a valid product {wanted}. The product does not exist, "{target}" given.', anchor
            )
        return uuid
    if kind == "product_models":
        model = pim.catalogue.model(target)
        if model is None:
            raise documented(
                f'Property "associations" expects a valid product model identifier. The product model does not exist, "{target}" given.',
                anchor,
            )
        return model.code
    return target


def _quantity(pim: Pim, kind: str, given: Doc, anchor: str) -> Doc:
    quantity = given.get("quantity")
    if not isinstance(quantity, int) or quantity < 1:
        raise invalid({"property": "quantifiedAssociations", "message": "This value should be 1 or more."})
    if kind == "products":
        by_identifier = "uuid" not in given
        target = str(given["identifier"] if by_identifier else given["uuid"])
        return {"uuid": _target(pim, kind, target, anchor, by_identifier=by_identifier), "quantity": quantity}
    return {"identifier": _target(pim, kind, str(given.get("identifier")), anchor, by_identifier=True), "quantity": quantity}


def _parent_level(pim: Pim, code: str | None, anchor: str) -> Level:
    if code is None:
        return NO_PARENT
    try:
        return pim.catalogue.level(code)
    except KeyError as unknown:
        raise documented(
            f'Property "parent" expects a valid parent code. The parent product model does not exist, "{code}" given.', anchor
        ) from unknown


def save_product(pim: Pim, body: Doc, uuid: str | None, *, by_identifier: bool, anchor: str) -> bool:
    """Create (`uuid` of none yet) or merge into a product. True when created. Raises ApiError 422.

    `updated` moves only when something changed. Source: Akeneo API, patch_products_uuid__uuid_.
    """
    _check_keys(body, _PRODUCT_KEYS, anchor)
    structure, now = pim.structure, pim.now()
    with pim.store.writing():
        old = None if uuid is None else pim.catalogue.product(uuid)
        own = old or Product(uuid or str(uuids.uuid4()), True, None, None, [], [], {}, {}, {}, now, now)
        if "identifier" in body and by_identifier:
            body = _with_identifier(structure, body)
        new = _changed_product(pim, own, body, anchor, by_identifier=by_identifier)
        _check_product(pim, new)
        if old is None or _normal(new) != _normal(old):
            pim.catalogue.save_product(replace(new, updated=now))
        return old is None


def _normal(own: Product | Model) -> Product | Model:
    """For comparing: the order of values and empty association lists carry no meaning."""
    values = {
        code: sorted(given, key=lambda v: (v["locale"] or "", v["scope"] or "")) for code, given in own.values.items() if given
    }
    plain = {c: {k: t for k, t in kinds.items() if t} for c, kinds in own.associations.items()}
    quantified = {c: {k: t for k, t in kinds.items() if t} for c, kinds in own.quantified_associations.items()}
    return replace(
        own,
        values=values,
        associations={c: k for c, k in plain.items() if k},
        quantified_associations={c: k for c, k in quantified.items() if k},
    )


def _with_identifier(structure: Structure, body: Doc) -> Doc:
    value = [{"locale": None, "scope": None, "data": body["identifier"]}]
    return {**body, "values": {**body.get("values", {}), structure.main_identifier: value}}


def _changed_product(pim: Pim, own: Product, body: Doc, anchor: str, *, by_identifier: bool) -> Product:
    structure = pim.structure
    parent, family = body.get("parent", own.parent), body.get("family", own.family)
    if own.parent is not None and parent is None:
        parent, own = None, _converted(pim, own)
    above = _parent_level(pim, parent, anchor)
    if above.code is not None:
        if above.family_variant is None or above.depth != structure.levels(above.family_variant):
            raise invalid(
                {"property": "parent", "message": f'The product model "{above.code}" cannot be a parent of a variant product.'}
            )
        if "family" in body and family is not None and family.lower() != (above.family or "").lower():
            raise invalid({"property": "family", "message": "The variant product family must be the same than its parent"})
        family = above.family
    elif family is not None:
        family = structure.spelled(structure.families, family)
        if family is None:
            raise documented(
                f'Property "family" expects a valid family code. The family does not exist, "{body["family"]}" given.', anchor
            )
    owned = structure.level_attributes(above.family_variant, above.depth) if above.family_variant else None
    if owned is not None and own.parent != above.code:
        own = replace(own, values={c: v for c, v in own.values.items() if c.lower() in owned}, parent=above.code)
    plain, quantified = _merge_associations(pim, own, body, anchor, by_identifier=by_identifier)
    enabled = body.get("enabled", own.enabled)
    if not isinstance(enabled, bool):
        raise documented(f'Property "enabled" expects a boolean as data, "{enabled}" given.', anchor)
    return replace(
        own,
        enabled=enabled,
        family=family,
        parent=above.code,
        groups=sorted(_strings(body, "groups", anchor)) if "groups" in body else own.groups,
        categories=_categories(structure, body, above, anchor) if "categories" in body else own.categories,
        values=_merge_values(structure, own.values, body, above, owned, anchor),
        associations=plain,
        quantified_associations=quantified,
    )


def _converted(pim: Pim, own: Product) -> Product:
    """A variant turned simple keeps what it inherited. Source: Akeneo API, convert a variant product."""
    above = pim.catalogue.level(own.parent)
    return replace(
        own, parent=None, values={**above.values, **own.values}, categories=sorted({*above.categories, *own.categories})
    )


def _check_product(pim: Pim, new: Product) -> None:
    identifier = new.values.get(pim.structure.main_identifier, [{"data": None}])[0]["data"]
    if identifier is not None:
        holder = pim.catalogue.uuid_of(identifier)
        if holder is not None and holder != new.uuid:
            raise invalid({
                "property": "identifier",
                "message": f"The {identifier} identifier is already used for another product.",
            })  # fmt: skip
    if new.parent is not None:
        _check_axes(pim, new, new.parent)


def _check_axes(pim: Pim, new: Product | Model, parent: str) -> None:
    """Each axis of the level is filled, and no sibling has the same combination."""
    above = pim.catalogue.level(parent)
    assert above.family_variant is not None
    axes = pim.structure.axes(above.family_variant, above.depth)
    for axis in axes:
        if axis not in new.values:
            raise invalid(
                {
                    "property": "attribute",
                    "message": f'Attribute "{axis}" cannot be empty, as it is defined as an axis for this entity',
                }
            )
    table, key, own = ("product", "uuid", new.uuid) if isinstance(new, Product) else ("model", "code", new.code)
    db = pim.store.connection
    for (sibling,) in db.execute(f"SELECT {key} FROM {table} WHERE parent = ? AND {key} != ?", (parent, own)).fetchall():
        other: Product | Model | None = (
            pim.catalogue.product(sibling) if isinstance(new, Product) else pim.catalogue.model(sibling)
        )
        if other is not None and all(_folded(other.values.get(a)) == _folded(new.values.get(a)) for a in axes):
            shown = ",".join(f"[{new.values[a][0]['data']}]" for a in axes)
            raise invalid({
                "property": "attribute",
                "message": f'Cannot set value "{shown}" for the attribute axis "{",".join(axes)}", as another entity already has this value.',
            })  # fmt: skip


def _folded(values: list[Doc] | None) -> str:
    return "" if not values else str(values[0]["data"]).lower()


def save_model(pim: Pim, body: Doc, anchor: str) -> bool:
    """Create or merge into a product model; its variants' filterable `updated` moves along. True when created."""
    _check_keys(body, _MODEL_KEYS, anchor)
    structure, now = pim.structure, pim.now()
    code = body.get("code")
    if not isinstance(code, str) or not code:
        raise invalid({"property": "code", "message": "The product model code must not be empty."})
    with pim.store.writing():
        old = pim.catalogue.model(code)
        own = old or _new_model(pim, body, code, now, anchor)
        if old is not None:
            _check_unmoved(pim, old, body)
        above = _parent_level(pim, own.parent, anchor)
        owned = structure.level_attributes(own.family_variant, above.depth)
        plain, quantified = _merge_associations(pim, own, body, anchor, by_identifier=True)
        new = replace(
            own,
            categories=_categories(structure, body, above, anchor) if "categories" in body else own.categories,
            values=_merge_values(structure, own.values, body, above, owned, anchor),
            associations=plain,
            quantified_associations=quantified,
        )
        if new.parent is not None:
            _check_axes(pim, new, new.parent)
        if old is None or _normal(new) != _normal(old):
            pim.catalogue.save_model(replace(new, updated=now))
        return old is None


def _new_model(pim: Pim, body: Doc, code: str, now: int, anchor: str) -> Model:
    structure = pim.structure
    above = _parent_level(pim, body.get("parent"), anchor)
    wanted = body.get("family_variant") or above.family_variant
    variant = structure.family_variants.get(str(wanted).lower())
    if wanted is None or variant is None:
        if wanted is None:
            raise invalid({"property": "family_variant", "message": "The product model family variant must not be empty."})
        raise documented(
            f'Property "family_variant" expects a valid family variant code. The family variant does not exist, "{wanted}" given.',
            anchor,
        )
    if above.code is not None and above.depth >= structure.levels(variant["code"]):
        raise invalid(
            {"property": "parent", "message": f'The product model "{above.code}" cannot have a product model as a child.'}
        )
    return Model(code, variant["family"], variant["code"], above.code, [], {}, {}, {}, now, now)


def _check_unmoved(pim: Pim, old: Model, body: Doc) -> None:
    if "family_variant" in body and str(body["family_variant"]).lower() != old.family_variant.lower():
        raise invalid({"property": "family_variant", "message": "The family variant of a product model cannot be changed."})
    if "parent" in body and (body["parent"] or "").lower() != (old.parent or "").lower():
        raise invalid({"property": "parent", "message": "The parent of a product model cannot be changed."})


# Endpoints of writing


def create_by_uuid(pim: Pim, call: Call) -> Answer:
    body = call.object()
    uuid = body.get("uuid") or str(uuids.uuid4())
    _valid_uuid(uuid)
    if pim.catalogue.product(uuid) is not None:
        raise invalid({"property": "uuid", "message": f"The {uuid} uuid is already used for another product."})
    save_product(pim, body, uuid.lower(), by_identifier=False, anchor="post_products_uuid")
    return saved(True, f"{UUID_PATH}/{uuid.lower()}")


def _valid_uuid(text: Any) -> None:
    try:
        uuids.UUID(text)
    except (ValueError, AttributeError, TypeError) as wrong:
        raise invalid({"property": "uuid", "message": f'"{text}" is not a valid uuid.'}) from wrong


def patch_by_uuid(pim: Pim, call: Call) -> Answer:
    uuid, body = _uuid(call.params["uuid"]), call.object()
    if body.get("uuid", uuid).lower() != uuid:
        raise documented(
            f'The uuid "{body["uuid"]}" provided in the request body must match the uuid "{uuid}" provided in the url.',
            "patch_products_uuid__uuid_",
        )
    created = save_product(pim, body, uuid, by_identifier=False, anchor="patch_products_uuid__uuid_")
    return saved(created, f"{UUID_PATH}/{uuid}")


def patch_several_by_uuid(pim: Pim, call: Call) -> Answer:
    def save(item: Doc) -> bool:
        _valid_uuid(item["uuid"])
        return save_product(pim, item, item["uuid"].lower(), by_identifier=False, anchor="patch_products_uuid")

    return bulk(call, "uuid", save)


def delete_by_uuid(pim: Pim, call: Call) -> Answer:
    return _delete(pim, _uuid(call.params["uuid"]))


def delete_by_identifier(pim: Pim, call: Call) -> Answer:
    return _delete(pim, _uuid_of(pim, call.params["code"]))


def _delete(pim: Pim, uuid: str) -> Answer:
    with pim.store.writing():
        if not pim.catalogue.delete_product(uuid):
            raise not_found(f"Product {uuid}")
    return Answer(204)


def create_by_identifier(pim: Pim, call: Call) -> Answer:
    body = call.object()
    identifier = body.get("identifier")
    if isinstance(identifier, str) and pim.catalogue.uuid_of(identifier) is not None:
        raise invalid({"property": "identifier", "message": f"The {identifier} identifier is already used for another product."})
    if not isinstance(identifier, str) or not identifier:
        raise invalid({"property": "identifier", "message": "The identifier attribute cannot be empty."})
    save_product(pim, body, None, by_identifier=True, anchor="post_products")
    return saved(True, f"{IDENTIFIER_PATH}/{_path_code(identifier)}")


def _save_by_identifier(pim: Pim, item: Doc, identifier: str) -> bool:
    body = {"identifier": identifier, **item}
    return save_product(pim, body, pim.catalogue.uuid_of(identifier), by_identifier=True, anchor="patch_products__code_")


def patch_by_identifier(pim: Pim, call: Call) -> Answer:
    identifier = call.params["code"]
    created = _save_by_identifier(pim, call.object(), identifier)
    return saved(created, f"{IDENTIFIER_PATH}/{_path_code(identifier)}")


def patch_several_by_identifier(pim: Pim, call: Call) -> Answer:
    return bulk(call, "identifier", lambda item: _save_by_identifier(pim, item, item["identifier"]))


def create_model(pim: Pim, call: Call) -> Answer:
    body = call.object()
    if isinstance(body.get("code"), str) and pim.catalogue.model(body["code"]) is not None:
        raise invalid(
            {"property": "code", "message": f'The same code is already set on another product model: "{body["code"]}".'}
        )
    save_model(pim, body, "post_product_models")
    return saved(True, f"{MODEL_PATH}/{_path_code(body['code'])}")


def patch_model(pim: Pim, call: Call) -> Answer:
    code, body = call.params["code"], call.object()
    if str(body.get("code", code)).lower() != code.lower():
        raise documented(
            f'The code "{body["code"]}" provided in the request body must match the code "{code}" provided in the url.',
            "patch_product_models__code_",
        )
    created = save_model(pim, {**body, "code": code}, "patch_product_models__code_")
    return saved(created, f"{MODEL_PATH}/{_path_code(code)}")


def patch_several_models(pim: Pim, call: Call) -> Answer:
    return bulk(call, "code", lambda item: save_model(pim, item, "patch_product_models"))


def delete_model(pim: Pim, call: Call) -> Answer:
    with pim.store.writing():
        if not pim.catalogue.delete_model(call.params["code"]):
            raise not_found(f'Product model "{call.params["code"]}"')
    return Answer(204)


ROUTES: list[tuple[str, str, str, Endpoint]] = [
    ("GET", "/products-uuid", "pim_api_product_uuid_list", list_by_uuid),
    ("POST", "/products-uuid", "pim_api_product_uuid_create", create_by_uuid),
    ("PATCH", "/products-uuid", "pim_api_product_uuid_partial_update_list", patch_several_by_uuid),
    ("POST", "/products-uuid/search", "pim_api_product_uuid_search", search_by_uuid),
    ("GET", "/products-uuid/{uuid}", "pim_api_product_uuid_get", get_by_uuid),
    ("PATCH", "/products-uuid/{uuid}", "pim_api_product_uuid_partial_update", patch_by_uuid),
    ("DELETE", "/products-uuid/{uuid}", "pim_api_product_uuid_delete", delete_by_uuid),
    ("GET", "/product-models", "pim_api_product_model_list", list_models),
    ("POST", "/product-models", "pim_api_product_model_create", create_model),
    ("PATCH", "/product-models", "pim_api_product_model_partial_update_list", patch_several_models),
    ("GET", "/product-models/{code:path}", "pim_api_product_model_get", get_model),
    ("PATCH", "/product-models/{code:path}", "pim_api_product_model_partial_update", patch_model),
    ("DELETE", "/product-models/{code:path}", "pim_api_product_model_delete", delete_model),
    ("GET", "/products", "pim_api_product_list", list_by_identifier),
    ("POST", "/products", "pim_api_product_create", create_by_identifier),
    ("PATCH", "/products", "pim_api_product_partial_update_list", patch_several_by_identifier),
    ("GET", "/products/{code:path}", "pim_api_product_get", get_by_identifier),
    ("PATCH", "/products/{code:path}", "pim_api_product_partial_update", patch_by_identifier),
    ("DELETE", "/products/{code:path}", "pim_api_product_delete", delete_by_identifier),
]
