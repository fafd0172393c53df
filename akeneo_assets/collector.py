"""Python's cyclic garbage collector: kept away from where it would work in vain.

Rows, records and pages are thousands of containers each and hold no cycle: the collector would visit them again and again in
vain, for a fifth of a load's CPU time. Reference counting frees them all the same.
"""

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def at_rest() -> Iterator[None]:
    """No collection of cycles until the block ends."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def pass_over_all_so_far() -> None:
    """Let collections pass over all that the process holds by now: its imported modules, which stay until it ends."""
    gc.freeze()
    atexit.register(gc.unfreeze)  # so that extension modules find nothing left over at the very end
