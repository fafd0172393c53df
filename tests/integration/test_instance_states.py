"""An instance that was reset, restored from a backup, or written to by another connector: noticed by each job, and mended."""

from collections.abc import Callable
from typing import Any

import pytest

MARK = "webdav/Catalogs/akeneo-master/default/akeneo-connector.json"
TENT = "products-uuid/{}"


@pytest.fixture(scope="module")
def place(pim_of: Callable[[str], str], place_at: Any) -> Any:
    """An installation whose instance holds the demo catalogue."""
    place = place_at(pim_of("demo"))
    place.jobs("1", "2", "3-2")
    return place


def test_after_a_reset_jobs_1_2_and_3_2_fill_the_instance_again(place: Any) -> None:
    before = place.export()
    place.sandbox("reset")
    place.jobs("1", "2", "3-2")
    assert place.export().differs_from(before) == {}
    assert place.job("3-1").sent == {}
