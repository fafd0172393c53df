"""A record's values one by one, under the paths of `emptied.fields_of`, to compare two records and to show people what differs.

Belongs here: what is compared as one value, and its text for people. Doesn't: where old records are found
(`loads.plan_difference`), what is cleared (`emptied`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from akeneo_assets.mapping.emptied import WITH_FIELDS
from akeneo_assets.store import canonical
from sfcc_resources.records import CATEGORY_ASSIGNMENTS, PRICE_TABLE, RECOMMENDATIONS, Record

_AREAS: Final = ("fields", "custom", "page", "store", "attributes")
_NAMES: Final = ("names", "descriptions", "units")

Values = dict[str, Any]
"""Path -> value. None: the record clears it, or says that there is none."""


@dataclass(frozen=True)
class Change:
    """One value that differs. `old` None: there was none, or it isn't `known`; `new` None: it goes."""

    path: str
    old: Any
    new: Any
    known: bool = True


def values_of(type_: str, record: Record) -> Values:
    """The values that a record writes or clears, by path.

    Examples: `fields/display-name/fr-FR` -> "Tente", `category/shoes` -> "assigned, primary", `amounts/1` -> "19.90",
    `images` -> the whole list, since it is written whole.
    """
    if type_ == CATEGORY_ASSIGNMENTS:
        gone: Values = {f"category/{category}": None for category in record.get("removed", ())}
        return gone | {f"category/{each['category']}": _assigned(each) for each in record["categories"]}
    if type_ == RECOMMENDATIONS:
        gone = {f"{target['type']}/{target['target']}": None for target in record.get("removed", ())}
        return gone | {f"{target['type']}/{target['target']}": "recommended" for target in record["targets"]}
    if type_ == PRICE_TABLE:
        return {f"amounts/{quantity}": amount for quantity, amount in record.get("amounts", ())}
    values: Values = {}
    for part, value in record.items():
        if part in _AREAS and isinstance(value, Mapping):
            for name, slots in value.items():
                values |= {f"{part}/{name}/{slot}": text for slot, text in slots.items()}
        elif part in _NAMES:
            values |= {f"{part}/{slot}": text for slot, text in value.items()}
        elif part != "id":
            values[part] = value or None if isinstance(value, list) else value
    return values


def _assigned(assignment: Mapping[str, Any]) -> str:
    position = assignment.get("position")
    words = ["assigned", *(["primary"] if assignment.get("primary") else []), *([f"position {position}"] if position else [])]
    return ", ".join(words)


def changes(type_: str, old: Record | None, fields: str, new: Record) -> Iterator[Change]:
    """What sending the record `new` changes in SFCC, which has `old` (None: nobody knows its values any more). `fields`: the
    paths that SFCC is known to have, one a line.

    What a record of `WITH_FIELDS` doesn't name stays as it is; assignments and recommendations name what goes; all other records
    are written whole.
    """
    before, after = values_of(type_, old or {"categories": (), "targets": ()}), values_of(type_, new)
    written = {_place(path) for path in fields.split("\n") if path}
    whole = type_ not in (*WITH_FIELDS, CATEGORY_ASSIGNMENTS, RECOMMENDATIONS)
    for path, value in after.items():
        if path in before:
            if before[path] != value:
                yield Change(path, before[path], value)
        elif path in written or (old is None and whole):
            yield Change(path, None, value, known=False)
        elif value is not None:
            yield Change(path, None, value)
    if whole:
        yield from (Change(path, value, None) for path, value in before.items() if path not in after and value is not None)


def _place(path: str) -> str:
    """Where `values_of` has what a path of `fields_of` names: that of a parent names the parent itself."""
    return "parent" if path.startswith("parent/") else path


def place_of(path: str) -> tuple[str, str, str]:
    """A path as people read it: field, locale, site. Examples: `custom/akeneo_size/fr-FR` -> ("custom.akeneo_size", "fr-FR", ""),
    `fields/online-flag/@RefArch` -> ("online-flag", "", "RefArch"), `names/x-default` -> ("names", "x-default", "")."""
    area, _, rest = path.partition("/")
    if area in _AREAS:
        name, _, slot = rest.rpartition("/")
        field = name if area == "fields" else f"{area}.{name}"
    elif area in _NAMES:
        field, slot = area, rest
    else:
        field, slot = path.replace("/", " "), ""
    return (field, "", slot[1:]) if slot.startswith("@") else (field, slot, "")


def text_of(path: str, value: Any) -> str | None:
    """A value as people read it; lists and structures as short as they can be told, or as JSON."""
    if value is None or isinstance(value, str):
        return value
    match path:
        case "images":
            return "; ".join(map(_image_group, value))
        case "variations":
            axes = ", ".join(f"{axis['id']} ({', '.join(v['value'] for v in axis['values'])})" for axis in value["attributes"])
            groups = f"; groups {', '.join(value['groups'])}" if value.get("groups") else ""
            return f"{axes}; variants {', '.join(value['variants'])}{groups}"
        case "bundled":
            return ", ".join(f"{part['quantity']} x {part['id']}" for part in value)
        case "links":
            return ", ".join(f"{link['type']} {link['id']}" for link in value)
    if isinstance(value, list | tuple) and all(isinstance(part, str) for part in value):
        return ", ".join(value)
    return canonical(value).decode()


def texts_of(change: Change) -> tuple[str | None, str | None]:
    """Both sides of a change as people read them: as JSON where they would read alike."""
    old, new = text_of(change.path, change.old), text_of(change.path, change.new)
    if old == new and old is not None:
        return canonical(change.old).decode(), canonical(change.new).decode()
    return old, new


def _image_group(group: Mapping[str, Any]) -> str:
    of = "".join(f" {name}={value}" for name, value in group.get("variation") or ())
    return f"{group['view_type']}{of}: {', '.join(image['path'] for image in group['images'])}"
