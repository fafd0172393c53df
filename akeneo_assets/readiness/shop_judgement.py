"""Which products a shopper of a site can't find or buy, and why: SFCC's rules over what SFCC has.

Belongs here: every reason, and when it holds. Doesn't: where the state of SFCC comes from (`shop_reading`), what connector.yaml
says of a site (`storefronts`). Plain functions: no files, no clock. A reason is given only where it is known to hold: what SFCC's
answers leave open gives none. docs/readiness.md has each reason with the source of its rule.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import chain, takewhile
from typing import Any, Final, Literal, NamedTuple

from akeneo_assets.mapping.sites import DEFAULT
from akeneo_assets.readiness.storefronts import (
    DESCRIPTIONS,
    NAME,
    TEXTS,
    Storefront,
    Storefronts,
    localized,
    lookup,
    of_site,
    own_slots,
)
from sfcc_resources.records import Slots

Reason = Literal[
    "refused",
    "unconfirmed",
    "warned",
    "offline",
    "no category",
    "nothing to buy",
    "no price",
    "missing axis value",
    "same axis values",
    "same axis labels",
    "no name",
    "no description",
    "no image",
    "missing translation",
    "empty category",
]

EFFECTS: Final[Mapping[Reason, str]] = {
    "refused": "can't be found",
    "unconfirmed": "not known",
    "warned": "may be incomplete",
    "offline": "can't be found",
    "no category": "can't be found",
    "nothing to buy": "can't be bought",
    "no price": "can't be bought",
    "missing axis value": "can't be chosen",
    "same axis values": "can't be told apart",
    "same axis labels": "can't be told apart",
    "no name": "looks unfinished",
    "no description": "looks unfinished",
    "no image": "looks unfinished",
    "missing translation": "looks unfinished",
    "empty category": "looks unfinished",
}
"""What each reason means to a shopper, the gravest first."""

_Told = tuple[str | None, Reason, str]
"""Locale, reason, detail, as in `Problem`."""

_Values = tuple[tuple[str, str], ...]
"""(axis, value) of each axis of the master of which a variant has one, in the master's order."""

_DATES: Final = frozenset({"online-from", "online-to"})

_NAMED: Final = 3
"""How many other variants or categories a detail names."""


class Problem(NamedTuple):
    """One reason; an object has each once a site and locale.

    `site`: its id, "" for the only one; `locale`: None: it holds in all of the site's; `kind`: product, variant, master,
    variation group or category; `master`: the id of a variant's; `online`: None: not known.
    """

    site: str
    locale: str | None
    kind: str
    id: str
    name: str
    master: str | None
    online: bool | None
    reason: Reason
    detail: str


class Assigned(NamedTuple):
    """A product's categories in a catalog: `ids`. Not `sure`: those that it may have, since SFCC's answer leaves it open."""

    ids: frozenset[str]
    sure: bool = True


_NOWHERE: Final = Assigned(frozenset())


@dataclass(frozen=True)
class ShopProduct:
    """A product as SFCC has it.

    `standing`: there; refused (SFCC has never taken it); unknown (SFCC did not say). `message`: SFCC's, of an object that it did
    not take or warned of. `filled`: the paths (`emptied.fields_of`) that SFCC has. `record`: its record as far as it is judged
    (`fields`, `custom`, `images`, `variations`, `bundled`, `set`), None: no package tells any more what it was. `categories`:
    by catalog. `prices`: price book -> whether it has a price there, None: SFCC did not say.
    `variant_in_pim`: whether it is below a model in the PIM.
    """

    id: str
    standing: Literal["there", "refused", "unknown"] = "there"
    message: str | None = None
    filled: frozenset[str] = frozenset()
    record: Mapping[str, Any] | None = field(default_factory=dict)
    categories: Mapping[str, Assigned] = field(default_factory=dict)
    prices: Mapping[str, bool | None] = field(default_factory=dict)
    variant_in_pim: bool = False

    def part(self, name: str) -> Any:
        """A part of the record; None: it has none, or the record isn't known."""
        return (self.record or {}).get(name)

    def flag(self, element: str, site: str) -> str | None:
        """A standard attribute that isn't localizable, as the site has it."""
        return of_site((self.part("fields") or {}).get(element) or {}, site)

    @property
    def name(self) -> str:
        """What people know it by; empty: it has no name."""
        names: Slots = (self.part("fields") or {}).get(NAME) or {}
        return next((text for text in (names.get("x-default"), *names.values()) if isinstance(text, str)), "")


@dataclass(frozen=True)
class ShopCategory:
    """A category as SFCC has it. `online`: None: not known; `there`: False: SFCC has never taken it; `parent`: the id of the one
    above it."""

    id: str
    parent: str | None
    online: bool | None = True
    there: bool = True
    name: str = ""
    online_from: str | None = None
    online_to: str | None = None


class ShopCategories:
    """The categories of all storefront catalogs, and which of them a shopper finds."""

    def __init__(self, by_catalog: Mapping[str, Mapping[str, ShopCategory]], now: datetime) -> None:
        self._by_catalog, self._now = by_catalog, now

    def of(self, site: Storefront) -> Mapping[str, ShopCategory]:
        """Those of the site's catalog, by id."""
        return self._by_catalog.get(site.catalog, {})

    @property
    def dated(self) -> bool:
        """Whether one of them goes online or offline by the clock."""
        return any(c.online_from or c.online_to for of_catalog in self._by_catalog.values() for c in of_catalog.values())

    def hidden(self, site: Storefront, category: str) -> str | None:
        """Why a shopper doesn't find a category, as a phrase; "": a shopper finds it; None: not known.

        It has to be online with all those above it, up to the root of the site's catalog.
        """
        known, seen = self.of(site), set[str]()
        step: str | None = category
        while step not in (None, site.root_category, "root"):
            place = known.get(step)
            if place is None:  # a merchant's own: nothing is known of it
                return None
            if not place.there:
                return f"'{step}' was refused by SFCC"
            if step in seen:
                return f"'{step}' is not below the root '{site.root_category}' of the catalog {site.catalog}"
            when = _outside_dates(place.online_from, place.online_to, self._now)
            if place.online is False or when:
                above = "" if step == category else f"'{category}' is below "
                return f"{above}'{step}', which {when or 'is offline'}"
            if place.online is None:
                return None
            seen.add(step)
            step = place.parent
        return "" if step is not None else f"'{category}' is not below the root of the catalog {site.catalog}"

    def above(self, site: Storefront, category: str) -> list[str]:
        """The category, and those above it."""
        known, found = self.of(site), list[str]()
        step: str | None = category
        while step is not None and step in known and step not in found:
            found.append(step)
            step = known[step].parent
        return found


class _Texts(NamedTuple):
    """Where SFCC looks for the texts of a locale, as paths of `emptied.fields_of`. No `names` or `descriptions`: they aren't
    judged. `translated`: what people call the text, the path of the default, those in the locale's language."""

    locale: str
    names: frozenset[str]
    descriptions: frozenset[str]
    translated: list[tuple[str, str, frozenset[str]]]


def _texts_of(shop: Storefronts, locale: str) -> _Texts:
    def paths(element: str, slots: Iterable[str]) -> frozenset[str]:
        return frozenset(f"fields/{element}/{slot}" for slot in slots) if element in shop.texts else frozenset()

    translated = [element for element in TEXTS if element in shop.translated]
    return _Texts(
        locale,
        paths(NAME, lookup(locale)),
        frozenset[str]().union(*(paths(element, lookup(locale)) for element in DESCRIPTIONS)),
        [(TEXTS[element], f"fields/{element}/{DEFAULT}", paths(element, own_slots(locale))) for element in translated],
    )


class ShopJudgement:
    """Judges group after group of products, and then the categories. A group is a master with its variants and variation groups
    (the master first), or a product by itself. `unknown_masters`: whether the variants of some master aren't known."""

    def __init__(self, shop: Storefronts, categories: ShopCategories, now: datetime, *, unknown_masters: bool = False) -> None:
        self._shop, self._categories, self._now, self._unknown_masters = shop, categories, now, unknown_masters
        self.products = 0
        self.not_known = 0
        """Products judged, and those of them whose record no package has any more: they are judged by what the ledger tells."""
        self.dated = categories.dated
        """Whether something goes online or offline by the clock, so that another moment may be judged otherwise."""
        self._texts = {site.id: [_texts_of(shop, locale) for locale in site.locales] for site in shop.sites}
        self._filled = {site.id: set[str]() for site in shop.sites}
        self._filled_offline = {site.id: set[str]() for site in shop.sites}

    def group(self, products: Sequence[ShopProduct]) -> Iterator[Problem]:
        """The problems of a group, on each site."""
        self.products += len(products)
        self.not_known += sum(product.record is None for product in products)
        self.dated = self.dated or any(_DATES & (product.part("fields") or {}).keys() for product in products)
        for site in self._shop.sites:
            texts = self._texts[site.id]
            group = _Group(self._shop, texts, self._categories, self._now, site, products, self._unknown_masters)
            yield from group.problems()
            for category, online in group.filled():
                (self._filled if online else self._filled_offline)[site.id].update(self._categories.above(site, category))

    def empty_categories(self) -> Iterator[Problem]:
        """The categories that a shopper finds and that show no product, after all groups were judged."""
        for site in self._shop.sites:
            filled, offline = self._filled[site.id], self._filled_offline[site.id]
            for id_, category in sorted(self._categories.of(site).items()):
                if id_ not in filled and self._categories.hidden(site, id_) == "":
                    only = "only products that are offline stand" if id_ in offline else "no product stands"
                    detail = f"{only} in it or below it"
                    yield Problem(site.id, None, "category", id_, category.name, None, True, "empty category", detail)


@dataclass(frozen=True)
class _Group:
    """One group on one site."""

    shop: Storefronts
    texts: Sequence[_Texts]
    categories: ShopCategories
    now: datetime
    site: Storefront
    products: Sequence[ShopProduct]
    unknown_masters: bool

    @property
    def head(self) -> ShopProduct:
        return self.products[0]

    @property
    def variations(self) -> Mapping[str, Any] | None:
        """The variations of the master; None: the head is no master."""
        found: Mapping[str, Any] | None = self.head.part("variations")
        return found

    @cached_property
    def _offline(self) -> dict[str, str | None]:
        """By id: why a product is offline here, see `_why_not_online`."""
        return {product.id: _why_not_online(product, self.site, self.now) for product in self.products}

    @cached_property
    def _group_ids(self) -> frozenset[str]:
        return frozenset((self.variations or {}).get("groups") or ())

    def kind(self, product: ShopProduct) -> str:
        if product is not self.head:
            return "variation group" if product.id in self._group_ids else "variant"
        return "product" if self.variations is None and "variations" not in product.filled else "master"

    def problems(self) -> Iterator[Problem]:
        for product in self.products:
            kind = self.kind(product)
            for locale, reason, detail in self._reasons(product, kind, self._offline[product.id]):
                name = product.name or self.head.name
                master = self.head.id if product is not self.head else None
                online = self._online(product)
                yield Problem(self.site.id, locale, kind, product.id, name, master, online, reason, detail)

    def _online(self, product: ShopProduct) -> bool | None:
        """Whether a product is online here; None: not known."""
        if product.standing == "there" and self._offline[product.id] is not None:
            return False
        return True if product.standing == "there" and product.flag("online-flag", self.site.id) == "true" else None

    def filled(self) -> Iterator[tuple[str, bool]]:
        """The categories in which something of the group stands, or may stand, and whether it may be online there."""
        for product in self.products:
            for category in product.categories.get(self.site.catalog, _NOWHERE).ids if product.standing != "refused" else ():
                yield category, self._offline[product.id] is None

    def _reasons(self, product: ShopProduct, kind: str, offline: str | None) -> Iterator[_Told]:
        if product.standing == "refused":
            yield None, "refused", f"SFCC refused it: {product.message or 'its log does not say why'}"
            return
        if product.standing == "unknown":
            yield None, "unconfirmed", "SFCC did not say whether it took it; the next load sends it again"
            return
        if product.message:
            yield None, "warned", f"SFCC took it with a warning: {product.message}"
        if offline is not None:
            yield None, "offline", offline or self._why_offline(kind)
        elif kind == "master" and product.record is not None:
            yield from self._nothing_to_buy()
        if kind in ("product", "variant") and not product.part("set"):
            yield from self._prices(product)
        if kind == "variant":
            yield from self._axes(product)
            yield from self._alike.get(product.id, ())
            yield from self._variant_images(product)
        # A variant may have lost its master's record: then it isn't known whether it has its texts from there.
        if kind in ("product", "master") and not (self.unknown_masters and product.variant_in_pim):
            yield from self._texts(product)
            yield from self._images(product)
            if kind == "product" or product.record is not None:  # else its variants aren't known, nor where they stand
                yield from self._places()

    # --- Found ------------------------------------------------------------------------------------------------------------------

    def _why_offline(self, kind: str) -> str:
        if kind in ("master", "variation group") and self.variations is not None:
            variants = self._variants
            if kind == "master" and not self.variations["variants"]:
                return "it has no variant in SFCC"
            if kind == "master" and variants and all(self._offline[variant.id] is not None for variant in variants):
                return "all of its variants are offline"
            return "none of its variants is online"
        return self.site.offline_cause or "its online flag says so"

    def _places(self) -> Iterator[_Told]:
        """A product stands where it, or something of its group, is assigned."""
        if not self.shop.categories:
            return
        assigned = [product.categories.get(self.site.catalog, _NOWHERE) for product in self.products]
        if not all(places.sure for places in assigned):
            return
        ids = sorted(set(chain.from_iterable(places.ids for places in assigned)))
        why = [self.categories.hidden(self.site, id_) for id_ in ids]
        if all(why):
            detail = "only in categories that no shopper finds: " + _some([text for text in why if text], "; ")
            yield None, "no category", detail if ids else f"it is in no category of the catalog {self.site.catalog}"

    # --- Bought -----------------------------------------------------------------------------------------------------------------

    @cached_property
    def _variants(self) -> list[ShopProduct]:
        """The variants that SFCC has, or may have."""
        return [p for p in self.products[1:] if self.kind(p) == "variant" and p.standing != "refused"]

    def _nothing_to_buy(self) -> Iterator[_Told]:
        variants = self._variants
        why = list(takewhile(bool, map(self._not_bought, variants)))
        if len(why) == len(variants):
            detail = "; ".join(f"{id_}: {text}" for id_, text in zip((v.id for v in variants[:_NAMED]), why, strict=False))
            more = f" and {len(variants) - _NAMED} more" if len(variants) > _NAMED else ""
            yield (
                None,
                "nothing to buy",
                f"none of its variants can be bought: {detail}{more}" if variants else "it has no variant",
            )

    def _not_bought(self, variant: ShopProduct) -> str | None:
        """Why a shopper can't buy a variant, as a phrase; None: nothing is known to be in the way."""
        if variant.standing == "unknown":
            return None
        if self._offline[variant.id] is not None:
            return "offline"
        if self.site.books and all(not self._priced(variant, ids) for ids in self.site.books.values()):
            return "no price"
        return "missing axis value" if self._axes_missing(variant) else None

    def _priced(self, product: ShopProduct, books: Iterable[str]) -> bool:
        """Whether the product has a price in one of the books, or may have."""
        return any(product.prices.get(book, False) is not False for book in books)

    def _prices(self, product: ShopProduct) -> Iterator[_Told]:
        lacking = {currency: ids for currency, ids in self.site.books.items() if not self._priced(product, ids)}
        if lacking:
            yield None, "no price", "; ".join(f"no price in {currency} ({', '.join(ids)})" for currency, ids in lacking.items())

    # --- Chosen -----------------------------------------------------------------------------------------------------------------

    @cached_property
    def _values(self) -> dict[str, _Values]:
        """By id of a variant."""
        found: dict[str, _Values] = {}
        for variant in self._variants:
            custom = variant.part("custom") or {}
            of_axes = ((id_, of_site(custom[id_], self.site.id)) for id_ in self._axis_ids if id_ in custom)
            found[variant.id] = tuple((id_, value) for id_, value in of_axes if value is not None)
        return found

    @cached_property
    def _axis_ids(self) -> list[str]:
        return [axis["attribute_id"] for axis in (self.variations or {}).get("attributes") or ()]

    def _axes_missing(self, variant: ShopProduct) -> list[str]:
        values = self._values[variant.id]
        if variant.record is None or len(values) == len(self._axis_ids):
            return []
        missing = {*self._axis_ids} - {id_ for id_, _ in values}
        return [id_ for id_ in sorted(missing) if not any(path.startswith(f"custom/{id_}/") for path in variant.filled)]

    def _axes(self, variant: ShopProduct) -> Iterator[_Told]:
        if missing := self._axes_missing(variant):
            yield None, "missing axis value", f"no value of {', '.join(missing)}"

    @cached_property
    def _choices(self) -> dict[str, _Values]:
        """Among what a shopper chooses: the values, by id, of the variants that are online and have a value of each axis."""
        online = (v for v in self._variants if v.standing == "there" and self._offline[v.id] is None)
        valued = {variant.id: self._values[variant.id] for variant in online}
        return {id_: values for id_, values in valued.items() if values and len(values) == len(self._axis_ids)}

    @cached_property
    def _alike(self) -> dict[str, list[_Told]]:
        """By id of a variant, of which others it can't be told apart."""
        told: dict[str, list[_Told]] = {}
        for values, ids in _by_value(self._choices).items():
            named = ", ".join(f"{axis} {value}" for axis, value in values)
            for id_ in ids if len(ids) > 1 else ():
                others = [other for other in ids if other != id_]
                told.setdefault(id_, []).append((None, "same axis values", f"has the same values as {_some(others)}: {named}"))
        for locale in self.site.locales:
            labels = self._labels(locale)
            if all(len(set(of_axis.values())) == len(of_axis) for of_axis in labels.values()):
                continue
            read = {id_: tuple(labels[axis][value] for axis, value in values) for id_, values in self._choices.items()}
            for words, ids in _by_value(read).items():
                for id_ in ids:
                    if others := [other for other in ids if self._choices[other] != self._choices[id_]]:
                        detail = f"reads like {_some(others)}: {', '.join(words)}"
                        told.setdefault(id_, []).append((locale, "same axis labels", detail))
        return told

    def _labels(self, locale: str) -> dict[str, dict[str, str]]:
        """What a shopper of a locale reads of the values that can be chosen: axis -> value -> label."""
        names = {
            axis["attribute_id"]: {value["value"]: value["names"] for value in axis["values"]}
            for axis in (self.variations or {}).get("attributes") or ()
        }
        labels: dict[str, dict[str, str]] = {axis: {} for axis in names}
        for axis, value in chain.from_iterable(self._choices.values()):
            if value not in labels[axis]:
                labels[axis][value] = str(localized(names[axis].get(value) or {}, locale) or value)
        return labels

    # --- Looked at --------------------------------------------------------------------------------------------------------------

    def _texts(self, product: ShopProduct) -> Iterator[_Told]:
        """Names and descriptions of what is found: variants have them from their master."""
        filled = product.filled
        for texts in self.texts:
            if texts.names and filled.isdisjoint(texts.names):
                yield texts.locale, "no name", "no name, and none that SFCC shows instead"
            if texts.descriptions and filled.isdisjoint(texts.descriptions):
                words = " and no ".join(TEXTS[element] for element in DESCRIPTIONS if element in self.shop.texts)
                yield texts.locale, "no description", f"no {words}, and none that SFCC shows instead"
            if lacking := [what for what, default, own in texts.translated if default in filled and filled.isdisjoint(own)]:
                yield texts.locale, "missing translation", f"no {' and no '.join(lacking)}: SFCC shows the default one"

    def _images(self, product: ShopProduct) -> Iterator[_Told]:
        if not self.shop.images:
            return
        if "images" not in product.filled:
            yield None, "no image", "it has no image"
        elif self.variations is not None and self._image_groups and all(g.get("variation") for g in self._image_groups):
            yield None, "no image", "it shows no image until a shopper has chosen a variant"

    @cached_property
    def _image_groups(self) -> list[Mapping[str, Any]]:
        """The image groups of the head that hold an image; none: there are none, or they aren't known."""
        return [group for group in self.head.part("images") or () if group["images"]]

    def _variant_images(self, variant: ShopProduct) -> Iterator[_Told]:
        """SFCC has the images of variants on their master, in groups that name values of axes; one that names none is for all.
        Source: facts, SFCC schemas, images."""
        groups = self._image_groups
        if not self.shop.images or not groups or "images" in variant.filled or variant.record is None:
            return  # a master without any image is told once
        values = set(self._values[variant.id])
        if not any(all((name, value) in values for name, value in group.get("variation") or ()) for group in groups):
            yield None, "no image", f"its master {self.head.id} has no image for it"


def _by_value(of_variants: Mapping[str, tuple[Any, ...]]) -> dict[tuple[Any, ...], list[str]]:
    """Variants that have the same, by what they have."""
    alike: dict[tuple[Any, ...], list[str]] = {}
    for id_, had in of_variants.items():
        alike.setdefault(had, []).append(id_)
    return alike


def _why_not_online(product: ShopProduct, site: Storefront, now: datetime) -> str | None:
    """Why a product is offline on a site, where dates say so, and "" where its flag does; None: it is online, or not known."""
    fields = product.part("fields") or {}
    if of_site(fields.get("online-flag") or {}, site.id) == "false":
        return ""
    if not _DATES & fields.keys():
        return None
    return _outside_dates(product.flag("online-from", site.id), product.flag("online-to", site.id), now)


def _outside_dates(start: str | None, end: str | None, now: datetime) -> str | None:
    """Why something isn't online now, as a phrase; None: it is, as far as the dates tell."""
    if start and _time(start, now) > now:
        return f"goes online on {start}"
    if end and _time(end, now) < now:
        return f"was online until {end}"
    return None


def _time(text: str, now: datetime) -> datetime:
    """A moment as records have it; without zone, and where it can't be read, nothing is claimed of it."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return now
    return moment if moment.tzinfo is not None else now


def _some(names: Collection[str], between: str = ", ") -> str:
    """The first of some names, and how many more there are."""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return between.join(list(names)[:_NAMED]) + more
