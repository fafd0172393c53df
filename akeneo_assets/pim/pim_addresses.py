"""Addresses of a PIM: its own, those of its calls, and those that it names itself. Pure.

Belongs here: making and judging URLs. Doesn't: calling them (`pim_exchange`), links from page to page (`paging`).
"""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode, urljoin, urlsplit

import orjson

from akeneo_assets.pim.pim_errors import PermanentPimError

API_ROOT: Final = "/api/rest/v1"
TOKEN_PATH: Final = "/api/oauth/v1/token"  # noqa: S105 - a path, no secret

Params = Mapping[str, Any]
"""Query parameters: lists and dicts are sent as JSON, booleans as true/false, None not at all."""


def pim_address(url: str) -> str:
    """The PIM's address without a slash at its end.

    Raises PermanentPimError for what no call could be sent to.
    """
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port)
    except ValueError:
        usable = False
    if not usable:
        raise PermanentPimError("AKENEO_URL is no web address: write it as in https://example.cloud.akeneo.com.")
    return url.rstrip("/")


def host_of(address: str) -> str:
    """Scheme, host and port of an address, without any user name or password of it."""
    url = urlsplit(address)
    return f"{url.scheme}://{url.hostname}" + (f":{url.port}" if url.port else "")


def call_url(address: str, path: str, params: Params | None = None) -> str:
    """The URL of a call: `path` is below /api/rest/v1, or a link (relative or absolute) that the PIM gave.

    It is always on `address`, whatever host a link names: a PIM behind a proxy names its own.
    Example: `https://pim.example`, `http://internal:8080/api/rest/v1/families?page=2` ->
    `https://pim.example/api/rest/v1/families?page=2`.

    Raises PermanentPimError for a link that leads out of the API.
    """
    target = urlsplit(urljoin(f"{API_ROOT}/", path))
    root = target.path.find(f"{API_ROOT}/")
    if root < 0:
        raise PermanentPimError(f"The PIM at {host_of(address)} gave a link outside {API_ROOT}: check AKENEO_URL.")
    query = "&".join(part for part in (target.query, urlencode(query_texts(params or {}), quote_via=quote)) if part)
    return f"{address}{target.path[root:]}" + (f"?{query}" if query else "")


def query_texts(params: Params) -> dict[str, str]:
    """The texts that parameters have in a query: `{"limit": 1, "page": None}` -> `{"limit": "1"}`."""
    return {name: _text(value) for name, value in params.items() if value is not None}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list | tuple):
        return orjson.dumps(value).decode()
    return str(value)


def media_path(code: str) -> str:
    """The path of a media file's content: its slashes stay, all else that a path can't hold is percent-encoded.

    Source: Akeneo API, media files (codes such as `8/6/d/5/86d5..._akeneo.jpg` go into the path as they are).
    """
    return f"media-files/{quote(code, safe='/')}/download"
