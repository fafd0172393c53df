"""A real catalogue, Akeneo's icecat export: jobs 1, 2 and 3-2 carry all of it, every file valid against SFCC's schemas."""

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def done(shared: Path, pim_of: Callable[[str], str], place_at: Any) -> SimpleNamespace:
    """The installation after the three jobs; SFCC validates every file that it is given."""
    place = place_at(pim_of(str(shared / "icecat")), "--xsd-dir", str(shared / "sfcc-xsd"))
    runs = place.jobs("1", "2", "3-2")
    export = place.export()
    variants = {one.get("product-id") for one in export.all("/catalog/product/variations/variants/variant")}
    masters = {one.get("product-id"): one for one in export.all("/catalog/product[variations]")}
    return SimpleNamespace(place=place, runs=runs, export=export, variants=variants, masters=masters)


def test_all_products_stand_in_the_instance_as_what_they_are(done: SimpleNamespace) -> None:
    products = done.export.products()
    simple = [one for one in products if one not in done.variants and one not in done.masters]
    assert (len(products), len(set(products))) == (1289, 1289)
    assert (len(simple), len(done.masters), len(done.variants)) == (999, 50, 240)
    assert done.variants <= set(products)


def test_the_master_without_variants_is_offline_and_no_other_is(done: SimpleNamespace) -> None:
    empty = [id_ for id_, one in done.masters.items() if one.find("variations/variants/variant") is None]
    offline = [id_ for id_, one in done.masters.items() if one.findtext("online-flag") == "false"]
    assert len(empty) == 1
    assert offline == empty


def test_the_channel_s_tree_stands_below_the_root(done: SimpleNamespace) -> None:
    categories = [one.get("category-id") for one in done.export.all("/catalog/category")]
    assert len(categories) == 67 + 1
    assert {"root", "master"} <= set(categories)


def test_every_option_of_every_imported_select_is_defined(done: SimpleNamespace, shared: Path) -> None:
    with (shared / "icecat" / "attribute_options.csv").open(encoding="utf-8", newline="") as file:
        wanted = Counter(row["attribute"] for row in csv.DictReader(file, delimiter=";"))
    del wanted["brand"]  # connector.yaml maps it to SFCC's own attribute, a text
    assert wanted
    defined = {
        attribute: len(definition.findall("value-definitions/value-definition"))
        for attribute in wanted
        for definition in done.export.all(
            f"//type-extension[@type-id='Product']//attribute-definition[@attribute-id='akeneo_{attribute}']"
        )
    }
    assert defined == dict(wanted)


def test_both_price_books_and_all_images_stand_in_the_instance(done: SimpleNamespace) -> None:
    books = {one.get("pricebook-id"): one.findtext("currency") for one in done.export.all("/pricebooks/pricebook/header")}
    assert books == {"eur-list-prices": "EUR", "usd-list-prices": "USD"}
    images = [path for path in done.export.static if path.startswith("images/")]
    assert len(images) == 142  # variants have no copies of their models' images


def test_sfcc_reports_no_error_no_warning_and_no_invalid_file(done: SimpleNamespace) -> None:
    logs = list((done.place.sfcc_root / "webdav").rglob("Job-sfcc-site-archive-import-*.log"))
    text = "".join(path.read_text(encoding="utf-8") for path in logs)
    assert "Import finished with status IMPEX-0" in text
    assert [line for line in text.splitlines() if "DATAERROR" in line or "DATAWARNING" in line or "ERROR [" in line] == []
    for run in done.runs:
        assert run.objects
        assert all(counts.get("sent", 0) == counts.get("confirmed", 0) for counts in run.objects.values())


def test_nothing_changed_sends_nothing(done: SimpleNamespace) -> None:
    run = done.place.job("3-1")
    assert (run.ok, run.to_send) == (True, set())
