"""Files that nothing exported shows any more are deleted in SFCC, once what showed them is confirmed without them."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from sandbox.catalogue_edits import Pim

RIDGE_2 = "products-uuid/c62cda42-fb98-4e6c-9351-be3aef031adb"
RIDGE_3 = "products-uuid/14937f72-3b3e-4f7e-a0f5-fe67a88ba771"
GRINDER = "products-uuid/e6e512c9-1e6b-4d58-b784-1bb6d421ff87"
TARP = "products-uuid/705b37b8-2bef-4207-8d52-c11b3c314d48"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00 a picture \xff\xd9"


def upload(pim: Pim, path: str, name: str) -> None:
    """A person replaces a product's picture."""
    place = {"attribute": "picture", "scope": None, "locale": None, "identifier": None, "uuid": path.split("/")[1]}
    pim._call(
        "POST",
        "/api/rest/v1/media-files",
        files={"file": (name, JPEG, "image/jpeg")},
        data={"product": orjson.dumps(place).decode()},
    )


def picture(pim: Pim, path: str) -> str:
    return str(pim.get(path)["values"]["picture"][0]["data"])


def files(place: Any, name: str) -> list[str]:
    """The instance's static files of that name."""
    return [path for path in place.export().static if path.endswith(f"_{name}")]


def told(place: Any, run: Any) -> list[str]:
    """What a run told people."""
    return [str(event.user_message) for event in place.instance.all_logs(run.id)]


@pytest.fixture(scope="module")
def pim_url(pim_of: Callable[[str], str]) -> str:
    return pim_of("demo")


@pytest.fixture(scope="module")
def place(place_at: Any, pim_url: str) -> Any:
    """An installation whose instance holds the demo catalogue."""
    place = place_at(pim_url)
    place.jobs("1", "2", "3-2")
    return place


def test_a_replaced_image_leaves_sfcc_once_nothing_else_shows_it(place: Any, editor: Callable[[str], Pim]) -> None:
    pim = editor(place.pim_url)
    shared = {"picture": [{"locale": None, "scope": None, "data": picture(pim, RIDGE_2)}]}
    pim.patch(RIDGE_3, {"values": shared})
    place.jobs("3-1")
    assert (len(files(place, "tent_ridge_2.jpg")), files(place, "tent_ridge_3.jpg")) == (1, [])
    upload(pim, RIDGE_2, "ridge_new.jpg")
    place.jobs("3-1")
    assert (len(files(place, "tent_ridge_2.jpg")), len(files(place, "ridge_new.jpg"))) == (1, 1)

    upload(pim, RIDGE_3, "ridge_other.jpg")
    place.faults(answers=[{"on": "DELETE .*/Catalogs/.*", "times": 99, "status": 403}])
    refused = place.job("3-1")
    assert refused.ok, refused.failures
    (sentence,) = [text for text in told(place, refused) if "left for the next load" in text]
    assert "Files that nothing shows any more are left for the next load (1): Deleting Catalogs/akeneo-catalog/" in sentence
    assert "HTTP 403" in sentence
    assert (len(files(place, "tent_ridge_2.jpg")), len(files(place, "ridge_other.jpg"))) == (1, 1)

    place.faults()
    again = place.job("3-1")
    assert (again.ok, again.sent) == (True, {})
    assert files(place, "tent_ridge_2.jpg") == []
    assert place.jobs("2", "3-1")[0].sent == {}


def test_the_image_of_a_deleted_product_leaves_sfcc_with_the_image_groups_that_named_it(
    place: Any, editor: Callable[[str], Pim]
) -> None:
    assert place.export().product("TARP-3X3").find("images/image-group") is not None
    editor(place.pim_url).delete(TARP)
    place.jobs("3-1")
    now = place.export()
    assert now.product("TARP-3X3").findtext("online-flag") == "false"
    assert now.product("TARP-3X3").find("images/image-group") is None
    assert files(place, "tarp_3x3.gif") == []
    assert place.job("3-1").sent == {}


def test_a_product_that_was_renamed_before_a_reset_keeps_no_file_in_sfcc(place: Any, editor: Callable[[str], Pim]) -> None:
    """Its old id is never sent again, and so never confirmed."""
    pim = editor(place.pim_url)
    pim.patch(GRINDER, {"values": {"sku": [{"locale": None, "scope": None, "data": "GRIND-RENAMED"}]}})
    place.sandbox("reset")
    place.jobs("3-2")
    assert len(files(place, "grind_hand.jpg")) == 1
    upload(pim, GRINDER, "grinder_anew.jpg")
    place.jobs("3-1")
    assert (files(place, "grind_hand.jpg"), len(files(place, "grinder_anew.jpg"))) == ([], 1)
