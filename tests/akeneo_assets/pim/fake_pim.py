"""An in-memory PIM behind `PimClient.fetch`: enough of search_after, counting and filters to prove the walk exact."""

import threading
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import orjson

from akeneo_assets.pim.pim_client import Answer

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def matches(row: dict[str, Any], search: dict[str, list[dict[str, Any]]]) -> bool:
    return all(_match(row, name, f["operator"], f.get("value")) for name, filters in search.items() for f in filters)


def _match(row: dict[str, Any], name: str, operator: str, value: Any) -> bool:
    held = row.get(name)
    if name == "created":
        # No condition on a date finds an item without one.
        return held is not None and _compare(held[:19].replace("T", " "), operator, value)
    return _compare(held, operator, value)


def _compare(held: Any, operator: str, value: Any) -> bool:
    match operator:
        case "IN":
            return held in value
        case "NOT IN":  # whether it includes empty ones is left open by the API: the unkind reading
            return held is not None and held not in value
        case "EMPTY":
            return held is None
        case "NOT EMPTY":
            return held is not None
        case "=":
            return held == value
        case "<":
            return held < value
        case ">":
            return held > value
        case "BETWEEN":
            return value[0] <= held <= value[1]
    raise AssertionError(operator)


class FakePim:
    """Stands in for a PimClient; `key` is the row's sort key (uuid or code), `latency` is in seconds a call, `row_bytes` is what
    a row adds to an answer's size."""

    def __init__(self, rows: list[dict[str, Any]], key: str = "uuid", latency: float = 0.0, concurrency: int = 4) -> None:
        self.rows = sorted(rows, key=lambda row: row[key])
        self.key = key
        self.latency = latency
        self.concurrency = concurrency
        self.page_size = 100
        self.row_bytes = 0
        self.places = threading.Semaphore(concurrency)
        self.lock = threading.Lock()
        self.sizes: list[int] = []
        self.counts = 0
        self.under_way = self.most_under_way = 0
        self.fail_at: int | None = None
        self._found: dict[bytes, list[dict[str, Any]]] = {}

    def fetch(self, path: str, params: dict[str, Any] | None = None, **_: Any) -> Answer:
        with self.places:
            with self.lock:
                self.under_way += 1
                self.most_under_way = max(self.most_under_way, self.under_way)
            try:
                if self.latency:
                    time.sleep(self.latency)
                body = self._body(path, params)
                url = path if "?" in path else f"http://pim/api/rest/v1/{path}?{urlencode(params or {})}"
                return Answer(body, EPOCH, url, self.row_bytes * len(body.get("_embedded", {}).get("items", ())))
            finally:
                with self.lock:
                    self.under_way -= 1

    def get(self, path: str, params: dict[str, Any] | None = None) -> Any:
        return self.fetch(path, params).body

    @property
    def searches(self) -> list[bytes]:
        """What was searched for, as JSON."""
        return list(self._found)

    def _body(self, path: str, params: dict[str, Any] | None) -> Any:
        query = params if params is not None else {k: v[0] for k, v in parse_qs(urlsplit(path).query).items()}
        search = query["search"] if isinstance(query["search"], dict) else orjson.loads(query["search"])
        with self.lock:
            found = self._found.setdefault(orjson.dumps(search), [row for row in self.rows if matches(row, search)])
            if query.get("with_count"):
                self.counts += 1
                return {"items_count": len(found)}
            limit, after = int(query["limit"]), query.get("search_after", "")
            items = [row for row in found if row[self.key] > after][:limit]
            self.sizes.append(len(items))
            if self.fail_at == len(self.sizes):
                raise RuntimeError("the fake PIM fails here")
        return {"_links": self.links(search, limit, items), "_embedded": {"items": items}}

    def links(self, search: dict[str, Any], limit: int, items: list[dict[str, Any]]) -> dict[str, Any]:
        """The links of a page: the next one where this one is full."""
        links = {}
        if len(items) == limit:
            rest = {"search": orjson.dumps(search).decode(), "limit": limit, "search_after": items[-1][self.key]}
            links = {"next": {"href": f"?{urlencode(rest)}"}}
        return links
