"""`akeneo-sfcc show` and the asset `sfcc/ledger` after loads of the demo catalogue: what they tell, against values written out by
hand."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dagster as dg
import orjson
import pytest
import yaml
from click.testing import Result
from typer.testing import CliRunner

from akeneo_assets.commands import show
from sandbox import stack
from sandbox.catalogue_edits import Pim

STOVE = "3ab7717f-104e-4ce1-9dce-adde18150f23"
TENT_3 = "14937f72-3b3e-4f7e-a0f5-fe67a88ba771"
NAMELESS = "0a6022df-ac81-492d-9212-a4c0e71c6345"

Told = dict[str, Any]


def edited(attribute: str, data: str, locale: str | None = None) -> dict[str, Any]:
    return {"values": {attribute: [{"locale": locale, "scope": None, "data": data}]}}


@pytest.fixture(scope="module")
def done(pim_of: Callable[[str], str], place_at: Any, tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """The installation after a full load and a differential one. In between a product got another identifier, another one another
    name, which SFCC refused; and connector.yaml began to leave lamps out."""
    place = place_at(pim_of("demo"))
    place.jobs("3-2")
    pim = Pim(place.pim_url, stack.CREDENTIAL)
    pim.patch(f"products-uuid/{STOVE}", edited("sku", "STOVE-GAS-ONE"))
    pim.patch(f"products-uuid/{TENT_3}", edited("name", "Refused", "en_US"))
    pim.close()
    config: Path = tmp_path_factory.mktemp("show") / "connector.yaml"
    settings = yaml.safe_load((stack.REPOSITORY / "connector.yaml").read_text("utf-8"))
    settings["products"]["filter"] = {"family": [{"operator": "NOT IN", "value": ["lamps"]}]}
    config.write_text(yaml.safe_dump(settings), "utf-8")
    place.faults(refuse={"product": ["TENT-RIDGE-3"]})
    run = place.job("3-1", CONNECTOR_CONFIG=str(config))
    assert run.objects["product"]["refused"] == 1
    place.faults()
    ledger = place.instance.get_latest_materialization_event(dg.AssetKey(["sfcc", "ledger"]))
    return SimpleNamespace(place=place, run=run, ledger=ledger, variables=place.environment(CONNECTOR_CONFIG=str(config)))


Shown = Callable[..., Result]


@pytest.fixture
def shown(done: SimpleNamespace) -> Shown:
    """Runs the command."""
    return lambda *arguments: CliRunner().invoke(show.app, list(arguments), env=done.variables)


@pytest.fixture
def told(shown: Shown) -> Callable[[str], Told]:
    """What it tells of a name that one object has, as JSON."""

    def of(name: str) -> Told:
        (told,) = orjson.loads(shown(name, "--json").stdout)["objects"]
        assert isinstance(told, dict)
        return told

    return of


def parts(told: Told, record_type: str = "product") -> dict[str, tuple[list[str], Any]]:
    """Part -> (where in the PIM it comes from, value) of the records of a type that it would be exported as now."""
    records = [record for record in told["now"]["records"] if record["type"] == record_type]
    return {part["name"]: (part["origin"], part["value"]) for record in records for part in record["parts"]}


def sent(told: Told) -> list[tuple[str, str, str, str]]:
    """(load, type, id, verdict) of the history."""
    return [(entry["load"], entry["type"], entry["id"], entry["verdict"]) for entry in told["history"]]


def test_a_simple_product_is_told_from_its_values_to_the_lines_that_carried_it(
    done: SimpleNamespace, told: Callable[[str], Told]
) -> None:
    tent = told("TENT-RIDGE-2")
    assert (tent["kind"], tent["code"], tent["id"], tent["master"]) == ("product", "TENT-RIDGE-2", "TENT-RIDGE-2", None)
    assert (tent["pim"]["load"], tent["pim"]["updated"]) == ("load_1", "2025-02-06T14:07:30+00:00")
    assert tent["pim"]["item"]["values"]["brand"][0]["data"] == "cairn"
    assert (tent["now"]["exported"], tent["now"]["reason"]) == (True, None)
    product = parts(tent)
    assert product["fields/ean"] == (["ean"], {"": "2000000000015"})
    assert product["fields/brand"] == (["brand"], {"": "Kettle & Cairn"})
    assert product["fields/online-flag"] == (["enabled"], {"": "true"})
    assert product["custom/akeneo_weight"] == (["weight"], {"": "2.35"})
    assert product["images"][0] == ["picture"]
    assert parts(tent, "category-assignments") == {"categories": (["categories"], ["2025", "tents"])}
    assert parts(tent, "recommendations")["recommendation 2"] == (["UPSELL"], ["TENT-RIDGE-3"])
    prices = {r["container"]: r["parts"] for r in tent["now"]["records"] if r["type"] == "price-table"}
    assert prices["eur-list-prices"] == [{"name": "price", "origin": ["price"], "value": [["1", "349.00"]]}]
    assert sorted(sent(tent))[:2] == [
        ("load_1", "category-assignments", "TENT-RIDGE-2", "confirmed"),
        ("load_1", "price-table", "TENT-RIDGE-2", "confirmed"),
    ]
    carried = next(entry for entry in tent["history"] if entry["type"] == "product")
    archive = done.place.store / "loads" / "load_1" / "archives" / carried["archive"]
    with zipfile.ZipFile(archive) as opened:
        lines = opened.read(f"{archive.stem}/{carried['file']}").decode().split("\n")
    assert carried["file"] == "catalogs/akeneo-catalog/catalog.xml"
    assert lines[carried["first_line"] - 1].startswith('<product product-id="TENT-RIDGE-2"')
    assert lines[carried["last_line"] - 1].endswith("</product>")


def test_a_product_is_found_by_its_uuid_in_any_case(told: Callable[[str], Told]) -> None:
    assert told("C62CDA42-FB98-4E6C-9351-BE3AEF031ADB")["code"] == "TENT-RIDGE-2"


def test_a_variant_is_told_with_its_master_and_only_what_is_its_own(told: Callable[[str], Told]) -> None:
    variant = told("JACKET-DRIZZLE-BLUE-M")
    assert (variant["id"], variant["master"]) == ("JACKET-DRIZZLE-BLUE-M", "jacket_drizzle")
    product = parts(variant)
    assert product["custom/akeneo_size"][0] == ["size"]
    assert product["custom/akeneo_color"] == (["color"], {"": "blue"})
    assert "fields/display-name" not in product
    assert {record["state"] for record in variant["now"]["records"]} == {"as sent"}


def test_a_master_is_told_with_the_axes_that_make_its_variations(told: Callable[[str], Told]) -> None:
    master = told("JACKET_DRIZZLE")
    assert (master["kind"], master["key"], master["id"]) == ("product_model", "jacket_drizzle", "jacket_drizzle")
    origin, variations = parts(master)["variations"]
    assert origin == ["color", "size"]
    assert variations["variants"] == [
        "JACKET-DRIZZLE-BLUE-S",
        "JACKET-DRIZZLE-BLUE-M",
        "JACKET-DRIZZLE-BLUE-L",
        "JACKET-DRIZZLE-RED-S",
        "JACKET-DRIZZLE-RED-M",
        "JACKET-DRIZZLE-RED-L",
    ]
    assert parts(master)["fields/online-flag"][0] == ["variants"]
    assert {record["state"] for record in master["now"]["records"]} == {"as sent"}


def test_a_sub_model_is_told_as_a_level_of_its_master(told: Callable[[str], Told]) -> None:
    level = told("jacket_drizzle_blue")
    assert (level["id"], level["master"], level["now"]["records"]) == (None, "jacket_drizzle", [])
    assert level["now"]["reason"] == "it is a level of the master jacket_drizzle, whose variants have its values"


def test_a_category_is_told_with_its_labels(told: Callable[[str], Told]) -> None:
    tents = told("TENTS")
    assert (tents["kind"], tents["id"], tents["pim"]["item"]["parent"]) == ("category", "tents", "camping")
    category = parts(tents, "category")
    assert category["fields/display-name"][0] == ["labels"]
    assert category["fields/display-name"][1]["x-default"] == "Tents & <Tarps>"
    assert category["parent"] == (["parent"], "camping")
    assert sent(tents) == [("load_1", "category", "tents", "confirmed")]


def test_a_category_of_another_channels_tree_is_told_as_left_out(told: Callable[[str], Told]) -> None:
    menu = told("app_favourites")
    assert (menu["now"]["exported"], menu["now"]["left_out"]) == (False, True)
    assert menu["now"]["reason"] == "no site exports its category tree 'app_menu'"


def test_what_is_held_back_is_told_with_its_reason(told: Callable[[str], Told]) -> None:
    nameless = told(NAMELESS)
    assert (nameless["id"], nameless["now"]["left_out"], nameless["history"]) == (None, False, [])
    assert nameless["now"]["reason"] == "held back: it has no identifier"
    assert told("FLASK-CAIRN-LID")["now"]["reason"] == "its model flask_cairn is held back"


def test_a_name_that_two_objects_have_tells_of_both(shown: Shown) -> None:
    product, model = orjson.loads(shown("flask_cairn", "--json").stdout)["objects"]
    assert (product["kind"], product["now"]["exported"]) == ("product", True)
    assert (model["kind"], model["now"]["reason"]) == ("product_model", "its id flask_cairn is taken by product flask_cairn")


def test_what_a_filter_leaves_out_is_told_so_and_with_what_sfcc_still_has_of_it(told: Callable[[str], Told]) -> None:
    lamp = told("LAMP-HEAD-300")
    assert (lamp["now"]["left_out"], lamp["now"]["reason"]) == (True, "products.filter leaves it out")
    assert ("product", "LAMP-HEAD-300") in {(entry["type"], entry["id"]) for entry in lamp["now"]["still_in_sfcc"]}


def test_a_product_with_another_identifier_is_found_by_both_and_told_with_both_ids(told: Callable[[str], Told]) -> None:
    stove = told("STOVE-GAS-ONE")
    assert told("STOVE-GAS-1") == stove
    assert (stove["key"], stove["id"], stove["pim"]["load"]) == (STOVE, "STOVE-GAS-ONE", "load_2")
    products = [entry for entry in sent(stove) if entry[1] == "product"]
    assert products == [
        ("load_1", "product", "STOVE-GAS-1", "confirmed"),
        ("load_2", "product", "STOVE-GAS-ONE", "confirmed"),
        ("load_2", "product", "STOVE-GAS-1", "confirmed"),  # taken offline
    ]


def test_what_sfcc_refused_is_told_with_its_message_and_goes_again(told: Callable[[str], Told]) -> None:
    tent = told("TENT-RIDGE-3")
    first, last = (entry for entry in tent["history"] if entry["type"] == "product")
    assert (first["load"], first["verdict"], first["message"]) == ("load_1", "confirmed", None)
    assert (last["load"], last["verdict"]) == ("load_2", "refused")
    assert last["message"] == "the object could not be written"
    assert next(r["state"] for r in tent["now"]["records"] if r["type"] == "product") == "not confirmed"
    assert parts(tent)["fields/display-name"][1]["en-US"] == "Refused"


def test_what_a_load_sent_is_mapped_alike_one_by_one(shown: Shown, done: SimpleNamespace) -> None:
    """Every fourth product that SFCC has, and all of its records, as the mapping of the whole catalogue made them."""
    compared = 0
    for name in sorted({*done.place.export().products()} - {"TENT-RIDGE-3", "STOVE-GAS-1", "LAMP-HEAD-300"})[::4]:
        for told in orjson.loads(shown(name, "--json").stdout)["objects"]:
            if told["id"] == name:
                assert {record["state"] for record in told["now"]["records"]} == {"as sent"}, name
                compared += 1
    assert compared > 15


def test_as_text_it_fits_a_page_and_says_what_is_next(shown: Shown) -> None:
    said = shown("TENT-RIDGE-3").output
    assert said.startswith(f"Product TENT-RIDGE-3 (uuid {TENT_3})\nRead from the PIM by the load 'load_2', from ")
    assert "It is exported as TENT-RIDGE-3." in said
    assert "product TENT-RIDGE-3 in akeneo-catalog: SFCC did not confirm it, the next load sends it again" in said
    assert "fields/display-name" in said
    assert "refused: " in said
    assert shown("LAMP-HEAD-300").output.count("It is left out: products.filter leaves it out.") == 1


def test_an_unknown_name_is_one_sentence_with_names_like_it(shown: Shown) -> None:
    result = shown("TENT-RIGDE-2")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "No product, product model or category is called 'TENT-RIGDE-2', neither in the PIM as the load 'load_2' has read it nor "
        "in what SFCC was sent: did you mean TENT-RIDGE-2, TENT-RIDGE-3?\n"
    )


def test_settings_that_have_changed_since_are_told(shown: Shown, done: SimpleNamespace) -> None:
    now = done.variables | {"CONNECTOR_CONFIG": str(stack.REPOSITORY / "connector.yaml")}
    result = CliRunner().invoke(show.app, ["TENT-RIDGE-2"], env=now)
    assert "connector.yaml has changed since: " in result.output
    assert "connector.yaml has changed since: " not in shown("TENT-RIDGE-2").output


def test_the_ledgers_asset_counts_what_sfcc_holds_and_names_first_what_it_refused(done: SimpleNamespace) -> None:
    result = done.place.materialize("sfcc/ledger")
    assert result.success
    (shown,) = result.asset_materializations_for_node("ledger")
    (category,) = [line for line in shown.metadata["objects"].value.splitlines() if line.startswith("| category |")]
    assert category == "| category | confirmed | 21 |"
    assert "| product | refused | 1 |" in shown.metadata["objects"].value
    assert shown.metadata["not confirmed"].value == 1
    first = shown.metadata["sample"].value.splitlines()[2]
    assert first.startswith("| product | TENT-RIDGE-3 | akeneo-catalog | refused | the object could not be written | load_2 |")


def test_a_job_materializes_the_ledgers_asset_after_its_import(done: SimpleNamespace) -> None:
    assert done.ledger is not None
    assert done.ledger.run_id == done.run.id
