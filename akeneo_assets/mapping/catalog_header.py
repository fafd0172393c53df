"""The header of the master catalog: where images lie, and its view types.

Belongs here: that one record. Doesn't: which images a product shows (`images`).
"""

from collections.abc import Collection

from akeneo_assets.settings.connector import ConnectorSettings
from sfcc_resources.records import CatalogHeader


def catalog_header(settings: ConnectorSettings, locales: Collection[str]) -> CatalogHeader | None:
    """The image settings of the master catalog: where images lie and the view types in their order, each followed by its forms
    for the PIM locales `locales` where these have view types of their own; none where images are left alone."""
    suffixes = ["", *(f"_{locale}" for locale in locales)] if settings.images.localized_view_types else [""]
    views = [view.id + suffix for view in settings.images.view_types for suffix in suffixes]
    if not views:
        return None
    outside = settings.images.external_location
    header: CatalogHeader = {"id": settings.organization.master_catalog, "view_types": views}
    if outside is None:
        header["base_path"] = "/"
    else:
        header["http_url"] = outside.http
        if outside.https:
            header["https_url"] = outside.https
    return header
