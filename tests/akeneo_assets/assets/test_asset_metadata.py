"""What asset pages show of small tables."""

import pandas as pd

from akeneo_assets.assets.asset_metadata import markdown


def test_a_table_has_no_padding_so_that_the_ui_shows_it_at_once() -> None:
    table = pd.DataFrame([("product", 1234), ("a very long name of a record type", 7)], columns=["objects", "sent"])
    lines = ["| objects | sent |", "|:--|--:|", "| product | 1,234 |", "| a very long name of a record type | 7 |"]
    assert markdown(table, intfmt=",").value == "\n".join(lines)


def test_dashes_in_a_cell_stay() -> None:
    assert markdown(pd.DataFrame(["-----"], columns=["name"])).value == "| name |\n|:--|\n| ----- |"
