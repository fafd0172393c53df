"""Image groups: which images a product shows under which view type.

Belongs here: view types, their order, alternative texts, variation selectors. Doesn't: names of files (`media`).
Source: help: images belong on the master with `variation` selectors, not on variants; catalog.xsd: within a master the same
variation attribute stands at the same index in every group.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from akeneo_assets.mapping.attributes import selected
from akeneo_assets.mapping.lookups import Attribute
from akeneo_assets.mapping.media import media_key
from akeneo_assets.mapping.problems import Problem
from akeneo_assets.mapping.sources import MALFORMED, PartOf, Values, complaint, part_of, pick
from akeneo_assets.mapping.values import Context, Frame, file_path
from sfcc_resources.records import Image, ImageGroup, Slots

Groups = dict[str, list[Image]]
"""View type -> images."""

Owned = Callable[[str], bool]
"""Whether an attribute's value, by its code, belongs to the level at hand."""


@dataclass(frozen=True, slots=True)
class View:
    """A view type and its attributes; none: all."""

    id: str
    attributes: tuple[Attribute, ...]
    main_first: bool


@dataclass(frozen=True, slots=True)
class ImageMapping:
    """Compiled once: the views, and the parts that give alternative texts and titles."""

    views: tuple[View, ...]
    frame: Frame
    alt: PartOf | None
    title: PartOf | None


def compile_images(frame: Frame) -> ImageMapping:
    """The image mapping of the settings."""
    images = frame.settings.images
    every = tuple(a for a in selected(frame.settings, frame.lookups) if a.type == "image")
    views = []
    for view in images.view_types:
        named = tuple(a for code in view.attributes if (a := frame.lookups.attribute(code)))
        views.append(View(view.id, named or every, not view.attributes))
    return ImageMapping(
        tuple(views),
        frame,
        part_of(images.alt, frame) if images.alt else None,
        part_of(images.title, frame) if images.title else None,
    )


def groups(
    mapping: ImageMapping, values: Values, main: str | None, owned: Owned, context: Context
) -> tuple[Groups, list[tuple[str, str]]]:
    """The images of the attributes that `owned` accepts, by view type, and (attribute, reason) of those left out.

    `main`: code of the family's main image attribute, shown first where a view type names no attributes.
    """
    found: Groups = {}
    problems: list[tuple[str, str]] = []
    paths: dict[str, list[str]] = {}
    texts: dict[str, Slots] | None = None
    for view in mapping.views:
        images: list[Image] = []
        for attribute in _ordered(view, main):
            if attribute.code not in values or not owned(attribute.code):
                continue
            if attribute.code not in paths:
                paths[attribute.code] = _paths(attribute, values, mapping.frame, context, problems)
            if texts is None:
                texts = _texts(mapping, values, context)
            images += [_image(path, texts) for path in paths[attribute.code]]
        if images:
            found[view.id] = _once(images)
    return found, problems


def _ordered(view: View, main: str | None) -> Sequence[Attribute]:
    if not view.main_first or main is None:
        return view.attributes
    return sorted(view.attributes, key=lambda a: a.code != main)


def _paths(attribute: Attribute, values: Values, frame: Frame, context: Context, problems: list[tuple[str, str]]) -> list[str]:
    # A product's images can't differ by locale in SFCC: the default locale's, else any other's.
    data = pick(values[attribute.code], attribute, frame.sites.sites[0].channel, frame.sites.all_locales)
    if not data:
        return []
    try:
        return [file_path(media_key("media-files", data), frame.lookups, context)]
    except MALFORMED as error:
        problems.append((attribute.code, complaint(error)))
        return []


def _texts(mapping: ImageMapping, values: Values, context: Context) -> dict[str, Slots]:
    found: dict[str, Slots] = {}
    for name, part in (("alt", mapping.alt), ("title", mapping.title)):
        if part is not None:
            slots: Slots = {s.key: text for s in mapping.frame.sites.localized if (text := part(values, s, context))}
            if slots:
                found[name] = slots
    return found


def _image(path: str, texts: Mapping[str, Slots]) -> Image:
    image: dict[str, Any] = {"path": path, **texts}
    return image  # type: ignore[return-value]


def _once(images: list[Image]) -> list[Image]:
    return list({image["path"]: image for image in reversed(images)}.values())[::-1]


def image_groups(found: Groups) -> list[ImageGroup]:
    """The groups of a product without variations."""
    return [{"view_type": view, "images": images} for view, images in found.items()]


def variation_groups(axes: Sequence[tuple[str, str]], variants: Sequence[Mapping[str, Any]]) -> list[ImageGroup]:
    """The variants' images as groups of their master, selected by the fewest axes that tell them apart, no group twice.

    `axes`: (PIM attribute code, SFCC attribute id) in order. `variants`: facts with `axes` (code -> value) and `images` (see
    `Groups`). Variants without images of their own don't decide: what the axes select for them is shown.
    """
    shown = [v for v in variants if v["images"]]
    if not shown:
        return []
    chosen = _telling_axes([code for code, _ in axes], shown)
    groups: dict[tuple[str, tuple[str, ...]], ImageGroup] = {}
    for variant in shown:
        selector = tuple(variant["axes"].get(code, "") for code in chosen)
        for view, images in variant["images"].items():
            variation = [(id_, variant["axes"][code]) for code, id_ in axes if code in chosen and code in variant["axes"]]
            groups.setdefault((view, selector), {"view_type": view, "variation": variation, "images": images})
    return [group for group in groups.values() if group["variation"]]


def _telling_axes(codes: Sequence[str], variants: Sequence[Mapping[str, Any]]) -> Sequence[str]:
    for size in range(1, len(codes) + 1):
        for chosen in combinations(codes, size):
            seen: dict[tuple[str, ...], Any] = {}
            if all(seen.setdefault(tuple(v["axes"].get(c, "") for c in chosen), v["images"]) == v["images"] for v in variants):
                return chosen
    return codes


def left_out(kind: str, key: str, problems: Sequence[tuple[str, str]]) -> list[Problem]:
    """The problems of one object for the quarantine table."""
    return [Problem(kind, key, attribute, reason) for attribute, reason in problems]
