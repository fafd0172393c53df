"""What is wrong in connector.yaml, in one sentence a problem, made from pydantic's validation errors.

Belongs here: the wording. Doesn't: what is allowed (the models), whether the PIM has it (`akeneo_assets.mapping.settings_check`).
"""

import difflib
from typing import Final

from pydantic_core import ErrorDetails

from akeneo_assets.errors import SHOWN, shown
from akeneo_assets.settings.section import Section, section_in
from sfcc_resources.redaction import one_line

_MESSAGE: Final = 500  # characters


def sentence(error: ErrorDetails, model: type[Section]) -> str:
    """Say what is wrong, beginning with the key's path. `model` is that of the whole file.

    Example: `organization.sites.0.chanel is no known key; did you mean 'channel'?`
    """
    path = ".".join(shown(str(part)) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        allowed = _keys_at(error["loc"][:-1], model)
        nearest = difflib.get_close_matches(str(error["loc"][-1]), allowed, 1, 0.6)
        advice = f"did you mean '{nearest[0]}'?" if nearest else f"allowed are {', '.join(sorted(allowed))}."
        return f"{path} is no known key; {advice}"
    if error["type"] == "missing":
        return f"{path} is missing."
    if error["type"] in ("model_type", "dict_type"):
        value = "nothing" if error["input"] is None else _value(error)
        return f"{path} must hold keys with values, not {value}."
    message = (
        one_line(error["msg"], length=_MESSAGE)
        .removeprefix("Value error, ")
        .replace("Input should be", "must be")
        .replace("a valid tuple", "a list")
    )
    if error["type"] == "value_error":
        return f"{path}: {message}."
    return f"{path} {message}, not {_value(error)}."


def _value(error: ErrorDetails) -> str:
    return one_line(repr(error["input"]), length=SHOWN)


def _keys_at(location: tuple[int | str, ...], model: type[Section]) -> list[str]:
    """The keys allowed at a place of the file. Indexes and free keys (site ids, attribute names) lead on to the model below
    them."""
    for part in location:
        field = next((field for name, field in model.model_fields.items() if part in (name, field.alias)), None)
        below = section_in(field.annotation) if field is not None else None
        model = below or model
    return [field.alias or name for name, field in model.model_fields.items()]
