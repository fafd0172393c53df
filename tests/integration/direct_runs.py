"""Jobs without Dagster's engine: the functions of the same assets in the same order, on the same store and servers.

Belongs here: what the engine does for a job (order, skipping what a failed step would have fed, failures as sentences). Doesn't:
any step. Dagster's own events take three quarters of the time of a load of a dozen products; histories need many such loads.
"""

import inspect
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from typing import Any, Final
from uuid import uuid4

import dagster as dg

from akeneo_assets.assets.step_asset import JOB_TAG
from akeneo_assets.definitions import build
from akeneo_assets.job_names import KINDS, NUMBERS
from akeneo_assets.loads.partitions import KIND_TAG, PARTITION_TAG
from akeneo_assets.resources import Connector, connector_on
from akeneo_assets.run_failures import failed
from tests.integration.conftest import Ended, Place

_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Context:
    """What an asset's function asks of Dagster's context."""

    run: dg.DagsterRun
    instance: dg.DagsterInstance
    selected_asset_keys: frozenset[dg.AssetKey]
    log: logging.Logger = _LOG


@dataclass(frozen=True)
class _Step:
    """A step of a job: its function, the assets that it makes in this job, and those of the job's other steps that it needs."""

    name: str
    function: Any
    makes: frozenset[dg.AssetKey]
    needs: frozenset[dg.AssetKey]


@cache
def _steps(number: str) -> list[_Step]:
    """The steps of a job, each behind those that it needs. `number`: as an asset's tag names it (3-1 and 3-2: "3")."""
    assets = [asset for asset in build().assets or () if isinstance(asset, dg.AssetsDefinition) and asset.is_executable]
    maker = {spec.key: asset for asset in assets for spec in asset.specs if f"{JOB_TAG}{number}" in spec.tags}
    steps: dict[str, _Step] = {}
    for name in {asset.op.name for asset in maker.values()}:
        makes = frozenset(key for key, asset in maker.items() if asset.op.name == name)
        asset = maker[next(iter(makes))]
        needs = frozenset(dep for key in makes for dep in asset.asset_deps[key] if dep in maker) - makes
        steps[name] = _Step(name, asset.op.compute_fn.decorated_fn, makes, needs)
    order = TopologicalSorter({name: {maker[key].op.name for key in sorted(step.needs)} for name, step in sorted(steps.items())})
    return [steps[name] for name in order.static_order()]


class DirectPlace(Place):
    """An installation whose jobs run without Dagster's engine."""

    def execute(
        self, name: str, key: str | None, config: dict[str, Any], changes: dict[str, str], only: Sequence[str] = ()
    ) -> Ended:
        assert not only, "single assets are materialized by the engine"
        tags = {PARTITION_TAG: key, KIND_TAG: KINDS[name]} if key else {}
        run = dg.DagsterRun(job_name=name, run_id=str(uuid4()), tags=tags, status=dg.DagsterRunStatus.STARTED)
        self.instance.add_run(run)
        connector: Connector = type(connector_on(self.environment(**changes)))(**config)
        failures: list[str] = []
        made: set[dg.AssetKey] = set()
        success = True
        try:
            for step in _steps({number for number, of in NUMBERS.items() if of == name}.pop()[0]):
                context = _Context(run, self.instance, step.makes)
                success &= step.needs <= made and self._done(step, context, connector, made, failures)
        finally:
            connector.teardown_after_execution(None)  # type: ignore[arg-type]
        return Ended(run, success, list(dict.fromkeys(failures)))

    @staticmethod
    def _done(step: _Step, context: _Context, connector: Connector, made: set[dg.AssetKey], failures: list[str]) -> bool:
        """Whether a step did what it does. `made` takes up what it has made; `failures`, a sentence for each of its own or of its
        checks."""
        arguments = {"context": context, "connector": connector}
        try:
            returned = step.function(**{name: arguments[name] for name in inspect.signature(step.function).parameters})
            for result in [returned] if isinstance(returned, dg.MaterializeResult) else returned:
                made.add(result.asset_key)
                for check in result.check_results or ():
                    failures += failed(check)
        except dg.Failure as failure:
            failures.append(str(failure.description))
            return False
        except Exception as error:
            failures.append(f"{step.name} failed: {type(error).__name__}: {error}")
            return False
        return True
