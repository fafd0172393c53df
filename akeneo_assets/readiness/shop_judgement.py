"""Which products a shopper of a site can't find or buy, and why: SFCC's rules over what SFCC has.

Belongs here: every reason, and when it holds. Doesn't: where the state of SFCC comes from (`shop_reading`), what connector.yaml
says of a site (`storefronts`). Plain functions: no files, no clock. A reason is given only where it is known to hold: what SFCC's
answers leave open gives none. docs/readiness.md has each reason with the source of its rule.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import chain
from typing import Any, Final, Literal, NamedTuple

from akeneo_assets.readiness.storefronts import (
    DESCRIPTIONS,
    NAME,
    TEXTS,
    Storefront,
    Storefronts,
    has_text,
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

_Labels = tuple[str, ...]

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

    def above(self, site: Storefront, category: str) -> Iterator[str]:
        """The category, and those above it."""
        known, seen = self.of(site), set[str]()
        step: str | None = category
        while step is not None and step in known and step not in seen:
            yield step
            seen.add(step)
            step = known[step].parent


class ShopJudgement:
    """Judges group after group of products, and then the categories. A group is a master with its variants and variation groups
    (the master first), or a product by itself. `unknown_masters`: whether the variants of some master aren't known."""

    def __init__(self, shop: Storefronts, categories: ShopCategories, now: datetime, *, unknown_masters: bool = False) -> None:
        self._shop, self._categories, self._now, self._unknown_masters = shop, categories, now, unknown_masters
        self.products = 0
        self.not_known = 0
        """Products judged, and those of them whose record no package has any more: they are judged by what the ledger tells."""
        self._filled = {site.id: set[str]() for site in shop.sites}
        self._filled_offline = {site.id: set[str]() for site in shop.sites}

    def group(self, products: Sequence[ShopProduct]) -> Iterator[Problem]:
        """The problems of a group, on each site."""
        self.products += len(products)
        self.not_known += sum(product.record is None for product in products)
        for site in self._shop.sites:
            yield from _Group(self._shop, self._categories, self._now, site, products, self._unknown_masters).problems()
            self._note_filled(site, products)

    def _note_filled(self, site: Storefront, products: Sequence[ShopProduct]) -> None:
        for product in products:
            if product.standing == "refused":
                continue
            offline = _offline(product, site, self._now) is not None
            places = self._filled_offline if offline else self._filled
            for category in product.categories.get(site.catalog, _NOWHERE).ids:
                places[site.id].update(self._categories.above(site, category))

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
    def _group_ids(self) -> frozenset[str]:
        return frozenset((self.variations or {}).get("groups") or ())

    def kind(self, product: ShopProduct) -> str:
        if product is not self.head:
            return "variation group" if product.id in self._group_ids else "variant"
        return "product" if self.variations is None and "variations" not in product.filled else "master"

    def problems(self) -> Iterator[Problem]:
        for product in self.products:
            kind = self.kind(product)
            offline = _offline(product, self.site, self.now)
            flag = product.flag("online-flag", self.site.id)
            online = False if offline is not None else True if flag == "true" else None
            name = product.name or self.head.name
            master = self.head.id if product is not self.head else None
            for locale, reason, detail in self._reasons(product, kind, offline):
                shown = None if product.standing != "there" else online
                yield Problem(self.site.id, locale, kind, product.id, name, master, shown, reason, detail)

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
            yield from self._alike(product)
            yield from self._variant_images(product)
        # A variant may have lost its master's record: then it isn't known whether it has its texts from there.
        if kind in ("product", "master") and not (self.unknown_masters and product.variant_in_pim):
            yield from self._texts(product)
            yield from self._images(product)
            yield from self._places()

    # --- Found ------------------------------------------------------------------------------------------------------------------

    def _why_offline(self, kind: str) -> str:
        if kind in ("master", "variation group") and self.variations is not None:
            variants = self._variants
            if kind == "master" and not self.variations["variants"]:
                return "it has no variant in SFCC"
            if kind == "master" and variants and all(_offline(v, self.site, self.now) is not None for v in variants):
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
        why = [self._not_bought(variant) for variant in variants]
        if all(why):
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
        if _offline(variant, self.site, self.now) is not None:
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

    def _values(self, variant: ShopProduct) -> _Values:
        custom = variant.part("custom") or {}
        return tuple(
            (id_, value) for id_ in self._axis_ids if (value := of_site(custom.get(id_) or {}, self.site.id)) is not None
        )

    @cached_property
    def _axis_ids(self) -> list[str]:
        return [axis["attribute_id"] for axis in (self.variations or {}).get("attributes") or ()]

    def _axes_missing(self, variant: ShopProduct) -> list[str]:
        if variant.record is None:
            return []
        missing = {*self._axis_ids} - {id_ for id_, _ in self._values(variant)}
        return [id_ for id_ in sorted(missing) if not any(path.startswith(f"custom/{id_}/") for path in variant.filled)]

    def _axes(self, variant: ShopProduct) -> Iterator[_Told]:
        if missing := self._axes_missing(variant):
            yield None, "missing axis value", f"no value of {', '.join(missing)}"

    @cached_property
    def _choices(self) -> dict[str, _Values]:
        """Among what a shopper chooses: the values, by id, of the variants that are online and have a value of each axis."""
        online = (v for v in self._variants if v.standing == "there" and _offline(v, self.site, self.now) is None)
        valued = {variant.id: self._values(variant) for variant in online}
        return {id_: values for id_, values in valued.items() if values and len(values) == len(self._axis_ids)}

    @cached_property
    def _labels(self) -> dict[str, dict[str, _Labels]]:
        """What a shopper of each locale reads of these values: locale -> variant -> labels."""
        names = {
            axis["attribute_id"]: {value["value"]: value["names"] for value in axis["values"]}
            for axis in (self.variations or {}).get("attributes") or ()
        }
        return {
            locale: {
                id_: tuple(str(localized(names[axis].get(value) or {}, locale) or value) for axis, value in values)
                for id_, values in self._choices.items()
            }
            for locale in self.site.locales
        }

    @cached_property
    def _alike_by_values(self) -> dict[tuple[Any, ...], list[str]]:
        return _by_value(self._choices)

    @cached_property
    def _alike_by_labels(self) -> dict[str, dict[tuple[Any, ...], list[str]]]:
        return {locale: _by_value(labels) for locale, labels in self._labels.items()}

    def _alike(self, variant: ShopProduct) -> Iterator[_Told]:
        values = self._choices.get(variant.id)
        if values is None:
            return
        same = [id_ for id_ in self._alike_by_values[values] if id_ != variant.id]
        if same:
            told = ", ".join(f"{id_} {value}" for id_, value in values)
            yield None, "same axis values", f"has the same values as {_some(same)}: {told}"
        for locale, labels in self._labels.items():
            own = labels[variant.id]
            same = [id_ for id_ in self._alike_by_labels[locale][own] if self._choices[id_] != values]
            if same:
                yield locale, "same axis labels", f"reads like {_some(same)}: {', '.join(own)}"

    # --- Looked at --------------------------------------------------------------------------------------------------------------

    def _texts(self, product: ShopProduct) -> Iterator[_Told]:
        """Names and descriptions of what is found: variants have them from their master."""
        filled, descriptions = product.filled, [element for element in DESCRIPTIONS if element in self.shop.texts]
        for locale in self.site.locales:
            slots = lookup(locale)
            if NAME in self.shop.texts and not has_text(filled, NAME, slots):
                yield locale, "no name", "no name, and none that SFCC shows instead"
            if descriptions and not any(has_text(filled, element, slots) for element in descriptions):
                words = " and no ".join(TEXTS[element] for element in descriptions)
                yield locale, "no description", f"no {words}, and none that SFCC shows instead"
            shown = [
                element for element in TEXTS if element in self.shop.translated and has_text(filled, element, ("x-default",))
            ]
            if lacking := [TEXTS[element] for element in shown if not has_text(filled, element, own_slots(locale))]:
                yield locale, "missing translation", f"no {' and no '.join(lacking)}: SFCC shows the default one"

    def _images(self, product: ShopProduct) -> Iterator[_Told]:
        if not self.shop.images:
            return
        if "images" not in product.filled:
            yield None, "no image", "it has no image"
        elif self.variations is not None and (groups := _groups(product)) and all(group.get("variation") for group in groups):
            yield None, "no image", "it shows no image until a shopper has chosen a variant"

    def _variant_images(self, variant: ShopProduct) -> Iterator[_Told]:
        """SFCC has the images of variants on their master, in groups that name values of axes; one that names none is for all.
        Source: facts, SFCC schemas, images."""
        groups = _groups(self.head)
        if not self.shop.images or not groups or "images" in variant.filled or variant.record is None:
            return  # a master without any image is told once
        values = set(self._values(variant))
        if not any(all((name, value) in values for name, value in group.get("variation") or ()) for group in groups):
            yield None, "no image", f"its master {self.head.id} has no image for it"


def _groups(product: ShopProduct) -> list[Mapping[str, Any]]:
    """The image groups that hold an image; none: there are none, or they aren't known."""
    return [group for group in product.part("images") or () if group["images"]]


def _by_value(of_variants: Mapping[str, tuple[Any, ...]]) -> dict[tuple[Any, ...], list[str]]:
    """Variants that have the same, by what they have."""
    alike: dict[tuple[Any, ...], list[str]] = {}
    for id_, had in of_variants.items():
        alike.setdefault(had, []).append(id_)
    return alike


def _offline(product: ShopProduct, site: Storefront, now: datetime) -> str | None:
    """Why a product is offline on a site, where dates say so, and "" where its flag does; None: it is online, or not known."""
    if product.flag("online-flag", site.id) == "false":
        return ""
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
