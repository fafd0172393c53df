"""What the whole test session needs: nothing but a quiet end."""

import gc
import sys


def pytest_unconfigure() -> None:
    """Empty DuckDB's modules. Exceptions kept by C extensions (pydantic's, with their frames) outlive the interpreter's own
    clearing, and DuckDB's binding would print a page about each of its functions that they still reach."""
    for name in [name for name in sys.modules if name.partition(".")[0] in ("duckdb", "_duckdb")]:
        sys.modules.pop(name).__dict__.clear()
    gc.collect()
