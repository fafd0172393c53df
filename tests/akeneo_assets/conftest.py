"""What tests of the core share: a store of their own, a PIM that answers as a test lays out."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.store import Store

# importmode=importlib leaves folders of helpers out of the path.
sys.path.insert(0, str(Path(__file__).parent / "pim"))
sys.path.insert(0, str(Path(__file__).parent))

from scripted_pim import ScriptedPim, new_client, serving


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store whose path holds what SQL would stumble over."""
    return Store(tmp_path / "it's a store")


@pytest.fixture
def settings_file(store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The connector.yaml of an environment with this store."""
    monkeypatch.chdir(tmp_path)
    for name in ("AKENEO", "SFCC"):
        monkeypatch.setenv(f"{name}_URL", "https://one.example")
        for more in ("CLIENT_ID", "CLIENT_SECRET", "USERNAME", "PASSWORD"):
            monkeypatch.setenv(f"{name}_{more}", "x")
    monkeypatch.setenv("CONNECTOR_STORE", str(store.root))
    monkeypatch.setenv("CONNECTOR_CONFIG", "connector.yaml")
    return tmp_path / "connector.yaml"


@pytest.fixture
def pim() -> Iterator[ScriptedPim]:
    """A PIM on a real port."""
    with serving(ScriptedPim()) as server:
        yield server


@pytest.fixture
def pim_client(pim: ScriptedPim) -> Iterator[PimClient]:
    """A client of that PIM that does not wait between retries."""
    client = new_client(pim.address, sleep=lambda _: None)
    yield client
    client.close()
