"""The HTTP client of one SFCC instance: addresses, timeouts, retries, tokens, failures in one sentence.

Belongs here: what every call shares. Doesn't: what is called (`webdav`, `jobs`).
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final, Self
from urllib.parse import SplitResult, quote, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from sfcc_resources.delivery.sfcc_errors import SfccPermanentError, SfccTransientError, of_exception, of_response
from sfcc_resources.delivery.sfcc_tokens import TokenSource

ACCOUNT_MANAGER: Final = "https://account.demandware.com"

_IDEMPOTENT: Final = frozenset({"GET", "HEAD", "PUT", "DELETE", "PROPFIND", "MKCOL"})
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Instance:
    """Where an SFCC instance is and who logs in. `ca_file`: a CA that signs its certificate, besides the public ones' place."""

    url: str
    client_id: str
    client_secret: str = field(repr=False)
    login_url: str = ACCOUNT_MANAGER
    ca_file: str | None = None
    connect_timeout: float = 10.0  # seconds
    read_timeout: float = 300.0  # seconds without a byte
    retries: int = 5
    backoff: float = 0.5  # seconds before the second retry; doubles

    def __post_init__(self) -> None:
        """Refuses addresses that would carry a secret unencrypted over a network, and a CA file that isn't there."""
        if self.ca_file is not None and not Path(self.ca_file).is_file():
            raise SfccPermanentError(f"SFCC_CA_FILE names {self.ca_file}, which is no file; give the path of a PEM file.")
        for url in (self.url, self.login_url):
            try:
                parts = urlsplit(url)
            except ValueError:  # brackets that don't match
                parts = SplitResult("", "", "", "", "")
            if parts.scheme not in {"http", "https"} or not parts.hostname:
                raise SfccPermanentError(f"{url!r} is not an address of SFCC; give it as https://host.")
            if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
                raise SfccPermanentError(
                    f"{url!r} would send secrets unencrypted; use https (http is for this machine's sandboxes only)."
                )


class Client:
    """Calls of one instance. Not shared between threads."""

    def __init__(self, instance: Instance) -> None:
        """Opens nothing yet."""
        self.instance = instance
        self._timeout = (instance.connect_timeout, instance.read_timeout)
        # Given with each call: a session's own setting gives way to REQUESTS_CA_BUNDLE of the environment.
        self._verify = instance.ca_file
        self._session = _session(instance, _IDEMPOTENT)
        self._repeating = _session(instance, _IDEMPOTENT | {"POST"})
        self._tokens = TokenSource(
            self._repeating,
            instance.login_url,
            instance.client_id,
            instance.client_secret,
            timeout=self._timeout,
            verify=self._verify,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections."""
        self._session.close()
        self._repeating.close()

    def request(
        self,
        what: str,
        method: str,
        path: str,
        *,
        accept: tuple[int, ...] = (),
        json: Any = None,
        data: IO[bytes] | bytes | None = None,
        headers: dict[str, str] | None = None,
        stream: bool = False,
        repeatable: bool = False,
    ) -> requests.Response:
        """One call of `path` (unquoted, from the host's root). `what` says in an error what was tried.

        Answers below 400 and those in `accept` are returned; a 401 renews the token once. The body `data` may be an open file:
        it is streamed, and read again from its start for a retry. With `stream` the caller must close the response. `repeatable`:
        a POST that changes nothing, retried like a GET.

        Raises SfccPermanentError or SfccTransientError, the latter after the retries.
        """
        url = self.instance.url.rstrip("/") + quote(path)
        for attempt in (1, 2):
            token = self._tokens.token()
            sent = {"Authorization": f"Bearer {token}", "x-dw-client-id": self.instance.client_id, **(headers or {})}
            if attempt == 2 and data is not None and not isinstance(data, bytes):
                data.seek(0)
            try:
                response = (self._repeating if repeatable else self._session).request(
                    method,
                    url,
                    json=json,
                    data=data,
                    headers=sent,
                    auth=_as_is,
                    stream=stream,
                    timeout=self._timeout,
                    allow_redirects=False,
                    verify=self._verify,
                )
            except requests.RequestException as error:
                raise of_exception(what, url, error) from error
            if response.status_code == 401 and attempt == 1:
                response.close()
                self._tokens.forget(token)
                continue
            if 200 <= response.status_code < 300 or response.status_code in accept:
                return response
            with response:
                raise of_response(what, response, (token, self.instance.client_secret))
        raise AssertionError("unreachable: the second attempt returns or raises")

    def document(self, what: str, method: str, path: str, *, json: Any = None, repeatable: bool = False) -> dict[str, Any]:
        """The JSON object that a call of the Data API answers with. Raises as `request`; SfccTransientError for any other answer,
        as a page that speaks of maintenance."""
        response = self.request(what, method, path, json=json, repeatable=repeatable)
        try:
            body = response.json()
        except requests.JSONDecodeError:
            body = None
        if not isinstance(body, dict):
            raise SfccTransientError(
                f"{what} failed: {urlsplit(response.url).netloc} gave no JSON object (check SFCC_URL, or try again later)."
            )
        return body


def _as_is(prepared: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keeps the bearer token: without an `auth` of our own, an entry of ~/.netrc would replace it."""
    return prepared


def _session(instance: Instance, methods: frozenset[str]) -> requests.Session:
    session = requests.Session()
    retry = Retry(
        total=instance.retries,
        backoff_factor=instance.backoff,
        backoff_jitter=instance.backoff,
        backoff_max=60,
        retry_after_max=600,
        status_forcelist=(408, 429, 500, 502, 503, 504),
        allowed_methods=methods,
        respect_retry_after_header=True,
        raise_on_status=False,
        redirect=False,
    )
    session.mount("https://", HTTPAdapter(max_retries=retry))
    session.mount("http://", HTTPAdapter(max_retries=retry))
    return session
