"""How a given object is read from its element and merged into the stored one: plain functions over plain values.

Neither store nor log: problems come back as a list, references are resolved by the importers.
Sources: SFCC help, import modes; catalog object import/export; catalog.xsd on merge-mode.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from lxml import etree

from sandbox.sfcc.attribute_rules import Definition, Value, problem_of
from sandbox.sfcc.feed_xml import XML_LANG, XSI_NIL, Element, Node, add_node, line_of, local, to_node
from sandbox.sfcc.impex_schema import Field, Fields

Mode = Literal["MERGE", "UPDATE", "REPLACE", "DELETE"]
Body = dict[str, Any]
Given = dict[str, Any]
"""What an element says about an object: field name -> value in the form of `Field.kind`; None inside clears."""

DEFAULT_LOCALE = "x-default"


@dataclass(frozen=True)
class Problem:
    """One data problem inside an object; `line` is the feed's."""

    error: bool
    line: int
    message: str


@dataclass(frozen=True)
class Rules:
    """What values are read against: the instance's locales and sites, and the custom attributes of the object's type.

    `definitions` None: this type's attributes are not checked (preferences).
    """

    locales: frozenset[str]
    sites: frozenset[str]
    definitions: Mapping[str, Definition] | None = field(default_factory=dict)


def read(element: Element, fields: Fields, rules: Rules, problems: list[Problem]) -> Given:
    """What a valid object's element gives, cleaned of what SFCC would not import; every refusal goes to `problems`."""
    given: Given = {}
    for child in element:
        known = fields[local(child.tag)]
        if known.obsolete:
            problems.append(Problem(False, line_of(child), f"element '{known.name}' is obsolete"))
        _READERS[known.kind](child, known, rules, problems, given)
    return given


def _read_text(child: Element, known: Field, _rules: Rules, _problems: list[Problem], given: Given) -> None:
    given[known.name] = None if _nil(child) else (child.text or None)


def _read_localized(child: Element, known: Field, rules: Rules, problems: list[Problem], given: Given) -> None:
    locale = _locale(child, rules, problems)
    if locale is not None:
        given.setdefault(known.name, {})[locale] = child.text or None


def _read_site(child: Element, known: Field, rules: Rules, problems: list[Problem], given: Given) -> None:
    site = _site(child, rules, problems)
    if site is not None:
        given.setdefault(known.name, {})[site] = None if _nil(child) else (child.text or None)


def _read_nested(child: Element, known: Field, rules: Rules, problems: list[Problem], given: Given) -> None:
    given[known.name] = read(child, known.fields, rules, problems)


def read_attributes(child: Element, known: Field, rules: Rules, problems: list[Problem], given: Given) -> None:
    """Read the attributes that stand directly in `child` into `given[known.name]`: {attribute: {"locale|site": value}}."""
    values = given.setdefault(known.name, {})
    for item in child:
        if local(item.tag) != known.item:
            continue
        attribute = item.get(known.key)
        locale = _locale(item, rules, problems)
        site = _site(item, rules, problems)
        if locale is None or site is None:
            continue
        value = _value_of(item)
        if rules.definitions is not None:
            definition = rules.definitions.get(attribute)
            if definition is None:
                problems.append(Problem(False, line_of(item), f"custom attribute '{attribute}' is not defined and is ignored"))
                continue
            if definition.multiple and isinstance(value, str):
                value = [value]
            found = problem_of(definition, value, locale if locale != DEFAULT_LOCALE else "", site)
            if found is not None:
                problems.append(Problem(found.error, line_of(item), found.message))
                continue
        values.setdefault(attribute, {})[f"{locale}|{site}"] = value


def _value_of(item: Element) -> Value:
    """A single value is the element's text, a set its `value` children. Empty: None, which clears."""
    if len(item):
        return [child.text or "" for child in item]
    return item.text or None


def _read_tree(child: Element, known: Field, rules: Rules, problems: list[Problem], given: Given) -> None:
    given[known.name] = _whole(_known_locales(child, rules, problems))


def _whole(node: Node) -> Node | None:
    return node if node[1] or node[2] or node[3] else None


def _read_images(child: Element, known: Field, rules: Rules, problems: list[Problem], given: Given) -> None:
    mode = child.get("merge-mode", "merge")
    if mode not in ("merge", "replace"):
        problems.append(Problem(False, line_of(child), f"merge-mode '{mode}' is not supported for images; merge is used"))
        mode = "merge"
    obsolete = [line_of(group) for group in child if group.get("variation-value") is not None]
    problems.extend(Problem(False, line, "attribute 'variation-value' of image-group is obsolete") for line in obsolete)
    given[known.name] = {"mode": mode, "items": _known_locales(child, rules, problems)[3]}


def _read_variations(child: Element, known: Field, rules: Rules, problems: list[Problem], given: Given) -> None:
    """{"attributes": [node], "variants": [{"mode", "items"}], "variation-groups": [...]}, each only if the feed has it."""
    read_: dict[str, Any] = {}
    for part in child:
        name = local(part.tag)
        node = _known_locales(part, rules, problems)
        if name == "attributes":
            read_["attributes"] = node[3]
            if any(item[0] == "attribute" for item in node[3]):
                problems.append(Problem(False, line_of(part), "element 'attribute' of variations is obsolete"))
        elif name in ("variants", "variation-groups"):
            read_.setdefault(name, []).append({"mode": node[1].get("merge-mode", "replace"), "items": node[3]})
    given[known.name] = read_


_READERS: dict[str, Callable[[Element, Field, Rules, list[Problem], Given], None]] = {
    "text": _read_text,
    "localized": _read_localized,
    "site": _read_site,
    "nested": _read_nested,
    "attributes": read_attributes,
    "tree": _read_tree,
    "images": _read_images,
    "variations": _read_variations,
}


def _nil(element: Element) -> bool:
    return element.get(XSI_NIL) in ("true", "1")


def _locale(element: Element, rules: Rules, problems: list[Problem]) -> str | None:
    locale: str = element.get(XML_LANG) or DEFAULT_LOCALE
    if locale == DEFAULT_LOCALE or locale in rules.locales:
        return locale
    problems.append(
        Problem(True, line_of(element), f"locale '{locale}' of element '{local(element.tag)}' is not configured; not imported")
    )
    return None


def _site(element: Element, rules: Rules, problems: list[Problem]) -> str | None:
    """Assumption: a site that does not exist is a data error for its element, like a locale."""
    site: str = element.get("site-id") or ""
    if not site or site in rules.sites:
        return site
    problems.append(
        Problem(True, line_of(element), f"site '{site}' of element '{local(element.tag)}' does not exist; not imported")
    )
    return None


def _known_locales(element: Element, rules: Rules, problems: list[Problem]) -> Node:
    """The element as a node, without the descendants whose locale the instance doesn't have."""
    for descendant in element.iter():
        if descendant is not element and XML_LANG in descendant.attrib and _locale(descendant, rules, problems) is None:
            descendant.set("refused", "")
    node = to_node(element)
    _drop_refused(node)
    return node


def _drop_refused(node: Node) -> None:
    node[3] = [child for child in node[3] if "refused" not in child[1]]
    for child in node[3]:
        _drop_refused(child)


def merge(stored: Body, given: Given, fields: Fields) -> Body:
    """The stored object with the given fields written into it; fields not given stay. Returns a new body."""
    body = dict(stored)
    for name, value in given.items():
        merged = _MERGERS[fields[name].kind](stored.get(name), value, fields[name])
        if merged is None:
            body.pop(name, None)
        else:
            body[name] = merged
    return body


def _merge_text(_stored: Any, given: Any, _known: Field) -> Any:
    return given


def _merge_map(stored: Any, given: Any, _known: Field) -> Any:
    merged = {**(stored or {}), **given}
    return {k: v for k, v in merged.items() if v is not None} or None


def _merge_nested(stored: Any, given: Any, known: Field) -> Any:
    return merge(stored or {}, given, known.fields) or None


def _merge_attributes(stored: Any, given: Any, known: Field) -> Any:
    merged = dict(stored or {})
    for attribute, values in given.items():
        kept = _merge_map(merged.get(attribute), values, known)
        if kept is None:
            merged.pop(attribute, None)
        else:
            merged[attribute] = kept
    return merged or None


def _merge_images(stored: Any, given: Any, _known: Field) -> Any:
    """`replace`: the groups are the given ones. `merge`: given groups are written in place or added, others stay."""
    groups = {} if given["mode"] == "replace" else {_image_group_key(g): g for g in stored or []}
    for group in given["items"]:
        groups[_image_group_key(group)] = group
    return list(groups.values()) or None


def _image_group_key(group: Node) -> tuple[Any, ...]:
    variations = tuple((c[1].get("attribute-id"), c[1].get("value")) for c in group[3] if c[0] == "variation")
    return (group[1].get("view-type"), group[1].get("variation-value"), variations)


def _merge_variations(stored: Any, given: Any, _known: Field) -> Any:
    merged: dict[str, Any] = dict(stored or {})
    if "attributes" in given:
        merged["attributes"] = _merge_variation_attributes(merged.get("attributes", []), given["attributes"])
    for name in ("variants", "variation-groups"):
        for block in given.get(name, []):
            merged[name] = merge_list(
                merged.get(name, []), block["items"], block["mode"], lambda item: str(item[1].get("product-id"))
            )
    if any(
        "default" in item[1] and item[1]["default"] in ("true", "1")
        for block in given.get("variants", [])
        for item in block["items"]
    ):
        merged["variants"] = _one_default(merged["variants"], given["variants"])
    return {name: items for name, items in merged.items() if items} or None


def _one_default(variants: list[Node], blocks: list[dict[str, Any]]) -> list[Node]:
    """The last given default variant is the master's only one."""
    chosen = [i[1]["product-id"] for b in blocks for i in b["items"] if i[1].get("default") in ("true", "1")][-1]
    return [
        [v[0], {"product-id": v[1]["product-id"], **({"default": "true"} if v[1]["product-id"] == chosen else {})}, None, []]
        for v in variants
    ]


def _merge_variation_attributes(stored: list[Node], given: list[Node]) -> list[Node]:
    """The list is the given one; the values of an attribute that stays obey their own merge-mode."""
    before = {item[1].get("variation-attribute-id"): item for item in stored}
    return [
        merge_variation_attribute(before.get(item[1].get("variation-attribute-id")), item)
        for item in given
        if item[1].get("mode") != "delete"
    ]


def merge_variation_attribute(stored: Node | None, given: Node) -> Node:
    """A variation attribute with its values merged; its display names are the given ones, or the stored if none is given."""
    old_names = [c for c in (stored[3] if stored else []) if c[0] == "display-name"]
    names = [c for c in given[3] if c[0] == "display-name"] or old_names
    values: list[Node] = next((c[3] for c in (stored[3] if stored else []) if c[0] == "variation-attribute-values"), [])
    for block in (c for c in given[3] if c[0] == "variation-attribute-values"):
        values = merge_list(values, block[3], block[1].get("merge-mode", "replace"), lambda item: str(item[1].get("value")))
    others = [c for c in given[3] if c[0] not in ("display-name", "variation-attribute-values")]
    lists: list[Node] = [["variation-attribute-values", {}, None, values]] if values else []
    attributes = {k: v for k, v in given[1].items() if k != "mode"}
    return [given[0], attributes, None, names + lists + others]


def merge_list(stored: list[Node], given: list[Node], mode: str, key: Callable[[Node], str]) -> list[Node]:
    """A list by its merge-mode: add, merge, remove or replace. Source: catalog.xsd, simpleType.MergeMode."""
    new = {key(item): item for item in given}
    if mode == "replace":
        return list(new.values())
    if mode == "remove":
        return [item for item in stored if key(item) not in new]
    kept = [item for item in stored if mode == "add" or key(item) in new]
    in_place = [new.pop(key(item), item) for item in kept]
    return in_place + list(new.values())


_MERGERS: dict[str, Callable[[Any, Any, Field], Any]] = {
    "text": _merge_text,
    "localized": _merge_map,
    "site": _merge_map,
    "nested": _merge_nested,
    "attributes": _merge_attributes,
    "tree": _merge_text,
    "images": _merge_images,
    "variations": _merge_variations,
}


def write(parent: Element, body: Body, fields: Fields) -> None:
    """Append an object's fields to its element, in the schema's order. Names carry no namespace: the feed's root declares it."""
    for name, known in fields.items():
        if name in body:
            _WRITERS[known.kind](parent, body[name], known)


def _sub(parent: Element, name: str, text: str | None = None, **attributes: str) -> Element:
    element = etree.SubElement(parent, name, {k.replace("_", "-"): v for k, v in attributes.items()})
    element.text = text
    return element


def _write_text(parent: Element, value: Any, known: Field) -> None:
    _sub(parent, known.name, value)


def _write_localized(parent: Element, value: Any, known: Field) -> None:
    for locale in sorted(value, key=_default_first):
        _sub(parent, known.name, value[locale]).set(XML_LANG, locale)


def _write_site(parent: Element, value: Any, known: Field) -> None:
    for site in sorted(value):
        _sub(parent, known.name, value[site], **({"site_id": site} if site else {}))


def _write_nested(parent: Element, value: Any, known: Field) -> None:
    write(_sub(parent, known.name), value, known.fields)


def _write_attributes(parent: Element, value: Any, known: Field) -> None:
    write_attributes(_sub(parent, known.name), value, known)


def write_attributes(parent: Element, value: Any, known: Field) -> None:
    """One element per attribute, locale and site, in alphabetical order; the default locale first and unmarked."""
    for attribute in sorted(value):
        for key in sorted(value[attribute], key=_default_first):
            locale, _, site = key.partition("|")
            content = value[attribute][key]
            item = _sub(parent, known.item)
            item.set(known.key, attribute)
            if locale != DEFAULT_LOCALE:
                item.set(XML_LANG, locale)
            if site:
                item.set("site-id", site)
            if isinstance(content, str):
                item.text = content
            else:
                for one in content:
                    _sub(item, "value", one)


def _write_tree(parent: Element, value: Any, _known: Field) -> None:
    add_node(parent, value)


def _write_images(parent: Element, value: Any, known: Field) -> None:
    add_node(parent, [known.name, {}, None, value])


def _write_variations(parent: Element, value: Any, known: Field) -> None:
    parts = [[name, {}, None, value[name]] for name in ("attributes", "variants", "variation-groups") if name in value]
    add_node(parent, [known.name, {}, None, parts])


def _default_first(locale: str) -> tuple[bool, str]:
    return (not locale.startswith(DEFAULT_LOCALE), locale)


_WRITERS: dict[str, Callable[[Element, Any, Field], None]] = {
    "text": _write_text,
    "localized": _write_localized,
    "site": _write_site,
    "nested": _write_nested,
    "attributes": _write_attributes,
    "tree": _write_tree,
    "images": _write_images,
    "variations": _write_variations,
}
