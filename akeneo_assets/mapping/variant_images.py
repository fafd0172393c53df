"""The images of a master's variants, as image groups of the master that select them.

Belongs here: which axes select the images of variants. Doesn't: the images of one product (`images`).
Source: help: images belong on the master with `variation` selectors, not on variants; catalog.xsd: within a master the same
variation attribute stands at the same index in every group.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from sfcc_resources.records import ImageGroup


def variation_groups(axes: Sequence[tuple[str, str]], variants: Sequence[Mapping[str, Any]]) -> list[ImageGroup]:
    """The variants' images as groups of their master, selected by the fewest axes that tell them apart, no group twice.

    `axes`: (PIM attribute code, SFCC attribute id) in order. `variants`: facts with `axes` (code -> value) and `images` (see
    `Groups`). Of equally few axes those are chosen that select an image for the fewest variants without images of their own; what
    they do select for one is shown.
    """
    shown = [v for v in variants if v["images"]]
    if not shown or not axes:
        return []
    chosen = _telling_axes([code for code, _ in axes], variants)
    groups: dict[tuple[str, tuple[str, ...]], ImageGroup] = {}
    for variant in shown:
        if not all(code in variant["axes"] for code in chosen):  # nobody can select it
            continue
        variation = [(id_, variant["axes"][code]) for code, id_ in axes if code in chosen]
        selector = tuple(value for _, value in variation)
        for view, images in variant["images"].items():
            groups.setdefault((view, selector), {"view_type": view, "variation": variation, "images": images})
    return list(groups.values())


def _telling_axes(codes: Sequence[str], variants: Sequence[Mapping[str, Any]]) -> Sequence[str]:
    for size in range(1, len(codes) + 1):
        lent = ((chosen, _lent(chosen, variants)) for chosen in combinations(codes, size))
        telling = [(count, chosen) for chosen, count in lent if count is not None]
        if telling:
            return min(telling, key=lambda found: found[0])[1]
    return codes


def _lent(chosen: Sequence[str], variants: Sequence[Mapping[str, Any]]) -> int | None:
    """To how many variants without images these axes lend another's; None: they don't tell the images apart."""
    selected: dict[tuple[str, ...], Any] = {}
    bare = []
    for variant in variants:
        values, images = tuple(variant["axes"].get(code, "") for code in chosen), variant["images"]
        if not images:
            bare.append(values)
        elif selected.setdefault(values, images) != images:
            return None
    return sum(values in selected for values in bare)
