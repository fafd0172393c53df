"""A made-up catalogue of N products with the proportions of real ones; the same N gives the same catalogue.

Two in three products are variants (half of them two-level), 300 families of which one holds 40 %, about 40 values a product
over three locales, up to 5,000 products created in one second, categories four deep, associations, images, awkward texts.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from sandbox.pim.api_media import PRODUCT, generated_image, media_code
from sandbox.pim.catalogue_loading import LOADED, Loader, batches, uuid_like_v4
from sandbox.pim.pim_catalogue import NO_PARENT, Level, Model, Product, merge
from sandbox.pim.pim_database import Doc
from sandbox.pim.pim_values import Values

LOCALES = ("en_US", "de_DE", "fr_FR")
CHANNELS = {"ecommerce": LOCALES, "print": ("en_US", "de_DE")}
FAMILIES = 300
SPECIFIC = 240
PER_FAMILY = 16
START = LOADED - 400 * 86400

_WORDS = (
    "amber", "basalt", "cedar", "dapple", "ember", "fjord", "granite", "harbor", "indigo", "juniper", "kelp", "linen",
    "maple", "nickel", "onyx", "pebble", "quartz", "ridge", "slate", "timber", "umber", "velvet", "willow", "yarrow",
    "zephyr", "copper", "meadow", "canvas", "marble", "cotton", "saddle", "lantern",
)  # fmt: skip
_AWKWARD = (
    "Quotes \" and ' and <b>bold</b> & ampersand",
    "Umlaute äöüß, accents éèç, 日本語, emoji \U0001f6b2",
    "Two\nlines and a\ttab",
    "]]> closes nothing; {braces} [brackets] \\ backslash",
)
_SPECIFIC_TYPES = ("text", "number", "simpleselect", "boolean", "metric", "text_localizable", "multiselect", "text")


def fill(loader: Loader, count: int) -> None:
    """Load the catalogue of `count` products."""
    with loader.store.writing():
        _fill_structure(loader)
    loader.read()
    _Maker(loader, count).fill()


# Structure


def _labels(text: str) -> dict[str, str]:
    return {"en_US": text, "de_DE": f"{text} (de)", "fr_FR": f"{text} (fr)"}


def _specific(number: int) -> str:
    return f"spec_{number:03d}"


def _family_specifics(family: int) -> list[int]:
    return sorted({(family * 37 + step * 17) % SPECIFIC for step in range(PER_FAMILY)})


_COMMON: list[Doc] = [
    {"code": "sku", "type": "pim_catalog_identifier", "unique": True, "is_main_identifier": True},
    {"code": "name", "type": "pim_catalog_text", "localizable": True},
    {"code": "description", "type": "pim_catalog_textarea", "localizable": True, "scopable": True, "wysiwyg_enabled": True},
    {"code": "short_description", "type": "pim_catalog_textarea", "localizable": True},
    {"code": "meta_title", "type": "pim_catalog_text", "localizable": True},
    {"code": "price", "type": "pim_catalog_price_collection", "decimals_allowed": True},
    {"code": "weight", "type": "pim_catalog_metric", "metric_family": "Weight", "default_metric_unit": "KILOGRAM",
     "decimals_allowed": True, "negative_allowed": False},
    {"code": "brand", "type": "pim_catalog_simpleselect"},
    {"code": "color", "type": "pim_catalog_simpleselect"},
    {"code": "size", "type": "pim_catalog_simpleselect"},
    {"code": "material", "type": "pim_catalog_multiselect"},
    {"code": "ean", "type": "pim_catalog_text", "unique": True},
    {"code": "release_date", "type": "pim_catalog_date"},
    {"code": "image", "type": "pim_catalog_image", "allowed_extensions": ["png", "jpg"]},
    {"code": "is_new", "type": "pim_catalog_boolean"},
]  # fmt: skip
_OPTIONS = {"brand": 200, "color": 60, "size": 40, "material": 30}
_REQUIRED = ["sku", "name", "description", "price", "brand", "image", "ean"]


def _specific_attribute(number: int) -> Doc:
    kind = _SPECIFIC_TYPES[number % len(_SPECIFIC_TYPES)]
    doc: Doc = {
        "code": _specific(number),
        "type": f"pim_catalog_{kind.split('_')[0]}",
        "localizable": kind.endswith("localizable"),
    }
    if kind == "number":
        doc |= {"decimals_allowed": number % 16 < 8, "negative_allowed": False}
    if kind == "metric":
        doc |= {
            "metric_family": "Length",
            "default_metric_unit": "CENTIMETER",
            "decimals_allowed": True,
            "negative_allowed": False,
        }
    return doc


def _option_count(number: int) -> int:
    return 5 + number % 20


def _fill_structure(loader: Loader) -> None:
    for code in (*LOCALES, "es_ES", "it_IT"):
        loader.add("locale", {"code": code, "enabled": code in LOCALES})
    for code in ("EUR", "USD", "GBP"):
        loader.add("currency", {"code": code, "enabled": code != "GBP"})
    for code, locales in CHANNELS.items():
        channel = {"code": code, "locales": list(locales), "currencies": ["EUR", "USD"], "category_tree": "master"}
        loader.add("channel", {**channel, "labels": _labels(code.capitalize())})
    _add_attributes(loader)
    for n in range(FAMILIES):
        _add_family(loader, n)
    _add_categories(loader)
    for code, quantified in (("X_SELL", False), ("UPSELL", False), ("PACK", True)):
        loader.add("association_type", {"code": code, "is_quantified": quantified, "labels": _labels(code)})


def _add_attributes(loader: Loader) -> None:
    for n, code in enumerate(("general", "technical", "other")):
        loader.add("attribute_group", {"code": code, "sort_order": n, "labels": _labels(code.capitalize())})
    for n, doc in enumerate(_COMMON):
        label = doc["code"].replace("_", " ").capitalize()
        loader.add("attribute", {**doc, "group": "general", "sort_order": n, "labels": _labels(label)})
    for code, number in _OPTIONS.items():
        _add_options(loader, code, number)
    for n in range(SPECIFIC):
        doc = _specific_attribute(n)
        loader.add("attribute", {**doc, "group": "technical", "sort_order": n, "labels": _labels(f"Property {n}")})
        if doc["type"].endswith("select"):
            _add_options(loader, doc["code"], _option_count(n))


def _add_options(loader: Loader, attribute: str, number: int) -> None:
    for n in range(number):
        label = f"{_WORDS[n % len(_WORDS)].capitalize()} {n}"
        doc = {"code": f"{attribute}_{n}", "attribute": attribute, "sort_order": n, "labels": _labels(label) if n % 13 else {}}
        loader.add("option", doc, attribute)


def _add_family(loader: Loader, number: int) -> None:
    code = f"family_{number:03d}"
    attributes = [a["code"] for a in _COMMON] + [_specific(n) for n in _family_specifics(number)]
    family = {
        "code": code,
        "attributes": sorted(attributes),
        "attribute_as_label": "name",
        "attribute_as_image": "image",
        "attribute_requirements": {channel: sorted(_REQUIRED) for channel in CHANNELS},
        "labels": _labels(f"Family {number}"),
    }
    loader.add("family", family)
    one = [{"level": 1, "axes": ["size"], "attributes": ["size", "ean", "weight", "sku"]}]
    two = [
        {"level": 1, "axes": ["color"], "attributes": ["color", "image"]},
        {"level": 2, "axes": ["size"], "attributes": ["size", "ean", "weight", "sku"]},
    ]
    for name, sets in ((f"{code}_size", one), (f"{code}_color_size", two)):
        loader.add("family_variant", {"code": name, "variant_attribute_sets": sets, "labels": _labels(name)}, code)


def _add_categories(loader: Loader) -> None:
    loader.add("category", {"code": "master", "labels": _labels("Master")})
    loader.add("category", {"code": "suppliers", "labels": _labels("Suppliers")})
    for a in range(8):
        loader.add("category", {"code": f"c{a}", "parent": "master", "labels": _labels(f"Department {a}")})
        for b in range(6):
            loader.add("category", {"code": f"c{a}_{b}", "parent": f"c{a}", "labels": _labels(f"Range {a}.{b}")})
            for c in range(5):
                loader.add("category", {"code": f"c{a}_{b}_{c}", "parent": f"c{a}_{b}", "labels": _labels(f"Shelf {a}.{b}.{c}")})
    for n in range(10):
        loader.add("category", {"code": f"supplier_{n}", "parent": "suppliers", "labels": _labels(f"Supplier {n}")})


# Products


@dataclass
class _Block:
    """A few simple products and two root models with what lies below them; products come in the order of their numbers."""

    models: list[tuple[Model, Level]] = field(default_factory=list)
    products: list[tuple[Product, Level]] = field(default_factory=list)
    media: list[str] = field(default_factory=list)


def _value(data: Any, locale: str | None = None, scope: str | None = None) -> Doc:
    return {"locale": locale, "scope": scope, "data": data}


class _Maker:
    """Makes the blocks. Random numbers come from one generator a block, so that blocks don't depend on each other."""

    def __init__(self, loader: Loader, count: int) -> None:
        self.loader = loader
        self.count = count
        self._burst = range(count // 3, count // 3 + min(5000, count // 5))
        self._rng = random.Random(0)

    def fill(self) -> None:
        for group in batches(self._blocks(), 60):
            models = list(chain.from_iterable(block.models for block in group))
            self.loader.add_models(sorted(models, key=lambda pair: pair[0].parent is not None))
            self.loader.add_products(chain.from_iterable(block.products for block in group))
            size = len(generated_image())
            self.loader.store.put_media(
                (PRODUCT, code, code.rpartition("_")[2], "image/png", size, None, None) for block in group for code in block.media
            )

    def _blocks(self) -> Iterator[_Block]:
        made, number = 0, 0
        while made < self.count:
            self._rng = random.Random(f"block {number}")
            block = self._block(number, made)
            del block.products[self.count - made :]
            made += len(block.products)
            number += 1
            yield block

    def _block(self, number: int, first: int) -> _Block:
        rng, block = self._rng, _Block()
        one, sub, each = rng.randint(2, 6), rng.randint(1, 3), rng.randint(1, 3)
        serial = first
        for _ in range((one + sub * each + 1) // 2):
            block.products.append((self._simple(serial, block), NO_PARENT))
            serial += 1
        root, above = self._root(f"model-{number:06d}-a", "size", serial, block)
        sizes = rng.sample(range(_OPTIONS["size"]), one)
        for size in sizes:
            block.products.append((self._variant(serial, root, size), above))
            serial += 1
        root, above = self._root(f"model-{number:06d}-b", "color_size", serial, block)
        for color in rng.sample(range(_OPTIONS["color"]), sub):
            child = self._sub_model(root, color, block)
            lower = merge(above, child)
            block.models.append((child, above))
            for size in rng.sample(range(_OPTIONS["size"]), each):
                block.products.append((self._variant(serial, child, size), lower))
                serial += 1
        return block

    # Pieces

    def _times(self, serial: int) -> tuple[int, int]:
        """Created and updated: about seven a minute, one burst of many in one second."""
        created = START + (min(serial, self._burst.start) if serial in self._burst else serial) * 9
        return created, created + self._rng.choice((0, 0, self._rng.randint(1, 300 * 86400)))

    def _family(self) -> int:
        return 0 if self._rng.random() < 0.4 else self._rng.randint(1, FAMILIES - 1)

    def _text(self, words: int) -> str:
        if self._rng.random() < 0.003:
            return self._rng.choice(_AWKWARD)
        return " ".join(self._rng.choices(_WORDS, k=words)).capitalize()

    def _localized(self, words: int) -> list[Doc]:
        return [_value(f"{self._text(words)} {locale[:2]}", locale) for locale in LOCALES]

    def _shared_values(self, family: int) -> Values:
        """What a simple product or a root model holds in any case."""
        rng = self._rng
        values: Values = {
            "name": self._localized(4),
            "description": [
                _value(f"<p>{self._text(18)}.</p>", locale, channel)
                for channel, locales in CHANNELS.items()
                for locale in locales
            ],
            "short_description": self._localized(9),
            "meta_title": self._localized(5),
            "price": [_value([{"amount": f"{rng.randint(100, 99999) / 100:.2f}", "currency": c} for c in ("EUR", "USD")])],
            "brand": [_value(f"brand_{rng.randrange(_OPTIONS['brand'])}")],
            "material": [_value([f"material_{n}" for n in sorted(rng.sample(range(_OPTIONS["material"]), 2))])],
            "release_date": [_value(f"20{rng.randint(15, 25)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}T00:00:00+00:00")],
            "is_new": [_value(rng.random() < 0.2)],
        }
        for number in _family_specifics(family):
            if rng.random() < 0.9:
                values[_specific(number)] = self._specific_values(number)
        return values

    def _specific_values(self, number: int) -> list[Doc]:
        rng, kind = self._rng, _SPECIFIC_TYPES[number % len(_SPECIFIC_TYPES)]
        if kind == "text_localizable":
            return self._localized(3)
        data: Any
        match kind:
            case "number":
                data = f"{rng.randint(1, 10**6) / 100:.4f}" if number % 16 < 8 else rng.randint(1, 1000)
            case "simpleselect":
                data = f"{_specific(number)}_{rng.randrange(_option_count(number))}"
            case "multiselect":
                data = [f"{_specific(number)}_{n}" for n in sorted(rng.sample(range(_option_count(number)), 2))]
            case "boolean":
                data = rng.random() < 0.5
            case "metric":
                data = {"amount": f"{rng.randint(1, 50000) / 100:.4f}", "unit": "CENTIMETER"}
            case _:
                data = self._text(3)
        return [_value(data)]

    def _image(self, name: str, block: _Block) -> list[Doc]:
        code = media_code(name, f"{name}.png")
        block.media.append(code)
        return [_value(code)]

    def _identifier(self, serial: int) -> list[Doc]:
        if serial % 5003 == 5002:
            return []
        name = f"SKU-{serial:07d}"
        if serial % 997 == 996:
            name += self._rng.choice((" with space", "/slash", "&amp", "-Größe", "+plus#hash"))
        return [_value(name)]

    def _variant_values(self, serial: int, size: int) -> Values:
        values: Values = {
            "sku": self._identifier(serial),
            "size": [_value(f"size_{size}")],
            "ean": [_value(f"{4_000_000_000_000 + serial}")],
            "weight": [_value({"amount": f"{self._rng.randint(1, 9000) / 100:.4f}", "unit": "KILOGRAM"})],
        }
        return {code: given for code, given in values.items() if given}

    def _categories(self) -> list[str]:
        rng = self._rng
        shelves = {f"c{rng.randrange(8)}_{rng.randrange(6)}_{rng.randrange(5)}" for _ in range(rng.randint(1, 2))}
        return sorted({*shelves, *([f"supplier_{rng.randrange(10)}"] if rng.random() < 0.3 else [])})

    def _associations(self, serial: int) -> tuple[dict[str, dict[str, list[str]]], dict[str, dict[str, list[Doc]]]]:
        rng = self._rng
        if rng.random() < 0.7 or self.count < 10:
            return {}, {}
        targets = [uuid_like_v4(f"generated {n}") for n in {rng.randrange(self.count) for _ in range(2)} - {serial}]
        quantified: dict[str, dict[str, list[Doc]]] = {}
        if targets and rng.random() < 0.1:
            quantified["PACK"] = {"products": [{"uuid": targets[0], "quantity": rng.randint(1, 9)}]}
        return {"X_SELL": {"products": targets}}, quantified

    def _simple(self, serial: int, block: _Block) -> Product:
        family = self._family()
        values = {**self._shared_values(family), **self._variant_values(serial, self._rng.randrange(_OPTIONS["size"]))}
        values["color"] = [_value(f"color_{self._rng.randrange(_OPTIONS['color'])}")]
        values["image"] = self._image(f"product-{serial:07d}", block)
        plain, quantified = self._associations(serial)
        created, updated = self._times(serial)
        if serial % 4001 == 4000:
            values = {code: values[code] for code in ("sku", "name") if code in values}
        return Product(
            uuid=uuid_like_v4(f"generated {serial}"),
            enabled=self._rng.random() > 0.03,
            family=None if serial % 4001 == 4000 else f"family_{family:03d}",
            parent=None,
            groups=[],
            categories=self._categories() if self._rng.random() < 0.97 else [],
            values=values,
            associations=plain,
            quantified_associations=quantified,
            created=created,
            updated=updated,
        )

    def _root(self, code: str, variant: str, serial: int, block: _Block) -> tuple[Model, Level]:
        family = self._family()
        values = self._shared_values(family)
        if variant == "size":
            values["color"] = [_value(f"color_{self._rng.randrange(_OPTIONS['color'])}")]
            values["image"] = self._image(code, block)
        plain, quantified = self._associations(serial)
        created, updated = self._times(serial)
        model = Model(
            code,
            f"family_{family:03d}",
            f"family_{family:03d}_{variant}",
            None,
            self._categories(),
            values,
            plain,
            quantified,
            created,
            updated,
        )
        block.models.append((model, NO_PARENT))
        return model, merge(NO_PARENT, model)

    def _sub_model(self, root: Model, color: int, block: _Block) -> Model:
        code = f"{root.code}-{color}"
        values = {"color": [_value(f"color_{color}")], "image": self._image(code, block)}
        return Model(code, root.family, root.family_variant, root.code, [], values, {}, {}, root.created, root.updated)

    def _variant(self, serial: int, parent: Model, size: int) -> Product:
        created, updated = self._times(serial)
        return Product(
            uuid=uuid_like_v4(f"generated {serial}"),
            enabled=self._rng.random() > 0.03,
            family=parent.family,
            parent=parent.code,
            groups=[],
            categories=[],
            values=self._variant_values(serial, size),
            associations={},
            quantified_associations={},
            created=created,
            updated=updated,
        )
