"""`akeneo-sfcc run`: what it brings along and how it prints; whole runs are in tests/integration."""

from rich.console import Console

from akeneo_assets.commands.run import _table


def test_the_table_fits_80_columns_and_has_the_counts_that_occur() -> None:
    objects = {
        "category-assignments": {"sent": 250_000, "confirmed": 249_990, "refused": 10, "unchanged": 0},
        "attribute-definition": {"unchanged": 1_200},
        "product": {"sent": 3, "deleted": 0, "unconfirmed": 3},
    }
    console = Console(width=80)
    with console.capture() as printed:
        console.print(_table("3-1", "diff_20261125T090452Z", {"objects": objects}))
    lines = [" ".join(line.split()) for line in printed.get().splitlines() if line.strip(" ─")]
    assert lines == [
        "Job 3-1, load diff_20261125T090452Z",
        "objects sent confirmed refused unconfirmed unchanged",
        "category-assignments 250,000 249,990 10 0 0",
        "attribute-definition 0 0 0 0 1,200",
        "product 3 0 0 3 0",
    ]
