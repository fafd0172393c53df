"""WebDAV as clients use it."""

import pytest
import requests
from lxml import etree

DAV = "{DAV:}"


def test_without_a_token_nothing_is_answered(server):
    url = f"{server.url}/on/demandware.servlet/webdav/Sites/Impex/src/instance/x.zip"
    for header in ({}, {"Authorization": "Bearer a.b.c"}, {"Authorization": "Basic c2FuZGJveDpzYW5kYm94"}):
        assert requests.put(url, data=b"x", headers=header).status_code == 401
        assert requests.get(url, headers=header).status_code == 401


def test_a_chunked_upload_is_read_back_whole(server):
    pieces = [b"a" * 70_000, b"b" * 70_000, b"c"]
    assert server.dav("PUT", "impex/src/instance/chunked.bin", data=iter(pieces)).status_code == 201
    assert server.dav("GET", "Impex/src/instance/chunked.bin").content == b"".join(pieces)
    assert server.dav("PUT", "IMPEX/src/instance/chunked.bin", data=b"new").status_code == 204
    head = server.dav("HEAD", "Impex/src/instance/chunked.bin")
    assert (head.status_code, head.headers["content-length"], head.content) == (200, "3", b"")


def test_folders_are_made_with_mkcol_one_after_the_other(server):
    assert server.dav("PUT", "Impex/src/feeds/x.xml", data=b"x").status_code == 409
    assert server.dav("MKCOL", "Impex/src/feeds/below").status_code == 409
    assert server.dav("MKCOL", "Impex/src/feeds").status_code == 201
    assert server.dav("MKCOL", "Impex/src/feeds").status_code == 405
    assert server.dav("PUT", "Impex/src/feeds/x.xml", data=b"x").status_code == 201


def test_propfind_lists_a_folder_with_the_properties_clients_read(server):
    server.dav("MKCOL", "Impex/src/listed")
    server.dav("PUT", "Impex/src/listed/a b.xml", data=b"12345")
    answer = server.dav("PROPFIND", "Impex/src/listed", headers={"Depth": "1"})
    assert answer.status_code == 207
    folder, file = etree.fromstring(answer.content).findall(f"{DAV}response")
    assert folder.findtext(f"{DAV}href") == "/on/demandware.servlet/webdav/Sites/Impex/src/listed/"
    assert folder.find(f".//{DAV}collection") is not None
    assert file.findtext(f"{DAV}href") == "/on/demandware.servlet/webdav/Sites/Impex/src/listed/a%20b.xml"
    assert file.findtext(f".//{DAV}displayname") == "a b.xml"
    assert file.findtext(f".//{DAV}getcontentlength") == "5"
    assert file.findtext(f".//{DAV}getcontenttype") in ("application/xml", "text/xml")
    assert file.findtext(f".//{DAV}getlastmodified").endswith(" GMT")
    alone = server.dav("PROPFIND", "Impex/src/listed", headers={"Depth": "0"})
    assert len(etree.fromstring(alone.content)) == 1


def test_delete_of_what_is_not_there_is_an_error_and_roots_stay(server):
    server.dav("PUT", "Impex/src/instance/gone.txt", data=b"x")
    assert server.dav("DELETE", "Impex/src/instance/gone.txt").status_code == 204
    assert server.dav("DELETE", "Impex/src/instance/gone.txt").status_code == 404
    assert server.dav("GET", "Impex/src/instance/gone.txt").status_code == 404
    assert server.dav("DELETE", "Impex").status_code == 403


@pytest.mark.parametrize("method", ["COPY", "MOVE"])
def test_files_are_copied_and_moved(server, method):
    target = f"{server.url}/on/demandware.servlet/webdav/Sites/Impex/archive/{method}%20to.txt"
    server.dav("PUT", "Impex/src/instance/from.txt", data=b"x")
    assert server.dav(method, "Impex/src/instance/from.txt", headers={"Destination": target}).status_code == 201
    assert server.dav("GET", f"Impex/archive/{method} to.txt").content == b"x"
    assert server.dav("GET", "Impex/src/instance/from.txt").status_code == (200 if method == "COPY" else 404)
    server.dav("PUT", "Impex/src/instance/from.txt", data=b"y")
    refused = server.dav(method, "Impex/src/instance/from.txt", headers={"Destination": target, "Overwrite": "F"})
    assert refused.status_code == 412
    assert server.dav(method, "Impex/src/instance/from.txt", headers={"Destination": target}).status_code == 204
    assert server.dav("GET", f"Impex/archive/{method} to.txt").content == b"y"


def test_an_archive_is_unpacked_beside_itself(server, feeds):
    server.dav("PUT", "Impex/src/instance/u.zip", data=feeds.archive({"x.txt": "hello"}, "top"))
    assert server.dav("POST", "Impex/src/instance/u.zip", data={"method": "UNZIP"}).status_code == 201
    assert server.dav("GET", "Impex/src/instance/top/x.txt").content == b"hello"
    server.dav("PUT", "Impex/src/instance/u.zip", data=b"no zip")
    assert server.dav("POST", "Impex/src/instance/u.zip", data={"method": "UNZIP"}).status_code == 415


@pytest.mark.parametrize("path", ["Impex/%2e%2e/%2e%2e/token.key", "%2e%2e/token.key", "Nowhere/x"])
def test_nothing_outside_of_the_roots_can_be_reached(server, path):
    url = f"{server.url}/on/demandware.servlet/webdav/Sites/{path}"
    request = server.session.prepare_request(requests.Request("GET", url))
    request.url = url
    assert server.session.send(request).status_code in (403, 404)
    assert (server.root / "token.key").exists()


def test_uploads_over_the_limit_are_refused_and_leave_nothing(make_server):
    server = make_server("--upload-limit-bytes", "10")
    assert server.dav("PUT", "Impex/src/instance/x.bin", data=b"x" * 11).status_code == 413
    assert server.dav("GET", "Impex/src/instance/x.bin").status_code == 404
    assert server.dav("PUT", "Impex/src/instance/x.bin", data=b"x" * 10).status_code == 201
    assert list((server.root / "work").iterdir()) == []
