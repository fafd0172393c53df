"""The law, as far as loads hold it now: after edits and a differential load the instance equals one given everything anew.

The removal of products, models, categories, options and static files is not part of it yet.
"""

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import etree

from akeneo_assets.assets import item_assets
from akeneo_assets.pim.clock import Overlap
from sandbox import stack
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
SEED = 1
EDITS = 40
"""Between two loads."""

SETTINGS: list[dict[str, Any]] = [
    {},
    {
        "attributes": {"metric": "both", "standard": {"name": {"template": "{brand} {name}"}, "brand": "brand"}},
        "associations": {"X_SELL": {"as": "product-link", "type": "cross-sell"}, "SUBSTITUTION": {"type": "4"}},
        "categories": {"primary": "none"},
        "price_books": [{"id": "{currency}-promo", "attribute": "promo_price"}],
        "products": {"status": {"source": "completeness"}, "model_import": "master-group-variation"},
    },
    {"products": {"status": {"source": "completeness"}, "filter": {"family": [{"operator": "NOT IN", "value": ["services"]}]}}},
]
"""What connector.yaml says otherwise at each load; the last one stays."""


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


def _sku(product: dict[str, Any]) -> str | None:
    return next((value["data"] for value in product["values"].get("sku", ())), None)


class Editor:
    """Makes edits of all kinds, each drawn by lot; what the PIM refuses is not an edit."""

    def __init__(self, pim: Pim, seed: int) -> None:
        self._pim, self._dice, self._options = pim, random.Random(seed), dict[str, list[str]]()
        self._attributes = {a["code"]: a for a in pim.items("attributes")}
        self._families = {f["code"]: f for f in pim.items("families")}
        self.made: list[str] = []

    def edit(self, count: int) -> None:
        """Make `count` edits."""
        products = list(self._pim.items("products-uuid"))
        models = list(self._pim.items("product-models"))
        enough = len(self.made) + count
        while len(self.made) < enough:
            draw = self._dice.choice([*[self._values] * 3, *self._kinds()])
            owner = self._dice.choice(products if self._dice.random() < 0.7 else models)
            path = f"products-uuid/{owner['uuid']}" if "uuid" in owner else f"product-models/{owner['code']}"
            for where, body in draw(owner, path, products, models):
                try:
                    self._pim.patch(where, body)
                except EditError:
                    continue
                self.made.append(f"{where} {body}")

    def _kinds(self) -> list[Callable[..., Iterator[tuple[str, dict[str, Any]]]]]:
        others = [self._parent, self._identifier, self._shared_association, self._structure]
        return [self._categories, self._enabled, self._associations, self._label, *others]

    def _values(self, owner: dict[str, Any], path: str, *_: Any) -> Iterator[tuple[str, dict[str, Any]]]:
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

    def _categories(self, owner: dict[str, Any], path: str, *_: Any) -> Iterator[tuple[str, dict[str, Any]]]:
        yield path, {"categories": self._dice.sample(TREE, self._dice.randint(0, 3))}

    def _enabled(self, owner: dict[str, Any], path: str, *_: Any) -> Iterator[tuple[str, dict[str, Any]]]:
        if "uuid" in owner:
            yield path, {"enabled": self._dice.random() < 0.5}

    def _associations(
        self, owner: dict[str, Any], path: str, products: list[dict[str, Any]], models: list[dict[str, Any]]
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        kind = self._dice.choice(["X_SELL", "UPSELL", "SUBSTITUTION"])
        named = [p["uuid"] for p in self._dice.sample(products, self._dice.randint(0, 2))]
        if "uuid" not in owner:
            named = []
        also = [m["code"] for m in self._dice.sample(models, self._dice.randint(0, 1))]
        yield path, {"associations": {kind: {"products": named, "product_models": also}}}

    def _shared_association(
        self, _: Any, __: str, products: list[dict[str, Any]], models: list[dict[str, Any]]
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """A model names products by identifier, its variant some of them by uuid."""
        model = self._dice.choice(models)
        named = self._dice.sample([p for p in products if _sku(p)], self._dice.randint(0, 2))
        kind = self._dice.choice(["X_SELL", "SUBSTITUTION"])
        yield f"product-models/{model['code']}", {"associations": {kind: {"products": [_sku(p) for p in named]}}}
        for variant in [p for p in products if p["parent"] == model["code"]][:1]:
            shared = [p["uuid"] for p in named[: self._dice.randint(0, 2)]]
            yield f"products-uuid/{variant['uuid']}", {"associations": {kind: {"products": shared}}}

    def _parent(
        self, _: Any, __: str, products: list[dict[str, Any]], models: list[dict[str, Any]]
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """A variant becomes simple or moves to another model; a product of the family becomes a variant."""
        model = self._dice.choice(models)
        product = self._dice.choice([p for p in products if p["family"] == model["family"]])
        path = f"products-uuid/{product['uuid']}"
        if product["parent"] and self._dice.random() < 0.4:
            yield path, {"parent": None}
        variant = self._pim.get(f"families/{model['family']}/variants/{model['family_variant']}")
        axes = {axis: self._attributes[axis] for axis in variant["variant_attribute_sets"][-1]["axes"]}
        values = {axis: _value(self._pim, attribute, self._dice, self._options) for axis, attribute in axes.items()}
        given = {axis: [{"locale": None, "scope": None, "data": data}] for axis, data in values.items() if data is not None}
        yield path, {"parent": model["code"], "values": given}

    def _identifier(self, _: Any, __: str, products: list[dict[str, Any]], ___: Any) -> Iterator[tuple[str, dict[str, Any]]]:
        """A product gets another identifier, or two swap theirs, or one takes that of another, which has none then."""
        one, other = self._dice.sample([p for p in products if _sku(p)], 2)
        new, taken = _sku(one), _sku(other)
        for product, sku in (
            (other, f"NEW-{self._dice.randint(0, 999)}"),
            *self._dice.choice([[], [(one, taken), (other, new)], [(one, taken), (other, None)]]),
        ):
            yield f"products-uuid/{product['uuid']}", {"values": {"sku": [{"locale": None, "scope": None, "data": sku}]}}

    def _structure(self, *_: Any) -> Iterator[tuple[str, dict[str, Any]]]:
        """What shows in products without moving their `updated`."""
        family = self._dice.choice(list(self._families.values()))
        required = self._dice.sample(family["attributes"], min(3, len(family["attributes"])))
        yield self._dice.choice(
            [
                ("channels/ecommerce", {"locales": ["en_US", *self._dice.sample(["de_DE", "fr_FR"], self._dice.randint(1, 2))]}),
                ("channels/ecommerce", {"currencies": ["EUR", *self._dice.sample(["USD", "GBP"], self._dice.randint(0, 2))]}),
                ("attributes/legal_notice", {"available_locales": self._dice.sample(["de_DE", "en_US", "fr_FR"], 2)}),
                (f"families/{family['code']}", {"attribute_requirements": {"ecommerce": required}}),
                ("categories/tents", {"parent": self._dice.choice(["master", "outdoor", "coffee_bar"])}),
            ]
        )

    def _label(self, *_: Any) -> Iterator[tuple[str, dict[str, Any]]]:
        locale, text = (
            self._dice.choice(["en_US", "fr_FR", "de_DE"]),
            self._dice.choice(["", f"label {self._dice.randint(0, 99)}"]),
        )
        if self._dice.random() < 0.3:
            yield (
                self._dice.choice(
                    [
                        "categories/tents",
                        "categories/outdoor",
                        "attributes/season_rating",
                        "attribute-groups/seo",
                        "attributes/color/options/black",
                    ]
                ),
                {"labels": {locale: text}},
            )


@pytest.fixture
def configured(tmp_path: Path) -> Callable[[int], str]:
    """connector.yaml with the settings of a load."""

    def write(load: int) -> str:
        settings = yaml.safe_load((stack.REPOSITORY / "connector.yaml").read_text())
        for section, changed in SETTINGS[load].items():
            settings[section] = {**settings[section], **changed} if isinstance(changed, dict) else changed
        path = tmp_path / f"{load}.yaml"
        path.write_text(yaml.safe_dump(settings))
        return str(path)

    return write


def test_after_edits_and_differentials_the_instance_equals_one_given_everything_anew(
    pim_of: Callable[[str], str],
    place_at: Any,
    editor: Callable[[str], Pim],
    configured: Callable[[int], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Else each load would read again all that was edited here, and so hide what no edit's time tells.
    monkeypatch.setattr(item_assets, "Overlap", lambda *_: Overlap(timedelta(0)))
    pim = pim_of("demo")
    place = place_at(pim)
    place.jobs("1", "2", "3-2")
    edits = Editor(editor(pim), SEED)
    for load in range(len(SETTINGS)):
        edits.edit(EDITS)
        run = place.job("3-1", CONNECTOR_CONFIG=configured(load))
        if not run.ok and "no longer have what is in use" in run.failures[0]:  # a locale or currency that an edit took away
            run = place.job("3-1", confirm=f"load_{place.loads}", CONNECTOR_CONFIG=configured(load))
        assert run.ok, run.failures
        if load == 1:  # as if the process had died just before its end: SFCC has what the next load doesn't know of
            place.reopen(f"load_{place.loads}")
    anew = place_at(pim)
    assert anew.job("3-2", CONNECTOR_CONFIG=configured(load)).ok
    now = anew.export()
    different = place.export().differs_from(now)
    products = set(now.products())
    left_over = {name for name, (_, there) in different.items() if there is None and _is_left_over(name, products)}
    assert {name: both for name, both in different.items() if name not in left_over} == {}, edits.made


@pytest.fixture
def edited(pim_of: Callable[[str], str], place_at: Any, editor: Callable[[str], Pim]) -> tuple[Any, Pim]:
    """An installation whose instance holds the demo catalogue, and its PIM for edits."""
    pim_url = pim_of("demo")
    place = place_at(pim_url)
    place.jobs("1", "2", "3-2")
    return place, editor(pim_url)


def test_values_lost_with_attributes_made_anew_under_their_codes_leave_sfcc(place_at: Any, edited: tuple[Any, Pim]) -> None:
    """No product's `updated` moves."""
    place, pim = edited
    anew: dict[str, dict[str, Any]] = {
        "usage_tip": {"type": "pim_catalog_textarea", "localizable": True},
        "legal_notice": {"type": "pim_catalog_text"},
        "tagline": {"type": "pim_catalog_text", "scopable": True},
        "menu_flavours": {"type": "akeneo_reference_entity_collection", "reference_data_name": "flavours", "scopable": False},
        "volume": {"type": "pim_catalog_metric", "metric_family": "Weight", "default_metric_unit": "KILOGRAM", "scopable": True},
    }
    for code, made in anew.items():
        pim.delete(f"attributes/{code}")
        numeric = {"decimals_allowed": True, "negative_allowed": False} if "metric_family" in made else {}
        pim.patch(f"attributes/{code}", {"code": code, "group": "marketing", **made, **numeric})
    run = place.job("3-1")
    assert run.ok, run.failures
    ids = {f"akeneo_{code}" for code in anew}
    for values in place.export().product("SAMPLER-001").iterfind("custom-attributes"):
        assert not ids & {value.get("attribute-id") for value in values}
    other = place_at(place.pim_url)
    other.jobs("1", "2", "3-2")
    assert place.export().differs_from(other.export()) == {}
    assert place.job("3-1").sent == {}


def test_a_product_that_another_links_to_by_identifier_may_be_renamed(place_at: Any, edited: tuple[Any, Pim]) -> None:
    """GRIND-HAND-38 links to FILTER-PAPER-100, which no longer is anybody's identifier, and then another's."""
    place, pim = edited
    part = "custom-attributes/custom-attribute[@attribute-id='akeneo_spare_part']/text()"
    assert place.export().product("GRIND-HAND-38").xpath(part) == ["FILTER-PAPER-100"]
    for uuid, sku, linked in (
        ("49afb583-5a64-456b-8f66-f23638c753fd", "FILTER-PAPER", []),
        ("14937f72-3b3e-4f7e-a0f5-fe67a88ba771", "FILTER-PAPER-100", ["FILTER-PAPER-100"]),
    ):
        pim.patch(f"products-uuid/{uuid}", {"values": {"sku": [{"locale": None, "scope": None, "data": sku}]}})
        run = place.job("3-1")
        assert run.ok, run.failures
        assert place.export().product("GRIND-HAND-38").xpath(part) == linked
    anew = place_at(place.pim_url)
    assert anew.job("3-2").ok
    now = anew.export()
    different, products = place.export().differs_from(now), set(now.products())
    assert {name for name, (_, there) in different.items() if there is not None or not _is_left_over(name, products)} == set()


def _is_left_over(name: str, products: set[str]) -> bool:
    """Whether it is an object, or belongs to a product, whose removal is not part of the law yet."""
    if name.startswith("<"):
        relation = etree.fromstring(name[: name.rindex(">") + 1])
        return (relation.get("product-id") or relation.get("source-id")) not in products
    kind, _, rest = name.partition(" ")
    if name.startswith("price ") and not name.startswith("price book "):
        return rest.partition(" ")[2] not in products
    return kind in ("product", "category") or name.startswith("price book ") or " attribute-" in name
