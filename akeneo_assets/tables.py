"""The registry of the connector's Parquet tables: name, version, columns, where each lies and which step writes it.

Belongs here: the shape of every table that one step writes and another reads. Doesn't: paths inside a package
(`akeneo_assets.loads.package`), reading and writing (`akeneo_assets.store`), the tables of sfcc_resources (manifests, records).
A new table is one entry here. A change of columns that an older reader would misread raises the version.
"""

from dataclasses import dataclass, field
from typing import Final

import pyarrow as pa

from akeneo_assets.errors import ConnectorError

_MARK: Final = b"connector_table"


@dataclass(frozen=True)
class Table:
    """One kind of Parquet file. `place` says where files of it lie, in words; `writer` is the asset or function that makes
    them."""

    name: str
    columns: pa.Schema = field(repr=False)
    place: str
    writer: str
    version: int = 1

    @property
    def schema(self) -> pa.Schema:
        """The columns, marked with the table's name and version, as each file carries them."""
        return self.columns.with_metadata({_MARK: f"{self.name}/{self.version}".encode()})

    def check(self, schema: pa.Schema, file: object) -> None:
        """Make sure that a file is of this table and of a version that can be read. Files without a mark come from version 0.1.

        Raises:
            ConnectorError: it isn't.
        """
        mark = (schema.metadata or {}).get(_MARK)
        if mark is None:
            return
        name, _, version = mark.decode().partition("/")
        if name != self.name:
            raise ConnectorError(f"The file {file} holds the table '{name}', not '{self.name}': restore the store from a backup.")
        if int(version) > self.version:
            raise ConnectorError(
                f"The file {file} was written by a newer version of the connector (table '{name}', version {version}; "
                f"this one reads {self.version}): install that version again."
            )


def _schema(*columns: tuple[str, pa.DataType] | tuple[str, pa.DataType, bool]) -> pa.Schema:
    """Columns as (name, type) where null is allowed, as (name, type, False) where it isn't."""
    return pa.schema([pa.field(*column) for column in columns])


ITEMS: Final = Table(
    "items",
    _schema(
        ("key", pa.string(), False),  # a product's uuid; a model's code in lower case
        ("code", pa.string()),  # the identifier (null: none) or the model's code, in the PIM's spelling
        ("family", pa.string()),
        ("family_variant", pa.string()),
        ("parent", pa.string()),  # the direct model's code in lower case
        ("groups", pa.list_(pa.string())),  # product groups, which associations may name
        ("enabled", pa.bool_()),
        ("created", pa.string()),
        ("updated", pa.string()),
        ("fingerprint", pa.uint64(), False),  # of the item
        ("item", pa.binary(), False),  # the API's item, without its links
    ),
    "package: raw, a file a part",
    "akeneo/products, akeneo/product_models",
)

ASSOCIATIONS: Final = Table(
    "associations",
    _schema(
        ("owner", pa.string(), False),  # product or product_model
        ("key", pa.string(), False),  # the owner's key among the items
        ("association_type", pa.string(), False),
        ("target", pa.string(), False),  # product, product_model, group, or identifier (a product by it)
        ("target_key", pa.string(), False),
        ("quantity", pa.string()),  # quantified associations only
    ),
    "package: raw, a file a part",
    "akeneo/associations",
)

MEDIA_REFERENCES: Final = Table(
    "media_references",
    _schema(
        ("owner", pa.string(), False),
        ("key", pa.string(), False),
        ("attribute", pa.string(), False),
        ("media", pa.string(), False),  # the media file's code
    ),
    "package: raw, a file a part",
    "akeneo/media_references",
)

ABSENT: Final = Table(
    "absent",
    _schema(("owner", pa.string(), False), ("key", pa.string(), False)),
    "package",
    "akeneo/changes",
)

IDENTITIES: Final = Table(
    "identities",
    _schema(
        ("owner", pa.string(), False),  # product or product_model
        ("key", pa.string(), False),
        ("code", pa.string()),
        ("sfcc_id", pa.string()),  # null: held back; a sub-model's is its master's
        ("own_id", pa.string()),  # of the record made of this item; a sub-model's is its variation group's, null: it is none
        ("root", pa.string()),  # key of the root model; null: a simple product
        ("reason", pa.string()),  # why it has none
        ("left_out", pa.bool_()),  # by the settings, so that it is not held back but not wanted
        ("composition", pa.string()),  # bundle or set; null: neither
    ),
    "package",
    "akeneo/changes",
)

CLAIMS: Final = Table(
    "claims",
    IDENTITIES.columns.append(pa.field("claim", pa.string())),  # the id that it wants to itself in SFCC; null: none
    "package: scratch",
    "akeneo/changes",
)

CHANGES: Final = Table(
    "changes",
    _schema(("owner", pa.string()), ("key", pa.string()), ("reason", pa.int64())),
    "package",
    "akeneo/changes",
)

MEDIA: Final = Table(
    "media",
    _schema(
        ("media", pa.string(), False),  # the media key (`mapping.media_keys`)
        ("path", pa.string()),  # relative to the store; null: the PIM could not give it
        ("size", pa.int64()),
        ("sha1", pa.string()),
        ("reason", pa.string()),  # why there is no file
    ),
    "store: the index of media, a file a fetch; package: media that the import shows",
    "akeneo/media, akeneo/product_media, akeneo/missing_media",
)

WANTED_MEDIA: Final = Table("wanted_media", _schema(("media", pa.string(), False)), "package", "akeneo/product_media")

HELD_BACK: Final = Table(
    "held_back",
    _schema(
        ("owner", pa.string(), False),  # product, product_model, category, attribute, ...
        ("key", pa.string(), False),
        ("code", pa.string()),
        ("held_back", pa.bool_(), False),  # the whole object; else only what the reason names
        ("attribute", pa.string()),  # the PIM attribute concerned, if one is
        ("reason", pa.string(), False),
    ),
    "package",
    "sfcc/held_back",
)

RECORDS: Final = Table(
    "records",
    _schema(
        ("container", pa.string(), False),
        ("type", pa.string(), False),
        ("id", pa.string(), False),
        ("source", pa.string()),  # the PIM item it comes from: product:<uuid>, product_model:<code>
        ("key", pa.uint64(), False),  # `ledger.object_key`
        ("output", pa.uint64(), False),  # fingerprint of the record and its source
        ("fields_fingerprint", pa.uint64(), False),
        ("fields", pa.string(), False),  # the paths written, one a line
        ("delete", pa.bool_(), False),  # SFCC holds it and must not any more
        ("record", pa.binary()),  # the record as JSON; of what is deleted only what its deletion needs
    ),
    "package: a folder a group of records, a file a stage and container",
    "the assets of the group sfcc_records",
)

TO_SEND: Final = Table(
    "to_send",
    pa.schema([column for column in RECORDS.columns if column.name != "record"]),
    "package",
    "the assets of the group sfcc_feeds",
)
"""What the ledger is told of each object; its record stands in the XML."""

ABSENCES: Final = Table(
    "absences",
    _schema(
        ("key", pa.uint64(), False),  # of the object: `ledger.object_key`
        ("container", pa.string(), False),
        ("type", pa.string(), False),
        ("id", pa.string(), False),
        ("path", pa.string(), False),  # of the field (`emptied.fields_of`); empty: the whole object
        ("source", pa.string()),  # the PIM item it comes from
    ),
    "package: those that the guard holds back; store: those that a person has confirmed",
    "sfcc/retired; akeneo-sfcc confirm",
)

PLAN: Final = Table(
    "plan",
    _schema(
        ("action", pa.string(), False),  # created, changed, retired, removed, held back
        ("policy", pa.string()),  # offline or delete; of what is retired alone
        ("type", pa.string(), False),
        ("container", pa.string(), False),
        ("id", pa.string(), False),
        ("name", pa.string()),  # the display name, where the record has one
        ("source", pa.string()),  # the PIM item it comes from: product:<uuid>, product_model:<code>
        ("field", pa.string()),  # null: the whole object, or nothing but its order or origin
        ("locale", pa.string()),
        ("site", pa.string()),
        ("old", pa.string()),
        ("new", pa.string()),
        ("old_known", pa.bool_(), False),  # false: SFCC has something there, and no package tells what
    ),
    "package: of a plan",
    "sfcc/plan",
)
"""A field a row; an object whose fields aren't told has one row without field."""

READINESS: Final = Table(
    "readiness",
    _schema(
        ("site", pa.string(), False),  # its id; empty: the only one, which the settings don't name
        ("locale", pa.string()),  # SFCC's; null: all of the site's
        ("kind", pa.string(), False),  # product, variant, master, variation group or category
        ("id", pa.string(), False),
        ("name", pa.string(), False),  # the display name, a variant's master's; empty: it has none
        ("master", pa.string()),  # of a variant or variation group
        ("online", pa.bool_()),  # on that site; null: not known
        ("reason", pa.string(), False),
        ("effect", pa.string(), False),  # what the reason means to a shopper
        ("detail", pa.string(), False),
        ("new", pa.bool_(), False),  # the load before did not have it
    ),
    "store: readiness, a folder a load, of the last two loads",
    "sfcc/readiness",
)
"""Why shoppers can't find or buy something: a reason a row."""

LEDGER_ENTRIES: Final = Table(
    "ledger_entries",
    _schema(
        ("key", pa.uint64(), False),  # of container, type and id: `ledger.object_key`
        ("container", pa.string(), False),
        ("type", pa.string(), False),
        ("id", pa.string(), False),
        ("source", pa.string()),  # the PIM item it comes from: product:<uuid>, product_model:<code>
        ("output", pa.uint64(), False),  # fingerprint of the record and its source
        ("fields_fingerprint", pa.uint64(), False),
        ("fields", pa.string(), False),  # the paths written, one a line
        ("deleted", pa.bool_(), False),
        ("load", pa.string(), False),  # the package that carried it
        ("file", pa.string(), False),  # the feed inside the archive
        ("archive", pa.string(), False),
    ),
    "store: ledger, a folder an archive",
    "the assets of the group sfcc_imports, before an archive is sent",
)

OBJECT_FIELDS: Final = Table(
    "object_fields",
    _schema(
        ("container", pa.string(), False),
        ("type", pa.string(), False),
        ("id", pa.string(), False),
        ("field", pa.string(), False),
        ("value", pa.string(), False),
    ),
    "beside an export of the instance, while it is compared with what was sent",
    "loads.export_comparison",
)

LEDGER_VERDICTS: Final = Table(
    "ledger_verdicts",
    _schema(
        ("key", pa.uint64(), False),
        ("container", pa.string(), False),
        ("type", pa.string(), False),
        ("id", pa.string(), False),
        ("verdict", pa.string(), False),
        ("message", pa.string()),
    ),
    "store: ledger, beside the entries",
    "the assets of the group sfcc_imports, once SFCC has answered",
)

LEDGER_DOUBTS: Final = Table(
    "ledger_doubts",
    _schema(("key", pa.uint64(), False), ("number", pa.int64(), False)),  # an entry, and its archive's number
    "store: ledger",
    "akeneo-sfcc verify --sfcc --mend",
)

LEDGER_BASE: Final = Table(
    "ledger_base",
    pa.schema(
        [
            *LEDGER_ENTRIES.columns,
            pa.field("number", pa.int64(), nullable=False),  # of the archive
            pa.field("said", pa.string(), nullable=False),  # SFCC's verdict
            pa.field("message", pa.string()),
            pa.field("first_line", pa.int64()),  # of the object in the feed; null: unknown
            pa.field("last_line", pa.int64()),
        ]
    ),
    "store: base",
    "sfcc/base",
)
"""Of each object what its folded entries still tell."""

READ_BY: Final = Table(
    "read_by",
    _schema(
        ("owner", pa.string(), False),  # product or product_model
        ("key", pa.string(), False),
        ("load", pa.string(), False),
        ("read", pa.string()),  # when that load's reading began, by the PIM's clock
    ),
    "store: base",
    "sfcc/base",
)
"""Which folded load read an item last."""

SEEN: Final = Table(
    "seen",
    _schema(
        ("owner", pa.string(), False),  # product or product_model
        *((name, ITEMS.columns.field(name).type) for name in ("key", "code", "updated", "fingerprint")),
    ),
    "store: while the PIM is compared with the mirror",
    "akeneo-sfcc verify --all",
)

NAMED_BY_MODELS: Final = Table(
    "named_by_models",
    _schema(
        ("model", pa.string(), False),  # its key
        ("code", pa.string(), False),  # of the product, as the model names it
        ("uuid", pa.string(), False),
    ),
    "store: base",
    "sfcc/base",
)
"""The products that models are associated with (`Mirror.named_by_models`), as far as folded loads tell."""


def pim_list_table(name: str, columns: tuple[str, ...]) -> Table:
    """The table of one of the PIM's lists: `columns` as text beside the whole item, for people."""
    shown = [pa.field(column, pa.string()) for column in columns]
    item = pa.field("item", pa.binary(), nullable=False)
    return Table(f"list_{name}", pa.schema([*shown, item]), "package: structure", f"akeneo/{name}")


TABLES: Final = {
    table.name: table
    for table in (
        ITEMS,
        ASSOCIATIONS,
        MEDIA_REFERENCES,
        ABSENT,
        IDENTITIES,
        CLAIMS,
        CHANGES,
        MEDIA,
        WANTED_MEDIA,
        HELD_BACK,
        RECORDS,
        TO_SEND,
        ABSENCES,
        PLAN,
        READINESS,
        LEDGER_ENTRIES,
        LEDGER_VERDICTS,
        LEDGER_DOUBTS,
        LEDGER_BASE,
        READ_BY,
        NAMED_BY_MODELS,
        SEEN,
        OBJECT_FIELDS,
    )
}
"""All of them by name, but for those of the PIM's lists (`structure.pim_lists`)."""
