"""Fixtures for what is written to SFCC: tables of records, and the schemas of ../shared."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pytest
from lxml import etree

from sfcc_resources import records

Row = tuple[str, str, str, bool, Any]


def _table(rows: Iterable[Row]) -> list[pa.RecordBatch]:
    columns = list(zip(*rows, strict=True)) or [()] * 5
    columns[4] = tuple(None if record is None else orjson.dumps(record) for record in columns[4])
    return pa.table([list(column) for column in columns], schema=records.RECORDS).to_batches(max_chunksize=2)


@pytest.fixture
def table() -> Callable[[Iterable[Row]], list[pa.RecordBatch]]:
    """Rows (container, type, id, delete, record) as batches of two of the RECORDS schema."""
    return _table


def _schemas() -> Path:
    folder = Path(os.environ.get("SHARED_DIR", Path(__file__).parents[3] / "shared")) / "sfcc-xsd"
    if not folder.is_dir():
        pytest.skip(f"SFCC's schemas are not at {folder}; set SHARED_DIR")
    return folder


@pytest.fixture(scope="session")
def xsd() -> Callable[[str], etree.XMLSchema]:
    """SFCC's schema by name (`catalog`, `metadata`, ...); skips when ../shared is absent."""
    folder = _schemas()
    loaded: dict[str, etree.XMLSchema] = {}

    def load(name: str) -> etree.XMLSchema:
        if name not in loaded:
            loaded[name] = etree.XMLSchema(etree.parse(folder / f"{name}.xsd"))
        return loaded[name]

    return load


@pytest.fixture(scope="session")
def xsd_text() -> Callable[[str], etree._Element]:
    """The text of SFCC's schema as a tree, by name; skips when ../shared is absent."""
    folder = _schemas()
    return lambda name: etree.parse(folder / f"{name}.xsd").getroot()


def log_of(*lines: str, products: int = 0, **counts: int) -> list[str]:
    """A log as SFCC's help describes it, with `lines` of problems in its first phase."""
    processed = {"product": products, **{name.replace("_", "-"): count for name, count in counts.items()}}
    return [
        "[2026-11-24 02:00:00.000 GMT] Starting Import",
        "[2026-11-24 02:00:00.001 GMT] Phase 1 - Items",
        *(f"[2026-11-24 02:00:00.002 GMT] {line}" for line in lines),
        "[2026-11-24 02:00:00.003 GMT] Phase 2 - Relations",
        *(f"[2026-11-24 02:00:00.004 GMT] Processed {n} {name} elements successfully\n" for name, n in processed.items() if n),
        f"[2026-11-24 02:00:00.005 GMT] Processed {sum(processed.values())} total elements",
    ]
