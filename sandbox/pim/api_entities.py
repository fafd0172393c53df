"""Asset families with their assets, reference entities with their records: structure, attributes, options, items.

The two are alike, so that both come from one `Entity` description. Source: Akeneo API, asset manager and reference entities:
lists know search_after only (100 a page), attributes and options are bare arrays, bulk writes are JSON arrays.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from sandbox.pim.api_shared import Answer, Call, Endpoint, Pim, bulk_array, saved
from sandbox.pim.body_shapes import check
from sandbox.pim.hal_pages import list_text
from sandbox.pim.pim_database import Doc, Resource
from sandbox.pim.pim_refusals import ApiError, not_found
from sandbox.pim.pim_search import parse_search
from sandbox.pim.resource_kinds import complete

BASE = "/api/rest/v1"
PAGE = 100


@dataclass(frozen=True)
class Entity:
    """One of the two: names of its kinds in the store, its paths, titles, and where media of its values are."""

    kind: str
    attribute: str
    option: str
    item: str
    path: str
    items: str
    title: str
    item_title: str
    media: str
    route: str
    embedded: str


ASSETS = Entity(
    "asset_family", "asset_attribute", "asset_option", "asset", "/asset-families", "assets", "Asset family", "Asset",
    "asset-media-files", "asset_manager_asset", "_items",
)  # fmt: skip
RECORDS = Entity(
    "reference_entity", "reference_entity_attribute", "reference_entity_option", "record", "/reference-entities", "records",
    "Reference entity", "Record", "reference-entities-media-files", "reference_entity_record", "items",
)  # fmt: skip


def _owner(pim: Pim, e: Entity, call: Call) -> Resource:
    found = pim.store.get(e.kind, call.params["owner"])
    if found is None:
        raise ApiError(404, f'{e.title} "{call.params["owner"]}" does not exist.')
    return found


# Families and entities


def _shown_owner(e: Entity, resource: Resource) -> Doc:
    doc = dict(resource.doc)
    if e is RECORDS and doc["image"]:
        doc["_links"] = {"image_download": {"href": f"pim-base:{BASE}/{e.media}/{doc['image']}"}}
    return doc


def _list_owners(e: Entity) -> Endpoint:
    def endpoint(pim: Pim, call: Call) -> Answer:
        def item(resource: Resource) -> bytes:
            doc = _shown_owner(e, resource)
            links = {"self": {"href": f"pim-base:{BASE}{e.path}/{resource.code}"}, **doc.get("_links", {})}
            return orjson.dumps({**doc, "_links": links})

        resources, cursor = _page(list(pim.store.every(e.kind)), call)
        return Answer(body=list_text(BASE + e.path, call.query, cursor, map(item, resources), e.embedded))

    return endpoint


def _page(resources: list[Resource], call: Call) -> tuple[list[Resource], str | None]:
    after = call.query.get("search_after", "").lower()
    rest = [r for r in call.sight.listed(resources) if r.code.lower() > after]
    page = rest[:PAGE]
    return page, page[-1].code.lower() if len(page) == PAGE else None


def _get_owner(e: Entity) -> Endpoint:
    def endpoint(pim: Pim, call: Call) -> Answer:
        return Answer(body=orjson.dumps(_shown_owner(e, _owner(pim, e, call))))

    return endpoint


def _patch_owner(e: Entity) -> Endpoint:
    def endpoint(pim: Pim, call: Call) -> Answer:
        code, body = call.params["owner"], call.object()
        created = _save_generic(pim, e.kind, code, "", body)
        return saved(created, f"{BASE}{e.path}/{code}")

    return endpoint


def _save_generic(pim: Pim, kind: str, code: str, owner: str, body: Doc) -> bool:
    check(kind, body, f"patch_{kind}")
    with pim.store.writing():
        old = pim.store.get(kind, code, owner)
        base = old.doc if old else complete(kind, {})
        given = {k: v for k, v in body.items() if k != "_links"}
        if "labels" in given:
            given["labels"] = {**base["labels"], **given["labels"]}
        doc = complete(kind, {**base, **given, "code": old.code if old else code})
        if old is None or doc != old.doc:
            pim.store.put(kind, doc["code"], doc, pim.now(), owner)
        return old is None


# Attributes and their options


def _list_attributes(e: Entity) -> Endpoint:
    def endpoint(pim: Pim, call: Call) -> Answer:
        owner = _owner(pim, e, call)
        return Answer(body=orjson.dumps([r.doc for r in call.sight.listed(pim.store.every(e.attribute, owner.code))]))

    return endpoint


def _attribute(pim: Pim, e: Entity, call: Call) -> Resource:
    owner = _owner(pim, e, call)
    found = pim.store.get(e.attribute, call.params["attribute"], owner.code)
    if found is None:
        raise ApiError(404, f'Attribute "{call.params["attribute"]}" does not exist for the {e.title.lower()} "{owner.code}".')
    return found


def _get_attribute(e: Entity) -> Endpoint:
    def endpoint(pim: Pim, call: Call) -> Answer:
        return Answer(body=orjson.dumps(_attribute(pim, e, call).doc))

    return endpoint


def _patch_attribute(e: Entity) -> Endpoint:
    def endpoint(pim: Pim, call: Call) -> Answer:
        owner, code = _owner(pim, e, call), call.params["attribute"]
        created = _save_generic(pim, e.attribute, code, owner.code, call.object())
        return saved(created, f"{BASE}{e.path}/{owner.code}/attributes/{code}")

    return endpoint


def _options_owner(pim: Pim, e: Entity, call: Call) -> str:
    attribute = _attribute(pim, e, call)
    if attribute.doc["type"] not in ("single_option", "multiple_options"):
        raise ApiError(404, f'Attribute "{attribute.code}" does not support options.')
    return f"{attribute.owner}/{attribute.code}"


def _list_options(e: Entity) -> Endpoint:
    def endpoint(pim: Pim, call: Call) -> Answer:
        options = call.sight.listed(pim.store.every(e.option, _options_owner(pim, e, call)))
        return Answer(body=orjson.dumps([r.doc for r in options]))

    return endpoint


def _get_option(e: Entity) -> Endpoint:
    def endpoint(pim: Pim, call: Call) -> Answer:
        found = pim.store.get(e.option, call.params["code"], _options_owner(pim, e, call))
        if found is None:
            raise ApiError(404, f'Option "{call.params["code"]}" does not exist for the attribute "{call.params["attribute"]}".')
        return Answer(body=orjson.dumps(found.doc))

    return endpoint


def _patch_option(e: Entity) -> Endpoint:
    def endpoint(pim: Pim, call: Call) -> Answer:
        owner, code = _options_owner(pim, e, call), call.params["code"]
        created = _save_generic(pim, e.option, code, owner, call.object())
        return saved(created, f"{BASE}{e.path}/{owner.replace('/', '/attributes/')}/options/{code}")

    return endpoint


# Assets and records


def _shown(pim: Pim, e: Entity, resource: Resource) -> Doc:
    attributes = {r.code: r.doc for r in pim.store.every(e.attribute, resource.owner)}
    values: dict[str, list[Doc]] = {}
    for code, given in resource.doc["values"].items():
        kind = attributes.get(code, {}).get("type")
        for value in given:
            item = dict(value)
            if kind in ("media_file", "image") and value["data"]:
                item["_links"] = {"download": {"href": f"pim-base:{BASE}/{e.media}/{value['data']}"}}
            values.setdefault(code, []).append(item)
    doc: Doc = {"code": resource.code, "values": values}
    if e is ASSETS:
        doc["asset_family_code"] = resource.owner
    return {**doc, "created": pim.structure.time(resource.created), "updated": pim.structure.time(resource.updated)}


def _list_items(e: Entity) -> Endpoint:
    def endpoint(pim: Pim, call: Call) -> Answer:
        owner = _owner(pim, e, call)
        parsed = parse_search(call.query["search"]) if call.query.get("search") else {}
        kept = [
            r for r in pim.store.every(e.item, owner.code) if all(_holds(pim, e, r, n, c) for n, g in parsed.items() for c in g)
        ]
        resources, cursor = _page(kept, call)
        path = f"{BASE}{e.path}/{owner.code}/{e.items}"

        def item(resource: Resource) -> bytes:
            doc = _trimmed(call.sight.trimmed(pim.structure, _shown(pim, e, resource)), call)
            return orjson.dumps({"_links": {"self": {"href": f"pim-base:{path}/{resource.code}"}}, **doc})

        return Answer(body=list_text(path, call.query, cursor, map(item, resources), e.embedded))

    return endpoint


def _trimmed(doc: Doc, call: Call) -> Doc:
    """Only the values of the asked channel and locales."""
    channel, locales = call.query.get("channel"), call.query.get("locales")
    shown = locales.split(",") if locales else None
    values = {
        code: kept
        for code, given in doc["values"].items()
        if (
            kept := [
                v
                for v in given
                if (not channel or v["channel"] in (None, channel))
                and (shown is None or v["locale"] is None or v["locale"] in shown)
            ]
        )
    }
    return {**doc, "values": values}


def _holds(pim: Pim, e: Entity, resource: Resource, name: str, condition: Doc) -> bool:
    operator, value = condition["operator"], condition.get("value")
    match name, operator:
        case "code", "IN":
            return resource.code.lower() in {str(v).lower() for v in _list_of(value, name)}
        case "updated", _:
            return _updated_holds(resource.updated, operator, value)
        case "complete", "=":
            return _is_complete(pim, e, resource, condition) == value
    found = pim.store.get(e.attribute, name, resource.owner)
    if found is None:
        raise ApiError(422, f'Filter on property "{name}" is not supported or does not support operator "{operator}".')
    data = [
        v["data"]
        for v in resource.doc["values"].get(found.code, [])
        if v["locale"] == condition.get("locale") and v["channel"] == condition.get("channel")
    ]
    return _value_holds(data[0] if data else None, operator, value, name)


def _updated_holds(updated: int, operator: str, value: Any) -> bool:
    def seconds(text: Any) -> float:
        try:
            moment = datetime.fromisoformat(str(text))
        except ValueError as wrong:
            raise ApiError(422, f'Property "updated" expects an ISO 8601 date, "{text}" given.') from wrong
        if moment.tzinfo is None:
            raise ApiError(422, f'Property "updated" expects an ISO 8601 date, "{text}" given.')
        return moment.timestamp()

    match operator:
        case ">":
            return updated > seconds(value)
        case "<":
            return updated < seconds(value)
        case "BETWEEN" | "NOT BETWEEN":
            bounds = _list_of(value, "updated")
            if len(bounds) != 2:
                raise ApiError(422, 'Property "updated" expects two ISO 8601 dates.')
            return (seconds(bounds[0]) <= updated <= seconds(bounds[1])) is (operator == "BETWEEN")
    raise ApiError(422, f'Filter on property "updated" is not supported or does not support operator "{operator}".')


def _list_of(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise ApiError(422, f'Property "{name}" expects an array as data.')
    return value


def _is_complete(pim: Pim, e: Entity, resource: Resource, condition: Doc) -> bool:
    values = resource.doc["values"]
    required = [r.doc for r in pim.store.every(e.attribute, resource.owner) if r.doc["is_required_for_completeness"]]
    for attribute in required:
        channel = condition.get("channel") if attribute["value_per_channel"] else None
        locales = condition.get("locales") or [None] if attribute["value_per_locale"] else [None]
        places = {(v["channel"], v["locale"]) for v in values.get(attribute["code"], [])}
        if any((channel, locale) not in places for locale in locales):
            return False
    return True


def _value_holds(data: Any, operator: str, value: Any, name: str) -> bool:
    held = data if isinstance(data, list) else [data]
    match operator:
        case "=":
            return bool(data == value)
        case "IN":
            return any(d in _list_of(value, name) for d in held)
        case "CONTAINS":
            return str(value).lower() in str(data or "").lower()
        case "EMPTY":
            return data is None
        case "NOT EMPTY":
            return data is not None
    raise ApiError(422, f'Filter on property "{name}" is not supported or does not support operator "{operator}".')


def _found(pim: Pim, e: Entity, call: Call) -> Resource:
    owner = _owner(pim, e, call)
    found = pim.store.get(e.item, call.params["code"], owner.code)
    if found is None:
        raise not_found(f'{e.item_title} "{call.params["code"]}" of the {e.title.lower()} "{owner.code}"')
    return found


def _get_item(e: Entity) -> Endpoint:
    def endpoint(pim: Pim, call: Call) -> Answer:
        return Answer(body=orjson.dumps(call.sight.trimmed(pim.structure, _shown(pim, e, _found(pim, e, call)))))

    return endpoint


def save_item(pim: Pim, e: Entity, owner: str, code: str, body: Doc) -> bool:
    """Create or merge into an asset or record: given values replace those of their locale and channel, null erases."""
    check(e.item, body, f"patch_{e.item}")
    with pim.store.writing():
        old = pim.store.get(e.item, code, owner)
        attributes = {r.code.lower(): r.doc for r in pim.store.every(e.attribute, owner)}
        values: dict[str, list[Doc]] = {c: list(g) for c, g in (old.doc["values"] if old else {}).items()}
        for name, given in body.get("values", {}).items():
            attribute = attributes.get(name.lower())
            if attribute is None:
                raise ApiError(422, f'The attribute "{name}" does not exist for the {e.title.lower()} "{owner}".')
            for value in given:
                place = (value.get("locale"), value.get("channel"))
                others = [v for v in values.get(attribute["code"], []) if (v["locale"], v["channel"]) != place]
                data = value.get("data")
                kept = [] if data in (None, "", []) else [{"locale": place[0], "channel": place[1], "data": data}]
                values[attribute["code"]] = others + kept
        doc: Doc = {"code": old.code if old else code, "values": {c: g for c, g in sorted(values.items()) if g}}
        if old is None or doc != old.doc:
            pim.store.put(e.item, doc["code"], doc, pim.now(), owner)
        return old is None


def _patch_item(e: Entity) -> Endpoint:
    def endpoint(pim: Pim, call: Call) -> Answer:
        owner, code = _owner(pim, e, call), call.params["code"]
        created = save_item(pim, e, owner.code, code, call.object())
        return saved(created, f"{BASE}{e.path}/{owner.code}/{e.items}/{code}")

    return endpoint


def _patch_items(e: Entity) -> Endpoint:
    def endpoint(pim: Pim, call: Call) -> Answer:
        owner = _owner(pim, e, call)
        return bulk_array(call, lambda item: save_item(pim, e, owner.code, item["code"], item))

    return endpoint


def _delete_item(e: Entity) -> Endpoint:
    def endpoint(pim: Pim, call: Call) -> Answer:
        with pim.store.writing():
            found = _found(pim, e, call)
            pim.store.delete(e.item, found.code, found.owner)
        return Answer(204)

    return endpoint


def _routes(e: Entity) -> list[tuple[str, str, str, Endpoint]]:
    one, attributes = e.path + "/{owner}", e.path + "/{owner}/attributes"
    options = attributes + "/{attribute}/options"
    items = f"{one}/{e.items}"
    r = f"pim_api_{e.route}"
    return [
        ("GET", items, f"{r}s_list", _list_items(e)),
        ("PATCH", items, f"{r}s_patch", _patch_items(e)),
        ("GET", items + "/{code}", f"{r}_get", _get_item(e)),
        ("PATCH", items + "/{code}", f"{r}_patch", _patch_item(e)),
        ("DELETE", items + "/{code}", f"{r}_delete", _delete_item(e)),
        ("GET", attributes, f"{r}_attributes_list", _list_attributes(e)),
        ("GET", attributes + "/{attribute}", f"{r}_attribute_get", _get_attribute(e)),
        ("PATCH", attributes + "/{attribute}", f"{r}_attribute_patch", _patch_attribute(e)),
        ("GET", options, f"{r}_options_list", _list_options(e)),
        ("GET", options + "/{code}", f"{r}_option_get", _get_option(e)),
        ("PATCH", options + "/{code}", f"{r}_option_patch", _patch_option(e)),
        ("GET", e.path, f"{r}_owners_list", _list_owners(e)),
        ("GET", one, f"{r}_owner_get", _get_owner(e)),
        ("PATCH", one, f"{r}_owner_patch", _patch_owner(e)),
    ]


ROUTES = [*_routes(ASSETS), *_routes(RECORDS)]
