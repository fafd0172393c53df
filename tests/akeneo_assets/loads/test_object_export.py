"""How what would be exported compares with what SFCC was given."""

from typing import Any

import pytest

from akeneo_assets.loads.object_export import Export, compared
from akeneo_assets.loads.record_files import record_row

MUG = {"id": "mug", "fields": {"brand": {"": "Acme"}}}
SOURCE = "product:a"


def entry(
    record: dict[str, Any] = MUG, verdict: str = "confirmed", *, deleted: bool = False, kind: str = "product"
) -> dict[str, Any]:
    row = record_row(kind, "c", record, SOURCE)
    return {"key": row["key"], "output": row["output"], "verdict": verdict, "deleted": deleted, "type": kind}


@pytest.mark.parametrize(
    ("history", "state"),
    [
        ([entry()], "as sent"),
        ([entry({"id": "mug", "fields": {}})], "differs"),
        ([entry(), entry({"id": "mug", "fields": {}})], "differs"),
        ([entry(verdict="refused")], "not confirmed"),
        ([entry(), entry(verdict="pending")], "not confirmed"),
        ([], "new"),
        ([entry(), entry(deleted=True)], "new"),
        ([entry(), entry(verdict="unconfirmed", deleted=True)], "not confirmed"),
    ],
    ids=["the same", "another", "the last one counts", "refused", "pending", "never sent", "deleted", "perhaps deleted"],
)
def test_a_record_compares_with_what_sfcc_was_given_last(history: list[dict[str, Any]], state: str) -> None:
    assert compared(Export(None, records=[("product", "c", MUG)], source=SOURCE), history) == ([state], [])


def test_what_is_exported_no_more_and_sfcc_holds_or_may_hold_is_told() -> None:
    price, link = entry({"id": "mug", "amounts": []}, kind="price-table"), entry(MUG, "unconfirmed", kind="product-links")
    gone = entry({"id": "mug", "targets": []}, kind="recommendations", deleted=True)
    history = [entry(), price, link, gone]
    assert compared(Export(None, records=[("product", "c", MUG)], source=SOURCE), history) == (["as sent"], [price, link])
    assert compared(Export("left out", left_out=True), history) == ([], [entry(), price, link])
