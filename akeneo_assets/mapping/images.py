"""Image groups: which images a product shows under which view type.

Belongs here: view types, their order, alternative texts, variation selectors. Doesn't: names of files (`media`).
Source: help: images belong on the master with `variation` selectors, not on variants; catalog.xsd: within a master the same
variation attribute stands at the same index in every group.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final, Literal

from akeneo_assets.mapping.asset_manager import AssetReader, Medium
from akeneo_assets.mapping.attribute_definitions import selected
from akeneo_assets.mapping.fitting import cut
from akeneo_assets.mapping.frame import Context, Frame, SlotsOf
from akeneo_assets.mapping.linked_values import asset_reader, image_path
from akeneo_assets.mapping.media_keys import media_key
from akeneo_assets.mapping.problems import MALFORMED, complaint
from akeneo_assets.mapping.rules import texts_by_locale
from akeneo_assets.mapping.sites import Slot
from akeneo_assets.mapping.texts import UnmappableError
from akeneo_assets.settings.connector import Source
from akeneo_assets.structure.pim_structure import Attribute, fold
from akeneo_assets.structure.value_picking import Values, pick
from sfcc_resources.limits import ID_1800, problem
from sfcc_resources.records import Image, ImageGroup, Slots

Groups = dict[str, list[Image]]
"""View type -> images."""

Paths = dict[str, str]
"""Of one image: its path for all under "", and by the suffix of a locale's own view types where it differs there."""

Owned = Set[str]
"""Codes of the attributes whose values belong to the level at hand."""


@dataclass(frozen=True, slots=True)
class View:
    """A view type, its attributes (none named: all) and which part of an asset it shows."""

    id: str
    attributes: tuple[Attribute, ...]
    main_first: bool
    asset_families: frozenset[str]
    asset_attribute: str | None


@dataclass(frozen=True, slots=True)
class ImageMapping:
    """Compiled once: the views, the suffixes of those that a locale has of its own (`_fr_FR`) and which slot each shows, and what
    fills the images' `alt` and `title`, with the PIM attribute to be named in reports."""

    views: tuple[View, ...]
    localized: Mapping[str, Slot]
    frame: Frame
    assets: AssetReader
    texts: tuple[tuple[Literal["alt", "title"], str, SlotsOf], ...]


_TITLE_LIMIT: Final = 4000  # catalog.xsd: an image's title is a LocalizedString, its alt a LocalizedText without limit

_TYPES: Final = {"images": ("image",), "assets": ("asset_collection",), "both": ("image", "asset_collection")}


def compile_images(frame: Frame) -> ImageMapping:
    """The image mapping of the settings."""
    images = frame.settings.images
    chosen = selected(frame.settings, frame.structure)
    every = tuple(a for type_ in _TYPES[images.source] for a in chosen if a.type == type_)
    views = []
    for view in images.view_types:
        named = tuple(a for code in view.attributes if (a := frame.structure.attribute(code)))
        families = frozenset(fold(f) for f in view.asset_families)
        views.append(View(view.id, named or every, not view.attributes, families, view.asset_attribute))
    sources: tuple[tuple[Literal["alt", "title"], Source | None], ...] = (("alt", images.alt), ("title", images.title))
    texts = tuple(
        (name, next(iter(source.attributes()), ""), slots)
        for name, source in sources
        if source is not None and (slots := texts_by_locale(source, frame)) is not None
    )
    return ImageMapping(tuple(views), localized(frame), frame, asset_reader(frame), texts)


def localized(frame: Frame) -> dict[str, Slot]:
    """The suffixes of the view types that a locale has of its own, and which slot each shows."""
    found: dict[str, Slot] = {}
    for slot in frame.sites.localized[1:] if frame.settings.images.localized_view_types else ():
        found.setdefault(f"_{slot.locales[0]}", slot)  # of two sites that show one PIM locale the first
    return found


def groups(
    mapping: ImageMapping, values: Values, main: str | None, owned: Owned, context: Context
) -> tuple[Groups, list[tuple[str, str]]]:
    """The images of the attributes in `owned`, by view type, and (attribute, reason) of those left out.

    `main`: code of the family's main image attribute, shown first where a view type names no attributes.
    """
    found: Groups = {}
    problems: dict[tuple[str, str], None] = {}
    paths: dict[tuple[str, frozenset[str], str | None], list[Paths]] = {}
    texts: dict[str, Slots] | None = None
    for view in mapping.views:
        shown: list[Paths] = []
        for attribute in _ordered(view, main):
            if attribute.code not in owned:
                continue
            key = (attribute.code, view.asset_families, view.asset_attribute)
            if key not in paths:
                paths[key] = _paths(mapping, view, attribute, values, problems)
            if texts is None:
                texts = _texts(mapping, values, context, problems)
            shown += paths[key]
        for suffix in ("", *(suffix for suffix in mapping.localized if any(suffix in image for image in shown))):
            of_locale = [path for image in shown if (path := image.get(suffix) or image.get(""))]
            found[view.id + suffix] = once([_image(path, texts or {}) for path in of_locale])
    return {view: images for view, images in found.items() if images}, list(problems)


def joined(mapping: ImageMapping, own: Groups, shared: Groups) -> Groups:
    """A variant's own images, then those that it shares with its master; a locale's view type is whole where either has one."""
    plain = {view.id + suffix: view.id for view in mapping.views for suffix in mapping.localized}

    def of(found: Groups, view: str) -> list[Image]:
        return found.get(view) or found.get(plain.get(view, view), [])

    return {view: once([*of(own, view), *of(shared, view)]) for view in {**own, **shared}}


def _ordered(view: View, main: str | None) -> Sequence[Attribute]:
    if not view.main_first or main is None or len(view.attributes) == 1:
        return view.attributes
    return sorted(view.attributes, key=lambda a: a.code != main)


def _paths(
    mapping: ImageMapping,
    view: View,
    attribute: Attribute,
    values: Values,
    problems: dict[tuple[str, str], None],
) -> list[Paths]:
    """The images that an attribute's value shows."""
    # A product's images can't differ by site or locale in SFCC: those of the first site that has some, in its default locale,
    # else in any other.
    sites, entries = mapping.frame.sites, values[attribute.code]
    picked = (pick(entries, attribute, site.channel, sites.all_locales) for site in sites.sites)
    data = next((found for found in picked if found), None)
    found: list[Paths] = []
    for datum in data if isinstance(data, list) else [data] if data else []:
        try:
            if attribute.type == "image":
                found.append({"": _usable(image_path(media_key("media-files", datum), mapping.frame))})
            else:
                found.append(_of_asset(mapping, view, attribute, datum, problems))
        except MALFORMED as error:
            problems[attribute.code, complaint(error)] = None
    return found


def _of_asset(
    mapping: ImageMapping,
    view: View,
    attribute: Attribute,
    code: str,
    problems: dict[tuple[str, str], None],
) -> Paths:
    family = mapping.assets.family(attribute)
    if family is None or (view.asset_families and fold(family.code) not in view.asset_families):
        return {}
    asset = mapping.assets.asset(attribute, code)
    shown = mapping.assets.shown(family, asset, view.asset_attribute)
    if shown is None or shown.type != "image":
        return {}
    media = {"": shown, **mapping.assets.differing(family, asset, view.asset_attribute, shown, mapping.localized)}
    found: Paths = {}
    for suffix, medium in media.items():
        try:
            found[suffix] = _asset_path(mapping, medium)
        except UnmappableError as error:  # the other locales are whole
            problems[attribute.code, str(error)] = None
    return found


def _asset_path(mapping: ImageMapping, medium: Medium) -> str:
    if medium.key is not None:
        return _usable(image_path(medium.key, mapping.frame))
    location = mapping.frame.settings.images.external_location
    url = medium.url or ""
    for base in (location.https, location.http) if location else ():
        if base and url.startswith(f"{base.rstrip('/')}/"):
            return _usable(url[len(base) :].lstrip("/"))
    raise UnmappableError(f"the link '{url}' does not lie below images.external_location")


def _usable(path: str) -> str:
    """The path, which catalog.xsd must take. UnmappableError: it doesn't; links are whatever was typed."""
    if why := problem(path, ID_1800):
        raise UnmappableError(f"SFCC takes no image path like '{path[:100]}': it {why}")
    return path


def _texts(mapping: ImageMapping, values: Values, context: Context, problems: dict[tuple[str, str], None]) -> dict[str, Slots]:
    found: dict[str, Slots] = {}
    for name, attribute, slots_of in mapping.texts:
        slots = slots_of(values, context)
        if slots:
            found[name] = {key: cut(str(text), _TITLE_LIMIT) for key, text in slots.items()} if name == "title" else slots
        problems.update(dict.fromkeys((attribute, reason) for reason in context.reasons))
        context.reasons.clear()
    return found


def _image(path: str, texts: Mapping[str, Slots]) -> Image:
    image: dict[str, Any] = {"path": path, **texts}
    return image  # type: ignore[return-value]


def once(images: list[Image]) -> list[Image]:
    """Each path where it first stands."""
    found: dict[str, Image] = {}
    for image in images:
        found.setdefault(image["path"], image)
    return list(found.values())


def image_groups(found: Groups) -> list[ImageGroup]:
    """The groups of a product without variations."""
    return [{"view_type": view, "images": images} for view, images in found.items()]


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
