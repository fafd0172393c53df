"""The images of one product, by SFCC view type.

Belongs here: which images a view type shows and in which order, and the images' alternative texts and titles. Doesn't: names of
files (`media_keys`), what an asset shows (`asset_manager`), which of a master's images a variant shows (`variant_images`).

Example: with the view types `large` (all image attributes) and `swatch` (the attribute `detail` alone) a product with the values
`{"front": [a.jpg], "detail": [b.jpg]}` has the images

    {"large": [{"path": "images/a/a.jpg"}, {"path": "images/b/b.jpg"}], "swatch": [{"path": "images/b/b.jpg"}]}

Source: SFCC help, image management; catalog.xsd, complexType.Product.Images.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
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
from akeneo_assets.settings.source_settings import Source
from akeneo_assets.structure.pim_structure import Attribute, fold
from akeneo_assets.structure.value_picking import Values, pick
from sfcc_resources.limits import ID_1800, problem
from sfcc_resources.records import Image, ImageGroup, Slots

Groups = dict[str, list[Image]]
"""View type -> images."""

Paths = dict[str, str]
"""The paths of one image: under "" the one that every locale shows; under a locale's suffix (`_fr_FR`) the one that this locale
shows instead."""

Owned = Set[str]
"""Codes of the attributes whose values belong to the level at hand: to the master, or to the variant."""

_Problems = dict[tuple[str, str], None]
"""(PIM attribute, reason) of what was left out, each once, in order."""

_TextKind = Literal["alt", "title"]


@dataclass(frozen=True, slots=True)
class View:
    """A view type. It shows the values of `attributes`; `main_first`: the family's main image before the others; `limit`: the
    first so many images only (None: all).

    Of assets it shows those of `asset_families` (empty: of all) and of each the medium in `asset_attribute` (None: its main
    media). `same_as`: the first view type that shows all of this alike, be it itself.
    """

    id: str
    same_as: str
    attributes: tuple[Attribute, ...]
    main_first: bool
    limit: int | None
    asset_families: frozenset[str]
    asset_attribute: str | None


@dataclass(frozen=True, slots=True)
class ImageMapping:
    """The settings of images, compiled once a load.

    `localized`: suffix of a locale's own view types (`_fr_FR`) -> the slot that they show. `texts`: (alt or title, the PIM
    attribute to name in reports, what fills it).
    """

    views: tuple[View, ...]
    localized: Mapping[str, Slot]
    frame: Frame
    assets: AssetReader
    texts: tuple[tuple[_TextKind, str, SlotsOf], ...]


_TITLE_LIMIT: Final = 4000  # catalog.xsd: an image's title is a LocalizedString, its alt a LocalizedText without limit

_TYPES: Final = {"images": ("image",), "assets": ("asset_collection",), "both": ("image", "asset_collection")}


# --- Compiling ------------------------------------------------------------------------------------------------------------------


def compile_images(frame: Frame) -> ImageMapping:
    """The image mapping of the settings."""
    return ImageMapping(_views(frame), localized(frame), frame, asset_reader(frame), _text_sources(frame))


def _views(frame: Frame) -> tuple[View, ...]:
    exported = selected(frame.settings, frame.structure)
    of_source = tuple(a for type_ in _TYPES[frame.settings.images.source] for a in exported if a.type == type_)
    views: list[View] = []
    first_of: dict[Any, str] = {}
    for view in frame.settings.images.view_types:
        named = tuple(attribute for code in view.attributes if (attribute := frame.structure.attribute(code)))
        families = frozenset(fold(code) for code in view.asset_families)
        shown = (named or of_source, not view.attributes, view.limit, families, view.asset_attribute)
        same_as = first_of.setdefault((tuple(attribute.code for attribute in shown[0]), *shown[1:]), view.id)
        views.append(View(view.id, same_as, *shown))
    return tuple(views)


def localized(frame: Frame) -> dict[str, Slot]:
    """The suffixes of the view types that a locale has of its own, and the slot that each shows.

    Example: with `images.localized_view_types` and the locales en_US and fr_FR -> `{"_en_US": ..., "_fr_FR": ...}`; else empty.
    """
    slots: dict[str, Slot] = {}
    for slot in frame.sites.localized[1:] if frame.settings.images.localized_view_types else ():
        slots.setdefault(f"_{slot.locales[0]}", slot)  # of two sites that show one PIM locale the first
    return slots


def _text_sources(frame: Frame) -> tuple[tuple[_TextKind, str, SlotsOf], ...]:
    images = frame.settings.images
    sources: tuple[tuple[_TextKind, Source | None], ...] = (("alt", images.alt), ("title", images.title))
    return tuple(
        (kind, next(iter(source.attributes()), ""), slots_of)
        for kind, source in sources
        if source is not None and (slots_of := texts_by_locale(source, frame)) is not None
    )


# --- A product's images ---------------------------------------------------------------------------------------------------------


def groups(
    mapping: ImageMapping, values: Values, main: str | None, owned: Owned, context: Context
) -> tuple[Groups, list[tuple[str, str]]]:
    """The images of the attributes in `owned`, by view type, and (attribute, reason) of those left out.

    `main`: code of the family's main image attribute, shown first where a view type names no attributes. View types without
    images are left out. Example: see the module.
    """
    problems: _Problems = {}
    reader = _PathReader(mapping, values, problems)
    texts: dict[str, Slots] = {}
    if any(attribute.code in owned for view in mapping.views for attribute in view.attributes):
        texts = _texts(mapping, values, context, problems)
    images_by_view: Groups = {}
    for view in mapping.views:
        if view.same_as != view.id:  # most often all view types show the same: so a third of the time is saved
            names = ((view.id + suffix, view.same_as + suffix) for suffix in ("", *mapping.localized))
            images_by_view |= {name: images_by_view[same] for name, same in names if same in images_by_view}
            continue
        shown = [paths for a in _ordered(view, main) if a.code in owned for paths in reader.paths(view, a)]
        for suffix in ("", *(suffix for suffix in mapping.localized if any(suffix in paths for paths in shown))):
            of_locale = [path for paths in shown if (path := paths.get(suffix) or paths.get(""))]
            images_by_view[view.id + suffix] = once(_image(path, texts) for path in of_locale)[: view.limit]
    return {view: images for view, images in images_by_view.items() if images}, list(problems)


def joined(mapping: ImageMapping, own: Groups, shared: Groups) -> Groups:
    """All images of a variant: its own, then those that it shares with its master.

    A locale's view type that one of the two lacks is filled up from the plain one, so that it stays whole.
    Example: own `{"large": [b]}` and shared `{"large": [a], "large_fr_FR": [c]}` -> `{"large": [b, a], "large_fr_FR": [b, c]}`.
    """
    view_of = {view.id + suffix: view for view in mapping.views for suffix in ("", *mapping.localized)}

    def of(images_by_view: Groups, name: str) -> list[Image]:
        return images_by_view.get(name) or images_by_view.get(view_of[name].id, [])

    return {name: once([*of(own, name), *of(shared, name)])[: view_of[name].limit] for name in {**own, **shared}}


def image_groups(images_by_view: Groups) -> list[ImageGroup]:
    """The image groups of a product that has no variants.

    Example: `{"large": [a]}` -> `[{"view_type": "large", "images": [a]}]`.
    """
    return [{"view_type": view, "images": images} for view, images in images_by_view.items()]


def once(images: Iterable[Image]) -> list[Image]:
    """Each path where it first stands. Example: [a, b, a] -> [a, b]."""
    by_path: dict[str, Image] = {}
    for image in images:
        by_path.setdefault(image["path"], image)
    return list(by_path.values())


def _ordered(view: View, main: str | None) -> Sequence[Attribute]:
    if not view.main_first or main is None or len(view.attributes) == 1:
        return view.attributes
    return sorted(view.attributes, key=lambda attribute: attribute.code != main)


def _texts(mapping: ImageMapping, values: Values, context: Context, problems: _Problems) -> dict[str, Slots]:
    """The alternative text and title that all images of the product have."""
    texts: dict[str, Slots] = {}
    for kind, attribute, slots_of in mapping.texts:
        slots = slots_of(values, context)
        if slots:
            texts[kind] = {key: cut(str(text), _TITLE_LIMIT) for key, text in slots.items()} if kind == "title" else slots
        problems.update(dict.fromkeys((attribute, reason) for reason in context.reasons))
        context.reasons.clear()
    return texts


def _image(path: str, texts: Mapping[str, Slots]) -> Image:
    image: dict[str, Any] = {"path": path, **texts}
    return image  # type: ignore[return-value]


# --- Paths of images ------------------------------------------------------------------------------------------------------------


class _PathReader:
    """Reads the paths of one product's images, those that several view types show alike once."""

    __slots__ = ("_known", "mapping", "problems", "values")

    def __init__(self, mapping: ImageMapping, values: Values, problems: _Problems) -> None:
        self.mapping, self.values, self.problems = mapping, values, problems
        self._known: dict[tuple[str, frozenset[str], str | None], list[Paths]] = {}

    def paths(self, view: View, attribute: Attribute) -> list[Paths]:
        """The images that the attribute's value shows in the view type."""
        key = (attribute.code, view.asset_families, view.asset_attribute)
        if key not in self._known:
            self._known[key] = list(self._read(view, attribute))
        return self._known[key]

    def _read(self, view: View, attribute: Attribute) -> Iterable[Paths]:
        for datum in self._data(attribute):
            try:
                if attribute.type == "image":
                    yield {"": _usable(image_path(media_key("media-files", datum), self.mapping.frame))}
                else:
                    yield self._of_asset(view, attribute, datum)
            except MALFORMED as error:
                self.problems[attribute.code, complaint(error)] = None

    def _data(self, attribute: Attribute) -> Sequence[Any]:
        """The media codes or asset codes of the first site that has some, in its default locale, else in any other: SFCC shows
        all sites and locales the same images."""
        sites, entries = self.mapping.frame.sites, self.values[attribute.code]
        by_site = (pick(entries, attribute, site.channel, sites.all_locales) for site in sites.sites)
        data = next((data for data in by_site if data), None)
        return data if isinstance(data, list) else [data] if data else []

    def _of_asset(self, view: View, attribute: Attribute, code: str) -> Paths:
        """The paths of what the asset shows; empty: it shows no image in this view type."""
        assets = self.mapping.assets
        family = assets.family(attribute)
        if family is None or (view.asset_families and fold(family.code) not in view.asset_families):
            return {}
        asset = assets.asset(attribute, code)
        shown = assets.shown(family, asset, view.asset_attribute)
        if shown is None or shown.type != "image":
            return {}
        media = {"": shown, **assets.differing(family, asset, view.asset_attribute, shown, self.mapping.localized)}
        paths: Paths = {}
        for suffix, medium in media.items():
            try:
                paths[suffix] = _asset_path(self.mapping, medium)
            except UnmappableError as error:  # the other locales are whole
                self.problems[attribute.code, str(error)] = None
        return paths


def _asset_path(mapping: ImageMapping, medium: Medium) -> str:
    """The path of an asset's image. UnmappableError: the PIM could not give the file, or SFCC can't show the link."""
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
