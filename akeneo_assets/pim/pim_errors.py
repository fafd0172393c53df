"""What can go wrong between the connector and the PIM: the error types, and the sentence that tells each of them.

Every message says what happened, where (method and path) and what to do. What a server said goes into it through
`sfcc_resources.redaction.one_line` only: one short readable line without a credential or a token. No retrying here
(`pim_retries`).
"""

from collections.abc import Callable
from typing import Any, Final

import orjson

Readable = Callable[[str], str]
"""A server's words -> one readable line without this connection's secrets."""

_ADVICE: Final = {
    400: "the PIM does not accept this request: check the filters and settings that it was built from",
    403: "give the connection's role the permission that the PIM names",
    404: "check that it exists and that the connection may see it",
    407: "a proxy before it asks for a login: put one into HTTP_PROXY or HTTPS_PROXY",
    422: "the PIM does not accept this request: check the filters and settings that it was built from",
}


class PimError(Exception):
    """Any failure in talking to the PIM. Its text is one sentence that can be shown to the user as it is; `status` is the HTTP
    status of the answer that failed (0: no answer that could be read)."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class WrongSettingError(PimError):
    """The PIM is there and answers, but does not hold what a setting names (a channel, an attribute, a recent enough version)."""


class AuthenticationError(PimError):
    """The PIM refuses the credentials, or goes on refusing the tokens that it gave for them."""


class PermanentPimError(PimError):
    """An answer that asking again won't change."""


class TransientPimError(PimError):
    """A failure that may pass: 408, 429, 5xx, no answer, half an answer.

    `call` (method and path) begins the sentence, followed by how often it was tried, if more than once. `retry_after` is what the
    PIM asked for, in seconds; `tries` is set by the retry policy.
    Example: `GET /api/rest/v1/families, after 9 tries: no answer from https://pim.example (Connection refused): ...`
    """

    def __init__(self, message: str, status: int = 0, *, call: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, status)
        self.call = call
        self.retry_after = retry_after
        self.tries = 1

    def __str__(self) -> str:
        tried = f"{self.call}, after {self.tries} tries" if self.tries > 1 else self.call
        return f"{tried}: {super().__str__()}" if self.call else super().__str__()


class UnreachableError(TransientPimError):
    """No answer at all: host unknown, connection refused or broken, time out."""


class BrokenAnswerError(TransientPimError):
    """An answer with status 200 that isn't whole: of another shape than the specification's, cut off, no JSON, not the file.

    `reason` says what is wrong with it in a few words.
    """

    def __init__(self, message: str, *, call: str, reason: str) -> None:
        super().__init__(message, 200, call=call)
        self.reason = reason


class DamagedFileError(PermanentPimError):
    """A file that came whole and yet isn't what it should be: the PIM's own is damaged. `reason` as in BrokenAnswerError."""

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message, 200)
        self.reason = reason


def refusal(call: str, status: int, body: bytes, readable: Readable) -> PermanentPimError:
    """The error for a 4xx answer: `call` is method and path, `body` the PIM's own error document."""
    advice = _ADVICE.get(status, "the PIM refuses this call, so asking again would not help")
    return PermanentPimError(f"{call} was refused by the PIM ({status}): {pim_message(body, readable)}: {advice}.", status)


def pim_message(body: bytes, readable: Readable) -> str:
    """The PIM's own words in an error document `{code, message[, errors: [{property, message}]]}`, or the start of other text.

    Tolerates OAuth's `{error, error_description}`. Source: Akeneo API, responses.
    """
    try:
        document: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        document = None
    if not isinstance(document, dict):
        return readable(body.decode(errors="replace")) or "no message"
    said = document.get("message") or document.get("error_description") or document.get("error") or "no message"
    errors = document.get("errors")
    details = [
        f"{e.get('property', '?')}: {e.get('message', '?')}"
        for e in (errors if isinstance(errors, list) else ())
        if isinstance(e, dict)
    ]
    message = str(said).rstrip(". ")
    return readable(f"{message} ({'; '.join(details)})" if details else message)
