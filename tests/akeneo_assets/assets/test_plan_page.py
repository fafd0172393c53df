"""The page of a plan: whole in itself, a card an object, small pictures in it."""

import re
from base64 import b64encode
from typing import Any

import pytest
from lxml import html

from akeneo_assets import tables
from akeneo_assets.assets import plan_page
from akeneo_assets.loads.package import Package
from akeneo_assets.loads.record_files import RecordFiles
from akeneo_assets.loads.window import Window
from akeneo_assets.store import Store, write_table

REPORT = {"actions": {"changed": {"product": 1, "price-table": 1}, "created": {"product": 1}}, "again": {}, "unchanged": {}}
SMALL, LARGE = b"\x89PNG small", b"\x89PNG" + bytes(100_000)


def line(action: str, id_: str, field: str | None = None, old: str | None = None, new: str | None = None, **more: Any) -> Any:
    shown = {"action": action, "type": "product", "container": "c", "id": id_, "field": field, "old": old, "new": new}
    return shown | {"old_known": True} | more


@pytest.fixture
def package(store: Store) -> Package:
    """The package of a plan that shows two files of the store's media."""
    package = Package.of_load(store, "plan")
    store.media.mkdir(parents=True)
    with RecordFiles(package.records("product_files")) as files:
        for name, content in (("small.png", SMALL), ("large.png", LARGE)):
            (store.media / name).write_bytes(content)
            record = {"id": f"images/aa/{name}", "source": f"media/{name}", "size": len(content), "sha1": ""}
            files.write([("file", "c", record)])
    return package


def page(package: Package, *lines: Any) -> Any:
    write_table(package.plan, tables.PLAN, lines)
    plan_page.write_page(package, Window("plan", "full", "2026-11-24T00:00:00+00:00", None, None, ""), REPORT)
    return html.fromstring(package.plan_page.read_bytes())


def test_a_product_and_its_prices_stand_on_one_card(package: Package) -> None:
    shown = page(
        package,
        line("changed", "tent", "display-name", "Tente", "Tente 2", locale="fr-FR", name="Tente 2"),
        line("changed", "tent", "amounts 1", "10.00", "9.00", type="price-table", container="eur"),
        line("created", "hat", "display-name", None, "Bonnet", locale="fr-FR"),
    )
    cards = {
        " ".join(card.find("h2").text_content().split()): [
            [" ".join(cell.text_content().split()) for cell in line.findall("td")]
            for line in card.iterfind(".//tr[@data-action]")
        ]
        for card in shown.iterfind(".//section")
    }
    assert cards == {
        "Tente 2 tent product changed": [
            ["display-name", "fr-FR", "", "Tente", "Tente 2"],
            ["amounts 1 price-table eur", "", "", "10.00", "9.00"],
        ],
        "hat product created": [["display-name", "fr-FR", "", "", "Bonnet"]],
    }
    chosen = {select.get("id"): [option.text for option in select] for select in shown.iter("select")}
    assert chosen == {
        "action": ["all", "changed", "created"],
        "type": ["all", "price-table", "product"],
        "locale": ["all", "fr-FR"],
        "site": ["all"],
    }


def test_values_are_escaped_and_nothing_is_loaded_from_elsewhere(package: Package) -> None:
    evil = '</script><script src="https://evil.test/x.js"></script><img src=x onerror="alert(1)">'
    shown = page(package, line("changed", evil, "display-name", evil, evil + "2", name=evil, locale=evil))
    assert [ins.text_content() for ins in shown.iter("ins")] == [evil + "2"]
    assert [script.get("src") for script in shown.iter("script")] == [None]
    assert [element.tag for element in shown.iter("link", "img", "iframe", "object")] == []
    text = package.plan_page.read_text()
    assert "default-src 'none'" in text
    assert re.findall(r"""(?:src|href)\s*=\s*["']?https?:""", text) == []


def test_what_is_unknown_emptied_or_held_back_is_said(package: Package) -> None:
    shown = page(
        package,
        line("changed", "a", "brand", None, "Nord", old_known=False),
        line("changed", "b", "brand", "Nord", None),
        line("held back", "c", "brand", "Nord", None),
        line("retired", "d", policy="offline"),
    )
    cells = [[cell.text_content().strip() for cell in row.findall("td")] for row in shown.iterfind(".//tr[@data-action]")]
    assert cells == [
        ["brand", "", "", "unknown", "Nord"],
        ["brand", "", "", "Nord", "empty"],
        ["brand", "", "", "Nord", "stays until it is confirmed"],
        ["retired: offline", "", "", "", ""],
    ]


def test_small_pictures_are_in_the_page_and_large_ones_named(package: Package) -> None:
    images = "large: aa/small.png, aa/large.png; small: aa/small.png, aa/unknown.png"
    shown = page(package, line("changed", "tent", "images", "large: aa/large.png", images))
    assert [(img.get("src"), img.get("alt")) for img in shown.iter("img")] == [
        (f"data:image/png;base64,{b64encode(SMALL).decode()}", "small.png")
    ]
    assert "aa/large.png; small: aa/small.png" in shown.text_content()


def test_a_page_of_many_objects_says_how_many_it_leaves_out(package: Package, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_page, "PAGE_OBJECTS", 2)
    shown = page(package, *(line("created", f"hat-{number}", "brand", None, "Nord") for number in range(5)))
    assert len(shown.findall(".//section")) == 2
    assert "This page shows the first 2 objects; 3 more stand in the CSV and JSON files." in shown.text_content()
