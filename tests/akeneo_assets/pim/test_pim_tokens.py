import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from akeneo_assets.pim.pim_errors import AuthenticationError, UnreachableError
from akeneo_assets.pim.pim_tokens import PasswordGrant


class TokenEndpoint:
    """Gives `access-1`, `access-2`...; refuses refresh tokens on demand."""

    def __init__(self, lifetime: float = 3600, refuses_refresh: bool = False) -> None:
        self.lifetime = lifetime
        self.refuses_refresh = refuses_refresh
        self.grants: list[str] = []

    def __call__(self, grant: dict[str, str]) -> dict[str, Any]:
        self.grants.append(grant["grant_type"])
        if self.refuses_refresh and grant["grant_type"] == "refresh_token":
            raise AuthenticationError("Refresh token is invalid or has expired")
        n = len(self.grants)
        return {"access_token": f"access-{n}", "refresh_token": f"refresh-{n}", "expires_in": self.lifetime}


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("lifetime", "age", "renewed"),
    [
        (3600, 3539, False),
        (3600, 3541, True),  # a minute before it expires
        (20, 17, False),
        (20, 19, True),  # a life shorter than the margin: at nine tenths of it
    ],
)
def test_a_token_is_refreshed_before_it_expires(lifetime: float, age: float, renewed: bool) -> None:
    clock, endpoint = Clock(), TokenEndpoint(lifetime)
    grant = PasswordGrant("u", "p", clock)
    assert grant.token(endpoint) == "access-1"
    clock.now = age
    assert grant.token(endpoint) == ("access-2" if renewed else "access-1")
    assert endpoint.grants == ["password", "refresh_token"][: 2 if renewed else 1]


def test_a_refused_refresh_token_is_replaced_by_the_password() -> None:
    endpoint = TokenEndpoint(refuses_refresh=True)
    grant = PasswordGrant("u", "p")
    grant.refused(grant.token(endpoint))
    assert grant.token(endpoint) == "access-3"
    assert endpoint.grants == ["password", "refresh_token", "password"]


def test_a_pim_that_is_away_during_a_refresh_does_not_cost_the_password_grant() -> None:
    endpoint = TokenEndpoint()
    grant = PasswordGrant("u", "p")
    grant.refused(grant.token(endpoint))

    def away(_: dict[str, str]) -> dict[str, Any]:
        raise UnreachableError("away")

    with pytest.raises(UnreachableError):
        grant.token(away)
    assert grant.token(endpoint) == "access-2"


def test_four_threads_that_find_the_token_expired_refresh_it_once() -> None:
    endpoint = TokenEndpoint()
    grant = PasswordGrant("u", "p")
    expired = grant.token(endpoint)
    together = threading.Barrier(4)

    def call(_: int) -> str:
        together.wait()
        grant.refused(expired)
        return grant.token(endpoint)

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(call, range(4))) == {"access-2"}
    assert endpoint.grants == ["password", "refresh_token"]
