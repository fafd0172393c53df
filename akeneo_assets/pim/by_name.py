"""Asking the PIM for single products and models by name: whether it has them, and as they are now.

Belongs here: the calls. Doesn't: whom to ask for, what follows from the answer (`akeneo_assets.loads.removals`).

Lists, `uuid IN` among them, are answered from a search index, which may be empty, half built or behind. A single product or model
is read from the database: only its 404 says that the PIM has it no more, or hides it. Source: Akeneo API, products-uuid,
product-models; LOADS, "Absence is a claim", point 2.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple
from urllib.parse import quote

from akeneo_assets.pim.paging import Item, items, key_of
from akeneo_assets.pim.pim_addresses import Params
from akeneo_assets.pim.pim_client import Parse, PimClient
from akeneo_assets.pim.pim_errors import PermanentPimError
from akeneo_assets.pim.walk import Endpoint
from sfcc_resources.redaction import one_line

ASKED_AT_ONCE: Final = 50
"""Names in one `IN`: the PIM takes 100, servers a line of 8 KiB."""

BLOCK: Final = 4 * ASKED_AT_ONCE
"""Names whose answers are held at a time."""

_NOT_FOUND: Final = 404
_NAMED_BY: Final[Mapping[Endpoint, str]] = {"products-uuid": "uuid", "product-models": "identifier"}


class Parsers(NamedTuple):
    """How answers are parsed (`PimClient.fetch`): pages, and single items."""

    page: Parse
    item: Parse


class Named(NamedTuple):
    """The answer for one name: the item as the PIM has it now, None: 404. `listed`: a list had it, too."""

    name: str
    item: Item | None
    listed: bool


def ask_by_name(
    client: PimClient, endpoint: Endpoint, names: Sequence[str], parsers: Parsers, params: Params
) -> Iterator[list[Named]]:
    """The PIM's answers for products by uuid, or for models by code, `BLOCK` names at a time, four calls at once.

    Products are looked for in lists first, fifty a call; those that no list has are asked for one by one.
    `params`: further query parameters (`with_completenesses`). Raises what `PimClient.fetch` raises.
    """
    with ThreadPoolExecutor(client.concurrency, "pim-by-name") as pool:
        for start in range(0, len(names), BLOCK):
            block = names[start : start + BLOCK]
            listed = dict[str, Item]()
            if endpoint == "products-uuid":
                for page in pool.map(_lister(client, endpoint, parsers, params), _cut(block)):
                    listed |= {item["uuid"]: item for item in page}
            missing = [name for name in block if name not in listed]

            def one(name: str) -> Item | None:
                return _single(client, endpoint, name, parsers, params)

            single = dict(zip(missing, pool.map(one, missing), strict=True))
            yield [Named(name, listed.get(name, single.get(name)), name in listed) for name in block]


def listed_by_name(
    client: PimClient, endpoint: Endpoint, names: Sequence[str], parsers: Parsers, params: Params
) -> Iterator[list[Item]]:
    """Those products (by uuid) or models (by code) that the PIM's lists have, four calls at once.

    Raises what `PimClient.fetch` raises.
    """
    with ThreadPoolExecutor(client.concurrency, "pim-by-name") as pool:
        for start in range(0, len(names), BLOCK):
            yield from pool.map(_lister(client, endpoint, parsers, params), _cut(names[start : start + BLOCK]))


def _cut(names: Sequence[str]) -> list[Sequence[str]]:
    return [names[start : start + ASKED_AT_ONCE] for start in range(0, len(names), ASKED_AT_ONCE)]


def _lister(client: PimClient, endpoint: Endpoint, parsers: Parsers, params: Params) -> Callable[[Sequence[str]], list[Item]]:
    def ask(names: Sequence[str]) -> list[Item]:
        search = {_NAMED_BY[endpoint]: [{"operator": "IN", "value": list(names)}]}
        asked = {**params, "pagination_type": "search_after", "limit": 100, "search": search}  # a page that can't be full
        return items(client.fetch(endpoint, asked, parse=parsers.page).body)

    return ask


def _single(client: PimClient, endpoint: Endpoint, name: str, parsers: Parsers, params: Params) -> Item | None:
    try:
        item: Item = client.fetch(f"{endpoint}/{quote(name, safe='')}", params, parse=parsers.item).body
    except PermanentPimError as error:
        if error.status != _NOT_FOUND:
            raise
        return None
    if key_of(item).lower() != name.lower():
        raise PermanentPimError(
            f"The PIM was asked for {endpoint}/{name} and answered with '{one_line(key_of(item))}': "
            "report it to the PIM's operator."
        )
    return item
