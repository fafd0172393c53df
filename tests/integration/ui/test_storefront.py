"""The shop of the SFCC sandbox in a real browser: what was imported from the demo catalogue, as a shopper walks through it.

The servers are started once.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox import stack
from sandbox.catalogue_edits import Pim

BLACK_PACK = "products-uuid/fe0a9c13-476a-4bd7-91e8-dda1c4417b5c"  # the other tests leave this variant alone
SETTINGS = {
    "products": {
        "status": {"source": "enabled"},
        "bundle": {"family": "bundle", "association": "BUNDLED_ITEMS"},
        "set": {"family": "product_set", "association": "SET_ITEMS"},
    },
    "price_books": [
        {"id": "{currency}-list-prices", "name": "List Prices", "attribute": "price"},
        {"id": "{currency}-sale-prices", "name": "Sale Prices", "attribute": "promo_price", "parent": "{currency}-list-prices"},
    ],
}
"""Beside what the repository's own settings say: bundles, sets, and prices that are reduced."""

PICTURES = """[...document.querySelectorAll('{where} img')].map(
    image => image.naturalWidth > 0 ? image.src.split('/').pop().split('_').slice(1).join('_') : 'broken')"""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Shopper:
    """Someone who clicks on links in a tab."""

    def __init__(self, tab: Any) -> None:
        self.tab = tab

    def open(self, url: str, then: str) -> str:
        """Go to an address, and give the page's text, which holds another one."""
        self.tab.evaluate("window.isOld = true")
        self.tab.open(url)
        return self._arrived(then)

    def click(self, text: str, then: str) -> str:
        """Click the link whose text begins so, and give the text of the next page, which holds another one."""
        link = f"[...document.querySelectorAll('a')].find(a => a.checkVisibility() && a.innerText.trim().startsWith({text!r}))"
        assert self.tab.evaluate(f"!!{link}"), f"no link begins with {text!r}:\n{self.tab.text()}"
        self.tab.evaluate(f"window.isOld = true; {link}.click()")
        return self._arrived(then)

    def _arrived(self, then: str) -> str:
        self.tab.wait_until("!window.isOld && document.readyState === 'complete'", bool)
        return str(self.tab.wait_for(then))

    def pictures(self, where: str) -> list[str]:
        """The file names of pictures, once all are loaded; one that can't be is 'broken'."""
        self.tab.wait_until(f"[...document.querySelectorAll('{where} img')].every(i => i.complete)", bool)
        return list(self.tab.evaluate(PICTURES.replace("{where}", where)))


@pytest.fixture(scope="module")
def installed(tab: Any, place_at: Any, pim_of: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, dict[str, str]]:
    """An installation whose instance holds the demo catalogue, and what its jobs are started with.

    Asks for the browser first: without one nothing is started.
    """
    path: Path = tmp_path_factory.mktemp("settings") / "connector.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load((stack.REPOSITORY / "connector.yaml").read_text()) | SETTINGS))
    place, changes = place_at(pim_of("demo")), {"CONNECTOR_CONFIG": str(path)}
    for number in ("1", "2", "3-2"):
        run = place.job(number, **changes)
        assert run.ok, run.failures
    return place, changes


def test_a_shopper_chooses_a_variant_changes_the_language_and_opens_a_set_and_a_bundle(tab: Any, installed: Any) -> None:
    place, _ = installed
    shopper = Shopper(tab)
    shopper.open(f"{place.sfcc_url}/s/", then="Sites of this SFCC sandbox")
    shopper.click("en-US", then="Coffee bar")
    shopper.click("Outdoor", then="Camping")
    shopper.click("Backpacks", then="2 products")

    shopper.click("Trail 30 backpack", then="109.00 to 129.00 USD")
    assert shopper.pictures(".gallery") == ["pack_trail.jpg"]
    chosen = shopper.click("Moss green", then="Item PACK-TRAIL-30-GREEN")
    assert "129.00 USD" in chosen
    assert "Available" in chosen
    assert shopper.pictures(".gallery")[0] == "pack_trail_green.jpg"
    shopper.click("Signal orange", then="129.00 USD 109.00 USD")
    assert shopper.pictures(".gallery")[0] == "pack_trail_orange.jpg"
    tab.picture("storefront")

    german = shopper.click("de-DE", then="Rucksack Trail 30")
    assert "Farbe: Signal orange" in german
    assert "Dreißig Liter für lange Tage." in german

    shopper.open(f"{place.sfcc_url}/s/RefArch/de-DE/category?cgid=clothing", then="Kleidung")
    in_set = shopper.click("Drei Lagen", then="In this set")
    assert [name for name in ("Shirt Summit", "Hüttenfleece", "Jacke Drizzle") if name not in in_set] == []
    shopper.open(f"{place.sfcc_url}/s/RefArch/de-DE/category?cgid=gifts", then="Geschenke")
    assert "2 x" in shopper.click("Morgenpaket", then="In this bundle")
    assert "broken" not in shopper.pictures("main")


@pytest.mark.parametrize("page", ["", "category?cgid=master", "product?pid=jacket_drizzle", "product?pid=SET-LAYERS"])
def test_no_page_is_wider_than_a_phone(tab: Any, installed: Any, page: str) -> None:
    place, _ = installed
    tab.size(390, 800)
    Shopper(tab).open(f"{place.sfcc_url}/s/RefArch/en-US/{page}", then="For the operator")
    assert tab.evaluate("innerWidth") == 390
    assert tab.evaluate(OVERFLOW) == 0
    tab.size()


def test_what_is_disabled_in_the_pim_leaves_the_shop_with_the_next_load(tab: Any, installed: Any, editor: Any) -> None:
    place, changes = installed
    shopper, pack = Shopper(tab), f"{place.sfcc_url}/s/RefArch/en-US/product?pid="
    assert "Black" in shopper.open(f"{pack}pack_trail_30", then="Signal orange")
    pim: Pim = editor(place.pim_url)
    pim.patch(BLACK_PACK, {"enabled": False})
    run = place.job("3-1", **changes)
    assert run.ok, run.failures
    assert "Black" not in shopper.open(f"{pack}pack_trail_30", then="Signal orange")
    shopper.open(f"{pack}PACK-TRAIL-30-BLACK", then="Product 'PACK-TRAIL-30-BLACK' is not shown: offline.")
