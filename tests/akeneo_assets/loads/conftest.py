"""Loads made by hand: raw tables as a reading leaves them, and archives as a sending leaves them."""

from collections.abc import Callable, Iterable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from akeneo_assets import tables
from akeneo_assets.loads import window as windows
from akeneo_assets.loads.ledger import Ledger, object_key
from akeneo_assets.loads.mirror import Mirror, association_rows, media_rows, raw_row
from akeneo_assets.loads.package import Package
from akeneo_assets.store import Store, fingerprint, write_json, write_table
from sandbox import stack
from sfcc_resources.delivery.sfcc_client import Client, Instance

Item = dict[str, Any]


def product(uuid: str, sku: str | None = None, parent: str | None = None, **more: Any) -> Item:
    """A product as products-uuid gives it."""
    values = {"sku": [{"locale": None, "scope": None, "data": sku}]} if sku else {}
    return {"uuid": uuid, "parent": parent, "values": values | more.pop("values", {})} | more


def model(code: str, parent: str | None = None, **more: Any) -> Item:
    """A product model as product-models gives it."""
    return {"code": code, "parent": parent, "values": {}} | more


@pytest.fixture
def make_product() -> Callable[..., Item]:
    return product


@pytest.fixture
def make_model() -> Callable[..., Item]:
    return model


@pytest.fixture
def load(store: Store) -> Callable[..., Mirror]:
    """Keeps a load that read these items; without `previous` it starts the mirror afresh. Returns the mirror after it."""

    def keep(key: str, products: Iterable[Item] = (), models: Iterable[Item] = (), previous: str | None = None) -> Mirror:
        items = {"product_model": list(models), "product": list(products)}
        package = Package.of_load(store, key)
        rows = {owner: [raw_row(dict(item), "sku") for item in of_owner] for owner, of_owner in items.items()}
        write_table(package.raw_part("product_models", 1), tables.ITEMS, rows["product_model"])
        write_table(package.raw_part("products", 1), tables.ITEMS, rows["product"])
        associations, media = [], []
        for owner, of_owner in items.items():
            for item, row in zip(of_owner, rows[owner], strict=True):
                associations += association_rows(owner, row["key"], item, frozenset({"part"}))
                media += media_rows(owner, row["key"], item, frozenset({"picture"}))
        write_table(package.raw_part("associations", 1), tables.ASSOCIATIONS, associations)
        write_table(package.raw_part("media_references", 1), tables.MEDIA_REFERENCES, media)
        since = None if previous is None else "2026-11-24T00:00:00+00:00"
        window = windows.Window(key, "full", "2026-11-24T00:00:00+00:00", since, previous, "")
        write_json(package.window_file, vars(window))
        return Mirror.of(store, window)

    return keep


def recorder(store: Store) -> Callable[..., None]:
    """Records an archive: `objects` by (type, id) with the lines of their fields (None: a deletion); `verdicts` of those that
    SFCC did not confirm, or None where it gave no answer."""

    def record(archive: str, objects: dict[tuple[str, str], str | None], verdicts: dict[tuple[str, str], str] | None) -> None:
        ledger = Ledger(store)
        with ledger.intend(archive) as entries:
            for (kind, id_), fields in objects.items():
                text = fields or ""
                entries.write(
                    {
                        "key": object_key("c", kind, id_),
                        "container": "c",
                        "type": kind,
                        "id": id_,
                        "source": f"product:{id_}",
                        "output": fingerprint(text.encode()),
                        "fields_fingerprint": fingerprint(text.encode()),
                        "fields": text,
                        "deleted": fields is None,
                        "load": "load",
                        "file": "catalog.xml",
                        "archive": archive,
                    }
                )
        if verdicts is not None:
            ledger.conclude(
                archive,
                [
                    {"key": object_key("c", kind, id_), "container": "c", "type": kind, "id": id_, "verdict": verdict}
                    for (kind, id_), verdict in verdicts.items()
                ],
            )

    return record


@pytest.fixture
def send(store: Store) -> Callable[..., None]:
    """Records an archive in the store's ledger: see `recorder`."""
    return recorder(store)


@pytest.fixture(scope="session")
def record() -> Callable[[Store], Callable[..., None]]:
    """Records archives in the ledger of any store."""
    return recorder


@pytest.fixture(scope="module")
def sfcc(sfcc_instance: SimpleNamespace) -> Iterator[SimpleNamespace]:
    """The instance with a client of it."""
    url = sfcc_instance.url
    with Client(Instance(url, "sandbox", "sandbox", url)) as client:
        yield SimpleNamespace(client=client, **vars(sfcc_instance))


@pytest.fixture(scope="module")
def pim_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PIM of 900 products."""
    log = tmp_path_factory.mktemp("pim") / "pim.log"
    with stack.server("pim", [str(stack.COMMAND), "sandbox", "pim", "--catalog", "generated:900", "--port", "0"], log) as url:
        yield url
