"""One list of the PIM, page after page: page-paged, search_after and unpaged lists alike. One call at a time (`walk`: four).

Belongs here: following links, and that they come to an end. Doesn't: counts (`counting`), the shapes of pages (`answer_shapes`).
Source: Akeneo API, pagination (follow `next`, stop when it is missing; a full last page is followed by an empty one).
"""

from collections.abc import Hashable, Iterator, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit, urlunsplit

from akeneo_assets.pim.pim_addresses import API_ROOT, Params, query_texts
from akeneo_assets.pim.pim_client import Answer, PimClient
from akeneo_assets.pim.pim_errors import PermanentPimError

Item = dict[str, Any]

_ADVICE: Final = "so it has no end: report it to the PIM's operator"


def pages(client: PimClient, path: str, params: Params | None = None) -> Iterator[list[Item]]:
    """The items of `path`, a non-empty list a page. Raises what `answers` raises."""
    for answer in answers(client, path, params):
        if found := items(answer.body):
            yield found


def answers(client: PimClient, path: str, params: Params | None = None) -> Iterator[Answer]:
    """The answers that hold the pages of `path`, the last one maybe empty.

    Raises what `PimClient.fetch` raises, and PermanentPimError for a list without end.
    """
    read = PagesRead(path)
    answer = client.fetch(path, params)
    while True:
        read.add(answer.url, items(answer.body))
        yield answer
        link = next_link(answer, params)
        if link is None:
            return
        read.expect(answer.url, link)
        answer = client.fetch(link)


def items(body: Any) -> list[Item]:
    """The items of one answer: `_embedded.items` (asset families and assets: `_embedded._items`), or a bare array.

    Source: Akeneo API, deviating lists.
    """
    if isinstance(body, list):
        return body
    embedded = body["_embedded"]
    found: list[Item] = embedded["items"] if "items" in embedded else embedded["_items"]
    return found


def key_of(item: Item) -> str:
    """What identifies an item: a product's uuid, else its code."""
    key: str = item["uuid"] if "uuid" in item else item["code"]
    return key


def next_link(answer: Answer, params: Params | None = None) -> str | None:
    """The link to the page after this answer; None at the end. A relative one is resolved against the answer's own URL.

    `params` are those that the list was asked with. They hold on every page, even where the PIM's link forgets one: without a
    filter, say, everything matches.

    Raises PermanentPimError for a link to another list, and for one behind an empty page, which is the last one.
    """
    following = None if isinstance(answer.body, list) else answer.body["_links"].get("next")
    if following is None:
        return None
    name = _list_of(answer.url)
    try:
        link = urljoin(answer.url, following["href"])
        strange = _list_of(link) != name
    except ValueError:  # brackets that don't match
        strange = True
    if strange:
        raise PermanentPimError(f"The PIM's list {name} names a page of another list as its next one, {_ADVICE}.")
    if not items(answer.body):
        raise PermanentPimError(f"The PIM's list {name} goes on behind an empty page, {_ADVICE}.")
    return with_parameters(link, **query_texts(params or {}))


def with_parameters(link: str, **parameters: object) -> str:
    """The link, its cursor and all else kept, with other `parameters`."""
    url = urlsplit(link)
    kept = [(name, value) for name, value in parse_qsl(url.query, keep_blank_values=True) if name not in parameters]
    return urlunsplit(url._replace(query=urlencode([*kept, *parameters.items()], quote_via=quote)))


class PagesRead:
    """The pages of a list read so far, so that none is read twice: two numbers a page are kept."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._links: set[int] = set()
        self._pages: set[int] = set()

    def add(self, url: str, page: Sequence[Item], part: Hashable = None) -> None:
        """Note a page and where it was read. `part`: what it is a page of, where a list is read in parts (`walk`): an item that
        changes meanwhile may stand in another part, too.

        Raises PermanentPimError for the same items as on an earlier page: the PIM's cursor goes round.
        """
        self._links.add(_page_of(url))
        if not page:
            return
        keys = hash((part, *map(key_of, page)))
        if keys in self._pages:
            raise PermanentPimError(f"The PIM's list {self._name} gives the same items on two pages, {_ADVICE}.")
        self._pages.add(keys)

    def expect(self, url: str, link: str) -> None:
        """Refuse the `link` from the page at `url` to one that was read already: relative or absolute, in whatever order its
        parameters are. Raises PermanentPimError."""
        if _page_of(link) in self._links:
            which = "its own page" if _page_of(link) == _page_of(url) else "a page already read"
            raise PermanentPimError(f"The PIM's list {self._name} gives {which} as the next one, {_ADVICE}.")


def _list_of(url: str) -> str:
    """`https://pim.example/api/rest/v1/families?page=2` -> `families`."""
    path = urlsplit(url).path
    return unquote(path.partition(f"{API_ROOT}/")[2] or path).strip("/")


def _page_of(url: str) -> int:
    """One number for a page, however its URL is written."""
    return hash((_list_of(url), *sorted(parse_qsl(urlsplit(url).query, keep_blank_values=True))))
