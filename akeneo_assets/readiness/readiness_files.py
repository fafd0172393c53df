"""What shoppers can't find or buy, as files for people: CSV and Excel.

Belongs here: columns and sheets. Doesn't: what stands in them (`readiness_tables`), the page. Rows are streamed, so that memory
does not grow with them.
"""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from akeneo_assets.tables import READINESS

COLUMNS: Final = tuple(READINESS.columns.names)

_SHEET_ROWS: Final = 1_000_000
"""Rows of a sheet; Excel takes 1,048,576."""

_WIDTHS: Final = {"id": 28, "name": 36, "effect": 22, "detail": 90, "reason": 22, "kind": 16, "master": 28}


def write_csv(path: Path, problems: Iterable[Mapping[str, Any]]) -> None:
    """A reason a line, under a line of column names. Raises OSError."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows([_text(problem[name]) for name in COLUMNS] for problem in problems)


def write_excel(path: Path, problems: Iterable[Mapping[str, Any]], figures: Mapping[str, Any]) -> None:
    """The sheets Problems (a reason a row), Figures (objects by site, locale and reason) and Not judged. Raises OSError."""
    book = Workbook(write_only=True)
    _fill(book, "Problems", COLUMNS, ([problem[name] for name in COLUMNS] for problem in problems))
    by_site = ("site", "locale", "reason", "objects")
    _fill(book, "Figures", by_site, ([line[name] for name in by_site] for line in figures["by_site"]))
    _fill(book, "Not judged", ("what",), ([sentence] for sentence in figures["not_judged"]))
    book.save(path)


def _fill(book: Workbook, title: str, columns: Iterable[str], lines: Iterable[Iterable[Any]]) -> None:
    sheet = _sheet(book, title, columns)
    for number, line in enumerate(lines):
        if number and number % _SHEET_ROWS == 0:
            sheet = _sheet(book, f"{title} {number // _SHEET_ROWS + 1}", columns)
        sheet.append([_cell(sheet, value) for value in line])


def _sheet(book: Workbook, title: str, columns: Iterable[str]) -> Any:
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for number, name in enumerate(columns):
        sheet.column_dimensions[chr(ord("A") + number)].width = _WIDTHS.get(name, 12)
    sheet.append(list(columns))
    return sheet


def _cell(sheet: Any, value: Any) -> Any:
    """A value as it stands: openpyxl would take a name that begins with `=` for a formula."""
    if not isinstance(value, str):
        return _text(value) if isinstance(value, bool) else value
    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"
    return cell


def _text(value: Any) -> Any:
    """A truth as people read it."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
