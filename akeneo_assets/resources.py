"""The Dagster resource that hands assets their settings, files and clients.

Belongs here: making them once a run, and ending them with it. Doesn't: what they do. Nothing is read at import: a run reads the
environment when it first needs it.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
from pydantic import PrivateAttr

from akeneo_assets.errors import ConnectorError, SettingsError
from akeneo_assets.loads import lock
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.record_files import book_currencies
from akeneo_assets.mapping.settings_check import changed_currencies, validate
from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.pim.pim_errors import PimError
from akeneo_assets.settings.akeneo_settings import Akeneo
from akeneo_assets.settings.connector import ConnectorSettings, load
from akeneo_assets.settings.environment import Environment
from akeneo_assets.store import Store
from akeneo_assets.structure import pim_lists
from akeneo_assets.structure.pim_structure import Structure
from sfcc_resources.delivery.sfcc_client import Client, Instance
from sfcc_resources.delivery.sfcc_errors import SfccError

CLEAR = (ConnectorError, PimError, SfccError, SettingsError)
"""Errors whose message is all that a person needs."""

_OF_THE_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EPERM, errno.EROFS)


@contextmanager
def clear_failures() -> Iterator[None]:
    """End the step with the sentence of a `CLEAR` error, or of one of the disk, without a traceback; anything else is a bug and
    keeps its own."""
    try:
        yield
    except CLEAR as error:
        raise dg.Failure(description=str(error), allow_retries=False) from None
    except (OSError, duckdb.IOException) as error:
        if error.errno not in _OF_THE_DISK if isinstance(error, OSError) else "No files found" in str(error):
            raise
        said = f"A file can't be written: {' '.join(str(error).split())}. Make room or give rights, then start it again."
        raise dg.Failure(description=said, allow_retries=False) from None


class Session:
    """What one run uses: settings, files and clients, each made on first use."""

    @cached_property
    def environment(self) -> Environment:
        return Environment.read()

    @cached_property
    def settings(self) -> ConnectorSettings:
        return load(self.environment.connector_config)

    @cached_property
    def reading(self) -> Akeneo:
        """How the PIM is read, by connector.yaml."""
        return self.settings.akeneo

    @cached_property
    def store(self) -> Store:
        root = self.environment.connector_store
        try:
            root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConnectorError(
                f"CONNECTOR_STORE, {root}, can't be made ({error.strerror}): name a folder that this user may write."
            ) from None
        return Store(root)

    @cached_property
    def pim(self) -> PimClient:
        env = self.environment
        return PimClient(
            env.akeneo_url,
            env.akeneo_client_id,
            env.akeneo_client_secret.get_secret_value(),
            env.akeneo_username,
            env.akeneo_password.get_secret_value(),
            concurrency=self.reading.calls,
            page_size=self.reading.page_size,
        )

    @cached_property
    def sfcc(self) -> Client:
        env = self.environment
        return Client(
            Instance(
                env.sfcc_url,
                env.sfcc_client_id,
                env.sfcc_client_secret.get_secret_value(),
                login_url=env.sfcc_login_url,
                ca_file=str(env.sfcc_ca_file) if env.sfcc_ca_file else None,
            )
        )

    @property
    def ends(self) -> dict[str, str]:
        """What a store's ledger tells of: PIM, SFCC instance and catalog."""
        catalog = self.settings.organization.master_catalog
        return {"PIM": self.pim.host, "SFCC": self.sfcc.instance.url, "catalog": catalog}

    def close(self) -> None:
        """Close the clients that were made."""
        for name in ("pim", "sfcc"):
            if name in self.__dict__:
                self.__dict__.pop(name).close()


class Connector(dg.ConfigurableResource[None]):
    """The connector's settings (environment and connector.yaml), its store, and its clients of both systems."""

    _session: Session = PrivateAttr(default_factory=Session)
    _structure: dict[str, Structure] = PrivateAttr(default_factory=dict)
    _locks: list[tuple[Any, str]] = PrivateAttr(default_factory=list)

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:  # noqa: ARG002 - as Dagster calls it
        for path, holder in self._locks:
            lock.release(path, holder)
        self._session.close()

    @property
    def settings(self) -> ConnectorSettings:
        """connector.yaml, validated."""
        return self._session.settings

    @property
    def store(self) -> Store:
        """The folder named by CONNECTOR_STORE."""
        return self._session.store

    @property
    def schemas(self) -> Path | None:
        """The folder of SFCC's XML schemas, if there is one."""
        return self._session.environment.sfcc_xsd_dir

    @property
    def pim(self) -> PimClient:
        """The PIM, logged in on the first call."""
        return self._session.pim

    @property
    def sfcc(self) -> Client:
        """The SFCC instance, logged in on the first call."""
        return self._session.sfcc

    @property
    def ends(self) -> dict[str, str]:
        """What the store's ledger tells of."""
        return self._session.ends

    def structure(self, run_id: str, **more: Any) -> Structure:
        """The PIM's lists as the run read them; `more` replaces parts of them (`media`)."""
        if run_id not in self._structure:
            read: dict[str, Any] = {one.name: pim_lists.items(self.store, one.name, run_id) for one in pim_lists.PIM_LISTS}
            self._structure[run_id] = Structure.build(**read)
        return replace(self._structure[run_id], **more) if more else self._structure[run_id]

    def import_products_alone(self, run_id: str) -> None:
        """Hold the lock of product imports until the run ends.

        Raises:
            ConnectorError: another run holds it.
        """
        path = self.store.root / "product_load.lock"
        lock.acquire(path, run_id)
        self._locks.append((path, run_id))


def root_run(context: dg.AssetExecutionContext) -> str:
    """The run's id, or that of the run it retries: the name of its files, so that a retry finds them."""
    return context.run.root_run_id or context.run.run_id


def checked_structure(context: dg.AssetExecutionContext, connector: Connector, **more: Any) -> Structure:
    """The PIM's lists as the run read them, after making sure that connector.yaml names nothing that they lack, and no
    price book that SFCC has in another currency.

    Raises:
        ConnectorError: they don't fit together; nothing was sent yet.
    """
    structure = connector.structure(root_run(context), **more)
    settings = connector.settings
    problems = validate(settings, structure) or changed_currencies(settings, structure, book_currencies(Ledger(connector.store)))
    if problems:
        raise ConnectorError("Nothing was sent: " + " ".join(problems))
    return structure
