import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scripted_pim import Reply, ScriptedPim, new_client

from akeneo_assets.pim.answer_shapes import shape_problem
from akeneo_assets.pim.paging import pages
from akeneo_assets.pim.partial import page_parser, whole_page
from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.pim.pim_errors import BrokenAnswerError, PimError
from akeneo_assets.structure.pim_structure import Structure

ROOT = "https://pim.example/api/rest/v1/"
LINKS: dict[str, Any] = {"self": {"href": "x"}}


def page(*items: Any, key: str = "items", **more: Any) -> dict[str, Any]:
    return {"_links": LINKS, "_embedded": {key: list(items)}, **more}


CHANNEL = {"code": "web", "category_tree": "master", "locales": ["en_US"], "currencies": []}
OPERATION = {"operator": "mul", "value": "1"}
VARIANT = {"code": "v", "variant_attribute_sets": [{"level": 1, "axes": ["size"]}]}

WHOLE: list[tuple[str, Any]] = [
    ("channels", page(CHANNEL)),
    ("channels?limit=1&with_count=true", page(items_count=0)),
    ("locales", page({"code": "en_US", "enabled": True, "_links": LINKS})),
    ("attributes", page({"code": "name", "type": "pim_catalog_text", "sort_order": "3", "labels": []})),
    ("attributes/a%2Fb/options", page({"code": "800", "sort_order": None})),
    ("families", page({"code": "shoes", "attributes": [], "attribute_requirements": []})),
    ("families/shoes/variants", page(VARIANT)),
    (
        "measurement-families",
        [{"code": "Weight", "units": {"KG": {"convert_from_standard": [{"operator": "mul", "value": "1"}]}}}],
    ),
    ("asset-families", page({"code": "photos"}, key="_items")),
    ("asset-families", page({"code": "photos"})),
    ("asset-families/photos/assets", page({"code": "p", "values": {"media": [{"data": "x", "locale": None}]}}, key="_items")),
    ("asset-families/photos/attributes", [{"code": "media", "type": "media_file"}]),
    ("asset-families/photos/attributes/kind/options", [{"code": "front"}]),
    ("reference-entities", page()),
    ("reference-entities/brands/records", page({"code": "b", "values": []})),
    ("products-uuid?search=%7B%7D", page({"uuid": "1"})),
    ("products-uuid?with_count=true&pagination_type=search_after", page({"uuid": "1"})),  # where it is not counted
    ("product-models", {**page({"code": "m"}), "_links": {"next": {"href": "?page=2"}}}),
    ("product-models", {**page({"code": "m"}), "_links": {"next": None}}),
    ("system-information", {"version": "", "edition": "CE"}),
    ("products-uuid/1", {"uuid": "1", "family": None, "values": {}}),
    ("attributes/name", {"code": "name", "type": "pim_catalog_text"}),
    ("media-files/8/6/x.jpg", {"code": "8/6/x.jpg"}),
    ("", {"host": "x"}),
]

BROKEN: list[tuple[str, Any, str]] = [
    *(
        (path, body, "")
        for path in ("channels", "products-uuid", "categories", "asset-families")
        for body in ({}, [], None, "maintenance", 5, True, {"_links": LINKS}, {"_embedded": {"items": []}}, [{"code": "a"}])
    ),
    ("families", {"code": 500, "message": "Internal Server Error"}, "it says: Internal Server Error"),
    ("families", {"error": "invalid_grant"}, "it says: invalid_grant"),
    ("families", {"_links": [], "_embedded": {"items": []}}, "_links"),
    ("families", {"_links": LINKS, "_embedded": []}, "_embedded"),
    ("families", {"_links": LINKS, "_embedded": {}}, "items"),
    ("families", {"_links": LINKS, "_embedded": {"_items": []}}, "items"),
    ("asset-families", {"_links": LINKS, "_embedded": {}}, "items"),
    ("families", {"_links": LINKS, "_embedded": {"items": {"0": {"code": "a"}}}}, "items"),
    ("families", page({"code": "a"}, "b"), r"items\[1\]"),
    ("families", page({"code": "a"}, {}), "code"),
    ("families", page({"code": ""}), "code"),
    ("families", page({"code": 5}), "code"),
    ("families", page({"code": None}), "code"),
    ("families", {**page(), "_links": {"next": "?page=2"}}, "next"),
    ("families", {**page(), "_links": {"next": {}}}, "href"),
    ("families", {**page(), "_links": {"next": {"href": ""}}}, "href"),
    ("families?with_count=true", page(), "items_count"),
    ("families?with_count=true", page(items_count=-1), "items_count"),
    ("families?with_count=true", page(items_count="7"), "items_count"),
    ("products-uuid", page({"code": "a"}), "uuid"),
    ("product-models", page({"uuid": "a"}), "code"),
    ("channels", page({"code": "web"}), "category_tree"),
    ("attributes", page({"code": "name"}), "type"),
    ("attributes", page({"code": "name", "type": "text", "sort_order": "first"}), "sort_order"),
    ("families/shoes/variants", page({"code": "v", "variant_attribute_sets": [{"axes": []}]}), "level"),
    ("measurement-families", page({"code": "Weight"}), "array"),
    ("asset-families/photos/attributes", page({"code": "a", "type": "text"}), "array"),
    ("reference-entities/brands/records", [{"code": "b"}], "object"),
    ("system-information", {}, "version"),
    ("system-information", {"version": 7, "edition": "CE"}, "version"),
    ("products-uuid/1", {"code": 404, "message": "gone"}, "uuid"),
    ("products-uuid/1", {"uuid": "1", "parent": 5}, "parent"),
    ("attributes/name", [], "object"),
]


@pytest.mark.parametrize(("path", "body"), WHOLE)
def test_an_answer_of_the_specifications_shape_is_whole(path: str, body: Any) -> None:
    assert shape_problem(ROOT + path, body) is None


@pytest.mark.parametrize(("path", "body", "said"), BROKEN)
def test_an_answer_of_another_shape_is_none(path: str, body: Any, said: str) -> None:
    problem = shape_problem(ROOT + path, body)
    assert problem is not None
    assert re.search(said, problem)


ERROR = b'{"code":500,"message":"Oops"}'


@pytest.mark.parametrize("body", [b"{}", b"[]", b"null", b'"maintenance"', b"<html>Log in</html>", ERROR])
def test_it_is_asked_for_again_and_then_told_where_and_what_came(pim: ScriptedPim, client: PimClient, body: bytes) -> None:
    whole = Reply(page({"code": "shoes"}))
    pim.answers("/api/rest/v1/families", Reply(body), Reply(body), whole)
    assert [item["code"] for found in pages(client, "families") for item in found] == ["shoes"]
    pim.answers("/api/rest/v1/families", Reply(body))
    with pytest.raises(BrokenAnswerError, match=r"^GET /api/rest/v1/families on http.*, after 9 tries: .*check .*AKENEO_URL"):
        list(pages(client, "families"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
LISTS = ["channels", "products-uuid", "product-models", "attributes", "measurement-families", "asset-families"]
ITEMS = st.dictionaries(st.sampled_from(["uuid", "code", "type", "created", "values", "parent"]), JSON)
SPELLED = {"items": st.lists(ITEMS | JSON, max_size=3), "_items": JSON}
PAGES = st.fixed_dictionaries(
    {},
    optional={
        "_links": JSON | st.fixed_dictionaries({"next": JSON | st.fixed_dictionaries({"href": JSON})}),
        "_embedded": JSON | st.fixed_dictionaries({}, optional=SPELLED),
        "items_count": JSON,
        "message": JSON,
    },
)


@given(path=st.sampled_from(LISTS), body=JSON | PAGES)
def test_no_document_breaks_the_check(path: str, body: Any) -> None:
    shape_problem(ROOT + path, body)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(LISTS), content=JSON | PAGES | st.binary(max_size=200))
def test_whatever_is_answered_is_a_whole_page_or_one_sentence(pim: ScriptedPim, path: str, content: Any) -> None:
    client = new_client(pim.address, retries=0, requests_per_second=10_000)
    pim.answers(f"/api/rest/v1/{path}", Reply(content))
    asks: list[Callable[[], object]] = [
        lambda: client.fetch(path, {"limit": 100, "with_count": True}, parse=whole_page),
        lambda: client.fetch(path, {"limit": 100}, parse=page_parser({"colour"}, {"sku"})),
        lambda: list(pages(client, path, {"limit": 100})),
    ]
    for sentence in map(said, asks):
        assert sentence.isprintable()
        assert len(sentence) < 600
    client.close()


def said(ask: Callable[[], object]) -> str:
    try:
        ask()
    except PimError as error:
        return str(error)
    return ""


VALUES = {"label": [{"locale": "en_US", "channel": None, "data": "x"}]}
ITEM_OF: dict[str, dict[str, Any]] = {
    "channels": {**CHANNEL, "conversion_units": {"weight": "KILOGRAM"}, "labels": {"en_US": "Web"}},
    "locales": {"code": "en_US", "enabled": True},
    "attribute-groups": {"code": "other", "sort_order": 1, "labels": {}},
    "attributes": {
        "code": "size",
        "type": "pim_catalog_simpleselect",
        "group": "other",
        "sort_order": 2,
        "available_locales": ["en_US"],
        "labels": {"en_US": "Size"},
        "metric_family": None,
        "reference_data_name": None,
        "table_configuration": [{"code": "a"}],
    },
    "attributes/*/options": {"code": "xl", "attribute": "size", "sort_order": 1, "labels": {"en_US": "XL"}},
    "families": {
        "code": "shoes",
        "attributes": ["size"],
        "attribute_as_image": "pic",
        "attribute_requirements": {"web": ["size"]},
    },
    "families/*/variants": {**VARIANT, "family": "shoes"},
    "measurement-families": {"code": "W", "units": {"KG": {"convert_from_standard": [OPERATION], "symbol": "kg", "labels": {}}}},
    "association-types": {"code": "X", "labels": {}, "is_quantified": True},
    "categories": {"code": "master", "parent": None, "labels": {}, "values": {"a": {"data": "x"}}},
    "asset-families": {"code": "photos", "labels": {}, "attribute_as_main_media": "media"},
    "asset-families/*/attributes": {"code": "media", "type": "media_file", "asset_family": "photos"},
    "asset-families/*/assets": {"code": "front", "values": VALUES, "asset_family": "photos"},
    "reference-entities/*/records": {"code": "nike", "values": VALUES, "reference_entity": "brands"},
}
TABLES = {
    "attributes/*/options": "attribute_options",
    "families/*/variants": "family_variants",
    "asset-families/*/attributes": "asset_attributes",
    "asset-families/*/assets": "assets",
    "reference-entities/*/records": "records",
}
CARRIED = ("attribute", "family", "asset_family", "reference_entity")  # the connector's own: whose an item is
ODD: list[Any] = [
    None,
    0,
    -1,
    1.5,
    True,
    "",
    "x",
    "9" * 30,
    [],
    ["x"],
    [None],
    [5],
    [[]],
    {},
    {"a": 1},
    {"a": None},
    {"a": {"b": []}},
]
TAKEN_OUT = object()


def places(value: Any) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [(), *((key, *place) for key, below in inner if key not in CARRIED for place in places(below))]


def replaced(value: Any, place: tuple[Any, ...], other: Any) -> Any:
    if not place:
        return other
    changed = value.copy()
    if len(place) == 1 and other is TAKEN_OUT:
        del changed[place[0]]
    else:
        changed[place[0]] = replaced(value[place[0]], place[1:], other)
    return changed


@pytest.mark.parametrize("path", ITEM_OF)
def test_what_has_the_shape_can_be_read_whatever_is_odd_in_it(path: str) -> None:
    name = path.replace("*", "x")
    whole = 0
    for place in places(ITEM_OF[path]):
        for other in (*ODD, *([TAKEN_OUT] if place else [])):
            item = replaced(ITEM_OF[path], place, other)
            body = [item] if path in ("measurement-families", "asset-families/*/attributes") else page(item)
            if shape_problem(ROOT + name, body) is None:
                whole += 1
                lists = {TABLES.get(p, p.replace("-", "_")): [item if p == path else i] for p, i in ITEM_OF.items()}
                structure = Structure.build(**lists)
                assert structure.fingerprint()
                assert structure.tree_of is not None
                for entry in (*structure.assets.values(), *structure.records.values()):
                    assert entry.labels is not None
    assert whole > 0
