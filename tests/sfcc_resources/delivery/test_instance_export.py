"""The instance's own export, against an instance in its own process."""

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from sfcc_resources import records
from sfcc_resources.archive import write_archives
from sfcc_resources.delivery import instance_export, webdav
from sfcc_resources.delivery.archive_transfer import deliver
from sfcc_resources.delivery.instance_export import ExportNotAllowedError, data_units
from sfcc_resources.delivery.sfcc_client import Client, Instance
from sfcc_resources.delivery.sfcc_errors import SfccPermanentError
from sfcc_resources.exported_objects import objects
from sfcc_resources.feeds import write_feeds

EXPORTS = "POST .*/jobs/sfcc-site-archive-export/executions"


@pytest.fixture(scope="module")
def sfcc(sfcc_instance: SimpleNamespace) -> Iterator[SimpleNamespace]:
    """The instance with a client of it that tries once."""
    url = sfcc_instance.url
    with Client(Instance(url, "sandbox", "sandbox", url, retries=0)) as client:
        yield SimpleNamespace(client=client, **vars(sfcc_instance))


@pytest.fixture(autouse=True)
def without_faults(sfcc: SimpleNamespace) -> Iterator[None]:
    sfcc.faults()
    yield
    sfcc.faults()


def test_units_hold_the_records_that_are_asked_for() -> None:
    holders = [
        ("m", records.PRODUCT),
        ("m", records.CATEGORY_ASSIGNMENTS),
        ("eur", records.PRICE_TABLE),
        ("shared", records.CONTENT),
        ("sites/RefArch", records.FOLDER),
        ("T", records.CUSTOM_OBJECT),
        ("Product", records.ATTRIBUTE_DEFINITION),
        ("m", records.FILE),
    ]
    assert data_units(holders) == {
        "catalogs": {"m": True},
        "price_books": {"eur": True},
        "libraries": {"shared": True},
        "sites": {"RefArch": {"content": True}},
        "global_data": {"global_custom_objects": True},
    }


def test_an_export_comes_as_a_file_and_leaves_none_in_the_instance(sfcc: SimpleNamespace, table: object, tmp_path: Path) -> None:
    product = {"id": "a", "fields": {"brand": {"": "x"}}}
    feeds = write_feeds(table([("m", records.PRODUCT, "a", False, product)]), tmp_path / "xml")  # type: ignore[operator]
    [sent] = write_archives(feeds, [], tmp_path / "out", name="load")
    deliver(sfcc.client, sent.path, delete_after=True)
    archive = instance_export.export(sfcc.client, data_units([("m", records.PRODUCT)]), tmp_path / "export")
    assert archive.parent == tmp_path / "export"
    [exported] = [exported for exported in objects(archive) if exported.type == records.PRODUCT]
    assert (exported.container, exported.id, exported.fields["fields/brand/"]) == ("m", "a", "x")
    assert exported.fields["fields/online-flag/"] == "false"  # SFCC tells what wasn't sent, too
    assert webdav.listing(sfcc.client, "Impex/src/instance") == []


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 403},
        {"status": 404, "body": json.dumps({"fault": {"type": "JobNotFoundException", "message": "No such job."}})},
    ],
)
def test_an_instance_that_allows_no_export_says_so(sfcc: SimpleNamespace, tmp_path: Path, answer: dict[str, object]) -> None:
    sfcc.faults(answers=[{"on": EXPORTS, "times": 9, **answer}])
    with pytest.raises(ExportNotAllowedError, match="SFCC does not let this client export: allow the job"):
        instance_export.export(sfcc.client, {"catalogs": {"m": True}}, tmp_path)


def test_a_download_that_is_forbidden_is_an_export_that_is_not_allowed(sfcc: SimpleNamespace, tmp_path: Path) -> None:
    sfcc.faults(answers=[{"on": "GET .*/akeneo-export-.*", "times": 9, "status": 403}])
    with pytest.raises(ExportNotAllowedError):
        instance_export.export(sfcc.client, {"global_data": {"meta_data": True}}, tmp_path)


def test_an_export_that_ends_badly_is_no_missing_right(sfcc: SimpleNamespace, tmp_path: Path) -> None:
    with pytest.raises(SfccPermanentError, match="without an archive") as caught:
        instance_export.export(sfcc.client, {"catalogs": {"unknown": True}}, tmp_path)
    assert not isinstance(caught.value, ExportNotAllowedError)
