"""The fixtures of the PIM client's tests; helpers stand in modules of their own beside this file."""

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from akeneo_assets.pim.pim_client import PimClient

# importmode=importlib leaves this folder out of the path.
sys.path.insert(0, str(Path(__file__).parent))

from scripted_pim import ScriptedPim, new_client


@pytest.fixture
def pim() -> Iterator[ScriptedPim]:
    with ScriptedPim() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def sleeps() -> list[float]:
    """The waits between retries, recorded instead of waited."""
    return []


@pytest.fixture
def client(pim: ScriptedPim, sleeps: list[float]) -> Iterator[PimClient]:
    client = new_client(pim.address, sleep=sleeps.append)
    yield client
    client.close()
