"""Reading the PIM's lists into a package, and finding them again.

Belongs here: one file a list and import. Doesn't: which lists there are (`akeneo_assets.structure.pim_lists`).
"""

from typing import Any

import orjson

from akeneo_assets.loads.package import Done, Package, newest_with
from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.store import TableWriter, rows
from akeneo_assets.structure.pim_lists import PimList
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


def read_list(package: Package, pim_list: PimList, client: PimClient) -> int:
    """Read a list from the PIM into the package, unless it is there already; returns how many items it has."""

    def read() -> Done:
        path = package.pim_list(pim_list.name)
        with TableWriter(path, pim_list_table(pim_list.name, pim_list.columns)) as table:
            for item in pim_list.read(client, lambda name: items(package, name)):
                item.pop("_links", None)
                shown = {column: _shown(item.get(column)) for column in pim_list.columns}
                table.write(shown | {"item": orjson.dumps(item)})
        return {"rows": table.count}, [path]

    return int(package.do(list_step(pim_list.name), read)["rows"])


def _shown(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else orjson.dumps(value).decode()
