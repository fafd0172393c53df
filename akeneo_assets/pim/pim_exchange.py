"""One exchange with the PIM over HTTP: a request, its answer's whole body, and each failure as an error of one sentence.

Belongs here: the connections, time-outs, redirects. Doesn't: tokens, retries (`pim_client`, `pim_retries`), reading a body
(`pim_bodies`), what it means.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from akeneo_assets.pim.call_limits import CallLimits
from akeneo_assets.pim.pim_addresses import host_of, redirect_target
from akeneo_assets.pim.pim_bodies import OversizedBodyError, UnreadableBodyError, read_json, read_words
from akeneo_assets.pim.pim_errors import (
    BrokenAnswerError,
    PermanentPimError,
    Readable,
    TransientPimError,
    UnreachableError,
    pim_message,
    refusal,
)
from akeneo_assets.pim.pim_retries import retry_after

MOST_REDIRECTS: Final = 5

_BROKEN: Final = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    urllib3.exceptions.HTTPError,  # while a body is read
)

Auth = Any
"""As in requests: a pair of user and password, or a callable that signs a prepared request."""

Receive = Callable[[requests.Response, float], bytes]
"""Reads the body of a good answer; the seconds are the read time-out."""


@dataclass(frozen=True, slots=True)
class Request:
    """A call: where and what. `accept` is the media type wanted, `packed` whether the answer may come packed."""

    method: str
    url: str
    auth: Auth
    accept: str = "application/json"
    json: Any = None
    receive: Receive = read_json
    packed: bool = True


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer whose body has been read whole."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Exchanges:
    """The connections to one PIM. Thread safe.

    `timeout` and `verify` as in `PimClient`; `readable` makes a server's words fit for a message.
    """

    def __init__(
        self,
        address: str,
        limits: CallLimits,
        readable: Readable,
        *,
        timeout: tuple[float, float],
        verify: bool | str,
        places: int,
    ) -> None:
        self._host = host_of(address)
        self._limits = limits
        self._readable = readable
        self._timeout = timeout
        self._session = _session(address, places, verify)
        self._upgrade: tuple[str, str] | None = None  # an http origin, and the https one that it redirects to

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def call(self, request: Request) -> str:
        """Method and path of a request, for a message."""
        return self._readable(f"{request.method} {urlsplit(request.url).path}")

    def send(self, request: Request) -> Reply:
        """One exchange, whole, redirects followed: see `redirect_target`.

        Raises UnreachableError, BrokenAnswerError (a body cut off), TransientPimError (408, 429, 5xx), PermanentPimError.
        """
        url = self._upgraded(request.url)
        for _ in range(1 + MOST_REDIRECTS):
            reply = self._send_once(request, url)
            if not 300 <= reply.status < 400:
                return reply
            url = self._redirected(request, url, reply)
        raise PermanentPimError(
            f"{self.call(request)} on {self._host} is redirected again and again: set AKENEO_URL to the PIM's own address."
        )

    def _redirected(self, request: Request, url: str, reply: Reply) -> str:
        location = reply.headers.get("Location", "")
        target = redirect_target(url, location) if location else None
        if target is None:
            raise PermanentPimError(
                f"{self.call(request)} on {self._host} redirects to {self._readable(_without_query(url, location))}: "
                "set AKENEO_URL to the PIM's own address.",
                reply.status,
            )
        if not url.startswith("https:") and target.startswith("https:"):
            self._upgrade = _origin(url), _origin(target)  # later calls go there at once
        return target

    def _upgraded(self, url: str) -> str:
        if self._upgrade is not None and _origin(url) == self._upgrade[0]:
            return self._upgrade[1] + url.removeprefix(self._upgrade[0])
        return url

    def _send_once(self, request: Request, url: str) -> Reply:
        """Its place among the calls at once is held until the last byte is read."""
        host = self._host
        try:
            with (
                self._limits,
                self._session.request(
                    request.method,
                    url,
                    auth=request.auth,
                    json=request.json,
                    headers={"Accept": request.accept, "Accept-Encoding": "gzip" if request.packed else "identity"},
                    timeout=self._timeout,
                    allow_redirects=False,
                    stream=True,
                ) as response,
            ):
                receive = request.receive if response.status_code == 200 else read_words
                content = receive(response, self._timeout[1])
        except requests.exceptions.SSLError as error:
            message = f"no trusted TLS connection to {host}: check the address, its certificate and the CA bundle."
            raise PermanentPimError(f"{self.call(request)}: {message}") from error
        except requests.exceptions.ProxyError as error:
            message = f"no way to {host} through the proxy ({self._cause(error)}): check HTTP_PROXY, HTTPS_PROXY, NO_PROXY."
            raise UnreachableError(message, call=self.call(request)) from error
        except _BROKEN as error:
            message = f"no answer from {host} ({self._cause(error)}): check AKENEO_URL, the network and that the PIM is up."
            raise UnreachableError(message, call=self.call(request)) from error
        except requests.RequestException as error:
            message = f"{self.call(request)} can't be asked of {host} ({self._cause(error)}): check AKENEO_URL."
            raise PermanentPimError(message) from error
        except UnreadableBodyError as error:
            raise self.broken(request, str(error)) from error
        except OversizedBodyError as error:
            message = f"{self.call(request)} on {host} was answered by more data than any PIM gives: check AKENEO_URL."
            raise PermanentPimError(message, 200) from error
        return self._usable(request, Reply(response.status_code, response.headers, content))

    def _usable(self, request: Request, reply: Reply) -> Reply:
        """The reply, unless asking again may bring a better one."""
        if reply.status in (408, 429) or reply.status >= 500:
            raise TransientPimError(
                f"{reply.status}: {pim_message(reply.content, self._readable)}: the PIM is overloaded or down; try again later.",
                reply.status,
                call=f"{self.call(request)} on {self._host}",
                retry_after=retry_after(reply.headers.get("Retry-After")),
            )
        if 200 < reply.status < 300:
            raise self.broken(request, f"status {reply.status}, which is no answer to this call")
        return reply

    def accepted(self, request: Request, reply: Reply) -> Reply:
        """The reply, if its status is no refusal. Raises PermanentPimError."""
        if reply.status >= 400:
            raise refusal(self.call(request), reply.status, reply.content, self._readable)
        return reply

    def broken(self, request: Request, reason: str) -> BrokenAnswerError:
        """The error of an answer that isn't whole; `reason` in a few words."""
        return BrokenAnswerError(
            f"the answer is not whole ({reason}): try again later, and check AKENEO_URL and the PIM if it stays so.",
            call=f"{self.call(request)} on {self._host}",
            reason=reason,
        )

    def _cause(self, error: BaseException) -> str:
        return self._readable(_innermost(error))


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


def _origin(url: str) -> str:
    """`http://host:80/path?query` -> `http://host:80`."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _without_query(asked: str, location: str) -> str:
    """Where a redirect leads, without user, password and query; what it says where that is no address."""
    try:
        target = urlsplit(urljoin(asked, location))
        return f"{target.scheme}://{target.netloc.rpartition('@')[2]}{target.path}"
    except ValueError:
        return "no address"


def _innermost(error: BaseException) -> str:
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
