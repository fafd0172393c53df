"""The shop's pages over HTTP: which address shows what, and the files of pictures. No rule of SFCC's belongs here.

| address | page |
|---|---|
| /s/ | the sites and their locales |
| /s/<site>/ | leads to the site's default locale |
| /s/<site>/<locale>/ | home |
| /s/<site>/<locale>/category?cgid=... | a category's list |
| /s/<site>/<locale>/product?pid=... | a product |
| /on/demandware.static/-/Sites-<catalog>/<locale>/<path> | a static file of a catalog, of the locale's folder or of `default` |

Source of the form of addresses: SFCC's storefront and static URLs. Everything that was imported is escaped, and the pages run no
scripts.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.convertors import StringConvertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.sfcc import webdav_server
from sandbox.sfcc.importers.catalog_importer import ROOT
from sandbox.sfcc.instance_settings import Settings, configuration
from sandbox.sfcc.instance_state import Store
from sandbox.sfcc.storefront import shop_view
from sandbox.sfcc.storefront.shop_categories import find_category
from sandbox.sfcc.storefront.shop_images import STATIC, swatch
from sandbox.sfcc.storefront.shop_links import Links, wanted_choice, wanted_refinements
from sandbox.sfcc.storefront.shop_products import find_product
from sandbox.sfcc.storefront.shop_sites import Site, sites
from sandbox.sfcc.storefront.shop_values import Shop

_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_PAGES.globals["swatch"] = swatch

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' https: http:; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_FILE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


class _SiteConvertor(StringConvertor):
    """A site's id in an address: anything but the '-' of /s/-/dw/data, where the Data API lives."""

    regex = "(?!-/)[^/]+"


register_url_convertor("site", _SiteConvertor())


class _MissingError(Exception):
    """Nothing to show; says why, in one sentence."""


def routes(settings: Settings) -> list[Route]:
    """The shop's routes."""

    def page(answer: Callable[[Settings, Request], Response]) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            try:
                return await run_in_threadpool(answer, settings, request)
            except _MissingError as missing:
                return _rendered("missing", 404, reason=str(missing))
            except ValueError as error:  # an instance.json that is not JSON
                return PlainTextResponse(f"{error}\n", 500)

        return endpoint

    return [
        Route("/s/", page(_sites)),
        Route("/s/{site:site}/", page(_default_locale)),
        Route("/s/{site:site}/{locale}/", page(_home)),
        Route("/s/{site:site}/{locale}/category", page(_category)),
        Route("/s/{site:site}/{locale}/product", page(_product)),
        Route(STATIC + "{catalog}/{locale}/{path:path}", page(_static)),
    ]


def _sites(settings: Settings, _request: Request) -> Response:
    with Store(settings.objects) as store:
        return _rendered("sites", sites=list(sites(configuration(settings, store), store).values()))


def _default_locale(settings: Settings, request: Request) -> Response:
    with Store(settings.objects) as store:
        site = _site(settings, store, request)
    return RedirectResponse(Links(site.id, site.locales[0], "", "", ()).home(), 302)


def _home(settings: Settings, request: Request) -> Response:
    with Store(settings.objects) as store:
        shop, links = _shop(settings, store, request)
        return _shop_page("home", shop, links, categories=shop_view.home_categories(shop))


def _category(settings: Settings, request: Request) -> Response:
    with Store(settings.objects) as store:
        shop, links = _shop(settings, store, request)
        id_, wanted = request.query_params.get("cgid", ROOT), wanted_refinements(links.query)
        number = request.query_params.get("page", "")
        page = shop_view.category_page(shop, id_, wanted, int(number) if number.isascii() and number.isdigit() else 1)
        if page is None:
            found = find_category(shop, id_)
            raise _MissingError(
                f"Category '{id_}' is {'offline, or one above it is' if found is not None else 'not in this shop'}."
            )
        return _shop_page("category", shop, links, page=page, wanted=wanted)


def _product(settings: Settings, request: Request) -> Response:
    with Store(settings.objects) as store:
        shop, links = _shop(settings, store, request)
        id_ = request.query_params.get("pid", "")
        page = shop_view.product_page(shop, id_, wanted_choice(links.query))
        if page is None:
            found = find_product(shop, id_)
            reason = found.problem if found is not None else "this instance has no such product"
            raise _MissingError(f"Product '{id_}' is not shown: {reason}.")
        return _shop_page("product", shop, links, page=page)


def _static(settings: Settings, request: Request) -> Response:
    """A file of the catalog, from the locale's folder if it has it (`fr-FR`, `fr_FR`, `fr`), else from `default`."""
    catalog, locale, path = (request.path_params[name] for name in ("catalog", "locale", "path"))
    try:
        for folder in dict.fromkeys((locale, locale.replace("-", "_"), locale.partition("-")[0], "default")):
            file = webdav_server.resolve(settings.webdav, f"Catalogs/{catalog}/{folder}/{path}")
            if file.is_file():
                return FileResponse(file, headers=_FILE_HEADERS)
    except (webdav_server.DavError, OSError) as error:  # OSError: a name longer than file systems take
        return PlainTextResponse(f"{error}\n", 404)
    return PlainTextResponse(f"Catalog '{catalog}' has no file '{path}'.\n", 404)


def _site(settings: Settings, store: Store, request: Request) -> Site:
    known = sites(configuration(settings, store), store)
    id_ = request.path_params["site"]
    if id_ not in known:
        raise _MissingError(f"This instance has no site '{id_}'.")
    return known[id_]


def _shop(settings: Settings, store: Store, request: Request) -> tuple[Shop, Links]:
    site = _site(settings, store, request)
    locale = request.path_params["locale"].replace("_", "-")
    if locale not in site.locales:
        raise _MissingError(f"Site '{site.id}' has no locale '{locale}'.")
    query = tuple((name, value) for name, value in request.query_params.multi_items() if name != "currency")
    wanted = request.query_params.get("currency", "")
    currency = wanted if wanted in site.currencies else site.currencies[0]
    shop = Shop(store, site, locale, currency, datetime.now(UTC))
    page = request.url.path.rpartition("/")[2]
    return shop, Links(site.id, locale, currency if currency != site.currencies[0] else "", page, query)


def _shop_page(name: str, shop: Shop, links: Links, **values: Any) -> Response:
    return _rendered(name, shop=shop, links=links, menu=shop_view.menu(shop), **values)


def _rendered(template: str, status: int = 200, **values: Any) -> Response:
    return HTMLResponse(_PAGES.get_template(f"{template}.html.jinja").render(values), status, _HEADERS)
