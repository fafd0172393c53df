"""HTTP answers of SFCC and Account Manager: read whole and bounded, and the failures that they tell of.

Belongs here: what every answer has in common. Doesn't: calls (`sfcc_client`), the types of failure (`sfcc_errors`).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import urlsplit

import orjson
import requests
from urllib3.exceptions import NewConnectionError

from sfcc_resources.delivery.sfcc_errors import ALREADY_RUNNING, SfccError, SfccPermanentError, SfccTransientError
from sfcc_resources.redaction import one_line

MIB: Final = 1024 * 1024
DOCUMENT_BYTES: Final = 16 * MIB
"""More than any JSON document of SFCC has."""

_CHUNK: Final = 64 * 1024

_ADVICE: Final = {
    400: "the request must change",
    401: "check SFCC_CLIENT_ID, SFCC_CLIENT_SECRET and the client's permissions in Account Manager and Business Manager",
    403: "grant the API client this resource in Business Manager (OCAPI Data API and WebDAV Client Permissions)",
    404: "check SFCC_URL and the permissions of the API client",
    507: "free space on the instance",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer that was read whole. `body` is decoded (gzip); `url`: of the call, without query."""

    method: str
    url: str
    status: int
    headers: Mapping[str, str]  # names in any case
    body: bytes

    def json(self) -> Any:
        """The body as JSON; None if it isn't any."""
        try:
            return orjson.loads(self.body.removeprefix(b"\xef\xbb\xbf"))
        except orjson.JSONDecodeError:
            return None


def read_answer(what: str, response: requests.Response, max_bytes: int = DOCUMENT_BYTES) -> Answer:
    """Reads a streamed response to its end, decoded.

    Raises requests.RequestException where it breaks off, SfccPermanentError where it is larger than `max_bytes` (a few bytes of
    gzip may stand for any number).
    """
    body = bytearray()
    for chunk in response.iter_content(_CHUNK):
        body += chunk
        if len(body) > max_bytes:
            raise SfccPermanentError(
                f"{what} failed: the answer of {_host(response.url)} is larger than {max_bytes // MIB} MiB; check SFCC_URL."
            )
    return Answer(response.request.method or "", response.url.split("?")[0], response.status_code, response.headers, bytes(body))


def of_answer(what: str, answer: Answer, secrets: Iterable[str] = ()) -> SfccError:
    """The failure that an HTTP answer tells of, with SFCC's own fault message. `what` says what was tried."""
    fault, words = _fault(answer)
    message = one_line(words, secrets)
    busy = answer.status in {408, 429} or fault == ALREADY_RUNNING
    transient = busy or (answer.status >= 500 and answer.status != 507)
    advice = "try again later" if transient else _ADVICE.get(answer.status, "see SFCC's message")
    if 300 <= answer.status < 400:
        advice = f"it redirects to {_host(answer.headers.get('Location', '')) or 'another address'}; check SFCC_URL"
    said = f": {message}" if message else ""
    kind = SfccTransientError if transient else SfccPermanentError
    return kind(
        f"{what} failed at {answer.method} {one_line(answer.url)} with HTTP {answer.status}{said} ({advice}).",
        status=answer.status,
        fault=fault,
        unsent=answer.status == 429,
        retry_after=_retry_after(answer.headers.get("Retry-After", "")),
    )


def of_exception(what: str, url: str, error: requests.RequestException) -> SfccError:
    """The failure of a call that got no answer, or not all of one."""
    host = _host(url)
    if isinstance(error, requests.exceptions.SSLError):
        return SfccPermanentError(f"{what} failed: {host} has no certificate that is trusted here (set SFCC_CA_FILE to its CA).")
    if isinstance(error, requests.exceptions.ChunkedEncodingError | requests.exceptions.ContentDecodingError):
        return SfccTransientError(f"{what} failed: the answer of {host} broke off (try again later).")
    unsent = isinstance(error, requests.ConnectTimeout) or _is_new_connection(error)
    if isinstance(error, requests.Timeout):
        return SfccTransientError(f"{what} failed: {host} did not answer in time (try again later).", unsent=unsent)
    return SfccTransientError(
        f"{what} failed: {host} can't be reached (check the address and the network): {type(error).__name__}.", unsent=unsent
    )


def _is_new_connection(error: requests.RequestException) -> bool:
    """Whether no connection came about at all."""
    cause = error.args[0] if error.args else None
    return isinstance(getattr(cause, "reason", cause), NewConnectionError)


def _host(url: str) -> str:
    """Host and port of a URL, without any user name or password."""
    try:
        return one_line(urlsplit(url).netloc.rpartition("@")[2])
    except ValueError:
        return ""


def _retry_after(value: str) -> float | None:
    """Seconds of a Retry-After header, which may be a number or a date; None where it is neither."""
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        return max((parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds(), 0.0)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _fault(answer: Answer) -> tuple[str | None, str]:
    """OCAPI's {"fault": {"type", "message"}}, OAuth's {"error", "error_description"}, or the text of a page."""
    body = answer.json()
    if isinstance(body, dict):
        fault = body.get("fault")
        if isinstance(fault, dict):
            return _text(fault.get("type")) or None, _text(fault.get("message"))
        words = (_text(body.get(name)) for name in ("error_description", "detail", "error"))
        return _text(body.get("error")) or None, next((text for text in words if text), "")
    return None, re.sub(r"<[^<>]*>", " ", answer.body.decode("utf-8", "replace"))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
