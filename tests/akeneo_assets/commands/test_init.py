"""`akeneo-sfcc init` against real PIMs: the file says what a person would write, loads, fits, and carries a catalogue over."""

import json
import re
import resource
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import Result

from akeneo_assets.commands import init
from akeneo_assets.diagnosis.structure_reading import build_structure, read_lists
from akeneo_assets.mapping.settings_check import validate
from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.settings.connector import load
from akeneo_assets.starter import starter_text
from akeneo_assets.structure.pim_structure import Structure
from sandbox import stack

Run = Callable[..., Result]


def structure(url: str) -> Structure:
    with closing(PimClient(url, "sandbox", "sandbox", "sandbox", "sandbox")) as client:
        lists, failures = read_lists(client, starter_text.LISTS)
    assert failures == []
    return build_structure(lists)


def switched_on(text: str) -> str:
    """The file with every setting that is switched off switched on."""
    return re.sub(r"^( *)#(?! )", r"\1", text, flags=re.MULTILINE)


def written(run: Run, half: dict[str, str], *arguments: str) -> Path:
    result = run(init.app, *arguments, **half)
    assert result.exit_code == 0, result.output
    return Path("connector.yaml")


@pytest.fixture
def demo(run: Run, pim_half: dict[str, str]) -> Path:
    return written(run, pim_half, "--channel", "ecommerce")


def test_the_demo_catalogue_is_suggested_as_a_person_would_map_it(demo: Path) -> None:
    settings = load(demo)
    assert {name: source.attribute for name, source in settings.attributes.standard.items()} == {
        "display-name": "name",
        "short-description": "short_description",
        "long-description": "description",
        "brand": "brand",
        "ean": "ean",
        "page-title": "meta_title",
        "page-description": "meta_description",
        "page-keywords": "keywords",
    }
    assert {code: (a.as_, a.type) for code, a in settings.associations.items()} == {
        "COMPATIBLE": ("product-link", "accessory"),
        "SUBSTITUTION": ("product-link", "replacement"),
        "UPSELL": ("recommendation", "2"),
        "X_SELL": ("recommendation", "1"),
    }
    (site,) = settings.organization.sites
    assert (site.channel, site.default_locale, site.currencies) == ("ecommerce", "en_US", ("EUR", "USD"))
    assert site.locales == {"de_DE": "de-DE", "en_US": "en-US", "fr_FR": "fr-FR"}
    assert settings.categories.trees == ("master",)
    assert [(book.id, book.attribute) for book in settings.price_books] == [("{currency}-list-prices", "price")]
    assert settings.images.source == "both"
    assert [(v.id, v.asset_families) for v in settings.images.view_types] == [
        (name, ("photos", "press_images")) for name in ("large", "medium", "small")
    ]
    assert settings.akeneo.timezone == "UTC"


@pytest.mark.parametrize(
    "told",
    [
        "other channels: mobile (Mobile app)",
        "not in this channel: GBP",
        "other trees: app_menu (App menu), outlet (Outlet)",
        "#bundle: {family: bundle, association: BUNDLED_ITEMS}",
        "#set: {family: product_set, association: SET_ITEMS}",
        "#- {id: '{currency}-promo-prices', name: Promo Prices, attribute: promo_price}",
        "ean: ean  # suggested by its code, text; or: gtin",
        "# enriched category attributes: image_1, long_description, seo_title",
        "#entities: [fabrics, flavours, origins, regions]",
        "asset families that hold no images or are in no collection: clips, downloads, films, manuals",
        "#NEVER_USED: {as: recommendation, type: 3}  # nothing is known of it",
    ],
)
def test_the_alternatives_found_in_the_pim_are_told(demo: Path, told: str) -> None:
    assert told in demo.read_text()


@pytest.mark.shared
def test_camel_case_ids_are_offered_only_where_no_two_meet(run: Run, demo: Path, icecat_half: dict[str, str]) -> None:
    assert "id_style" not in demo.read_text()  # roast_level and roastLevel
    other = written(run, icecat_half, "--channel", "ecommerce", "--force")
    assert "#id_style: camel_case" in other.read_text()


@pytest.fixture
def icecat_half(icecat_url: str) -> dict[str, str]:
    return {f"AKENEO_{name}": "sandbox" for name in ("CLIENT_ID", "CLIENT_SECRET", "USERNAME", "PASSWORD")} | {
        "AKENEO_URL": icecat_url
    }


@pytest.mark.parametrize("on", [False, True], ids=["as written", "every setting switched on"])
def test_the_file_fits_the_pim_and_its_own_schema(demo: Path, pim_url: str, on: bool) -> None:
    if on:
        demo.write_text(switched_on(demo.read_text()))
    assert validate(load(demo), structure(pim_url)) == []
    first = demo.read_text().partition("\n")[0]
    schema = demo.with_name(first.removeprefix("# yaml-language-server: $schema="))
    jsonschema.validate(yaml.safe_load(demo.read_text()), json.loads(schema.read_text()))


@pytest.mark.parametrize("storefront", ["plain", "sfra", "sitegenesis", "cartridge"])
@pytest.mark.parametrize("on", [False, True], ids=["as written", "every setting switched on"])
def test_the_file_for_a_storefront_fits_the_pim(
    run: Run, pim_half: dict[str, str], pim_url: str, storefront: str, on: bool
) -> None:
    file = written(run, pim_half, "--channel", "ecommerce", "--for", storefront)
    if on:
        file.write_text(switched_on(file.read_text()))
    assert validate(load(file), structure(pim_url)) == []


@pytest.mark.shared
@pytest.mark.parametrize("channel", ["ecommerce", "mobile", "print"])
@pytest.mark.parametrize("on", [False, True], ids=["as written", "every setting switched on"])
def test_the_file_for_icecat_fits_it(run: Run, icecat_half: dict[str, str], channel: str, on: bool) -> None:
    file = written(run, icecat_half, "--channel", channel)
    if on:
        file.write_text(switched_on(file.read_text()))
    assert validate(load(file), structure(icecat_half["AKENEO_URL"])) == []
    assert "#manufacturer-name: camera_brand  # suggested by its label" in (text := file.read_text()) or on
    assert "reference_entities" not in text


def test_the_jobs_run_with_the_file(demo: Path, pim_url: str, own_sfcc: Any, tmp_path: Path) -> None:
    environment = stack.connector_environment(tmp_path, pim_url, own_sfcc.url, {}) | {"CONNECTOR_CONFIG": str(demo.absolute())}
    for job in ("1", "2", "3-2"):
        done = subprocess.run([stack.COMMAND, "run", job], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_file_that_is_there_is_kept_unless_forced(run: Run, pim_half: dict[str, str]) -> None:
    Path("mine.yaml").write_text("categories: {write: false}\n")
    arguments = ("--channel", "mobile", "--output", "mine.yaml")
    refused = run(init.app, *arguments, **pim_half)
    assert refused.exit_code == 1
    assert refused.output == "mine.yaml is there already: give another file with --output, or overwrite it with --force.\n"
    assert Path("mine.yaml").read_text() == "categories: {write: false}\n"
    assert run(init.app, *arguments, "--force", **pim_half).exit_code == 0
    assert load(Path("mine.yaml")).organization.sites[0].channel == "mobile"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "The PIM has several channels: choose one with --channel: ecommerce (Web shop), mobile (Mobile app).\n"),
        (
            ("--channel", "b2b"),
            "The PIM has no channel 'b2b': choose one with --channel: ecommerce (Web shop), mobile (Mobile app).\n",
        ),
        (("--channel", "ecommerce", "--output", "no/such/f.yaml"), "no/such/f.yaml can't be written"),
    ],
)
def test_what_is_missing_is_said_and_nothing_written(
    run: Run, pim_half: dict[str, str], arguments: tuple[str, ...], said: str
) -> None:
    result = run(init.app, *arguments, **pim_half)
    assert result.exit_code == 1
    assert result.output.startswith(said)
    assert list(Path().iterdir()) == []


def page(*items: Any) -> str:
    links = {"self": {"href": "http://pim.example/"}}
    return json.dumps({"_links": links, "items_count": len(items), "_embedded": {"items": list(items)}})


@pytest.mark.parametrize("product", [{"uuid": "u"}, {"uuid": "u", "updated": "yesterday", "created": None}])
def test_a_pim_whose_product_has_no_date_gets_a_file_all_the_same(
    run: Run, pim_half: dict[str, str], door: Callable[..., Any], product: Any
) -> None:
    made = door(pim_half["AKENEO_URL"])
    made.refused["GET", "/api/rest/v1/products-uuid"] = (200, page(product))
    file = written(run, pim_half | {"AKENEO_URL": made.url}, "--channel", "ecommerce")
    assert "  timezone: UTC  # of the PIM's server; the PIM shows no product whose date tells it\n" in file.read_text()


@pytest.mark.parametrize(
    ("path", "item", "named"),
    [
        ("families", {"labels": {}}, "code"),
        ("attributes", {"code": "sku"}, "type"),
        ("channels", {"code": "ecommerce"}, "category_tree"),
        ("categories", "master", "str"),
    ],
)
def test_a_list_with_an_item_of_another_shape_is_one_sentence_and_nothing_is_written(
    run: Run, pim_half: dict[str, str], door: Callable[..., Any], path: str, item: Any, named: str
) -> None:
    made = door(pim_half["AKENEO_URL"])
    made.refused["GET", f"/api/rest/v1/{path}"] = (200, page(item))
    result = run(init.app, "--channel", "ecommerce", **pim_half | {"AKENEO_URL": made.url})
    assert (result.exit_code, result.exception.__class__) == (1, SystemExit), result.exception
    assert named in result.output
    assert list(Path().iterdir()) == []


def test_every_list_that_the_pim_refuses_is_named_at_once(run: Run, pim_half: dict[str, str], door: Callable[..., Any]) -> None:
    made = door(pim_half["AKENEO_URL"])
    for path in ("families", "categories"):
        made.refused["GET", f"/api/rest/v1/{path}"] = (403, json.dumps({"code": 403, "message": "Access forbidden."}))
    result = run(init.app, "--channel", "ecommerce", **pim_half | {"AKENEO_URL": made.url})
    assert result.exit_code == 1
    assert [line.partition(" was refused")[0] for line in result.output.splitlines()] == [
        "GET /api/rest/v1/families",
        "GET /api/rest/v1/categories",
    ]


def test_names_of_the_pim_neither_break_a_line_nor_reach_the_terminal(
    run: Run, pim_half: dict[str, str], door: Callable[..., Any]
) -> None:
    channels = [
        {"code": code, "category_tree": "master", "locales": ["en_US"], "currencies": [], "labels": {"en_US": label}}
        for code, label in (("web", "\x1b[31mWeb\nshop"), ("app", "App\x07"))
    ]
    made = door(pim_half["AKENEO_URL"])
    made.refused["GET", "/api/rest/v1/channels"] = (200, page(*channels))
    result = run(init.app, **pim_half | {"AKENEO_URL": made.url})
    assert len(result.output.splitlines()) == 1
    assert result.output.removesuffix("\n").isprintable()
    assert "Web shop" in result.output


def test_a_file_that_can_not_be_replaced_is_kept(run: Run, pim_half: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    Path("connector.yaml").write_text("categories: {write: false}\n")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, limits[1]))  # a disk without room
    try:
        result = run(init.app, "--channel", "ecommerce", "--force", **pim_half)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert result.exit_code == 1
    assert result.output == "connector.yaml can't be written (File too large): give another file with --output.\n"
    assert [path.name for path in Path().iterdir()] == ["connector.yaml"]
    assert Path("connector.yaml").read_text() == "categories: {write: false}\n"


def test_plain_http_is_allowed_by_an_option_and_then_by_the_file(run: Run, pim_half: dict[str, str]) -> None:
    assert load(written(run, pim_half, "--channel", "mobile", "--allow-http")).akeneo.allow_http
    assert "allow_http" not in written(run, pim_half, "--channel", "mobile", "--force").read_text()


def test_an_only_channel_needs_no_name() -> None:
    only = {"code": "web", "category_tree": "master", "locales": ["fr_FR"], "currencies": ["EUR"]}
    assert init.choose(Structure.build(channels=[only], attributes=[]), None, ask=False).code == "web"


def test_a_person_at_a_terminal_is_asked_for_the_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    questions = []
    monkeypatch.setattr(init.typer, "prompt", lambda question: questions.append(question) or "APP")
    two = [{"code": code, "category_tree": "t", "locales": ["fr_FR"], "currencies": [], "labels": {}} for code in ("web", "app")]
    assert init.choose(Structure.build(channels=two, attributes=[]), None, ask=True).code == "app"
    assert questions == ["The PIM has the channels web (web), app (app). Import which"]


def test_missing_variables_are_named(run: Run) -> None:
    result = run(init.app, AKENEO_URL="http://127.0.0.1:9", AKENEO_PASSWORD="geheim")
    assert result.exit_code == 1
    named = [line.partition("Missing in the environment: ")[2].partition(",")[0] for line in result.output.splitlines()]
    assert named == ["AKENEO_CLIENT_ID", "AKENEO_CLIENT_SECRET", "AKENEO_USERNAME"]
    assert "geheim" not in result.output


def test_wrong_credentials_are_told_without_them(run: Run, pim_half: dict[str, str]) -> None:
    result = run(init.app, **pim_half | {"AKENEO_PASSWORD": "geheim"})
    assert result.exit_code == 1
    assert "refused the credentials (422)" in result.output
    assert "geheim" not in result.output
