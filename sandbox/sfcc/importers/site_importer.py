"""Import of site.xsd and preferences.xsd: feeds whose root element is the one object."""

from lxml import etree

from sandbox.sfcc.feed_xml import Element, FeedError, open_feed
from sandbox.sfcc.impex_schema import PREFERENCES, SITE
from sandbox.sfcc.importers.object_importer import FileImport, ObjectType

SITE_TYPE = ObjectType("site", SITE)


def import_preferences(file: FileImport, _root: dict[str, str]) -> None:
    """Merge preferences into those of the file's site, or of the organization; kept as given, without a look at definitions."""
    _single(file, ObjectType("preferences", PREFERENCES), file.site, "preferences")


def import_site(file: FileImport, root: dict[str, str]) -> None:
    """Create or change a site. Raises FeedError if neither the root element nor the folder names it."""
    site = root.get("site-id") or file.site
    if not site:
        raise FeedError("neither the root element nor the folder names a site")
    _single(file, SITE_TYPE, "", site)


def _single(file: FileImport, of: ObjectType, scope: str, id_: str) -> None:
    """A feed whose root element is the one object. Read as a tree: these files are small."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    with open_feed(file.path) as stream:
        element: Element = etree.parse(stream, parser).getroot()
    place = file.starts(of.name, id_, element, "site-id")
    if place is not None:
        stored = file.store.get(of.name, scope, id_)
        file.write(of, scope, id_, stored, file.given(element, of, place))
        file.object_done()
    file.store.commit()
    file.report.totals()
