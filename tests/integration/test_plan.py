"""A plan says what the next load would change, sends nothing, and is applied while it is still so."""

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from typer.testing import CliRunner, Result

from akeneo_assets.commands.apply import app as apply_command
from akeneo_assets.commands.plan import app as plan_command
from sandbox.catalogue_edits import Pim


@pytest.fixture
def said_of() -> list[str]:
    """What each plan has printed, in order."""
    return []


@pytest.fixture
def planned(place: Any, tmp_path: Path, said_of: list[str]) -> Callable[..., tuple[str, dict[str, Any]]]:
    """Makes a plan; returns its name and its JSON document. The CSV file and the page stand beside in `tmp_path`."""

    def make(*arguments: str, **changes: str) -> tuple[str, dict[str, Any]]:
        files = [f"--{name}={tmp_path}/plan.{name}" for name in ("json", "csv", "html")]
        said = CliRunner().invoke(plan_command, [*arguments, *files], env=place.environment(**changes))
        assert said.exit_code == 0, said.output
        document = json.loads((tmp_path / "plan.json").read_text())
        assert "Nothing was sent." in said.output
        said_of.append(said.output)
        return document["plan"], document

    return make


def apply(place: Any, *arguments: str) -> Result:
    return CliRunner().invoke(apply_command, list(arguments), env=place.environment())


def product_of(pim: Pim, sku: str) -> Any:
    return next(p for p in pim.items("products-uuid") if any(value["data"] == sku for value in p["values"].get("sku", ())))


def rename(pim: Pim, sku: str, name: str) -> None:
    """Give a product another English name."""
    product = product_of(pim, sku)
    values = [value | {"data": name} if value["locale"] == "en_US" else value for value in product["values"]["name"]]
    pim.patch(f"products-uuid/{product['uuid']}", {"values": {"name": values}})


def state(place: Any) -> tuple[list[str], list[str]]:
    """What later loads stand on: the ledger's files, and the loads that succeeded."""
    ledger = sorted(str(path.relative_to(place.store)) for path in (place.store / "ledger").rglob("*"))
    return ledger, sorted(str(path) for path in (place.store / "loads").glob("*/outcome.json"))


def test_a_plan_tells_every_change_sends_nothing_and_is_applied_once(
    place: Any,
    editor: Callable[[str], Pim],
    planned: Callable[..., tuple[str, dict[str, Any]]],
    said_of: list[str],
    tmp_path: Path,
) -> None:
    pim, before, stood_on = editor(place.pim_url), place.export(), state(place)
    rename(pim, "TENT-RIDGE-3", "A <b>new</b> & better tent")
    gone = product_of(pim, "SAMPLER-001")
    pim.delete(f"products-uuid/{gone['uuid']}")
    name, document = planned()
    assert place.export().differs_from(before) == {}
    assert state(place) == stood_on

    changes = [change for change in document["changes"] if change["id"] == "TENT-RIDGE-3" and change["type"] == "product"]
    assert [(c["action"], c["field"], c["locale"], c["site"], c["old"], c["new"]) for c in changes] == [
        ("changed", "display-name", locale, "", "Ridge 3 tent", "A <b>new</b> & better tent") for locale in ("en-US", "x-default")
    ]
    retired = [(c["type"], c["policy"]) for c in document["changes"] if c["id"] == "SAMPLER-001" and c["action"] == "retired"]
    assert retired == [("product", "offline")]
    assert document["actions"]["retired: offline"] == {"product": 1}

    assert "product TENT-RIDGE-3 A <b>new</b> & better tent: changed\n" in said_of[0]
    assert "  display-name en-US: Ridge 3 tent -> A <b>new</b> & better tent\n" in said_of[0]

    with (tmp_path / "plan.csv").open(newline="") as file:
        table = list(csv.DictReader(file))
    assert len(table) == len(document["changes"])
    assert ["Ridge 3 tent", "A <b>new</b> & better tent"] in [[line["old"], line["new"]] for line in table]

    page = (tmp_path / "plan.html").read_text()
    assert "<ins>A &lt;b&gt;new&lt;/b&gt; &amp; better tent</ins>" in page
    assert "<b>new</b>" not in page
    assert "<del>Ridge 3 tent</del>" in page
    assert "SAMPLER-001" in page
    assert re.findall(r"(?:src|href|url|import)\s*[=(]\s*[\"']?(?!data:)", re.sub(r"<(del|ins)>.*?</\1>", "", page)) == []

    assert apply(place, name).exit_code == 0
    now = place.export()
    assert {str(element.text) for element in now.product("TENT-RIDGE-3").iterfind("display-name")} >= {
        "A <b>new</b> & better tent"
    }
    assert now.product("SAMPLER-001").findtext("online-flag") == "false"
    again = apply(place, name)
    assert again.exit_code == 1
    assert f"The plan '{name}' was applied by the load 'diff_" in again.output
    assert place.export().differs_from(now) == {}
    assert planned()[1]["actions"] == {}


def test_a_plan_that_is_no_longer_so_is_sent_only_on_a_word(
    place: Any, editor: Callable[[str], Pim], planned: Callable[..., tuple[str, dict[str, Any]]]
) -> None:
    pim, before = editor(place.pim_url), place.export()
    rename(pim, "TENT-RIDGE-3", "Planned")
    name, _ = planned()
    as_load = place.job("3-1", load=name)
    assert as_load.failures[0].startswith(f"'{name}' is a plan: nothing was read or sent.")
    other_kind = place.job("3-2", apply=name)
    assert other_kind.failures[0] == f"The plan '{name}' is of a differential load: apply it with job 3-1."
    rename(pim, "TENT-RIDGE-3", "Since then")
    moved = place.job("3-1", apply=name)
    assert moved.failures[0].startswith(
        f"Nothing was sent. The load would send otherwise than the plan '{name}' says: 1 otherwise: "
        "product TENT-RIDGE-3 (otherwise). Make a new plan"
    )
    assert place.export().differs_from(before) == {}
    assert apply(place, name).exit_code == 1
    assert apply(place, name, "--anyway").exit_code == 0
    assert "Since then" in {element.text for element in place.export().product("TENT-RIDGE-3").iterfind("display-name")}


def test_a_plan_of_a_full_load_tells_what_is_held_back_and_what_is_sent_as_it_is(
    place: Any, config: Callable[..., str], planned: Callable[..., tuple[str, dict[str, Any]]]
) -> None:
    narrowed = {"family": [{"operator": "NOT IN", "value": ["tents", "coffee"]}]}
    settings = config(products={"filter": narrowed, "model_filter": narrowed}, guard={"share": 1, "above": 1})
    _, document = planned("full", CONNECTOR_CONFIG=settings)
    held = {change["id"] for change in document["changes"] if change["action"] == "held back" and change["type"] == "product"}
    assert "TENT-RIDGE-3" in held
    assert document["actions"]["held back"]["product"] == len(held)
    assert document["again"]["product"] > 50


def test_the_job_shows_the_page_of_its_plan(place: Any, editor: Callable[[str], Pim]) -> None:
    rename(editor(place.pim_url), "TENT-RIDGE-3", "Planned")
    place.instance.add_dynamic_partitions("product_loads", ["tuesday"])
    job = place.definitions().resolve_job_def("akeneo_plan_products")
    assert job.execute_in_process(instance=place.instance, partition_key="tuesday", raise_on_error=False).success
    shown = place.instance.get_latest_materialization_event(dg.AssetKey(["sfcc", "plan"])).asset_materialization.metadata
    page = Path(shown["page's file"].value)
    assert shown["page"].value == page.as_uri()
    assert "<ins>Planned</ins>" in page.read_text()
    assert "| changed | product | 1 |" in shown["what would change"].value
    run = place.job("3-1", apply="tuesday")
    assert run.ok, run.failures
    assert run.to_send == {("product", "TENT-RIDGE-3")}
