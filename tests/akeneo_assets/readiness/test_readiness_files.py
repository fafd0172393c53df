"""CSV and Excel of what shoppers can't find or buy: every row, every text as it is."""

import csv
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from akeneo_assets.readiness import readiness_files
from akeneo_assets.readiness.readiness_files import COLUMNS, write_csv, write_excel

FIGURES = {
    "by_site": [{"site": "Web", "locale": None, "reason": "offline", "objects": 2}],
    "not_judged": ["Stock is not judged."],
}


def row(id_: str, **more: Any) -> dict[str, Any]:
    told = {"site": "Web", "locale": None, "kind": "product", "id": id_, "name": "Tent", "master": None, "online": False}
    return told | {"reason": "offline", "effect": "can't be found", "detail": "it is", "new": True} | more


def test_csv_has_a_line_a_reason_with_its_texts_as_they_are(tmp_path: Path) -> None:
    write_csv(tmp_path / "x.csv", [row("00042", name='A "big", tent'), row("MUG", online=None, locale="fr-FR", new=False)])
    with (tmp_path / "x.csv").open(newline="", encoding="utf-8") as file:
        head, *lines = csv.reader(file)
    assert tuple(head) == COLUMNS
    assert lines == [
        ["Web", "", "product", "00042", 'A "big", tent', "", "no", "offline", "can't be found", "it is", "yes"],
        ["Web", "fr-FR", "product", "MUG", "Tent", "", "", "offline", "can't be found", "it is", "no"],
    ]


def test_excel_takes_no_name_for_a_formula_and_no_id_for_a_number(tmp_path: Path) -> None:
    write_excel(tmp_path / "x.xlsx", [row("00042", name="=1+1")], FIGURES)
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    assert book.sheetnames == ["Problems", "Figures", "Not judged"]
    id_, name = book["Problems"]["D2"], book["Problems"]["E2"]
    assert (id_.value, id_.data_type) == ("00042", "s")
    assert (name.value, name.data_type) == ("=1+1", "s")
    assert [cell.value for cell in book["Figures"][2]] == ["Web", None, "offline", 2]
    assert book["Not judged"]["A2"].value == "Stock is not judged."


def test_rows_that_a_sheet_cannot_hold_go_into_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness_files, "_SHEET_ROWS", 2)
    write_excel(tmp_path / "x.xlsx", [row(id_) for id_ in "ABC"], FIGURES)
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    assert [[cell.value for cell in book[name]["D"]] for name in ("Problems", "Problems 2")] == [["id", "A", "B"], ["id", "C"]]
