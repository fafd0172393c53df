"""Addresses of a PIM: its own, those of its calls, and those that it names itself. Pure.

Belongs here: making and judging URLs. Doesn't: calling them (`pim_exchange`), links from page to page (`paging`).
"""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urljoin, urlsplit

import orjson

from akeneo_assets.pim.pim_errors import PermanentPimError

API_ROOT: Final = "/api/rest/v1"
TOKEN_PATH: Final = "/api/oauth/v1/token"  # noqa: S105 - a path, no secret

Params = Mapping[str, Any]
"""Query parameters: lists and dicts are sent as JSON, booleans as true/false, None not at all."""


def pim_address(url: str, *, allow_http: bool = False) -> str:
    """The PIM's address without a slash at its end.

    Raises PermanentPimError for what no call could be sent to, and for plain http to another machine, unless `allow_http`: the
    login would cross the network for all to read.
    """
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port)
    except ValueError:
        usable = False
    if not usable:
        raise PermanentPimError("AKENEO_URL is no web address: write it as in https://example.cloud.akeneo.com.")
    if parts.scheme == "http" and not allow_http and not is_this_machine(parts.hostname or ""):
        raise PermanentPimError(
            f"AKENEO_URL, {host_of(url)}, is plain http, which shows the login and all data to the network: "
            "write it with https://, or set akeneo.allow_http in connector.yaml if the network is safe."
        )
    return url.rstrip("/")


def is_this_machine(hostname: str) -> bool:
    """Whether a host is a loopback address: `localhost` and names below it, 127.0.0.0/8, ::1."""
    name = hostname.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ip_address(name)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def host_of(address: str) -> str:
    """Scheme, host and port of an address, without any user name or password of it."""
    url = urlsplit(address)
    return f"{url.scheme}://{url.hostname}" + (f":{url.port}" if url.port else "")


def call_url(address: str, path: str, params: Params | None = None) -> str:
    """The URL of a call: `path` is below /api/rest/v1, or a link (relative or absolute) that the PIM gave.

    It is always on `address`, whatever host a link names: a PIM behind a proxy names its own.
    Example: `https://pim.example`, `http://internal:8080/api/rest/v1/families?page=2` ->
    `https://pim.example/api/rest/v1/families?page=2`.

    Raises PermanentPimError for a link that leads out of the API, or is none.
    """
    try:
        target = urlsplit(urljoin(f"{API_ROOT}/", path))
    except ValueError:  # brackets that don't match
        target = SplitResult("", "", "", "", "")
    root = target.path.find(f"{API_ROOT}/")
    if root < 0:
        raise PermanentPimError(f"The PIM at {host_of(address)} gave a link outside {API_ROOT}: check AKENEO_URL.")
    query = "&".join(part for part in (target.query, urlencode(query_texts(params or {}), quote_via=quote)) if part)
    return f"{address}{target.path[root:]}" + (f"?{query}" if query else "")


def redirect_target(asked: str, location: str) -> str | None:
    """Where to ask again when the call `asked` is redirected to `location` (relative or absolute); None where that can't be the
    same call of the same PIM.

    Followed are another path of the API on the same host, and https instead of http on the same host (on any port, as the port
    changes with the scheme). Credentials never go to another host, and a question whose parameters got lost is another question.
    Example: `http://pim.example/api/rest/v1/families?limit=1`, `https://pim.example/api/rest/v1/families?limit=1` -> the latter;
    `/user/login` -> None.
    """
    try:
        old, new = urlsplit(asked), urlsplit(urljoin(asked, location))
        same_place = _door(old) == _door(new) or (old.scheme, new.scheme) == ("http", "https")
        same_host = old.hostname == new.hostname and new.username in (None, old.username)
    except ValueError:
        return None
    same_question = sorted(parse_qsl(old.query, keep_blank_values=True)) == sorted(parse_qsl(new.query, keep_blank_values=True))
    in_the_api = f"{API_ROOT}/" in new.path or new.path.rstrip("/").endswith(TOKEN_PATH)
    return new._replace(fragment="").geturl() if same_place and same_host and same_question and in_the_api else None


def _door(url: SplitResult) -> tuple[str, int | None]:
    return url.scheme, url.port or {"http": 80, "https": 443}.get(url.scheme)


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
