"""Asset families with assets, reference entities with records."""

from typing import Any

import pytest

BASE = "/asset-families/photos"


def one(name: str, operator: str, value: Any, **more: Any) -> dict[str, Any]:
    return {name: [{"operator": operator, "value": value, **more}]}


def test_families_and_entities_are_listed_under_the_keys_of_the_specification(reader: Any) -> None:
    assert [f["code"] for f in reader.get("/asset-families")["_embedded"]["_items"]] == ["photos"]
    entity = reader.get("/reference-entities")["_embedded"]["items"][0]
    image = f"{reader.base}/api/rest/v1/reference-entities-media-files/9/8/7/6/9876_designer.png"
    assert entity["_links"]["image_download"]["href"] == image


def test_attributes_and_options_are_bare_arrays(reader: Any) -> None:
    assert [a["code"] for a in reader.get(f"{BASE}/attributes")] == ["angle", "label", "media"]
    assert reader.get(f"{BASE}/attributes/angle/options") == [{"code": "front", "labels": {"en_US": "Front"}}]
    assert reader.get("/reference-entities/designers/attributes/country/options/it")["labels"] == {"en_US": "Italy"}
    assert reader.call("GET", f"{BASE}/attributes/label/options").status_code == 404


def test_an_asset_has_channel_in_its_values_and_a_link_to_its_media(reader: Any) -> None:
    asset = reader.get(f"{BASE}/assets/photo_1")
    assert (asset["asset_family_code"], asset["updated"]) == ("photos", "2025-02-01T00:00:00+00:00")
    assert asset["values"]["label"] == [{"locale": "en_US", "channel": None, "data": "Photo 1"}]
    href = asset["values"]["media"][0]["_links"]["download"]["href"]
    assert href == f"{reader.base}/api/rest/v1/asset-media-files/1/2/3/4/1234_photo.png"
    assert reader.call("GET", href).content == b"photo"


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        (one("code", "IN", ["photo_1", "PHOTO_3"]), ["photo_1", "photo_3"]),
        (one("updated", ">", "2025-02-01T00:00:00+00:00"), ["photo_2", "photo_3"]),
        (one("updated", "<", "2025-02-02T01:00:00+01:00"), ["photo_1"]),
        (one("updated", "BETWEEN", ["2025-02-01T00:00:00+00:00", "2025-02-02T00:00:00+00:00"]), ["photo_1", "photo_2"]),
        (one("updated", "NOT BETWEEN", ["2025-02-01T00:00:00+00:00", "2025-02-02T00:00:00+00:00"]), ["photo_3"]),
        (one("label", "CONTAINS", "2", locale="en_US"), ["photo_2"]),
        (one("angle", "EMPTY", None), ["photo_1", "photo_2", "photo_3"]),
    ],
)
def test_assets_are_searched(reader: Any, search: Any, expected: list[str]) -> None:
    assert [a["code"] for a in reader.items(f"{BASE}/assets", search, limit="")] == expected


def test_complete_records_are_those_with_their_required_values(reader: Any) -> None:
    search = one("complete", "=", True, channel="ecommerce", locales=["en_US"])
    assert [r["code"] for r in reader.items("/reference-entities/designers/records", search)] == ["kartell"]


def test_channel_and_locales_trim_values(reader: Any) -> None:
    items = reader.items("/reference-entities/designers/records", locales="de_DE")
    assert items[0]["values"].keys() == {"country"}


def test_assets_are_created_merged_and_deleted_without_moving_products(client: Any) -> None:
    label = {"values": {"label": [{"locale": "de_DE", "channel": None, "data": "Foto"}]}}
    assert client.patch(f"{BASE}/assets/photo_1", label).status_code == 204
    asset = client.get(f"{BASE}/assets/photo_1")
    assert {v["locale"]: v["data"] for v in asset["values"]["label"]} == {"en_US": "Photo 1", "de_DE": "Foto"}
    assert asset["updated"] == "2025-06-01T12:00:00+00:00"
    gone = {"values": {"label": [{"locale": "de_DE", "channel": None, "data": None}]}}
    client.patch(f"{BASE}/assets/photo_1", gone)
    assert len(client.get(f"{BASE}/assets/photo_1")["values"]["label"]) == 1
    assert client.patch(f"{BASE}/assets/photo_2", {}).status_code == 204
    assert client.get(f"{BASE}/assets/photo_2")["updated"] == "2025-02-02T00:00:00+00:00"
    answer = client.patch(f"{BASE}/assets", [{"code": "photo_4", **label}, {"code": "x", "values": {"nope": []}}, {"nocode": 1}])
    assert [line["status_code"] for line in answer.json()] == [201, 422, 422]
    assert client.delete(f"{BASE}/assets/photo_4").status_code == 204
    assert client.call("GET", f"{BASE}/assets/photo_4").status_code == 404
    assert client.items("/products-uuid", one("updated", ">", "2025-05-01 00:00:00")) == []


def test_structure_and_records_are_written(client: Any) -> None:
    assert client.patch("/reference-entities/cities", {"labels": {"en_US": "Cities"}}).status_code == 201
    attribute = {"code": "size", "type": "single_option"}
    assert client.patch("/reference-entities/cities/attributes/size", attribute).status_code == 201
    option = {"code": "big", "labels": {"en_US": "Big"}}
    assert client.patch("/reference-entities/cities/attributes/size/options/big", option).status_code == 201
    record = {"code": "rome", "values": {"size": [{"locale": None, "channel": None, "data": "big"}]}}
    assert client.patch("/reference-entities/cities/records/rome", record).status_code == 201
    assert client.get("/reference-entities/cities/records/rome")["values"]["size"][0]["data"] == "big"
    assert client.call("GET", "/reference-entities/nope/records").status_code == 404
