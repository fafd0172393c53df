"""The PIM's structure: attributes, options, groups, families, variants, channels, locales, currencies, categories, types, units.

One description a kind (`Kind`); the endpoints are made from it. What a change does to products is in `_EFFECTS`.
The real API deletes families only; here attributes, options, groups, categories, types and variants can be deleted too, in
place of a person doing it in the PIM's user interface.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import orjson

from sandbox.pim.api_shared import Answer, Call, Endpoint, Pim, bulk, bulk_array, saved
from sandbox.pim.body_shapes import check
from sandbox.pim.hal_pages import flag, page_text, read_paging
from sandbox.pim.pim_database import Doc, Resource
from sandbox.pim.pim_refusals import ApiError, documented, invalid, not_found, unknown
from sandbox.pim.pim_search import parse_search
from sandbox.pim.pim_structure import Structure
from sandbox.pim.resource_kinds import DEFAULTS, NEWER, complete, order_categories

BASE = "/api/rest/v1"
CODE = re.compile(r"[A-Za-z0-9_]+")


@dataclass(frozen=True)
class Kind:
    """One kind of resource: `path` has `{owner}` where it hangs on another; `filters` are its search properties and operators."""

    name: str
    path: str
    title: str
    route: str
    filters: dict[str, str] = field(default_factory=dict)
    owner_kind: str | None = None
    order: Literal["code", "position", "sort_order"] = "code"
    writable: bool = True

    def href(self, owner: str, code: str = "") -> str:
        path = BASE + self.path.replace("{owner}", owner)
        return f"{path}/{code}" if code else path


KINDS = {
    k.name: k
    for k in (
        Kind("attribute", "/attributes", "Attribute", "attribute",
             {"code": "IN", "type": "IN", "is_main_identifier": "=", "updated": ">"}),
        Kind("option", "/attributes/{owner}/options", "Attribute option", "attribute_option", owner_kind="attribute",
             order="sort_order"),
        Kind("attribute_group", "/attribute-groups", "Attribute group", "attribute_group", {"code": "IN", "updated": ">"}),
        Kind("family", "/families", "Family", "family", {"code": "IN", "updated": ">", "has_products": "="}),
        Kind("family_variant", "/families/{owner}/variants", "Family variant", "family_variant", owner_kind="family"),
        Kind("category", "/categories", "Category", "category",
             {"code": "IN", "parent": "=", "is_root": "=", "updated": ">"}, order="position"),
        Kind("channel", "/channels", "Channel", "channel"),
        Kind("locale", "/locales", "Locale", "locale", {"enabled": "="}, writable=False),
        Kind("currency", "/currencies", "Currency", "currency", {"enabled": "="}, writable=False),
        Kind("association_type", "/association-types", "Association type", "association_type"),
    )
}  # fmt: skip


# Reading


def _shown(pim: Pim, kind: Kind, resource: Resource, call: Call) -> Doc:
    """The item as payloads have it: computed properties added."""
    doc, structure = dict(resource.doc), pim.structure
    match kind.name:
        case "attribute":
            group = pim.store.get("attribute_group", doc["group"] or "")
            doc["group_labels"] = group.doc["labels"] if group else {}
            if doc["table_configuration"] is None:
                del doc["table_configuration"]
            elif not flag(call.query, "with_table_select_options"):
                doc["table_configuration"] = [{k: v for k, v in c.items() if k != "options"} for c in doc["table_configuration"]]
            if doc["type"] != "pim_catalog_identifier":
                del doc["is_main_identifier"]
        case "attribute_group":
            members = [a for a in structure.attributes.values() if (a["group"] or "").lower() == resource.code.lower()]
            doc["attributes"] = [a["code"] for a in sorted(members, key=lambda a: (a["sort_order"], a["code"]))]
        case "family_variant":
            doc["common_attributes"] = _common_attributes(structure, resource.owner, doc)
        case "category":
            doc["updated"] = structure.time(resource.updated)
            if flag(call.query, "with_position"):
                siblings = structure.children[(doc["parent"] or "").lower()]
                doc["position"] = siblings.index(resource.code) + 1
            if not flag(call.query, "with_enriched_attributes"):
                del doc["values"]
    return doc


def _common_attributes(structure: Structure, family: str, variant: Doc) -> list[str]:
    lower = {a.lower() for s in variant["variant_attribute_sets"] for a in s["attributes"]}
    return [a for a in structure.families[family.lower()]["attributes"] if a.lower() not in lower]


def _owner(pim: Pim, kind: Kind, call: Call) -> str:
    """The owner's code in its own spelling, "" for kinds without one. Raises ApiError 404."""
    if kind.owner_kind is None:
        return ""
    found = pim.store.get(kind.owner_kind, call.params["owner"])
    if found is None or not call.sight.shows(pim.structure, kind.owner_kind, found.doc):
        raise not_found(f'{KINDS[kind.owner_kind].title} "{call.params["owner"]}"')
    if kind.name == "option" and found.doc["type"] not in ("pim_catalog_simpleselect", "pim_catalog_multiselect"):
        types = '"pim_catalog_simpleselect", "pim_catalog_multiselect"'
        raise ApiError(
            404, f'Attribute "{found.code}" does not support options. Only attributes of type {types} support options.'
        )
    return found.code


def _list(kind: Kind) -> Endpoint:
    def endpoint(pim: Pim, call: Call) -> Answer:
        owner = _owner(pim, kind, call)
        paging = read_paging(call.query, allow_search_after=False)
        conditions = _conditions(kind, call)

        def meets(resource: Resource) -> bool:
            return all(_TESTS[name](pim, resource, value) for name, value in conditions)

        every = [r for r in pim.store.every(kind.name, owner) if call.sight.shows(pim.structure, kind.name, r.doc)]
        every.sort(key=_ORDERS[kind.order])
        kept = [r for r in call.sight.listed(every) if meets(r)]
        page = kept[paging.offset : paging.offset + paging.limit]
        items = [
            orjson.dumps({"_links": {"self": {"href": "pim-base:" + kind.href(owner, r.code)}}, **_shown(pim, kind, r, call)})
            for r in page
        ]
        count = sum(map(meets, every)) if call.sight.counts_all else len(kept)
        return Answer(body=page_text(kind.href(owner), call.query, paging, items, count=count if paging.with_count else None))

    return endpoint


_ORDERS: dict[str, Callable[[Resource], Any]] = {
    "code": lambda r: r.code.lower(),
    "position": lambda r: r.position,
    "sort_order": lambda r: (r.doc["sort_order"] or 0, r.code.lower()),  # source: the options' API controller
}


def _conditions(kind: Kind, call: Call) -> list[tuple[str, Any]]:
    """What the call searches, property and value. Raises ApiError 400 for what the list doesn't know."""
    search = parse_search(call.query["search"]) if call.query.get("search") else {}
    return [(name, _value(kind, name, condition)) for name, given in search.items() for condition in given]


def _value(kind: Kind, name: str, condition: Doc) -> Any:
    operator, value = condition["operator"], condition.get("value")
    wanted = f"In order to search on {kind.title.lower()} {name} you must"
    if name not in kind.filters:
        raise ApiError(400, f'Filter on property "{name}" is not supported or does not support operator "{operator}".')
    if operator != kind.filters[name]:
        raise ApiError(400, f'{wanted} use "{kind.filters[name]}" operator, {operator} given.')
    match operator, name:
        case "IN", _:
            if not isinstance(value, list) or any(not isinstance(v, str) for v in value):
                raise ApiError(400, f"{wanted} send an array of strings.")
        case ">", _:
            return _moment(wanted, value)
        case _, "parent":
            if not isinstance(value, str):
                raise ApiError(400, f"{wanted} send a string.")
        case _:
            if not isinstance(value, bool):
                raise ApiError(400, f"{wanted} send a boolean value.")
    return value


def _has_products(pim: Pim, resource: Resource, value: Any) -> bool:
    found = pim.store.connection.execute("SELECT 1 FROM product WHERE family = ? LIMIT 1", (resource.code,)).fetchone()
    return (found is not None) is value


def _below(pim: Pim, resource: Resource, value: Any) -> bool:
    return resource.code.lower() in {code.lower() for code in pim.structure.subtree(value)[1:]}


_TESTS: dict[str, Callable[[Pim, Resource, Any], bool]] = {
    "code": lambda _, r, value: r.code.lower() in {v.lower() for v in value},
    "type": lambda _, r, value: r.doc["type"] in value,
    "updated": lambda _, r, value: r.updated > value,
    "enabled": lambda _, r, value: bool(r.doc["enabled"]) is value,
    "is_main_identifier": lambda _, r, value: bool(r.doc["is_main_identifier"]) is value,
    "is_root": lambda _, r, value: (r.doc["parent"] is None) is value,
    "has_products": _has_products,
    "parent": _below,
}


def _moment(wanted: str, value: object) -> float:
    """Seconds of an ISO 8601 date with offset. Raises ApiError 400."""
    refused = ApiError(400, f'{wanted} send an ISO 8601 formatted date, "{value}" given.')
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError as wrong:
        raise refused from wrong
    if moment.tzinfo is None:
        raise refused
    return moment.timestamp()


def _get(kind: Kind) -> Endpoint:
    def endpoint(pim: Pim, call: Call) -> Answer:
        return Answer(body=orjson.dumps(_shown(pim, kind, _found(pim, kind, call), call)))

    return endpoint


def _found(pim: Pim, kind: Kind, call: Call) -> Resource:
    found = pim.store.get(kind.name, call.params["code"], _owner(pim, kind, call))
    if found is None or not call.sight.shows(pim.structure, kind.name, found.doc):
        raise not_found(f'{kind.title} "{call.params["code"]}"')
    return found


# Writing


def _merged(kind: Kind, old: Doc | None, body: Doc, anchor: str) -> Doc:
    """The document after a PATCH: labels merge by locale (null removes), every other property replaces."""
    own = {*DEFAULTS[kind.name], *NEWER.get(kind.name, ())}
    known = {*own, "_links", *_IGNORED.get(kind.name, ())}
    for name in body:
        if name not in known:
            raise documented(f'Property "{name}" does not exist.', anchor)
    check(kind.name, body, anchor)
    given = {k: v for k, v in body.items() if k in own}
    base = old or complete(kind.name, {})
    for name in given.keys() & {"labels", "guidelines"}:
        given[name] = {**base[name], **given[name]}
    if kind.name == "family" and "attribute_requirements" in given:
        given["attribute_requirements"] = {**base["attribute_requirements"], **given["attribute_requirements"]}
    return complete(kind.name, {**base, **given})


_IGNORED = {
    "attribute": ("group_labels",),
    "attribute_group": ("attributes",),
    "category": ("updated", "position"),
    "family_variant": ("common_attributes",),
}


def save(pim: Pim, kind: Kind, owner: str, code: str, body: Doc, anchor: str) -> bool:
    """Create or merge into a resource; True when created. Raises ApiError 422."""
    if not CODE.fullmatch(code):
        raise invalid({"property": "code", "message": f"{kind.title} code may contain only letters, numbers and underscores"})
    with pim.store.writing():
        old = pim.store.get(kind.name, code, owner)
        doc = _merged(kind, old.doc if old else None, {**body, "code": old.code if old else code}, anchor)
        if kind.name == "option":
            doc["attribute"] = owner
        _CHECKS.get(kind.name, _no_check)(pim, old.doc if old else None, doc, owner, anchor)
        members = body.get("attributes") if kind.name == "attribute_group" else None
        if old is None or doc != old.doc or members is not None:
            pim.store.put(kind.name, doc["code"], doc, pim.now(), owner, position=_position(kind, old))
            if members is not None:
                _move_attributes(pim, doc["code"], members, anchor)
            pim.structure_changed()
            _EFFECTS.get(kind.name, _no_effect)(pim, old.doc if old else None, doc, owner)
    return old is None


def _position(kind: Kind, old: Resource | None) -> int | None:
    return 1_000_000_000 if kind.name == "category" and old is None else None


Check = Callable[[Pim, Doc | None, Doc, str, str], None]


def _no_check(_: Pim, __: Doc | None, ___: Doc, ____: str, _____: str) -> None:
    """Most kinds need none."""


def _check_attribute(pim: Pim, old: Doc | None, doc: Doc, _: str, anchor: str) -> None:
    if old is not None and doc["type"] != old["type"]:
        raise invalid({"property": "type", "message": "This property cannot be changed."})
    if not isinstance(doc["type"], str):
        raise invalid({"property": "type", "message": "This value should not be blank."})
    if pim.store.get("attribute_group", doc["group"] or "") is None:
        raise unknown("group", "code", "attribute group", doc["group"], anchor)
    if (
        doc["type"] in ("pim_catalog_number", "pim_catalog_metric", "pim_catalog_price_collection")
        and doc["decimals_allowed"] is None
    ):
        doc["decimals_allowed"] = False


def _check_category(pim: Pim, old: Doc | None, doc: Doc, _: str, anchor: str) -> None:
    if doc["parent"] is None:
        return
    parent = pim.structure.spelled(pim.structure.categories, doc["parent"])
    if parent is None:
        raise unknown("parent", "category code", "category", doc["parent"], anchor)
    if old is not None and parent in pim.structure.subtree(doc["code"]):
        raise invalid({"property": "parent", "message": "The parent cannot be the category itself or a category below it."})
    doc["parent"] = parent


def _check_family(pim: Pim, _: Doc | None, doc: Doc, __: str, anchor: str) -> None:
    structure = pim.structure
    for code in doc["attributes"]:
        if structure.attribute(code) is None:
            raise unknown("attributes", "attribute code", "attribute", code, anchor)
    if structure.main_identifier not in doc["attributes"]:
        doc["attributes"] = [*doc["attributes"], structure.main_identifier]
    doc["attributes"] = sorted(dict.fromkeys(doc["attributes"]))
    doc["attribute_as_label"] = doc["attribute_as_label"] or structure.main_identifier
    for channel in structure.channels.values():
        required = doc["attribute_requirements"].get(channel["code"], [])
        doc["attribute_requirements"][channel["code"]] = sorted({*required, structure.main_identifier})


def _check_variant(pim: Pim, _: Doc | None, doc: Doc, owner: str, anchor: str) -> None:
    if not doc["variant_attribute_sets"]:
        raise invalid(
            {"property": "variant_attribute_sets", "message": "There should be at least one level defined in the family variant."}
        )
    family = {a.lower() for a in pim.structure.families[owner.lower()]["attributes"]}
    for level in doc["variant_attribute_sets"]:
        level["attributes"] = list(dict.fromkeys([*level["axes"], *level.get("attributes", [])]))
        for code in level["attributes"]:
            if code.lower() not in family:
                raise unknown("attributes", "attribute code", "attribute", code, anchor)
    doc["variant_attribute_sets"] = with_identifier(doc["variant_attribute_sets"], pim.structure.main_identifier)


def with_identifier(sets: list[Doc], identifier: str) -> list[Doc]:
    """The sets with the identifier in the last one, where it always lies."""
    ordered = sorted(sets, key=lambda s: int(s["level"]))
    last = len(ordered) - 1
    return [
        {
            **s,
            "attributes": [a for a in s["attributes"] if a != identifier] + ([identifier] if n == last else []),
        }
        for n, s in enumerate(ordered)
    ]


def _check_channel(pim: Pim, _: Doc | None, doc: Doc, __: str, anchor: str) -> None:
    tree = pim.structure.categories.get(str(doc["category_tree"]).lower())
    if tree is None or tree["parent"] is not None:
        raise unknown("category_tree", "code", "category", doc["category_tree"], anchor)
    for name, kind in (("locales", "locale"), ("currencies", "currency")):
        if not doc[name]:
            raise invalid({"property": name, "message": "This value should not be blank."})
        for code in doc[name]:
            if pim.store.get(kind, code) is None:
                raise unknown(f"{name}", f"{kind} code", f"{kind}", code, anchor)


_CHECKS: dict[str, Check] = {
    "attribute": _check_attribute,
    "category": _check_category,
    "family": _check_family,
    "family_variant": _check_variant,
    "channel": _check_channel,
}


# What a saved or deleted resource does to the rest. None of it moves a product's `updated`.

Effect = Callable[[Pim, Doc | None, Doc | None, str], None]


def _no_effect(_: Pim, __: Doc | None, ___: Doc | None, ____: str) -> None:
    """Labels alone change nothing elsewhere."""


def _option_changed(pim: Pim, old: Doc | None, new: Doc | None, owner: str) -> None:
    """Options move their attribute's filterable stamp; values of a deleted one hide, those of a re-created one come back."""
    pim.store.stamp("attribute", owner, pim.now())
    if old is None or new is None:
        _refresh_attribute(pim, owner)


def _refresh_attribute(pim: Pim, code: str) -> None:
    mark = f'"{code}":['
    pim.catalogue.refresh("instr(vals, ?) > 0 OR instr(coalesce(hidden, ''), ?) > 0", (mark, mark))


def _attribute_changed(pim: Pim, old: Doc | None, new: Doc | None, _: str) -> None:
    if old is not None and new is None:
        for family in pim.store.every("family"):
            _drop_from_family(pim, family, old["code"])
        for variant in pim.store.every("family_variant"):
            for level in variant.doc["variant_attribute_sets"]:
                level["attributes"] = [a for a in level["attributes"] if a != old["code"]]
            pim.store.put("family_variant", variant.code, variant.doc, variant.updated, variant.owner)
        with pim.store.writing() as db:
            db.execute("DELETE FROM resource WHERE kind = 'option' AND owner = ?", (old["code"],))
        pim.structure_changed()
        _refresh_attribute(pim, old["code"])
        pim.catalogue.refresh(f"family IN ({','.join('?' * len(pim.structure.families))})", tuple(pim.structure.families))
    elif old is not None and new is not None and old["available_locales"] != new["available_locales"]:
        _refresh_attribute(pim, new["code"])


def _drop_from_family(pim: Pim, family: Resource, attribute: str) -> None:
    doc = family.doc
    if attribute in doc["attributes"]:
        doc["attributes"].remove(attribute)
        for required in doc["attribute_requirements"].values():
            if attribute in required:
                required.remove(attribute)
        pim.store.put("family", family.code, doc, family.updated)


def _family_changed(pim: Pim, old: Doc | None, new: Doc | None, _: str) -> None:
    if old is not None and new is not None and old["attribute_requirements"] != new["attribute_requirements"]:
        for product in pim.catalogue.every_product("family = ?", (new["code"],)):
            pim.catalogue.save_product(product)


def _category_changed(pim: Pim, old: Doc | None, new: Doc | None, _: str) -> None:
    if old is not None and new is None:
        gone = pim.structure.subtree(old["code"])  # the children still name their deleted parent
        for code in gone[1:]:
            pim.store.delete("category", code)
        pim.structure_changed()
        pim.catalogue.drop_categories(gone)
    order_categories(pim.store)
    pim.structure_changed()


def _channel_changed(pim: Pim, old: Doc | None, new: Doc | None, _: str) -> None:
    """A locale or currency is active while some channel has it."""
    for kind, key in (("locale", "locales"), ("currency", "currencies")):
        active = {code for channel in pim.structure.channels.values() for code in channel[key]}
        for resource in pim.store.every(kind):
            enabled = resource.code in active
            if resource.doc["enabled"] != enabled:
                pim.store.put(kind, resource.code, {**resource.doc, "enabled": enabled}, pim.now())
    pim.structure_changed()
    if old is None or new is None or any(old[k] != new[k] for k in ("locales", "currencies")):
        pim.catalogue.refresh("1")


def _type_changed(pim: Pim, old: Doc | None, new: Doc | None, _: str) -> None:
    if old is None or new is None:
        pim.catalogue.refresh("1")


_EFFECTS: dict[str, Effect] = {
    "option": _option_changed,
    "attribute": _attribute_changed,
    "family": _family_changed,
    "category": _category_changed,
    "channel": _channel_changed,
    "association_type": _type_changed,
}


def _move_attributes(pim: Pim, group: str, members: list[str], anchor: str) -> None:
    for code in members:
        attribute = pim.store.get("attribute", code)
        if attribute is None:
            raise unknown("attributes", "attribute code", "attribute", code, anchor)
        pim.store.put("attribute", attribute.code, {**attribute.doc, "group": group}, pim.now())


def _create(kind: Kind) -> Endpoint:
    def endpoint(pim: Pim, call: Call) -> Answer:
        owner, body = _owner(pim, kind, call), call.object()
        code = body.get("code")
        if not isinstance(code, str) or not code:
            raise invalid({"property": "code", "message": "This value should not be blank."})
        if pim.store.get(kind.name, code, owner) is not None:
            raise invalid({"property": "code", "message": "This value is already used."})
        save(pim, kind, owner, code, body, f"post_{kind.route}")
        return saved(True, kind.href(owner, code))

    return endpoint


def _patch(kind: Kind) -> Endpoint:
    def endpoint(pim: Pim, call: Call) -> Answer:
        owner, body, code = _owner(pim, kind, call), call.object(), call.params["code"]
        if str(body.get("code", code)).lower() != code.lower():
            raise documented(
                f'The code "{body["code"]}" provided in the request body must match the code "{code}" provided in the url.',
                f"patch_{kind.route}__code_",
            )
        return saved(save(pim, kind, owner, code, body, f"patch_{kind.route}__code_"), kind.href(owner, code))

    return endpoint


def _patch_several(kind: Kind) -> Endpoint:
    def endpoint(pim: Pim, call: Call) -> Answer:
        owner = _owner(pim, kind, call)
        return bulk(call, "code", lambda item: save(pim, kind, owner, item["code"], item, f"patch_{kind.route}__code_"))

    return endpoint


def _delete(kind: Kind) -> Endpoint:
    def endpoint(pim: Pim, call: Call) -> Answer:
        with pim.store.writing() as db:
            found = _found(pim, kind, call)
            column = {"family": "family = ?", "family_variant": "family_variant = ?"}.get(kind.name)
            tables = {"family": ("product", "model"), "family_variant": ("model",)}.get(kind.name, ())
            for table in tables:
                if db.execute(f"SELECT 1 FROM {table} WHERE {column} LIMIT 1", (found.code,)).fetchone():
                    raise ApiError(422, f'{kind.title} "{found.code}" can not be removed, as products still reference it.')
            if kind.name == "category" and any(c["category_tree"] == found.code for c in pim.structure.channels.values()):
                raise ApiError(422, f'Category "{found.code}" can not be removed, as a channel is linked to it.')
            pim.store.delete(kind.name, found.code, found.owner)
            pim.structure_changed()
            _EFFECTS.get(kind.name, _no_effect)(pim, found.doc, None, found.owner)
        return Answer(204)

    return endpoint


# Measurement families: a bare array


def list_measurements(pim: Pim, call: Call) -> Answer:
    return Answer(body=orjson.dumps([r.doc for r in call.sight.listed(pim.store.every("measurement_family"))]))


def patch_measurements(pim: Pim, call: Call) -> Answer:
    def save_one(item: Doc) -> bool:
        check("measurement_family", item, "patch_measurement_families")
        with pim.store.writing():
            old = pim.store.get("measurement_family", item["code"])
            base = old.doc if old else complete("measurement_family", {})
            doc = complete("measurement_family", {**base, **item, "units": {**base["units"], **item.get("units", {})}})
            if doc["standard_unit_code"] not in doc["units"]:
                raise ApiError(
                    422, f'Property "standard_unit_code" expects a unit of the family, "{doc["standard_unit_code"]}" given.'
                )
            pim.store.put("measurement_family", doc["code"], doc, pim.now())
            return old is None

    return bulk_array(call, save_one)


def _routes() -> list[tuple[str, str, str, Endpoint]]:
    routes: list[tuple[str, str, str, Endpoint]] = []
    for kind in KINDS.values():
        one = kind.path + "/{code}"
        routes += [
            ("GET", kind.path, f"pim_api_{kind.route}_list", _list(kind)),
            ("GET", one, f"pim_api_{kind.route}_get", _get(kind)),
        ]
        if kind.writable:
            routes += [
                ("POST", kind.path, f"pim_api_{kind.route}_create", _create(kind)),
                ("PATCH", kind.path, f"pim_api_{kind.route}_partial_update_list", _patch_several(kind)),
                ("PATCH", one, f"pim_api_{kind.route}_partial_update", _patch(kind)),
                ("DELETE", one, f"pim_api_{kind.route}_delete", _delete(kind)),
            ]
    return [
        *routes,
        ("GET", "/measurement-families", "pim_api_measurement_family_get", list_measurements),
        ("PATCH", "/measurement-families", "pim_api_measurement_family_patch", patch_measurements),
    ]


ROUTES = _routes()
