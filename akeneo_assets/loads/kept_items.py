"""Which products a load exports on though they would leave the shop: too many at once, and nobody said so.

Belongs here: finding them among the items that are gone in the PIM, or that connector.yaml leaves out. Doesn't: how many are too
many (`guard`), all else that the guard holds back (`retirement_run`).

They are kept before anything is mapped, so that what names them goes on naming them: their master, associations, bundles.
Source: LOADS, "Absence is a claim", point 3.
"""

from collections.abc import Collection, Sequence

import pyarrow as pa

from akeneo_assets import tables
from akeneo_assets.loads.guard import judge
from akeneo_assets.loads.load_at_work import Load
from akeneo_assets.loads.package import Package
from akeneo_assets.loads.retirement import exported_ids, leaving
from akeneo_assets.store import rows, sql_table, write_table

ItemKeys = Collection[tuple[str, str]]
"""(owner, key) of items of the mirror."""


def kept_items(load: Load, owners: pa.Table) -> ItemKeys:
    """The items to export on, the models among them with all that stands above; kept in the package (`Package.kept`).

    `owners`: the ledger's products (`id`).

    Raises:
        ConnectorError: the guard stops the load.
    """
    package = load.package
    package.kept.unlink(missing_ok=True)
    if not _any_leaves(package, owners):
        return set()
    judgement = judge(load, leaving(package, load.settings, load.ledger), load.settings.guard)
    if not judgement.held:
        return set()
    held = list(rows([package.absences]))
    write_table(package.kept, tables.ABSENCES, held)
    return _with_models(load, [absence["source"] for absence in held])


def _any_leaves(package: Package, owners: pa.Table) -> bool:
    """Whether an id that the ledger has is no item's: where none is, as in most loads, the ledger's entries needn't be read."""
    with package.store.query() as query:
        query.register("owners", owners)
        gone = f"SELECT 1 FROM owners WHERE id NOT IN ({exported_ids(package)}) LIMIT 1"
        return bool(query.execute(gone).fetchall())


def _with_models(load: Load, sources: Sequence[str | None]) -> ItemKeys:
    """The items of these sources (`product:<uuid>`, `product_model:<root>`), and the models of the same root."""
    last = load.last
    known = [load.package.identities, *([last.identities] if last else [])]
    items = " UNION ".join(f"SELECT owner, key, root FROM ({sql_table(path, tables.IDENTITIES)})" for path in known)
    with load.package.store.query() as query:
        kept = query.execute(
            f"""
            WITH items AS ({items}),
            chosen AS (FROM items WHERE owner || ':' || CASE owner WHEN 'product' THEN key ELSE root END IN (SELECT unnest($1)))
            SELECT owner, key FROM chosen
            UNION SELECT owner, key FROM items WHERE owner = 'product_model' AND root IN (SELECT root FROM chosen)
            """,
            [[source for source in sources if source]],
        )
        return {(owner, key) for owner, key in kept.fetchall()}
