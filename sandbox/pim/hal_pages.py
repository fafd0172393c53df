"""HAL pages: reading the paging parameters, and the page's text with its links.

Source: Akeneo API, pagination: default 10, at most 100 items; `next` on every full page; offset pages end at item 10,000.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import orjson

from sandbox.pim.pim_refusals import ApiError

WINDOW = 10_000
HELP = "http://api.akeneo.com/documentation/pagination.html#the-search-after-method"
MAX_LIMIT = 100


@dataclass(frozen=True)
class Paging:
    """What page is asked for; `after` is the search_after cursor ("" = from the start)."""

    search_after: bool
    limit: int
    page: int
    after: str
    with_count: bool

    @property
    def offset(self) -> int:
        return 0 if self.search_after else (self.page - 1) * self.limit


def flag(query: Mapping[str, str], name: str) -> bool:
    return query.get(name, "false").lower() in ("true", "1")


def read_paging(query: Mapping[str, str], *, allow_search_after: bool, capped: bool = False) -> Paging:
    """Raises ApiError 422 on a bad page, limit or pagination type, and past the window of a `capped` list."""
    kind = query.get("pagination_type", "page")
    if kind not in ("page", "search_after") or (kind == "search_after" and not allow_search_after):
        raise ApiError(422, "Pagination type is not supported.")
    limit = _whole(query.get("limit", "10"), "limit number")
    if limit > MAX_LIMIT:
        raise ApiError(422, f"You cannot request more than {MAX_LIMIT} items.")
    page = _whole(query.get("page", "1"), "page number") if kind == "page" else 1
    if capped and kind == "page" and page * limit > WINDOW:
        raise ApiError(
            422,
            'You have reached the maximum number of pages you can retrieve with the "page" pagination type. Please use the '
            "search after pagination type instead",
            _links={"documentation": {"href": HELP}},
        )
    return Paging(kind == "search_after", limit, page, query.get("search_after", ""), flag(query, "with_count"))


def _whole(text: str, what: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ApiError(422, f'"{text}" is not a valid {what}.')
    return int(text)


def page_text(
    path: str, query: Mapping[str, str], paging: Paging, items: list[bytes], *, cursor: str = "", count: int | None = None
) -> bytes:
    """The page as JSON text; hrefs hold the `pim-base:` mark. `cursor` is the last item's, for the next link."""
    echoed = {k: v for k, v in query.items() if k not in ("page", "search_after", "with_count", "pagination_type", "limit") and v}
    full = len(items) == paging.limit

    def href(**first: str) -> dict[str, str]:
        return {"href": f"pim-base:{path}?{urlencode({**first, **echoed}, quote_via=quote, safe=',')}"}

    common = {"limit": str(paging.limit)}
    if paging.search_after:
        base = {"with_count": "false", "pagination_type": "search_after", **common}
        links = {"self": href(**base, **({"search_after": paging.after} if paging.after else {})), "first": href(**base)}
        if full:
            links["next"] = href(**base, search_after=cursor)
        head = orjson.dumps({"_links": links})[:-1]
    else:
        base = {"with_count": str(paging.with_count).lower(), "pagination_type": "page", **common}
        links = {"self": href(page=str(paging.page), **base), "first": href(page="1", **base)}
        if paging.page > 1:
            links["previous"] = href(page=str(paging.page - 1), **base)
        if full:
            links["next"] = href(page=str(paging.page + 1), **base)
        head = orjson.dumps({"_links": links, "current_page": paging.page} | ({} if count is None else {"items_count": count}))[
            :-1
        ]
    return b"".join((head, b',"_embedded":{"items":[', b",".join(items), b"]}}"))


def list_text(path: str, query: Mapping[str, str], cursor: str | None, items: Iterable[bytes], key: str = "items") -> bytes:
    """A page of the lists that know search_after only and no limit: asset families, reference entities, records, assets."""
    echoed = {k: v for k, v in query.items() if k != "search_after" and v}

    def href(**more: str) -> dict[str, str]:
        text = urlencode({**echoed, **more}, quote_via=quote, safe=",")
        return {"href": f"pim-base:{path}" + (f"?{text}" if text else "")}

    here = {"search_after": query["search_after"]} if query.get("search_after") else {}
    links = {"self": href(**here), "first": href()} | ({} if cursor is None else {"next": href(search_after=cursor)})
    return b"".join((orjson.dumps({"_links": links})[:-1], b',"_embedded":{"', key.encode(), b'":[', b",".join(items), b"]}}"))
