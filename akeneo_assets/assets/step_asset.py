"""One shape for all assets of an import: a step of its package, done once, shown each time.

Belongs here: the spec of an asset, and the function around a step. Doesn't: any step.

An asset opens the package, does its step unless it is sealed, and shows the step's report. In a concluded package it does nothing
and says so, unless a job was started on it, which fails. Source: LOADS, "Package and batch".
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import dagster as dg

from akeneo_assets.loads.load_at_work import Load
from akeneo_assets.loads.package import Done, Package, Report
from akeneo_assets.loads.partitions import PRODUCT_LOADS
from akeneo_assets.resources import Connector, clear_failures, nothing_to_do
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.store import Store
from akeneo_assets.structure.pim_structure import Structure

JOB_TAG: Final = "akeneo_sfcc/in_job_"
"""The jobs that an asset is part of, a tag each: `akeneo_sfcc/in_job_1`, `..._2`, `..._3` (3-1 and 3-2)."""

Result = dg.MaterializeResult[None]


@dataclass(frozen=True)
class Step:
    """A step at work: the run's context, the connector's resource, the package. `fresh`: it is done in this run."""

    context: dg.AssetExecutionContext
    connector: Connector
    package: Package
    fresh: bool = False

    @property
    def settings(self) -> ConnectorSettings:
        return self.connector.settings

    @property
    def store(self) -> Store:
        return self.connector.store

    @property
    def structure(self) -> Structure:
        """The PIM's lists as this import read them."""
        return self.connector.structure(self.package)

    @cached_property
    def load(self) -> Load:
        """The load that this step is part of. Raises ConnectorError where its window isn't fixed."""
        return Load(self.package, self.connector.window(self.package), self.settings, self.structure)

    def tell(self, text: str) -> None:
        """Say a sentence in the run's log."""
        self.context.log.info(text)

    def warn(self, text: str) -> None:
        """Say a sentence in the run's log, as a warning."""
        self.context.log.warning(text)


def spec(
    key: str, description: str, *, deps: Sequence[str] = (), group: str, jobs: str, kinds: Sequence[str] = ("parquet",)
) -> dg.AssetSpec:
    """The spec of an asset. `key`, `deps`: as the UI names them (`akeneo/products`); `jobs`: the numbers of those that it is part
    of, e.g. "13". It may be left unmaterialized: where its import is concluded."""
    return dg.AssetSpec(
        dg.AssetKey.from_user_string(key),
        deps=[dg.AssetKey.from_user_string(name) for name in deps],
        description=description,
        group_name=group,
        kinds=set(kinds),
        tags={f"{JOB_TAG}{job}": "yes" for job in jobs},
        skippable=True,
    )


def step_asset(
    step: str,
    specs: Sequence[dg.AssetSpec],
    work: Callable[[Step], Done],
    show: Callable[[Step, Report], Iterator[Result]],
    *,
    of_load: bool = False,
    checks: Sequence[dg.AssetCheckSpec] = (),
) -> dg.AssetsDefinition:
    """The asset, or the assets, of one step.

    `work` does it and returns its report and files; `show` makes the materializations of the report. `of_load`: it has a
    partition a load.
    """

    @dg.multi_asset(
        name=step,
        specs=list(specs),
        check_specs=list(checks),
        partitions_def=PRODUCT_LOADS if of_load else None,
        can_subset=True,  # else Dagster wants each check's result of a concluded import, too
    )
    def asset(context: dg.AssetExecutionContext, connector: Connector) -> Iterator[Result]:
        with clear_failures():
            package = connector.package(context.run, context.instance)
            if done := nothing_to_do(package):
                context.log.info(done)
                return
            fresh = package.report(step) is None
            at_work = Step(context, connector, package, fresh)
            report = package.do(step, lambda: work(at_work))
        for result in show(at_work, report):
            if result.asset_key is None or result.asset_key in context.selected_asset_keys:
                yield result

    return asset


def result(key: str, metadata: Mapping[str, Any], *checks: dg.AssetCheckResult) -> Result:
    """The materialization of one asset of a step."""
    return dg.MaterializeResult(asset_key=dg.AssetKey.from_user_string(key), metadata=metadata, check_results=list(checks))
