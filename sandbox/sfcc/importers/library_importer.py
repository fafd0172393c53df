"""Import of library.xsd: folders and content of shared libraries and of sites' private ones.

Source: library.xsd; SFCC help, content and content library folder object import/export.
"""

from collections.abc import Callable

from sandbox.sfcc import instance_quotas
from sandbox.sfcc.feed_xml import Element, FeedError, Node, elements, line_of, local
from sandbox.sfcc.impex_schema import CONTENT, FOLDER, LIBRARY_HEADER, LIBRARY_NS
from sandbox.sfcc.import_log_writer import Place
from sandbox.sfcc.importers.deletion_cascades import delete_category, delete_referenced
from sandbox.sfcc.importers.object_importer import FileImport, ObjectType, Spool
from sandbox.sfcc.instance_state import Stored, Target
from sandbox.sfcc.object_merge import Given, merge

ROOT = "root"
PRIVATE = "site:"
"""Id of a site's private library in the store: this and the site's id."""

LIBRARY_TYPE = ObjectType("library", LIBRARY_HEADER, "Library")
FOLDER_TYPE = ObjectType("folder", FOLDER, "Folder")
CONTENT_TYPE = ObjectType("content", CONTENT, "Content")


def import_library(file: FileImport, root: dict[str, str]) -> None:
    """Import one library feed. Raises FeedError for a feed without id outside a site, or over the quota of libraries."""
    library = root.get("library-id") or (PRIVATE + file.site if file.site else None)
    if library is None:
        raise FeedError("the root element has no library-id and the file belongs to no site")
    _ensure_library(file, library)
    handlers = {"header": _header, "folder": _folder, "content": _content}
    with Spool(file.work / "relations.jsonl") as relations:
        file.report.phase("phase_items")
        for element in elements(file.path, LIBRARY_NS, dict.fromkeys(handlers, "library")):
            handlers[local(element.tag)](file, library, element, relations)
        file.store.commit()
        file.report.phase("phase_relations")
        resolvers: dict[str, Callable[..., None]] = {"folder": _folder_relations, "content": _content_relations}
        for place, record in relations.read():
            resolvers[place.kind](file, library, place, *record)
            file.store.object_done()
    file.store.commit()
    file.report.totals()


def _ensure_library(file: FileImport, library: str) -> Stored:
    stored = file.store.get("library", "", library)
    if stored is None:
        if file.store.count("library") >= instance_quotas.LIBRARIES:
            raise FeedError(
                f"library '{library}' can't be created: the quota of {instance_quotas.LIBRARIES} libraries is reached"
            )
        file.store.put("library", "", library, {})
        file.store.put("folder", library, ROOT, {"online-flag": "true"})
        stored = file.store.get("library", "", library)
    assert stored is not None
    return stored


def _header(file: FileImport, library: str, element: Element, _relations: Spool) -> None:
    place = file.report.element("library", library, line_of(element))
    if not file.deletes(element):
        file.write(LIBRARY_TYPE, "", library, _ensure_library(file, library), file.given(element, LIBRARY_TYPE, place))


def _folder(file: FileImport, library: str, element: Element, relations: Spool) -> None:
    _item(file, FOLDER_TYPE, library, element, relations, instance_quotas.FOLDERS_PER_LIBRARY)


def _content(file: FileImport, library: str, element: Element, relations: Spool) -> None:
    _item(file, CONTENT_TYPE, library, element, relations, instance_quotas.CONTENT_ASSETS_PER_LIBRARY)


def _item(file: FileImport, of: ObjectType, library: str, element: Element, relations: Spool, quota: int) -> None:
    id_ = element.get(f"{of.name}-id")
    place = file.starts(of.name, id_, element, f"{of.name}-id")
    if place is None:
        return
    stored = file.store.get(of.name, library, id_)
    if file.deletes(element):
        if stored is not None and not (of.name == "folder" and id_ == ROOT):
            (delete_category if of.name == "folder" else delete_referenced)(file.store, stored)
    elif stored is None and file.store.count(of.name, library) >= quota:
        file.report.error(place, f"the quota of {quota} in a library is reached; not imported")
    else:
        given = file.given(element, of, place)
        relation = {name: given.pop(name) for name in list(given) if of.fields[name].relation}
        seq = file.write(of, library, id_, stored, given)
        if seq is not None:
            relations.add(place, seq, relation)
    file.object_done()


def _folder_relations(file: FileImport, library: str, place: Place, seq: int, given: Given) -> None:
    """Assumption: a folder without or with an unknown parent goes under root, the latter with a data error, as for categories."""
    stored = file.store.by_seq(seq)
    if stored is None or stored.id == ROOT:
        return
    present = stored.body.get("parent")
    parent = given.get("parent") or present or ROOT
    if parent == present:
        return
    target = Target("folder", library, parent)
    if not file.store.exists(target):
        file.report.error(place, f"parent folder '{parent}' does not exist; not imported")
        target = Target("folder", library, present or ROOT)
    elif len(file.store.referrers(target, "parent")) >= instance_quotas.SUBFOLDERS_PER_FOLDER:
        file.report.error(place, f"parent folder '{parent}' has reached the quota of {instance_quotas.SUBFOLDERS_PER_FOLDER}")
        target = Target("folder", library, present or ROOT)
    file.store.put("folder", library, stored.id, {**stored.body, "parent": target.id}, seq)
    file.store.set_refs(seq, "parent", [target])


def _content_relations(file: FileImport, library: str, place: Place, seq: int, given: Given) -> None:
    stored = file.store.by_seq(seq)
    if stored is None or not given:
        return
    for name, kind in (("folder-links", "folder"), ("content-links", "content")):
        node: Node | None = given.get(name)
        if node is None:
            continue
        kept = [c for c in node[3] if file.store.exists(_target(kind, library, c))]
        for child in node[3]:
            if child not in kept:
                message = f"{child[0]}: {kind} '{child[1].get(f'{kind}-id')}' does not exist; relation dropped"
                file.report.warning(place, message)
        given[name] = [node[0], node[1], None, kept] if kept else None
    body = merge(stored.body, given, CONTENT)
    file.store.put("content", library, stored.id, body, seq)
    for name, kind in (("folder-links", "folder"), ("content-links", "content")):
        if name in given:
            node = given[name]
            file.store.set_refs(seq, name, [_target(kind, library, c) for c in (node[3] if node else [])])


def _target(kind: str, library: str, node: Node) -> Target:
    return Target(kind, library, node[1].get(f"{kind}-id", ""))
