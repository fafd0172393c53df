"""`akeneo-sfcc adopt` where the ledger is lost: with it, and one load, the instance is as if the ledger had never been lost."""

import shutil
from collections.abc import Callable
from typing import Any

from click.testing import Result
from typer.testing import CliRunner

from akeneo_assets.commands import adopt

NAMESPACE = "http://www.demandware.com/xml/impex/catalog/2006-10-31"
MERCHANTS = f"""<catalog xmlns="{NAMESPACE}" catalog-id="akeneo-catalog">
    <category category-id="sale"><parent>root</parent></category>
    <product product-id="gift-card"><display-name xml:lang="x-default">Gift card</display-name></product>
    <product product-id="FILTER-PAPER-100"><manufacturer-name>Merchant</manufacturer-name></product>
    <category-assignment category-id="sale" product-id="FILTER-PAPER-100"/>
</catalog>"""
FILTER_PAPER, STOVE = "49afb583-5a64-456b-8f66-f23638c753fd", "3ab7717f-104e-4ce1-9dce-adde18150f23"


def adopted(place: Any, *arguments: str) -> Result:
    return CliRunner().invoke(adopt.app, list(arguments), env=place.environment())


def test_after_a_lost_ledger_the_next_load_clears_and_retires_and_leaves_merchants_their_own(
    place_at: Any, pim_of: Callable[[str], str], editor: Any
) -> None:
    place = place_at(pim_of("demo"))
    place.jobs("1", "2", "3-2")
    refused = adopted(place)
    assert refused.exit_code == 1
    assert refused.stderr.startswith(f"Nothing was adopted: the store {place.store} knows already what it has sent to SFCC;")
    place.merchant_imports("own", {"catalogs/akeneo-catalog/catalog.xml": MERCHANTS})
    shutil.rmtree(place.store)
    place.store.mkdir()
    pim = editor(place.pim_url)
    pim.patch(f"products-uuid/{FILTER_PAPER}", {"values": {"brand": [{"locale": None, "scope": None, "data": None}]}})
    pim.delete(f"products-uuid/{STOVE}")
    before = place.export()
    result = adopted(place, "--retire")
    assert result.exit_code == 0, result.output
    assert "  product STOVE-GAS-1 in akeneo-catalog\n" in result.stdout
    assert place.export().differs_from(before) == {}
    for job in ("1", "2", "3-2"):
        run = place.job(job)
        assert run.ok, run.failures
    now = place.export()
    assert now.product("FILTER-PAPER-100").find("brand") is None
    assert now.product("FILTER-PAPER-100").findtext("manufacturer-name") == "Merchant"
    assert "sale" in now.categories_of("FILTER-PAPER-100")
    assert now.product("STOVE-GAS-1").findtext("online-flag") == "false"
    catalog = "in catalogs/akeneo-catalog"
    different = now.differs_from(before)
    assert {name for name, (here, _) in different.items() if here is not None} == {
        f"product FILTER-PAPER-100 {catalog}",
        f"product STOVE-GAS-1 {catalog}",
    }
    assert all("STOVE-GAS-1" in name for name, (here, _) in different.items() if here is None)
    offline = "STOVE-GAS-1"
    assert (now.categories_of(offline), now.prices(offline), now.recommended(offline)) == (set(), {}, set())
