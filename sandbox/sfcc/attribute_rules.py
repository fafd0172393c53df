"""Custom attribute definitions as imports check values against them: types, enum values, localizable, site specific.

How definitions are stored and changed belongs to `importers.metadata_importer`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.sfcc.instance_quotas import VALUES_PER_SET

Value = str | list[str] | None

_DATE = r"-?\d{4}-\d\d-\d\d"
_ZONE = r"(Z|[+-]\d\d:\d\d)?"


def _matches(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda text: compiled.fullmatch(text.strip()) is not None


_FORMS: dict[str, Callable[[str], bool]] = {
    "int": _matches(r"[+-]?\d+"),
    "double": _matches(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?"),
    "boolean": _matches(r"true|false|1|0"),
    "date": _matches(rf"{_DATE}(T\d\d:\d\d:\d\d(\.\d+)?)?{_ZONE}"),
    "datetime": _matches(rf"{_DATE}T\d\d:\d\d:\d\d(\.\d+)?{_ZONE}"),
}
_FORMS |= {"set-of-int": _FORMS["int"], "set-of-double": _FORMS["double"], "enum-of-int": _FORMS["int"]}


@dataclass(frozen=True)
class Definition:
    """A custom attribute of an object type; `type` as in metadata.xsd, `values` those of an enum."""

    id: str
    type: str
    localizable: bool = False
    site_specific: bool = False
    select_multiple: bool = False
    values: frozenset[str] = frozenset()

    @property
    def multiple(self) -> bool:
        return self.type.startswith("set-of-") or (self.type.startswith("enum-of-") and self.select_multiple)


@dataclass(frozen=True)
class ValueProblem:
    error: bool
    message: str


def problem_of(definition: Definition, value: Value, locale: str, site: str) -> ValueProblem | None:
    """Why a value can't be written, or None. `locale` and `site` are '' for the default.

    Assumptions (UNVERIFIED in SFCC's pages): a value of the wrong form, an undefined enum value, a locale on an attribute that is
    not localizable, a site on one that is not site specific and several values for a single-valued one are data warnings and the
    value is not written. A set over the quota is a data error.
    """
    name = f"custom attribute '{definition.id}'"
    if locale and not definition.localizable:
        return ValueProblem(False, f"{name} is not localizable; the value for '{locale}' is ignored")
    if site and not definition.site_specific:
        return ValueProblem(False, f"{name} is not site specific; the value for site '{site}' is ignored")
    if value is None:
        return None
    values = [value] if isinstance(value, str) else value
    if not definition.multiple and len(values) > 1:
        return ValueProblem(False, f"{name} takes a single value; {len(values)} are ignored")
    if len(values) > VALUES_PER_SET:
        return ValueProblem(True, f"{name} has {len(values)} values, the quota is {VALUES_PER_SET}; not imported")
    form = _FORMS.get(definition.type)
    for one in values:
        if form is not None and not form(one):
            return ValueProblem(False, f"value '{one[:100]}' of {name} is not of type {definition.type} and is ignored")
        if definition.type.startswith("enum-of-") and one not in definition.values:
            return ValueProblem(False, f"value '{one[:100]}' of {name} is not defined and is ignored")
    return None
