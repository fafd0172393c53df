"""What a benchmark prints: ratios with their bars, and lines of information beside them.

Belongs here: the form of a ratio, its bar, the median of several. Doesn't: how anything is measured.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from benchmarks.processes import Usage


@dataclass(frozen=True)
class Ratio:
    """One result; without a bar it is for information. Where `value` is the median of several measurements, `spread` is the
    lowest and the highest of them.

    Example: `Ratio("a / b", 6.2, 6.4, (6.1, 6.3))` -> `a / b: 6.20 (bar 6.4; 6.10 to 6.30)`.
    """

    name: str
    value: float
    bar: float | None = None
    spread: tuple[float, float] | None = None

    @property
    def over(self) -> bool:
        return self.bar is not None and self.value > self.bar

    def __str__(self) -> str:
        bar = "no bar" if self.bar is None else f"bar {self.bar:g}"
        spread = f"; {self.spread[0]:.2f} to {self.spread[1]:.2f}" if self.spread else ""
        return f"{self.name}: {self.value:.2f} ({bar}{spread})" + ("  OVER" if self.over else "")


def median_ratio(name: str, values: Sequence[float], bar: float | None = None) -> Ratio:
    """The median of several measurements of one ratio."""
    return Ratio(name, median(values), bar, (min(values), max(values)))


def held_against(loads: Iterable[float], floors: Iterable[float]) -> list[float]:
    """Each load over the mean of the floors measured before and after it: one floor more than loads.

    Example: loads 6 and 8, floors 1, 2 and 2 -> 4 and 4. Raises ValueError where the numbers don't fit.
    """
    return [2 * load / (before + after) for load, (before, after) in zip(loads, pairwise(floors), strict=True)]


def missed(ratios: Iterable[Ratio]) -> str:
    """One sentence that names the ratios over their bars; empty when there are none."""
    over = [f"{ratio.name} ({ratio.value:.2f}, bar {ratio.bar:g})" for ratio in ratios if ratio.over]
    return f"Over the bar: {'; '.join(over)}." if over else ""


def note(text: str) -> None:
    """Print a line of information."""
    print(text, flush=True)


def tell(what: str, used: Usage) -> None:
    """Print what a job's process used."""
    note(f"{what}: {used.cpu:.1f} s CPU, {used.wall:.1f} s wall, {used.peak:,.0f} MiB")
