"""Reading the PIM's lists into a package, and finding them again.

Belongs here: one file a list and import. Doesn't: which lists there are (`akeneo_assets.structure.pim_lists`).
"""

from typing import Any

import orjson

from akeneo_assets.loads.package import Done, Package, newest_with
from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.pim.pim_errors import PermanentPimError
from akeneo_assets.store import TableWriter, rows
from akeneo_assets.structure.pim_lists import PIM_LISTS, PimList
from akeneo_assets.structure.pim_structure import Structure
from akeneo_assets.tables import pim_list_table


def list_step(name: str) -> str:
    """The step of an import that reads a list."""
    return f"list:{name}"


def items(package: Package, name: str) -> list[dict[str, Any]]:
    """The items of a list as the API gave them to the import of `package`; for an asset materialized by itself, to the newest
    import that has read it.

    Raises:
        ConnectorError: no import has read the list.
        DamagedFileError: its file is missing or truncated.
    """
    step = list_step(name)
    source = package if package.report(step) is not None else newest_with(package.store, step) or package
    source.needs(step)
    return [orjson.loads(row["item"]) for row in rows([source.pim_list(name)], ["item"])]


def structure_of(package: Package) -> Structure:
    """The PIM's lists as the import of `package` read them; raises what `items` raises."""
    lists: dict[str, Any] = {pim_list.name: items(package, pim_list.name) for pim_list in PIM_LISTS}
    return Structure.build(**lists)


def read_list(package: Package, pim_list: PimList, client: PimClient) -> int:
    """Read a list from the PIM into the package, unless it is there already; returns how many items it has.

    Raises what `PimClient.fetch` raises, and PermanentPimError for a list that isn't whole; then nothing of it is kept.
    """

    def read() -> Done:
        path = package.pim_list(pim_list.name)
        read_items = pim_list.read(client, lambda name: items(package, name))
        with TableWriter(path, pim_list_table(pim_list.name, pim_list.columns)) as table:
            for item in read_items or ():
                table.write(_row(pim_list, item))
        return {"rows": table.count, "exists": read_items is not None}, [path]

    return int(package.do(list_step(pim_list.name), read)["rows"])


def _row(pim_list: PimList, item: dict[str, Any]) -> dict[str, Any]:
    item.pop("_links", None)
    try:
        return {name: _shown(item.get(name)) for name in pim_list.columns} | {"item": orjson.dumps(item)}
    except TypeError:  # orjson reads nesting that it doesn't write
        raise PermanentPimError(
            f"The PIM's list {pim_list.name} has an item that nests too deep to be one: look at '{item['code']}' in the PIM."
        ) from None


def _shown(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else orjson.dumps(value).decode()
