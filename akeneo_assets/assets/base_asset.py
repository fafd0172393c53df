"""Folding old loads, as the asset that a load of products ends with. What is folded is in `akeneo_assets.loads.folding`."""

from datetime import UTC, datetime

import dagster as dg

from akeneo_assets.assets.step_asset import Result, result, spec
from akeneo_assets.loads.base import Base
from akeneo_assets.loads.folding import fold
from akeneo_assets.loads.package import all_packages
from akeneo_assets.old_runs import forget, in_use
from akeneo_assets.resources import Connector, clear_failures


@dg.multi_asset(
    name="base",
    specs=[
        spec(
            "sfcc/base",
            "What is left of old loads: what the PIM said last and what SFCC was given last. Their folders, partition keys and "
            "runs are removed (`keep` in connector.yaml).",
            deps=["sfcc/ledger"],
            group="sfcc_imports",
            jobs="3",
        )
    ],
)
def base(context: dg.AssetExecutionContext, connector: Connector) -> Result:
    """Of the whole store, not of one import. While another import works, nothing is folded: the next load does it."""
    with clear_failures():
        removed, store = 0, connector.store
        with connector.alone_in_store(context.run, context.instance) as others:
            if others:
                context.log.info(f"No old loads are folded now, since other runs work: {', '.join(others)}.")
            else:
                instance = context.instance
                in_work = in_use(instance, context.run.run_id)
                removed = fold(store, connector.settings.keep, datetime.now(UTC), in_work, lambda old: forget(instance, old))
        folded = Base.of(store)
        packages = sum(1 for _ in all_packages(store))
    if removed:
        context.log.info(f"Folded and removed {removed:,} old imports and plans.")
    return result(
        "sfcc/base",
        {
            "path": dg.MetadataValue.path(str(store.base.absolute())),
            "removed now": removed,
            "imports and plans kept": packages,
            "archives folded": folded.through,
        },
    )
