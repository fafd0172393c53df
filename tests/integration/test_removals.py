"""What was deleted in the PIM leaves the products that show it with the next differential, and nothing leaves on hearsay."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import dagster as dg
import pyarrow.parquet as pq
import pytest

from sandbox.catalogue_edits import Pim

TARP, LAMP = "705b37b8-2bef-4207-8d52-c11b3c314d48", "37f87d7d-45c3-4b6f-ac20-8f330733aa26"
VARIANT = "9318e345-fbba-4a34-84ea-4f650210b22c"  # JACKET-DRIZZLE-BLUE-M


@pytest.fixture(scope="module")
def place(pim_of: Callable[[str], str], place_at: Any) -> Any:
    """An installation whose instance holds the demo catalogue; TARP-3X3 recommends the lamp that is deleted later."""
    made = place_at(pim_of("demo"))
    session = Pim(made.pim_url, "sandbox")
    session.patch(f"products-uuid/{TARP}", {"associations": {"UPSELL": {"products": [LAMP]}}})
    session.close()
    made.jobs("1", "2", "3-2")
    return made


@pytest.fixture
def misbehave(place: Any, tell_pim: Callable[..., None]) -> Iterator[Callable[..., None]]:
    """Makes the PIM misbehave; afterwards it is well."""
    yield partial(tell_pim, place.pim_url)
    tell_pim(place.pim_url)


def told(place: Any) -> dict[str, Any]:
    """What the asset of changes showed last."""
    event = place.instance.get_latest_materialization_event(dg.AssetKey(["akeneo", "changes"]))
    return {name: value.value for name, value in event.asset_materialization.metadata.items()}


@pytest.mark.parametrize("job", ["3-1", "3-2"])
def test_an_index_that_lost_half_of_the_products_changes_nothing_in_sfcc(
    place: Any, misbehave: Callable[..., None], job: str
) -> None:
    before = dict(place.export().objects())
    misbehave({"kind": "partial_list", "path": "products-uuid", "keep": 0.5})
    (run,) = place.jobs(job)
    assert told(place)["products gone"] == 0
    assert told(place)["kept, there by name"] > 20
    assert not (run.folder / "absent.parquet").exists()
    assert dict(place.export().objects()) == before


def test_deleted_products_leave_their_master_and_those_that_recommend_them(place: Any, editor: Callable[[str], Pim]) -> None:
    def variants() -> set[str]:
        return {str(one.get("product-id")) for one in place.export().product("jacket_drizzle").iter("variant")}

    before = variants()
    assert "JACKET-DRIZZLE-BLUE-M" in before
    assert ("2", "LAMP-HEAD-300") in place.export().recommended("TARP-3X3")
    session = editor(place.pim_url)
    for uuid in (LAMP, VARIANT):
        session.delete(f"products-uuid/{uuid}")
    (run,) = place.jobs("3-1")
    absent = pq.read_table(run.folder / "absent.parquet").to_pylist()
    assert absent == [{"owner": "product", "key": LAMP}, {"owner": "product", "key": VARIANT}]
    assert told(place)["removals"] == "counted"
    assert told(place)["products gone"] == 2
    assert run.to_send >= {("product", "jacket_drizzle"), ("recommendations", "TARP-3X3")}
    assert before - variants() == {"JACKET-DRIZZLE-BLUE-M"}
    assert ("2", "LAMP-HEAD-300") not in place.export().recommended("TARP-3X3")
