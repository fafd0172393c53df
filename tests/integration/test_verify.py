"""`akeneo-sfcc verify --sfcc` where merchants have changed what the connector sent: told by object and field, and mended."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import Result
from typer.testing import CliRunner

from akeneo_assets.commands import verify
from sandbox.catalogue_edits import Pim

NAMESPACE = "http://www.demandware.com/xml/impex/catalog/2006-10-31"
EDITS = f"""<catalog xmlns="{NAMESPACE}" catalog-id="akeneo-catalog">
    <category category-id="tents"><display-name xml:lang="de-DE">Unsere Zelte</display-name></category>
    <product product-id="FILTER-PAPER-100"><ean>1</ean><brand>Merchant</brand></product>
    <product product-id="STOVE-GAS-1" mode="delete"/>
</catalog>"""


@pytest.fixture
def place(place_at: Any, pim_of: Callable[[str], str]) -> Any:
    """An installation whose instance holds the demo catalogue."""
    place = place_at(pim_of("demo"))
    place.jobs("1", "2", "3-2")
    return place


def verified(place: Any, *arguments: str) -> Result:
    return CliRunner().invoke(verify.app, ["--sfcc", *arguments], env=place.environment())


def test_what_merchants_changed_is_told_and_sent_again(place: Any, tmp_path: Path) -> None:
    assert verified(place).stdout.endswith("SFCC holds all that it has confirmed, as it was sent.\n")
    before = place.export()
    place.merchant_imports("edits", {"catalogs/akeneo-catalog/catalog.xml": EDITS})
    file = tmp_path / "differing.csv"
    result = verified(place, "--json", "--csv", str(file))
    assert result.exit_code == 1
    document = orjson.loads(result.stdout)
    told = {(each["type"], each["id"], each["field"]): (each["sent"], each["held"]) for each in document["differing"]}
    assert told.pop(("product-links", "STOVE-GAS-1", "links"))[1] == ""
    assert told == {
        ("category", "tents", "fields/display-name/de-DE"): ("Zelte & <Tarps>", "Unsere Zelte"),
        ("category", "tents", "parent"): ("camping", "root"),  # SFCC moves a category that an import gives no parent
        ("category-assignments", "STOVE-GAS-1", "category/camp_kitchen"): ("there", ""),
        ("category-assignments", "STOVE-GAS-1", "primary/camp_kitchen"): ("there", ""),
        ("product", "FILTER-PAPER-100", "fields/brand/"): ("no_name", "Merchant"),
        ("product", "STOVE-GAS-1", ""): ("there", ""),
        ("recommendations", "STOVE-GAS-1", "1/coffee_house_blend"): ("there", ""),
        ("recommendations", "STOVE-GAS-1", "1/mug_enamel"): ("there", ""),
    }
    assert document["ok"] is False
    assert len(pd.read_csv(file)) == 9
    assert verified(place, "--mend").exit_code == 1
    run = place.job("3-1")
    assert run.ok, run.failures
    assert run.to_send == {
        ("category", "tents"),
        ("category-assignments", "STOVE-GAS-1"),
        ("product", "FILTER-PAPER-100"),
        ("product", "STOVE-GAS-1"),
        ("product-links", "STOVE-GAS-1"),
        ("recommendations", "STOVE-GAS-1"),
    }
    assert verified(place).exit_code == 0
    assert set(place.export().differs_from(before)) == {"product FILTER-PAPER-100 in catalogs/akeneo-catalog"}  # its ean


def of_pim(place: Any) -> dict[str, str]:
    """Code -> how it differs in the PIM, by `verify --all`."""
    result = CliRunner().invoke(verify.app, ["--all", "--json"], env=place.environment())
    document = orjson.loads(result.stdout)
    assert document["differing"] == []
    assert result.exit_code == (1 if document["pim"] else 0)
    return {each["code"]: each["how"] for each in document["pim"]}


def test_the_pim_is_compared_with_what_the_last_load_knows(place: Any, editor: Callable[[str], Pim]) -> None:
    assert of_pim(place) == {}
    pim, stove = editor(place.pim_url), "3ab7717f-104e-4ce1-9dce-adde18150f23"
    files = set((place.store / "loads").rglob("*"))
    pim.patch(f"products-uuid/{stove}", {"values": {"name": [{"locale": "en_US", "scope": None, "data": "Stove"}]}})
    pim.delete("products-uuid/14937f72-3b3e-4f7e-a0f5-fe67a88ba771")
    new = {"values": {"sku": [{"locale": None, "scope": None, "data": "NEW"}]}}
    pim.patch("products-uuid/0000000e-0000-4000-8000-000000000000", new)
    # As if the mirror had read something else at the same time.
    part = place.package("load_1").raw_parts("products")[0]
    table = pq.read_table(part)
    pairs = zip(table["code"].to_pylist(), table["fingerprint"].to_pylist(), strict=True)
    changed = [1 if code == "FILTER-PAPER-100" else fingerprint for code, fingerprint in pairs]
    at = table.schema.get_field_index("fingerprint")
    pq.write_table(table.set_column(at, table.schema.field(at), pa.array(changed, pa.uint64())), part)
    assert of_pim(place) == {
        "STOVE-GAS-1": "edited",
        "TENT-RIDGE-3": "not listed",
        "NEW": "new",
        "FILTER-PAPER-100": "otherwise",
        "TENT-RIDGE-2": "otherwise",  # it was associated with the deleted one
    }
    assert set((place.store / "loads").rglob("*")) == files
