"""Edits of all kinds in a PIM through its REST API, each drawn by lot from a seed.

Belongs here: choosing and making edits. Doesn't: what a load makes of them (`law_comparison`).
"""

import random
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final
from urllib.parse import quote

from sandbox.catalogue_edits import EditError, Pim

TREE = [
    "master",
    "outdoor",
    "camping",
    "tents",
    "Climbing",
    "packs",
    "jackets",
    "beans",
    "brewing",
    "gifts",
    "2025",
    "outlet",
    "app_menu",
]

NAMED_TREES = ("master", "outlet", "app_menu")

LEAVES = ["tents", "packs", "jackets", "beans", "2025", "outlet_last_pieces", "app_favourites", "gifts", "brewing"]
"""Categories that may be deleted."""

SPARE_ATTRIBUTES = [
    "season_rating",
    "collection",
    "size_table",
    "volume",
    "packaging_image",
    "tagline",
    "menu_flavours",
    "keywords",
]
"""Attributes that may be deleted: no axis, no identifier."""

FEWEST = 6
"""Products that are left, whatever is deleted."""

_DRAWS: Final = 8
"""How often an edit is drawn until the PIM takes one."""


def _value(pim: Pim, attribute: dict[str, Any], dice: random.Random, options: dict[str, list[str]]) -> Any:
    """A value for the attribute, or None to empty it."""
    if dice.random() < 0.35:
        return None
    number = dice.randint(0, 999)
    kind = attribute["type"].removeprefix("pim_catalog_")
    if kind in ("simpleselect", "multiselect"):
        if attribute["code"] not in options:
            options[attribute["code"]] = [o["code"] for o in pim.items(f"attributes/{attribute['code']}/options")]
        known = options[attribute["code"]]
        if not known:
            return None
        return dice.choice(known) if kind == "simpleselect" else dice.sample(known, min(2, len(known)))
    return {
        "text": f"text {number} <&>",
        "textarea": f"<p>long {number}</p>",
        "boolean": number % 2 == 0,
        "date": f"2026-{number % 12 + 1:02d}-0{number % 9 + 1}T00:00:00+00:00",
        "number": number if not attribute.get("decimals_allowed") else f"{number}.25",
        "metric": {"amount": number, "unit": attribute.get("default_metric_unit")},
        "price_collection": [{"amount": f"{number}.00", "currency": c} for c in dice.choice((["EUR"], ["USD"], ["EUR", "USD"]))],
    }.get(kind)


def _unlocalized(data: Any) -> list[dict[str, Any]]:
    return [{"locale": None, "scope": None, "data": data}]


def _model_path(model: dict[str, Any]) -> str:
    return f"product-models/{quote(model['code'], safe='')}"


def _sku(product: dict[str, Any]) -> str | None:
    return next((value["data"] for value in product["values"].get("sku", ())), None)


Change = tuple[str, dict[str, Any] | None]
"""An address below /api/rest/v1/ and what is sent there by PATCH; None deletes it."""

Items = list[dict[str, Any]]


KINDS: Final = (
    "values",
    "categories",
    "enabled",
    "associations",
    "shared association",
    "two way association",
    "label",
    "simple to variant",
    "variant to simple",
    "other master",
    "rename",
    "swapped identifiers",
    "identifier taken over",
    "new product",
    "new model",
    "new category",
    "move category",
    "option",
    "attribute",
    "family",
    "channel",
    "asset",
)
DELETIONS: Final = (
    "delete product",
    "delete model",
    "delete category",
    "delete option",
    "delete attribute",
    "delete asset",
    "same identifier under a new uuid",
)


class Editor:
    """Makes edits of all kinds; what the PIM refuses is not an edit.

    `made`: all edits as they were sent; `kinds`: how many of each kind.
    """

    def __init__(self, pim: Pim) -> None:
        self._pim, self._dice, self._options = pim, random.Random(0), dict[str, list[str]]()
        self._attributes: dict[str, Any] = {}
        self._families: dict[str, Any] = {}
        self.made: list[str] = []
        self.kinds: Counter[str] = Counter()

    def edit(self, kind: str, seed: int) -> bool:
        """Make one edit of a kind, drawn from `seed`. False: whatever was drawn, the PIM refused it, or has nothing for it."""
        self._dice = random.Random(seed)
        if not self._attributes:
            self._attributes = {a["code"]: a for a in self._pim.items("attributes")}
            self._families = {f["code"]: f for f in self._pim.items("families")}
        products, models = list(self._pim.items("products-uuid")), list(self._pim.items("product-models"))
        draw: Callable[..., Iterator[Change]] = getattr(self, f"_{kind.replace(' ', '_')}")
        for _ in range(_DRAWS):
            owner = self._dice.choice(products if self._dice.random() < 0.7 or not models else models)
            path = f"products-uuid/{owner['uuid']}" if "uuid" in owner else _model_path(owner)
            if sum([self._make(*change) for change in draw(owner, path, products, models)]):
                self.kinds[kind] += 1
                return True
        return False

    def _make(self, where: str, body: dict[str, Any] | None) -> bool:
        try:
            if body is None:
                self._pim.delete(where)
            else:
                self._pim.patch(where, body)
        except EditError:
            return False
        if where.startswith(("attributes", "families")):
            self._attributes, self._options = {}, {}
        self.made.append(f"{where} {'deleted' if body is None else body}")
        return True

    def _values(self, owner: dict[str, Any], path: str, *_: Any) -> Iterator[Change]:
        family = self._families.get(owner.get("family") or "")
        held = [code for code in owner["values"] if self._dice.random() < 0.5]
        code = self._dice.choice(held or (family or {"attributes": list(self._attributes)})["attributes"])
        attribute = self._attributes[code]
        if attribute["type"] == "pim_catalog_identifier" or attribute["unique"]:
            return
        locale = self._dice.choice(["en_US", "fr_FR", "de_DE"]) if attribute["localizable"] else None
        scope = self._dice.choice(["ecommerce", "mobile"]) if attribute["scopable"] else None
        data = _value(self._pim, attribute, self._dice, self._options)
        yield path, {"values": {code: [{"locale": locale, "scope": scope, "data": data}]}}

    def _categories(self, owner: dict[str, Any], path: str, *_: Any) -> Iterator[Change]:
        yield path, {"categories": self._dice.sample(TREE, self._dice.randint(0, 3))}

    def _enabled(self, owner: dict[str, Any], path: str, *_: Any) -> Iterator[Change]:
        if "uuid" in owner:
            yield path, {"enabled": self._dice.random() < 0.5}

    def _associations(self, owner: dict[str, Any], path: str, products: Items, models: Items) -> Iterator[Change]:
        kind = self._dice.choice(["X_SELL", "UPSELL", "SUBSTITUTION"])
        named = [p["uuid"] for p in self._dice.sample(products, self._dice.randint(0, 2))]
        if "uuid" not in owner:
            named = []
        also = [m["code"] for m in self._dice.sample(models, self._dice.randint(0, min(1, len(models))))]
        yield path, {"associations": {kind: {"products": named, "product_models": also}}}

    def _shared_association(self, _: Any, __: str, products: Items, models: Items) -> Iterator[Change]:
        """A model names products by identifier, its variant some of them by uuid."""
        if not models:
            return
        model = self._dice.choice(models)
        named = self._dice.sample([p for p in products if _sku(p)], self._dice.randint(0, 2))
        kind = self._dice.choice(["X_SELL", "SUBSTITUTION"])
        yield _model_path(model), {"associations": {kind: {"products": [_sku(p) for p in named]}}}
        for variant in [p for p in products if p["parent"] == model["code"]][:1]:
            shared = [p["uuid"] for p in named[: self._dice.randint(0, 2)]]
            yield f"products-uuid/{variant['uuid']}", {"associations": {kind: {"products": shared}}}

    def _simple_to_variant(self, _: Any, __: str, products: Items, models: Items) -> Iterator[Change]:
        yield from self._placed([(m, p) for m in models for p in products if p["family"] == m["family"] and not p["parent"]])

    def _other_master(self, _: Any, __: str, products: Items, models: Items) -> Iterator[Change]:
        """A variant moves to another model."""
        of_family = [(m, p) for m in models for p in products if p["family"] == m["family"] and p["parent"]]
        yield from self._placed([(m, p) for m, p in of_family if p["parent"] != m["code"]])

    def _placed(self, pairs: list[tuple[dict[str, Any], dict[str, Any]]]) -> Iterator[Change]:
        """One of the products goes below its model."""
        if pairs:
            model, product = self._dice.choice(pairs)
            variant = self._pim.get(f"families/{model['family']}/variants/{model['family_variant']}")
            axes = self._axis_values(variant["variant_attribute_sets"][-1]["axes"])
            yield f"products-uuid/{product['uuid']}", {"parent": model["code"], "values": axes}

    def _variant_to_simple(self, _: Any, __: str, products: Items, ___: Items) -> Iterator[Change]:
        variants = [p for p in products if p["parent"]]
        if variants:
            yield f"products-uuid/{self._dice.choice(variants)['uuid']}", {"parent": None}

    def _axis_values(self, axes: list[str]) -> dict[str, Any]:
        values = {axis: _value(self._pim, self._attributes[axis], self._dice, self._options) for axis in axes}
        return {axis: _unlocalized(data) for axis, data in values.items() if data is not None}

    def _rename(self, _: Any, __: str, products: Items, ___: Items) -> Iterator[Change]:
        yield self._called(self._dice.choice([p for p in products if _sku(p)]), self._new_sku())

    def _swapped_identifiers(self, _: Any, __: str, products: Items, ___: Items) -> Iterator[Change]:
        one, other = self._dice.sample([p for p in products if _sku(p)], 2)
        new, taken = _sku(one), _sku(other)
        yield self._called(other, self._new_sku())
        yield self._called(one, taken)
        yield self._called(other, new)

    def _identifier_taken_over(self, _: Any, __: str, products: Items, ___: Items) -> Iterator[Change]:
        """A product takes the identifier of another, which has none then."""
        one, other = self._dice.sample([p for p in products if _sku(p)], 2)
        taken = _sku(other)
        yield self._called(other, None)
        yield self._called(one, taken)

    @staticmethod
    def _called(product: dict[str, Any], sku: str | None) -> Change:
        return f"products-uuid/{product['uuid']}", {"values": {"sku": _unlocalized(sku)}}

    def _new_sku(self) -> str:
        return f"NEW-{self._dice.randint(0, 999)}"

    def _channel(self, *_: Any) -> Iterator[Change]:
        """Its locales or currencies: shows in products without moving their `updated`."""
        locales = ["en_US", *self._dice.sample(["de_DE", "fr_FR"], self._dice.randint(1, 2))]
        currencies = ["EUR", *self._dice.sample(["USD", "GBP"], self._dice.randint(0, 2))]
        yield "channels/ecommerce", self._dice.choice([{"locales": locales}, {"currencies": currencies}])

    def _attribute(self, *_: Any) -> Iterator[Change]:
        """The locales of one, its group, or a new one that a family gets."""
        code, family = f"new_{self._dice.randint(0, 999)}", self._some_family()
        made = {"type": self._dice.choice(["pim_catalog_text", "pim_catalog_boolean", "pim_catalog_date"]), "group": "other"}
        match self._dice.randrange(3):
            case 0:
                yield "attributes/legal_notice", {"available_locales": self._dice.sample(["de_DE", "en_US", "fr_FR"], 2)}
            case 1:
                yield f"attributes/{self._dice.choice(SPARE_ATTRIBUTES)}", {"sort_order": self._dice.randint(0, 99)}
            case _:
                yield f"attributes/{code}", made
                yield f"families/{family['code']}", {"attributes": [*family["attributes"], code]}

    def _family(self, *_: Any) -> Iterator[Change]:
        """What it requires, or which attributes it has: shows in products without moving their `updated`."""
        family = self._some_family()
        named = self._dice.choice(SPARE_ATTRIBUTES)
        kept = [code for code in family["attributes"] if code != named]
        required = self._dice.sample(family["attributes"], min(3, len(family["attributes"])))
        yield (
            f"families/{family['code']}",
            self._dice.choice(
                [
                    {"attribute_requirements": {"ecommerce": required}},
                    {"attributes": [*kept, named] if named not in family["attributes"] else kept},
                ]
            ),
        )

    def _some_family(self) -> dict[str, Any]:
        chosen: dict[str, Any] = self._dice.choice(list(self._families.values()))
        return chosen

    def _option(self, *_: Any) -> Iterator[Change]:
        """A new one, or another label of one."""
        attribute = self._dice.choice(self._selects())
        codes = [o["code"] for o in self._pim.items(f"attributes/{attribute}/options")]
        code = self._dice.choice([*codes, f"new_{self._dice.randint(0, 999)}"])
        labels = {"en_US": f"label {self._dice.randint(0, 99)}"}
        yield f"attributes/{attribute}/options/{quote(code, safe='')}", {"labels": labels}

    def _selects(self) -> list[str]:
        types = ("pim_catalog_simpleselect", "pim_catalog_multiselect")
        return sorted(a["code"] for a in self._attributes.values() if a["type"] in types)

    def _label(self, *_: Any) -> Iterator[Change]:
        locale = self._dice.choice(["en_US", "fr_FR", "de_DE"])
        text = self._dice.choice(["", f"label {self._dice.randint(0, 99)}"])
        named = (
            "categories/tents",
            "categories/outdoor",
            "attributes/season_rating",
            "attribute-groups/seo",
            f"families/{self._some_family()['code']}",
            "attributes/color/options/black",
        )
        yield self._dice.choice(named), {"labels": {locale: text}}

    def _new_category(self, *_: Any) -> Iterator[Change]:
        """Below another one; a product stands in it."""
        code = f"new_{self._dice.randint(0, 999)}"
        yield f"categories/{code}", {"parent": self._dice.choice(TREE), "labels": {"en_US": code}}
        yield f"products-uuid/{self._dice.choice(list(self._pim.items('products-uuid')))['uuid']}", {"categories": [code]}

    def _two_way_association(self, owner: dict[str, Any], path: str, products: Items, models: Items) -> Iterator[Change]:
        """The PIM writes the other end itself."""
        uuids = [p["uuid"] for p in self._dice.sample(products, self._dice.randint(0, 2)) if p is not owner]
        codes = [m["code"] for m in self._dice.sample(models, self._dice.randint(0, min(1, len(models)))) if m is not owner]
        named = {"products": uuids} if "uuid" in owner else {}
        yield path, {"associations": {"COMPATIBLE": {**named, "product_models": codes}}}

    def _move_category(self, *_: Any) -> Iterator[Change]:
        """Within a tree, to another one, or to become one. Trees that settings name stay trees, else no load begins."""
        code = self._dice.choice([code for code in TREE if code not in NAMED_TREES])
        parent = self._dice.choice([other for other in TREE if other != code])
        yield f"categories/{code}", {"parent": parent if self._dice.random() < 0.9 else None}

    def _new_product(self, _: Any, __: str, products: Items, models: Items) -> Iterator[Change]:
        """A simple one, or a copy of another."""
        like = self._dice.choice(products)
        yield self._created(like, self._new_sku(), like["parent"])

    def _created(self, like: dict[str, Any], sku: str | None, parent: str | None) -> Change:
        code = str(uuid.UUID(int=self._dice.getrandbits(128), version=4))
        values = {name: given for name, given in like["values"].items() if name not in ("sku", "gtin", "ean")}
        if parent:
            family = self._pim.get(f"families/{like['family']}")
            model = self._pim.get(_model_path({"code": parent}))
            variant = self._pim.get(f"families/{family['code']}/variants/{model['family_variant']}")["variant_attribute_sets"][-1]
            values = {n: g for n, g in values.items() if n in variant["attributes"]} | self._axis_values(variant["axes"])
        body = {"family": like["family"], "parent": parent, "categories": like["categories"] if not parent else []}
        return f"products-uuid/{code}", {**body, "values": {**values, **({"sku": _unlocalized(sku)} if sku else {})}}

    def _new_model(self, _: Any, __: str, products: Items, models: Items) -> Iterator[Change]:
        """A root with, where the family variant has two levels, a model below it, and a variant."""
        variants = [p for p in products if p["parent"] in {m["code"] for m in models}]
        if not variants:
            return
        like = self._dice.choice(variants)
        by_code = {m["code"]: m for m in models}
        below, code = by_code[like["parent"]], f"new_model_{self._dice.randint(0, 999)}"
        root = by_code.get(below["parent"] or "", below)
        body = {"family": root["family"], "family_variant": root["family_variant"]}
        yield f"product-models/{code}", {**body, "parent": None, "categories": root["categories"], "values": root["values"]}
        if below is not root:
            sets = self._pim.get(f"families/{root['family']}/variants/{root['family_variant']}")["variant_attribute_sets"]
            values = {n: g for n, g in below["values"].items() if n in sets[0]["attributes"]}
            axes = self._axis_values(sets[0]["axes"])
            yield f"product-models/{code}_a", {**body, "parent": code, "values": {**values, **axes}}
            code += "_a"
        yield self._created(like, self._new_sku(), code)

    def _asset(self, *_: Any) -> Iterator[Change]:
        """The order or the label of an asset; products that show it aren't touched."""
        found = self._some_asset()
        if found:
            family, asset = found
            label = {"label": [{"locale": "en_US", "channel": None, "data": f"label {self._dice.randint(0, 99)}"}]}
            yield f"asset-families/{family}/assets/{asset['code']}", {"code": asset["code"], "values": label}

    def _delete_asset(self, *_: Any) -> Iterator[Change]:
        found = self._some_asset()
        if found:
            yield f"asset-families/{found[0]}/assets/{found[1]['code']}", None

    def _some_asset(self) -> tuple[str, dict[str, Any]] | None:
        family = self._dice.choice(list(self._pim.items("asset-families")))["code"]
        assets = list(self._pim.items(f"asset-families/{family}/assets"))
        return (family, self._dice.choice(assets)) if assets else None

    def _delete_product(self, _: Any, __: str, products: Items, ___: Items) -> Iterator[Change]:
        if len(products) > FEWEST:
            yield f"products-uuid/{self._dice.choice(products)['uuid']}", None

    def _delete_model(self, _: Any, __: str, products: Items, models: Items) -> Iterator[Change]:
        """The PIM deletes what is below it as well."""
        if models and len(products) > FEWEST:
            yield _model_path(self._dice.choice(models)), None

    def _delete_category(self, *_: Any) -> Iterator[Change]:
        """The PIM deletes what is below it as well."""
        yield f"categories/{self._dice.choice(LEAVES)}", None

    def _delete_option(self, *_: Any) -> Iterator[Change]:
        attribute = self._dice.choice(self._selects())
        options = [o["code"] for o in self._pim.items(f"attributes/{attribute}/options")]
        if options:
            yield f"attributes/{attribute}/options/{quote(self._dice.choice(options), safe='')}", None

    def _delete_attribute(self, *_: Any) -> Iterator[Change]:
        yield f"attributes/{self._dice.choice(SPARE_ATTRIBUTES)}", None

    def _same_identifier_under_a_new_uuid(self, _: Any, __: str, products: Items, ___: Items) -> Iterator[Change]:
        """As an import does that deletes and creates."""
        old = self._dice.choice([p for p in products if _sku(p)])
        yield f"products-uuid/{old['uuid']}", None
        yield self._created(old, _sku(old), old["parent"])
