"""What can go wrong between the connector and SFCC: one clear sentence each, and whether trying again may help.

Belongs here: the types of failure and how SFCC's own words get into them. Doesn't: retrying (`client`, `jobs`).
"""

import re
from typing import Final

import requests

ALREADY_RUNNING: Final = "JobAlreadyRunningException"

_WORDS: Final = 300  # characters of a server's own message that are shown


class SfccError(Exception):
    """A failed call. `status`: HTTP status, `fault`: OCAPI's fault type, where there are any."""

    def __init__(self, sentence: str, *, status: int | None = None, fault: str | None = None) -> None:
        """`sentence`: what failed, where, what to do; without secrets."""
        super().__init__(sentence)
        self.status = status
        self.fault = fault


class SfccPermanentError(SfccError):
    """Trying again doesn't help: someone must change something first."""


class SfccTransientError(SfccError):
    """Trying again later may help: SFCC is busy, down or out of reach."""


_ADVICE: Final = {
    400: "the request must change",
    401: "check SFCC_CLIENT_ID, SFCC_CLIENT_SECRET and the client's permissions in Account Manager and Business Manager",
    403: "grant the API client this resource in Business Manager (OCAPI Data API and WebDAV Client Permissions)",
    404: "check SFCC_URL and the permissions of the API client",
    507: "free space on the instance",
}


def of_response(what: str, response: requests.Response, secrets: tuple[str, ...] = ()) -> SfccError:
    """The failure that an HTTP answer tells of, with SFCC's own fault message. `what` says what was tried."""
    fault, message = _fault(response)
    for secret in secrets:
        message = message.replace(secret, "***")
    busy = response.status_code in {408, 429} or fault == ALREADY_RUNNING
    transient = busy or (response.status_code >= 500 and response.status_code != 507)
    advice = "try again later" if transient else _ADVICE.get(response.status_code, "see SFCC's message")
    said = f": {message}" if message else ""
    kind = SfccTransientError if transient else SfccPermanentError
    return kind(
        f"{what} failed at {response.request.method} {_address(response)} with HTTP {response.status_code}{said} ({advice}).",
        status=response.status_code,
        fault=fault,
    )


def of_exception(what: str, url: str, error: requests.RequestException) -> SfccError:
    """The failure of a call that got no answer."""
    host = url.split("/")[2]
    if isinstance(error, requests.exceptions.SSLError):
        return SfccPermanentError(f"{what} failed: {host} has no certificate that is trusted here (set SFCC_CA_FILE to its CA).")
    if isinstance(error, requests.Timeout):
        return SfccTransientError(f"{what} failed: {host} did not answer in time (try again later).")
    return SfccTransientError(
        f"{what} failed: {host} can't be reached (check the address and the network): {type(error).__name__}."
    )


def _address(response: requests.Response) -> str:
    return (response.url or "").split("?")[0]


def _fault(response: requests.Response) -> tuple[str | None, str]:
    """OCAPI's {"fault": {"type", "message"}}, OAuth's {"error", "error_description"}, or the text of a page."""
    try:
        body = response.json()
    except ValueError:
        body = None
    if isinstance(body, dict):
        fault = body.get("fault")
        if isinstance(fault, dict):
            return fault.get("type"), str(fault.get("message", ""))[:_WORDS]
        return body.get("error"), str(body.get("error_description") or body.get("detail") or body.get("error") or "")[:_WORDS]
    text = re.sub(r"<[^>]*>|\s+", " ", response.text[: 20 * _WORDS])
    return None, " ".join(text.split())[:_WORDS]
