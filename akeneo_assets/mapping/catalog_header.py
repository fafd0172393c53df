"""The header of the master catalog: where images lie and which view types there are.

Belongs here: SFCC's image settings of the catalog. Doesn't: the images of products (`images`), the header's XML
(`sfcc_resources.xml.catalog_xml`).

What the settings don't say of patterns and of the variation attribute isn't in the header, so that what merchants set in SFCC
stays. That a merge keeps an image setting that the header leaves out is an assumption: SFCC's help says so of objects' fields,
not of this one.
Source: catalog.xsd, complexType.ImageSettings; SFCC help, image management.
"""

from collections.abc import Collection

from akeneo_assets.mapping.variations import axis_id
from akeneo_assets.settings.connector import ConnectorSettings
from sfcc_resources.records import CatalogHeader


def catalog_header(settings: ConnectorSettings, locales: Collection[str]) -> CatalogHeader | None:
    """The image settings of the master catalog; None: the settings leave images alone.

    View types come in the settings' order. With `images.localized_view_types` each is followed by its forms for the PIM locales
    `locales`: `large` and en_US, fr_FR -> `["large", "large_en_US", "large_fr_FR"]`. With `images.variation_attribute: color` the
    header has `"variation_attribute_id": "akeneo_color"`, with patterns `alt_pattern` and `title_pattern`.
    """
    images = settings.images
    suffixes = ["", *(f"_{locale}" for locale in locales)] if images.localized_view_types else [""]
    view_types = [view.id + suffix for view in images.view_types for suffix in suffixes]
    if not view_types:
        return None
    header: CatalogHeader = {"id": settings.organization.master_catalog, "view_types": view_types}
    if images.external_location is None:
        header["base_path"] = "/"
    else:
        header["http_url"] = images.external_location.http
        if images.external_location.https:
            header["https_url"] = images.external_location.https
    if images.variation_attribute is not None:
        header["variation_attribute_id"] = axis_id(images.variation_attribute, settings)
    if images.alt_pattern is not None:
        header["alt_pattern"] = images.alt_pattern
    if images.title_pattern is not None:
        header["title_pattern"] = images.title_pattern
    return header
