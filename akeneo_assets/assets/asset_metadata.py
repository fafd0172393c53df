"""What an asset's page shows of a table: path, schema, row count and a sample. Nothing that knows what the table means."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd

from akeneo_assets.store import parquet

SAMPLE_ROWS = 5
SAMPLE_TEXT = 200


def table_metadata(
    path: Path, name: str = "", sample_rows: int = SAMPLE_ROWS, columns: Sequence[str] | None = None
) -> dict[str, Any]:
    """Dagster metadata of a Parquet file; `name` sets several tables of one asset apart, `columns` are those of the sample."""
    with parquet(path) as file:
        schema, count = file.schema_arrow, file.metadata.num_rows
        batch = next(file.iter_batches(batch_size=sample_rows), None)
    prefix = f"{name} " if name else ""
    metadata: dict[str, Any] = {
        f"{prefix}path": dg.MetadataValue.path(str(path.absolute())),
        f"{prefix}sample": sample([] if batch is None else batch.to_pylist(), columns or schema.names),
    }
    if name:
        return metadata | {f"{prefix}rows": count}
    described = [dg.TableColumn(field.name, str(field.type)) for field in schema]
    return metadata | {"dagster/row_count": count, "dagster/column_schema": dg.TableSchema(columns=described)}


def sample(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> dg.MarkdownMetadataValue:
    """Rows of a table for an asset's page, each value on one short line."""
    return markdown(pd.DataFrame(list(rows), columns=list(columns), dtype=object).map(_shown), disable_numparse=True)


def markdown(table: pd.DataFrame, **options: Any) -> dg.MarkdownMetadataValue:
    """A small table for an asset's page, without its index. `options`: of tabulate.

    pandas pads each column to its widest cell; the Dagster UI hides a Markdown of 1,000 characters and more behind a link. So the
    padding goes.
    """
    padded = table.to_markdown(index=False, **options)
    return dg.MetadataValue.md(re.sub(r" {2,}", " ", re.sub(r"(?<=[|:])-+(?=[|:])", "--", padded)))


def _shown(value: Any) -> str:
    """A value as one short line, also of what a Markdown table would misread. Example: b"a|b" -> `a\\|b`."""
    text = "" if value is None else value.decode() if isinstance(value, bytes) else str(value)
    text = text if len(text) <= SAMPLE_TEXT else text[:SAMPLE_TEXT] + "..."
    return " ".join(text.split()).replace("|", "\\|")
