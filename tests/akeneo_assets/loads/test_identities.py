"""Who is who: one owner an SFCC id, and masters with their variants."""

import copy
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from akeneo_assets import tables
from akeneo_assets.loads.identities import Identification, LeftOut, Models, Targets, write_identities
from akeneo_assets.loads.mirror import Mirror
from akeneo_assets.loads.package import Package
from akeneo_assets.store import Store, rows, write_table

Make = Callable[..., Any]


def by_code(_owner: str, _key: str, code: str | None) -> tuple[str | None, str | None]:
    return (code, None) if code else (None, "it has no identifier")


@pytest.fixture
def unread() -> list[dict[str, Any]]:
    """Whom the last `identify` wants the PIM to be asked for."""
    return []


@pytest.fixture
def identify(store: Store, unread: list[dict[str, Any]]) -> Callable[..., dict[str, tuple[str | None, str | None, str | None]]]:
    """Key -> (SFCC id, root, reason) of a mirror; `owners`: (SFCC id, source) of what SFCC has; `more` of `Identification`."""

    def run(mirror: Mirror, *owners: tuple[str, str], **more: Any) -> dict[str, Any]:
        package = Package.of_load(store, mirror.keys[-1])
        held = pa.table(
            {"id": [o for o, _ in owners], "source": [s for _, s in owners]},
            pa.schema([("id", pa.string()), ("source", pa.string())]),
        )
        identified = Identification(by_code, **more)
        unread[:] = write_identities(package, mirror, identified, Models(store, mirror), held)
        return {row["key"]: (row["sfcc_id"], row["root"], row["reason"]) for row in rows([package.identities])}

    return run


def test_products_and_models_have_their_ids_and_variants_their_root(
    load: Make, make_product: Make, make_model: Make, identify: Make
) -> None:
    mirror = load(
        "one",
        [make_product("a", "A"), make_product("v", "V", parent="Shirt_Blue")],
        [make_model("Shirt"), make_model("Shirt_Blue", "shirt")],
    )
    assert identify(mirror) == {
        "a": ("A", None, None),
        "v": ("V", "shirt", None),
        "shirt": ("Shirt", "shirt", None),
        "shirt_blue": ("Shirt", "shirt", None),
    }


def test_a_product_without_identifier_is_held_back_with_the_reason(load: Make, make_product: Make, identify: Make) -> None:
    assert identify(load("one", [make_product("a")])) == {"a": (None, None, "it has no identifier")}


def test_where_product_and_model_claim_one_id_the_product_has_it_and_the_variants_go_with_their_model(
    load: Make, make_product: Make, make_model: Make, identify: Make
) -> None:
    mirror = load("one", [make_product("p", "flask_x"), make_product("v", "V", parent="flask_x")], [make_model("flask_x")])
    assert identify(mirror) == {
        "p": ("flask_x", None, None),
        "flask_x": (None, "flask_x", "its id flask_x is taken by product flask_x"),
        "v": (None, "flask_x", "its model flask_x is held back"),
    }


def test_the_present_owner_keeps_its_id(load: Make, make_product: Make, make_model: Make, identify: Make) -> None:
    mirror = load("one", [make_product("p", "flask_x")], [make_model("flask_x")])
    found = identify(mirror, ("flask_x", "product_model:flask_x"))
    assert found["flask_x"][0] == "flask_x"
    assert found["p"] == (None, None, "its id flask_x is taken by product model flask_x")


def test_an_owner_that_claims_the_id_no_more_does_not_keep_it(load: Make, make_product: Make, identify: Make) -> None:
    found = identify(load("one", [make_product("b", "ID"), make_product("a", "OTHER")]), ("ID", "product:a"))
    assert (found["b"][0], found["a"][0]) == ("ID", "OTHER")


def test_a_product_whose_identifier_changed_in_case_alone_keeps_the_id_that_sfcc_has(
    load: Make, make_product: Make, identify: Make
) -> None:
    mirror = load("one", [make_product("a", "MUG-1"), make_product("b", "CUP-2"), make_product("c", "POT")])
    found = identify(mirror, ("mug-1", "product:a"), ("mug-0", "product:a"), ("cup-1", "product:b"), ("pot", "product:other"))
    assert {key: sfcc_id for key, (sfcc_id, _, _) in found.items()} == {"a": "mug-1", "b": "CUP-2", "c": "POT"}


def test_an_id_is_kept_against_whoever_claims_it_in_the_spelling_that_sfcc_has(
    load: Make, make_product: Make, make_model: Make, identify: Make
) -> None:
    mirror = load("one", [make_product("a", "MUG"), make_product("b", "x"), make_product("c", "MUG")], [make_model("mug")])
    found = identify(mirror, ("mug", "product:a"), ("MUG", "product:b"))
    assert (found["a"][0], found["c"][0]) == ("mug", "MUG")
    assert found["mug"] == (None, "mug", "its id mug is taken by product MUG")


def test_a_model_made_anew_in_another_case_keeps_its_id_with_its_variation_groups(
    load: Make, make_product: Make, make_model: Make, identify: Make, store: Store
) -> None:
    models = [make_model("SHIRT"), make_model("Shirt_Blue", "SHIRT"), make_model("shirt_red", "SHIRT")]
    mirror = load("one", [make_product("v", "V", parent="Shirt_Blue")], models)
    owners = (("shirt", "product_model:shirt"), ("shirt_blue", "product_model:shirt"), ("v", "product:v"))
    assert identify(mirror, *owners, grouped=True) == {
        "v": ("v", "shirt", None),
        "shirt": ("shirt", "shirt", None),
        "shirt_blue": ("shirt", "shirt", None),
        "shirt_red": ("shirt", "shirt", None),
    }

    def own_ids() -> dict[str, str | None]:
        return {row["key"]: row["own_id"] for row in rows([Package.of_load(store, mirror.keys[-1]).identities])}

    assert own_ids() == {"v": "v", "shirt": "shirt", "shirt_blue": "shirt_blue", "shirt_red": "shirt_red"}
    assert identify(mirror, *owners)["shirt_blue"] == ("shirt", "shirt", None)
    assert own_ids() == {"v": "v", "shirt": "shirt", "shirt_blue": None, "shirt_red": None}


def test_what_names_a_product_by_uuid_or_identifier_finds_the_id_that_it_keeps(
    load: Make, make_product: Make, make_model: Make, identify: Make, store: Store
) -> None:
    mirror = load("one", [make_product("a", "MUG")], [make_model("SHIRT"), make_model("blue", "SHIRT")])
    identify(mirror, ("mug", "product:a"), ("shirt", "product_model:shirt"))
    targets = Targets.read(store, Package.of_load(store, mirror.keys[-1]).identities, mirror)
    names = [
        ("product", "a"),
        ("identifier", "MUG"),
        ("identifier", "mug"),
        ("product_model", "shirt"),
        ("product_model", "blue"),
    ]
    assert targets.resolve(names) == {
        ("product", "a"): "mug",
        ("identifier", "MUG"): "mug",
        ("product_model", "shirt"): "shirt",
        ("product_model", "blue"): "shirt",
    }


def test_a_sub_model_s_code_is_no_claim_while_it_is_no_variation_group(
    load: Make, make_product: Make, make_model: Make, identify: Make
) -> None:
    mirror = load("one", [make_product("p", "shirt_blue")], [make_model("shirt"), make_model("shirt_blue", "shirt")])
    assert identify(mirror)["p"] == ("shirt_blue", None, None)


def test_a_sub_model_that_becomes_a_variation_group_claims_its_code_and_loses_it_to_a_product(
    load: Make, make_product: Make, make_model: Make, identify: Make
) -> None:
    products = [make_product("p", "blue"), make_product("v", "V", parent="blue"), make_product("w", "W", parent="red")]
    mirror = load("one", products, [make_model("shirt"), make_model("blue", "shirt"), make_model("red", "shirt")])
    assert identify(mirror, grouped=True) == {
        "p": ("blue", None, None),
        "v": ("V", "shirt", None),
        "w": ("W", "shirt", None),
        "shirt": ("shirt", "shirt", None),
        "blue": (None, "shirt", "its id blue is taken by product blue"),
        "red": ("shirt", "shirt", None),
    }


def test_a_variation_group_that_sfcc_has_keeps_its_id(load: Make, make_product: Make, make_model: Make, identify: Make) -> None:
    mirror = load("one", [make_product("p", "blue")], [make_model("shirt"), make_model("blue", "shirt")])
    found = identify(mirror, ("blue", "product_model:shirt"), grouped=True)
    assert found["blue"] == ("shirt", "shirt", None)
    assert found["p"] == (None, None, "its id blue is taken by product model blue")


def test_who_holds_an_id_that_an_object_just_read_claims_is_to_be_asked_for_and_no_longer_claims_once_it_is_gone(
    load: Make, make_product: Make, identify: Make, unread: list[dict[str, Any]]
) -> None:
    """Deleted and created anew under the same identifier: the mirror still has the old one."""
    load("one", [make_product("old", "ID"), make_product("other", "OTHER")])
    mirror = load("two", [make_product("anew", "ID")], previous="one")
    owner = ("ID", "product:old")
    assert identify(mirror, owner)["anew"] == (None, None, "its id ID is taken by product ID")
    assert unread == [{"owner": "product", "key": "old", "code": "ID"}]
    mirror.forget(unread)
    later = load("three", [make_product("other", "OTHER")], previous="two")
    for now in (mirror, later):
        assert identify(now, owner) == {"anew": ("ID", None, None), "other": ("OTHER", None, None)}
        assert unread == []
    assert identify(load("four", [make_product("old", "ID")], previous="three"), owner)["old"][0] == "ID"
    mirror.forget([])
    assert identify(mirror, owner)["old"][0] == "ID"


def test_whom_a_load_has_read_itself_and_whom_nobody_new_disputes_is_not_asked_for(
    load: Make, make_product: Make, make_model: Make, identify: Make, unread: list[dict[str, Any]]
) -> None:
    identify(load("one", [make_product("p", "ID")], [make_model("ID")]))
    assert unread == []
    identify(load("two", [make_product("q", "Q")], previous="one"))
    assert unread == []
    identify(load("three", [], [make_model("ID", enabled=True)], previous="two"))
    assert unread == [{"owner": "product", "key": "p", "code": "ID"}]


def test_what_hangs_below_a_missing_model_is_held_back_by_its_name(
    load: Make, make_product: Make, make_model: Make, identify: Make
) -> None:
    mirror = load("one", [make_product("v", "V", parent="sub")], [make_model("sub", "gone")])
    assert identify(mirror) == {
        "v": (None, None, "its product model sub is missing"),
        "sub": (None, None, "its product model gone is missing"),
    }


def test_models_that_name_each_other_as_parents_end_no_load(load: Make, make_model: Make, identify: Make) -> None:
    found = identify(load("one", (), [make_model("a", "b"), make_model("b", "a")]))
    assert [reason for _, _, reason in found.values()] == ["its product model b is missing", "its product model a is missing"]


def test_what_the_settings_leave_out_is_told_apart_from_what_is_held_back(
    load: Make, make_product: Make, identify: Make, store: Store
) -> None:
    mirror = load("one", [make_product("a", "A", family="f"), make_product("b", "B", family="g")])
    found = identify(mirror, left_out=lambda text: LeftOut("its family") if b'"family":"f"' in text else None)
    assert (found["a"], found["b"]) == ((None, None, "its family"), ("B", None, None))
    identities = rows([Package.of_load(store, mirror.keys[-1]).identities])
    assert {row["key"]: row["left_out"] for row in identities} == {"a": True, "b": False}


def test_a_model_that_is_left_out_takes_its_variants_along(
    load: Make, make_product: Make, make_model: Make, identify: Make
) -> None:
    models = [make_model("Shirt", family="f"), make_model("shirt_blue", "SHIRT"), make_model("cap")]
    mirror = load("one", [make_product("v", "V", parent="shirt_blue"), make_product("w", "W", parent="cap")], models)
    found = identify(mirror, left_out=lambda text: LeftOut("its family") if b'"family":"f"' in text else None)
    taken_along = "its model 'Shirt' is left out: its family"
    assert found == {
        "v": (None, "shirt", taken_along),
        "w": ("W", "cap", None),
        "shirt": (None, "shirt", "its family"),
        "shirt_blue": (None, "shirt", taken_along),
        "cap": ("cap", "cap", None),
    }


def test_what_a_filter_can_not_be_asked_of_is_held_back_by_name_and_takes_its_variants_along(
    load: Make, make_product: Make, make_model: Make, identify: Make, store: Store
) -> None:
    mirror = load("one", [make_product("v", "V", parent="shirt"), make_product("a", "A")], [make_model("shirt")])
    found = identify(mirror, left_out=lambda text: LeftOut("odd", undecided=True) if b'"code":"shirt"' in text else None)
    assert found == {
        "v": (None, "shirt", "its model 'shirt' is left out: odd"),
        "shirt": (None, "shirt", "odd"),
        "a": ("A", None, None),
    }
    assert not any(row["left_out"] for row in rows([Package.of_load(store, mirror.keys[-1]).identities]))


def test_a_model_that_is_left_out_by_itself_comes_with_what_below_it_is_not(
    load: Make, make_product: Make, make_model: Make, identify: Make
) -> None:
    models = [
        *(make_model(code) for code in ("boots", "caps", "socks", "out", "bare")),
        *(make_model(f"{root}_red", root) for root in ("boots", "caps", "out")),
        make_model("socks_red", "socks", categories=["tree"]),
    ]
    products = [
        make_product("a", "A", parent="boots_red", categories=["tree"]),
        make_product("b", "B", parent="boots_red"),
        make_product("c", "C", parent="caps_red"),
        make_product("d", "D", parent="out_red", categories=["tree"]),
        make_product("e", None, parent="bare", categories=["tree"]),
    ]
    mirror = load("one", products, models)

    def left_out(text: bytes) -> LeftOut | None:
        if b'"code":"out"' in text:
            return LeftOut("its filter")
        return None if b"tree" in text else LeftOut("its categories", itself=True)

    found = {key: sfcc_id or reason for key, (sfcc_id, _, reason) in identify(mirror, left_out=left_out).items()}
    taken_along = "its model 'out' is left out: its filter"
    assert found == {
        "a": "A",
        "b": "its categories",
        "boots": "boots",
        "boots_red": "boots",
        "c": "its categories",
        "caps": "its categories",
        "caps_red": "its categories",
        "socks": "socks",
        "socks_red": "socks",
        "d": taken_along,
        "out": "its filter",
        "out_red": taken_along,
        "bare": "its categories",
        "e": "it has no identifier",
    }


def test_targets_are_found_by_uuid_by_identifier_by_model_and_by_group(
    load: Make, make_product: Make, make_model: Make, identify: Make, store: Store
) -> None:
    named = {"associations": {"X": {"products": [], "product_models": [], "groups": ["sale"]}}}
    mirror = load(
        "one",
        [make_product("a", "A", groups=["sale"], **named), make_product("b", "B", groups=["sale", "other"]), make_product("c")],
        [make_model("Shirt")],
    )
    identify(mirror)
    targets = Targets.read(store, Package.of_load(store, mirror.keys[-1]).identities, mirror)
    asked = [("product", "a"), ("product", "c"), ("product", "zz"), ("identifier", "B"), ("product_model", "shirt")]
    asked += [("group", "sale"), ("group", "other"), ("group", "none")]
    assert targets.resolve(asked) == {
        ("product", "a"): "A",
        ("identifier", "B"): "B",
        ("product_model", "shirt"): "Shirt",
        ("group", "sale"): ["A", "B"],
    }
    assert targets.resolve([]) == {}


def test_targets_tell_which_exported_products_are_bundles_or_sets(
    load: Make, make_product: Make, make_model: Make, identify: Make, store: Store
) -> None:
    products = [
        make_product("a", "PACK", family="packs"),
        make_product("b", "LOOK", family="looks"),
        make_product("c", "MUG", family="mugs"),
        make_product("d", None, family="packs"),
        make_product("e", "NONE"),
    ]
    mirror = load("one", products, [make_model("pack_model", family="packs")])
    kinds = {"packs": "bundle", "looks": "set"}
    identify(mirror, ("Pack", "product:a"), composition_of=lambda product: kinds.get(product["family"]))
    path = Package.of_load(store, mirror.keys[-1]).identities
    asked = ["Pack", "PACK", "LOOK", "MUG", "NONE", "pack_model", "UNKNOWN"]
    assert Targets.read(store, path, mirror).compositions(asked) == {"Pack": "bundle", "LOOK": "set"}
    identify(mirror)
    assert Targets.read(store, path, mirror).compositions(asked) == {}


def test_a_model_names_the_product_that_was_created_anew_under_its_identifier(
    load: Make, make_product: Make, make_model: Make, store: Store
) -> None:
    naming = make_model("m", associations={"X": {"products": ["A"], "product_models": [], "groups": []}})
    load("one", [make_product("a", "A")])
    mirror = load("two", [make_product("b", "A")], [naming], previous="one")
    mirror.forget([{"owner": "product", "key": "a"}])
    assert Models(store, mirror).by_uuid(naming)["associations"]["X"]["products"] == ["b"]


def test_some_models_and_targets_are_read_as_among_all(load: Make, make_product: Make, make_model: Make, store: Store) -> None:
    naming = make_model("M", associations={"X": {"products": ["A"], "product_models": [], "groups": []}})
    mirror = load("one", [make_product("a", "A"), make_product("b", "B")], [naming, make_model("sub", "M"), make_model("other")])
    some = Models(store, mirror, ["m", "sub"])
    assert some.codes == {"m": "M", "sub": "sub"}
    assert some.above_of("sub") == ["m"]
    assert some.by_uuid(naming)["associations"]["X"]["products"] == ["a"]
    assert Models(store, mirror, []).codes == {}
    path = Package.of_load(store, "one").identities
    write_table(path, tables.IDENTITIES, [named(owner, key, key.upper()) for owner, key in EXPORTED])
    asked = [("product", "a"), ("identifier", "B"), ("product_model", "m")]
    every, those = Targets.read(store, path, mirror), Targets.read(store, path, mirror, asked)
    assert those.resolve(asked) == every.resolve(asked) == dict(zip(asked, ["A", "B", "M"], strict=True))
    assert (len(every.names), len(those.names)) == (6, 5)


EXPORTED = [("product", "a"), ("product", "b"), ("product_model", "m"), ("product_model", "other")]


def named(owner: str, key: str, code: str) -> dict[str, Any]:
    return {"owner": owner, "key": key, "code": code, "sfcc_id": code, "own_id": code}


def test_models_name_products_by_uuid_once_they_are_read(load: Make, make_product: Make, make_model: Make, store: Store) -> None:
    """The API names them by identifier there, which a variant's list by uuid would not be recognized in."""
    related = {"X": {"products": ["A", "UNKNOWN"], "product_models": [], "groups": []}}
    quantified = {"Q": {"products": [{"identifier": "A", "quantity": 2}], "product_models": []}}
    naming = make_model("m", associations=related, quantified_associations=quantified)
    item: Any = Models(store, load("one", [make_product("a", "A")], [naming])).by_uuid(naming)
    assert item["associations"]["X"]["products"] == ["a", "UNKNOWN"]
    assert item["quantified_associations"]["Q"]["products"] == [{"identifier": "A", "uuid": "a", "quantity": 2}]


def test_a_model_goes_on_naming_the_product_that_it_named_when_it_was_read(
    load: Make, make_product: Make, make_model: Make, store: Store
) -> None:
    """A product's new identifier moves no model's `updated`, so that the model is not read again."""

    def named_by(mirror: Mirror, naming: Any) -> list[str]:
        item = Models(store, mirror).by_uuid(copy.deepcopy(naming))
        return list(item["associations"]["X"]["products"])

    naming = make_model("m", associations={"X": {"products": ["A", "LATER"], "product_models": [], "groups": []}})
    load("one", [make_product("a", "A"), make_product("b", "B")], [naming])
    assert named_by(load("two", [make_product("a", "B"), make_product("b", "A")], previous="one"), naming) == ["a", "LATER"]
    assert named_by(load("three", [make_product("a", "C"), make_product("c", "LATER")], previous="two"), naming) == ["a", "c"]
    read_again = make_model("m", associations={"X": {"products": ["A"], "product_models": [], "groups": []}})
    assert named_by(load("four", [], [read_again], previous="three"), read_again) == ["b"]
