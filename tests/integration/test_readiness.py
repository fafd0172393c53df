"""What the page says that shoppers can't find or buy, after whole jobs on the demo catalogue.

What is expected of each product is written out by hand, from the catalogue's files and the instance's own export.
"""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dagster as dg
import openpyxl
import pytest
from lxml import html
from typer.testing import CliRunner, Result

from akeneo_assets.commands.readiness import app as readiness_command
from sandbox.catalogue_edits import Pim

IN_ALL = "all locales"
NO_DESCRIPTION = {("no description", locale) for locale in ("de-DE", "en-US", "fr-FR")}
NO_IMAGE, NO_PRICE, NO_CATEGORY = ("no image", IN_ALL), ("no price", IN_ALL), ("no category", IN_ALL)

TOLD: dict[str, set[tuple[str, str]]] = {
    # A text, an image, a price in both currencies and a category: nothing is wrong.
    "TENT-RIDGE-2": set(),
    "SAMPLER-001": set(),
    # Its image is at its master, under its colour; its texts, price and category come from its models.
    "JACKET-DRIZZLE-BLUE-M": set(),
    "MUG-ENAMEL-WHITE": set(),
    # No image group names black and XL: it shows its master's.
    "SHIRT-SUMMIT-BLACK-XL": set(),
    # A master has no price of its own, and needs none.
    "jacket_drizzle": set(),
    # Disabled in the PIM. The boots' other variants are online, and so is their master.
    "STOVE-WOOD-1": {("offline", IN_ALL)},
    "BOOTS-MORAINE-44_5": {("offline", IN_ALL)},
    "boots_moraine": set(),
    # A model without variants.
    "pack_prototype": {("offline", IN_ALL)},
    # The PIM gave no file for its image.
    "BREW-SYPHON": {NO_IMAGE},
    # 50.00 EUR, and no amount in USD.
    "GIFTCARD-50": {NO_PRICE},
    "GIFTCARD-FREE-VALUE": {NO_PRICE, *NO_DESCRIPTION},
    # 0.00 is a price.
    "COFFEE-SAMPLE-FREE": NO_DESCRIPTION,
    # A product like any other as long as connector.yaml names no family of sets: no price makes it unbuyable.
    "SET-KITCHEN": {NO_PRICE, *NO_DESCRIPTION},
    "NO-CATEGORY-001": {NO_CATEGORY, NO_IMAGE, *NO_DESCRIPTION},
    # In a tree that belongs to no channel.
    "OUTLET-ONLY-001": {NO_CATEGORY, NO_IMAGE, *NO_DESCRIPTION},
    # Of the other channel: category, price in pounds and description are the app's; a name in English and German.
    "APP-ONLY-001": {NO_CATEGORY, NO_PRICE, NO_IMAGE, ("missing translation", "fr-FR"), *NO_DESCRIPTION},
    # A short description in English alone stands in for all.
    "TEXT-LONG": {NO_IMAGE, ("missing translation", "de-DE"), ("missing translation", "fr-FR")},
    # No value at all, but a category.
    "EMPTY-001": {NO_PRICE, NO_IMAGE, *NO_DESCRIPTION, *(("no name", locale) for locale in ("de-DE", "en-US", "fr-FR"))},
}


@pytest.fixture(scope="module")
def done(pim_of: Callable[[str], str], place_at: Any) -> SimpleNamespace:
    """An installation after jobs 1, 2 and 3-2, with the page of its readiness."""
    place = place_at(pim_of("demo"))
    place.jobs("1", "2", "3-2")
    return SimpleNamespace(place=place, page=page_of(shown(place)["page's file"].value))


def shown(place: Any) -> Any:
    """The metadata of the asset's last materialization."""
    return place.instance.get_latest_materialization_event(dg.AssetKey(["sfcc", "readiness"])).asset_materialization.metadata


def page_of(path: str) -> dict[str, dict[tuple[str, str], str]]:
    """What a page says: id -> (reason, locale) -> detail."""
    said: dict[str, dict[tuple[str, str], str]] = {}
    for section in html.parse(path).getroot().iterfind(".//section"):
        heading = section.find("h2")
        (id_, *_) = [small.text for small in heading.iterfind("small")] if (heading.text or "").strip() else [None]
        id_ = id_ if len(heading.findall("small")) > 1 else heading.text.strip()
        for line in section.iterfind("table/tr"):
            *_, locale, detail = (cell.text_content().strip() for cell in line.iterfind("td"))
            said.setdefault(str(id_), {}).update({(line.get("data-reason"), each): detail for each in locale.split(", ")})
    return said


def told(place: Any, *arguments: str) -> Result:
    return CliRunner().invoke(readiness_command, list(arguments), env=place.environment())


@pytest.mark.parametrize("id_", TOLD)
def test_the_page_says_of_a_product_what_is_wrong_and_nothing_else(done: SimpleNamespace, id_: str) -> None:
    assert set(done.page.get(id_, ())) == TOLD[id_]


def test_each_reason_is_told_with_its_cause(done: SimpleNamespace) -> None:
    page = done.page
    assert page["STOVE-WOOD-1"]["offline", IN_ALL] == "it is disabled in the PIM"
    assert page["pack_prototype"]["offline", IN_ALL] == "it has no variant in SFCC"
    assert page["GIFTCARD-50"][NO_PRICE] == "no price in USD (usd-list-prices)"
    assert page["OUTLET-ONLY-001"][NO_CATEGORY] == "it is in no category of the catalog akeneo-catalog"
    assert page["TEXT-LONG"]["missing translation", "de-DE"] == "no short description: SFCC shows the default one"
    assert page["empty_shelf"] == {("empty category", IN_ALL): "no product stands in it or below it"}


def test_what_is_held_back_is_not_in_the_shop_and_not_on_the_page(done: SimpleNamespace) -> None:
    assert "FLASK-CAIRN-LID" not in done.page
    assert shown(done.place)["products judged"].value == len(done.place.export().products())


def test_the_figures_are_metadata_so_that_they_plot(done: SimpleNamespace) -> None:
    metadata = shown(done.place)
    assert {name: metadata[name].value for name in ("objects: offline", "objects: no category", "objects: no price")} == {
        "objects: offline": 3,
        "objects: no category": 3,
        "objects: no price": 6,
    }
    assert metadata["objects: missing translation"].value == 2
    assert metadata["reasons in fr-FR"].value == metadata["reasons in en-US"].value + 2


def test_the_command_prints_and_writes_all_of_it_or_one_locale(done: SimpleNamespace, tmp_path: Path) -> None:
    files = {name: tmp_path / f"readiness.{name}" for name in ("json", "csv", "xlsx", "html")}
    said = told(done.place, *(f"--{name}={path}" for name, path in files.items()))
    assert said.exit_code == 0, said.output
    assert "master pack_prototype: offline: it has no variant in SFCC" in said.output
    assert "Stock is not judged" in said.output
    document = json.loads(files["json"].read_text())
    with files["csv"].open(newline="") as file:
        lines = list(csv.DictReader(file))
    sheet = openpyxl.load_workbook(files["xlsx"])["Problems"]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    of = [(problem["id"], problem["reason"], problem["locale"]) for problem in document["problems"]]
    assert [(line["id"], line["reason"], line["locale"] or None) for line in lines] == of
    assert [(row[3], row[7], row[1]) for row in cells] == of
    assert page_of(str(files["html"])) == done.page
    one = told(done.place, "--locale=en-US", f"--html={files['html']}")
    assert one.exit_code == 0, one.output
    assert {locale for lines in page_of(str(files["html"])).values() for _, locale in lines} == {IN_ALL, "en-US"}


def test_an_unknown_locale_or_site_and_a_file_that_cannot_be_written_are_told(done: SimpleNamespace, tmp_path: Path) -> None:
    unknown = told(done.place, "--locale=it-IT")
    assert (unknown.exit_code, unknown.output) == (
        1,
        "No such site has the locale 'it-IT': SFCC's locales there are de-DE, en-US, fr-FR.\n",
    )
    assert told(done.place, "--site=Web").output.startswith("connector.yaml has no site 'Web'")
    nowhere = told(done.place, f"--csv={tmp_path}/nowhere/x.csv")
    assert nowhere.exit_code == 1
    assert "can't be written (No such file or directory): give another file." in nowhere.output


def product_of(pim: Pim, sku: str) -> Any:
    return next(p for p in pim.items("products-uuid") if any(value["data"] == sku for value in p["values"].get("sku", ())))


def edit(pim: Pim, sku: str, **changes: Any) -> None:
    pim.patch(f"products-uuid/{product_of(pim, sku)['uuid']}", changes)


def price(**amounts: str) -> dict[str, Any]:
    return {"price": [{"locale": None, "scope": None, "data": [{"amount": a, "currency": c} for c, a in amounts.items()]}]}


def test_a_differential_tells_what_is_new_and_solved_by_what_sfcc_took(place: Any, editor: Callable[[str], Pim]) -> None:
    before = page_of(shown(place)["page's file"].value)
    pim = editor(place.pim_url)
    edit(pim, "GIFTCARD-50", values=price(EUR="50.00", USD="55.00"))
    edit(pim, "COFFEE-DECAF-250", categories=["empty_shelf"])
    edit(pim, "BOOTS-MORAINE-41", enabled=False)
    edit(pim, "BOOTS-MORAINE-42", enabled=False)
    edit(pim, "BOOTS-MORAINE-43", values={"price": [{"locale": None, "scope": None, "data": None}]})
    pim.patch("attributes/color/options/anthracite", {"labels": {"fr_FR": "Bleu"}})
    pim.patch("attributes/color/options/blue", {"labels": {"fr_FR": "Bleu"}})
    edit(pim, "TENT-RIDGE-3", enabled=False)
    place.faults(refuse={"product": ["TENT-RIDGE-3"]})
    place.job("3-1")
    metadata = shown(place)
    after = page_of(metadata["page's file"].value)
    # SFCC did not take that it is offline: it still is to be bought.
    assert "TENT-RIDGE-3" not in after
    changed = {
        id_: (set(after.get(id_, ())) - set(before.get(id_, ())), set(before.get(id_, ())) - set(after.get(id_, ())))
        for id_ in before.keys() | after.keys()
        if set(after.get(id_, ())) != set(before.get(id_, ()))
    }
    assert changed == {
        "GIFTCARD-50": (set(), {NO_PRICE}),
        "empty_shelf": (set(), {("empty category", IN_ALL)}),
        "BOOTS-MORAINE-41": ({("offline", IN_ALL)}, set()),
        "BOOTS-MORAINE-42": ({("offline", IN_ALL)}, set()),
        "BOOTS-MORAINE-43": ({NO_PRICE}, set()),
        "boots_moraine": ({("nothing to buy", IN_ALL)}, set()),
        "PACK-SUMMIT-45-BLUE": ({("same axis labels", "fr-FR")}, set()),
        "PACK-SUMMIT-45-ANTHRACITE": ({("same axis labels", "fr-FR")}, set()),
    }
    assert after["boots_moraine"]["nothing to buy", IN_ALL] == (
        "none of its variants can be bought: BOOTS-MORAINE-41: offline; BOOTS-MORAINE-42: offline; BOOTS-MORAINE-43: no price "
        "and 1 more"
    )
    assert after["PACK-SUMMIT-45-BLUE"]["same axis labels", "fr-FR"] == "reads like PACK-SUMMIT-45-ANTHRACITE: Bleu"
    assert metadata["reasons new since the load before"].value == 6
    assert metadata["reasons solved since the load before"].value == 2
    place.faults()
    assert place.job("3-1").ok
    assert set(page_of(shown(place)["page's file"].value)["TENT-RIDGE-3"]) == {("offline", IN_ALL)}
    assert shown(place)["reasons new since the load before"].value == 1
