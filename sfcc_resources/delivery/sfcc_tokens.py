"""Access tokens of SFCC's Account Manager: client credentials, renewed before they expire and after a 401.

Belongs here: getting and keeping a token. Doesn't: using it, trying again (`sfcc_client`).

Source: sfcc-ci, `POST <login>/dwsso/oauth2/access_token` with Basic authentication (id, URL-encoded secret).
"""

import math
import time
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote

import requests

from sfcc_resources.delivery.sfcc_answers import of_answer, of_exception, read_answer
from sfcc_resources.delivery.sfcc_errors import SfccPermanentError

_EARLY: Final = 60.0  # seconds before its end that a token is renewed
_LIFETIME: Final = 1799.0  # seconds, where the answer doesn't say: Account Manager's usual
_WHAT: Final = "Logging in to SFCC"


class TokenSource:
    """Gives a valid token; asks for one only when there is none or the present one is about to expire."""

    def __init__(
        self,
        session: requests.Session,
        login_url: str,
        client_id: str,
        client_secret: str,
        *,
        timeout: tuple[float, float],
        verify: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`verify`: a CA file, None for the default."""
        self._session = session
        self._url = login_url.rstrip("/") + "/dwsso/oauth2/access_token"
        self._basic = (client_id, quote(client_secret, safe=""))
        self._secret = client_secret
        self._timeout = timeout
        self._verify = verify
        self._clock = clock
        self._token = ""
        self._expires = 0.0

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must stand in no message: the client's secret and the present token."""
        return tuple(filter(None, (self._secret, self._token)))

    def token(self) -> str:
        """A token that is valid now; asks once. Raises SfccPermanentError for wrong credentials, else SfccTransientError."""
        if not self._token or self._clock() >= self._expires:
            self._renew()
        return self._token

    def forget(self, token: str) -> None:
        """Notes that SFCC refused `token`, whatever its age."""
        if token == self._token:
            self._token = ""

    def _renew(self) -> None:
        grant = {"grant_type": "client_credentials"}
        try:
            with self._session.post(
                self._url,
                data=grant,
                auth=self._basic,
                timeout=self._timeout,
                verify=self._verify,
                allow_redirects=False,
                stream=True,
            ) as response:
                answer = read_answer(_WHAT, response)
        except requests.RequestException as error:
            raise of_exception(_WHAT, self._url, error) from error
        if answer.status != 200:
            raise of_answer(_WHAT, answer, self.secrets)
        body = answer.json()
        token = body.get("access_token") if isinstance(body, dict) else None
        if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token or " " in token:
            raise SfccPermanentError(f"{_WHAT} failed: {self._url} gave no access token; check SFCC_LOGIN_URL.")
        lifetime = _seconds(body.get("expires_in"))
        self._token = token
        self._expires = self._clock() + max(lifetime - _EARLY, lifetime / 2)


def _seconds(value: Any) -> float:
    """A lifetime. Example: 1799 -> 1799.0; "1799" -> 1799.0; null, -1 or "soon" -> the usual one."""
    try:
        seconds = float(value)
    except (TypeError, ValueError, OverflowError):
        return _LIFETIME
    return seconds if math.isfinite(seconds) and seconds > 0 else _LIFETIME
