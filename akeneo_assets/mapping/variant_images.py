"""Which images a master and its variants show: the image groups of a master.

Belongs here: the axes that select the images of variants, and what the master shows while no variant is chosen. Doesn't: the
images of one product (`images`).

SFCC holds the images of variants on their master, in image groups. A group names values of axes (`variation`) and is for the
variants that have all of these values. Of several groups that are for a variant SFCC shows the one that names the most values. If
none is for it, SFCC shows the group that names no value, which is also what the master itself shows.

The rule:

1. A variant with images of its own shows exactly these, then those that it shares with its master.
2. A variant without images of its own never shows those of a variant that differs from it in an axis that tells images apart. It
   shows those of a variant that doesn't differ, else its master's, else none.
3. Every axis tells images apart, unless images prove that it doesn't: some variants differ in this axis alone and have the same
   images, and no variants differ in this axis alone and have different ones. Where the settings name an axis of the master
   (`images.variation_attribute`), this axis tells images apart and no other does.
4. The groups of variants name the fewest axes with which 1 and 2 hold, all groups the same axes in the same order. The axis that
   the settings name is always among them, as the first; where others are needed, too, each value of it also has a group by
   itself, with the images of the first variant of that value.
5. For a view type in which the master has no images of its own it gets the images of its first variant with which 1 and 2 hold
for    all variants that no group is for. If there is no such variant, it gets none.

Example: shoes in s and m, in red and blue. Three of them have images, each its own: s-red, m-red and s-blue. Nothing proves that
size or colour makes no difference, so both axes tell images apart and each group names a size and a colour. The shoe m-blue shows
its master's images, or none. If the settings name colour, m-blue shows the images of s-blue. If s-red and m-red have the same
images, size makes no difference: there is a group for red and one for blue, and m-blue shows the images of s-blue.

Source: SFCC help, working with image variants; catalog.xsd: within a master the same variation attribute stands at the same index
in every group.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import combinations
from typing import Any, NamedTuple

from akeneo_assets.mapping.images import Groups
from akeneo_assets.structure.pim_structure import fold
from sfcc_resources.records import Image, ImageGroup


class _Variant(NamedTuple):
    """`values`: SFCC attribute id of an axis -> value; an axis may lack. `images`: by view type; empty: it has none of its
    own."""

    values: Mapping[str, str]
    images: Groups

    def of(self, axes: "_Axes") -> tuple[str, ...]:
        """Its values of these axes; "" for one that it lacks."""
        return tuple(self.values.get(axis, "") for axis in axes)


_Axes = tuple[str, ...]
"""SFCC attribute ids of axes, in order."""

_Selected = dict[tuple[str, tuple[tuple[str, str], ...]], list[Image]]
"""The groups of variants: (view type, variation) -> images."""


def master_groups(
    own: Sequence[ImageGroup], axes: Sequence[tuple[str, str]], variants: Sequence[Mapping[str, Any]], named: str | None = None
) -> list[ImageGroup]:
    """All image groups of a master, by the rule of this module; a view type and variation has one group at most.

    `own`: the groups of the master's own images. `axes`: (PIM attribute code, SFCC attribute id) in the PIM's order. `variants`:
    facts with `axes` (PIM attribute code -> value) and `images` (view type -> images), in the master's order. `named`:
    `images.variation_attribute`, which the master may lack.
    Example: no own images, the axis ("color", "akeneo_color") and the variants red with [r] and blue with [b], all in the view
    type large -> the groups large: [r]; large, red: [r]; large, blue: [b].
    """
    all_variants = [_Variant({id_: v["axes"][code] for code, id_ in axes if code in v["axes"]}, v["images"]) for v in variants]
    pictured = [variant for variant in all_variants if variant.images]
    if not axes or not pictured:
        return list(own)
    main = next((id_ for code, id_ in axes if named is not None and fold(code) == fold(named)), None)
    ids = tuple(id_ for _, id_ in axes)
    telling = telling_axes(ids, pictured) if main is None else (main,)
    selecting = _selecting_axes(ids, telling, all_variants, main)
    selected = _groups_by(selecting, pictured)
    if main is not None:
        selected = {**_groups_of_values(main, pictured), **selected}
    of_variants: list[ImageGroup] = [
        {"view_type": view, "variation": list(variation), "images": images} for (view, variation), images in selected.items()
    ]
    own_views = {group["view_type"] for group in own}
    return [*own, *_of_master(selected, own_views, all_variants, telling), *of_variants]


# --- Axes -----------------------------------------------------------------------------------------------------------------------


def telling_axes(axes: _Axes, pictured: Sequence[_Variant]) -> _Axes:
    """The axes that tell images apart, by rule 3. `pictured`: the variants that have images."""
    return tuple(axis for axis in axes if not _makes_no_difference(axis, axes, pictured))


def _makes_no_difference(axis: str, axes: _Axes, pictured: Sequence[_Variant]) -> bool:
    """Whether there are variants that differ in this axis alone, and all of them have the same images."""
    others = tuple(other for other in axes if other != axis)
    first_of: dict[tuple[str, ...], _Variant] = {}
    proven = False
    for variant in pictured:
        first = first_of.setdefault(variant.of(others), variant)
        if first.of(axes) != variant.of(axes):
            if first.images != variant.images:
                return False
            proven = True
    return proven


def _selecting_axes(axes: _Axes, telling: _Axes, variants: Sequence[_Variant], main: str | None) -> _Axes:
    """The axes that groups name, by rule 4: the first of those with the fewest; all where none suffice, since two variants have
    the same values of all axes."""
    if main is not None:
        axes = (main, *(axis for axis in axes if axis != main))
    for size in range(1, len(axes) + 1):
        for selecting in combinations(axes, size):
            if (main is None or main in selecting) and _suffices(selecting, telling, variants):
                return selecting
    return axes


def _suffices(selecting: _Axes, telling: _Axes, variants: Sequence[_Variant]) -> bool:
    """Whether rules 1 and 2 hold if groups name these axes. No group can be for a variant that lacks one of them: it isn't
    considered."""
    images: dict[tuple[str, ...], Groups] = {}
    shows: dict[tuple[str, ...], set[tuple[str, ...]]] = {}  # selecting -> telling values of variants with images
    borrowers = []
    for variant in variants:
        selector = variant.of(selecting)
        if "" in selector:
            continue
        if not variant.images:
            borrowers.append((selector, variant.of(telling)))
        elif images.setdefault(selector, variant.images) != variant.images:
            return False
        else:
            shows.setdefault(selector, set()).add(variant.of(telling))
    return all(values in shows[selector] for selector, values in borrowers if selector in shows)


# --- Groups ---------------------------------------------------------------------------------------------------------------------


def _groups_by(selecting: _Axes, pictured: Sequence[_Variant]) -> _Selected:
    groups: _Selected = {}
    for variant in pictured:
        if "" not in variant.of(selecting):
            for view, images in variant.images.items():
                groups.setdefault((view, _variation(variant, selecting)), images)
    return groups


def _groups_of_values(main: str, pictured: Sequence[_Variant]) -> _Selected:
    """A group for each value of the axis, with the images of its first variant; without the view types that another variant of
    the value lacks, since that one would show them."""
    variants_of: dict[str, list[_Variant]] = {}
    for variant in pictured:
        if main in variant.values:
            variants_of.setdefault(variant.values[main], []).append(variant)
    return {
        (view, _variation(variants[0], (main,))): images
        for variants in variants_of.values()
        for view, images in variants[0].images.items()
        if all(view in variant.images for variant in variants)
    }


def _of_master(selected: _Selected, own_views: Set[str], variants: Sequence[_Variant], telling: _Axes) -> Iterator[ImageGroup]:
    """The groups that rule 5 adds for the view types in which the master has no images of its own."""
    selectors = dict.fromkeys(tuple(axis for axis, _ in variation) for _, variation in selected)
    for view in dict.fromkeys(view for view, _ in selected if view not in own_views):
        left_over = [v for v in variants if not any((view, _variation(v, axes)) in selected for axes in selectors)]
        for variant in variants:
            if view in variant.images and all(_may_show(view, other, variant, telling) for other in left_over):
                yield {"view_type": view, "images": variant.images[view]}
                break


def _may_show(view: str, variant: _Variant, shown: _Variant, telling: _Axes) -> bool:
    """Whether a variant that no group is for may show the images of another one, by rules 1 and 2."""
    if variant.images:
        return variant.images.get(view) == shown.images[view]
    return variant.of(telling) == shown.of(telling)


def _variation(variant: _Variant, axes: _Axes) -> tuple[tuple[str, str], ...]:
    return tuple(zip(axes, variant.of(axes), strict=True))
