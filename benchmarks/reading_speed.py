"""How long reading all products and models from a slow PIM takes, with the connector's own walk and with a rival's.

Belongs here: the two readings. Doesn't: the ideal that they are held against (`__main__`).
"""

import json
import logging
import subprocess
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from akeneo_assets.loads.item_reading import WALK_PARAMS
from akeneo_assets.pim.counting import Search
from akeneo_assets.pim.partial import page_parser
from akeneo_assets.pim.pim_addresses import Params
from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.pim.walk import Endpoint, walk_all
from benchmarks.processes import CREDENTIAL, REPOSITORY, BenchmarkError

RIVAL_PYTHON: Final = REPOSITORY / ".venv-clients" / "bin" / "python"


@dataclass(frozen=True)
class Reading:
    """Rows and non-empty pages read, wall seconds; `refused`: calls that came as the PIM's fifth at once or 101st in a second."""

    rows: int
    pages: int
    wall: float
    refused: int = 0


class _Statuses(logging.Handler):
    """Counts HTTP statuses by listening to urllib3: the PIM itself says whether more calls than allowed were under way."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.seen: Counter[int] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        if isinstance(record.args, tuple) and len(record.args) == 8:  # scheme, host, port, method, path, protocol, status, length
            self.seen[int(str(record.args[6]))] += 1


def client(url: str) -> PimClient:
    """The connector's client of a sandbox."""
    return PimClient(url, CREDENTIAL, CREDENTIAL, CREDENTIAL, CREDENTIAL)


def ours(url: str) -> Reading:
    """The connector's walk over products and models, with the parameters of its full load."""
    statuses, log = _Statuses(), logging.getLogger("urllib3.connectionpool")
    log.setLevel(logging.DEBUG)
    log.addHandler(statuses)
    pim, rows, pages = client(url), 0, 0
    try:
        started = time.monotonic()
        asked: dict[Endpoint, tuple[Search, Params]] = {endpoint: ({}, params) for endpoint, params in WALK_PARAMS.items()}
        for _, page, _ in walk_all(pim, asked, parse=page_parser(())):
            pages += 1
            rows += len(page)
        wall = time.monotonic() - started
    finally:
        log.removeHandler(statuses)
        log.setLevel(logging.NOTSET)
        pim.close()
    if statuses.seen[200] < pages:
        raise BenchmarkError(
            f"Only {statuses.seen[200]} of {pages} answers were seen: urllib3's log has another form than expected."
        )
    return Reading(rows, pages, wall, statuses.seen[429])


def rival(url: str) -> Reading:
    """pyakeneo's walk over the same products and models, in an environment of its own."""
    script = Path(__file__).with_name("rival.py")
    done = subprocess.run([RIVAL_PYTHON, script, url, CREDENTIAL], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BenchmarkError(f"pyakeneo's walk failed: {done.stderr.strip().rpartition(chr(10))[2]}")
    found = json.loads(done.stdout)
    return Reading(found["rows"], 0, found["seconds"])
