"""The meaning of settings, read from the docstrings below fields."""

from pydantic import BaseModel

from akeneo_assets.settings.setting_docs import setting_docs


class Parcel(BaseModel):
    """A model whose first field has a docstring of several lines, and whose second has none."""

    limit: int = 5
    """At most so many
    at once."""
    weight: int = 1


class Letter(Parcel):
    """Says something else of an inherited field, and something of one of its own."""

    limit: int = 1
    """One alone."""
    stamp: str = ""
    """What it costs."""


def test_each_field_with_a_docstring_has_its_meaning() -> None:
    assert setting_docs(Parcel) == {"limit": "At most so many\nat once."}


def test_a_model_below_says_the_last_word_on_inherited_fields() -> None:
    assert setting_docs(Letter) == {"limit": "One alone.", "stamp": "What it costs."}
