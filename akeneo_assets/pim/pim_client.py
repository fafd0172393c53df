"""The client of one PIM: a call's address, token, limits and retries, and the answer's JSON or bytes. No paging, no meaning.

Belongs here: what a call is, for those who make it. Doesn't: one exchange over HTTP (`pim_exchange`), the retry policy
(`pim_retries`), addresses (`pim_addresses`).
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

from akeneo_assets import collector
from akeneo_assets.pim.call_limits import shared_limits
from akeneo_assets.pim.clock import date_header
from akeneo_assets.pim.pim_addresses import TOKEN_PATH, Params, call_url, host_of, pim_address
from akeneo_assets.pim.pim_errors import AuthenticationError, PermanentPimError, pim_message
from akeneo_assets.pim.pim_exchange import Exchanges, Reply, accepted, bearer
from akeneo_assets.pim.pim_retries import retried
from akeneo_assets.pim.pim_tokens import PasswordGrant

# Parsing holds Python's lock for long: the thread whose call comes next sends it first.
HEAD_START_S = 0.002

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
        self.base_url = pim_address(base_url)
        self.concurrency = concurrency
        self.page_size = page_size
        # Bytes, because requests would encode text as Latin-1.
        self._client_credentials = (client_id.encode(), secret.encode())
        self._grant = PasswordGrant(username, password)
        limits = shared_limits(self.base_url, client_id, concurrency, requests_per_second)
        self._exchanges = Exchanges(self.base_url, limits, timeout, verify, concurrency)
        self._retries = retries
        self._sleep = sleep
        # One page at a time, as Python can do no more anyway.
        self._unpacking = threading.Lock()

    def __repr__(self) -> str:
        return f"PimClient({self.host})"

    @property
    def host(self) -> str:
        """Scheme, host and port of the PIM, without any user name or password of the URL."""
        return host_of(self.base_url)

    def close(self) -> None:
        """Close the connections."""
        self._exchanges.close()

    def connect(self, *, retries: int = 1) -> None:
        """Get a token now, and give up early: for a check before work starts.

        Raises AuthenticationError (wrong credentials), UnreachableError, PermanentPimError (no PIM there).
        """
        self._grant.token(lambda grant: self._exchange(grant, retries))

    def fetch(
        self, path: str, params: Params | None = None, *, cancel: threading.Event | None = None, parse: Parse = orjson.loads
    ) -> Answer:
        """GET a JSON document: `path` is below /api/rest/v1, or a link (relative or absolute) that the PIM gave.

        `cancel` ends the waiting between retries. `parse` makes the answer's body.
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
        """The URL of a call (`pim_addresses.call_url`)."""
        return call_url(self.base_url, path, params)

    def _get(
        self, url: str, accept: str, cancel: threading.Event | None, sink: Path | None = None, retries: int | None = None
    ) -> Reply:
        """A 2xx reply. A 401 is met with a refreshed token, then with the password again, then given up."""
        call = f"GET {urlsplit(url).path}"
        for renew in (self._grant.refused, lambda _: self._grant.forget(), None):
            token = self._grant.token(lambda grant: self._exchange(grant, self._retries))
            once = partial(self._exchanges.send, "GET", url, bearer(token), accept, sink=sink)
            reply = self._retried(once, self._retries if retries is None else retries, cancel)
            if reply.status != 401:
                break
            if renew:
                renew(token)
        if reply.status == 401:
            said = pim_message(reply.content)
            raise AuthenticationError(
                f"{call} was refused by the PIM (401): {said}: check the connection's and its user's permissions."
            )
        return accepted(call, self.host, reply)

    def _exchange(self, grant: dict[str, str], retries: int) -> dict[str, Any]:
        call = f"POST {TOKEN_PATH}"
        url = self.base_url + TOKEN_PATH
        once = partial(self._exchanges.send, "POST", url, self._client_credentials, "application/json", json=grant)
        reply = self._retried(once, retries, None)
        if reply.status in (400, 401, 422):
            message = (
                f"{call} on {self.host} refused the credentials ({reply.status}): {pim_message(reply.content)}: "
                "check AKENEO_CLIENT_ID, AKENEO_CLIENT_SECRET, AKENEO_USERNAME and AKENEO_PASSWORD."
            )
            raise AuthenticationError(message)
        try:
            accepted(call, self.host, reply)
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

    def _retried(self, once: Callable[[], Reply], retries: int, cancel: threading.Event | None) -> Reply:
        return retried(once, retries=retries, sleep=self._sleep, cancel=cancel)
