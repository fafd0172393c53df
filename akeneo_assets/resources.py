"""The Dagster resource that hands assets their settings, files and clients.

Belongs here: making them once a run, and ending them with it. Doesn't: what they do. Nothing is read at import: a run reads the
environment when it first needs it.
"""

import errno
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
from pydantic import Field, PrivateAttr

from akeneo_assets import run_locks
from akeneo_assets.errors import ConnectorError, SettingsError, shown
from akeneo_assets.job_names import BY_HAND, PLAN, STRUCTURE_FOLDERS
from akeneo_assets.loads import lock, sentinel
from akeneo_assets.loads import window as windows
from akeneo_assets.loads.base import Base
from akeneo_assets.loads.confirmations import confirm
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.list_reading import structure_of
from akeneo_assets.loads.load_names import Kind
from akeneo_assets.loads.media_files import missing
from akeneo_assets.loads.package import Package
from akeneo_assets.loads.partitions import KIND_TAG, PARTITION_TAG
from akeneo_assets.loads.plan_difference import plan_to_apply
from akeneo_assets.loads.record_files import book_currencies
from akeneo_assets.loads.vanished_codes import refuse_vanished
from akeneo_assets.mapping.settings_check import changed_currencies, validate
from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.pim.pim_errors import PimError
from akeneo_assets.settings.akeneo_settings import Akeneo
from akeneo_assets.settings.connector import ConnectorSettings, fingerprint, load
from akeneo_assets.settings.environment import Environment
from akeneo_assets.store import Store
from akeneo_assets.structure.pim_structure import Structure
from akeneo_assets.waiting import tell_of_lock
from sfcc_resources.delivery import instance_export
from sfcc_resources.delivery.delivery_port import DeliveryPort, Tell
from sfcc_resources.delivery.instance_export import DataUnits
from sfcc_resources.delivery.sfcc_client import Client, Instance
from sfcc_resources.delivery.sfcc_errors import SfccError
from sfcc_resources.delivery.site_archive_delivery import SiteArchiveDelivery

CLEAR = (ConnectorError, PimError, SfccError, SettingsError)
"""Errors whose message is all that a person needs."""

_FOLDING_LIMIT = 3600.0
"""Seconds that a run waits, when it begins, for one that folds old loads."""

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

    pim_retries = 8
    """Of a call of the PIM, a good two minutes in all: a load at night waits."""

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
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
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
            allow_http=self.reading.allow_http,
            retries=self.pim_retries,
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

    @property
    def delivery(self) -> DeliveryPort:
        """The way in which archives get into SFCC."""
        delivery = self.settings.delivery
        return SiteArchiveDelivery(
            self.sfcc,
            busy_minutes=delivery.busy_minutes,
            wait_minutes=delivery.wait_minutes,
            keep_archives=delivery.keep_archives,
        )

    def export(self, units: DataUnits, folder: Path, *, tell: Tell) -> Path:
        """The instance's own export: see `instance_export.export`."""
        return instance_export.export(self.sfcc, units, folder, tell=tell, limit=self.settings.delivery.wait_minutes * 60)

    def close(self) -> None:
        """Close the clients that were made."""
        for name in ("pim", "sfcc"):
            if name in self.__dict__:
                self.__dict__.pop(name).close()


class Connector(dg.ConfigurableResource[None]):
    """The connector's settings (environment and connector.yaml), its store, and its clients of both systems."""

    confirm: str = Field(
        default="",
        description="Name of an import that stopped or held something back: confirm that what the PIM lacked is gone.",
    )

    take_over: bool = Field(
        default=False,
        description="Go on although another connector, or a replication, wrote to the SFCC instance: everything is sent again.",
    )

    plan: str = Field(
        default="differential",
        description="Which load the job akeneo_plan_products foresees: differential (3-1) or full (3-2).",
    )

    apply: str = Field(
        default="",
        description="Name of a plan: 3-1 or 3-2 sends only what the plan says, and stops before sending where that is otherwise.",
    )

    anyway: bool = Field(default=False, description="With `apply`: send also where the difference isn't the plan's any more.")

    _looked: set[str] = PrivateAttr(default_factory=set)
    _session: Session = PrivateAttr(default_factory=Session)
    _structures: dict[Path, Structure] = PrivateAttr(default_factory=dict)
    _locks: set[Path] = PrivateAttr(default_factory=set)
    _at_end: ExitStack = PrivateAttr(default_factory=ExitStack)

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:  # noqa: ARG002 - as Dagster calls it
        self._at_end.close()
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

    @property
    def delivery(self) -> DeliveryPort:
        """The way in which archives get into SFCC."""
        return self._session.delivery

    def export(self, units: DataUnits, folder: Path, *, tell: Tell) -> Path:
        """The instance's own export: see `instance_export.export`."""
        return self._session.export(units, folder, tell=tell)

    def package(self, run: dg.DagsterRun, instance: dg.DagsterInstance) -> Package:
        """The package in which a run works, begun: of its load, or of its import by job 1 or 2. From now on the run holds its own
        lock, and a load's run that of product imports, too; runs that died are ended.

        A concluded package is returned as it is to a run that no job started: such a run has nothing to do.

        Raises:
            ConnectorError: another run imports products; a job was started on a concluded load, or assets by hand on a load that
                no job has begun; the package is abandoned.
        """
        self._work(run.run_id, instance)
        package, ledger = self._package(run), Ledger(self.store)
        if package.concluded is None and package.state != "planned":
            if run.run_id not in self._looked:
                self._look_at_instance(package, ledger, run.run_id, instance)
                self._looked.add(run.run_id)
            self._begin(package, run, len(ledger.undone))
        return package

    def _begin(self, package: Package, run: dg.DagsterRun, undone: int) -> None:
        planning = run.job_name == PLAN
        kind: Any = self._kind_planned() if planning else run.tags.get(KIND_TAG) or package.kind
        if kind and self.apply and not planning:
            plan_to_apply(self.store, self.apply, kind)
        applies = self.apply if kind and not planning else ""
        package.begin(settings=fingerprint(self.settings), kind=kind, undone=undone, plan=planning, applies=applies)
        if applies and package.applies != applies:
            raise ConnectorError(
                f"The load '{package.name}' has begun without the plan '{applies}': start the job with a new key to apply it."
            )

    def _kind_planned(self) -> Kind:
        if self.plan not in ("differential", "full"):
            raise ConnectorError(
                f"resources.connector.config.plan is '{shown(self.plan)}': a plan is of a differential or a full load."
            )
        return "full" if self.plan == "full" else "differential"

    def _look_at_instance(self, package: Package, ledger: Ledger, run_id: str, instance: dg.DagsterInstance) -> None:
        """Notice, before anything is read or compared, that the instance was reset or restored, or is another's."""
        ledger.belongs_to(self.ends)
        if sentinel.look(ledger, self.delivery) is None:
            return
        tell, limit = dg.get_dagster_logger().warning, self.settings.delivery.busy_minutes * 60
        with lock.held(self.store.lock("sending"), package.name, limit, tell_of_lock(run_id, instance, tell)):
            sentinel.notice(ledger, self.delivery, tell, take_over=self.take_over)

    def _package(self, run: dg.DagsterRun) -> Package:
        key = run.tags.get(PARTITION_TAG)
        if key is None:
            folder, root = STRUCTURE_FOLDERS.get(run.job_name, BY_HAND), run.root_run_id or run.run_id
            package = Package.of_structure_import(self.store, folder, root)
            # A run that repeats one that has ended well is an import of its own.
            again = package.concluded is not None and root != run.run_id
            return Package.of_structure_import(self.store, folder, run.run_id) if again else package
        self._import_products_alone(run.run_id)
        package, by_job = Package.of_load(self.store, key), KIND_TAG in run.tags
        if package.concluded is not None and by_job:
            raise ConnectorError(
                f"The load '{key}' was imported {_on(package)}: nothing was read or sent. "
                "Start the job with a new key for a new load."
            )
        if package.is_plan and package.state == "planned" and by_job:
            raise ConnectorError(
                f"'{key}' is a plan: nothing was read or sent. Apply it with `akeneo-sfcc apply {key}`, or start the job with a "
                "new key."
            )
        if package.state is not None and package.state != "planned" and package.is_plan != (run.job_name == PLAN):
            what = "a plan" if package.is_plan else "a load, not a plan"
            raise ConnectorError(f"'{key}' is {what}: nothing was read or sent. Start the job with a new key.")
        if package.state is None and key in Base.of(self.store).folded:
            raise ConnectorError(
                f"The load '{key}' is older than what is kept (`keep` in connector.yaml), and its files are removed: nothing was "
                "read or sent. Start the job with a new key for a new load."
            )
        if package.state is None and not by_job:
            raise ConnectorError(
                f"The load '{key}' has not begun: start job 3-1 or 3-2 with this key. "
                "Single assets can be materialized afterwards."
            )
        return package

    def structure(self, package: Package, **more: Any) -> Structure:
        """The PIM's lists as the import of `package` read them; `more` replaces parts of them (`media`)."""
        if package.folder not in self._structures:
            self._structures[package.folder] = structure_of(package)
        structure = self._structures[package.folder]
        return replace(structure, **more) if more else structure

    def checked_structure(self, package: Package) -> Structure:
        """As `structure`, after making sure that the lists lack nothing that is in use, connector.yaml names nothing that they
        lack, and no price book that SFCC has in another currency.

        Raises:
            ConnectorError: they don't fit together; nothing was sent yet.
        """
        structure, settings = self.structure(package), self.settings
        self.confirm_vanished()
        refuse_vanished(package, settings, structure)
        problems = validate(settings, structure) or changed_currencies(settings, structure, book_currencies(Ledger(self.store)))
        if problems:
            raise ConnectorError("Nothing was sent: " + " ".join(problems))
        return structure

    def confirm_vanished(self) -> None:
        """Confirm what had vanished before the import that the run config names, if it names one. Raises ConnectorError."""
        if self.confirm:
            confirm(self.store, self.confirm)

    def structure_without_missing_media(self, package: Package) -> Structure:
        """As `structure`; it knows which media the PIM could not give."""
        return self.structure(package, media=missing(self.store))

    def window(self, package: Package) -> windows.Window:
        """The window of a load.

        Raises:
            ConnectorError: it isn't fixed yet.
        """
        window = windows.recorded(self.store, package.name)
        if window is None:
            raise ConnectorError(
                f"The load '{package.name}' has no window yet: materialize akeneo/product_load of this partition first."
            )
        return window

    def _import_products_alone(self, run_id: str) -> None:
        """Hold the lock of product imports until the run ends. Raises ConnectorError where another run holds it."""
        path = self.store.lock("product_load")
        lock.acquire(path, run_id)
        self._locks.add(path)
        self._at_end.callback(lock.release, path, run_id)

    def _work(self, run_id: str, instance: dg.DagsterInstance) -> None:
        """Hold the run's own lock until it ends, and end the runs whose holders died."""
        own = run_locks.run_lock(self.store, run_id)
        if own in self._locks:
            return
        with self._no_folding(run_id, instance):
            self._locks.add(own)
            if run_locks.take(self.store, run_id):
                self._at_end.callback(run_locks.give_back, self.store, run_id)
                run_locks.end_dead_runs(instance, self.store)

    def _no_folding(self, run_id: str, instance: dg.DagsterInstance) -> AbstractContextManager[None]:
        """While it is held no old loads are folded: what a run that begins looks at stays there."""
        path, tell = self.store.lock("folding"), tell_of_lock(run_id, instance, dg.get_dagster_logger().info)
        return lock.held(path, run_id, _FOLDING_LIMIT, tell, "folds old loads")

    @contextmanager
    def alone_in_store(self, run: dg.DagsterRun, instance: dg.DagsterInstance) -> Iterator[list[str]]:
        """Keep all other runs from beginning to work, importing products or sending for the block. Gives the ids of those that
        work already.

        Raises:
            ConnectorError: another run imports products, or goes on sending for too long.
        """
        self._work(run.run_id, instance)
        self._import_products_alone(run.run_id)
        with self._no_folding(run.run_id, instance):
            if others := run_locks.others_at_work(self.store, run.run_id):
                yield others
                return
            limit = self.settings.delivery.busy_minutes * 60
            tell = tell_of_lock(run.run_id, instance, dg.get_dagster_logger().info)
            with lock.held(self.store.lock("sending"), run.run_id, limit, tell):
                yield []

    def refuse_ended(self, run_id: str, instance: dg.DagsterInstance) -> None:
        """Make sure that a run may go on sending. Raises ConnectorError: Dagster has ended it, or a lock was taken from it."""
        run_locks.refuse_ended(instance, run_id, self._locks)


def connector_on(variables: Mapping[str, str]) -> Connector:
    """The resource on these environment variables instead of the process's own: for `definitions.build(connector=...)`."""

    def session() -> Session:
        made = Session()
        made.environment = Environment.of(variables)
        return made

    class FixedConnector(Connector):
        _session: Session = PrivateAttr(default_factory=session)

    return FixedConnector()


def _on(package: Package) -> str:
    return f"on {package.concluded[:16].replace('T', ' ')}" if package.concluded else "before"


def nothing_to_do(package: Package) -> str | None:
    """What to say where the import of a package is concluded, or its plan made; None: neither."""
    if package.state == "planned":
        return f"The plan '{package.name}' is made: nothing done."
    if package.concluded is None:
        return None
    return f"The import '{package.name}' was imported {_on(package)}: nothing done."
