"""Rate limits: what is refused, with what, and that places come back."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from sandbox.pim.pim_refusals import ApiError
from sandbox.pim.pim_server import Options
from sandbox.pim.pim_start import running
from sandbox.pim.throttle import Limits


def test_the_fifth_call_at_once_of_one_connection_is_refused_and_a_finished_one_gives_its_place_back() -> None:
    limits = Limits()
    with limits.call("a", 0), limits.call("a", 0), limits.call("a", 0):
        with limits.call("a", 0), pytest.raises(ApiError) as refused, limits.call("a", 0):
            pass
        with limits.call("a", 0):
            pass
    assert refused.value.status == 429
    assert refused.value.headers == {"Retry-After": "1"}


def test_the_pim_takes_ten_calls_at_once_of_all_connections_together() -> None:
    limits = Limits()
    held = [limits.call(client, 0) for client in "aaaabbbbcc"]
    for place in held:
        place.__enter__()
    with pytest.raises(ApiError), limits.call("d", 0):
        pass
    for place in held:
        place.__exit__(None, None, None)


def test_the_hundred_and_first_call_within_a_second_is_refused_and_a_second_later_taken() -> None:
    limits = Limits()
    for _ in range(100):
        with limits.call("a", 10.0):
            pass
    with pytest.raises(ApiError), limits.call("a", 10.9):
        pass
    with limits.call("a", 11.0):
        pass


def test_over_http_eight_calls_at_once_get_four_answers_and_four_429_with_retry_after(shop: Any, clock: Any) -> None:
    body = {"grant_type": "password", "username": "sandbox", "password": "sandbox"}
    with running(shop, Options(latency=1.0)) as base:
        token = requests.post(base + "/api/oauth/v1/token", auth=("sandbox", "sandbox"), json=body, timeout=10).json()
        headers = {"Authorization": f"Bearer {token['access_token']}"}

        def call(_: int) -> requests.Response:
            return requests.get(base + "/api/rest/v1/families", headers=headers, timeout=10)

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(call, range(8)))
        after = call(0)
    assert sorted(a.status_code for a in answers) == [200] * 4 + [429] * 4
    assert {a.headers.get("Retry-After") for a in answers if a.status_code == 429} == {"1"}
    assert after.status_code == 200
