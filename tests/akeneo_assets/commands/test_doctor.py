"""`akeneo-sfcc doctor` against real ends: each thing that can be wrong is found, said once, and told what to do about."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from filelock import FileLock

from akeneo_assets import tables
from akeneo_assets.commands import doctor
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.record_files import record_row
from akeneo_assets.store import Store, write_json, write_table
from sandbox import stack
from sfcc_resources.delivery.archive_transfer import deliver
from sfcc_resources.delivery.sfcc_client import Client, Instance

Run = Callable[..., Result]
Environment = dict[str, str]

FORBIDDEN = json.dumps({"code": 403, "message": "Access forbidden. You are not allowed to list families."})
NO_OCAPI = json.dumps({"fault": {"type": "ClientAccessForbiddenException", "message": "Access to resource isn't allowed."}})


@pytest.fixture
def environment(pim_half: Environment, sfcc_half: Environment, tmp_path: Path) -> Environment:
    """A good installation: both ends, a settings file, a store, a Dagster home."""
    (tmp_path / "connector.yaml").write_text("organization: {sites: [{id: RefArch, channel: ecommerce}]}\n")
    home = tmp_path / "dagster"
    home.mkdir()
    (home / "dagster.yaml").write_text((stack.REPOSITORY / "akeneo_assets" / "dagster.yaml").read_text())
    folders = {"CONNECTOR_STORE": "store", "CONNECTOR_CONFIG": "connector.yaml", "DAGSTER_HOME": "dagster"}
    return pim_half | sfcc_half | {name: str(tmp_path / folder) for name, folder in folders.items()}


@pytest.fixture
def examine(run: Run, environment: Environment) -> Callable[..., dict[tuple[str, str], list[dict[str, str]]]]:
    """Runs doctor --json; gives the findings by area and check."""

    def told(*arguments: str, ok: bool, **changed: str | None) -> dict[tuple[str, str], list[dict[str, str]]]:
        result = run(doctor.app, "--json", *arguments, **environment | changed)
        report = json.loads(result.output)
        assert (result.exit_code, report["ok"]) == ((0, True) if ok else (1, False)), result.output
        found: dict[tuple[str, str], list[dict[str, str]]] = {}
        for one in report["findings"]:
            found.setdefault((one["area"], one["check"]), []).append(one)
        return found

    return told


Examine = Callable[..., dict[tuple[str, str], list[dict[str, Any]]]]


def test_a_good_installation_has_no_problem_and_no_warning(run: Run, environment: Environment) -> None:
    result = run(doctor.app, **environment)
    assert result.exit_code == 0
    verdicts = [line.split()[0] for line in result.output.splitlines()]
    assert {*verdicts} == {"ok", "unknown"}
    assert "2 channels, 5 locales" in result.output


def test_nothing_is_left_behind_in_sfcc_and_no_job_is_started(examine: Examine, own_sfcc: Any) -> None:
    files = own_sfcc.root / "webdav"
    examine(ok=True, SFCC_URL=own_sfcc.url, SFCC_LOGIN_URL=own_sfcc.url)
    assert [path for path in files.rglob("*") if path.is_file()] == []
    examine("--export", ok=True, SFCC_URL=own_sfcc.url, SFCC_LOGIN_URL=own_sfcc.url)
    assert list((files / "Impex" / "src" / "instance").iterdir()) == []


def test_what_is_missing_in_the_environment_is_named_and_the_other_end_still_examined(examine: Examine) -> None:
    found = examine(ok=False, SFCC_URL=None, SFCC_CLIENT_SECRET=None)
    assert [finding["sentence"] for finding in found["here", "environment"]] == [
        (
            "Missing in the environment: SFCC_URL, the address of the SFCC instance, "
            "e.g. https://zzzz-001.dx.commercecloud.salesforce.com; set it there or in an .env file."
        ),
        (
            "Missing in the environment: SFCC_CLIENT_SECRET, the password of the API client (in the Account Manager under "
            "API Client); set it there or in an .env file."
        ),
    ]
    assert found["PIM", "rights"][0]["verdict"] == "ok"
    assert not [key for key in found if key[0] == "SFCC"]


def test_a_variable_of_one_end_that_is_wrong_stops_no_check_of_the_other(examine: Examine) -> None:
    found = examine(ok=False, SFCC_CA_FILE="/nowhere", SFCC_XSD_DIR="/nowhere")
    assert [finding["verdict"] for finding in found["here", "environment"]] == ["problem", "problem"]
    assert found["PIM", "rights"][0]["verdict"] == "ok"
    assert not [key for key in found if key[0] == "SFCC"]


def test_without_any_address_this_machine_is_still_examined(examine: Examine) -> None:
    found = examine(ok=False, AKENEO_URL=None, SFCC_URL=None)
    assert [key for key in found if key[0] != "quotas"] == [
        ("here", check) for check in ("environment", "connector.yaml", "store", "lock", "last load", "DAGSTER_HOME")
    ]


def test_an_env_file_that_can_not_be_read_is_the_only_finding(examine: Examine) -> None:
    Path(".env").write_bytes("AKENEO_PASSWORD=geheim".encode("utf-16"))
    found = examine(ok=False)
    assert list(found) == [("here", "environment")]
    (finding,) = found["here", "environment"]
    assert finding["sentence"] == ".env isn't UTF-8: save it in that encoding, or set the variables in the environment."


def test_a_home_named_in_the_env_file_is_the_one_examined(examine: Examine, tmp_path: Path) -> None:
    Path(".env").write_text(f"DAGSTER_HOME={tmp_path}/other\n")
    (finding,) = examine(ok=True, DAGSTER_HOME=None)["here", "DAGSTER_HOME"]
    assert finding["sentence"] == f"{tmp_path}/other has no dagster.yaml yet."


def test_each_wrong_line_of_connector_yaml_is_a_problem(examine: Examine, tmp_path: Path) -> None:
    (tmp_path / "connector.yaml").write_text("produkts: {}\ncategories: {write: perhaps}\n")
    found = examine(ok=False)["here", "connector.yaml"]
    assert [one["verdict"] for one in found] == ["problem", "problem"]
    assert "did you mean 'products'?" in found[1]["sentence"] + found[0]["sentence"]


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ("organization: {sites: [{channel: ecomerce}]}", "did you mean 'ecommerce'?"),
        (
            "organization: {sites: [{channel: mobile, locales: {fr_FR: fr-FR}}]}",
            "names 'fr_FR', which is no locale of the channel",
        ),
        ("organization: {sites: [{channel: ecommerce, currencies: [GBP]}]}", "names 'GBP', which is no currency of the channel"),
        ("attributes: {standard: {brand: brnad}}", "did you mean 'brand'?"),
        ("categories: {trees: [tents]}", "names 'tents', which is no tree but a category below 'camping'."),
    ],
)
def test_what_the_pim_lacks_is_told_as_a_load_would(examine: Examine, tmp_path: Path, settings: str, sentence: str) -> None:
    (tmp_path / "connector.yaml").write_text(settings)
    (found,) = examine(ok=False)["PIM", "connector.yaml"]
    assert (found["verdict"], sentence in found["sentence"]) == ("problem", True)


@pytest.mark.parametrize(
    ("operator", "verdict", "told"),
    [
        (">", "ok", "The PIM takes it; each load asks the PIM what matches."),
        ("LIKE", "problem", '"LIKE"'),
    ],
)
def test_the_pim_is_asked_about_a_filter_that_only_it_can_decide(
    examine: Examine, tmp_path: Path, operator: str, verdict: str, told: str
) -> None:
    condition = f"{{operator: '{operator}', value: 2024-01-31 10:00:00}}"
    (tmp_path / "connector.yaml").write_text(f"products: {{filter: {{updated: [{condition}]}}}}")
    (found,) = examine(ok=verdict == "ok")["PIM", "products.filter"]
    assert (found["verdict"], told in found["sentence"]) == (verdict, True), found


def test_options_that_a_filter_names_are_left_to_the_loads(examine: Examine, tmp_path: Path) -> None:
    """Doctor reads no options."""
    (tmp_path / "connector.yaml").write_text("products: {filter: {brand: [{operator: NOT IN, value: [cairn]}]}}")
    examine(ok=True)


def test_an_enriched_attribute_that_no_category_has_is_a_warning(examine: Examine, tmp_path: Path) -> None:
    (tmp_path / "connector.yaml").write_text("categories: {enriched: {description: long_descripton}}")
    (found,) = examine(ok=True)["PIM", "categories.enriched.description"]
    assert (found["verdict"], found["sentence"]) == (
        "warning",
        "No category has a value of the enriched attribute 'long_descripton': SFCC's is empty; did you mean 'long_description'?",
    )


def test_optional_lines_that_the_pim_has_nothing_for_are_a_warning(examine: Examine, tmp_path: Path) -> None:
    (tmp_path / "connector.yaml").write_text(
        "attributes: {standard: {upc: {attribute: upc, optional: true}, brand: {attribute: brand, optional: true}}}\n"
        "associations: {PACK: {optional: true}}\n"
        "price_books: [{attribute: cost, optional: true}]\n"
    )
    _, warning = examine(ok=True)["PIM", "connector.yaml"]
    assert (warning["verdict"], warning["sentence"]) == (
        "warning",
        "connector.yaml marks as optional what the PIM lacks: upc: upc, PACK, cost.",
    )


def test_a_time_zone_that_is_not_the_pims_is_a_problem(examine: Examine, tmp_path: Path) -> None:
    (tmp_path / "connector.yaml").write_text("akeneo: {timezone: Asia/Tokyo}")
    (found,) = examine(ok=False)["PIM", "akeneo.timezone"]
    assert "connector.yaml says Asia/Tokyo, but the PIM prints" in found["sentence"]


def test_wrong_credentials_are_told_and_never_shown(run: Run, environment: Environment) -> None:
    result = run(doctor.app, **environment | {"AKENEO_PASSWORD": "geheim-1", "SFCC_CLIENT_SECRET": "geheim-2"})
    assert result.exit_code == 1
    assert "problem PIM, login: POST /api/oauth/v1/token" in result.output
    assert "problem SFCC, OCAPI: Logging in to SFCC failed" in result.output
    assert "geheim" not in result.output
    assert "exports only" not in result.output


def test_ends_that_do_not_answer_are_told(examine: Examine) -> None:
    found = examine(ok=False, AKENEO_URL="http://127.0.0.1:9", SFCC_URL="http://127.0.0.1:9", SFCC_LOGIN_URL="http://127.0.0.1:9")
    assert "check AKENEO_URL" in found["PIM", "answer"][0]["sentence"]
    assert "127.0.0.1:9 can't be reached" in found["SFCC", "OCAPI"][0]["sentence"]


def test_an_address_of_the_pim_that_is_none_is_told_and_sfcc_still_examined(examine: Examine) -> None:
    found = examine(ok=False, AKENEO_URL="http://[::1")
    assert "AKENEO_URL is no web address" in found["PIM", "address"][0]["sentence"]
    assert found["SFCC", "OCAPI"]


def test_an_address_without_tls_is_refused_before_a_secret_is_sent(examine: Examine) -> None:
    found = examine(ok=False, SFCC_URL="http://example.invalid")
    assert "would send secrets unencrypted" in found["SFCC", "address"][0]["sentence"]


def test_an_endpoint_of_the_pim_that_is_forbidden_is_named(examine: Examine, door: Callable[..., Any], pim_url: str) -> None:
    made = door(pim_url)
    made.refused["GET", "/api/rest/v1/families"] = (403, FORBIDDEN)
    made.refused["GET", "/api/rest/v1/product-models"] = (403, FORBIDDEN)
    found = examine(ok=False, AKENEO_URL=made.url)
    families, models = found["PIM", "rights"]
    assert families["sentence"].startswith("GET /api/rest/v1/families was refused by the PIM (403): Access forbidden.")
    assert models["sentence"].startswith("GET /api/rest/v1/product-models was refused by the PIM (403)")
    assert found["PIM", "connector.yaml"][0]["verdict"] == "unknown"


def test_an_old_pim_is_told_by_what_it_cannot_do(examine: Examine, door: Callable[..., Any], pim_url: str) -> None:
    made = door(pim_url)
    made.refused["GET", "/api/rest/v1/products-uuid"] = (404, json.dumps({"code": 404, "message": "No route found"}))
    (found,) = examine(ok=False, AKENEO_URL=made.url)["PIM", "rights"]
    assert found["sentence"].endswith("Products by uuid came with version 7.0.")


def test_clocks_that_disagree_are_a_warning(examine: Examine, door: Callable[..., Any], pim_url: str) -> None:
    made = door(pim_url)
    made.headers["Date"] = "Mon, 01 Jan 2024 00:00:00 GMT"
    (found,) = examine(ok=True, AKENEO_URL=made.url)["PIM", "clock"]
    assert (found["verdict"], "2024-01-01 00:00:00 UTC" in found["sentence"]) == ("warning", True)


def page(*items: Any) -> str:
    links = {"self": {"href": "http://pim.example/"}}
    return json.dumps({"_links": links, "items_count": len(items), "_embedded": {"items": list(items)}})


@pytest.mark.parametrize(
    ("path", "body", "named"),
    [
        ("/api/rest/v1/families", page({"labels": {}}), "code"),
        ("/api/rest/v1/attributes", page({"code": "sku"}), "type"),
        ("/api/rest/v1/categories", page("master"), "str"),
        ("/api/rest/v1/channels", page({"code": "ecommerce"}), "category_tree"),
        ("/api/rest/v1/association-types", page({"code": None}), ""),
    ],
)
def test_a_list_of_the_pim_with_an_item_of_another_shape_is_a_problem(
    examine: Examine, door: Callable[..., Any], pim_url: str, path: str, body: str, named: str
) -> None:
    made = door(pim_url)
    made.refused["GET", path] = (200, body)
    found = examine(ok=False, AKENEO_URL=made.url)
    problems = [one for (area, _), some in found.items() if area == "PIM" for one in some if one["verdict"] == "problem"]
    assert any(named in one["sentence"] for one in problems), problems
    assert found["SFCC", "OCAPI"][0]["verdict"] == "ok"


@pytest.mark.parametrize(
    "product",
    [
        {"uuid": "u"},
        {"uuid": "u", "updated": None, "created": None},
        {"uuid": "u", "updated": "yesterday"},
        {"uuid": "u", "updated": "2024-07-01T10:00:00"},  # without offset
        {"uuid": "u", "updated": "0001-01-01T00:00:00+00:00"},
        {"uuid": "u", "updated": 1719820800},
    ],
)
def test_a_product_without_a_date_leaves_the_time_zone_unknown(
    examine: Examine, door: Callable[..., Any], pim_url: str, product: Any
) -> None:
    made = door(pim_url)
    made.refused["GET", "/api/rest/v1/products-uuid"] = (200, page(product))
    (zone,) = examine(ok=True, AKENEO_URL=made.url)["PIM", "akeneo.timezone"]
    assert (zone["verdict"], zone["sentence"], zone["advice"]) == (
        "unknown",
        "connector.yaml says UTC; its product has no date with an offset.",
        "Ask whoever runs the server; SaaS is in UTC.",
    )


def test_a_pim_that_shows_nothing_is_a_problem_since_rights_hide_instead_of_refusing(
    examine: Examine, door: Callable[..., Any], pim_url: str
) -> None:
    made = door(pim_url)
    for path in ("channels", "locales", "currencies", "attribute-groups", "attributes", "categories", "families"):
        made.refused["GET", f"/api/rest/v1/{path}"] = (200, page())
    found = examine(ok=False, AKENEO_URL=made.url)
    assert [rights["sentence"] for rights in found["PIM", "rights"] if rights["verdict"] == "problem"] == [
        f"The PIM's list {name} is empty, which it is in no working PIM: let the connection's user see it, or try later."
        for name in ("channels", "locales", "currencies", "attribute-groups", "attributes", "categories")
    ]


def test_words_of_a_server_neither_break_a_line_nor_reach_the_terminal(
    run: Run, environment: Environment, door: Callable[..., Any], pim_url: str
) -> None:
    made = door(pim_url)
    about = {"version": "7.0\x1b[31m\nok       PIM, rights: all", "edition": "\x07CE\u202e"}
    made.refused["GET", "/api/rest/v1/system-information"] = (200, json.dumps(about))
    result = run(doctor.app, **environment | {"AKENEO_URL": made.url})
    assert "\x1b" not in result.output
    assert "\x07" not in result.output
    assert "ok      PIM, version: Version 7.0 ok PIM, rights: all, edition CE." in result.output.splitlines()


SEARCH = ("POST", "/s/-/dw/data/v25_6/job_execution_search", "OCAPI")
FOLLOW = ("GET", "/s/-/dw/data/v25_6/jobs/", "follow jobs")
START = ("POST", "/s/-/dw/data/v25_6/jobs/", "start jobs")
OTHERWISE = "SFCC's answer describes an execution otherwise than OCAPI does ("


@pytest.mark.parametrize(
    ("call", "body", "sentence"),
    [
        (SEARCH, {"hits": 1}, "SFCC's answer holds no list of executions (try again later)."),
        (SEARCH, {"hits": ["x"]}, f"{OTHERWISE}Expected `object`, got `str`; try again later)."),
        (SEARCH, {"hits": [{"parameters": [1]}]}, f"{OTHERWISE}Expected `object`, got `int` - at `$.parameters[0]`; try again"),
        (SEARCH, {"hits": [{"exit_status": "OK"}]}, f"{OTHERWISE}Expected `object | null`, got `str` - at `$.exit_status`; try"),
        (SEARCH, {"hits": [{}]}, f"{OTHERWISE}Object missing required field `id`; try again later)."),
        (
            FOLLOW,
            {"id": "1", "parameters": {"a": "b"}},
            f"{OTHERWISE}Expected `array | null`, got `object` - at `$.parameters`",
        ),
        (START, {"id": 1}, f"{OTHERWISE}Expected `str`, got `int` - at `$.id`; try again later)."),
    ],
)
def test_an_answer_of_sfcc_of_another_shape_is_a_problem_and_the_other_checks_go_on(
    examine: Examine, door: Callable[..., Any], empty_sfcc: Any, call: tuple[str, str, str], body: Any, sentence: str
) -> None:
    method, path, check = call
    made = door(empty_sfcc.url)
    made.refused[method, path] = (200, json.dumps(body))
    found = examine(ok=False, SFCC_URL=made.url)
    (problem,) = found["SFCC", check]
    assert (problem["verdict"], sentence in problem["sentence"]) == ("problem", True), problem
    assert problem["advice"] == "A load would stop here, too: report it to whoever runs that system."
    others = [finding for (area, other), some in found.items() if area == "SFCC" and other != check for finding in some]
    assert {finding["verdict"] for finding in others} <= {"ok", "unknown"}, others
    assert found["SFCC", "WebDAV Impex"][0]["verdict"] == "ok"


@pytest.mark.parametrize(
    ("method", "path", "check", "verdict"),
    [
        ("POST", "/s/-/dw/data/v25_6/job_execution_search", "OCAPI", "problem"),
        ("GET", "/s/-/dw/data/v25_6/jobs/", "follow jobs", "problem"),
        ("POST", "/s/-/dw/data/v25_6/jobs/", "start jobs", "warning"),
        ("PUT", "/on/demandware.servlet/webdav/Sites/Impex", "WebDAV Impex", "problem"),
        ("DELETE", "/on/demandware.servlet/webdav/Sites/Impex", "WebDAV Impex", "problem"),
        ("PROPFIND", "/on/demandware.servlet/webdav/Sites/LOGS", "WebDAV logs", "problem"),
        ("PROPFIND", "/on/demandware.servlet/webdav/Sites/Catalogs", "WebDAV Catalogs", "problem"),
        ("PROPFIND", "/on/demandware.servlet/webdav/Sites/Libraries", "WebDAV Libraries", "problem"),
    ],
)
def test_each_right_that_sfcc_does_not_grant_is_told_with_where_to_grant_it(
    examine: Examine,
    door: Callable[..., Any],
    empty_sfcc: Any,
    tmp_path: Path,
    method: str,
    path: str,
    check: str,
    verdict: str,
) -> None:
    made = door(empty_sfcc.url)
    made.refused[method, path] = (403, NO_OCAPI)
    config = tmp_path / "connector.yaml"
    config.write_text("reference_entities: {as: content}\n")
    found = examine(ok=verdict == "warning", SFCC_URL=made.url, CONNECTOR_CONFIG=str(config))
    (told,) = found["SFCC", check]
    assert told["verdict"] == verdict
    assert "In Business Manager, Administration >" in told["advice"]
    others = [one for (area, other), some in found.items() if area == "SFCC" and other != check for one in some]
    assert {one["verdict"] for one in others} <= {"ok", "unknown"}


def test_asking_for_the_right_to_start_starts_no_job_of_sfcc(examine: Examine, door: Callable[..., Any], empty_sfcc: Any) -> None:
    made = door(empty_sfcc.url)
    examine(ok=True, SFCC_URL=made.url)
    started = [line for line in made.asked if line.startswith("POST") and line.endswith("/executions")]
    assert started == ["POST /s/-/dw/data/v25_6/jobs/akeneo-doctor-no-such-job/executions"]


PREFERENCES = """<preferences xmlns="http://www.demandware.com/xml/impex/preferences/2007-03-31"><standard-preferences><all-instances>
<preference preference-id="SiteCurrencies">{currencies}</preference><preference preference-id="SiteLocales">{locales}</preference>
</all-instances></standard-preferences></preferences>"""
CATALOG = """<catalog xmlns="http://www.demandware.com/xml/impex/catalog/2006-10-31" catalog-id="akeneo-catalog"><header>
<image-settings><internal-location base-path="/"/><view-types>
<view-type>large</view-type><view-type>swatch</view-type></view-types></image-settings></header></catalog>"""


def import_into(url: str, folder: Path, files: dict[str, str]) -> None:
    archive = folder / "given.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        for name, text in files.items():
            zipped.writestr(f"given/{name}", text)
    with Client(Instance(url, "sandbox", "sandbox", login_url=url)) as client:
        assert deliver(client, archive, delete_after=True).ok


def test_an_export_tells_locales_currencies_and_view_types(examine: Examine, own_sfcc: Any, tmp_path: Path) -> None:
    given = PREFERENCES.format(currencies="USD:EUR", locales="default:en_US:fr_FR")
    files = {"sites/RefArch/preferences.xml": given, "catalogs/akeneo-catalog/catalog.xml": CATALOG}
    import_into(own_sfcc.url, tmp_path, files)
    found = examine("--export", ok=True, SFCC_URL=own_sfcc.url, SFCC_LOGIN_URL=own_sfcc.url)
    (locales,), (currencies,), (views,) = (found["SFCC", name] for name in ("locales", "currencies", "view types"))
    assert (locales["verdict"], locales["sentence"]) == (
        "warning",
        "Site RefArch does not use de-DE (it uses default, en-US, fr-FR).",
    )
    assert (currencies["verdict"], currencies["sentence"]) == (
        "ok",
        "Site RefArch uses all currencies that will be sent: EUR, USD.",
    )
    assert (views["verdict"], views["sentence"]) == (
        "warning",
        "The catalog akeneo-catalog has large, swatch, connector.yaml large, medium, small.",
    )


def test_view_types_of_locales_are_among_those_that_are_compared(examine: Examine, own_sfcc: Any, tmp_path: Path) -> None:
    (tmp_path / "connector.yaml").write_text(
        "organization: {sites: [{channel: ecommerce, locales: {en_US: en-US}}]}\n"
        "images: {view_types: [large], localized_view_types: true}\n"
    )
    catalog = CATALOG.replace("swatch", "large_en_US")
    import_into(own_sfcc.url, tmp_path, {"catalogs/akeneo-catalog/catalog.xml": catalog})
    (views,) = examine("--export", ok=True, SFCC_URL=own_sfcc.url, SFCC_LOGIN_URL=own_sfcc.url)["SFCC", "view types"]
    assert (views["verdict"], views["sentence"]) == (
        "ok",
        "The catalog akeneo-catalog has those of connector.yaml: large, large_en_US.",
    )


def test_without_an_export_it_says_what_it_cannot_know(examine: Examine) -> None:
    (found,) = examine(ok=True)["SFCC", "locales, currencies, view types"]
    assert (found["verdict"], found["sentence"]) == ("unknown", "SFCC tells them in exports only.")


def test_a_store_that_cannot_be_written_is_a_problem(examine: Examine, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (found,) = examine(ok=False, CONNECTOR_STORE=str(tmp_path / "file"))["here", "store"]
    assert found["advice"] == "Set CONNECTOR_STORE to a folder that this user may write."


def test_a_store_of_other_ends_is_a_problem_as_every_job_would_say(
    examine: Examine, environment: Environment, tmp_path: Path
) -> None:
    ledger = Ledger(Store(tmp_path / "store"))
    ends = {"PIM": environment["AKENEO_URL"], "SFCC": "https://live.example", "catalog": "akeneo-catalog"}
    ledger.belongs_to(ends)
    assert ("here", "ends") not in examine(ok=True)  # nothing was sent yet: the store follows
    with ledger.intend("a.zip"):
        pass
    (found,) = examine(ok=False)["here", "ends"]
    assert found["sentence"] == (
        f"No job would run: the store {tmp_path}/store belongs to other ends (SFCC https://live.example, not "
        f"{environment['SFCC_URL']}): set that back, or name a folder of its own in CONNECTOR_STORE."
    )


def test_a_price_book_that_sfcc_has_in_another_currency_is_a_problem(
    examine: Examine, environment: Environment, tmp_path: Path
) -> None:
    Path(environment["CONNECTOR_CONFIG"]).write_text("price_books: [{id: shop-list, currencies: [USD]}]\n")
    assert ("here", "price books") not in examine(ok=True)
    book = record_row("price-book", "shop-list", {"id": "shop-list", "currency": "EUR", "names": {}})
    with Ledger(Store(tmp_path / "store")).intend("a.zip") as entries:
        row = {name: value for name, value in book.items() if name in tables.LEDGER_ENTRIES.columns.names}
        entries.write(row | {"deleted": False, "load": "load", "file": "", "archive": "a.zip"})
    (found,) = examine(ok=False)["here", "price books"]
    assert found["sentence"] == (
        "connector.yaml: price_books.0.id makes 'shop-list' a price book in USD, but SFCC was given it in EUR, "
        "which no import changes; give the USD book another id."
    )


def test_a_code_in_use_that_the_pim_lacks_is_a_problem_since_it_stops_every_job(examine: Examine, tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    write_json(store.codes_in_use, {"family": ["tents"], "locale": ["en_US of ecommerce"]})
    assert ("here", "codes in use") not in examine(ok=True)
    write_json(store.codes_in_use, {"family": ["tents", "kayaks"], "locale": ["nl_NL of ecommerce"]})
    (found,) = examine(ok=False)["here", "codes in use"]
    assert found["sentence"].startswith(
        "The PIM's lists no longer have what is in use: locale 'nl_NL of ecommerce'; family 'kayaks'."
    )


@pytest.mark.parametrize(
    ("home", "verdict"), [(None, "warning"), ("relative", "problem"), ("{tmp}/nowhere", "warning"), ("{tmp}/bare", "warning")]
)
def test_dagsters_home_must_be_there_with_the_limit_that_keeps_loads_apart(
    examine: Examine, tmp_path: Path, home: str | None, verdict: str
) -> None:
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    (found,) = examine(ok=verdict != "problem", DAGSTER_HOME=home and home.format(tmp=tmp_path))["here", "DAGSTER_HOME"]
    assert found["verdict"] == verdict


def test_a_dagster_yaml_of_before_the_order_of_imports_is_told_by_the_limit_that_it_lacks(
    examine: Examine, tmp_path: Path
) -> None:
    limit = "concurrency: {runs: {tag_concurrency_limits: [{key: akeneo_sfcc/load, limit: 1}]}}\n"
    (tmp_path / "dagster.yaml").write_text(limit)
    (found,) = examine(ok=True, DAGSTER_HOME=str(tmp_path))["here", "DAGSTER_HOME"]
    assert found["verdict"] == "warning"
    assert found["sentence"] == f"{tmp_path}/dagster.yaml has no concurrency limit for the tag akeneo_sfcc/import."


def test_a_load_that_runs_is_told_with_its_holder(examine: Examine, tmp_path: Path) -> None:
    path = tmp_path / "store" / "product_load.lock"
    path.parent.mkdir()
    path.with_suffix(".holder").write_text("run 1, since noon")
    with FileLock(path):
        (found,) = examine(ok=True)["here", "lock"]
    assert (found["verdict"], found["sentence"]) == ("warning", "An import of products is running (run 1, since noon).")
    (found,) = examine(ok=True)["here", "lock"]
    assert found["verdict"] == "ok"


def began(store: Path, key: str, **files: Any) -> None:
    window = {
        "key": key,
        "kind": "full",
        "poll_start": "2024-01-01T00:00:00+00:00",
        "since": None,
        "previous": None,
        "reason": "",
    }
    for name, content in {"window": window, **files}.items():
        write_json(store / "loads" / key / f"{name}.json", content)


def test_a_load_that_did_not_end_well_is_told_with_how_to_go_on(examine: Examine, tmp_path: Path) -> None:
    began(tmp_path / "store", "full_1")
    (found,) = examine(ok=True)["here", "last load"]
    assert (found["verdict"], found["advice"]) == (
        "warning",
        "Go on with it: `akeneo-sfcc run 3-2 --load full_1`, or start a new one.",
    )


def test_what_sfcc_refused_of_the_last_load_is_named(run: Run, examine: Examine, tmp_path: Path) -> None:
    refused = {"type": "product", "id": "P1", "container": "c", "verdict": "refused", "message": "No."}
    answer = {"objects": {"product": {"sent": 1}}, "exceptions": [refused], "warnings": 0, "ok": False}
    began(tmp_path / "store", "full_1", outcome={"structure": "", "settings": "", "reading": {}}, **{"import": answer})
    (tmp_path / "store" / "loads" / "full_1" / "records").mkdir()
    folder = tmp_path / "store" / "loads" / "full_1"
    write_table(folder / "identities.parquet", tables.IDENTITIES, [])
    held = {"owner": "product", "key": "u", "code": None, "held_back": True, "attribute": None, "reason": "no identifier"}
    write_table(folder / "held_back.parquet", tables.HELD_BACK, [held, held | {"held_back": False}])
    found = examine(ok=True)
    (last,), (quarantine,) = found["here", "last load"], found["here", "quarantine"]
    assert "product 'P1' of c refused (No.)" in last["sentence"]
    assert quarantine["sentence"] == "full_1 held back 1 products, models and categories whole, and single values 1 times."


@pytest.mark.parametrize(
    ("file", "check"),
    [
        ("ledger/000001-a.zip/entries.parquet", "content and custom objects"),
        ("ledger/ends.json", "ends"),
        ("loads/full_1/window.json", "last load"),
        ("loads/full_1/outcome.json", "last load"),
        ("loads/full_1/import.json", "last load"),
        ("loads/full_1/held_back.parquet", "quarantine"),
        ("loads/full_1/identities.parquet", "products"),
    ],
)
def test_a_file_of_the_store_that_was_cut_short_is_a_problem_with_what_to_do(
    examine: Examine, environment: Environment, tmp_path: Path, file: str, check: str
) -> None:
    store, folder = Store(tmp_path / "store"), tmp_path / "store" / "loads" / "full_1"
    ledger = Ledger(store)
    ledger.belongs_to({"PIM": environment["AKENEO_URL"], "SFCC": environment["SFCC_URL"], "catalog": "akeneo-catalog"})
    with ledger.intend("a.zip"):
        pass
    answer = {"objects": {"product": {"sent": 1}}, "exceptions": [], "warnings": 0, "ok": True}
    began(store.root, "full_1", outcome={"structure": "", "settings": "", "reading": {}}, **{"import": answer})
    (folder / "records").mkdir()
    write_table(folder / "identities.parquet", tables.IDENTITIES, [])
    write_table(folder / "held_back.parquet", tables.HELD_BACK, [])
    examine(ok=True)
    (store.root / file).write_bytes((store.root / file).read_bytes()[:-5])
    problems = [(key, one) for key, some in examine(ok=False).items() for one in some if one["verdict"] == "problem"]
    assert ("here", check) in [key for key, _ in problems], problems
    assert all("from a backup" in one["sentence"] + one["advice"] for _, one in problems), problems
    assert all(str(store.root) in one["sentence"] for _, one in problems)
