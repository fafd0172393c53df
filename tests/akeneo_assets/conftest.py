"""What tests of the core share: a store of their own."""

from pathlib import Path

import pytest

from akeneo_assets.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store whose path holds what SQL would stumble over."""
    return Store(tmp_path / "it's a store")
