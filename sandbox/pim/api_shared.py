"""What every endpoint shares: the PIM it serves, the call it got, the answer it gives, and bulk bodies.

No endpoint here. An endpoint is a plain function `(pim, call) -> Answer`, run in a worker thread.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from sandbox.pim.pim_catalogue import Catalogue
from sandbox.pim.pim_database import Doc, Store
from sandbox.pim.pim_refusals import ApiError
from sandbox.pim.pim_sight import EVERYTHING, Sight
from sandbox.pim.pim_structure import Structure, read_structure

COLLECTION = "application/vnd.akeneo.collection+json"
MAX_BULK = 100
MAX_LINE = 1_000_000


class Pim:
    """A store with the present snapshot of its structure, and the clock."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.time) -> None:
        self.store = store
        self.clock = clock
        self.structure: Structure = read_structure(store)
        self.lock = threading.RLock()

    def now(self) -> int:
        return int(self.clock())

    @property
    def catalogue(self) -> Catalogue:
        return Catalogue(self.store, self.structure)

    def structure_changed(self) -> None:
        self.structure = read_structure(self.store)


@dataclass(frozen=True)
class Call:
    """One request. `params` come from the path, percent-decoded; header names are lower-case; `sight` is what it sees."""

    method: str
    path: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    sight: Sight = EVERYTHING

    def json(self) -> Any:
        """The body. Raises ApiError 415 and 400."""
        self.must_be("application/json")
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as wrong:
            raise ApiError(400, "Invalid json message received") from wrong

    def must_be(self, kind: str) -> None:
        """Raises ApiError 415 when the body is of another kind."""
        given = self.headers.get("content-type", "").split(";")[0].strip().lower()
        if not given:
            raise ApiError(415, f'The "Content-Type" header is missing. "{kind}" has to be specified as value.')
        if given != kind:
            raise ApiError(415, f'"{given}" in "Content-Type" header is not valid. Only "{kind}" is allowed.')

    def object(self) -> Doc:
        parsed = self.json()
        if not isinstance(parsed, dict):
            raise ApiError(400, "Invalid json message received")
        return parsed


@dataclass(frozen=True)
class Answer:
    """Status, body (its `"href":"pim-base:` marks become the server's address when it is JSON) and headers."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    links: bool = True


Endpoint = Callable[[Pim, Call], Answer]


def saved(created: bool, location: str) -> Answer:
    """201 or 204 with the address of what was saved."""
    return Answer(201 if created else 204, headers={"Location": f"pim-base:{location}"})


def bulk(call: Call, key: str, save: Callable[[Doc], bool]) -> Answer:
    """Run `save` (True = created) on each line of a collection; one status line each, in order, no trailing newline.

    Raises ApiError 413 and 415. Source: Akeneo API, update several resources.
    """
    call.must_be(COLLECTION)
    lines = [line for line in call.body.split(b"\n") if line.strip()]
    if len(lines) > MAX_BULK:
        raise ApiError(413, f"Too many resources to process, {MAX_BULK} is the maximum allowed.")
    answers = [orjson.dumps({"line": n, **_status_line(line, key, save)}) for n, line in enumerate(lines, 1)]
    return Answer(body=b"\n".join(answers), content_type=COLLECTION)


def _status_line(line: bytes, key: str, save: Callable[[Doc], bool]) -> Doc:
    if len(line) > MAX_LINE:
        return {"status_code": 413, "message": "Line is too long."}
    try:
        item = orjson.loads(line)
    except orjson.JSONDecodeError:
        return {"status_code": 400, "message": "Invalid json message received"}
    if not isinstance(item, dict):
        return {"status_code": 400, "message": "Invalid json message received"}
    if not isinstance(item.get(key), str) or not item[key].strip():
        return {"status_code": 422, "message": f"{key.capitalize()} is missing."}
    return {key: item[key], **status(save, item)}


def status(save: Callable[[Doc], bool], item: Doc) -> Doc:
    """The outcome of saving one item of several."""
    try:
        return {"status_code": 201 if save(item) else 204}
    except ApiError as refused:
        return {"status_code": refused.status, "message": refused.message, **refused.extra}


def bulk_array(call: Call, save: Callable[[Doc], bool]) -> Answer:
    """As `bulk`, for the endpoints that take and answer a JSON array (assets, records, measurement families)."""
    items = call.json()
    if not isinstance(items, list):
        raise ApiError(400, "Invalid json message received")
    if len(items) > MAX_BULK:
        raise ApiError(413, f"Too many resources to process, {MAX_BULK} is the maximum allowed.")
    answers = []
    for item in items:
        if not isinstance(item, dict) or not isinstance(item.get("code"), str):
            answers.append({"status_code": 422, "message": "Code is missing."})
        else:
            answers.append({"code": item["code"], **status(save, item)})
    return Answer(body=orjson.dumps(answers))
