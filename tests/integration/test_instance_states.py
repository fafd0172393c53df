"""An instance that was reset, restored from a backup, or written to by another connector: noticed by each job, and mended."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest

from sandbox.catalogue_edits import Pim

MARK = "webdav/Catalogs/akeneo-catalog/default/akeneo-connector.json"


@pytest.fixture(scope="module")
def filled(pim_of: Callable[[str], str], place_at: Any) -> tuple[Any, Any, dict[str, dict[str, int]]]:
    """An installation whose instance holds the demo catalogue, that instance's export, and what each job sent to it."""
    place = place_at(pim_of("demo"))
    runs = place.jobs("1", "2", "3-2")
    return place, place.export(), {number: run.sent for number, run in zip(("1", "2", "3-2"), runs, strict=True)}


@pytest.fixture
def place(filled: Any) -> Any:
    """The installation, its instance full and its own, whatever a test did to it."""
    place, _, _ = filled
    place.faults()
    assert place.job("3-1", take_over=True).ok
    return place


def test_after_a_reset_each_job_sends_all_of_its_own_and_the_instance_is_full_again(
    place: Any, filled: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    _, before, sent = filled
    place.sandbox("reset")
    said = {}
    # The load has deleted two images that only products without an SFCC id show, and job 2 leaves them out from then on.
    again = sent | {"2": {"file": 80, "price-book": 2}}
    sentence = "akeneo-connector.json of catalog 'akeneo-catalog' is gone: the instance was reset"
    for number in ("1", "2", "3-2"):
        (run,) = place.jobs(number)
        assert run.sent == again[number], number
        said[number] = sentence in capfd.readouterr().err
    assert said == {"1": True, "2": False, "3-2": False}
    assert place.export().differs_from(before) == {}
    assert place.job("3-1").sent == {}


def test_after_a_reset_a_differential_alone_fills_the_instance_again(place: Any, filled: Any) -> None:
    _, before, _ = filled
    place.sandbox("reset")
    place.jobs("3-1")
    assert place.export().differs_from(before) == {}


def test_after_a_restore_a_differential_brings_what_came_later(place: Any, filled: Any, editor: Callable[[str], Pim]) -> None:
    pim = editor(place.pim_url)
    (product,) = [p for p in pim.items("products-uuid") if p["values"].get("sku", [{"data": ""}])[0]["data"] == "TENT-RIDGE-3"]
    place.sandbox("snapshot/before")
    path, named = f"products-uuid/{product['uuid']}", product["values"]["name"]
    pim.patch(path, {"values": {"name": [value | {"data": "Another tent"} for value in named]}})
    assert ("product", "TENT-RIDGE-3") in place.jobs("3-1")[0].to_send
    later = place.export()
    place.sandbox("restore/before")
    assert place.export().differs_from(later) != {}
    (run,) = place.jobs("3-1")
    assert set(run.sent) <= {"product", "category-assignments", "recommendations", "price-table"}
    assert run.sent["product"] < 10
    assert place.export().differs_from(later) == {}
    assert place.job("3-1").sent == {}
    pim.patch(path, {"values": {"name": named}})


def test_after_a_restore_to_a_time_before_a_catalog_was_there_nothing_of_that_time_stays(
    place_at: Any, filled: Any, config: Callable[..., str]
) -> None:
    place = place_at(filled[0].pim_url)
    guard = {"share": 100, "above": 10_000}
    in_master = config(guard=guard)
    for number in ("1", "2", "3-2"):
        assert place.job(number, CONNECTOR_CONFIG=in_master).ok
    place.sandbox("snapshot/before")
    apart = config(organization={"sites": [{"storefront_catalog": "shop"}]}, guard=guard)
    assert place.job("3-2", CONNECTOR_CONFIG=apart).ok
    later = place.export()
    left_behind = later.all("/catalog[@catalog-id='akeneo-catalog']/category[@category-id!='root']")
    assert {category.findtext("online-flag") for category in left_behind} == {"false"}
    place.sandbox("restore/before")
    assert place.job("3-1", CONNECTOR_CONFIG=apart).ok
    assert place.export().differs_from(later) == {}


def test_what_another_connector_wrote_to_is_left_alone_until_it_is_taken_over(place: Any, filled: Any, place_at: Any) -> None:
    other = place_at(place.pim_url)
    other = replace(other, sfcc_url=place.sfcc_url, sfcc_root=place.sfcc_root)
    other.jobs("1")
    theirs = orjson.loads((place.sfcc_root / MARK).read_bytes())
    for number in ("1", "2", "3-1", "3-2"):
        (failure,) = place.job(number).failures
        assert failure.startswith("Nothing was sent: catalog 'akeneo-catalog' was last written to by another connector")
        assert theirs["ledger"] in failure
        assert failure.endswith("start a new import with --take-over, which sends everything again.")
    done = place.command("2", "--take-over")
    assert done.returncode == 0, done.stdout
    assert place.jobs("3-1")[0].sent["product"] == filled[2]["3-2"]["product"]
    assert orjson.loads((place.sfcc_root / MARK).read_bytes())["ledger"] != theirs["ledger"]
    assert "by another connector" in other.job("1").failures[0]


@pytest.mark.parametrize(("status", "number"), [(401, "1"), (403, "2"), (500, "3-1")])
def test_a_job_stops_where_the_mark_can_t_be_read(place: Any, status: int, number: str) -> None:
    place.faults(answers=[{"on": "GET .*akeneo-connector.json", "status": status}])
    (failure,) = place.job(number).failures
    assert failure.startswith("Reading Catalogs/akeneo-catalog/default/akeneo-connector.json in SFCC failed")
    assert str(status) in failure
    place.faults()
    assert place.job("3-1").sent == {}


def test_a_page_in_the_mark_s_place_is_no_reset(place: Any) -> None:
    place.faults(answers=[{"on": "GET .*akeneo-connector.json", "status": 200, "body": "<html>Maintenance</html>"}])
    (failure,) = place.job("3-1").failures
    assert failure.startswith("Nothing was sent: SFCC gives something else as the file default/akeneo-connector.json of catalog")
    place.faults()
    assert place.job("3-1").sent == {}


def test_a_load_that_has_mapped_before_a_reset_sends_nothing_after_it(place: Any, filled: Any) -> None:
    place.faults(answers=[{"on": "POST .*/executions", "status": 403}])
    assert not place.job("3-2", load="before").ok
    place.faults()
    place.sandbox("reset")
    (failure,) = place.job("3-2", load="before").failures
    assert failure == (
        "The import 'before' is abandoned, since SFCC's instance was reset or restored since it began: "
        "start a new one, which brings whatever this one lacked."
    )
    assert place.export().products() == []
    assert place.jobs("3-1")[0].sent["product"] == filled[2]["3-2"]["product"]
