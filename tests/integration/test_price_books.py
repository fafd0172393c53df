"""Price books end to end: what SFCC has of them, what it refuses of them, and what that means for their prices."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from akeneo_assets import tables
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.record_files import record_row
from akeneo_assets.store import Store
from sandbox.catalogue_edits import Pim


@pytest.fixture
def place(pim_of: Callable[[str], str], place_at: Any) -> Any:
    """An installation that has not imported yet."""
    return place_at(pim_of("demo"))


def test_a_book_whose_currency_changes_stops_every_job_before_anything_is_sent(
    place: Any, editor: Callable[[str], Pim], tmp_path: Path
) -> None:
    config = tmp_path / "connector.yaml"
    config.write_text("price_books: [{id: shop-list}]\n")
    pim = editor(place.pim_url)
    pim.patch("channels/ecommerce", {"currencies": ["EUR"]})
    assert place.job("3-2", CONNECTOR_CONFIG=str(config)).ok
    before = place.export()
    assert before.prices("TENT-RIDGE-3") == {"shop-list": "429.00"}
    pim.patch("channels/ecommerce", {"currencies": ["USD"]})
    vanished = place.job("1", CONNECTOR_CONFIG=str(config))
    assert "no longer have what is in use: currency 'EUR of ecommerce'." in vanished.failures[0]
    said = (
        "Nothing was sent: connector.yaml: price_books.0.id makes 'shop-list' a price book in USD, but SFCC was given it in EUR, "
        "which no import changes; give the USD book another id."
    )
    for number in ("1", "2", "3-1", "3-2"):
        run = place.job(number, confirm=vanished.id, CONNECTOR_CONFIG=str(config))
        assert {failure for failure in run.failures if "price_books" in failure} == {said}
    assert place.export().differs_from(before) == {}
    config.write_text("price_books: [{id: shop-usd}]\n")
    assert place.job("3-1", CONNECTOR_CONFIG=str(config)).ok
    assert place.export().prices("TENT-RIDGE-3") == {"shop-usd": "469.00"}


def test_a_book_once_given_in_two_currencies_has_the_one_that_sfcc_confirmed(place: Any, tmp_path: Path) -> None:
    config = tmp_path / "connector.yaml"
    config.write_text("price_books: [{id: shop-list, currencies: [USD]}]\n")
    assert place.job("3-2", CONNECTOR_CONFIG=str(config)).ok
    ledger, book = Ledger(Store(place.store)), {"id": "shop-list", "currency": "EUR", "names": {}}
    header = record_row("price-book", "shop-list", book)
    with ledger.intend("kept.zip") as entries:
        told = {"deleted": False, "load": "kept", "file": "pricebooks/shop-list.xml", "archive": "kept.zip"}
        entries.write({name: value for name, value in header.items() if name in tables.LEDGER_ENTRIES.columns.names} | told)
    ledger.conclude("kept.zip", [header | {"verdict": "pending", "message": "'USD' is kept"}])
    config.write_text("price_books: [{id: shop-list, currencies: [EUR]}]\n")
    stopped = place.job("3-1", CONNECTOR_CONFIG=str(config))
    assert "makes 'shop-list' a price book in EUR, but SFCC was given it in USD" in stopped.failures[0]
    config.write_text("price_books: [{id: shop-list, currencies: [USD]}]\n")
    assert place.job("3-1", CONNECTOR_CONFIG=str(config)).ok
    assert place.export().prices("TENT-RIDGE-3") == {"shop-list": "469.00"}
    config.write_text("price_books: [{id: shop-eur, currencies: [EUR]}]\n")
    run = place.job("3-1", CONNECTOR_CONFIG=str(config))
    assert run.ok, run.failures
    assert place.export().prices("TENT-RIDGE-3") == {"shop-eur": "429.00"}


def test_a_book_of_which_sfcc_did_not_say_whether_it_took_it_keeps_its_currency(place: Any, tmp_path: Path) -> None:
    config = tmp_path / "connector.yaml"
    config.write_text("price_books: [{id: shop-list, currencies: [USD]}]\n")
    no_export = {"on": "POST .*/jobs/sfcc-site-archive-export/executions", "status": 403}
    place.faults(no_log=True, answers=[no_export])
    assert place.job("2", CONNECTOR_CONFIG=str(config)).objects["price-book"] == {"sent": 1, "unconfirmed": 1}
    place.faults()
    config.write_text("price_books: [{id: shop-list, currencies: [EUR]}]\n")
    stopped = place.job("3-2", CONNECTOR_CONFIG=str(config))
    assert "makes 'shop-list' a price book in EUR, but SFCC was given it in USD" in stopped.failures[0]


def test_a_currency_that_sfcc_does_not_know_leaves_only_the_prices_in_it_unimported(place: Any) -> None:
    """Its header stands in each file of its prices, confirmed long ago or not."""
    assert place.job("2").ok
    instance = place.sfcc_root / "instance.json"
    known = orjson.loads(instance.read_bytes())
    instance.write_bytes(orjson.dumps(known | {"currencies": ["EUR"]}))
    run = place.job("3-2")
    assert "price-book" not in run.sent
    euros = len({product for product, prices in priced(place) if "eur-list-prices" in prices})
    prices = run.objects["price-table"]
    assert (prices["confirmed"], prices["pending"]) == (euros, prices["sent"] - euros)
    assert {kind for kind, counts in run.objects.items() if counts.get("sent") != counts.get("confirmed")} == {"price-table"}
    (said,) = [failure for failure in run.failures if "SFCC did not confirm" in failure]
    assert "of usd-list-prices pending (currency 'USD' is not configured; price book rejected)" in said
    instance.write_bytes(orjson.dumps(known))
    again = place.job("3-1")
    assert again.ok, again.failures
    assert again.sent == {"price-table": prices["pending"]}
    assert place.export().prices("TENT-RIDGE-3") == {"eur-list-prices": "429.00", "usd-list-prices": "469.00"}


def priced(place: Any) -> list[tuple[str, dict[str, str]]]:
    """Each product of the instance with its prices."""
    export = place.export()
    return [(product, export.prices(product)) for product in export.products()]


def test_a_price_book_taken_from_below_its_parent_is_told_since_no_import_clears_it(
    place: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "connector.yaml"
    config.write_text("price_books: [{id: shop, currencies: [EUR], parent: own-list}]\n")
    assert place.job("2", CONNECTOR_CONFIG=str(config)).ok
    config.write_text("price_books: [{id: shop, currencies: [EUR]}]\n")
    capsys.readouterr()
    assert place.job("2", CONNECTOR_CONFIG=str(config)).ok
    said = "SFCC keeps the parent of 1 price-book, since it has no way to clear it: map a constant, or edit it there."
    assert said in capsys.readouterr().err
    assert [header.findtext("parent") for header in place.export().all("/pricebooks/pricebook/header")] == ["own-list"]
    assert place.job("2", CONNECTOR_CONFIG=str(config)).sent == {}


@pytest.fixture
def rejected(place: Any, tmp_path: Path) -> Path:
    """The settings of a load of which SFCC rejected the price book shop-list: it doesn't know its currency."""
    config = tmp_path / "connector.yaml"
    config.write_text("price_books: [{id: shop-list, currencies: [USD]}]\n")
    assert place.job("1", CONNECTOR_CONFIG=str(config)).ok
    instance = place.sfcc_root / "instance.json"
    instance.write_bytes(orjson.dumps(orjson.loads(instance.read_bytes()) | {"currencies": ["EUR"]}))
    assert not place.job("3-2", CONNECTOR_CONFIG=str(config)).ok
    return config


def test_a_book_that_sfcc_rejected_is_not_in_the_way_of_its_other_currency(place: Any, rejected: Path) -> None:
    rejected.write_text("price_books: [{id: shop-list, currencies: [EUR]}]\n")
    run = place.job("3-1", CONNECTOR_CONFIG=str(rejected))
    assert run.ok, run.failures
    assert place.export().prices("TENT-RIDGE-3") == {"shop-list": "429.00"}


def test_no_price_is_deleted_from_a_book_that_sfcc_rejected(place: Any, rejected: Path) -> None:
    rejected.write_text("price_books: [{id: shop-eur, currencies: [EUR]}]\n")
    for number in ("3-1", "3-2"):
        run = place.job(number, CONNECTOR_CONFIG=str(rejected))
        assert run.ok, run.failures
    assert place.export().prices("TENT-RIDGE-3") == {"shop-eur": "429.00"}
