"""A source of connector.yaml: where a value comes from. Several sections take sources.

Belongs here: what a source may say. Doesn't: working out its value (`akeneo_assets.mapping.sources`).
"""

import re
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import BeforeValidator, Field, model_validator

from akeneo_assets.settings.section import Section, as_text, short_for

PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
"""`{attribute_code}` or `{property.family_label}` in a template."""

PROPERTY_PREFIX: Final = "property."
"""What begins a placeholder of a property. No attribute's code has a dot, so that the two can't meet."""

Conversion = Literal[
    "code", "label", "upper", "lower", "strip_tags", "invert", "yes_no", "start_of_day", "end_of_day", "first", "amount", "path"
]

Property = Literal["family", "family_label", "groups", "category_labels"]


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class Source(Section):
    """Where a value comes from: a PIM attribute (`brand`, or `{attribute: brand}`), a property, a template or a constant."""

    attribute: str | None = None
    """Code of the PIM attribute."""
    property_: Annotated[Property | None, Field(alias="property")] = None
    """What a product has besides values: `family` (its code), `family_label`, `groups` (their codes: the PIM's API gives no
    labels of them), `category_labels` (of its categories in the trees of the sites)."""
    template: str | None = None
    """Text with `{attribute_code}` and `{property.family_label}` placeholders, e.g. `{brand} {name}`; empty when none of them has
    a value. Conversions apply to the values, not to the text between them; blanks that follow one another become one."""
    constant: Annotated[str | None, BeforeValidator(as_text)] = None
    """The same text for every product; a boolean is true or false."""
    sites: dict[str, "SourceField"] = {}
    """Per SFCC site id: a source of its own (site-specific attributes only), e.g. `{DE: online_de, FR: online_fr}`. What stands
    beside `sites` (convert, default, optional) holds for each that says nothing else."""
    convert: Annotated[tuple[Conversion, ...], BeforeValidator(_as_list)] = ()
    """Conversions by name, one after the other: `code`/`label` (of a select's option; label is the default), `upper`, `lower`,
    `strip_tags` (text of an HTML), `invert` (boolean), `yes_no` (boolean to `yes` or `no`), `start_of_day`/`end_of_day` (date to
    date-time), `first` (of several values), `amount` (a metric's or price's number alone), `path` (of a media file)."""
    default: Annotated[str | None, BeforeValidator(as_text)] = None
    """The text when the source has no value, needed for what SFCC has no way to clear (tax-class-id, store flags). Localizable
    attributes get it under x-default; a variant leaves it to its master where SFCC has a way to clear it."""
    optional: bool = False
    """True: it is no error when the PIM lacks the attribute; nothing but the default is written then."""

    @model_validator(mode="after")
    def _says_one_thing(self) -> "Source":
        single = (self.attribute, self.property_, self.template, self.constant)
        if sum((*(kind is not None for kind in single), bool(self.sites))) != 1:
            raise ValueError("needs exactly one of attribute, property, template, constant, sites")
        if self.template is not None and not PLACEHOLDER.search(self.template):
            raise ValueError(f"the template '{self.template}' names no attribute, as '{{brand}}' does; make it a constant")
        for name in self.properties():
            if name not in get_args(Property):
                known = ", ".join(get_args(Property))
                raise ValueError(f"the template '{self.template}' names the property '{name}', which is none of {known}")
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
        return tuple(code for code in self._placeholders() if not code.startswith(PROPERTY_PREFIX))

    def properties(self) -> tuple[str, ...]:
        """The names of all properties that the source reads: `("family_label",)`."""
        if self.property_ is not None:
            return (self.property_,)
        names = (name for name in self._placeholders() if name.startswith(PROPERTY_PREFIX))
        return tuple(name.removeprefix(PROPERTY_PREFIX) for name in names)

    def _placeholders(self) -> tuple[str, ...]:
        """What the template's placeholders name, or those of all sites' sources: attributes as they are, properties with their
        prefix."""
        if self.template is not None:
            return tuple(dict.fromkeys(PLACEHOLDER.findall(self.template)))
        names: dict[str, None] = {}
        for source in self.sites.values():
            names |= dict.fromkeys((*source.attributes(), *(f"{PROPERTY_PREFIX}{name}" for name in source.properties())))
        return tuple(names)


SourceField = Annotated[Source, short_for("attribute")]


class CustomSource(Source):
    """A source for a custom attribute that exists in SFCC already; the connector doesn't define it."""

    localizable: bool | None = None
    """Whether the SFCC attribute is localizable. Not given: as the PIM attribute is."""
