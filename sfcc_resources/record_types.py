"""The registry of record types: everything that the connector knows of a kind of SFCC object, in one entry.

Belongs here: one `RecordType` for each constant of `records`, one `FeedKind` for each kind of XML file, and the order in which
SFCC must meet them. Doesn't: the shape of a record (`records`), what its XML looks like (`xml/`), cutting files (`feeds`).

Whoever needs to know something of a type asks here: `REGISTRY[records.PRODUCT].phase`. A new record type is one entry in
`_TYPES` and one writer in `xml/`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from sfcc_resources import limits, records
from sfcc_resources.archive_paths import library_folder, private_site, safe_name
from sfcc_resources.fields import FIELDS, ID_256, Field, ValueType
from sfcc_resources.records import Record
from sfcc_resources.xml import catalog_xml, customobject_xml, library_xml, metadata_xml, pricebook_xml

Phase = Literal["definitions", "items", "links", "retirements"]

PHASES: Final[tuple[Phase, ...]] = ("definitions", "items", "links", "retirements")
"""The phases of an import, in order: what gives objects their meaning, the objects, what ties two objects together, what is taken
out of the shop. No type belongs to `retirements`: it holds deletions and offline flags of all types."""

Frame = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
"""Elements that enclose an object inside its feed's root, outermost first: (name, attributes)."""

Write = Callable[[str, Record], str]
"""(container, record) -> the record's XML."""

WriteDeletion = Callable[[str, str, Record | None], str]
"""(container, id, record or None) -> the XML that deletes the object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedKind:
    """One kind of XML file.

    `stem`: the file's path in an archive without `.xml`, by container. `root_attributes`: those of the root element that name
    the container. `one_file`: SFCC looks for it by its name, so it holds all containers and is never split.
    """

    name: str
    root: str
    namespace: str
    xsd: str
    stem: Callable[[str], str]
    root_attributes: Callable[[str], Mapping[str, str]] = lambda _container: {}
    one_file: bool = False


METADATA: Final = FeedKind(
    name="metadata",
    root="metadata",
    namespace=metadata_xml.NAMESPACE,
    xsd="metadata.xsd",
    stem=lambda _container: "meta/system-objecttype-extensions",
    one_file=True,
)
CUSTOM_TYPES: Final = FeedKind(
    name="custom-types",
    root="metadata",
    namespace=metadata_xml.NAMESPACE,
    xsd="metadata.xsd",
    stem=lambda _container: "meta/custom-objecttype-definitions",
    one_file=True,
)
CATALOG: Final = FeedKind(
    name="catalog",
    root="catalog",
    namespace=catalog_xml.NAMESPACE,
    xsd="catalog.xsd",
    stem=lambda container: f"catalogs/{safe_name(container)}/catalog",
    root_attributes=lambda container: {"catalog-id": container},
)
PRICEBOOK: Final = FeedKind(
    name="pricebook",
    root="pricebooks",
    namespace=pricebook_xml.NAMESPACE,
    xsd="pricebook.xsd",
    stem=lambda container: f"pricebooks/{safe_name(container)}",
)
LIBRARY: Final = FeedKind(
    name="library",
    root="library",
    namespace=library_xml.NAMESPACE,
    xsd="library.xsd",
    stem=lambda container: f"{library_folder(container, safe_name(container))}/library",
    # A site's feed without an id is of its private library (SFCC help, content and content library import).
    root_attributes=lambda container: {"library-id": container} if private_site(container) is None else {},
)
CUSTOM_OBJECTS: Final = FeedKind(
    name="custom-objects",
    root="custom-objects",
    namespace=customobject_xml.NAMESPACE,
    xsd="customobject.xsd",
    stem=lambda container: f"custom-objects/{safe_name(container)}",
)

FEED_KINDS: Final[Mapping[str, FeedKind]] = MappingProxyType(
    {kind.name: kind for kind in (METADATA, CUSTOM_TYPES, CATALOG, PRICEBOOK, LIBRARY, CUSTOM_OBJECTS)}
)
"""Every kind of feed by its name (SFCC help, site import: archive layout)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordType:
    """What the connector knows of one kind of SFCC object.

    name: the constant of `records`.
    container: what the container of such a record is, in words.
    id_type: what its id may be (the XSDs).
    phase: when it is sent.
    feed: the kind of file it goes to; None for static files, which aren't XML.
    write, write_deletion: its XML; `write_deletion` is None where SFCC deletes no such object by import.
    frame: the elements around it inside the feed's root, by container.
    log_names: its element's names in SFCC's log, the usual one first; empty where SFCC's log counts and names no such element.
    one_element_each: a record is a list whose entries are elements of their own, each counted and named by both its ends.
    counts_also: types whose elements SFCC counts besides, since they stand in this one's element or file.
    of_product: it belongs to a product and bears the product's id.
    list_key: where it is a list of relations, the record's key of that list.
    refers_to: types of other containers that it may name.
    apart_from: types that must not stand before it in the same file.
    retired_by: the key of `loads.retire` in connector.yaml that says what becomes of one that is no longer exported; None: it
        stays, or goes with its product.
    stages, stage: the parts of its place in SFCC's order, and the part of one record; a plain type has one, its name.
    """

    name: str
    container: str
    id_type: ValueType
    phase: Phase
    feed: FeedKind | None
    write: Write | None
    write_deletion: WriteDeletion | None = None
    frame: Callable[[str], Frame] = lambda _container: ()
    log_names: tuple[str, ...] = ()
    one_element_each: bool = False
    counts_also: tuple[str, ...] = ()
    of_product: bool = False
    list_key: str | None = None
    refers_to: tuple[str, ...] = ()
    apart_from: tuple[str, ...] = ()
    retired_by: Literal["products", "categories", "content", "price_books"] | None = None
    stages: tuple[str, ...] = ()
    stage: Callable[[Record], str] | None = None

    @property
    def counted(self) -> bool:
        """Whether SFCC's log counts its elements."""
        return bool(self.log_names)

    @property
    def fields(self) -> Mapping[str, Field]:
        """Its simple elements by name, with how each is qualified; `clearing` tells how each is emptied."""
        return FIELDS.get(self.name, {})

    def elements(self, xml: str) -> int:
        """How many elements SFCC counts in a record's XML.

        Example: assignments of a product to three categories -> 3; a product -> 1; a catalog's header -> 0.
        """
        return xml.count(f"<{self.log_names[0]} ") if self.one_element_each else int(self.counted)


def _plain(write: Callable[[Record], str]) -> Write:
    """A writer that needs no container."""
    return lambda _container, record: write(record)


def _by_id(write_deletion: Callable[[str], str]) -> WriteDeletion:
    """A writer of deletions that needs the id alone."""
    return lambda _container, object_id, _record: write_deletion(object_id)


def _by_record(write_deletion: Callable[[str, Record | None], str]) -> WriteDeletion:
    """A writer of deletions that needs the record, too."""
    return lambda _container, object_id, record: write_deletion(object_id, record)


def _extension(wrapper: str) -> Callable[[str], Frame]:
    """What encloses definitions and groups: the object type that they extend, and a list's element."""
    return lambda container: (("type-extension", (("type-id", container),)), (wrapper, ()))


def _product_stage(record: Record) -> str:
    if "variations" in record:
        return "master"
    return "collection" if "bundled" in record or "set" in record else records.PRODUCT


_TYPES: Final = (
    RecordType(
        name=records.ATTRIBUTE_DEFINITION,
        container="the object type extended, e.g. Product",
        id_type=limits.DEFINITION_ID,
        phase="definitions",
        feed=METADATA,
        write=_plain(metadata_xml.attribute_definition),
        frame=_extension("custom-attribute-definitions"),
        log_names=("attribute-definition",),
    ),
    RecordType(
        name=records.ATTRIBUTE_GROUP,
        container="the object type extended, e.g. Product",
        id_type=ID_256,
        phase="definitions",
        feed=METADATA,
        write=_plain(metadata_xml.attribute_group),
        frame=_extension("group-definitions"),
        log_names=("attribute-group",),
    ),
    RecordType(
        name=records.CUSTOM_TYPE,
        container="organization",
        id_type=limits.DEFINITION_ID,
        phase="definitions",
        feed=CUSTOM_TYPES,
        write=_plain(metadata_xml.custom_type),
        log_names=("custom-type",),
        counts_also=(records.ATTRIBUTE_DEFINITION, records.ATTRIBUTE_GROUP),
    ),
    RecordType(
        name=records.FILE,
        container="catalog or library id",
        id_type=limits.ID_1800,
        phase="definitions",
        feed=None,
        write=None,
    ),
    RecordType(
        name=records.CATALOG_HEADER,
        container="catalog id, which is the id, too",
        id_type=ID_256,
        phase="items",
        feed=CATALOG,
        write=_plain(catalog_xml.header),
    ),
    RecordType(
        name=records.CATEGORY,
        container="catalog id",
        id_type=ID_256,
        phase="items",
        feed=CATALOG,
        write=_plain(catalog_xml.category),
        write_deletion=_by_id(catalog_xml.category_deletion),
        log_names=("category",),
        retired_by="categories",
    ),
    RecordType(
        name=records.PRODUCT,
        container="catalog id",
        id_type=limits.ID_100,
        phase="items",
        feed=CATALOG,
        write=_plain(catalog_xml.product),
        write_deletion=_by_id(catalog_xml.product_deletion),
        log_names=("product",),
        retired_by="products",
        refers_to=(records.CATEGORY,),  # its classification category
        # A master comes after its variants, a bundle or set after its parts: an archive may end between them.
        stages=(records.PRODUCT, "master", "collection"),
        stage=_product_stage,
    ),
    RecordType(
        name=records.PRICE_BOOK,
        container="price book id, which is the id, too",
        id_type=ID_256,
        phase="items",
        feed=PRICEBOOK,
        write=_plain(pricebook_xml.price_book),
        write_deletion=_by_record(pricebook_xml.price_book_deletion),
        frame=lambda _container: (("pricebook", ()),),
        log_names=("pricebook", "price-book"),
        retired_by="price_books",
        counts_also=(records.PRICE_BOOK,),  # once more in each further file of the book
    ),
    RecordType(
        name=records.PRICE_TABLE,
        container="price book id",
        id_type=limits.ID_100,
        phase="items",
        feed=PRICEBOOK,
        write=_plain(pricebook_xml.price_table),
        write_deletion=_by_id(pricebook_xml.price_table_deletion),
        frame=lambda _container: (("pricebook", ()), ("price-tables", ())),
        log_names=("price-table",),
        counts_also=(records.PRICE_BOOK,),
        of_product=True,
    ),
    RecordType(
        name=records.FOLDER,
        container="library id, or sites/<site id> for a private library",
        id_type=ID_256,
        phase="items",
        feed=LIBRARY,
        write=_plain(library_xml.folder),
        write_deletion=_by_id(library_xml.folder_deletion),
        log_names=("folder",),
        retired_by="content",
    ),
    RecordType(
        name=records.CONTENT,
        container="library id, or sites/<site id> for a private library",
        id_type=ID_256,
        phase="items",
        feed=LIBRARY,
        write=_plain(library_xml.content),
        write_deletion=_by_id(library_xml.content_deletion),
        log_names=("content",),
        retired_by="content",
    ),
    RecordType(
        name=records.CUSTOM_OBJECT,
        container="custom type id",
        id_type=ID_256,
        phase="items",
        feed=CUSTOM_OBJECTS,
        write=customobject_xml.custom_object,
        write_deletion=lambda container, object_id, _record: customobject_xml.custom_object_deletion(container, object_id),
        log_names=("custom-object",),
        retired_by="content",
    ),
    RecordType(
        name=records.PRODUCT_LINKS,
        container="catalog id",
        id_type=limits.ID_100,
        phase="links",
        feed=CATALOG,
        write=_plain(catalog_xml.product_links),
        write_deletion=_by_id(catalog_xml.product_links_deletion),
        log_names=("product",),  # they stand in a product element of their own
        of_product=True,
        list_key="links",
        refers_to=(records.PRODUCT,),
        apart_from=(records.PRODUCT,),  # one product twice in a file is nothing that SFCC's documents speak of
    ),
    RecordType(
        name=records.CATEGORY_ASSIGNMENTS,
        container="catalog id",
        id_type=limits.ID_100,
        phase="links",
        feed=CATALOG,
        write=_plain(catalog_xml.category_assignments),
        write_deletion=_by_record(catalog_xml.category_assignments_deletion),
        log_names=("category-assignment",),
        one_element_each=True,
        of_product=True,
        list_key="categories",
        refers_to=(records.CATEGORY, records.PRODUCT),
    ),
    RecordType(
        name=records.RECOMMENDATIONS,
        container="catalog id",
        id_type=limits.ID_100,
        phase="links",
        feed=CATALOG,
        write=_plain(catalog_xml.recommendations),
        write_deletion=_by_record(catalog_xml.recommendations_deletion),
        log_names=("recommendation",),
        one_element_each=True,
        of_product=True,
        list_key="targets",
        refers_to=(records.PRODUCT,),
    ),
)
"""In the order in which SFCC must meet them: by phase, and in each feed by its XSD."""

REGISTRY: Final[Mapping[str, RecordType]] = MappingProxyType({record_type.name: record_type for record_type in _TYPES})
"""Every record type by its name, in SFCC's order."""

OF_PRODUCTS: Final = tuple(record_type.name for record_type in _TYPES if record_type.of_product)
"""The types that belong to a product and bear its id."""

_PLACES: Final = {record_type.name: place for place, record_type in enumerate(_TYPES)}

_STAGES: Final = tuple(stage for record_type in _TYPES for stage in record_type.stages or (record_type.name,))


LOG_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {alias: record_type.log_names[0] for record_type in _TYPES for alias in record_type.log_names}
)
"""Each name that SFCC's log has for an element -> the usual one. Example: `price-book` -> `pricebook`."""


def place(record_type: str) -> int:
    """Where a type stands in SFCC's order: a lower number goes first."""
    return _PLACES[record_type]


def stages() -> tuple[str, ...]:
    """The stages of an import in SFCC's order: the names of the types, and where a type's records must follow each other, several
    for that type (`product`, `master`, `collection`)."""
    return _STAGES


def stage_of(record_type: str, record: Record) -> str:
    """The stage of a record.

    Example: a product with `variations` -> `master`; one with `bundled` or `set` -> `collection`; a category -> `category`.
    """
    stage = REGISTRY[record_type].stage
    return record_type if stage is None else stage(record)


def stages_of(*record_types: str) -> tuple[str, ...]:
    """The stages of the given types, in SFCC's order. Example: product -> product, master, collection."""
    return tuple(stage for entry in _TYPES if entry.name in record_types for stage in entry.stages or (entry.name,))


def types_of(feed: FeedKind) -> tuple[str, ...]:
    """The types of a kind of feed, in the order that its XSD demands."""
    return tuple(record_type.name for record_type in _TYPES if record_type.feed is feed)


def id_problem(record_type: str, object_id: str) -> str | None:
    """What keeps `object_id` from being the id of a record of this type, as the end of a sentence; None if nothing does.

    Example: a product of 101 characters -> "has 101 characters, 100 are allowed".
    """
    return limits.problem(object_id, REGISTRY[record_type].id_type)
