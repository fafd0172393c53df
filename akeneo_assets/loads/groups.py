"""Rows brought together by their group, however many there are, in bounded memory.

Belongs here: scattering rows to files by their group, and gathering them file by file. Doesn't: what a group is (`mapping_run`).
A database's own sort holds more of such wide rows than memory allows.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from zlib import crc32

import numpy as np
import pyarrow as pa

FILE_BYTES: Final = 20 * 1024 * 1024
"""Bytes of a file that is gathered at a time, about."""
MOST_FILES: Final = 256


class Groups:
    """A context manager: rows go in by `add`, in any order, and come out of `tables`. Its files in `folder` go with it."""

    def __init__(self, folder: Path, schema: pa.Schema, size: int) -> None:
        """`size`: of all rows in bytes, about. The first column of `schema` names a row's group."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self._folder = folder
        packed = pa.ipc.IpcWriteOptions(compression="lz4")
        self._paths = [folder / f"{n:03d}.arrow" for n in range(min(1 + size // FILE_BYTES, MOST_FILES))]
        self._files: list[Any] = [pa.ipc.new_stream(path, schema, options=packed) for path in self._paths]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for file in self._files:
            file.close()
        shutil.rmtree(self._folder)

    def add(self, batch: pa.RecordBatch) -> None:
        """Scatter the rows of a batch."""
        places = np.array([crc32(group.encode()) % len(self._files) for group in batch.column(0).to_pylist()], dtype=np.int64)
        order = np.argsort(places, kind="stable")
        ends = np.searchsorted(places, np.arange(len(self._files) + 1), sorter=order).tolist()
        sorted_batch = batch.take(pa.array(order))
        for file, start, end in zip(self._files, ends, ends[1:], strict=False):
            if end > start:
                file.write_batch(sorted_batch.slice(start, end - start))

    def tables(self, *then_by: str) -> Iterator[pa.Table]:
        """All rows, in tables of whole groups, sorted by group and `then_by`. No more can be added."""
        for file, path in zip(self._files, self._paths, strict=True):
            file.close()
            with pa.ipc.open_stream(path) as stream:
                table = stream.read_all()
            path.unlink()
            yield table.sort_by([(name, "ascending") for name in (table.schema.names[0], *then_by)])
