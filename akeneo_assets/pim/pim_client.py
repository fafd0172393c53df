"""One call to the PIM: URL, token, limits, time-outs, retries, and the answer's JSON or bytes. No paging, no meaning.

Source: Akeneo API, good practices (retry 408, 429, 5xx and socket errors with exponential backoff and jitter).
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

import orjson
import requests
import tenacity
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.exceptions import InvalidHeader
from urllib3.util import Retry

from akeneo_assets import collector
from akeneo_assets.pim.call_limits import shared_limits
from akeneo_assets.pim.clock import date_header
from akeneo_assets.pim.pim_errors import (
    AuthenticationError,
    PermanentPimError,
    TransientPimError,
    UnreachableError,
    pim_message,
    refusal,
)
from akeneo_assets.pim.pim_tokens import PasswordGrant

API_ROOT = "/api/rest/v1"
TOKEN_PATH = "/api/oauth/v1/token"  # noqa: S105 - a path, no secret

# A PIM (or a proxy before it) that asks for more patience than this gets asked again earlier.
MAX_RETRY_AFTER_S = 300.0

# Parsing holds Python's lock for long: the thread whose call comes next sends it first.
HEAD_START_S = 0.002

_BACKOFF = tenacity.wait_exponential(multiplier=0.5, max=60) + tenacity.wait_random(0, 0.4)
_BROKEN = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
    urllib3.exceptions.HTTPError,  # while a body is read
)

Params = Mapping[str, Any]
Parse = Callable[[bytes], Any]
"""JSON text -> a dict or a list. Raises orjson.JSONDecodeError."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON answer: `body` a dict or a list, `server_time` the PIM's own clock (aware, UTC), `url` what was asked, `size` its
    text's bytes."""

    body: Any
    server_time: datetime
    url: str
    size: int = 0


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    headers: Mapping[str, str]
    content: bytes


class PimClient:
    """The PIM behind one connection. Thread safe; at most `concurrency` calls are under way in this process at any time.

    `page_size`: how many products or models a walk asks for at once (the API allows 100). `timeout` is (connect, read) in
    seconds, `verify` False, True or a CA bundle's path, as in requests. Raises PermanentPimError for a `base_url` that is none.
    """

    def __init__(
        self,
        base_url: str,
        client_id: str,
        secret: str,
        username: str,
        password: str,
        *,
        concurrency: int = 4,
        page_size: int = 100,
        requests_per_second: int = 100,
        timeout: tuple[float, float] = (10, 120),
        retries: int = 8,
        verify: bool | str = True,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.base_url = _address(base_url)
        self.concurrency = concurrency
        self.page_size = page_size
        # Bytes, because requests would encode text as Latin-1.
        self._client_credentials = (client_id.encode(), secret.encode())
        self._grant = PasswordGrant(username, password)
        self._limits = shared_limits(self.base_url, client_id, concurrency, requests_per_second)
        self._timeout = timeout
        self._retries = retries
        self._sleep = sleep
        self._session = _session(self.base_url, concurrency, verify)
        # One page at a time, as Python can do no more anyway.
        self._unpacking = threading.Lock()

    def __repr__(self) -> str:
        return f"PimClient({self.host})"

    @property
    def host(self) -> str:
        """Scheme, host and port of the PIM, without any user name or password of the URL."""
        url = urlsplit(self.base_url)
        return f"{url.scheme}://{url.hostname}" + (f":{url.port}" if url.port else "")

    def close(self) -> None:
        self._session.close()

    def connect(self, *, retries: int = 1) -> None:
        """Get a token now, and give up early: for a check before work starts.

        Raises AuthenticationError (wrong credentials), UnreachableError, PermanentPimError (no PIM there).
        """
        self._grant.token(lambda grant: self._exchange(grant, retries))

    def fetch(
        self, path: str, params: Params | None = None, *, cancel: threading.Event | None = None, parse: Parse = orjson.loads
    ) -> Answer:
        """GET a JSON document: `path` is below /api/rest/v1, or a link (relative or absolute) that the PIM gave.

        `params`: lists and dicts are sent as JSON, booleans as true/false. `cancel` ends the waiting between retries. `parse`
        makes the answer's body.
        Raises PermanentPimError, TransientPimError, UnreachableError, AuthenticationError.
        """
        url = self.url(path, params)
        reply = self._get(url, "application/json", cancel)
        call = f"GET {urlsplit(url).path}"
        try:
            with self._unpacking, collector.at_rest():
                time.sleep(HEAD_START_S)
                body = parse(reply.content)
        except orjson.JSONDecodeError:
            body = None
        if not isinstance(body, dict | list):
            message = (
                f"{call} on {self.host} was answered by something else than JSON: check that AKENEO_URL is the PIM's own address."
            )
            raise PermanentPimError(message, reply.status)
        if not (server_time := date_header(reply.headers.get("Date"))):
            message = (
                f"{call} on {self.host} was answered without a Date header, by which loads are timed: let the proxy pass it on."
            )
            raise PermanentPimError(message, reply.status)
        return Answer(body, server_time, url, len(reply.content))

    def get(self, path: str, params: Params | None = None, *, cancel: threading.Event | None = None) -> Any:
        """`fetch(...)`, the body alone."""
        return self.fetch(path, params, cancel=cancel).body

    def get_bytes(self, path: str, *, cancel: threading.Event | None = None) -> bytes:
        """GET a small file. Raises as `fetch` does; a missing file is a PermanentPimError with status 404."""
        return self._get(self.url(path), "*/*", cancel).content

    def download(self, path: str, file: Path, *, retries: int | None = None) -> None:
        """GET a file to disk, streamed; `file` appears only when it is complete. `retries`: other than the client's.

        Raises as `get_bytes` does, and OSError."""
        aside = file.with_name(f"{file.name}.part")
        try:
            self._get(self.url(path), "*/*", None, sink=aside, retries=retries)
            aside.replace(file)
        finally:
            aside.unlink(missing_ok=True)

    def url(self, path: str, params: Params | None = None) -> str:
        """The URL to ask: always on `base_url`, whatever host a link names (a PIM behind a proxy names its own)."""
        target = urlsplit(urljoin(f"{API_ROOT}/", path))
        root = target.path.find(f"{API_ROOT}/")
        if root < 0:
            message = f"The PIM at {self.host} gave a link outside {API_ROOT}: check AKENEO_URL."
            raise PermanentPimError(message)
        query = "&".join(part for part in (target.query, urlencode(_texts(params or {}), quote_via=quote)) if part)
        return f"{self.base_url}{target.path[root:]}" + (f"?{query}" if query else "")

    def _get(
        self, url: str, accept: str, cancel: threading.Event | None, sink: Path | None = None, retries: int | None = None
    ) -> _Reply:
        """A 2xx reply. A 401 is met with a refreshed token, then with the password again, then given up."""
        call = f"GET {urlsplit(url).path}"
        for renew in (self._grant.refused, lambda _: self._grant.forget(), None):
            token = self._grant.token(lambda grant: self._exchange(grant, self._retries))
            once = partial(self._once, "GET", url, _bearer(token), accept, sink=sink)
            reply = self._retrying(once, self._retries if retries is None else retries, cancel)
            if reply.status != 401:
                break
            if renew:
                renew(token)
        if reply.status == 401:
            said = pim_message(reply.content)
            raise AuthenticationError(
                f"{call} was refused by the PIM (401): {said}: check the connection's and its user's permissions."
            )
        _check(call, self.host, reply)
        return reply

    def _exchange(self, grant: dict[str, str], retries: int) -> dict[str, Any]:
        call = f"POST {TOKEN_PATH}"
        url = self.base_url + TOKEN_PATH
        once = partial(self._once, "POST", url, self._client_credentials, "application/json", json=grant)
        reply = self._retrying(once, retries, None)
        if reply.status in (400, 401, 422):
            message = (
                f"{call} on {self.host} refused the credentials ({reply.status}): {pim_message(reply.content)}: "
                "check AKENEO_CLIENT_ID, AKENEO_CLIENT_SECRET, AKENEO_USERNAME and AKENEO_PASSWORD."
            )
            raise AuthenticationError(message)
        try:
            _check(call, self.host, reply)
            body = orjson.loads(reply.content)
            if isinstance(body, dict) and body.get("access_token"):
                return body
        except orjson.JSONDecodeError:
            pass
        except PermanentPimError as error:
            if error.status != 404:
                raise
        raise PermanentPimError(
            f"{call} on {self.host} gave no token: check that AKENEO_URL is the PIM's own address.", reply.status
        )

    def _retrying(self, once: Callable[[], _Reply], retries: int, cancel: threading.Event | None) -> _Reply:
        stop: Any = tenacity.stop_after_attempt(1 + retries)
        if cancel:
            stop = stop | tenacity.stop_when_event_set(cancel)
        attempts = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(TransientPimError),
            stop=stop,
            wait=_wait,
            sleep=tenacity.sleep_using_event(cancel) if cancel else self._sleep,
            reraise=True,
        )
        return attempts(once)

    def _once(self, method: str, url: str, auth: Any, accept: str, *, json: Any = None, sink: Path | None = None) -> _Reply:
        """One exchange, whole: its place among the calls at once is held until the last byte is read."""
        call = f"{method} {urlsplit(url).path}"
        try:
            with (
                self._limits,
                self._session.request(
                    method,
                    url,
                    auth=auth,
                    json=json,
                    headers={"Accept": accept},
                    timeout=self._timeout,
                    allow_redirects=False,
                    stream=True,
                ) as response,
            ):
                content = _save(response, sink) if sink and response.status_code == 200 else _read(response, accept)
        except requests.exceptions.SSLError as error:
            message = f"{call}: no trusted TLS connection to {self.host}: check the address, its certificate and the CA bundle."
            raise PermanentPimError(message) from error
        except requests.exceptions.ProxyError as error:
            message = (
                f"{call}: no way to {self.host} through the proxy ({_cause(error)}): check HTTP_PROXY, HTTPS_PROXY, NO_PROXY."
            )
            raise UnreachableError(message) from error
        except _BROKEN as error:
            message = (
                f"{call}: no answer from {self.host} ({_cause(error)}): check AKENEO_URL, the network and that the PIM is up."
            )
            raise UnreachableError(message) from error
        except requests.RequestException as error:
            raise PermanentPimError(f"{call} can't be asked of {self.host} ({_cause(error)}): check AKENEO_URL.") from error
        if response.status_code in (408, 429) or response.status_code >= 500:
            said = f"{response.status_code}: {pim_message(content)}"
            message = (
                f"{call} on {self.host} still fails after all retries ({said}): the PIM is overloaded or down; try again later."
            )
            raise TransientPimError(message, response.status_code, _retry_after(response.headers.get("Retry-After")))
        return _Reply(response.status_code, response.headers, content)


def _address(url: str) -> str:
    """The PIM's address without a slash at its end. Raises PermanentPimError for what no call could be sent to."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port)
    except ValueError:
        usable = False
    if not usable:
        raise PermanentPimError("AKENEO_URL is no web address: write it as in https://example.cloud.akeneo.com.")
    return url.rstrip("/")


def media_path(code: str) -> str:
    """The path of a media file's content: its slashes stay, all else that a path can't hold is percent-encoded.

    Source: Akeneo API, media files (codes such as `8/6/d/5/86d5..._akeneo.jpg` go into the path as they are).
    """
    return f"media-files/{quote(code, safe='/')}/download"


def _session(url: str, concurrency: int, verify: bool | str) -> requests.Session:
    session = requests.Session()
    adapter = HTTPAdapter(pool_connections=1, pool_maxsize=concurrency, pool_block=True)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    # Proxies and CA bundle by the environment, looked up once: requests would do so with every call, for half of its time.
    settled = session.merge_environment_settings(url, {}, None, verify, None)
    session.proxies, session.verify, session.trust_env = settled["proxies"], settled["verify"], False
    # Shared by threads: no state besides the connections.
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


def _bearer(token: str) -> Callable[[requests.PreparedRequest], requests.PreparedRequest]:
    # As an auth callable, not a header: else requests would let a .netrc entry of that host overwrite it.
    def authorize(request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {token}"
        return request

    return authorize


def _check(call: str, host: str, reply: _Reply) -> None:
    if 300 <= reply.status < 400:
        target = urlsplit(urljoin(host, reply.headers.get("Location", "")))
        where = f"{target.scheme}://{target.netloc.rpartition('@')[2]}{target.path}"
        message = f"{call} on {host} redirects to {where}: set AKENEO_URL to the PIM's own address."
        raise PermanentPimError(message, reply.status)
    if reply.status >= 400:
        raise refusal(call, reply.status, reply.content)


def _read(response: requests.Response, accept: str) -> bytes:
    # In one go: `response.content` unpacks in blocks of 10 KiB, which costs as much again as parsing the page.
    content: bytes = response.raw.read(decode_content=True)
    is_json = accept == "application/json" and "json" in response.headers.get("Content-Type", "")
    # Where a proxy gave no length, or compressed, nothing else tells that the answer was cut off.
    if response.ok and is_json and not content.rstrip().endswith((b"}", b"]")):
        raise urllib3.exceptions.ProtocolError("answer cut off")
    return content


def _save(response: requests.Response, sink: Path) -> bytes:
    with sink.open("wb") as file:
        for block in response.iter_content(1 << 16):
            file.write(block)
    return b""


def _wait(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    backoff = _BACKOFF(state)
    asked = error.retry_after if isinstance(error, TransientPimError) else None
    return backoff if asked is None else min(asked, MAX_RETRY_AFTER_S) + min(backoff, 1.0) / 4


def _retry_after(header: str | None) -> float | None:
    """Seconds, from a number or a date; None when absent or unreadable."""
    try:
        return None if header is None else Retry().parse_retry_after(header)
    except InvalidHeader:
        return None


def _cause(error: BaseException) -> str:
    """The innermost reason in a word or two; the outer texts quote whole URLs."""
    while True:
        inner = error.__cause__ or getattr(error, "reason", None) or (error.args[0] if error.args else None)
        if not isinstance(inner, BaseException):
            break
        error = inner
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    # A proxy's refusal to connect, with its status.
    return str(error) if type(error) is OSError else type(error).__name__


def _texts(params: Params) -> dict[str, str]:
    return {name: _text(value) for name, value in params.items() if value is not None}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list | tuple):
        return orjson.dumps(value).decode()
    return str(value)
