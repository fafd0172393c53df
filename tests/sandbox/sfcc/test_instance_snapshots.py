"""Reset, snapshot and restore of a whole instance."""

import json

import pytest
import requests

IMPORT = "sfcc-site-archive-import"


def files(feeds, product, picture):
    """Something of everything that an instance keeps."""
    definition = f"<custom-attribute-definitions>{feeds.attribute(product)}</custom-attribute-definitions>"
    book = f'<pricebook><header pricebook-id="{product}"><currency>EUR</currency></header></pricebook>'
    locales = f'<preference preference-id="ActiveLocales">{product}</preference>'
    return {
        "meta/system-objecttype-extensions.xml": feeds.document(
            "metadata", f'<type-extension type-id="Product">{definition}</type-extension>'
        ),
        "preferences.xml": feeds.document(
            "preferences", f"<standard-preferences><all-instances>{locales}</all-instances></standard-preferences>"
        ),
        "catalogs/c/catalog.xml": feeds.document("catalog", f'<product product-id="{product}"/>', 'catalog-id="c"'),
        "catalogs/c/static/default/a.jpg": picture,
        "libraries/l/library.xml": feeds.document("library", f'<content content-id="{product}"/>', 'library-id="l"'),
        "pricebooks/x.xml": feeds.document("pricebooks", book),
    }


def command(server, *path):
    return requests.post(f"{server.url}/sandbox/{'/'.join(path)}").status_code


def executions(server):
    return server.data("POST", "job_execution_search", json={"query": {"match_all_query": {}}}).json()["total"]


def test_a_reset_instance_is_as_new_and_takes_imports(server, feeds):
    server.site_import(files(feeds, "old", b"old"))
    token = server.session.headers["Authorization"]
    assert command(server, "reset") == 204
    assert executions(server) == 0
    assert server.dav("GET", "Catalogs/c/default/a.jpg").status_code == 404
    assert server.dav("GET", "Impex/src/instance/a.zip").status_code == 404
    assert server.export(feeds.everything) == {}
    assert server.session.headers["Authorization"] == token  # the same token is still good
    assert server.site_import(files(feeds, "new", b"new"))["status"] == "OK"
    exported = server.export({"catalogs": {"all": True}})
    assert b'product-id="new"' in exported["catalogs/c/catalog.xml"]
    assert b"old" not in exported["catalogs/c/catalog.xml"]


def test_a_restored_instance_is_as_at_its_snapshot(server, feeds):
    command(server, "reset")
    before = server.site_import(files(feeds, "before", b"before"), name="before")
    exported = server.export(feeds.everything)
    assert command(server, "snapshot", "monday") == 204
    after = server.site_import(files(feeds, "after", b"after"), name="after")
    assert server.export(feeds.everything) != exported
    assert command(server, "restore", "monday") == 204
    assert server.dav("GET", "Catalogs/c/default/a.jpg").content == b"before"
    assert server.dav("GET", "Impex/src/instance/after.zip").status_code == 404
    assert executions(server) == 2  # the first import and the export
    path = f"jobs/{IMPORT}/executions"
    assert server.data("GET", f"{path}/{after['id']}").status_code == 404
    assert "Importing file" in server.log(server.data("GET", f"{path}/{before['id']}").json())
    assert server.export(feeds.everything) == exported
    assert server.site_import(files(feeds, "later", b"later"))["status"] == "OK"


def test_a_snapshot_is_kept_over_a_reset_and_a_restart_and_replaces_one_of_its_name(make_server, feeds):
    server = make_server()
    for product in ("first", "second"):
        command(server, "reset")
        server.site_import(files(feeds, product, b"x"))
        assert command(server, "snapshot", "kept") == 204
    command(server, "reset")
    server.stop()
    server.start()
    assert command(server, "restore", "kept") == 204
    exported = server.export({"catalogs": {"all": True}})["catalogs/c/catalog.xml"]
    assert (b"second" in exported, b"first" in exported) == (True, False)


def test_settings_of_the_instance_stay(make_server, feeds):
    server = make_server()
    command(server, "snapshot", "s")
    configuration = json.loads((server.root / "instance.json").read_text())
    (server.root / "instance.json").write_text(json.dumps({**configuration, "jobs": {"own": [{"type": "ExecuteScriptModule"}]}}))
    for path in (("reset",), ("restore", "s")):
        assert command(server, *path) == 204
        assert server.wait(server.start_job("own", {}).json())["status"] == "OK"


@pytest.mark.parametrize(
    ("path", "status"), [(("restore", "ghost"), 404), (("snapshot", "a.b"), 400), (("restore", ".."), 404), (("drop",), 404)]
)
def test_what_there_is_not_is_refused(server, path, status):
    assert command(server, *path) == status


def test_nothing_is_reset_while_a_job_runs(make_server):
    server = make_server("--import-delay-ms", "500")
    command(server, "snapshot", "s")
    execution = server.start_job(IMPORT, {"file_name": "ghost.zip"}).json()
    assert [command(server, *path) for path in (("reset",), ("snapshot", "s"), ("restore", "s"))] == [409, 409, 409]
    server.wait(execution)
    assert command(server, "reset") == 204
