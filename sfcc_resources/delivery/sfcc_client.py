"""The HTTP client of one SFCC instance: addresses, timeouts, retries, tokens, failures in one sentence.

Belongs here: what every call shares; there is one policy of trying again, `Client.tried`. Doesn't: what is called (`webdav`,
`job_executions`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final, NoReturn, Self, TypeVar
from urllib.parse import SplitResult, quote, urlsplit

import requests
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_exponential, wait_random

from sfcc_resources.delivery.sfcc_answers import DOCUMENT_BYTES, MIB, Answer, of_answer, of_exception, read_answer
from sfcc_resources.delivery.sfcc_errors import ALREADY_RUNNING, PASSING, SfccError, SfccPermanentError, SfccTransientError
from sfcc_resources.delivery.sfcc_tokens import TokenSource

ACCOUNT_MANAGER: Final = "https://account.demandware.com"

_IDEMPOTENT: Final = frozenset({"GET", "HEAD", "PUT", "DELETE", "PROPFIND", "MKCOL"})
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_LONGEST_PAUSE: Final = 60.0  # seconds
_LONGEST_ASKED: Final = 600.0  # seconds that are waited because SFCC asks for it

Result = TypeVar("Result")


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
    backoff: float = 0.5  # seconds before the first retry; doubles

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
        self._session = requests.Session()
        self._tokens = TokenSource(
            self._session,
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

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must stand in no message: the client's secret and the present token."""
        return self._tokens.secrets

    def tried(self, call: Callable[[], Result], *, repeatable: bool = True) -> Result:
        """What `call` returns, after as many tries as the instance's `retries` allow.

        Tried again is what may pass by itself: no answer, one that broke off or that is none of SFCC's, and the statuses in
        PASSING. `repeatable`: asking twice does no harm; else only what SFCC has not taken is asked again.

        Raises the last SfccError; its sentence says after how many tries, if there were several.
        """

        def may_pass(error: BaseException) -> bool:
            if not isinstance(error, SfccTransientError) or error.fault == ALREADY_RUNNING or error.tries > 1:
                return False
            return (error.status is None or error.status in PASSING) and (repeatable or error.unsent)

        def pause(state: RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            asked = error.retry_after if isinstance(error, SfccError) else None
            return backoff(state) if asked is None else min(asked, _LONGEST_ASKED)

        def give_up(state: RetryCallState) -> NoReturn:
            error = state.outcome.exception() if state.outcome else None
            assert isinstance(error, SfccError)
            raise error.given_up(state.attempt_number) from error

        first = self.instance.backoff
        backoff = wait_exponential(multiplier=first, max=_LONGEST_PAUSE) + wait_random(0, first)
        retrying = Retrying(
            retry=retry_if_exception(may_pass),
            wait=pause,
            stop=stop_after_attempt(self.instance.retries + 1),
            retry_error_callback=give_up,
        )
        return retrying(call)

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
        repeatable: bool = False,
        max_bytes: int = DOCUMENT_BYTES,
    ) -> Answer:
        """One call of `path` (unquoted, from the host's root). `what` says in an error what was tried.

        Answers below 300 and those in `accept` are returned; a 401 renews the token once. The body `data` may be an open file:
        it is streamed, and read again from its start for a retry. `repeatable`: a POST that changes nothing, tried again like a
        GET. `max_bytes`: of the answer.

        Raises SfccPermanentError or SfccTransientError, the latter after the retries.
        """

        def once() -> Answer:
            return self._call(
                what,
                method,
                path,
                lambda response: read_answer(what, response, max_bytes),
                accept=accept,
                json=json,
                data=data,
                headers=headers,
            )

        return self.tried(once, repeatable=repeatable or method in _IDEMPOTENT)

    def download(self, what: str, path: str, target: Path, *, max_bytes: int | None = None) -> bool:
        """Gets a file, streamed, aside and then renamed. False if there is none.

        Raises as `request`; SfccPermanentError where it is larger than `max_bytes`. What broke off is fetched again.
        """
        part = target.with_name(target.name + ".part")

        def save(response: requests.Response) -> Answer:
            if response.status_code == 200:
                _save(what, response, part, max_bytes)
                return Answer("GET", path, 200, response.headers, b"")
            return read_answer(what, response)

        try:
            answer = self.tried(lambda: self._call(what, "GET", path, save, accept=(404,)))
            if answer.status == 200:
                part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        return answer.status == 200

    def _call(
        self,
        what: str,
        method: str,
        path: str,
        read: Callable[[requests.Response], Answer],
        *,
        accept: tuple[int, ...] = (),
        json: Any = None,
        data: IO[bytes] | bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """One try: with a fresh token where the present one is refused."""
        url = self.instance.url.rstrip("/") + quote(path)
        for last in (False, True):
            token = self.tried(self._tokens.token)
            sent = {"Authorization": f"Bearer {token}", "x-dw-client-id": self.instance.client_id, **(headers or {})}
            if data is not None and not isinstance(data, bytes):
                data.seek(0)
            try:
                with self._session.request(
                    method,
                    url,
                    json=json,
                    data=data,
                    headers=sent,
                    auth=_as_is,
                    stream=True,
                    timeout=self._timeout,
                    allow_redirects=False,
                    verify=self._verify,
                ) as response:
                    answer = read(response)
            except requests.RequestException as error:
                raise of_exception(what, url, error) from error
            if answer.status == 401 and not last:
                self._tokens.forget(token)
                continue
            if 200 <= answer.status < 300 or answer.status in accept:
                return answer
            raise of_answer(what, answer, self.secrets)
        raise AssertionError("unreachable: the second round returns or raises")

    def document(self, what: str, method: str, path: str, *, json: Any = None, repeatable: bool = False) -> dict[str, Any]:
        """The JSON object that a call of the Data API answers with. Raises as `request`; SfccTransientError for any other answer,
        as a page that speaks of maintenance."""

        def once() -> dict[str, Any]:
            answer = self.request(what, method, path, json=json, repeatable=repeatable)
            body = answer.json()
            if not isinstance(body, dict):
                host = urlsplit(answer.url).netloc.rpartition("@")[2]
                raise SfccTransientError(f"{what} failed: {host} gave no JSON object (check SFCC_URL, or try again later).")
            return body

        return self.tried(once, repeatable=repeatable or method in _IDEMPOTENT)


def _save(what: str, response: requests.Response, target: Path, max_bytes: int | None) -> None:
    size = 0
    with target.open("wb") as file:
        for chunk in response.iter_content(MIB):
            size += len(chunk)
            if max_bytes is not None and size > max_bytes:
                raise SfccPermanentError(f"{what} failed: it is larger than {max_bytes // MIB} MiB; look at it in SFCC.")
            file.write(chunk)


def _as_is(prepared: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keeps the bearer token: without an `auth` of our own, an entry of ~/.netrc would replace it."""
    return prepared
