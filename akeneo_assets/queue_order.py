"""In which order imports work: one at a time, and of those that wait 1 before 2, and 2 before 3-1 and 3-2.

Belongs here: the tags that put the runs of a job in this order, and whom a run waits for by them. Doesn't: the queue, which is
Dagster's and counts these tags (`dagster.yaml`); what holds when a job is started past it (`loads.lock`).

A run that failed has left the queue, so that nothing waits for it.
"""

from collections.abc import Sequence
from typing import Final

import dagster as dg

from akeneo_assets.job_names import ATTRIBUTES, KINDS, MEDIA_PRICEBOOK, NUMBERS, PLAN
from akeneo_assets.loads.partitions import KIND_TAG

IMPORT_TAG: Final = "akeneo_sfcc/import"
"""Run tag with the number of the job (`1`, `2`, `3-1`, `3-2`): of all runs that have it, one works at a time."""

_PRIORITY_TAG: Final = "dagster/priority"
_PRIORITY: Final = {ATTRIBUTES: 2, MEDIA_PRICEBOOK: 1}
"""Of the runs that wait, Dagster takes those of the highest number first, and of one number the oldest; without one it is 0."""

HOLDING: Final = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
"""The runs that Dagster's queue counts as at work."""


def queue_tags(job: str) -> dict[str, str]:
    """The tags of a job's runs that the queue goes by. A plan sends nothing: it waits for loads alone, and they for it.

    Example: `akeneo_2_import_media_assets_pricebook` -> `{"akeneo_sfcc/import": "2", "dagster/priority": "1"}`.
    """
    tags = dict[str, str]()
    if job in NUMBERS.values():
        tags[IMPORT_TAG] = next(number for number, name in NUMBERS.items() if name == job)
    if job in _PRIORITY:
        tags[_PRIORITY_TAG] = str(_PRIORITY[job])
    if job in KINDS or job == PLAN:
        tags[KIND_TAG] = KINDS.get(job, "plan")
    return tags


def ahead_of(run: dg.DagsterRun, unfinished: Sequence[dg.DagsterRun]) -> dg.DagsterRun | None:
    """The run that another one waits for in the queue: the one that works, else the first in the queue. None: it waits for none
    of these, since it is its turn (or Dagster's queue isn't working).

    `unfinished`: the runs that work and those that are queued, the oldest first; one counts only if it shares a tag of which one
    run may work at a time.
    """
    rivals = [other for other in unfinished if any(tag in run.tags and tag in other.tags for tag in (IMPORT_TAG, KIND_TAG))]
    working = [other for other in rivals if other.status in HOLDING]
    queued = [other for other in rivals if other.status is dg.DagsterRunStatus.QUEUED]
    queued.sort(key=lambda other: -_priority(other))
    first = next(iter(working or queued), run)
    return None if first.run_id == run.run_id else first


def _priority(run: dg.DagsterRun) -> int:
    """As Dagster's queue reads it."""
    try:
        return int(run.tags.get(_PRIORITY_TAG, "0"))
    except ValueError:
        return 0
