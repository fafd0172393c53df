"""What SFCC has, read from the ledger and the packages: what was confirmed, not what the last load mapped."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from akeneo_assets.loads.ledger import Ledger, object_key
from akeneo_assets.loads.package import Package
from akeneo_assets.readiness.shop_judgement import Assigned, ShopProduct
from akeneo_assets.readiness.shop_reading import shop_state
from akeneo_assets.readiness.storefronts import Storefronts
from akeneo_assets.store import Store

Give = Callable[..., Package]


def product(id_: str, online: str = "true", name: str = "Tent", **more: Any) -> tuple[str, str, dict[str, Any]]:
    return "product", "shop", {"id": id_, "fields": {"display-name": {"x-default": name}, "online-flag": {"": online}}, **more}


def category(id_: str, parent: str = "root", online: str = "true") -> tuple[str, str, dict[str, Any]]:
    fields = {"display-name": {"x-default": id_.title()}, "online-flag": {"": online}}
    return "category", "shop", {"id": id_, "parent": parent, "fields": fields}


def assigned(id_: str, *categories: str) -> tuple[str, str, dict[str, Any]]:
    return "category-assignments", "shop", {"id": id_, "categories": [{"category": c} for c in categories]}


def price(id_: str, book: str = "eur-list") -> tuple[str, str, dict[str, Any]]:
    return "price-table", book, {"id": id_, "amounts": [("1", "10.00")]}


@pytest.fixture
def products(store: Store, shop: Storefronts) -> Callable[[Package], dict[str, ShopProduct]]:
    """All products of the state after a load, by id."""

    def read(package: Package) -> dict[str, ShopProduct]:
        with shop_state(package, shop) as state:
            return {product.id: product for group in state.groups() for product in group}

    return read


def test_a_product_is_read_with_its_places_and_prices(give: Give, products: Any) -> None:
    package = give(
        "monday", [product("TENT", images=[]), assigned("TENT", "tents", "outdoor"), price("TENT"), price("TENT", "usd")]
    )
    assert products(package) == {
        "TENT": ShopProduct(
            id="TENT",
            filled=frozenset({"fields/display-name/x-default"}),
            record={"fields": {"display-name": {"x-default": "Tent"}, "online-flag": {"": "true"}}, "custom": {}, "images": []},
            categories={"shop": Assigned(frozenset({"tents", "outdoor"}))},
            prices={"eur-list": True, "usd": True},
        )
    }


def test_what_a_refused_archive_would_have_changed_has_not_come(give: Give, products: Any) -> None:
    give("monday", [product("TENT", name="Tent"), assigned("TENT", "tents")])
    package = give(
        "tuesday",
        [product("TENT", "false"), assigned("TENT", "sale"), product("MUG")],
        dict.fromkeys(("TENT", "MUG"), ("refused", "too long")),
    )
    found = products(package)
    assert (found["TENT"].standing, found["TENT"].message) == ("there", None)
    assert found["TENT"].flag("online-flag", "Web") == "true"
    assert found["TENT"].categories == {"shop": Assigned(frozenset({"tents"}))}
    assert (found["MUG"].standing, found["MUG"].message, found["MUG"].record) == ("refused", "too long", None)


def test_what_sfcc_gave_no_answer_on_is_not_known(give: Give, products: Any) -> None:
    give("monday", [product("TENT"), product("MUG"), assigned("MUG", "mugs"), price("MUG")])
    package = give("tuesday", [product("TENT", "false"), assigned("MUG", "cups"), price("MUG")], answered=False)
    found = products(package)
    assert (found["TENT"].standing, found["TENT"].record) == ("unknown", None)
    assert found["MUG"].categories == {"shop": Assigned(frozenset({"mugs", "cups"}), sure=False)}
    assert found["MUG"].prices == {"eur-list": None}


def test_a_warning_is_kept_with_what_was_sent(give: Give, products: Any) -> None:
    package = give("monday", [product("TENT", "false")], {"TENT": ("pending", "unknown attribute")})
    (tent,) = products(package).values()
    assert (tent.standing, tent.message, tent.flag("online-flag", "")) == ("there", "unknown attribute", "false")


def test_a_price_that_was_deleted_is_none(give: Give, products: Any) -> None:
    give("monday", [product("TENT"), price("TENT")])
    package = give("tuesday", [price("TENT")], deleted=["TENT"])
    assert products(package)["TENT"].prices == {"eur-list": False}


def test_what_is_retired_is_not_counted(give: Give, store: Store, products: Any) -> None:
    package = give("monday", [product("TENT"), product("MUG")])
    ledger = Ledger(store)
    with ledger.intend("retire.zip") as entries:
        row = {"key": object_key("shop", "product", "MUG"), "container": "shop", "type": "product", "id": "MUG", "deleted": False}
        row |= {"output": 1, "fields_fingerprint": 1, "fields": "fields/display-name/x-default\nretired/", "load": "monday"}
        entries.write(row | {"file": "f", "archive": "retire.zip"})
    ledger.conclude("retire.zip", [])
    assert [*products(package)] == ["TENT"]


def test_a_master_comes_before_its_variants_and_groups_with_their_values(give: Give, store: Store, shop: Storefronts) -> None:
    axes = [{"attribute_id": name, "id": name, "names": {}, "values": []} for name in ("color", "a/b~c.d")]
    variations = {"attributes": axes, "variants": ["A", "B"], "groups": ["SHIRT-RED"]}
    package = give(
        "monday",
        [
            product("B", custom={"color": {"": "red"}, "a/b~c.d": {"": "1"}, "weight": {"": "3"}}),
            product("A", custom={"color": {"": "blue"}}),
            product("SHIRT-RED"),
            product("SHIRT", variations=variations),
            product("CAP"),
        ],
    )
    with shop_state(package, shop) as state:
        groups = list(state.groups())
    assert [[product.id for product in group] for group in groups] == [["CAP"], ["SHIRT", "A", "B", "SHIRT-RED"]]
    assert groups[1][2].part("custom") == {"color": {"": "red"}, "a/b~c.d": {"": "1"}}
    assert groups[1][2].filled >= {"custom/color/", "custom/a/b~c.d/"}


def test_records_that_are_folded_away_are_not_known_and_a_masters_are_told(give: Give, store: Store, shop: Storefronts) -> None:
    package = give("monday", [product("TENT"), product("SHIRT", variations={"attributes": [], "variants": ["A"]}), product("A")])
    with shop_state(package, shop) as state:
        assert not state.unknown_masters
    for path in package.all_records:
        Path(path).unlink()
    with shop_state(package, shop) as state:
        assert state.unknown_masters
        assert [[product.record for product in group] for group in state.groups()] == [[None], [None], [None]]


def test_categories_are_read_with_their_parents_and_flags(give: Give, store: Store, shop: Storefronts) -> None:
    package = give(
        "monday", [category("outdoor"), category("tents", "outdoor", "false"), category("lost")], {"lost": ("refused", "no")}
    )
    with shop_state(package, shop) as state:
        found = state.by_catalog["shop"]
    assert {id_: (c.parent, c.online, c.there, c.name) for id_, c in found.items()} == {
        "outdoor": ("root", True, True, "Outdoor"),
        "tents": ("outdoor", False, True, "Tents"),
        "lost": (None, None, False, ""),
    }
