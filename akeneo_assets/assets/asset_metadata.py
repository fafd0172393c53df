"""What an asset's page shows of a table: path, schema, row count and a sample. Nothing that knows what the table means."""

from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow as pa
import pyarrow.parquet as pq

SAMPLE_ROWS = 5
SAMPLE_TEXT = 200


def table_metadata(path: Path, name: str = "", sample_rows: int = SAMPLE_ROWS) -> dict[str, Any]:
    """Dagster metadata of a Parquet file; `name` sets several tables of one asset apart."""
    with pq.ParquetFile(path) as file:
        schema, count = file.schema_arrow, file.metadata.num_rows
        sample = next(file.iter_batches(batch_size=sample_rows), None)
    prefix = f"{name} " if name else ""
    columns = [dg.TableColumn(field.name, str(field.type)) for field in schema]
    shown = [] if sample is None else [{key: _shown(value) for key, value in row.items()} for row in sample.to_pylist()]
    found: dict[str, Any] = {
        f"{prefix}path": dg.MetadataValue.path(str(path.absolute())),
        f"{prefix}sample": dg.MetadataValue.md(_markdown(schema, shown)),
    }
    if name:
        return found | {f"{prefix}rows": count}
    return found | {"dagster/row_count": count, "dagster/column_schema": dg.TableSchema(columns=columns)}


def _shown(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.decode()
    text = "" if value is None else str(value)
    return (text if len(text) <= SAMPLE_TEXT else text[:SAMPLE_TEXT] + "...").replace("|", "\\|").replace("\n", " ")


def _markdown(schema: pa.Schema, rows: list[dict[str, str]]) -> str:
    lines = [f"| {' | '.join(schema.names)} |", f"|{'---|' * len(schema.names)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row[name] for name in schema.names)} |" for row in rows)])
