"""Ids of SFCC objects that connector.yaml names outright: catalogs, sites, root categories, the library, view types.

Belongs here: what SFCC takes as such an id. Doesn't: ids made from the PIM's codes (`attribute_check`, `price_book_check`,
`content_check`). Needs no PIM.
"""

from collections.abc import Iterator

from akeneo_assets.errors import shown
from akeneo_assets.settings.connector import ConnectorSettings
from sfcc_resources.archive_paths import private_site
from sfcc_resources.fields import ID_256, ValueType
from sfcc_resources.limits import ID_32, problem


def check_sfcc_ids(settings: ConnectorSettings) -> Iterator[str]:
    """Yield a sentence for each id that SFCC would refuse."""
    organization = settings.organization
    ids: list[tuple[str, str | None, ValueType]] = [
        ("organization.master_catalog", organization.master_catalog, ID_256),
        ("reference_entities.library", settings.reference_entities.library, ID_256),
        ("reference_entities.folder", settings.reference_entities.folder or None, ID_256),
        *((f"images.view_types.{index}.id", view.id, ID_256) for index, view in enumerate(settings.images.view_types)),
    ]
    if settings.images.external_location is not None:
        ids += [(f"images.external_location.{key}", url, ID_256) for key, url in settings.images.external_location]
    for index, site in enumerate(organization.sites):
        path = f"organization.sites.{index}"
        ids += [(f"{path}.id", site.id, ID_32), (f"{path}.storefront_catalog", site.storefront_catalog, ID_256)]
        ids.append((f"{path}.root_category", site.root_category, ID_256))
    for path, id_, value_type in ids:
        if id_ is not None and (why := problem(id_, value_type)):
            yield f"connector.yaml: {path} is '{shown(id_)}', which {why}."
    yield from _check_catalog_folders(settings)
    yield from _check_library_folder(settings)


def _check_catalog_folders(settings: ConnectorSettings) -> Iterator[str]:
    """A catalog's id names a folder of the archive, which a slash would split."""
    organization = settings.organization
    catalogs: list[tuple[str, str | None]] = [("organization.master_catalog", organization.master_catalog)]
    catalogs += [
        (f"organization.sites.{index}.storefront_catalog", site.storefront_catalog)
        for index, site in enumerate(organization.sites)
    ]
    for path, catalog in catalogs:
        if catalog is not None and "/" in catalog:
            yield f"connector.yaml: {path} is '{catalog}', which holds a /."


def _check_library_folder(settings: ConnectorSettings) -> Iterator[str]:
    """A library's id names a folder, too; `sites/RefArch` is the private library of the site RefArch."""
    library = settings.reference_entities.library
    sites = [site.id for site in settings.organization.sites if site.id]
    owner = private_site(library)
    if owner is not None and owner not in sites:
        yield (
            f"connector.yaml: reference_entities.library is '{library}', but organization.sites has no such site id "
            f"(there: {', '.join(sites) or 'none'})."
        )
    elif owner is None and "/" in library:
        yield (
            f"connector.yaml: reference_entities.library is '{library}', which holds a /; write the id of a shared library, or "
            "sites/ and a site's id for its private one."
        )
