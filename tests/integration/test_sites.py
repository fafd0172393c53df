"""Several sites in one run: what each of them shows, and that the PIM is read no more often for two than for one."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
import requests
import yaml

WEB = {"id": "RefArch", "channel": "ecommerce", "default_locale": "en_US", "storefront_catalog": "kettle-web"}
APP = {
    "id": "RefArchGlobal",
    "channel": "mobile",
    "default_locale": "de_DE",
    "storefront_catalog": "kettle-app",
    "trees": ["app_menu", "outlet"],
}
SAMPLER = "2d50cea8-bff4-4e39-9ed1-c4bd8df56172"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@contextmanager
def counted(address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """How often each list of the PIM is asked for, by the first word of its path."""
    asked: Counter[str] = Counter()
    send = requests.Session.send

    def counting(session: requests.Session, request: requests.PreparedRequest, **more: Any) -> requests.Response:
        if (request.url or "").startswith(root):
            asked[(request.url or "").removeprefix(root).split("?")[0].split("/")[0]] += 1
        return send(session, request, **more)

    root = f"{address}/api/rest/v1/"
    with monkeypatch.context() as patched:
        patched.setattr(requests.Session, "send", counting)
        yield asked


def written(settings: dict[str, Any], folder: Path) -> str:
    """The settings as a file."""
    path = folder / "connector.yaml"
    path.write_text(yaml.safe_dump(settings), "utf-8")
    return str(path)


@pytest.fixture(scope="module")
def done(pim_of: Callable[[str], str], place_at: Any, tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """After job 3-2 with one site and with two: the second's export, and what each run asked of the PIM."""
    pim_url, asked = pim_of("demo"), {}
    for sites in ([WEB], [WEB, APP]):
        place = place_at(pim_url)
        chosen = {"as": "content", "library": f"sites/{sites[-1]['id']}"}
        settings = {"organization": {"sites": sites}, "reference_entities": chosen}
        config = written(settings, tmp_path_factory.mktemp("sites"))
        with pytest.MonkeyPatch.context() as patch, counted(pim_url, patch) as counts:
            run = place.job("3-2", CONNECTOR_CONFIG=config)
        assert run.ok, run.failures
        asked[len(sites)] = counts
    return SimpleNamespace(place=place, export=place.export(), asked=asked)


def test_one_read_of_the_pim_feeds_both_sites(done: SimpleNamespace) -> None:
    assert done.asked[1]["products-uuid"] > 0
    assert done.asked[2]["products-uuid"] == done.asked[1]["products-uuid"]
    assert {name: n for name, n in done.asked[2].items() if "media" not in name} == {
        name: n for name, n in done.asked[1].items() if "media" not in name
    }


def test_each_site_shows_the_trees_chosen_for_it(done: SimpleNamespace) -> None:
    shown = {
        catalog.get("catalog-id"): {c.get("category-id"): c.findtext("parent") for c in catalog.iterfind("category")}
        for catalog in done.export.all("/catalog")
    }
    assert {id_ for id_, parent in shown["kettle-web"].items() if parent == "root"} == {"master"}
    assert shown["kettle-app"] == {
        "root": None,
        "app_menu": "root",
        "app_favourites": "app_menu",
        "app_coffee": "app_menu",
        "outlet": "root",
        "outlet_last_pieces": "outlet",
    }
    assert done.export.categories_of("TENT-BASE-6") == {"tents", "outlet_last_pieces"}


def test_each_catalog_and_a_private_library_have_their_own_sites_locales(done: SimpleNamespace) -> None:
    def texts(element: Any, path: str) -> dict[str, str]:
        return {one.get(LANG): one.text for one in element.iterfind(path)}

    assert texts(done.export.category("outlet_last_pieces"), "display-name") == {
        "x-default": "Letzte Stücke",
        "de-DE": "Letzte Stücke",
        "en-US": "Last pieces",
    }
    assert texts(done.export.category("tents"), "display-name") == {
        "x-default": "Tents & <Tarps>",
        "en-US": "Tents & <Tarps>",
        "de-DE": "Zelte & <Tarps>",
        "fr-FR": "Tentes & <Tarps>",
    }
    (huila,) = [c for c in done.export.all("/library/content") if c.get("content-id") == "akeneo_entity_origins_huila"]
    assert texts(huila, "custom-attributes/custom-attribute[@attribute-id='akeneo_origins_story']") == {
        "en-US": "<p>Steep slopes, small plots & patient d"
    }
    (feed,) = done.export.folder.rglob("sites/RefArchGlobal/library/library.xml")
    assert b'content-id="akeneo_entity_origins_huila"' in feed.read_bytes()


def test_a_locale_and_a_site_that_sfcc_has_no_longer_are_cleared_nowhere_once_the_settings_say_so(
    done: SimpleNamespace, tmp_path: Path
) -> None:
    instance = done.place.sfcc_root / "instance.json"
    given = orjson.loads(instance.read_bytes())
    given["locales"].remove("fr-FR")
    del given["sites"]["RefArchGlobal"]
    instance.write_bytes(orjson.dumps(given))
    organization: dict[str, Any] = {"sites": [{**WEB, "locales": {"en_US": "en-US", "de_DE": "de-DE"}}]}
    refused = done.place.job("3-1", CONNECTOR_CONFIG=written({"organization": organization}, tmp_path))
    assert "locale 'fr-FR' of element" in refused.failures[0]
    organization["forgotten"] = ["fr-FR", "@RefArchGlobal"]
    config = written({"organization": organization}, tmp_path)
    run = done.place.job("3-1", CONNECTOR_CONFIG=config)
    assert run.ok, run.failures
    assert ("product", "TENT-RIDGE-2") in run.to_send
    assert done.place.job("3-1", CONNECTOR_CONFIG=config).sent == {}


def test_a_sites_value_of_an_attribute_that_is_for_all_sites_for_a_while_does_not_come_back(
    pim_of: Callable[[str], str], place_at: Any, editor: Any, tmp_path: Path
) -> None:
    pim_url = pim_of("demo")
    pim, place, fresh = editor(pim_url), place_at(pim_url), place_at(pim_url)
    config = tmp_path / "connector.yaml"
    config.write_text(yaml.safe_dump({"organization": {"sites": [WEB, APP]}}))

    def notes(job: str, at: Any, *values: tuple[str | None, str], scopable: bool | None = None) -> set[tuple[str | None, str]]:
        """The slots of a product's note after a job; before it the PIM has `values`, of an attribute made anew if it says so."""
        if scopable is not None:
            made = {"code": "staff_note", "group": "marketing", "type": "pim_catalog_textarea", "scopable": scopable}
            pim.delete("attributes/staff_note")
            pim.patch("attributes/staff_note", made)
        if values:
            told = [{"locale": None, "scope": scope, "data": data} for scope, data in values]
            pim.patch(f"products-uuid/{SAMPLER}", {"values": {"staff_note": told}})
        run = at.job(job, CONNECTOR_CONFIG=str(config))
        assert run.ok, run.failures
        found = at.export().product("SAMPLER-001").iterfind("custom-attributes/custom-attribute")
        return {(one.get("site-id"), str(one.text)) for one in found if one.get("attribute-id") == "akeneo_staff_note"}

    both = {(None, "web"), ("RefArchGlobal", "app")}
    assert notes("3-2", place, ("ecommerce", "web"), ("mobile", "app")) == both
    assert (None, "all") in notes("3-1", place, (None, "all"), scopable=False)
    now = notes("3-1", place, ("ecommerce", "web again"), scopable=True)
    assert now == {("RefArch", "web again")}
    assert notes("3-2", fresh) == now
