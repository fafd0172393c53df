"""The client of one PIM: a call's address, token, limits and retries, and the answer's JSON or bytes. No paging, no meaning.

Belongs here: what a call is, for those who make it. Doesn't: one exchange over HTTP (`pim_exchange`), the retry policy
(`pim_retries`), addresses (`pim_addresses`), the shapes of answers (`answer_shapes`).
"""

import base64
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import unquote, urlsplit

import msgspec
import orjson
import requests

from akeneo_assets import collector
from akeneo_assets.pim.answer_shapes import shape_problem
from akeneo_assets.pim.call_limits import shared_limits
from akeneo_assets.pim.clock import date_header
from akeneo_assets.pim.pim_addresses import TOKEN_PATH, Params, call_url, host_of, pim_address
from akeneo_assets.pim.pim_bodies import MOST_WORDS, save
from akeneo_assets.pim.pim_errors import (
    AuthenticationError,
    BrokenAnswerError,
    DamagedFileError,
    PermanentPimError,
    PimError,
    pim_message,
)
from akeneo_assets.pim.pim_exchange import Exchanges, Reply, Request, bearer
from akeneo_assets.pim.pim_retries import retried
from akeneo_assets.pim.pim_tokens import PasswordGrant
from sfcc_resources.redaction import one_line

# Parsing holds Python's lock for long: the thread whose call comes next sends it first.
HEAD_START_S: Final = 0.002

UNREACHABLE_RETRIES: Final = 1
"""Of a check before work starts, where nobody answers at all: the address is wrong more often than the PIM is down."""

SHOWN: Final = 60
"""Characters of an answer that is no JSON which its error shows."""

Parse = Callable[[bytes], Any]
"""JSON text -> a dict or a list. Raises ValueError or RecursionError for what is no JSON, msgspec.ValidationError for JSON that
isn't what was asked for."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON answer: `body` a dict or a list of the shape that the specification gives this call, `server_time` the PIM's own
    clock (aware, UTC), `url` what was asked, `size` its text's bytes."""

    body: Any
    server_time: datetime
    url: str
    size: int = 0


class PimClient:
    """The PIM behind one connection. Thread safe; at most `concurrency` calls are under way in this process at any time.

    `page_size`: how many products or models a walk asks for at once (the API allows 100). `timeout` is (connect, read) in
    seconds, `verify` False, True or a CA bundle's path, as in requests. `allow_http`: plain http to another machine is wanted.
    Raises PermanentPimError for a `base_url` that is none, or plain http to another machine.
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
        sleep: Callable[[float], None] | None = None,
        allow_http: bool = False,
    ) -> None:
        self.base_url = pim_address(base_url, allow_http=allow_http)
        self.concurrency = concurrency
        self.page_size = page_size
        # Bytes, because requests would encode text as Latin-1.
        self._client_credentials = (client_id.encode(), secret.encode())
        self._secrets = (secret, unquote(urlsplit(base_url).password or ""), _basic(client_id, secret))
        self._grant = PasswordGrant(username, password)
        limits = shared_limits(self.base_url, client_id, concurrency, requests_per_second)
        self._exchanges = Exchanges(self.base_url, limits, self.readable, timeout=timeout, verify=verify, places=concurrency)
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

    def readable(self, words: str) -> str:
        """What a server said, fit for a message: one short line without any secret of this connection."""
        return one_line(words, (*self._secrets, *self._grant.secrets()))

    def close(self) -> None:
        """Close the connections."""
        self._exchanges.close()

    def connect(self) -> None:
        """Get a token now: for a check before work starts. Where nobody answers at all it gives up early.

        Raises AuthenticationError (wrong credentials), UnreachableError, TransientPimError, PermanentPimError (no PIM there).
        """
        self._grant.token(lambda grant: self._exchange(grant, when_unreachable=UNREACHABLE_RETRIES))

    def fetch(
        self, path: str, params: Params | None = None, *, cancel: threading.Event | None = None, parse: Parse = orjson.loads
    ) -> Answer:
        """GET a JSON document: `path` is below /api/rest/v1, or a link (relative or absolute) that the PIM gave.

        An answer of another shape than the specification gives this call is asked for again, as one that didn't come. `cancel`
        ends the waiting between retries. `parse` makes the answer's body.
        Raises PermanentPimError, TransientPimError, UnreachableError, BrokenAnswerError, AuthenticationError.
        """
        url = self.url(path, params)
        return self._get(url, lambda request, reply: self._answer(request, reply, parse), cancel=cancel)

    def get(self, path: str, params: Params | None = None, *, cancel: threading.Event | None = None) -> Any:
        """`fetch(...)`, the body alone."""
        return self.fetch(path, params, cancel=cancel).body

    def get_bytes(self, path: str, *, cancel: threading.Event | None = None) -> bytes:
        """GET a small file. Raises as `fetch` does; a missing file is a PermanentPimError with status 404."""
        return self._get(self.url(path), lambda _, reply: reply.content, accept="*/*", cancel=cancel)

    def download(
        self, path: str, file: Path, *, fault: Callable[[Path], str | None] = lambda _: None, retries: int | None = None
    ) -> None:
        """GET a file to disk, streamed; `file` appears only when it is complete. `retries`: other than the client's.

        `fault` looks at the content and says what is wrong with it. Then the file is asked for again if the server gave no length
        that shows it whole: it may have been cut off on the way.

        Raises as `get_bytes` does, BrokenAnswerError (maybe cut off) or DamagedFileError (came whole) with the fault as `reason`,
        and OSError.
        """
        # Two jobs may fetch the same file at once.
        aside = file.with_name(f"{os.getpid()}-{threading.get_ident()}-{file.name}.part")

        def receive(response: requests.Response, seconds: float) -> bytes:
            save(response, aside, seconds)
            return b""

        def keep(request: Request, reply: Reply) -> None:
            if (reason := fault(aside)) is None:
                aside.replace(file)
                return
            if _shows_its_length(reply):
                call = self._exchanges.call(request)
                raise DamagedFileError(f"{call} on {self.host}: {reason}: replace the file in the PIM.", reason=reason)
            raise self._exchanges.broken(request, reason)

        try:
            self._get(self.url(path), keep, accept="*/*", receive=receive, packed=False, retries=retries)
        finally:
            aside.unlink(missing_ok=True)

    def url(self, path: str, params: Params | None = None) -> str:
        """The URL of a call (`pim_addresses.call_url`)."""
        return call_url(self.base_url, path, params)

    def _answer(self, request: Request, reply: Reply, parse: Parse) -> Answer:
        try:
            with self._unpacking, collector.at_rest():
                time.sleep(HEAD_START_S)
                body = parse(reply.content)
                problem = shape_problem(request.url, body)
        except msgspec.ValidationError as error:
            problem = str(error)
        except (ValueError, RecursionError):
            begins = self.readable(reply.content[:MOST_WORDS].decode(errors="replace"))[:SHOWN]
            raise BrokenAnswerError(
                f"answered by something else than JSON ('{begins}'): check that AKENEO_URL is the PIM's own address.",
                call=f"{self._exchanges.call(request)} on {self.host}",
                reason="no JSON",
            ) from None
        if problem is not None:
            raise self._exchanges.broken(request, self.readable(problem))
        if not (server_time := date_header(reply.headers.get("Date"))):
            raise PermanentPimError(
                f"{self._exchanges.call(request)} on {self.host} was answered without a Date header, by which loads are timed: "
                "let the proxy pass it on.",
                reply.status,
            )
        return Answer(body, server_time, request.url, len(reply.content))

    def _get(
        self,
        url: str,
        take: Callable[[Request, Reply], T],
        *,
        cancel: threading.Event | None = None,
        retries: int | None = None,
        **how: Any,
    ) -> T:
        """What `take` makes of a good reply. A 401 is met with a refreshed token, then with the password again, then given up."""

        def once(request: Request) -> T:
            reply = self._exchanges.send(request)
            if reply.status == 401:
                raise _TokenRefusedError(reply)
            return take(request, self._exchanges.accepted(request, reply))

        for renew in (self._grant.refused, lambda _: self._grant.forget(), None):
            token = self._grant.token(lambda grant: self._exchange(grant, cancel=cancel))
            request = Request("GET", url, bearer(token), **how)
            try:
                return self._retried(partial(once, request), retries, cancel)
            except _TokenRefusedError as error:
                refused = error
                if renew:
                    renew(token)
        raise AuthenticationError(
            f"{self._exchanges.call(request)} was refused by the PIM (401): {pim_message(refused.reply.content, self.readable)}: "
            "check the connection's and its user's permissions."
        )

    def _exchange(
        self, grant: dict[str, str], *, cancel: threading.Event | None = None, when_unreachable: int | None = None
    ) -> dict[str, Any]:
        """The token endpoint's reply to a grant. The status of its errors stays 0: it says nothing of the call that needs a
        token."""
        request = Request("POST", self.base_url + TOKEN_PATH, self._client_credentials, json=grant)
        try:
            return self._retried(lambda: self._tokens(request), None, cancel, when_unreachable)
        except PimError as error:
            error.status = 0
            raise

    def _tokens(self, request: Request) -> dict[str, Any]:
        reply = self._exchanges.send(request)
        call = f"{self._exchanges.call(request)} on {self.host}"
        if reply.status in (400, 401, 422):
            raise AuthenticationError(
                f"{call} refused the credentials ({reply.status}): {pim_message(reply.content, self.readable)}: "
                "check AKENEO_CLIENT_ID, AKENEO_CLIENT_SECRET, AKENEO_USERNAME and AKENEO_PASSWORD."
            )
        if reply.status != 404:
            body = _loaded(self._exchanges.accepted(request, reply).content)
            if isinstance(body, dict) and _is_token(body.get("access_token")):
                return body
        sentence = "gave no token: check that AKENEO_URL is the PIM's own address."
        if reply.status == 404:
            raise PermanentPimError(f"{call} {sentence}")
        raise BrokenAnswerError(sentence, call=call, reason="no token")

    def _retried(
        self,
        once: Callable[[], T],
        retries: int | None,
        cancel: threading.Event | None,
        when_unreachable: int | None = None,
    ) -> T:
        return retried(
            once,
            retries=self._retries if retries is None else retries,
            sleep=self._sleep,
            cancel=cancel,
            when_unreachable=when_unreachable,
        )


class _TokenRefusedError(Exception):
    """The PIM answered 401: a matter of the token, not of the call."""

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self.reply = reply


def _basic(client_id: str, secret: str) -> str:
    return base64.b64encode(f"{client_id}:{secret}".encode()).decode()


def _is_token(value: Any) -> bool:
    """Whether a value can stand in an Authorization header."""
    return isinstance(value, str) and value.isascii() and value.isprintable() and bool(value.strip())


def _loaded(content: bytes) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return None


def _shows_its_length(reply: Reply) -> bool:
    """Whether the length that the server gave, which was compared, is that of the content itself."""
    return "Content-Length" in reply.headers and not reply.headers.get("Content-Encoding")
