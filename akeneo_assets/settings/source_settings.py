"""A source of connector.yaml: where a value comes from. Several sections take sources.

Belongs here: what a source may say. Doesn't: working out its value (`akeneo_assets.mapping.sources`).
"""

import re
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, model_validator

from akeneo_assets.settings.section import Section, as_text, short_for

PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
"""`{attribute_code}` in a template."""

Conversion = Literal[
    "code", "label", "upper", "lower", "strip_tags", "invert", "start_of_day", "end_of_day", "first", "amount", "path"
]


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class Source(Section):
    """Where a value comes from: a PIM attribute (`brand`, or `{attribute: brand}`), a template or a constant."""

    attribute: str | None = None
    """Code of the PIM attribute."""
    template: str | None = None
    """Text with `{attribute_code}` placeholders, e.g. `{brand} {name}`; empty when none of its attributes has a value.
    Conversions apply to the values, not to the text between them; blanks that follow one another become one."""
    constant: Annotated[str | None, BeforeValidator(as_text)] = None
    """The same text for every product; a boolean is true or false."""
    sites: dict[str, "SourceField"] = {}
    """Per SFCC site id: a source of its own (site-specific attributes only), e.g. `{DE: online_de, FR: online_fr}`. What stands
    beside `sites` (convert, default, optional) holds for each that says nothing else."""
    convert: Annotated[tuple[Conversion, ...], BeforeValidator(_as_list)] = ()
    """Conversions by name, one after the other: `code`/`label` (of a select's option; label is the default), `upper`, `lower`,
    `strip_tags` (text of an HTML), `invert` (boolean), `start_of_day`/`end_of_day` (date to date-time), `first` (of several
    values), `amount` (a metric's or price's number alone), `path` (of a media file)."""
    default: Annotated[str | None, BeforeValidator(as_text)] = None
    """The text when the source has no value, needed for what SFCC has no way to clear (tax-class-id, store flags). Localizable
    attributes get it under x-default; a variant leaves it to its master where SFCC has a way to clear it."""
    optional: bool = False
    """True: it is no error when the PIM lacks the attribute; nothing but the default is written then."""

    @model_validator(mode="after")
    def _says_one_thing(self) -> "Source":
        if sum((self.attribute is not None, self.template is not None, self.constant is not None, bool(self.sites))) != 1:
            raise ValueError("needs exactly one of attribute, template, constant, sites")
        if self.template is not None and not PLACEHOLDER.search(self.template):
            raise ValueError(f"the template '{self.template}' names no attribute, as '{{brand}}' does; make it a constant")
        if self.constant is not None and self.convert:
            raise ValueError("a constant is written as it stands; leave convert out")
        if nested := [site for site, source in self.sites.items() if source.sites]:
            raise ValueError(f"sites.{nested[0]} can't have sites of its own")
        return self

    @property
    def by_site(self) -> dict[str, "Source"]:
        """`sites`, each with what stands beside it where it says nothing else."""
        beside = {"convert": self.convert, "default": self.default, "optional": self.optional}
        return {
            site: source.model_copy(update={key: value for key, value in beside.items() if not getattr(source, key)})
            for site, source in self.sites.items()
        }

    def attributes(self) -> tuple[str, ...]:
        """The codes of all PIM attributes that the source reads."""
        if self.attribute is not None:
            return (self.attribute,)
        if self.template is not None:
            return tuple(dict.fromkeys(PLACEHOLDER.findall(self.template)))
        return tuple(dict.fromkeys(code for source in self.sites.values() for code in source.attributes()))


SourceField = Annotated[Source, short_for("attribute")]


class CustomSource(Source):
    """A source for a custom attribute that exists in SFCC already; the connector doesn't define it."""

    localizable: bool | None = None
    """Whether the SFCC attribute is localizable. Not given: as the PIM attribute is."""
