"""Adoption: a ledger for an instance that others filled first (the official cartridge), or whose ledger is lost.

Belongs here: which objects of SFCC's own export are the connector's, and entering them. Doesn't: getting the export, mapping the
catalogue.

The connector's are the objects that the PIM exports, by their ids, with the fields that are mapped. They enter the ledger as sent
and never confirmed, so that the next load sends all of them and clears what the PIM hasn't. An object that the PIM doesn't export
and that has values of the connector's own attributes (`attributes.id_prefix`) is one that it left behind: a person decides.
All else is the merchants'. Source: LOADS, "Ledger", Adopt.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from akeneo_assets import tables
from akeneo_assets.loads.ledger import Ledger, object_key
from akeneo_assets.loads.package import Package
from akeneo_assets.loads.record_files import record_files
from akeneo_assets.mapping.emptied import PARENT
from akeneo_assets.store import TableWriter, fingerprint, sql_files
from sfcc_resources.delivery.instance_export import WHOLE_UNITS, DataUnits, data_units
from sfcc_resources.exported_objects import READ_TYPES, objects
from sfcc_resources.record_types import OF_PRODUCTS
from sfcc_resources.records import CATEGORY, CATEGORY_ASSIGNMENTS, CONTENT, PRICE_BOOK, PRODUCT, RECOMMENDATIONS

ARCHIVE: Final = "adopted"
"""What the ledger calls the archive that never was: the entries of an adoption."""

_GROUPS: Final = ("products", "categories", "content", "price_books")
_MARKABLE: Final = (PRODUCT, CATEGORY, CONTENT)
_LISTS: Final = (CATEGORY_ASSIGNMENTS, RECOMMENDATIONS)

Place = tuple[str, str, str]
"""Container, type and id of an object."""


@dataclass(frozen=True)
class Adopted:
    """What the ledger has now, in objects by type; and the objects that the connector once made and the PIM doesn't export, which
    are entered only if they are to be retired."""

    entered: Mapping[str, int]
    left_behind: list[Place]


@dataclass(frozen=True)
class Adoption:
    """One adoption. `package`: that of a load whose records are mapped. `prefix`: of the ids of the connector's attributes."""

    package: Package
    prefix: str

    def units(self) -> DataUnits:
        """What SFCC must export. Catalogs, price books and libraries are asked for as a whole: SFCC's export fails where one that
        is named does not exist yet."""
        units = data_units(place for place in self._containers if place[1] in READ_TYPES)
        return {unit: {"all": True} if unit in WHOLE_UNITS else parts for unit, parts in units.items()}

    def adopt(self, exported: Path, *, retire: bool) -> Adopted:
        """Enter into the ledger what SFCC's export `exported` of `units` has of the connector's. `retire`: what the connector
        left behind, too, so that the next load retires it. For the holder of the sending lock.

        Raises ValueError with one sentence where the export can't be read.
        """
        left_behind = sorted(self._left_behind(exported))
        mine = {place: self._mapped.get(place) for place in (*self._mapped, *(left_behind if retire else ()))}
        owners = {id_: source for (_, kind, id_), source in mine.items() if kind == PRODUCT}
        found = exported.with_name("adopted.parquet")
        with TableWriter(found, tables.OBJECT_FIELDS) as rows:
            for container, kind, id_, fields in objects(exported):
                if (container, kind, id_) in mine or (kind in OF_PRODUCTS and id_ in owners and self._writes(container, kind)):
                    paths = list(self._paths(kind, fields))
                    if paths or kind not in _LISTS:
                        for path in ("", *paths):
                            rows.write({"container": container, "type": kind, "id": id_, "field": path, "value": ""})
        return Adopted(self._enter(found, mine, owners), left_behind)

    def _enter(self, found: Path, mine: Mapping[Place, str | None], owners: Mapping[str, str | None]) -> dict[str, int]:
        store, counts = self.package.store, Counter[str]()
        batches = store.select(f"""
            SELECT container, type, id,
                coalesce(string_agg(DISTINCT field, chr(10) ORDER BY field) FILTER (field <> ''), '') AS fields
            FROM read_parquet({sql_files([found])}) GROUP BY ALL ORDER BY ALL
        """)
        with Ledger(store).intend(ARCHIVE) as entries:
            for batch in batches:
                for row in batch.to_pylist():
                    place = (row["container"], row["type"], row["id"])
                    counts[row["type"]] += 1
                    entries.write(
                        row
                        | {
                            "key": object_key(*place),
                            "source": mine[place] if place in mine else owners[row["id"]],
                            "output": 0,  # nothing is known to have been sent
                            "fields_fingerprint": fingerprint(row["fields"].encode()),
                            "deleted": False,
                            "load": self.package.name,
                            "file": "",
                            "archive": ARCHIVE,
                        }
                    )
        return dict(counts)

    def _left_behind(self, exported: Path) -> Iterator[Place]:
        """The objects with values of the connector's attributes that the PIM doesn't export."""
        mark = f"custom/{self.prefix}"
        for container, kind, id_, fields in objects(exported):
            marked = kind in _MARKABLE and any(value and path.startswith(mark) for path, value in fields.items())
            if marked and (container, kind, id_) not in self._mapped and self._writes(container, kind):
                yield container, kind, id_

    def _paths(self, kind: str, fields: Mapping[str, str]) -> Iterator[str]:
        """The paths, as `emptied.fields_of` names them, of an object's fields that are mapped or bear the connector's mark."""
        for path, value in fields.items():
            area, _, rest = path.partition("/")
            if not value or not path:
                continue
            if kind == CATEGORY_ASSIGNMENTS:
                if area in ("category", "primary") and rest in self._ids[CATEGORY]:
                    yield path
            elif kind == RECOMMENDATIONS:
                if area in self._recommended and rest in self._ids[PRODUCT]:
                    yield path
            elif path == "parent":
                yield PARENT + value
            elif kind == PRICE_BOOK and path == "currency/":
                yield f"currency/{value}"
            elif (kind, path) in self._written or path.startswith(f"custom/{self.prefix}"):
                localized = f"{path}x-default"  # an export tells a custom attribute's default without a locale
                yield localized if (kind, localized) in self._written and (kind, path) not in self._written else path

    # --- What the load maps -----------------------------------------------------------------------------------------------------

    @cached_property
    def _files(self) -> str:
        return sql_files([path for group in _GROUPS for path in record_files(self.package.records(group))])

    @cached_property
    def _mapped(self) -> dict[Place, str | None]:
        """The objects that the PIM exports, each with the PIM's item that it comes from."""
        batches = self.package.store.select(f"SELECT container, type, id, source FROM read_parquet({self._files})")
        return {(row["container"], row["type"], row["id"]): row["source"] for batch in batches for row in batch.to_pylist()}

    @cached_property
    def _written(self) -> set[tuple[str, str]]:
        """(type, path) of all fields that any object has."""
        sql = f"SELECT DISTINCT type, unnest(string_split(fields, chr(10))) AS path FROM read_parquet({self._files})"
        return {(row["type"], row["path"]) for batch in self.package.store.select(sql) for row in batch.to_pylist()}

    @cached_property
    def _recommended(self) -> set[str]:
        """The types of recommendations that are mapped."""
        return {path.split("/")[0] for kind, path in self._written if kind == RECOMMENDATIONS}

    @cached_property
    def _ids(self) -> dict[str, set[str]]:
        return {kind: {id_ for _, of, id_ in self._mapped if of == kind} for kind in (CATEGORY, PRODUCT)}

    @cached_property
    def _containers(self) -> set[tuple[str, str]]:
        return {(container, kind) for container, kind, _ in self._mapped}

    def _writes(self, container: str, kind: str) -> bool:
        """Whether the load writes objects of a type there at all: else those there are merchants'."""
        return (container, kind) in self._containers
