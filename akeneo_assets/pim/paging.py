"""One list of the PIM, page after page: page-paged, search_after and unpaged lists alike. One call at a time (walk.py: four).

Source: Akeneo API, pagination (follow `next`, stop when it is missing; a full last page is followed by an empty one).
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from akeneo_assets.pim.pim_addresses import Params
from akeneo_assets.pim.pim_client import Answer, PimClient
from akeneo_assets.pim.pim_errors import PermanentPimError

Item = dict[str, Any]


def pages(client: PimClient, path: str, params: Params | None = None) -> Iterator[list[Item]]:
    """The items of `path`, a non-empty list a page. Raises what `PimClient.fetch` raises."""
    link: str | None = path
    while link is not None:
        answer = client.fetch(link, params)
        params = None
        if found := items(answer.body):
            yield found
        link = next_link(answer)
        if link is not None and client.url(link) == answer.url:
            message = (
                f"The PIM's list {path} gives its own page as the next one, so it has no end: report it to the PIM's operator."
            )
            raise PermanentPimError(message)


def items(body: Any) -> list[Item]:
    """The items of one answer: `_embedded.items` (asset families and assets: `_embedded._items`), or a bare array.

    Source: Akeneo API, deviating lists.
    """
    if isinstance(body, list):
        return body
    embedded = body.get("_embedded") or {}
    found: list[Item] = embedded["items"] if "items" in embedded else embedded.get("_items", [])
    return found


def next_link(answer: Answer) -> str | None:
    """The link to the page after this answer (a relative one resolved against the answer's own URL); None at the end."""
    link = None if isinstance(answer.body, list) else (answer.body.get("_links") or {}).get("next")
    return None if link is None else urljoin(answer.url, str(link["href"]))
