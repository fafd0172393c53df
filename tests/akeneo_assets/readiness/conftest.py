"""What SFCC was given, by hand: records in packages of loads, archives in the ledger, SFCC's verdicts."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest

from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.package import Package
from akeneo_assets.loads.record_files import RecordFiles, record_row
from akeneo_assets.loads.window import Outcome, Window, succeed
from akeneo_assets.readiness.storefronts import Storefront, Storefronts
from akeneo_assets.store import Store, write_json

SITE = Storefront(
    id="Web",
    catalog="shop",
    root_category="root",
    locales=("en-US", "fr-FR"),
    books={"EUR": ("eur-list",)},
    offline_cause="it is disabled in the PIM",
)


@pytest.fixture
def shop() -> Storefronts:
    """One site, Web, whose catalog holds products and categories, in English and French, with prices in euro."""
    texts = frozenset({"display-name", "long-description"})
    return Storefronts((SITE,), "shop", texts, texts, images=True, categories=True, axes=frozenset({"color", "a/b~c.d"}))


@pytest.fixture
def give(store: Store) -> Callable[..., Package]:
    """A load gives SFCC records, as (type, container, record); `verdicts`: of those (by id, or type and id) that SFCC didn't
    confirm, with its message; `answered` False: SFCC gives no answer at all. `deleted`: ids of prices that it deletes. Returns
    the load's package."""

    def given(
        load: str,
        records: Iterable[tuple[str, str, Mapping[str, Any]]],
        verdicts: Mapping[str, tuple[str, str]] | None = None,
        *,
        answered: bool = True,
        deleted: Iterable[str] = (),
    ) -> Package:
        package, ledger = Package.of_load(store, load), Ledger(store)
        package.begin(settings="s", kind="full")
        placed = list(records)
        with RecordFiles(package.records("products")) as files:
            for record in placed:
                files.write([record], f"product:{record[2]['id']}")
        rows = [record_row(kind, container, record, f"product:{record['id']}") for kind, container, record in placed]
        with ledger.intend(f"{load}.zip") as entries:
            for row in rows:
                gone = row["type"] == "price-table" and row["id"] in set(deleted)
                entries.write(row | {"deleted": gone, "load": load, "file": "f", "archive": f"{load}.zip"})
        if answered:
            said = [(row, (verdicts or {}).get(f"{row['type']} {row['id']}") or (verdicts or {}).get(row["id"])) for row in rows]
            ledger.conclude(f"{load}.zip", [row | {"verdict": v[0], "message": v[1]} for row, v in said if v])
        write_json(package.window_file, vars(Window(load, "full", f"2026-06-{ledger.last:02d}T00:00:00+00:00", None, None, "")))
        succeed(store, load, Outcome("", "", {}))
        return package

    return given
