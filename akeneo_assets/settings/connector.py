"""connector.yaml: everything a merchant may want different, as frozen models. Secrets and addresses live in `environment`.

Belongs here: the file's shape, its defaults and its own consistency. Doesn't: whether the PIM has what the file names
(`akeneo_assets.mapping.settings_check`).
"""

import difflib
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args
from zoneinfo import ZoneInfo

import orjson
import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from akeneo_assets.mapping.standard_fields import CATEGORY_FIELDS, PRODUCT_FIELDS, canonical

PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
"""`{attribute_code}` or `{property.family_label}` in a template."""

PROPERTY_PREFIX: Final = "property."
"""What begins a placeholder of a property. No attribute's code has a dot, so that the two can't meet."""


class SettingsError(Exception):
    """The settings can't be used; the message has one sentence a line."""


class Section(BaseModel):
    """A part of connector.yaml: unknown keys are errors, values can't be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True, use_attribute_docstrings=True)


def _text(value: Any) -> Any:
    """The file reads true and 10.5 as what they look like; a constant is its text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


def _known(fields: Mapping[str, Any]) -> Any:
    def check(keys: dict[str, Any]) -> dict[str, Any]:
        named = {canonical(key): value for key, value in keys.items()}
        if len(named) < len(keys):
            twice = next(k for k in keys if sum(canonical(k) == canonical(other) for other in keys) > 1)
            raise ValueError(f"'{canonical(twice)}' is mapped twice; keep one")
        for key in keys:
            if canonical(key) not in fields:
                nearest = difflib.get_close_matches(canonical(key), fields, 1, 0)
                advice = f"; the nearest is '{nearest[0]}'" if nearest else ""
                raise ValueError(f"'{key}' is no standard SFCC attribute that can be mapped{advice}")
        return named

    return AfterValidator(check)


# --- The PIM --------------------------------------------------------------------------------------------------------------------


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError) as error:
        raise ValueError(f"'{name}' is no time zone of the IANA database; write e.g. Europe/Paris") from error
    return name


class Akeneo(Section):
    """How the PIM is read."""

    timezone: Annotated[str, AfterValidator(_zone)] = "UTC"
    """Time zone of the PIM's server, as in the IANA database: `updated` filters are read in it. SaaS instances run in UTC."""
    families: tuple[str, ...] = ()
    """Read only products of these families; none named: all. Differentials are read unfiltered whatever stands here."""
    page_size: Annotated[int, Field(ge=1, le=100)] = 100
    """Products and models a page: fewer where the PIM takes too long over wide ones."""
    calls: Annotated[int, Field(ge=1, le=4)] = 4
    """Calls in flight at once; the PIM allows four a connection."""


# --- The organization -----------------------------------------------------------------------------------------------------------


class Site(Section):
    """An SFCC site and the PIM channel that feeds it."""

    id: str | None = None
    """SFCC site id. Needed when several sites are fed, since values that differ between them are written per site."""
    channel: str = "ecommerce"
    """The PIM channel whose values, tree, locales and currencies the site gets."""
    locales: dict[str, str] = {}
    """PIM locale: SFCC locale. None given: each of the channel's locales as language and country (`zh_Hans_CN` as `zh-CN`)."""
    default_locale: str | None = None
    """The PIM locale that fills SFCC's `x-default` and, with its `fallbacks`, the site's values that aren't localizable there.
    Not given: en_US if the site has it, else the channel's first."""
    fallbacks: dict[str, tuple[str, ...]] = {}
    """For a PIM locale: the locales asked in turn when it has no value, e.g. `fr_CA: [fr_FR, en_US]`."""
    currencies: tuple[str, ...] = ()
    """Currencies imported. None given: the channel's."""
    storefront_catalog: str | None = None
    """Catalog of the site's categories and assignments. Not given: the master catalog."""
    root_category: str = "root"
    """The SFCC category below which the trees hang."""
    trees: tuple[str, ...] = ()
    """Category trees of the PIM. None named: those of `categories.trees`, else the channel's tree."""


class Organization(Section):
    """The SFCC organization."""

    master_catalog: str = "akeneo-catalog"
    """Catalog of the products."""
    sites: tuple[Site, ...] = (Site(),)
    """The sites fed, the most important first: where sites disagree on a value that SFCC can't hold per site, the first one's
    wins."""
    forgotten: tuple[str, ...] = ()
    """Locales (`fr-FR`) and sites (`"@RefArch"`) that SFCC has no longer. What was written for them is not cleared, since SFCC
    would refuse the object for naming them."""

    @model_validator(mode="after")
    def _ids(self) -> "Organization":
        ids = [s.id for s in self.sites]
        if not ids:
            raise ValueError("sites must name one at least")
        if len(self.sites) > 1 and (None in ids or len(set(ids)) < len(ids)):
            raise ValueError("several sites need an id each, all different")
        return self


# --- Attributes -----------------------------------------------------------------------------------------------------------------

Conversion = Literal[
    "code", "label", "upper", "lower", "strip_tags", "invert", "yes_no", "start_of_day", "end_of_day", "first", "amount", "path"
]

Property = Literal["family", "family_label", "groups", "category_labels"]


def _short_for(key: str) -> BeforeValidator:
    """A text is short for the section with this key; so is a number, since codes may be digits alone."""

    def section(value: Any) -> Any:
        return {key: str(value)} if isinstance(value, str | int) and not isinstance(value, bool) else value

    return BeforeValidator(section)


def _names(value: Any) -> Any:
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
    constant: Annotated[str | None, BeforeValidator(_text)] = None
    """The same text for every product; a boolean is true or false."""
    sites: dict[str, "SourceField"] = {}
    """Per SFCC site id: a source of its own (site-specific attributes only), e.g. `{DE: online_de, FR: online_fr}`. What stands
    beside `sites` (convert, default, optional) holds for each that says nothing else."""
    convert: Annotated[tuple[Conversion, ...], BeforeValidator(_names)] = ()
    """Conversions by name, one after the other: `code`/`label` (of a select's option; label is the default), `upper`, `lower`,
    `strip_tags` (text of an HTML), `invert` (boolean), `yes_no` (boolean to `yes` or `no`), `start_of_day`/`end_of_day` (date to
    date-time), `first` (of several values), `amount` (a metric's or price's number alone), `path` (of a media file)."""
    default: Annotated[str | None, BeforeValidator(_text)] = None
    """The text when the source has no value, needed for what SFCC has no way to clear (tax-class-id, store flags). Localizable
    attributes get it under x-default; a variant leaves it to its master where SFCC has a way to clear it."""
    optional: bool = False
    """True: it is no error when the PIM lacks the attribute; nothing but the default is written then."""

    @model_validator(mode="after")
    def _one(self) -> "Source":
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


SourceField = Annotated[Source, _short_for("attribute")]


class CustomSource(Source):
    """A source for a custom attribute that exists in SFCC already; the connector doesn't define it."""

    localizable: bool | None = None
    """Whether the SFCC attribute is localizable. Not given: as the PIM attribute is."""


class Selection(Section):
    """Attributes chosen by code, group or family."""

    attributes: tuple[str, ...] = ()
    """Attribute codes."""
    groups: tuple[str, ...] = ()
    """Codes of attribute groups: all attributes in them."""
    families: tuple[str, ...] = ()
    """Family codes: all attributes of them (excluding: those which no other family has)."""

    def __bool__(self) -> bool:
        return bool(self.attributes or self.groups or self.families)


class Attributes(Section):
    """Which attributes are imported, and as what."""

    id_prefix: str = "akeneo_"
    """Put before the code to make the id of a custom attribute."""
    id_style: Literal["as_is", "camel_case"] = "as_is"
    """`as_is` keeps the code, so that no two can meet; `camel_case` as the official cartridge has it (`short_description` becomes
    `akeneo_shortDescription`)."""
    include: Selection = Selection()
    """Import these only; none named: all."""
    exclude: Selection = Selection()
    """Don't import these; stronger than include. Variation axes are always imported."""
    standard: Annotated[dict[str, SourceField], _known(PRODUCT_FIELDS)] = {}
    """Standard SFCC attribute: its source. What is mapped here gets no custom attribute unless `keep_mapped` says so."""
    custom: dict[str, Annotated[CustomSource, _short_for("attribute")]] = {}
    """Id of a custom product attribute that exists in SFCC: its source."""
    keep_mapped: bool = False
    """True: attributes mapped to standard or existing custom attributes become custom attributes of the connector, too."""
    metric: Literal["number", "text", "both"] = "number"
    """A metric as a number in one unit (named in the definition), as text `AMOUNT UNIT`, or both (the text under `<id>_text`)."""
    metric_unit: Literal["attribute", "channel"] = "attribute"
    """The unit of the number: the attribute's default unit, or the channel's conversion unit where it has one."""
    wide_integers: dict[str, Literal["double", "string"]] = {}
    """Code of a number attribute without decimals whose values go beyond SFCC's `int` (32 bits): the type that holds them,
    `double` (whole numbers up to 2^53) or `string`. Needed only where the PIM doesn't say so itself by the attribute's number_min
    and number_max."""
    groups: Literal["one", "pim"] = "one"
    """One SFCC attribute group for all, or the PIM's attribute groups as SFCC groups."""
    group_id: str = "AkeneoAttributes"
    """Id of the one group; of the PIM's groups it is the prefix (`AkeneoAttributes_marketing`)."""
    visible: bool = False
    """The definitions' visible-flag."""
    externally_managed: bool = False
    """The definitions' externally-managed-flag: true makes them read-only in Business Manager."""


# --- Products -------------------------------------------------------------------------------------------------------------------


class Status(Section):
    """What decides whether a product is online."""

    source: Literal["enabled", "completeness", "attribute", "untouched"] = "enabled"
    """The PIM's `enabled`, the completeness for the site's channel, a boolean attribute, or nothing: the flag is left to
    merchants."""
    attribute: str | None = None
    """Code of the boolean attribute, with source `attribute`."""
    completeness: Annotated[int, Field(ge=0, le=100)] = 100
    """Least completeness in percent, with source `completeness`; disabled products are offline all the same."""
    locales: Literal["all", "any"] = "all"
    """Whether all of the site's locales must be complete, or any one."""

    @model_validator(mode="after")
    def _attribute(self) -> "Status":
        if (self.source == "attribute") != (self.attribute is not None):
            raise ValueError("attribute goes with source: attribute, and only with it")
        return self


class Composition(Section):
    """Which products are bundles or sets."""

    family: str
    """Products of this family."""
    association: str
    """Association type (bundles may use a quantified one) that holds their parts."""


Search = dict[str, Any]


class Products(Section):
    """Which products are imported, and how."""

    filter: Search = {}
    """The PIM's own `search` JSON, written as YAML, for products, e.g. `{family: [{operator: IN, value: [shoes]}]}`."""
    model_filter: Search = {}
    """The same for product models. A model that is left out takes its variants along."""
    channel_tree_only: bool = False
    """True: only products classified in a tree of the site, as the official cartridge does. A model comes when it or something
    below it is."""
    without_identifier: Literal["hold_back", "uuid"] = "hold_back"
    """A product without identifier is held back and reported, or gets its uuid as its SFCC id."""
    status: Status = Status()
    """Online or offline."""
    label_as_name: bool = False
    """True: a product whose mapped name (`attributes.standard.name`) is empty in every locale is called as in the PIM, by its
    family's label attribute."""
    model_import: Literal["master-variation", "master-group-variation"] = "master-variation"
    """Two-level models as master and variants, or with the sub-models as variation groups."""
    bundle: Composition | None = None
    """Products that become bundles."""
    set: Composition | None = None
    """Products that become product sets."""


LINK_TYPES: Final = ("cross-sell", "replacement", "up-sell", "accessory", "spare-part", "newer-version", "alt-orderunit", "other")
"""Source: SFCC's catalog.xsd, complexType.ProductLink."""


class Association(Section):
    """What an association type becomes."""

    as_: Annotated[Literal["recommendation", "product-link"], Field(alias="as")] = "recommendation"
    """A recommendation or a product link."""
    type: Annotated[str, BeforeValidator(_text)] = "1"
    """A recommendation's number (1 cross-sell, 2 up-sell, 3 other, or one of the merchant's own), or a product link's type."""
    optional: bool = False
    """True: it is no error when the PIM lacks the type."""

    @model_validator(mode="after")
    def _type(self) -> "Association":
        if self.as_ == "product-link" and self.type not in LINK_TYPES:
            raise ValueError(f"a product link's type is one of {', '.join(LINK_TYPES)}, not '{self.type}'")
        if self.as_ == "recommendation" and not (self.type.isdigit() and int(self.type) > 0):
            raise ValueError(f"a recommendation's type is a positive number, not '{self.type}'")
        return self


# --- Images, categories, prices, content ----------------------------------------------------------------------------------------


class ViewType(Section):
    """An SFCC view type and the images that it shows."""

    id: str
    """The view type, e.g. `large`."""
    attributes: tuple[str, ...] = ()
    """Image or asset collection attributes shown, in this order. None named: all, the family's main image first."""
    asset_families: tuple[str, ...] = ()
    """Assets of these families only; none named: all."""
    asset_attribute: str | None = None
    """The asset attribute that holds the file or link. Not given: the asset family's main media."""


class ExternalLocation(Section):
    """Images that lie outside SFCC."""

    http: str
    """Base URL of the images."""
    https: str | None = None
    """The same for secure pages."""


class Images(Section):
    """The products' images."""

    source: Literal["images", "assets", "both"] = "images"
    """Image attributes, asset collections, or both (image attributes first)."""
    view_types: tuple[Annotated[ViewType, _short_for("id")], ...] = (
        ViewType(id="large"),
        ViewType(id="medium"),
        ViewType(id="small"),
    )
    """The image groups written; empty: image references are left alone."""
    localized_view_types: bool = False
    """True: asset values that differ by locale get view types of their own, `<view type>_<locale>`, as the official cartridge has
    it."""
    external_location: ExternalLocation | None = None
    """Base URLs written to the catalog's header when images lie outside SFCC. Images are then named by the PIM's own media codes
    (links: by what follows the base URL), and none is fetched or sent; files and PDFs are."""
    alt: Annotated[Source | None, _short_for("attribute")] = None
    """Source of the images' alternative text."""
    title: Annotated[Source | None, _short_for("attribute")] = None
    """Source of the images' title."""


class Categories(Section):
    """Categories and the products' places in them."""

    write: bool = True
    """False: neither categories nor assignments are written."""
    trees: tuple[str, ...] = ()
    """Category trees of the PIM, for every site that names none of its own. None named: the channel's tree."""
    online: bool = True
    """The categories' online-flag."""
    show_in_menu: bool | None = None
    """The custom category attribute showInMenu, which instances with a reference storefront (SFRA, SiteGenesis) define: true or
    false writes it, null leaves it alone. Where SFCC doesn't know it, writing it makes SFCC warn of every category."""
    primary: Literal["first", "none"] = "first"
    """Whether the first exported category of a product is its primary one, or that is left to merchants."""
    enriched: Annotated[dict[str, str], _known(CATEGORY_FIELDS)] = {}
    """Standard category attribute: code of the enriched category attribute (PIM 7.0 and later) that fills it."""
    enriched_custom: dict[str, str] = {}
    """Id of a custom category attribute that exists in SFCC: code of the enriched category attribute that fills it."""


def _only(*placeholders: str) -> AfterValidator:
    """No other placeholders than these: another one would be written as it stands."""

    def check(text: str) -> str:
        rest = text
        for one in placeholders:
            rest = rest.replace(one, "")
        if "{" in rest or "}" in rest:
            raise ValueError(f"'{text}' has a placeholder that is none of {', '.join(placeholders)}")
        return text

    return AfterValidator(check)


BookId = Annotated[str, _only("{currency}", "{CURRENCY}", "{site}", "{channel}")]


class PriceBook(Section):
    """A price book for each currency, fed by one price attribute."""

    id: BookId = "{currency}-list-prices"
    """Its id; `{currency}` is the currency in lower case, `{CURRENCY}` in upper case, `{site}` the site's id, `{channel}` its
    channel. Each book has one currency, for good: no import changes it."""
    name: str = "List Prices"
    """Its display name."""
    attribute: str = "price"
    """The price attribute."""
    currencies: tuple[str, ...] = ()
    """Currencies; none named: the site's."""
    parent: BookId | None = None
    """Id of the parent price book; the same placeholders as in id."""
    optional: bool = False
    """True: it is no error when the PIM lacks the attribute."""


class ReferenceEntities(Section):
    """Reference entities and their records as content assets."""

    as_: Annotated[Literal["content", "json", "none"], Field(alias="as")] = "none"
    """One content asset a record with real attributes, one a reference entity with a JSON text (as the official cartridge), or
    none."""
    library: str = "akeneo-library"
    """Id of a shared library; `sites/RefArch` is the private library of the site RefArch."""
    entities: tuple[str, ...] = ()
    """Reference entities imported; none named: all."""
    folder: Annotated[str, _only("{entity}")] | None = None
    """Folder of the content assets; `{entity}` stands for the reference entity's code and makes each entity a folder of its own,
    named like it. A folder without it is yours: it has to stand in the library, else SFCC refuses the place of each content
    asset."""


class Assets(Section):
    """Asset collections as values."""

    as_: Annotated[Literal["json", "codes", "set"], Field(alias="as")] = "json"
    """The custom attribute of an asset collection: one JSON text with every asset's media in order; the asset codes; or one JSON
    an asset (a set holds 200 values at most)."""


# --- Delivery and loads ---------------------------------------------------------------------------------------------------------


class Delivery(Section):
    """How files reach SFCC."""

    archive_limit_mb: Annotated[int, Field(ge=1, le=500)] = 190
    """Largest archive in MiB; SFCC takes 200 MB."""
    keep_archives: bool = False
    """True: archives stay in SFCC's Impex folder after a successful import."""
    wait_minutes: Annotated[int, Field(ge=1)] = 240
    """How long an import job may take."""
    busy_minutes: Annotated[int, Field(ge=0)] = 60
    """How long to wait while someone else's import keeps SFCC's job busy."""
    follow_up_job: str | None = None
    """A job of yours in SFCC (index, replication), started after each product load of which SFCC confirmed everything. A load
    that sent nothing starts none."""


class Loads(Section):
    """Loads of products."""

    overlap_minutes: Annotated[int, Field(ge=1)] = 10
    """How far a differential looks back behind the last load's start."""
    summer_time_overlap_minutes: Annotated[int, Field(ge=60)] = 120
    """The same across a change of summer time, where the PIM's time zone isn't UTC."""


class ConnectorSettings(Section):
    """connector.yaml."""

    akeneo: Akeneo = Akeneo()
    """How the PIM is read."""
    organization: Organization = Organization()
    """The SFCC organization and its sites."""
    attributes: Attributes = Attributes()
    """Which attributes are imported, and as what."""
    products: Products = Products()
    """Which products are imported, and how."""
    associations: dict[str, Association] = {}
    """Code of an association type: what it becomes. Types not named aren't imported."""
    images: Images = Images()
    """The products' images."""
    assets: Assets = Assets()
    """Asset collections as values."""
    categories: Categories = Categories()
    """Categories and assignments."""
    price_books: tuple[PriceBook, ...] = (PriceBook(optional=True),)
    """The price books."""
    reference_entities: ReferenceEntities = ReferenceEntities()
    """Reference entities as content."""
    delivery: Delivery = Delivery()
    """How files reach SFCC."""
    loads: Loads = Loads()
    """Loads of products."""


# What a section says about the way, not about the data: it changes no record.
_NOT_MAPPING: Final = {"akeneo", "delivery", "loads"}


def fingerprint(settings: ConnectorSettings) -> str:
    """Hexadecimal SHA-256 of the settings that decide what records hold; equal exactly when the mapping is set alike."""
    data = settings.model_dump(mode="json", exclude=_NOT_MAPPING)
    return hashlib.sha256(orjson.dumps(data, option=orjson.OPT_SORT_KEYS)).hexdigest()


def load(path: Path) -> ConnectorSettings:
    """The settings in the file. SettingsError: it can't be read or says something that isn't allowed, one sentence a problem."""
    try:
        text = _BARE_OPERATOR.sub(r'\1"\2"', path.read_text("utf-8"))
        data = yaml.load(text, Loader=_PlainLoader)  # noqa: S506 (a SafeLoader)
    except OSError as error:
        raise SettingsError(
            f"{path}: the settings file can't be read ({error.strerror}); set CONNECTOR_CONFIG to its path."
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: is no valid YAML: {' '.join(str(error).split())}.") from error
    if data is None:
        data = {}
    if not isinstance(data, dict):
        raise SettingsError(f"{path}: must hold sections such as 'organization:', not a {type(data).__name__}.")
    try:
        return ConnectorSettings.model_validate(data)
    except ValidationError as error:
        raise SettingsError("\n".join(f"{path}: {_sentence(e)}" for e in error.errors())) from error


_BARE_OPERATOR: Final = re.compile(
    r"""(\boperator["']?:[ \t]+)((?:>=?|!=)(?: ON ALL LOCALES)?)(?=[ \t]*(?:[,}#]|$))""", re.MULTILINE
)
"""A filter's operator without quotes, which YAML takes for the start of a folded text or for a tag."""


class _PlainLoader(yaml.SafeLoader):
    """A SafeLoader that refuses a key given twice, where YAML would keep the last one without a word, and that converts nothing
    but true, false, null and plain decimals: all else (dates, 010, 0x1F, 1_000, 12:30, no, =) is a code or a text, as written."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            if key_node.tag.endswith(":merge") or not isinstance(key_node, yaml.ScalarNode):
                continue
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"the key '{key}' stands there twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.endswith((":null", ":merge"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"0|-?[1-9][0-9]*", "-0123456789"),
    ("float", r"-?(0|[1-9][0-9]*)\.[0-9]+", "-0123456789"),
):
    _PlainLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_pattern})$"), list(_first))


def _sentence(error: ErrorDetails) -> str:
    where = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        known = _keys_at(error["loc"][:-1])
        nearest = difflib.get_close_matches(str(error["loc"][-1]), known, 1, 0.6)
        advice = f"did you mean '{nearest[0]}'?" if nearest else f"allowed are {', '.join(sorted(known))}."
        return f"{where} is no known key; {advice}"
    if error["type"] == "missing":
        return f"{where} is missing."
    if error["type"] in ("model_type", "dict_type"):
        given = "nothing" if error["input"] is None else repr(error["input"])
        return f"{where} must hold keys with values, not {given}."
    message = error["msg"].removeprefix("Value error, ").replace("Input should be", "must be").replace("a valid tuple", "a list")
    if error["type"] == "value_error":
        return f"{where}: {message}."
    return f"{where} {message}, not {error['input']!r}."


def _keys_at(location: tuple[int | str, ...]) -> list[str]:
    """The keys allowed at a place of the file. Indexes and free keys (site ids, attribute names) lead on to the model below
    them."""
    model: type[BaseModel] = ConnectorSettings
    for part in location:
        field = next((f for name, f in model.model_fields.items() if part in (name, f.alias)), None)
        below = _model_in(field.annotation) if field is not None else None
        model = below or model
    return [f.alias or name for name, f in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for argument in get_args(annotation) if (found := _model_in(argument))), None)
