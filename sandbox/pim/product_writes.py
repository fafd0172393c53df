"""What a client's write does to a product or a model: checked, merged into its own level, saved when something changed.

Source: Akeneo API, update behaviour: given values replace, null erases, lists replace, what is not given stays. No HTTP here,
except that a refusal is an ApiError.
"""

import uuid as uuids
from dataclasses import replace
from typing import Any

from sandbox.pim.api_shared import Pim
from sandbox.pim.body_shapes import check
from sandbox.pim.pim_catalogue import NO_PARENT, Associations, Level, Model, Product, Quantified
from sandbox.pim.pim_database import Doc
from sandbox.pim.pim_refusals import documented, invalid, unknown
from sandbox.pim.pim_sight import Sight
from sandbox.pim.pim_structure import Structure
from sandbox.pim.pim_values import SELECT_TYPES, BadDataError, Values, normal_data

_PRODUCT_KEYS = frozenset({
    "uuid", "identifier", "enabled", "family", "parent", "groups", "categories", "values", "associations",
    "quantified_associations",
})  # fmt: skip
_MODEL_KEYS = frozenset({
    "code", "family", "family_variant", "parent", "categories", "values", "associations", "quantified_associations",
})  # fmt: skip
_READ_ONLY = frozenset({"_links", "created", "updated", "metadata", "quality_scores", "completenesses", "root_parent"})


def _check_keys(body: Doc, known: frozenset[str], anchor: str) -> None:
    for name in body:
        if name not in known and name not in _READ_ONLY:
            raise documented(f'Property "{name}" does not exist.', anchor)


def _categories(structure: Structure, body: Doc, above: Level, anchor: str) -> list[str]:
    """Own categories: the given ones less the inherited."""
    result = []
    for code in body["categories"]:
        own = structure.spelled(structure.categories, code)
        if own is None:
            raise unknown("categories", "category code", "category", code, anchor)
        if own not in above.categories:
            result.append(own)
    return sorted(dict.fromkeys(result))


def _merge_values(
    structure: Structure, own: Values, body: Doc, above: Level, owned: frozenset[str] | None, anchor: str
) -> Values:
    """Given values replace those of their locale and scope, null or empty data erases, the others stay.

    A variant may repeat an inherited value, but not set one of another level. Raises ApiError 422.
    """
    result = {code: list(values) for code, values in own.items()}
    for code, values in body.get("values", {}).items():
        attribute = structure.attribute(code)
        if attribute is None:
            raise documented(f"The {code} attribute does not exist in your PIM.", anchor)
        for value in values:
            _merge_value(structure, attribute, value, result, above, owned, anchor)
    return {code: values for code, values in result.items() if values}


def _merge_value(
    structure: Structure, attribute: Doc, value: Doc, into: Values, above: Level, owned: frozenset[str] | None, anchor: str
) -> None:
    code = attribute["code"]
    if not {"data", "locale", "scope"} <= value.keys():
        raise documented(f'Property "{code}" expects an array with the keys "data", "locale" and "scope".', anchor)
    locale, scope = _place(structure, attribute, value, anchor)
    try:
        data = normal_data(structure, attribute, value["data"])
    except BadDataError as bad:
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
) -> tuple[Associations, Quantified]:
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
        raise unknown("associations", "association type code", "association type", code, anchor)
    return str(found["code"])


def _target(pim: Pim, kind: str, target: str, anchor: str, *, by_identifier: bool) -> str:
    if kind == "products":
        uuid = pim.catalogue.uuid_of(target) if by_identifier else str(target).lower()
        if uuid is None or pim.catalogue.product(uuid) is None:
            wanted = "identifier" if by_identifier else "uuid"
            raise unknown("associations", f"product {wanted}", "product", target, anchor)
        return uuid
    if kind == "product_models":
        model = pim.catalogue.model(target)
        if model is None:
            raise unknown("associations", "product model identifier", "product model", target, anchor)
        return model.code
    return target


def _quantity(pim: Pim, kind: str, given: Doc, anchor: str) -> Doc:
    quantity = given.get("quantity", 0)
    if quantity < 1:
        raise invalid({"property": "quantifiedAssociations", "message": "This value should be 1 or more."})
    if kind == "products":
        by_identifier = "uuid" not in given
        target = str(given.get("identifier") if by_identifier else given["uuid"])
        return {"uuid": _target(pim, kind, target, anchor, by_identifier=by_identifier), "quantity": quantity}
    return {"identifier": _target(pim, kind, str(given.get("identifier")), anchor, by_identifier=True), "quantity": quantity}


def _parent_level(pim: Pim, code: str | None, anchor: str) -> Level:
    if code is None:
        return NO_PARENT
    try:
        return pim.catalogue.level(code)
    except KeyError as no_model:
        raise unknown("parent", "parent code", "parent product model", code, anchor) from no_model


def save_product(pim: Pim, body: Doc, uuid: str | None, *, by_identifier: bool, anchor: str, sight: Sight) -> bool:
    """Create (`uuid` of none yet) or merge into a product. True when created. Raises ApiError 422.

    `updated` moves only when something changed. Source: Akeneo API, patch_products_uuid__uuid_.
    """
    _check_keys(body, _PRODUCT_KEYS, anchor)
    check("product", body, anchor)
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
            _mirror(pim, own if old else None, new, sight)
        return old is None


def _mirror(pim: Pim, old: Product | Model | None, new: Product | Model, sight: Sight) -> None:
    """Two-way associations: who is associated now associates back, who no longer is doesn't.

    The other end's `updated` moves when an association is added, not when one is removed. Sources: Akeneo API, association types,
    `is_two_way`; akeneo/pim-community-dev issue 20547.
    """
    name, back = (new.uuid, "products") if isinstance(new, Product) else (new.code, "product_models")
    for kind in (t for t in pim.structure.association_types if t["is_two_way"]):
        for there in ("products", "product_models"):
            before = set(old.associations.get(kind["code"], {}).get(there, [])) if old else set()
            after = set(new.associations.get(kind["code"], {}).get(there, []))
            for target in sorted(before ^ after):
                add = target in after
                stamp = pim.now() if add and sight.stamps_two_way else None
                _associate_back(pim, target, there, kind["code"], back, name, add=add, stamp=stamp)


def _associate_back(pim: Pim, target: str, there: str, kind: str, back: str, name: str, *, add: bool, stamp: int | None) -> None:
    """Writes the other end of one association; `stamp` is its new `updated`, None leaves the old one."""
    other: Product | Model | None = pim.catalogue.product(target) if there == "products" else pim.catalogue.model(target)
    if other is None:
        return
    kinds = other.associations.get(kind, {})
    rest = [t for t in kinds.get(back, []) if t != name]
    associations = {**other.associations, kind: {**kinds, back: [*rest, name] if add else rest}}
    changed = replace(other, associations=associations)
    if _normal(changed) == _normal(other):
        return
    if stamp is not None:
        changed = replace(changed, updated=stamp)
    if isinstance(changed, Product):
        pim.catalogue.save_product(changed)
    else:
        pim.catalogue.save_model(changed)


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
            raise unknown("family", "family code", "family", body["family"], anchor)
    owned = structure.level_attributes(above.family_variant, above.depth) if above.family_variant else None
    if owned is not None and own.parent != above.code:
        own = replace(own, values={c: v for c, v in own.values.items() if c.lower() in owned}, parent=above.code)
    plain, quantified = _merge_associations(pim, own, body, anchor, by_identifier=by_identifier)
    return replace(
        own,
        enabled=body.get("enabled", own.enabled),
        family=family,
        parent=above.code,
        groups=sorted(set(body["groups"])) if "groups" in body else own.groups,
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
            taken = f'Cannot set value "{shown}" for the attribute axis "{",".join(axes)}"'
            raise invalid({"property": "attribute", "message": f"{taken}, as another entity already has this value."})


def _folded(values: list[Doc] | None) -> str:
    return "" if not values else str(values[0]["data"]).lower()


def save_model(pim: Pim, body: Doc, anchor: str, *, sight: Sight) -> bool:
    """Create or merge into a product model; its variants' filterable `updated` moves along. True when created."""
    _check_keys(body, _MODEL_KEYS, anchor)
    check("model", body, anchor)
    structure, now = pim.structure, pim.now()
    code = body.get("code")
    if not code:
        raise invalid({"property": "code", "message": "The product model code must not be empty."})
    with pim.store.writing():
        old = pim.catalogue.model(code)
        own = old or _new_model(pim, body, code, now, anchor)
        if old is not None:
            own = _moved(pim, old, body, anchor)
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
            _mirror(pim, own if old else None, new, sight)
        return old is None


def _new_model(pim: Pim, body: Doc, code: str, now: int, anchor: str) -> Model:
    structure = pim.structure
    above = _parent_level(pim, body.get("parent"), anchor)
    wanted = body.get("family_variant") or above.family_variant
    variant = structure.family_variants.get(str(wanted).lower())
    if wanted is None or variant is None:
        if wanted is None:
            raise invalid({"property": "family_variant", "message": "The product model family variant must not be empty."})
        raise unknown("family_variant", "family variant code", "family variant", wanted, anchor)
    if above.code is not None and (above.family_variant != variant["code"] or above.depth >= structure.levels(variant["code"])):
        raise invalid(
            {"property": "parent", "message": f'The product model "{above.code}" cannot have a product model as a child.'}
        )
    return Model(code, variant["family"], variant["code"], above.code, [], {}, {}, {}, now, now)


def _moved(pim: Pim, old: Model, body: Doc, anchor: str) -> Model:
    """The model below the parent that the body gives: a sub-model may move to another root of its family variant.

    Source: Akeneo API, product models: the parent can be modified since 2.3.
    """
    if "family_variant" in body and str(body["family_variant"]).lower() != old.family_variant.lower():
        raise invalid({"property": "family_variant", "message": "The family variant of a product model cannot be changed."})
    above = _parent_level(pim, body.get("parent", old.parent), anchor)
    before = _parent_level(pim, old.parent, anchor)
    if (above.depth, above.family_variant) != (before.depth, before.family_variant):
        raise invalid({"property": "parent", "message": "The parent of a sub-model is a root model of the same family variant."})
    return replace(old, parent=above.code)
