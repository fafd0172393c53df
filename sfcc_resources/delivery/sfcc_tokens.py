"""Access tokens of SFCC's Account Manager: client credentials, renewed before they expire and after a 401.

Belongs here: getting and keeping a token. Doesn't: using it (`client`).

Source: sfcc-ci, `POST <login>/dwsso/oauth2/access_token` with Basic authentication (id, URL-encoded secret).
"""

import time
from collections.abc import Callable
from typing import Final
from urllib.parse import quote

import requests

from sfcc_resources.delivery.sfcc_errors import SfccPermanentError, of_exception, of_response

_EARLY: Final = 60.0  # seconds before its end that a token is renewed
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
        """`session` must retry POST: asking for a token twice does no harm. `verify`: a CA file, None for the default."""
        self._session = session
        self._url = login_url.rstrip("/") + "/dwsso/oauth2/access_token"
        self._basic = (client_id, quote(client_secret, safe=""))
        self._secret = client_secret
        self._timeout = timeout
        self._verify = verify
        self._clock = clock
        self._token = ""
        self._expires = 0.0

    def token(self) -> str:
        """A token that is valid now. Raises SfccPermanentError for wrong credentials, else SfccTransientError."""
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
            response = self._session.post(
                self._url, data=grant, auth=self._basic, timeout=self._timeout, verify=self._verify, allow_redirects=False
            )
        except requests.RequestException as error:
            raise of_exception(_WHAT, self._url, error) from error
        if response.status_code != 200:
            raise of_response(_WHAT, response, (self._secret, self._basic[1]))
        try:
            body = response.json()
            token, lifetime = body["access_token"], float(body.get("expires_in", 1799))
        except (ValueError, KeyError, TypeError):
            token, lifetime = None, 0.0
        if not isinstance(token, str) or not token:
            raise SfccPermanentError(f"{_WHAT} failed: {self._url} gave no access token; check SFCC_LOGIN_URL.")
        self._token = token
        self._expires = self._clock() + max(lifetime - _EARLY, lifetime / 2)
