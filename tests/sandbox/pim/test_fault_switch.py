"""Each kind of fault against the running server, asked with plain `requests`."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

API = "/api/rest/v1"
PLAIN = "11111111-1111-4111-8111-111111111111"
RED_S = "55555555-5555-4555-8555-555555555555"
PICTURE = "a/b/c/d/abcd000000000000000000000000000000000000_plain.png"
DOWNLOAD = f"/media-files/{PICTURE}/download"
CONTENT = b"picture of a plain shirt"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, serve_shop: Callable[[Path], Any]) -> Iterator[Any]:
    with serve_shop(tmp_path_factory.mktemp("faults")) as client:
        yield client


Switch = Callable[..., dict[str, Any]]


def _switch(base: str) -> Switch:
    def put(*faults: dict[str, Any]) -> dict[str, Any]:
        answer = requests.put(f"{base}/sandbox/faults", json={"faults": list(faults)} if faults else {}, timeout=10)
        assert answer.status_code == 200, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

    return put


@pytest.fixture
def faults(served: Any) -> Iterator[Switch]:
    """Sets the faults; they are cleared after the test."""
    put = _switch(served.base)
    yield put
    put()


def _codes(client: Any, path: str, **query: Any) -> list[str]:
    return [item["code"] for item in client.items(path, **query)]


def _uuids(client: Any, **query: Any) -> list[str]:
    return [item["uuid"] for item in client.items("/products-uuid", **query)]


# The switch


def test_the_switch_shows_its_faults_with_the_calls_that_each_has_met_and_an_empty_document_clears_them(
    served: Any, faults: Switch
) -> None:
    fault = {"kind": "status", "path": "locales", "status": 503}
    assert faults(fault) == {"faults": [fault], "hits": [0]}
    assert served.call("GET", "/locales").status_code == 503
    assert requests.get(f"{served.base}/sandbox/faults", timeout=10).json() == {"faults": [fault], "hits": [1]}
    assert faults() == {"faults": [], "hits": []}
    assert served.call("GET", "/locales").status_code == 200


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ('{"faults": [{"kind": "rain"}]}', "Invalid value 'rain'"),
        ('{"faults": [{"kind": "status"}]}', "missing required field `status`"),
        ('{"faults": [{"kind": "slow", "seconds": 1, "tims": 2}]}', "unknown field `tims`"),
        ('{"faults":', "Input data was truncated"),
    ],
)
def test_a_document_that_it_cannot_read_is_refused_in_one_sentence_and_changes_nothing(
    served: Any, faults: Switch, document: str, words: str
) -> None:
    faults({"kind": "slow", "seconds": 0})
    answer = requests.put(f"{served.base}/sandbox/faults", data=document, timeout=10)
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("The document of faults can't be read: ")
    assert words in answer.json()["message"]
    assert requests.get(f"{served.base}/sandbox/faults", timeout=10).json()["faults"] == [{"kind": "slow", "seconds": 0.0}]


def test_another_method_than_put_and_get_is_refused(served: Any) -> None:
    answer = requests.delete(f"{served.base}/sandbox/faults", timeout=10)
    assert (answer.status_code, answer.json()["message"]) == (405, "/sandbox/faults knows PUT and GET.")


def test_a_fault_passes_the_first_calls_meets_some_and_then_heals(served: Any, faults: Switch) -> None:
    shown = faults({"kind": "status", "path": "channels", "status": 500, "after": 1, "times": 2})
    assert shown["hits"] == [0]
    assert [served.call("GET", "/channels").status_code for _ in range(5)] == [200, 500, 500, 200, 200]


def test_a_fault_meets_only_calls_of_its_path_method_and_query(served: Any, faults: Switch) -> None:
    faults({"kind": "status", "path": "products-uuid", "query": {"search": "*uuid*IN*"}, "status": 404})
    by_uuid = json.dumps({"uuid": [{"operator": "IN", "value": [PLAIN]}]})
    assert served.call("GET", "/products-uuid", params={"search": by_uuid}).status_code == 404
    assert served.call("GET", "/products-uuid").status_code == 200
    assert served.call("GET", f"/products-uuid/{PLAIN}").status_code == 200
    faults({"kind": "status", "method": "patch", "status": 500})
    assert served.patch("/categories/shoes", {}).status_code == 500
    assert served.call("GET", "/categories/shoes").status_code == 200


def test_without_a_path_a_fault_leaves_the_token_alone_and_with_it_meets_the_token(served: Any, faults: Switch) -> None:
    faults({"kind": "status", "status": 500})
    assert "access_token" in served.token()
    faults({"kind": "status", "path": "/api/oauth/v1/token", "status": 503, "times": 1})
    assert served.token() == {"code": 503, "message": "Told to fail."}
    assert "access_token" in served.token()


def test_several_faults_meet_one_call(served: Any, faults: Switch) -> None:
    faults({"kind": "partial_list", "path": "categories", "keep": 2}, {"kind": "self_next", "path": "categories"})
    page = served.get("/categories")
    assert [c["code"] for c in page["_embedded"]["items"]] == ["master", "clothes"]
    assert page["_links"]["next"] == page["_links"]["self"]


def test_the_command_takes_the_same_document_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "faults.json"
    file.write_text('{"faults": [{"kind": "body", "path": "/api/oauth/v1/token", "body": {}}]}')
    command = [sys.executable, "-c", "import typer; from sandbox.pim.pim_command import pim; typer.run(pim)"]
    command += ["--catalog", "generated:3", "--port", "0", "--faults"]
    with subprocess.Popen([*command, str(file)], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            base = process.stdout.readline().split()[4]
            answer = requests.post(f"{base}/api/oauth/v1/token", timeout=10)
        finally:
            process.kill()
    assert (answer.status_code, answer.json()) == (200, {})
    file.write_text("no JSON")
    done = subprocess.run([*command, str(file)], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(f"--faults {file}: The document of faults can't be read: ")


# Instead of an answer


def test_a_status_comes_with_a_chosen_body_and_chosen_headers(served: Any, faults: Switch) -> None:
    faults({"kind": "status", "path": "categories", "status": 404})
    answer = served.call("GET", "/categories")
    assert (answer.status_code, answer.json()) == (404, {"code": 404, "message": "Told to fail."})
    faults({"kind": "status", "path": "categories", "status": 429, "body": "busy", "headers": {"Retry-After": "soon"}})
    answer = served.call("GET", "/categories")
    assert (answer.status_code, answer.text, answer.headers["Retry-After"]) == (429, "busy", "soon")


@pytest.mark.parametrize(
    ("body", "text", "kind"),
    [
        ({}, "{}", "application/json"),
        ([1], "[1]", "application/json"),
        ({"code": 500, "message": "no"}, '{"code":500,"message":"no"}', "application/json"),
        (None, "null", "application/json"),
        ('{"_embedded": {"ite', '{"_embedded": {"ite', "text/html; charset=utf-8"),
    ],
)
def test_a_body_is_any_json_or_text_with_status_200(served: Any, faults: Switch, body: Any, text: str, kind: str) -> None:
    faults({"kind": "body", "path": "families", "body": body})
    answer = served.call("GET", "/families")
    assert (answer.status_code, answer.text, answer.headers["Content-Type"]) == (200, text, kind)


def test_a_body_can_say_another_content_type(served: Any, faults: Switch) -> None:
    faults({"kind": "body", "path": "families", "body": "{", "headers": {"Content-Type": "application/json"}})
    assert served.call("GET", "/families").headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("to", ["https", "http://127.0.0.1:9/"])
def test_a_redirect_goes_to_https_or_to_another_host(served: Any, faults: Switch, to: str) -> None:
    faults({"kind": "redirect", "path": "families", "to": to, "status": 307})
    answer = served.call("GET", "/families", params={"limit": 3}, allow_redirects=False)
    base = {"https": served.base.replace("http://", "https://"), "http://127.0.0.1:9/": "http://127.0.0.1:9"}[to]
    assert (answer.status_code, answer.headers["Location"]) == (307, f"{base}/api/rest/v1/families?limit=3")


def test_an_error_repeats_the_token_and_the_credentials(served: Any, faults: Switch) -> None:
    faults({"kind": "echo_credentials"}, {"kind": "echo_credentials", "path": "/api/oauth/v1/token", "status": 422})
    token = served.session.headers["Authorization"].removeprefix("Bearer ")
    answer = served.call("GET", "/families")
    assert (answer.status_code, answer.json()["code"]) == (500, 500)
    assert f"Authorization: Bearer {token}" in answer.json()["message"]
    refused = served.token(password="of a user")
    assert refused["code"] == 422
    assert "Basic c2FuZGJveDpzYW5kYm94 (sandbox:sandbox)" in refused["message"]
    assert '"password": "of a user"' in refused["message"]


def test_a_gzip_bomb_is_small_on_the_wire_and_large_unpacked(served: Any, faults: Switch) -> None:
    faults({"kind": "gzip_bomb", "path": "families", "megabytes": 20})
    answer = served.call("GET", "/families", stream=True)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert int(answer.headers["Content-Length"]) < 30_000
    unpacked = answer.content
    assert len(unpacked) == 20 * 1024 * 1024 + len('{"_embedded":{"items":[]}}')
    assert json.loads(unpacked) == {"_embedded": {"items": []}}


# Another answer


@pytest.mark.parametrize("paging", [{"pagination_type": "search_after"}, {"page": 2}])
def test_a_next_link_leads_to_its_own_page(served: Any, faults: Switch, paging: dict[str, Any]) -> None:
    faults({"kind": "self_next", "path": "products-uuid"})
    page = served.get("/products-uuid", limit=3, **paging)
    again = served.get(page["_links"]["next"]["href"])
    assert again["_links"]["self"] == page["_links"]["self"]
    assert again["_embedded"] == page["_embedded"]


def test_a_page_past_the_end_shows_items_again(served: Any, faults: Switch) -> None:
    faults({"kind": "page_past_end"})
    page = served.get("/categories", limit=4)
    seen = [[c["code"] for c in page["_embedded"]["items"]]]
    for _ in range(2):
        page = served.get(page["_links"]["next"]["href"])
        seen.append([c["code"] for c in page["_embedded"]["items"]])
    first = ["master", "clothes", "shirts", "shoes"]
    assert seen == [first, ["paper", "folder"], first]


def test_a_search_after_walk_starts_again_at_the_end(served: Any, faults: Switch) -> None:
    faults({"kind": "page_past_end", "path": "products-uuid"})
    uuids = []
    for number, product in enumerate(served.walk("/products-uuid", limit=3, pagination_type="search_after")):
        uuids.append(product["uuid"][:4])
        if number == 9:
            break
    assert uuids == ["1111", "2222", "3333", "4444", "5555", "6666", "7777", "8888", "1111", "2222"]


def test_items_lack_keys_in_lists_and_alone(served: Any, faults: Switch) -> None:
    faults({"kind": "missing_key", "path": "products-uuid*", "keys": ["updated", "_links"], "items": [PLAIN]})
    items = {p["uuid"]: p for p in served.items("/products-uuid")}
    assert not {"updated", "_links"} & items[PLAIN].keys()
    assert {"updated", "_links"} <= items[RED_S].keys()
    assert "updated" not in served.get(f"/products-uuid/{PLAIN}")
    faults({"kind": "missing_key", "keys": ["code"]})
    assert all("code" not in c and "_links" in c for c in served.items("/categories"))
    assert all("code" not in m and "units" in m for m in served.get("/measurement-families"))


@pytest.mark.parametrize(
    ("length", "said"),
    [("whole", str(len(CONTENT))), ("cut", "7"), (9, "9"), (5, "5"), ("none", None), ("chunked", None)],
)
def test_a_file_is_cut_whatever_its_length_says(served: Any, faults: Switch, length: Any, said: str | None) -> None:
    faults({"kind": "cut_media", "at": 7, "length": length})
    answer = served.call("GET", DOWNLOAD, stream=True)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers.get("Content-Length") == said
    assert answer.headers.get("Transfer-Encoding") == ("chunked" if length == "chunked" else None)
    if length in ("whole", 9):
        with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
            _ = answer.content
    else:
        assert answer.content == (CONTENT[:5] if length == 5 else CONTENT[:7])


def test_only_downloads_are_cut(served: Any, faults: Switch) -> None:
    faults({"kind": "cut_media", "at": 0})
    assert len(served.items("/categories")) == 6
    asset = served.call("GET", "/asset-media-files/1/2/3/4/1234_photo.png")
    assert (asset.status_code, asset.content) == (200, b"")


def test_a_web_page_stands_in_place_of_an_image(served: Any, faults: Switch) -> None:
    faults({"kind": "wrong_media", "times": 1}, {"kind": "wrong_media", "content_type": "text/html", "after": 1})
    first, second = served.call("GET", DOWNLOAD), served.call("GET", DOWNLOAD)
    assert [a.headers["Content-Type"] for a in (first, second)] == ["image/png", "text/html"]
    assert first.content == second.content
    assert first.text.startswith("<!DOCTYPE html>")
    assert first.headers["Content-Length"] == str(len(first.content))


def test_a_connection_closes_midway_or_before_any_answer(served: Any, faults: Switch) -> None:
    faults({"kind": "close", "path": "families"})
    answer = served.call("GET", "/families", stream=True)
    assert answer.status_code == 200
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        _ = answer.content
    faults({"kind": "close", "path": "families", "headers": False, "times": 1})
    with pytest.raises(requests.exceptions.ConnectionError):
        served.call("GET", "/families")
    assert served.call("GET", "/families").status_code == 200


def test_an_answer_takes_longer(served: Any, faults: Switch) -> None:
    faults({"kind": "slow", "path": "families", "seconds": 0.5})
    started = time.monotonic()
    assert served.call("GET", "/families").status_code == 200
    assert time.monotonic() - started >= 0.5


# Less of the catalogue


def test_an_empty_index_empties_lists_and_leaves_single_items(served: Any, faults: Switch) -> None:
    faults({"kind": "empty_list"})
    by_uuid = {"uuid": [{"operator": "IN", "value": [PLAIN]}]}
    page = served.get("/products-uuid", with_count=True)
    assert (page["_embedded"]["items"], page["items_count"]) == ([], 0)
    assert "next" not in page["_links"]
    assert served.items("/products-uuid", by_uuid) == []
    assert served.items("/product-models") == []
    assert served.post("/products-uuid/search", {}).json()["_embedded"]["items"] == []
    assert served.get(f"/products-uuid/{PLAIN}")["uuid"] == PLAIN
    assert served.get("/product-models/polo")["code"] == "polo"
    assert len(served.items("/categories")) == 6


@pytest.mark.parametrize(
    "path",
    [
        "categories",
        "families",
        "attributes/color/options",
        "asset-families",
        "asset-families/photos/assets",
        "asset-families/photos/attributes",
        "measurement-families",
    ],
)
def test_any_list_can_be_empty(served: Any, faults: Switch, path: str) -> None:
    faults({"kind": "empty_list", "path": path})
    answer = served.get(f"/{path}")
    items = answer if isinstance(answer, list) else next(iter(answer["_embedded"].values()))
    assert items == []


def test_a_half_built_index_pages_and_counts_what_it_has(served: Any, faults: Switch) -> None:
    faults({"kind": "partial_list", "keep": 5})
    expected = ["1111", "2222", "3333", "4444", "5555"]
    for paging in ({"pagination_type": "search_after"}, {}):
        walked = [p["uuid"][:4] for p in served.walk("/products-uuid", limit=2, **paging)]
        assert walked == expected
    assert served.get("/products-uuid", with_count=True)["items_count"] == 5
    assert _uuids(served, search={"uuid": [{"operator": "IN", "value": [PLAIN, "88888888-8888-4888-8888-888888888888"]}]}) == [
        PLAIN
    ]


@pytest.mark.parametrize(("path", "every"), [("products-uuid", 8), ("categories", 6)])
def test_a_list_can_count_more_than_it_shows(served: Any, faults: Switch, path: str, every: int) -> None:
    faults({"kind": "partial_list", "path": path, "keep": 2, "counts_all": True})
    page = served.get(f"/{path}", with_count=True)
    assert (len(page["_embedded"]["items"]), page["items_count"]) == (2, every)
    faults({"kind": "empty_list", "path": path, "counts_all": True})
    page = served.get(f"/{path}", with_count=True)
    assert (page["_embedded"]["items"], page["items_count"]) == ([], every)


def test_a_share_of_the_index_is_the_same_whatever_the_list_asks(served: Any, faults: Switch) -> None:
    everything = _uuids(served)
    faults({"kind": "partial_list", "keep": 0.5})
    kept = _uuids(served)
    assert 0 < len(kept) < 8
    enabled = [u for u in everything if u != "44444444-4444-4444-8444-444444444444"]
    assert _uuids(served, search={"enabled": [{"operator": "=", "value": True}]}) == [u for u in enabled if u in kept]


def test_hidden_codes_are_left_out_of_lists_and_values(served: Any, faults: Switch) -> None:
    faults({"kind": "hide", "attributes": ["price"], "locales": ["de_DE"], "categories": ["paper"]})
    assert "price" not in _codes(served, "/attributes")
    assert _codes(served, "/locales") == ["en_US", "fr_FR"]
    assert _codes(served, "/categories") == ["master", "clothes", "shirts", "shoes"]
    assert served.call("GET", "/attributes/price").status_code == 404
    assert served.get("/attributes", with_count=True)["items_count"] == 15
    for item in (served.get(f"/products-uuid/{PLAIN}"), served.items("/products-uuid")[0]):
        assert "price" not in item["values"]
        assert item["values"]["name"] == [
            {"locale": "en_US", "scope": None, "data": "Plain shirt", "attribute_type": "pim_catalog_text"}
        ]
        assert item["categories"] == ["shirts"]


def test_an_attribute_group_hides_its_attributes(served: Any, faults: Switch) -> None:
    faults({"kind": "hide", "attribute_groups": ["main"]})
    assert _codes(served, "/attribute-groups") == ["other"]
    assert _codes(served, "/attributes") == []
    assert served.call("GET", "/attributes/color/options").status_code == 404
    assert served.get(f"/products-uuid/{PLAIN}")["values"] == {}
    assert served.get("/product-models/polo")["values"] == {}


def test_an_item_whose_categories_are_all_hidden_is_hidden(served: Any, faults: Switch) -> None:
    disabled = "44444444-4444-4444-8444-444444444444"
    faults({"kind": "hide", "categories": ["shoes"]})
    assert disabled not in _uuids(served)
    assert served.get("/products-uuid", with_count=True)["items_count"] == 7
    assert served.call("GET", f"/products-uuid/{disabled}").status_code == 404
    assert "33333333-3333-4333-8333-333333333333" in _uuids(served)  # without categories: everybody sees it


def test_hidden_locales_are_left_out_of_assets_and_records(served: Any, faults: Switch) -> None:
    faults({"kind": "hide", "locales": ["en_US"]})
    assert [sorted(a["values"]) for a in served.items("/asset-families/photos/assets")] == [["media"]] * 3
    assert sorted(served.get("/reference-entities/designers/records/kartell")["values"]) == ["country"]


def test_lost_codes_are_missing_from_the_lists_while_items_use_them(served: Any, faults: Switch) -> None:
    faults(
        {
            "kind": "lost",
            "attributes": ["price"],
            "families": ["shirt"],
            "categories": ["clothes"],
            "channels": ["print"],
            "locales": ["de_DE"],
            "currencies": ["EUR"],
        }
    )
    assert "price" not in _codes(served, "/attributes")
    assert _codes(served, "/families") == ["unused"]
    assert served.call("GET", "/families/shirt").status_code == 404
    assert served.call("GET", "/families/shirt/variants").status_code == 404
    assert _codes(served, "/categories") == ["master", "shoes", "paper", "folder"]
    assert _codes(served, "/channels") == ["ecommerce"]
    assert _codes(served, "/locales") == ["en_US", "fr_FR"]
    assert _codes(served, "/currencies") == ["GBP", "USD"]
    item = served.get(f"/products-uuid/{PLAIN}")
    assert (item["family"], item["categories"]) == ("shirt", ["folder", "shirts"])
    assert [p["currency"] for p in item["values"]["price"][0]["data"]] == ["EUR", "USD"]
    assert [v["locale"] for v in item["values"]["name"]] == ["en_US", "de_DE"]


def test_a_list_can_lose_a_code_that_its_own_address_still_has(served: Any, faults: Switch) -> None:
    faults({"kind": "lost", "path": "families", "families": ["shirt"]})
    assert _codes(served, "/families") == ["unused"]
    assert served.get("/families/shirt")["code"] == "shirt"


def test_a_two_way_association_that_is_added_leaves_the_other_end_unstamped(client: Any, clock: Any) -> None:
    client.patch("/association-types/FRIEND", {"is_two_way": True})
    _switch(client.base)({"kind": "two_way_stamp"})
    before = client.get(f"/products-uuid/{RED_S}")["updated"]
    clock.now += 600
    assert client.patch(f"/products-uuid/{PLAIN}", {"associations": {"FRIEND": {"products": [RED_S]}}}).status_code == 204
    other = client.get(f"/products-uuid/{RED_S}")
    assert other["associations"]["FRIEND"]["products"] == [PLAIN]
    assert other["updated"] == before
    assert client.get(f"/products-uuid/{PLAIN}")["updated"] == "2025-06-01T12:10:00+00:00"
