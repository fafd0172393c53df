"""The fixtures of the PIM client's tests; helpers stand in modules of their own beside this file."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from akeneo_assets.pim.pim_client import PimClient

# importmode=importlib leaves this folder out of the path.
sys.path.insert(0, str(Path(__file__).parent))

from scripted_pim import ScriptedPim, new_client, serving


@pytest.fixture
def pim() -> Iterator[ScriptedPim]:
    with serving(ScriptedPim()) as server:
        yield server


@pytest.fixture
def sleeps() -> list[float]:
    """The waits between retries, recorded instead of waited."""
    return []


@pytest.fixture
def client(pim: ScriptedPim, sleeps: list[float]) -> Iterator[PimClient]:
    client = new_client(pim.address, sleep=sleeps.append)
    yield client
    client.close()
