"""Which products a load maps: what changed, and all that is made from it."""

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from akeneo_assets.loads.changes import REASONS, Inputs, write_changes
from akeneo_assets.loads.identities import Identification, Models, write_identities
from akeneo_assets.loads.mirror import Mirror
from akeneo_assets.loads.package import Package
from akeneo_assets.store import Store, rows

Make = Callable[..., Any]
NEW, OTHER, GROUP, ASSOCIATED, UNSETTLED = REASONS


@pytest.fixture
def changes(store: Store) -> Callable[..., dict[str, str]]:
    """Key -> reason of what has to be mapped after a mirror's own load. Products of the family packs are bundles.

    `unsettled`: sources in the ledger; `owners`: (SFCC id, source) of what SFCC has; `earlier_without`: columns that the
    identities of the load before don't have.
    """

    def identities(mirror: Mirror, owners: tuple[tuple[str, str], ...]) -> Any:
        package = Package.of_load(store, mirror.keys[-1])
        schema = pa.schema([("id", pa.string()), ("source", pa.string())])
        held = pa.Table.from_pylist([{"id": id_, "source": source} for id_, source in owners], schema)
        identification = Identification(
            lambda _owner, _key, code: (code, None) if code else (None, "no identifier"),
            composition_of=lambda product: "bundle" if product["family"] == "packs" else None,
        )
        write_identities(package, mirror, identification, Models(store, mirror), held)
        return package.identities

    def run(
        mirror: Mirror,
        unsettled: tuple[str, ...] = (),
        owners: tuple[tuple[str, str], ...] = (),
        earlier_without: tuple[str, ...] = (),
    ) -> dict[str, str]:
        before = identities(mirror.before(), owners) if mirror.before().keys else None
        if earlier_without:
            pq.write_table(pq.read_table(before).drop_columns([*earlier_without]), before)
        path = store.root / "changes.parquet"
        held = pa.table({"source": pa.array(unsettled, pa.string())})
        counts = write_changes(store, path, Inputs(mirror, identities(mirror, owners), before, held))
        found = {row["key"]: REASONS[row["reason"]] for row in rows([path])}
        assert sum(counts.values()) == len(found)
        return found

    return run


def related(*, products: tuple[str, ...] = (), models: tuple[str, ...] = (), groups: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"associations": {"X": {"products": [*products], "product_models": [*models], "groups": [*groups]}}}


def test_all_is_new_to_a_mirror_that_starts_afresh(load: Make, make_product: Make, make_model: Make, changes: Make) -> None:
    mirror = load("one", [make_product("a", "A"), make_product("v", "V", parent="m")], [make_model("m")])
    assert changes(mirror) == {"a": NEW, "v": NEW, "m": NEW}


def test_only_what_differs_is_mapped_though_more_was_read(load: Make, make_product: Make, changes: Make) -> None:
    load("one", [make_product("a", "A"), make_product("b", "B")])
    mirror = load("two", [make_product("a", "A"), make_product("b", "B", enabled=False)], previous="one")
    assert changes(mirror) == {"b": NEW}


def test_nothing_changed_maps_nothing(load: Make, make_product: Make, make_model: Make, changes: Make) -> None:
    both = [make_product("a", "A", parent="m")], [make_model("m")]
    load("one", *both)
    assert changes(load("two", *both, previous="one")) == {}


@pytest.mark.parametrize("changed", ["variant", "sub-model", "root"])
def test_a_master_s_group_is_mapped_whole_and_sub_models_are_not_named(
    load: Make, make_product: Make, make_model: Make, changes: Make, changed: str
) -> None:
    def at(state: bool) -> Any:
        more = {name: {"enabled": state} if name == changed else {} for name in ("variant", "sub-model", "root")}
        return (
            [make_product("v", "V", parent="s", **more["variant"]), make_product("w", "W", parent="m"), make_product("a", "A")],
            [make_model("m", **more["root"]), make_model("s", "m", **more["sub-model"])],
        )

    load("one", *at(True))
    found = changes(load("two", *at(False), previous="one"))
    assert set(found) == {"v", "w", "m"}
    assert {"variant": found["v"], "root": found["m"], "sub-model": found["w"]}[changed] == (
        GROUP if changed == "sub-model" else NEW
    )


def test_a_variant_that_moves_takes_its_old_and_its_new_master_along(
    load: Make, make_product: Make, make_model: Make, changes: Make
) -> None:
    models = [make_model("m"), make_model("n"), make_model("o")]
    load("one", [make_product("v", "V", parent="m"), make_product("w", "W", parent="m")], models)
    mirror = load("two", [make_product("v", "V", parent="n"), make_product("w", "W", parent="m")], models, previous="one")
    assert set(changes(mirror)) == {"v", "w", "m", "n"}


def test_what_names_a_product_is_mapped_when_its_id_changes_appears_or_goes(
    load: Make, make_product: Make, make_model: Make, changes: Make
) -> None:
    sources = [
        make_product(f"s{n}", f"S{n}", **related(products=(target,)))
        for n, target in enumerate(("renamed", "new", "gone", "same"))
    ]
    same = make_product("same", "SAME")
    load("one", [*sources, same, make_product("renamed", "OLD"), make_product("gone", "GONE")])
    now = [*sources, same, make_product("renamed", "NEW"), make_product("new", "N"), make_product("gone")]
    found = changes(load("two", now, previous="one"))
    assert {key: found[key] for key in found if key.startswith("s")} == {"s0": ASSOCIATED, "s1": ASSOCIATED, "s2": ASSOCIATED}


def test_what_links_to_a_product_by_identifier_is_mapped_when_that_goes_or_comes(
    load: Make, make_product: Make, changes: Make
) -> None:
    def link(identifier: str) -> dict[str, Any]:
        return {"part": [{"locale": None, "scope": None, "data": {"type": "product", "identifier": identifier}}]}

    sources = [make_product(name, name.upper(), values=link(name)) for name in ("old", "new", "same")]
    load("one", [*sources, make_product("p", "old"), make_product("q", "same")])
    mirror = load("two", [make_product("p", "new")], previous="one")
    assert changes(mirror) == {"p": NEW, "old": ASSOCIATED, "new": ASSOCIATED}


def test_what_links_to_a_product_by_identifier_is_mapped_when_that_changes_in_case_alone_though_sfcc_keeps_its_id(
    load: Make, make_product: Make, changes: Make
) -> None:
    link = {"part": [{"locale": None, "scope": None, "data": {"type": "product", "identifier": "MUG"}}]}
    load("one", [make_product("s", "S", values=link), make_product("p", "mug")])
    mirror = load("two", [make_product("p", "MUG")], previous="one")
    assert changes(mirror, owners=(("mug", "product:p"),)) == {"p": NEW, "s": ASSOCIATED}


def test_what_names_a_product_or_its_group_is_mapped_when_that_becomes_or_ceases_to_be_a_bundle(
    load: Make, make_product: Make, changes: Make
) -> None:
    sources = [
        make_product("s", "S", **related(products=("becomes",))),
        make_product("t", "T", **related(groups=("sale",))),
        make_product("u", "U", **related(products=("other_family", "stays"))),
    ]

    def parts(becomes: str, ceases: str, other_family: str) -> list[Any]:
        return [
            make_product("becomes", "B", family=becomes),
            make_product("ceases", "C", family=ceases, groups=["sale"]),
            make_product("other_family", "O", family=other_family),
        ]

    load("one", [*sources, *parts("mugs", "packs", "mugs"), make_product("stays", "P", family="packs")])
    mirror = load("two", parts("packs", "mugs", "cups"), previous="one")
    assert changes(mirror) == {
        "becomes": NEW,
        "ceases": NEW,
        "other_family": NEW,
        "s": ASSOCIATED,
        "t": ASSOCIATED,
    }


def test_bundles_and_what_names_them_are_mapped_where_an_earlier_version_did_not_say_what_is_one(
    load: Make, make_product: Make, changes: Make
) -> None:
    items = [make_product("s", "S", **related(products=("p",))), make_product("p", "P", family="packs"), make_product("a", "A")]
    load("one", items)
    mirror = load("two", previous="one")
    assert changes(mirror, earlier_without=("composition",)) == {"p": OTHER, "s": ASSOCIATED}


def test_identities_of_an_earlier_version_are_read_on(load: Make, make_product: Make, changes: Make, store: Store) -> None:
    load("one", [make_product("a", "A"), make_product("b", "B")])
    mirror = load("two", [make_product("b", "B", enabled=False)], previous="one")
    assert changes(mirror, earlier_without=("own_id",)) == {"b": NEW}


def test_a_model_that_names_a_product_by_identifier_is_mapped_when_that_appears(
    load: Make, make_product: Make, make_model: Make, changes: Make
) -> None:
    source = make_model("m", **related(products=("LATER",)))
    load("one", [], [source])
    mirror = load("two", [make_product("p", "LATER")], [source], previous="one")
    assert changes(mirror) == {"p": NEW, "m": ASSOCIATED}


def test_a_model_is_mapped_whenever_the_product_that_it_once_named_by_identifier_has_another(
    load: Make, make_product: Make, make_model: Make, changes: Make
) -> None:
    load("one", [make_product("p", "ONE")], [make_model("m", **related(products=("ONE",)))])
    assert changes(load("two", [make_product("p", "TWO")], previous="one")) == {"p": NEW, "m": ASSOCIATED}
    assert changes(load("three", [make_product("p", "THREE")], previous="two")) == {"p": NEW, "m": ASSOCIATED}


def test_what_names_a_group_is_mapped_when_a_product_joins_or_leaves_it(load: Make, make_product: Make, changes: Make) -> None:
    sources = [make_product("s", "S", **related(groups=("sale",))), make_product("t", "T", **related(groups=("gifts",)))]
    load("one", [*sources, make_product("p", "P", groups=["sale"])])
    mirror = load("two", [*sources, make_product("p", "P", groups=[])], previous="one")
    assert changes(mirror) == {"p": NEW, "s": ASSOCIATED}


def test_what_names_a_group_is_mapped_when_a_product_in_it_loses_its_id_to_another(
    load: Make, make_product: Make, changes: Make
) -> None:
    unchanged = [make_product("s", "S", **related(groups=("sale",))), make_product("p", "P", groups=["sale"])]
    load("one", [*unchanged, make_product("a", "A")])
    mirror = load("two", [make_product("a", "P")], previous="one")
    assert changes(mirror) == {"a": NEW, "p": OTHER, "s": ASSOCIATED}


def test_what_names_a_product_or_its_group_is_mapped_when_the_pim_has_it_no_more(
    load: Make, make_product: Make, changes: Make
) -> None:
    sources = [make_product("s", "S", **related(groups=("sale",))), make_product("t", "T", **related(products=("p",)))]
    load("one", [*sources, make_product("p", "P", groups=["sale"])])
    mirror = load("two", [make_product("anew", "P")], previous="one")
    mirror.forget([{"owner": "product", "key": "p"}])
    assert changes(mirror) == {"anew": NEW, "s": ASSOCIATED, "t": ASSOCIATED}


def test_the_master_and_the_other_variants_are_mapped_when_the_pim_has_a_variant_or_a_sub_model_no_more(
    load: Make, make_product: Make, make_model: Make, changes: Make
) -> None:
    models = [make_model("m"), make_model("red", "m"), make_model("blue", "m")]
    variants = [make_product("v", "V", parent="red"), make_product("w", "W", parent="red"), make_product("x", "X", parent="blue")]
    load("one", [*variants, make_product("other", "OTHER")], models)
    mirror = load("two", previous="one")
    mirror.forget([{"owner": "product", "key": "v"}])
    assert changes(mirror) == {"m": GROUP, "w": GROUP, "x": GROUP}
    mirror.forget([{"owner": "product_model", "key": "red"}, *({"owner": "product", "key": key} for key in "vw")])
    assert changes(mirror) == {"m": GROUP, "x": GROUP}
    gone = [{"owner": "product_model", "key": key} for key in ("m", "red", "blue")]
    mirror.forget([*gone, *({"owner": "product", "key": key} for key in "vwx")])
    assert changes(mirror) == {}


def test_what_sfcc_has_not_confirmed_is_mapped_again_with_its_group(
    load: Make, make_product: Make, make_model: Make, changes: Make
) -> None:
    both = [make_product("a", "A"), make_product("v", "V", parent="m"), make_product("b", "B")], [make_model("m")]
    load("one", *both)
    mirror = load("two", previous="one")
    assert changes(mirror, ("product:a", "product_model:m", "product:gone")) == {"a": UNSETTLED, "m": UNSETTLED, "v": GROUP}
