"""The header of the master catalog: where images lie and which view types there are.

Belongs here: SFCC's image settings of the catalog. Doesn't: the images of products (`images`), the header's XML
(`sfcc_resources.xml.catalog_xml`).
Source: catalog.xsd, complexType.ImageSettings.
"""

from collections.abc import Collection

from akeneo_assets.settings.connector import ConnectorSettings
from sfcc_resources.records import CatalogHeader


def catalog_header(settings: ConnectorSettings, locales: Collection[str]) -> CatalogHeader | None:
    """The image settings of the master catalog; None: the settings leave images alone.

    View types come in the settings' order. With `images.localized_view_types` each is followed by its forms for the PIM locales
    `locales`: `large` and en_US, fr_FR -> `["large", "large_en_US", "large_fr_FR"]`.
    """
    suffixes = ["", *(f"_{locale}" for locale in locales)] if settings.images.localized_view_types else [""]
    view_types = [view.id + suffix for view in settings.images.view_types for suffix in suffixes]
    if not view_types:
        return None
    header: CatalogHeader = {"id": settings.organization.master_catalog, "view_types": view_types}
    outside = settings.images.external_location
    if outside is None:
        header["base_path"] = "/"
        return header
    header["http_url"] = outside.http
    if outside.https:
        header["https_url"] = outside.https
    return header
