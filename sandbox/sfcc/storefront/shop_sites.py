"""The sites of the instance: which catalog, price books, locales and currencies each has.

What a shopper sees of them belongs to the other modules of this package.

Sources, the first that says something wins: the site's imported preferences (`SiteCatalog`, `SitePriceBooks`, `SiteLocales`,
`SiteDefaultLocale`, `SiteCurrencies`, as site archives hold them) and site.xml; the site's entry in instance.json (keys
`catalog`, `price_books`, `locales`, `currencies`), which stands for what a merchant sets in Business Manager.

Assumptions, where neither says anything (a real site would stay empty; this one says so on each page):
- the site shows the catalog that was made first and has categories of its own;
- its price books are all those in its currencies;
- its locales are the instance's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.sfcc.importers.catalog_importer import ROOT
from sandbox.sfcc.instance_settings import Configuration, preference
from sandbox.sfcc.instance_state import Store


@dataclass(frozen=True)
class Site:
    """One site. The first locale and the first currency are its defaults; `default` is SFCC's fallback locale (`x-default`).

    `catalog` is '' where the instance has none. `assumed`: sentences for the operator on what nobody has set.
    """

    id: str
    name: str
    locales: tuple[str, ...]
    currencies: tuple[str, ...]
    catalog: str
    price_books: tuple[str, ...]
    assumed: tuple[str, ...] = ()


def sites(configuration: Configuration, store: Store) -> dict[str, Site]:
    """All sites by id, in alphabetical order."""
    return {id_: _site(id_, configuration, store) for id_ in sorted(configuration.sites)}


def _site(id_: str, configuration: Configuration, store: Store) -> Site:
    stored = store.get("site", "", id_)
    body = stored.body if stored is not None else {}
    settings = configuration.site_settings.get(id_, {})
    assumed = []

    currencies = preference(store, id_, "SiteCurrencies") or _texts(settings, "currencies")
    if body.get("currency"):
        currencies = [body["currency"], *currencies]
    currencies = currencies or sorted(configuration.currencies)

    catalog = next(iter(preference(store, id_, "SiteCatalog") or _texts(settings, "catalog")), "")
    if not catalog:
        catalog = _first_catalog(store)
        assumed.append(f"No catalog is assigned to this site; it shows '{catalog}'." if catalog else "There is no catalog yet.")

    books = preference(store, id_, "SitePriceBooks") or _texts(settings, "price_books")
    if not books:
        books = [book.id for book in store.each("pricebook") if book.body.get("currency") in currencies]
        assumed.append("No price books are assigned to this site; it uses all those in its currencies.")

    return Site(
        id=id_,
        name=body.get("name") or id_,
        locales=_locales(id_, configuration, store, settings),
        currencies=tuple(dict.fromkeys(currencies)),
        catalog=catalog,
        price_books=tuple(dict.fromkeys(books)),
        assumed=tuple(assumed),
    )


def _locales(id_: str, configuration: Configuration, store: Store, settings: Mapping[str, Any]) -> tuple[str, ...]:
    """The site's locales, the default one first. Those that the instance doesn't have are left out."""
    named = preference(store, id_, "SiteLocales") or _texts(settings, "locales") or list(configuration.locale_order)
    wanted = [locale.replace("_", "-") for locale in (*preference(store, id_, "SiteDefaultLocale"), *named)]
    known = [locale for locale in wanted if locale == "default" or locale in configuration.locales]
    return tuple(dict.fromkeys(known)) or ("default",)


def _first_catalog(store: Store) -> str:
    with_categories = (c.id for c in store.each("catalog") if any(o.id != ROOT for o in store.each("category", c.id)))
    return next(with_categories, "")


def _texts(settings: Mapping[str, Any], key: str) -> list[str]:
    value = settings.get(key) or []
    return [value] if isinstance(value, str) else [str(part) for part in value]
