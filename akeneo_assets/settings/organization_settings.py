"""The section `organization` of connector.yaml: the SFCC organization, its master catalog and the sites that are fed."""

from pydantic import model_validator

from akeneo_assets.settings.section import Section


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
    def _site_ids_tell_sites_apart(self) -> "Organization":
        ids = [site.id for site in self.sites]
        if not ids:
            raise ValueError("sites must name one at least")
        if len(self.sites) > 1 and (None in ids or len(set(ids)) < len(ids)):
            raise ValueError("several sites need an id each, all different")
        return self
