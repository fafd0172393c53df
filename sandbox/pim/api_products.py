"""Products (by uuid and by identifier) and product models: the endpoints.

Source: Akeneo API, products-uuid, products, product-models. Payloads are in `payloads`, writes in `product_writes`, filters in
`pim_search`.
"""

import uuid as uuids
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson

from sandbox.pim.api_shared import Answer, Call, Endpoint, Pim, bulk, saved
from sandbox.pim.hal_pages import page_text, read_paging
from sandbox.pim.payloads import (
    IDENTIFIER_PATH,
    MODEL_PATH,
    MODEL_SELECT,
    PRODUCT_SELECT,
    UUID_PATH,
    Row,
    model_item,
    path_code,
    product_item,
    reshaped,
)
from sandbox.pim.pim_database import Doc
from sandbox.pim.pim_refusals import documented, invalid, not_found
from sandbox.pim.pim_search import Sql, conditions_sql, in_tree, parse_search, value_matches
from sandbox.pim.product_writes import save_model, save_product

# Lists


def _list(pim: Pim, call: Call, table: str, key: str, item: Callable[[Row], bytes], select: str, path: str) -> Answer:
    """A page of products or models in order of `key`: uuid, identifier or code."""
    paging = read_paging(call.query, allow_search_after=True, capped=True)
    structure = pim.structure
    defaults = {k: call.query[f"search_{k}"] for k in ("locale", "scope") if call.query.get(f"search_{k}")}
    parsed = parse_search(call.query["search"]) if call.query.get("search") else {}
    conditions = [*conditions_sql(structure, table, parsed, defaults), *call.sight.visible(structure, table)]
    if call.query.get("scope") and "categories" not in parsed:
        conditions.append(in_tree(structure, table, call.query["scope"]))
    if key == "identifier":
        conditions.append(Sql("p.identifier IS NOT NULL"))
    kept = call.sight.kept(table, key)
    count = None
    db = pim.store.connection
    db.create_function("value_matches", -1, value_matches, deterministic=True)
    db.create_function("indexed", 1, call.sight.indexed)
    if paging.with_count and not paging.search_after:
        where, args = _where(conditions if call.sight.counts_all else [*conditions, *kept])
        count = int(db.execute(f"SELECT count(*) FROM {table} p{where}", args).fetchone()[0])
    conditions += kept
    if paging.after:
        conditions.append(Sql(f"p.{key} > ?", (paging.after,)))
    where, args = _where(conditions)
    page = f"SELECT p.id FROM {table} p{where} ORDER BY p.{key} LIMIT {paging.limit} OFFSET {paging.offset}"
    # In one statement: a row that is deleted meanwhile would leave a page that looks like the last one.
    rows = db.execute(f"{select} WHERE p.id IN ({page}) ORDER BY +p.{key}", args).fetchall()
    texts = reshaped(pim, call, [item(row) for row in rows], by_identifier=table == "model" or key == "identifier")
    column = {"uuid": 0, "identifier": 1, "code": 0}[key]
    cursor = str(rows[-1][column]) if rows else ""
    return Answer(body=page_text(path, call.query, paging, texts, cursor=cursor, count=count))


def _where(conditions: list[Sql]) -> tuple[str, list[object]]:
    text = " AND ".join(c.text for c in conditions)
    return (f" WHERE {text}" if text else ""), [a for c in conditions for a in c.args]


def list_by_uuid(pim: Pim, call: Call) -> Answer:
    def item(row: Row) -> bytes:
        return product_item(pim.structure, row, call, by_identifier=False, link=True)

    return _list(pim, call, "product", "uuid", item, PRODUCT_SELECT, UUID_PATH)


def list_by_identifier(pim: Pim, call: Call) -> Answer:
    def item(row: Row) -> bytes:
        return product_item(pim.structure, row, call, by_identifier=True, link=True)

    return _list(pim, call, "product", "identifier", item, PRODUCT_SELECT, IDENTIFIER_PATH)


def list_models(pim: Pim, call: Call) -> Answer:
    def item(row: Row) -> bytes:
        return model_item(pim.structure, row, call, link=True)

    return _list(pim, call, "model", "code", item, MODEL_SELECT, MODEL_PATH)


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
    row = _row(pim, call, PRODUCT_SELECT, "product", "uuid", uuid)
    if row is None:
        raise not_found(f"Product {uuid}")
    text = product_item(pim.structure, row, call, by_identifier=by_identifier, link=False)
    return Answer(body=reshaped(pim, _only_options(call), [text], by_identifier=by_identifier)[0])


def _row(pim: Pim, call: Call, select: str, table: str, key: str, value: str) -> Row | None:
    """The row of one item, read from the database: a search index that isn't whole hides nothing here."""
    where, args = _where([Sql(f"p.{key} = ?", (value,)), *call.sight.visible(pim.structure, table)])
    row: Row | None = pim.store.connection.execute(select + where, args).fetchone()
    return row


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
    row = _row(pim, call, MODEL_SELECT, "model", "code", code)
    if row is None:
        raise not_found(f'Product model "{code}"')
    text = model_item(pim.structure, row, call, link=False)
    return Answer(body=reshaped(pim, _only_options(call), [text], by_identifier=True)[0])


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


def create_by_uuid(pim: Pim, call: Call) -> Answer:
    body = call.object()
    uuid = _valid_uuid(body.get("uuid") or str(uuids.uuid4()))
    if pim.catalogue.product(uuid) is not None:
        raise invalid({"property": "uuid", "message": f"The {uuid} uuid is already used for another product."})
    save_product(pim, body, uuid, by_identifier=False, anchor="post_products_uuid", sight=call.sight)
    return saved(True, f"{UUID_PATH}/{uuid}")


def _valid_uuid(text: Any) -> str:
    """In its one spelling. Raises ApiError 422."""
    try:
        return str(uuids.UUID(text))
    except (ValueError, AttributeError, TypeError) as wrong:
        raise invalid({"property": "uuid", "message": f'"{text}" is not a valid uuid.'}) from wrong


def patch_by_uuid(pim: Pim, call: Call) -> Answer:
    uuid, body = _uuid(call.params["uuid"]), call.object()
    if str(body.get("uuid", uuid)).lower() != uuid:
        raise documented(
            f'The uuid "{body["uuid"]}" provided in the request body must match the uuid "{uuid}" provided in the url.',
            "patch_products_uuid__uuid_",
        )
    created = save_product(pim, body, uuid, by_identifier=False, anchor="patch_products_uuid__uuid_", sight=call.sight)
    return saved(created, f"{UUID_PATH}/{uuid}")


def patch_several_by_uuid(pim: Pim, call: Call) -> Answer:
    def save(item: Doc) -> bool:
        uuid = _valid_uuid(item["uuid"])
        return save_product(pim, item, uuid, by_identifier=False, anchor="patch_products_uuid", sight=call.sight)

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
    save_product(pim, body, None, by_identifier=True, anchor="post_products", sight=call.sight)
    return saved(True, f"{IDENTIFIER_PATH}/{path_code(identifier)}")


def _save_by_identifier(pim: Pim, call: Call, item: Doc, identifier: str) -> bool:
    body, uuid = {"identifier": identifier, **item}, pim.catalogue.uuid_of(identifier)
    return save_product(pim, body, uuid, by_identifier=True, anchor="patch_products__code_", sight=call.sight)


def patch_by_identifier(pim: Pim, call: Call) -> Answer:
    identifier = call.params["code"]
    created = _save_by_identifier(pim, call, call.object(), identifier)
    return saved(created, f"{IDENTIFIER_PATH}/{path_code(identifier)}")


def patch_several_by_identifier(pim: Pim, call: Call) -> Answer:
    return bulk(call, "identifier", lambda item: _save_by_identifier(pim, call, item, item["identifier"]))


def create_model(pim: Pim, call: Call) -> Answer:
    body = call.object()
    if isinstance(body.get("code"), str) and pim.catalogue.model(body["code"]) is not None:
        raise invalid(
            {"property": "code", "message": f'The same code is already set on another product model: "{body["code"]}".'}
        )
    save_model(pim, body, "post_product_models", sight=call.sight)
    return saved(True, f"{MODEL_PATH}/{path_code(body['code'])}")


def patch_model(pim: Pim, call: Call) -> Answer:
    code, body = call.params["code"], call.object()
    if str(body.get("code", code)).lower() != code.lower():
        raise documented(
            f'The code "{body["code"]}" provided in the request body must match the code "{code}" provided in the url.',
            "patch_product_models__code_",
        )
    created = save_model(pim, {**body, "code": code}, "patch_product_models__code_", sight=call.sight)
    return saved(created, f"{MODEL_PATH}/{path_code(code)}")


def patch_several_models(pim: Pim, call: Call) -> Answer:
    return bulk(call, "code", lambda item: save_model(pim, item, "patch_product_models", sight=call.sight))


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
