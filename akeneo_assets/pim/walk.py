"""Reading all products or models that match a search, with as many calls at once as the PIM allows. Exact at any time.

A search_after cursor is sequential, so one query is one call at a time. But all parts of a query share its sort order: at any
moment it can be cut at its cursor into complementary queries (cuts.py), each going on from the same cursor. A cut takes the PIM's
own `next` link and replaces its `search` (and, of very wide products, its `limit`); cursors are never built. Items before the
cursor are read, items after it match exactly one part.
Not here: which cut (cuts.py), one call (pim_client.py), holding what was read against the PIM's count (counting.py), what the
items mean.
Source: Akeneo API, pagination (search_after follows the uuid, or the code, in ascending order; there is no snapshot).
"""

import threading
from collections import deque
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

import orjson

from akeneo_assets.pim.counting import Search, count, more_than_counted
from akeneo_assets.pim.cuts import Branch, Condition, Traits, best_cut, cut_ahead, holds, search_with, traits, undated
from akeneo_assets.pim.paging import Item, PagesRead, items, next_link, with_parameters
from akeneo_assets.pim.partial import whole_page
from akeneo_assets.pim.pim_addresses import Params
from akeneo_assets.pim.pim_client import Answer, Parse, PimClient
from akeneo_assets.pim.pim_errors import PermanentPimError

Endpoint = Literal["products-uuid", "product-models"]

# Queries kept under way or waiting for each call at once: two, so that a call that ends finds the next one waiting.
QUERIES_PER_CALL = 2
# A query expected to hold less than this many pages more isn't cut, as each cut costs up to one page that isn't full; fewer are
# worth it when there is no query to spare and calls would soon stand idle.
WORTH_CUTTING_PAGES = 3
WORTH_CUTTING_PAGES_SHORT = 2
# The rows read last of a query are its sample, by which it is cut; a smaller one than the second says nothing.
SAMPLE = 100
SMALLEST_SAMPLE = 16
# Servers commonly refuse a request line above 8 KiB; the rest of the link needs some of it.
LONGEST_SEARCH = 7000
# Rows of the first page, for which all other calls wait: enough to see where to cut, and how wide rows are.
FIRST_PAGE = 25
# Pages waiting for a consumer slower than the PIM.
BUFFERED_PAGES = 8
# Of products so wide that a page had more bytes than these, the next page asks for fewer: pages of any catalogue take about the
# same memory.
PAGE_BYTES = 4 * 1024 * 1024


Page = list[Item]
"""Rows in the API's shape, never none."""


class Position(NamedTuple):
    """Where a query of a walk stands, so that another process can go on from there: `link` leads to its next page of at most
    `limit` rows, `conditions` narrow the walk's own search."""

    link: str
    limit: int
    conditions: tuple[Condition, ...]

    def as_json(self) -> list[Any]:
        """As a file keeps it."""
        return [self.link, self.limit, [list(condition) for condition in self.conditions]]

    @classmethod
    def of_json(cls, link: str, limit: int, conditions: Sequence[Sequence[Any]]) -> "Position":
        """From `as_json`."""
        return cls(link, limit, tuple(Condition(*condition) for condition in conditions))


Frontier = list[Position]
"""All that a walk has still to read: its queries, each at its position. Empty: nothing."""


@dataclass(slots=True, eq=False)
class _Query:
    """A query at its cursor: `link` leads to its next page of at most `limit` rows, `expected` guesses the rows to come, `sample`
    are the rows read last. `search` is what the link asks for, as JSON: the whole walk's, narrowed by `conditions`."""

    link: str
    limit: int
    search: str
    conditions: tuple[Condition, ...]
    expected: float
    sample: list[Traits]

    @property
    def position(self) -> Position:
        return Position(self.link, self.limit, self.conditions)


def walk(
    client: PimClient, endpoint: Endpoint, base_search: Search, *, params: Params | None = None, parse: Parse = whole_page
) -> Iterator[Page]:
    """Every row that matches `base_search`, once, in pages of no particular order.

    `params`: further query parameters (`with_completenesses`, `attributes`...). `parse`: see `PimClient.fetch`. Holds a bounded
    number of pages, however slow the consumer. The first error of any call ends the walk and is raised here; closing the iterator
    ends it, too (calls under way are waited for). Raises what `PimClient.fetch` raises, and PermanentPimError for a list without
    end. Whether the list was whole is the caller's to ask (`counting.counted_whole`).
    """
    return (page for page, _ in walk_on(client, endpoint, base_search, None, params=params, parse=parse))


def walk_on(
    client: PimClient,
    endpoint: Endpoint,
    base_search: Search,
    frontier: Frontier | None,
    *,
    params: Params | None = None,
    parse: Parse = whole_page,
) -> Generator[tuple[Page, Frontier], None, None]:
    """As `walk`, but each page comes with what is still to be read after it. `frontier`: of a walk that was broken off, to go on
    from there; None: from the start."""
    search = orjson.dumps(dict(base_search)).decode()
    first = min(FIRST_PAGE, client.page_size)
    asked: dict[str, Any] = {**(params or {}), "pagination_type": "search_after", "limit": first, "search": search}
    if frontier is not None:
        roots = [
            _Query(link, limit, _search_json(base_search, conditions), conditions, limit, [])
            for link, limit, conditions in frontier
        ]
        if roots:
            counted = count(client, endpoint, base_search)  # a guess, as good as any: how much of it is read nobody knows here
            yield from _Walk(client, endpoint, base_search, asked, roots, counted, parse).pages()
        return
    with ThreadPoolExecutor(1, "pim-count") as aside:
        counting = aside.submit(count, client, endpoint, base_search)
        answer = client.fetch(endpoint, asked, parse=parse)
        counted = counting.result()
    page = items(answer.body)
    limit = _fitting(client, answer, len(page))
    asked["limit"] = limit
    link = next_link(answer, asked)
    sample = [traits(item) for item in page]
    roots = [_Query(link, limit, search, (), max(counted - len(page), 1), sample)] if link else []
    if page:
        yield page, [root.position for root in roots]
    if roots:
        this = _Walk(client, endpoint, base_search, asked, roots, counted, parse)
        this.take_note(roots[0], answer, page, sample)
        yield from this.pages()


def walk_all(
    client: PimClient,
    asked: Mapping[Endpoint, tuple[Search, Params]],
    frontiers: Mapping[Endpoint, Frontier] | None = None,
    *,
    parse: Parse = whole_page,
) -> Iterator[tuple[Endpoint, Page, Frontier]]:
    """Several walks at once, endpoint: (search, params); pages as they come, each with its walk's frontier. While one walk begins
    or ends, others use its calls. `frontiers`: of walks that were broken off; those that aren't named start anew.

    Raises what `walk` raises; the first error ends them all.
    """
    frontiers = frontiers or {}
    walks = {
        endpoint: walk_on(client, endpoint, search, frontiers.get(endpoint), params=params, parse=parse)
        for endpoint, (search, params) in asked.items()
    }
    with ThreadPoolExecutor(len(walks), "pim-walks") as pool:
        coming = {pool.submit(next, pages, None): endpoint for endpoint, pages in walks.items()}
        try:
            while coming:
                done, _ = wait(coming, return_when=FIRST_COMPLETED)
                for future in done:
                    endpoint, step = coming.pop(future), future.result()
                    if step is not None:
                        coming[pool.submit(next, walks[endpoint], None)] = endpoint
                        yield endpoint, *step
        finally:
            wait(coming)
            for pages in walks.values():
                pages.close()


class _Walk:
    """The queries of one walk and the threads that serve them. All fields are guarded by `changed`."""

    def __init__(
        self,
        client: PimClient,
        endpoint: Endpoint,
        base_search: Search,
        asked: Params,
        roots: list[_Query],
        counted: int,
        parse: Parse,
    ) -> None:
        self.client = client
        self.endpoint = endpoint
        self.base_search = base_search
        self.asked = asked
        self.counted = counted
        self.read = 0
        self.pages_read = PagesRead(endpoint)
        self.undated = False  # some item had no readable date: nothing is cut by dates any more
        self.parse = parse
        self.ready = list(roots)
        self.running: set[_Query] = set()
        self.waiting: deque[tuple[str, Page]] = deque()  # the link that gave a page, and its rows
        # What is to be read after the pages handed over: by link, positions; what follows a page; what a position was cut into.
        self.frontier = {root.link: root.position for root in roots}
        self.successors: dict[str, Position | None] = {}
        self.cuts: dict[str, list[Position]] = {}
        self.error: BaseException | None = None
        self.ended = threading.Event()
        self.changed = threading.Condition()

    def pages(self) -> Iterator[tuple[Page, Frontier]]:
        with self.changed:
            self.cut_queries()
        # Twice as many threads as calls: while pages are unpacked, the next calls are under way.
        threads = [threading.Thread(target=self.serve, name=f"pim-walk-{n}") for n in range(2 * self.client.concurrency)]
        for thread in threads:
            thread.start()
        try:
            while (step := self.next_page()) is not None:
                if step[0]:
                    yield step
        finally:
            self.ended.set()
            with self.changed:
                self.changed.notify_all()
            for thread in threads:
                thread.join()

    def next_page(self) -> tuple[Page, Frontier] | None:
        with self.changed:
            self.changed.wait_for(lambda: self.waiting or self.error or not (self.ready or self.running))
            if self.error and not self.waiting:
                raise self.error
            if not self.waiting:
                return None
            link, page = self.waiting.popleft()
            del self.frontier[link]
            if (successor := self.successors.pop(link)) is not None:
                self.frontier.update((position.link, position) for position in self.uncut(successor))
            self.changed.notify_all()
            return page, list(self.frontier.values())

    def uncut(self, position: Position) -> Iterator[Position]:
        """The positions that a position was cut into since, or itself."""
        if position.link not in self.cuts:
            yield position
            return
        for part in self.cuts.pop(position.link):
            yield from self.uncut(part)

    def serve(self) -> None:
        """A thread's work: one page of the longest waiting query after the other."""
        while query := self.take():
            try:
                answer = self.client.fetch(query.link, cancel=self.ended, parse=self.parse)
                self.give(query, answer)
                self.count_again()
            except BaseException as error:  # raised again in the consumer's thread
                with self.changed:
                    self.error = self.error or error
                    self.ended.set()
                    self.changed.notify_all()

    def take(self) -> _Query | None:
        """The query with most rows to come, once there is one and room for its page; None when the walk has ended."""
        with self.changed:
            self.changed.wait_for(
                lambda: self.ended.is_set() or not (self.ready or self.running) or (self.ready and self.has_room())
            )
            if self.ended.is_set() or not self.ready:
                return None
            query = max(self.ready, key=lambda query: query.expected)
            self.ready.remove(query)
            self.running.add(query)
            return query

    def has_room(self) -> bool:
        """Whether one page more may be under way, so that what waits for the consumer stays bounded."""
        return len(self.waiting) + len(self.running) < BUFFERED_PAGES + self.client.concurrency

    def give(self, query: _Query, answer: Answer) -> None:
        """Take in a query's page: hand its rows over and queue what follows them."""
        page = items(answer.body)
        sample = [traits(item) for item in page]
        limit = _fitting(self.client, answer, len(page))
        link, origin = next_link(answer, {**self.asked, "search": query.search, "limit": limit}), query.link
        with self.changed:
            self.running.remove(query)
            self.take_note(query, answer, page, sample)
            self.successors[origin] = None
            self.waiting.append((origin, page))
            if link is not None:
                self.pages_read.expect(answer.url, link)
                query.sample = [*query.sample, *sample][-SAMPLE:]
                query.limit = limit
                query.link = link
                # A full page says that there is more, whatever was expected.
                query.expected = max(query.expected - len(page), query.limit / 2)
                self.successors[origin] = query.position
                self.ready.append(query)
            self.cut_queries()
            self.changed.notify_all()

    def take_note(self, query: _Query, answer: Answer, page: Page, sample: Sequence[Traits]) -> None:
        """Note what was read. Raises PermanentPimError where it was read before."""
        self.pages_read.add(answer.url, page, part=query.search)
        self.read += len(page)
        self.undated = self.undated or any(item.created is None for item in sample)

    def count_again(self) -> None:
        """Where far more was read than was counted, count again. Raises PermanentPimError if the list doesn't grow so much."""
        if more_than_counted(self.read, self.counted):
            self.counted = max(self.counted, count(self.client, self.endpoint, self.base_search))
            if more_than_counted(self.read, self.counted):
                raise PermanentPimError(
                    f"The PIM's list {self.endpoint} gives items again and again: {self.read:,} were read of {self.counted:,}: "
                    "report it to the PIM's operator."
                )

    def cut_queries(self) -> None:
        """Cut the longest waiting queries until there are enough for all calls at once, or none is worth it."""
        uncut = list(self.ready)
        while uncut:
            query = max(uncut, key=lambda query: query.expected)
            uncut.remove(query)
            long = sum(self.to_come(other) > other.limit for other in (*self.ready, *self.running))
            short = long <= self.client.concurrency
            worthwhile = query.limit * (WORTH_CUTTING_PAGES_SHORT if short else WORTH_CUTTING_PAGES)
            if long >= QUERIES_PER_CALL * self.client.concurrency or self.to_come(query) < worthwhile:
                return
            if parts := self.parts(query, guess=short):
                self.note_cut(query.link, [part.position for part in parts])
                self.ready.remove(query)
                self.ready += parts
                uncut += parts

    def note_cut(self, link: str, parts: list[Position]) -> None:
        if self.frontier.pop(link, None) is not None:
            self.frontier.update((part.link, part) for part in parts)
        else:
            self.cuts[link] = parts

    def to_come(self, query: _Query) -> float:
        """Rows that the query probably still holds. What is left in all is known better than how it is spread."""
        return query.expected * (self.counted - self.read) / sum(other.expected for other in (*self.ready, *self.running))

    def parts(self, query: _Query, *, guess: bool) -> list[_Query]:
        """The queries that together are this one, from its cursor on; none if no cut promises anything."""
        if len(query.sample) < SMALLEST_SAMPLE:
            return []
        sample = undated(query.sample) if self.undated else query.sample
        branches = best_cut(self.endpoint, query.conditions, sample)
        samples = [[row for row in sample if holds(branch, row)] for branch in branches]
        # One row more than seen: a part without any in the sample may still hold some.
        weights = [len(sample) + 1 for sample in samples]
        if not branches and guess:
            branches = cut_ahead(sample, self.to_come(query))
            samples, weights = [sample, []], [1, 1]
        parts = [
            self.part(query, branch, sample, query.expected * weight / sum(weights))
            for branch, sample, weight in zip(branches, samples, weights, strict=False)
        ]
        return [] if any(_search_size(part.link) > LONGEST_SEARCH for part in parts) else parts

    def part(self, query: _Query, branch: Branch, sample: list[Traits], expected: float) -> _Query:
        conditions = (*query.conditions, *branch)
        search = _search_json(self.base_search, conditions)
        link = with_parameters(query.link, search=search)
        return _Query(link, query.limit, search, conditions, expected, sample)


def _fitting(client: PimClient, answer: Answer, rows: int) -> int:
    """How many rows the page after `answer`, which held `rows`, may hold."""
    return max(1, min(client.page_size, PAGE_BYTES * rows // max(answer.size, 1)))


def _search_json(base: Search, conditions: tuple[Condition, ...]) -> str:
    """The search of a query that `conditions` narrow, as its link has it."""
    return orjson.dumps(search_with(base, conditions)).decode()


def _search_size(link: str) -> int:
    """The length of a link's `search`, encoded."""
    return next((len(part) for part in urlsplit(link).query.split("&") if part.startswith("search=")), 0)
