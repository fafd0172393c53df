"""Media files: metadata, downloads, uploads."""

import json
from typing import Any

import requests

from sandbox.pim.api_media import media_code

PLAIN = "11111111-1111-4111-8111-111111111111"
PICTURE = "a/b/c/d/abcd000000000000000000000000000000000000_plain.png"
LOST = "e/f/0/1/ef01000000000000000000000000000000000000_lost.png"


def upload(client: Any, path: str, filename: str, **data: Any) -> requests.Response:
    answer: requests.Response = client.call("POST", path, files={"file": (filename, b"bytes \r\n\x00 of it")}, data=data)
    return answer


def test_a_code_is_four_folders_of_the_hash_and_the_name() -> None:
    digest = "92713d4709377111cf31f2a71986c411bd6cb5b0"  # sha1 of "seed"
    assert media_code("seed", "a b&c-d.JPG") == f"9/2/7/1/{digest}_a_b_c_d.JPG"


def test_metadata_names_the_original_file(reader: Any) -> None:
    assert reader.get(f"/media-files/{PICTURE}") == {
        "code": PICTURE,
        "original_filename": "plain.png",
        "mime_type": "image/png",
        "size": 24,
        "extension": "png",
        "_links": {"download": {"href": f"{reader.base}/api/rest/v1/media-files/{PICTURE}/download"}},
    }
    assert [m["code"] for m in reader.items("/media-files")] == [PICTURE, LOST]


def test_a_download_has_the_stored_type_and_original_name(reader: Any) -> None:
    answer = reader.call("GET", f"/media-files/{PICTURE}/download")
    assert answer.content == b"picture of a plain shirt"
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="plain.png"'


def test_slashes_in_a_code_may_be_encoded(reader: Any) -> None:
    assert reader.call("GET", f"/media-files/{PICTURE.replace('/', '%2F')}/download").status_code == 200


def test_a_referenced_file_that_is_not_there_is_404(reader: Any) -> None:
    item = reader.get("/products/old")
    assert item["values"]["picture"][0]["data"] == LOST
    answer = reader.call("GET", item["values"]["picture"][0]["_links"]["download"]["href"])
    assert answer.status_code == 404
    assert answer.json()["message"].endswith("is not present on the filesystem.")
    assert reader.call("GET", "/media-files/n/o/p/e/nope.png/download").status_code == 404


def test_an_uploaded_file_becomes_the_value_it_is_meant_for(client: Any) -> None:
    place = {"identifier": "plain", "attribute": "picture", "scope": None, "locale": None}
    answer = upload(client, "/media-files", "new shot.png", product=json.dumps(place))
    assert answer.status_code == 201
    code = answer.headers["Location"].partition("/media-files/")[2]
    assert code.endswith("_new_shot.png")
    item = client.get(f"/products-uuid/{PLAIN}")
    assert item["values"]["picture"][0]["data"] == code
    assert item["updated"] == "2025-06-01T12:00:00+00:00"
    download = client.call("GET", f"/media-files/{code}/download")
    assert download.content == b"bytes \r\n\x00 of it"
    assert download.headers["Content-Disposition"] == 'attachment; filename="new shot.png"'


def test_an_upload_for_a_model_and_one_for_a_uuid(client: Any) -> None:
    place = {"code": "tee", "attribute": "picture", "scope": None, "locale": None}
    assert upload(client, "/media-files", "tee.png", product_model=json.dumps(place)).status_code == 201
    assert client.get("/product-models/tee")["values"]["picture"][0]["data"].endswith("_tee.png")
    by_uuid = {"uuid": PLAIN, "attribute": "picture", "scope": None, "locale": None}
    assert upload(client, "/media-files", "p.png", product=json.dumps(by_uuid)).status_code == 201


def test_an_upload_that_fits_nothing_is_refused_and_stores_nothing(client: Any) -> None:
    place = {"identifier": "plain", "attribute": "picture", "scope": None, "locale": None}
    assert upload(client, "/media-files", "x.txt", product=json.dumps(place)).status_code == 422
    assert upload(client, "/media-files", "x.png").status_code == 422
    assert upload(client, "/media-files", "x.png", product=json.dumps({**place, "identifier": "nope"})).status_code == 404
    assert client.call("POST", "/media-files", json={}).status_code == 415
    assert len(client.items("/media-files")) == 2


def test_asset_and_record_media_answer_their_code_in_a_header(client: Any) -> None:
    asset = upload(client, "/asset-media-files", "a.png")
    code = asset.headers["Asset-media-file-code"]
    assert client.call("GET", f"/asset-media-files/{code}").content == b"bytes \r\n\x00 of it"
    record = upload(client, "/reference-entities-media-files", "r.png")
    code = record.headers["Reference-entities-media-file-code"]
    assert client.call("GET", f"/reference-entities-media-files/{code}").status_code == 200
    category = upload(client, "/category-media-files", "c.png").json()["code"]
    assert client.call("GET", f"/category-media-files/{category}/download").status_code == 200
