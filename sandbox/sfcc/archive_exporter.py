"""Export of the present state as a site archive of standard XML, streamed, objects by id.

Source: SFCC help, site import/export; the XSDs.
"""

import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

from lxml import etree

from sandbox.sfcc.feed_xml import Element, Node, to_element
from sandbox.sfcc.impex_schema import (
    CATALOG_NS,
    CUSTOMOBJECT_NS,
    LIBRARY_NS,
    METADATA_NS,
    PREFERENCES,
    PREFERENCES_NS,
    PRICEBOOK_NS,
    SITE,
    SITE_NS,
)
from sandbox.sfcc.importers.catalog_importer import (
    ASSIGNMENT_TYPE,
    CATALOG_TYPE,
    CATEGORY_TYPE,
    OPTION_TYPE,
    PRODUCT_TYPE,
    RECOMMENDATION_TYPE,
)
from sandbox.sfcc.importers.custom_object_importer import OBJECT_ATTRIBUTES
from sandbox.sfcc.importers.feed_importer import JobContext
from sandbox.sfcc.importers.library_importer import CONTENT_TYPE, FOLDER_TYPE, LIBRARY_TYPE, PRIVATE
from sandbox.sfcc.importers.metadata_importer import CUSTOM_TYPE_PREFIX, GROUP, SYSTEM
from sandbox.sfcc.importers.object_importer import CUSTOM, ObjectType
from sandbox.sfcc.importers.pricebook_importer import PRICEBOOK_TYPE
from sandbox.sfcc.importers.site_importer import SITE_TYPE
from sandbox.sfcc.instance_settings import configuration
from sandbox.sfcc.instance_state import SEPARATOR, Stored
from sandbox.sfcc.object_merge import write, write_attributes

DataUnits = dict[str, Any]
KNOWN_UNITS = frozenset(
    {
        "catalogs",
        "catalog_static_resources",
        "price_books",
        "libraries",
        "library_static_resources",
        "inventory_lists",
        "customer_lists",
        "sites",
        "global_data",
    }
)


def export_site_archive(job: JobContext, archive: Path, units: DataUnits) -> None:
    """Write `units` of the present state to `archive`; the file appears once it is whole. Unknown ids are process errors."""
    top = archive.stem
    partial = job.work / "export.zip"
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as zipped:
        out = _Archive(job, zipped, top)
        _global_data(out, _part(units.get("global_data")))
        for catalog in _chosen(out, units, "catalogs", "catalog"):
            _catalog(out, catalog)
        for catalog in _chosen(out, units, "catalog_static_resources", "catalog"):
            out.static(f"catalogs/{catalog.id}/static", f"Catalogs/{catalog.id}")
        for book in _chosen(out, units, "price_books", "pricebook"):
            _pricebook(out, book)
        for library in _chosen(out, units, "libraries", "library"):
            if not library.id.startswith(PRIVATE):
                _library(out, library, f"libraries/{library.id}/library.xml")
        for library in _chosen(out, units, "library_static_resources", "library"):
            out.static(f"libraries/{library.id}/static", f"Libraries/{library.id}")
        _sites(out, units.get("sites"))
    partial.replace(archive)


class _Archive:
    """The zip being written, and the log of what goes in."""

    def __init__(self, job: JobContext, zipped: zipfile.ZipFile, top: str) -> None:
        self.job, self.store, self._zipped, self._top = job, job.store, zipped, top

    def feed(self, name: str, ns: str, root: str, attributes: dict[str, str], elements: Iterable[Element]) -> None:
        """Stream one feed; none is written if there are no elements and no root attributes."""
        stream = iter(elements)
        first = next(stream, None)
        if first is None and not attributes:
            return
        with self.xml(name) as xml, xml.element(f"{{{ns}}}{root}", attributes, nsmap={None: ns}):
            count = _lines(xml, stream if first is None else chain([first], stream))
        self.job.log.write("exported", file=name, type=root, count=count)

    @contextmanager
    def xml(self, name: str) -> Iterator[Any]:
        """A file of the archive as a stream of XML."""
        with (
            self._zipped.open(f"{self._top}/{name}", "w", force_zip64=True) as member,
            etree.xmlfile(member, encoding="UTF-8", buffered=True) as xml,
        ):
            xml.write_declaration()
            yield xml

    def static(self, name: str, folder: str) -> None:
        source = self.job.settings.webdav / folder
        for path in sorted(p for p in source.rglob("*") if p.is_file()):
            self._zipped.write(path, f"{self._top}/{name}/{path.relative_to(source).as_posix()}")


def _lines(xml: Any, elements: Iterable[Element]) -> int:
    """Write elements on lines of their own; returns their number."""
    count = 0
    for count, element in enumerate(elements, 1):  # noqa: B007
        xml.write("\n    ")
        xml.write(element)
    xml.write("\n")
    return count


def _part(unit: Any) -> dict[str, bool]:
    """A unit's parts; `true` and `{"all": true}` mean every part."""
    return {"all": True} if unit is True else dict(unit or {})


def _chosen(out: _Archive, units: DataUnits, unit: str, kind: str) -> Iterator[Stored]:
    chosen = _part(units.get(unit))
    if chosen.get("all"):
        yield from out.store.in_order(kind)
        return
    for id_ in (i for i, wanted in chosen.items() if wanted):
        stored = out.store.get(kind, "", id_)
        if stored is None:
            out.job.log.write("process_error", file=unit, message=f"{kind} '{id_}' does not exist")
        else:
            yield stored


def _object(of: ObjectType, stored: Stored, **ids: str) -> Element:
    element = etree.Element(of.name, {k.replace("_", "-"): v for k, v in ids.items()})
    write(element, stored.body, of.fields)
    return element


def _catalog(out: _Archive, catalog: Stored) -> None:
    def elements() -> Iterator[Element]:
        if catalog.body:
            header = etree.Element("header")
            write(header, catalog.body, CATALOG_TYPE.fields)
            yield header
        for of, ids in (
            (CATEGORY_TYPE, _one("category_id")),
            (PRODUCT_TYPE, _one("product_id")),
            (OPTION_TYPE, _one("option_id")),
        ):
            for stored in out.store.in_order(of.name, catalog.id):
                yield _object(of, stored, **ids(stored))
        for stored in out.store.in_order("variation-attribute", catalog.id):
            yield to_element(stored.body["node"])
        # Within a category or a source the order is what merchants sort by, so it stays.
        for stored in out.store.in_order(ASSIGNMENT_TYPE.name, catalog.id, parts=1):
            yield _object(ASSIGNMENT_TYPE, stored, **_parts("category_id", "product_id")(stored))
        for stored in out.store.in_order(RECOMMENDATION_TYPE.name, catalog.id, parts=2):
            yield _object(RECOMMENDATION_TYPE, stored, **_RECOMMENDATION_IDS(stored))

    out.feed(f"catalogs/{catalog.id}/catalog.xml", CATALOG_NS, "catalog", {"catalog-id": catalog.id}, elements())


def _one(name: str) -> Callable[[Stored], dict[str, str]]:
    return lambda stored: {name: stored.id}


def _parts(*names: str) -> Callable[[Stored], dict[str, str]]:
    return lambda stored: dict(zip(names, stored.id.split(SEPARATOR), strict=True))


_RECOMMENDATION_IDS = _parts("source_type", "source_id", "target_type", "target_id", "type")


def _pricebook(out: _Archive, book: Stored) -> None:
    """One book, one file."""
    name = f"pricebooks/{book.id}.xml"
    header = etree.Element("header", {"pricebook-id": book.id})
    write(header, book.body, PRICEBOOK_TYPE.fields)
    with (
        out.xml(name) as xml,
        xml.element(f"{{{PRICEBOOK_NS}}}pricebooks", nsmap={None: PRICEBOOK_NS}),
        xml.element("pricebook"),
    ):
        xml.write("\n", header, "\n")
        with xml.element("price-tables"):
            count = _lines(xml, map(_price_table, out.store.in_order("price-table", book.id)))
    out.job.log.write("exported", file=name, type="price-table", count=count)


def _price_table(stored: Stored) -> Element:
    body = stored.body
    children: list[Node] = [[name, {}, body[name], []] for name in ("online-from", "online-to") if name in body]
    children += body["entries"]
    children += [["price-info", {}, body["price-info"], []]] if "price-info" in body else []
    return to_element(["price-table", {"product-id": stored.id.split(SEPARATOR)[0]}, None, children])


def _library(out: _Archive, library: Stored, name: str) -> None:
    def elements() -> Iterator[Element]:
        if library.body:
            header = etree.Element("header")
            write(header, library.body, LIBRARY_TYPE.fields)
            yield header
        for stored in out.store.in_order("folder", library.id):
            yield _object(FOLDER_TYPE, stored, folder_id=stored.id)
        for stored in out.store.in_order("content", library.id):
            yield _object(CONTENT_TYPE, stored, content_id=stored.id)

    private = library.id.startswith(PRIVATE)
    out.feed(name, LIBRARY_NS, "library", {} if private else {"library-id": library.id}, elements())


def _global_data(out: _Archive, parts: dict[str, bool]) -> None:
    every = parts.get("all") or parts.get("meta_data")
    if every or parts.get("system_type_definitions"):
        out.feed("meta/system-objecttype-extensions.xml", METADATA_NS, "metadata", {}, _type_extensions(out))
    if every or parts.get("custom_types"):
        out.feed("meta/custom-objecttype-definitions.xml", METADATA_NS, "metadata", {}, _custom_types(out))
    if parts.get("all") or parts.get("preferences"):
        _preferences(out, "", "preferences.xml")
    if parts.get("all") or parts.get("global_custom_objects"):
        _custom_objects(out, "", "custom-objects")
    if parts.get("all") or parts.get("static_resources"):
        out.static("static", "Static/organization")


def _definitions(out: _Archive, scope: str, lists: Iterable[tuple[str, str]]) -> list[Node]:
    nodes = {wrapper: [d.body["node"] for d in out.store.in_order(kind, scope)] for wrapper, kind in lists}
    return [[wrapper, {}, None, children] for wrapper, children in nodes.items() if children]


def _type_extensions(out: _Archive) -> Iterator[Element]:
    scopes = {s for kind in (SYSTEM, CUSTOM, GROUP) for s in out.store.scopes(kind) if not s.startswith(CUSTOM_TYPE_PREFIX)}
    for scope in sorted(scopes):
        lists = (("system-attribute-definitions", SYSTEM), ("custom-attribute-definitions", CUSTOM), ("group-definitions", GROUP))
        yield to_element(["type-extension", {"type-id": scope}, None, _definitions(out, scope, lists)])


def _custom_types(out: _Archive) -> Iterator[Element]:
    for stored in out.store.in_order("custom-type"):
        node = stored.body["node"]
        lists = (("attribute-definitions", CUSTOM), ("group-definitions", GROUP))
        yield to_element([node[0], node[1], None, node[3] + _definitions(out, CUSTOM_TYPE_PREFIX + stored.id, lists)])
    for stored in out.store.in_order("custom-preference-group"):
        yield to_element(stored.body["node"])


def _preferences(out: _Archive, site: str, name: str) -> None:
    stored = out.store.get("preferences", site, "preferences")
    if stored is not None:
        root = etree.Element("preferences")
        write(root, stored.body, PREFERENCES)
        out.feed(name, PREFERENCES_NS, "preferences", {}, list(root))


def _custom_objects(out: _Archive, site: str, folder: str) -> None:
    for custom_type in out.store.in_order("custom-type"):
        chosen = (s for s in out.store.in_order("custom-object", site) if s.body["type"] == custom_type.id)
        out.feed(f"{folder}/{custom_type.id}.xml", CUSTOMOBJECT_NS, "custom-objects", {}, map(_custom_object, chosen))


def _custom_object(stored: Stored) -> Element:
    type_id, object_id = stored.id.split(SEPARATOR)
    element = etree.Element("custom-object", {"type-id": type_id, "object-id": object_id})
    write_attributes(element, stored.body.get(OBJECT_ATTRIBUTES.name, {}), OBJECT_ATTRIBUTES)
    return element


def _sites(out: _Archive, unit: Any) -> None:
    """Sites by id, each whole or in parts (content, custom_objects, site_preferences, site_descriptor)."""
    chosen = _part(unit)
    every = bool(chosen.get("all"))
    known = {s.id for s in out.store.each("site")} | set(out.store.scopes("preferences")) | set(out.store.scopes("custom-object"))
    known |= {s.id.removeprefix(PRIVATE) for s in out.store.each("library") if s.id.startswith(PRIVATE)}
    sites = sorted(known - {""}) if every else [s for s, wanted in chosen.items() if wanted]
    for site in sites:
        if site not in known | configuration(out.job.settings).sites:
            out.job.log.write("process_error", file="sites", message=f"site '{site}' does not exist")
        else:
            _site(out, site, {"all": True} if every else _part(chosen[site]))


def _site(out: _Archive, site: str, parts: dict[str, bool]) -> None:
    def wanted(part: str) -> bool:
        return bool(parts.get("all") or parts.get(part))

    descriptor = out.store.get("site", "", site)
    if descriptor is not None and wanted("site_descriptor"):
        root = etree.Element("site")
        write(root, descriptor.body, SITE)
        out.feed(f"sites/{site}/site.xml", SITE_NS, SITE_TYPE.name, {"site-id": site}, list(root))
    if wanted("site_preferences"):
        _preferences(out, site, f"sites/{site}/preferences.xml")
    if wanted("custom_objects"):
        _custom_objects(out, site, f"sites/{site}/custom-objects")
    library = out.store.get("library", "", PRIVATE + site)
    if library is not None and wanted("content"):
        _library(out, library, f"sites/{site}/library/library.xml")
