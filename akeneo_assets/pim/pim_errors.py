"""What can go wrong between the connector and the PIM: the error types, and the sentence that tells each of them.

Every message says what happened, where (method and path) and what to do. None holds a credential or a token: they travel in
headers and bodies only, which are never quoted here. No retrying here; that is the client's.
"""

from typing import Any

import orjson

_ADVICE = {
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
    """A failure that may pass (408, 429, 5xx), told when all retries are used up; `retry_after` is in seconds."""

    def __init__(self, message: str, status: int = 0, retry_after: float | None = None) -> None:
        super().__init__(message, status)
        self.retry_after = retry_after


class UnreachableError(TransientPimError):
    """No answer at all: host unknown, connection refused or broken, time out."""


def refusal(call: str, status: int, body: bytes) -> PermanentPimError:
    """The error for a 4xx answer: `call` is method and path, `body` the PIM's own error document."""
    advice = _ADVICE.get(status, "the PIM refuses this call, so asking again would not help")
    return PermanentPimError(f"{call} was refused by the PIM ({status}): {pim_message(body)}: {advice}.", status)


def pim_message(body: bytes) -> str:
    """The PIM's own words in an error document `{code, message[, errors: [{property, message}]]}`, or the start of other text.

    Tolerates OAuth's `{error, error_description}`. Source: Akeneo API, responses.
    """
    try:
        document: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        document = None
    if not isinstance(document, dict):
        text = " ".join(body[:200].decode(errors="replace").split())
        return text or "no message"
    message = str(document.get("message") or document.get("error_description") or document.get("error") or "no message").rstrip(
        ". "
    )
    details = [f"{e.get('property', '?')}: {e.get('message', '?')}" for e in document.get("errors") or [] if isinstance(e, dict)]
    return f"{message} ({'; '.join(details)})" if details else message
