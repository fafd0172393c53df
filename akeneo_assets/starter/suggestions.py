"""What the PIM's lists suggest for connector.yaml: guesses from codes, types and labels, for a person to confirm.

Belongs here: the guesses, pure. Doesn't: writing them down (`starter_text`). A guess is made from a whole code or label, or from
whole words of it, never from a part of a word: a wrong suggestion costs more than a missing one.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from akeneo_assets.settings.product_settings import Association
from akeneo_assets.structure.pim_structure import AssociationType, Attribute, EntityStructure, Family, Labels, Structure, fold

_TEXT: Final = ("text", "textarea")
_NAMED: Final = ("text", "simpleselect", "reference_entity", "reference_data_simpleselect")
_CODE: Final = ("identifier", "text", "number")
_NUMBER: Final = ("number",)
_DATE: Final = ("date",)

STANDARD: Final[tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]] = (
    ("name", ("name", "product name", "title", "product title"), _TEXT),
    ("short-description", ("short description", "description short", "teaser", "summary"), _TEXT),
    ("long-description", ("long description", "description", "product description", "description long"), _TEXT),
    ("brand", ("brand", "brand name", "marque", "marke"), _NAMED),
    ("manufacturer-name", ("manufacturer", "manufacturer name", "hersteller", "fabricant"), _NAMED),
    ("manufacturer-sku", ("manufacturer sku", "mpn", "manufacturer part number", "manufacturer reference"), _CODE),
    ("ean", ("ean", "ean 13", "gtin", "gtin 13", "ean code", "barcode"), _CODE),
    ("upc", ("upc", "upc a", "gtin 12", "upc code"), _CODE),
    ("unit", ("unit", "sales unit"), _NAMED),
    ("min-order-quantity", ("min order quantity", "minimum order quantity", "moq"), _NUMBER),
    ("step-quantity", ("step quantity", "order step"), _NUMBER),
    ("online-from", ("online from", "available from", "published from"), _DATE),
    ("online-to", ("online to", "available to", "published to"), _DATE),
    ("tax-class-id", ("tax class id", "tax class", "vat class"), _NAMED),
    ("page-title", ("meta title", "seo title", "page title"), _TEXT),
    ("page-description", ("meta description", "seo description", "page description"), _TEXT),
    ("page-keywords", ("meta keywords", "seo keywords", "page keywords", "keywords"), _TEXT),
    ("page-url", ("url key", "page url", "seo url", "slug"), ("text",)),
)
"""SFCC attribute, the codes and labels that mean it (the likeliest first), the attribute types that can fill it."""

_ASSOCIATIONS: Final = (
    (("x sell", "xsell", "cross sell", "crosssell", "crossselling", "related"), "recommendation", "1"),
    (("upsell", "up sell", "upselling"), "recommendation", "2"),
    (("substitution", "substitute", "replacement", "alternative"), "product-link", "replacement"),
    (("accessory", "accessories", "pack", "compatible"), "product-link", "accessory"),
    (("spare part", "spare parts", "sparepart", "spareparts"), "product-link", "spare-part"),
    (("newer version", "successor"), "product-link", "newer-version"),
)
_BUNDLE: Final = ("bundle", "bundles", "bundled", "kit", "kits", "multipack")
_SET: Final = ("set", "sets", "outfit", "outfits")
_REDUCED: Final = ("sale", "sales", "special", "promo", "promotion", "promotional", "discount", "reduced", "member", "club")
_LIST: Final = ("price", "list price", "base price", "regular price", "retail price", "standard price", "msrp")


@dataclass(frozen=True, slots=True)
class Match:
    """A standard SFCC attribute, the PIM attribute suggested for it, by what sign, and codes of others that would fit as well."""

    field: str
    attribute: Attribute
    by: Literal["code", "label", "families"]
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """A price attribute, the price book suggested for it, and whether it is the one of the list prices."""

    attribute: Attribute
    id: str
    name: str
    main: bool


@dataclass(frozen=True, slots=True)
class Pictures:
    """Where pictures come from: image attributes and asset collections, the most used first, and families of image assets."""

    attributes: tuple[Attribute, ...]
    collections: tuple[Attribute, ...]
    asset_families: tuple[EntityStructure, ...]

    @property
    def source(self) -> str:
        """`images.source` of connector.yaml."""
        if self.asset_families and self.collections:
            return "both" if self.attributes else "assets"
        return "images"


def words(text: str) -> str:
    """A code or label as its lower-case words, one blank between: `Meta-Title`, `metaTitle` and `meta_title` are `meta title`."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[a-zA-Z])(?=\d)", " ", text)
    return " ".join(re.findall(r"\w+", apart.replace("_", " ").lower()))


def _names(code: str, labels: Labels) -> list[str]:
    """The code's words, then each label's."""
    return [words(code), *(words(label) for label in labels.values())]


def _has_word(code: str, labels: Labels, wanted: Collection[str]) -> bool:
    return any(word in wanted for name in _names(code, labels) for word in name.split())


def usage(structure: Structure) -> Counter[str]:
    """How many families have an attribute, by folded code."""
    return Counter(code for family in structure.families.values() for code in family.attributes)


def standard(structure: Structure, label_attributes: Iterable[str]) -> list[Match]:
    """Suggested sources of standard attributes, no PIM attribute twice. `label_attributes`: of each family, the attribute that it
    takes for its products' label: the commonest is the name where no attribute is called so."""
    matches: list[Match] = []
    taken: set[str] = set()
    for field, meanings, types in STANDARD:
        fitting = [a for a in structure.attributes.values() if a.type in types and a.code not in taken]
        by_code = [a for meaning in meanings for a in fitting if words(a.code) == meaning]
        by_label = [a for meaning in meanings for a in fitting if meaning in _names(a.code, a.labels)[1:]]
        ranked = list(dict.fromkeys(a.code for a in (*by_code, *by_label)))
        by: Literal["code", "label", "families"] = "code" if by_code else "label"
        if not ranked and field == "name":
            ranked = [a.code for a in _label_attributes(structure, label_attributes, fitting)]
            by = "families"
        if ranked:
            taken.add(ranked[0])
            matches.append(Match(field, structure.attributes[fold(ranked[0])], by, tuple(ranked[1:4])))
    return matches


def _label_attributes(structure: Structure, codes: Iterable[str], fitting: Sequence[Attribute]) -> list[Attribute]:
    common = (structure.attribute(code) for code, _ in Counter(codes).most_common())
    return [a for a in common if a is not None and a in fitting]


def association(type_: AssociationType) -> Association | None:
    """What a type means by its code or a label; None: nothing known. Quantified ones are for bundles and sets."""
    if type_.quantified or _has_word(type_.code, type_.labels, (*_BUNDLE, *_SET)):
        return None
    names = _names(type_.code, type_.labels)
    for meanings, kind, number in _ASSOCIATIONS:
        if any(re.search(rf"\b{meaning}\b", name) for name in names for meaning in meanings):
            return Association.model_validate({"as": kind, "type": number})
    return None


def compositions(structure: Structure) -> dict[str, tuple[Family, AssociationType]]:
    """A family and an association type that together look like bundles (`bundle`) or product sets (`set`)."""
    pairs = {}
    for key, meanings in (("bundle", _BUNDLE), ("set", _SET)):
        families = [f for f in structure.families.values() if _has_word(f.code, f.labels, meanings)]
        types = [t for t in structure.association_types.values() if _has_word(t.code, t.labels, meanings)]
        if families and types:
            pairs[key] = (families[0], max(types, key=lambda t: t.quantified))
    return pairs


def price_books(structure: Structure) -> list[Book]:
    """A book for each price attribute, that of the list prices first."""
    used = usage(structure)

    def rank(attribute: Attribute) -> tuple[int, bool, int, str]:
        meaning = next((i for i, m in enumerate(_LIST) if m in _names(attribute.code, attribute.labels)), len(_LIST))
        reduced = _has_word(attribute.code, attribute.labels, _REDUCED)
        return meaning, reduced, -used[fold(attribute.code)], attribute.code

    prices = sorted((a for a in structure.attributes.values() if a.type == "price_collection"), key=rank)
    books = [Book(a, "{currency}-list-prices", "List Prices", main=True) for a in prices[:1]]
    for attribute in prices[1:]:
        name = words(attribute.code).removesuffix("prices").removesuffix("price").strip() or words(attribute.code)
        slug = re.sub(r"[^a-z0-9]+", "-", name).strip("-") or "other"
        books.append(Book(attribute, f"{{currency}}-{slug}-prices", f"{name.capitalize()} Prices", main=False))
    return books


def pictures(structure: Structure, main_images: Iterable[str]) -> Pictures:
    """The image attributes and asset collections. `main_images`: of each family, the attribute of its products' main image."""
    used, main = usage(structure), Counter(fold(code) for code in main_images)

    def of_type(type_: str) -> tuple[Attribute, ...]:
        attributes = (a for a in structure.attributes.values() if a.type == type_ and used[fold(a.code)])
        return tuple(sorted(attributes, key=lambda a: (-main[fold(a.code)], -used[fold(a.code)], a.code)))

    collections = of_type("asset_collection")
    collected = {fold(a.reference) for a in collections if a.reference}
    families = tuple(f for key, f in structure.asset_families.items() if key in collected and _shows_images(f))
    of_images = {fold(f.code) for f in families}
    return Pictures(of_type("image"), tuple(a for a in collections if fold(a.reference or "") in of_images), families)


def _shows_images(family: EntityStructure) -> bool:
    main: Mapping[str, Any] = family.attributes.get(fold(family.main_media or ""), {})
    return main.get("media_type") == "image"
