"""What every section of connector.yaml is made of: the base model, and the short forms that several sections take.

Belongs here: what sections of different concepts share. Doesn't: a setting (`*_settings`), reading the file (`settings_file`).
"""

import difflib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from akeneo_assets.settings.standard_fields import canonical


class Section(BaseModel):
    """A part of connector.yaml: unknown keys are errors, values can't be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True, hide_input_in_errors=True)


def section_in(annotation: Any) -> type[Section] | None:
    """The first section that a field's annotation names: `tuple[Annotated[ViewType, ...], ...]` -> `ViewType`."""
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation
    return next((section for argument in get_args(annotation) if (section := section_in(argument)) is not None), None)


def short_for(key: str) -> BeforeValidator:
    """Accept a bare text or number in place of the section, as the value of its key `key`: codes may be digits alone.

    Example: with `short_for("attribute")`, `brand` is read as `{attribute: brand}`.
    """

    def as_section(value: Any) -> Any:
        return {key: str(value)} if isinstance(value, str | int) and not isinstance(value, bool) else value

    return BeforeValidator(as_section)


def as_text(value: Any) -> Any:
    """Return a boolean or number of the YAML file as its text: true -> "true", 0.00000010 -> "0.0000001". Leave anything else
    alone."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")
    return str(value) if isinstance(value, int) else value


def only_placeholders(*placeholders: str) -> AfterValidator:
    """Refuse a text with any other placeholder than these: it would be written to SFCC as it stands."""

    def check(text: str) -> str:
        rest = text
        for placeholder in placeholders:
            rest = rest.replace(placeholder, "")
        if "{" in rest or "}" in rest:
            raise ValueError(f"'{text}' has a placeholder that is none of {', '.join(placeholders)}")
        return text

    return AfterValidator(check)


def keys_among(fields: Mapping[str, Any]) -> AfterValidator:
    """Accept a mapping whose keys name standard attributes of `fields`; return it with their canonical names.

    Example: `{shortDescription: teaser}` -> `{short-description: teaser}`.
    """

    def check(mapping: dict[str, Any]) -> dict[str, Any]:
        named = {canonical(key): value for key, value in mapping.items()}
        if len(named) < len(mapping):
            twice = next(key for key in mapping if sum(canonical(key) == canonical(other) for other in mapping) > 1)
            raise ValueError(f"'{canonical(twice)}' is mapped twice; keep one")
        for key in mapping:
            if canonical(key) not in fields:
                nearest = difflib.get_close_matches(canonical(key), fields, 1, 0)
                advice = f"; the nearest is '{nearest[0]}'" if nearest else ""
                raise ValueError(f"'{key}' is no standard SFCC attribute that can be mapped{advice}")
        return named

    return AfterValidator(check)
