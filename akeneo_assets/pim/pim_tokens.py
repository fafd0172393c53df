"""The OAuth password grant: one valid access token for all threads. Which HTTP call fetches it is the client's business.

Source: Akeneo API, authentication (access token 3600 s, refresh token 14 days, a refresh returns a new pair).
"""

import math
import threading
import time
from collections.abc import Callable
from typing import Any, Final

from akeneo_assets.pim.pim_errors import AuthenticationError

# A token is renewed this long before it expires (or at nine tenths of a very short life), so that no call sets out with one
# that dies on the way.
RENEWAL_MARGIN_S: Final = 60.0

LIFETIME_S: Final = 3600.0
"""What a token lives where the PIM doesn't say so."""

_REMEMBERED: Final = 32  # tokens, to keep them out of messages: a server may echo an older one

Exchange = Callable[[dict[str, str]], dict[str, Any]]
"""Sends a grant (`grant_type` and its fields) to the token endpoint; returns its reply, whose `access_token` is a text. Raises
AuthenticationError if refused."""


class PasswordGrant:
    """The current token pair. Thread safe: when four threads find it expired, one renews it and the others take what it got."""

    def __init__(self, username: str, password: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._credentials = {"username": username, "password": password}
        self._clock = clock
        self._lock = threading.Lock()
        self._access: str | None = None
        self._refresh: str | None = None
        self._renew_at = 0.0
        self._given: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return "PasswordGrant(...)"

    def secrets(self) -> list[str]:
        """What must not appear in any message: the password, and the tokens of either kind that the PIM gave last."""
        return [self._credentials["password"], *self._given]

    def token(self, exchange: Exchange) -> str:
        """A token that is valid for now: the present one, else by refresh token, else by password.

        Raises AuthenticationError if the PIM refuses the credentials, and whatever `exchange` raises.
        """
        with self._lock:
            if self._access is None or self._clock() >= self._renew_at:
                self._store(self._renew(exchange))
            assert self._access is not None
            return self._access

    def refused(self, token: str) -> None:
        """The PIM answered 401 to `token`: don't use it again. A token that another thread has replaced already is left alone."""
        with self._lock:
            if self._access == token:
                self._access = None

    def forget(self) -> None:
        """Start over from the password: the refresh token, too, led to a token that the PIM refuses."""
        with self._lock:
            self._access = self._refresh = None

    def _renew(self, exchange: Exchange) -> dict[str, Any]:
        if self._refresh is not None:
            refresh, self._refresh = self._refresh, None
            try:
                return exchange({"grant_type": "refresh_token", "refresh_token": refresh})
            except AuthenticationError:
                pass  # expired or revoked: the password still stands
        return exchange({"grant_type": "password", **self._credentials})

    def _store(self, reply: dict[str, Any]) -> None:
        lifetime = _seconds(reply.get("expires_in"))
        refresh = reply.get("refresh_token")
        self._access = str(reply["access_token"])
        self._refresh = refresh if isinstance(refresh, str) and refresh else None
        # Replaced, not changed: read without the lock, which is held while the token endpoint is asked.
        self._given = (*self._given, *filter(None, (self._access, self._refresh)))[-_REMEMBERED:]
        self._renew_at = self._clock() + max(
            lifetime - RENEWAL_MARGIN_S, lifetime * 0.9 if lifetime < 2 * RENEWAL_MARGIN_S else 0
        )


def _seconds(expires_in: Any) -> float:
    try:
        seconds = float(expires_in)
    except (TypeError, ValueError, OverflowError):
        return LIFETIME_S
    return seconds if math.isfinite(seconds) and seconds > 0 else LIFETIME_S
