"""What was read of a list, held against what the PIM counts: a list that lost items on the way is an error, not a short list.

Belongs here: asking for counts, and the rule. Doesn't: reading pages (`paging`, `walk`), what a load does about it.
Source: Akeneo API, pagination (`with_count`: with page paging only; products and models are counted by a call of their own).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from akeneo_assets.pim.paging import Item, answers, items, key_of
from akeneo_assets.pim.pim_addresses import Params
from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.pim.pim_errors import PermanentPimError

Search = Mapping[str, Sequence[Any]]
"""A search document: `{property: [{operator, value}]}`."""

READINGS: Final = 4
"""Of one list, until nobody edits it meanwhile."""

_TIMES_COUNTED: Final = 2
_SPARE: Final = 1_000


def count(client: PimClient, endpoint: str, search: Search) -> int:
    """How many products or models match now; `endpoint`: products-uuid or product-models.

    Raises what `PimClient.fetch` raises.
    """
    asked = {"pagination_type": "page", "limit": 1, "with_count": True, "search": dict(search)}
    counted: int = client.get(endpoint, asked)["items_count"]
    return counted


def came_meanwhile(client: PimClient, endpoint: str, search: Search, since: str) -> int:
    """At most how many items came to match `search` since the walk began: those saved since then, which match now.

    `since`: the walk's start as `clock.filter_text` gives it; better a second too early. Good for searches whose outcome changes
    with a product's own edits only: by uuid, family, `created`, `updated`, or of everything.
    Raises what `PimClient.fetch` raises.
    """
    narrowed = {**search, "updated": [*search.get("updated", ()), {"operator": ">", "value": since}]}
    return count(client, endpoint, narrowed)


def counted_whole(name: str, read: int, before: int, after: int, came: int = 0) -> str | None:
    """What to say when edits during the reading don't explain how many items were read; None when they do.

    `read`: distinct items; `before`, `after`: how many the PIM counted before and after reading; `came`: how many came to match
    meanwhile at most (`came_meanwhile`; 0 where nobody knows).

    The rule. Let A items come and D go while a list is read: after = before + A - D. An item that was there all the time is read,
    one that came or went may be or may not. So `read` lies between before - D and before + A; and since D = before + A - after,
    between after - A and before + A. A is at least after - before. Nothing narrower holds for every edit.
    Example: 93 before and after, nothing came: 93 must be read. 93 before, 95 after: 93 to 95 may be.
    93 before, 90 after, 2 came: 88 to 95.
    """
    came = max(came, after - before, 0)
    if after - came <= read <= before + came:
        return None
    return (
        f"The PIM's list {name} is not whole: {read:,} items were read, but the PIM counted {before:,} before and {after:,} "
        "after, which edits meanwhile don't explain. Try again later; if it stays so, let the PIM's operator check its search "
        "index, and the rights of the connection."
    )


def more_than_counted(read: int, counted: int) -> bool:
    """Whether so many items were read that a list must be going round. A list may grow while it is read, but not to twice its
    size and a thousand."""
    return read > _TIMES_COUNTED * counted + _SPARE


def whole_list(client: PimClient, path: str, params: Params | None = None) -> list[Item]:
    """All items of a page-paged list, once each, held against the PIM's own count.

    An item deleted while the pages are read moves another one from the page ahead to the page behind, unread. So the list is read
    again until no item went, up to `READINGS` times.

    Raises what `paging.answers` raises, and PermanentPimError for a list that stays incomplete.
    """
    for _ in range(READINGS):
        found: dict[str, Item] = {}
        counts: list[int] = []
        for answer in answers(client, path, {**(params or {}), "with_count": True}):
            counts.append(answer.body["items_count"])
            found |= {key_of(item): item for item in items(answer.body)}
            if more_than_counted(len(found), max(counts)):
                break
        before, after = counts[0], counts[-1]
        problem = counted_whole(path, len(found), before, after)
        if problem is None and after >= before:
            return list(found.values())
    raise PermanentPimError(
        problem or f"The PIM's list {path} lost items each time that it was read: try again when nobody deletes any."
    )
