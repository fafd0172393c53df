"""One exchange with the PIM over HTTP: a request, its answer's whole body, and each failure as an error of one sentence.

Belongs here: the connections, time-outs, reading a body. Doesn't: tokens, retries (`pim_client`, `pim_retries`), meaning.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from akeneo_assets.pim.call_limits import CallLimits
from akeneo_assets.pim.pim_addresses import host_of
from akeneo_assets.pim.pim_errors import (
    PermanentPimError,
    TransientPimError,
    UnreachableError,
    pim_message,
    refusal,
)
from akeneo_assets.pim.pim_retries import retry_after

_BROKEN: Final = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
    urllib3.exceptions.HTTPError,  # while a body is read
)

Auth = Any
"""As in requests: a pair of user and password, or a callable that signs a prepared request."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer whose body has been read whole."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Exchanges:
    """The connections to one PIM. Thread safe. `timeout` and `verify` as in `PimClient`."""

    def __init__(self, address: str, limits: CallLimits, timeout: tuple[float, float], verify: bool | str, places: int) -> None:
        self._host = host_of(address)
        self._limits = limits
        self._timeout = timeout
        self._session = _session(address, places, verify)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def send(self, method: str, url: str, auth: Auth, accept: str, *, json: Any = None, sink: Path | None = None) -> Reply:
        """One exchange, whole: its place among the calls at once is held until the last byte is read.

        Raises UnreachableError, TransientPimError (408, 429, 5xx), PermanentPimError.
        """
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
            message = f"{call}: no trusted TLS connection to {self._host}: check the address, its certificate and the CA bundle."
            raise PermanentPimError(message) from error
        except requests.exceptions.ProxyError as error:
            message = (
                f"{call}: no way to {self._host} through the proxy ({_cause(error)}): check HTTP_PROXY, HTTPS_PROXY, NO_PROXY."
            )
            raise UnreachableError(message) from error
        except _BROKEN as error:
            message = (
                f"{call}: no answer from {self._host} ({_cause(error)}): check AKENEO_URL, the network and that the PIM is up."
            )
            raise UnreachableError(message) from error
        except requests.RequestException as error:
            raise PermanentPimError(f"{call} can't be asked of {self._host} ({_cause(error)}): check AKENEO_URL.") from error
        if response.status_code in (408, 429) or response.status_code >= 500:
            said = f"{response.status_code}: {pim_message(content)}"
            message = (
                f"{call} on {self._host} still fails after all retries ({said}): the PIM is overloaded or down; try again later."
            )
            raise TransientPimError(message, response.status_code, retry_after(response.headers.get("Retry-After")))
        return Reply(response.status_code, response.headers, content)


def accepted(call: str, host: str, reply: Reply) -> Reply:
    """The reply, if its status is no refusal and no redirect. Raises PermanentPimError."""
    if 300 <= reply.status < 400:
        target = urlsplit(urljoin(host, reply.headers.get("Location", "")))
        where = f"{target.scheme}://{target.netloc.rpartition('@')[2]}{target.path}"
        message = f"{call} on {host} redirects to {where}: set AKENEO_URL to the PIM's own address."
        raise PermanentPimError(message, reply.status)
    if reply.status >= 400:
        raise refusal(call, reply.status, reply.content)
    return reply


def bearer(token: str) -> Callable[[requests.PreparedRequest], requests.PreparedRequest]:
    """Signs requests with an access token."""

    # As an auth callable, not a header: else requests would let a .netrc entry of that host overwrite it.
    def authorize(request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {token}"
        return request

    return authorize


def _session(url: str, places: int, verify: bool | str) -> requests.Session:
    session = requests.Session()
    adapter = HTTPAdapter(pool_connections=1, pool_maxsize=places, pool_block=True)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    # Proxies and CA bundle by the environment, looked up once: requests would do so with every call, for half of its time.
    settled = session.merge_environment_settings(url, {}, None, verify, None)
    session.proxies, session.verify, session.trust_env = settled["proxies"], settled["verify"], False
    # Shared by threads: no state besides the connections.
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


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
