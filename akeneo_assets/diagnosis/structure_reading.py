"""What `doctor` and `init` read of the PIM: its lists, its version, a date that it printed.

Belongs here: reading on where one list fails, and a sentence for each that does. Doesn't: what the lists are
(`akeneo_assets.structure`), judging them (`pim_findings`).
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from akeneo_assets.diagnosis.finding import MALFORMED
from akeneo_assets.pim.paging import items
from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.pim.pim_errors import PermanentPimError, PimError
from akeneo_assets.structure import pim_lists
from akeneo_assets.structure.pim_structure import Structure

Lists = dict[str, list[dict[str, Any]]]
"""Name of a list (`akeneo_assets.structure.pim_lists`): its items as the API gives them."""


def read_lists(client: PimClient, names: Collection[str]) -> tuple[Lists, list[str]]:
    """These lists of the PIM, and a sentence for each that couldn't be read. A list that is read below one of those is left
    out."""
    lists: Lists = {}
    failures: list[str] = []
    for pim_list in pim_lists.PIM_LISTS:
        if pim_list.name in names and all(need in lists for need in pim_list.needs):
            with noted(failures, f"list of {words(pim_list.name)}"):
                lists[pim_list.name] = list(pim_list.read(client, lists.__getitem__) or ())
    return lists, failures


def first_page(client: PimClient, path: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The items of the first page of a list. Raises PimError, and one of MALFORMED where it is no page of a list."""
    page = items(client.get(path, params))
    if not isinstance(page, list) or not all(isinstance(item, dict) for item in page):
        raise TypeError("no list of objects")
    return page


def build_structure(lists: Mapping[str, Any]) -> Structure:
    """The structure that the lists make.

    Raises:
        PermanentPimError: an item lacks what every item of its kind has.
    """
    try:
        return Structure.build(**lists)
    except MALFORMED as error:
        raise PermanentPimError(f"The PIM's lists are incomplete {_why(error)}") from None


def version(client: PimClient) -> tuple[str, str, datetime]:
    """The PIM's version, its edition (each `unknown` where it doesn't say), and the time of its Date header.

    Raises PimError.
    """
    answer = client.fetch("system-information")
    about: Any = answer.body if isinstance(answer.body, dict) else {}
    return str(about.get("version") or "unknown"), str(about.get("edition") or "unknown"), answer.server_time


def printed_date(products: Collection[Mapping[str, Any]]) -> datetime | None:
    """A date as the PIM printed it, with its server's offset: `updated` of the first product that has one, else `created`.

    None where no product has a date that can be read.
    """
    texts = (product.get(field) for product in products for field in ("updated", "created"))
    return next((date for text in texts if (date := _date(text)) is not None), None)


def _date(text: Any) -> datetime | None:
    try:
        date = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    # Further off, the clocks of other zones overflow.
    return date if date.utcoffset() is not None and 1 < date.year < 9999 else None


@contextmanager
def noted(failures: list[str], what: str) -> Iterator[None]:
    """Append the sentence of an error in reading `what` from the PIM, and go on."""
    try:
        yield
    except PermanentPimError as error:
        old = " Products by uuid came with version 7.0." if error.status == 404 and "products-uuid" in str(error) else ""
        failures.append(f"{error}{old}")
    except PimError as error:
        failures.append(str(error))
    except MALFORMED as error:
        failures.append(f"The PIM's {what} isn't as its API describes it {_why(error)}")


def _why(error: Exception) -> str:
    return f"({type(error).__name__}: {error}): a load would stop here, too, so report it to the PIM's operator."


def words(name: str) -> str:
    """`asset_families` -> `asset families`."""
    return name.replace("_", " ")
