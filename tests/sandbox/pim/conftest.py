"""A small hand-made shop served by a real PIM on a free port, and a client that has its token."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox.pim.api_shared import Pim
from sandbox.pim.pim_server import Options
from sandbox.pim.pim_start import open_pim, running

API = "/api/rest/v1"
PLAIN = "11111111-1111-4111-8111-111111111111"
NAMELESS = "22222222-2222-4222-8222-222222222222"
FAMILYLESS = "33333333-3333-4333-8333-333333333333"
DISABLED = "44444444-4444-4444-8444-444444444444"
RED_S = "55555555-5555-4555-8555-555555555555"
RED_M = "66666666-6666-4666-8666-666666666666"
BLUE_S = "77777777-7777-4777-8777-777777777777"
TEE_S = "88888888-8888-4888-8888-888888888888"
PICTURE = "a/b/c/d/abcd000000000000000000000000000000000000_plain.png"
LOST = "e/f/0/1/ef01000000000000000000000000000000000000_lost.png"


def value(data: Any, locale: str | None = None, scope: str | None = None) -> list[dict[str, Any]]:
    return [{"locale": locale, "scope": scope, "data": data}]


def attribute(code: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "type": f"pim_catalog_{kind}", "group": "main", **more}


ATTRIBUTES = [
    attribute("sku", "identifier"),
    attribute("name", "text", localizable=True, labels={"en_US": "Name"}),
    attribute("description", "textarea", localizable=True, scopable=True),
    attribute("price", "price_collection", decimals_allowed=True),
    attribute("weight", "metric", decimals_allowed=True, metric_family="Weight", default_metric_unit="KILOGRAM"),
    attribute("length", "metric", decimals_allowed=False, metric_family="Length", default_metric_unit="METER"),
    attribute("stock", "number", decimals_allowed=False),
    attribute("rating", "number", decimals_allowed=True),
    attribute("color", "simpleselect"),
    attribute("size", "simpleselect"),
    attribute("tags", "multiselect"),
    attribute("released", "date"),
    attribute("picture", "image", allowed_extensions=["png"]),
    attribute("active", "boolean"),
    attribute("note", "text"),
    attribute("legal", "text", localizable=True, available_locales=["de_DE"]),
]
SHIRT = [a["code"] for a in ATTRIBUTES if a["code"] != "note"]
SHOP: dict[str, list[dict[str, Any]]] = {
    "locales": [{"code": c, "enabled": c != "fr_FR"} for c in ("en_US", "de_DE", "fr_FR")],
    "currencies": [{"code": c, "enabled": c != "GBP"} for c in ("EUR", "USD", "GBP")],
    "channels": [
        {"code": "ecommerce", "locales": ["en_US", "de_DE"], "currencies": ["EUR", "USD"], "category_tree": "master"},
        {"code": "print", "locales": ["en_US"], "currencies": ["EUR"], "category_tree": "paper"},
    ],
    "attribute_groups": [{"code": "main", "labels": {"en_US": "Main"}}, {"code": "other"}],
    "attributes": ATTRIBUTES,
    "attribute_options": [
        {"attribute": attr, "code": code, "sort_order": n, "labels": {"en_US": code.title()}}
        for attr, codes in (("color", ("red", "blue")), ("size", ("S", "M", "L")), ("tags", ("new", "sale", "eco")))
        for n, code in enumerate(codes)
    ],
    "families": [
        {
            "code": "shirt",
            "attributes": SHIRT,
            "attribute_as_label": "name",
            "attribute_requirements": {"ecommerce": ["sku", "name", "price", "size"], "print": ["sku", "name"]},
            "labels": {"en_US": "Shirt"},
        },
        {"code": "unused", "attributes": ["sku", "name"], "attribute_as_label": "sku", "attribute_requirements": {}},
    ],
    "family_variants": [
        {
            "family": "shirt",
            "code": "by_color_size",
            "variant_attribute_sets": [
                {"level": 1, "axes": ["color"], "attributes": ["color", "picture"]},
                {"level": 2, "axes": ["size"], "attributes": ["size", "stock", "sku"]},
            ],
        },
        {
            "family": "shirt",
            "code": "by_size",
            "variant_attribute_sets": [{"level": 1, "axes": ["size"], "attributes": ["size", "stock", "sku"]}],
        },
    ],
    "association_types": [{"code": "X_SELL"}, {"code": "UPSELL"}, {"code": "PACK", "is_quantified": True}],
    "categories": [
        {"code": "master"},
        {"code": "clothes", "parent": "master"},
        {"code": "shirts", "parent": "clothes"},
        {"code": "shoes", "parent": "master"},
        {"code": "paper"},
        {"code": "folder", "parent": "paper"},
    ],
    "product_models": [
        {
            "code": "polo",
            "family_variant": "by_color_size",
            "categories": ["shirts"],
            "values": {"name": value("Polo", "en_US"), "price": value([{"amount": "20", "currency": "EUR"}])},
            "associations": {"X_SELL": {"products": [PLAIN], "product_models": [], "groups": []}},
            "updated": "2025-01-01T10:00:00+00:00",
        },
        {
            "code": "Polo_Red",
            "family_variant": "by_color_size",
            "parent": "polo",
            "categories": ["folder"],
            "values": {"color": value("red")},
            "updated": "2025-01-01T11:00:00+00:00",
        },
        {
            "code": "polo_blue",
            "family_variant": "by_color_size",
            "parent": "polo",
            "values": {"color": value("blue")},
            "updated": "2025-01-01T10:00:00+00:00",
        },
        {
            "code": "tee",
            "family_variant": "by_size",
            "values": {"name": value("Tee", "en_US"), "color": value("red")},
            "updated": "2025-01-01T10:00:00+00:00",
        },
    ],
    "products": [
        {
            "uuid": PLAIN,
            "family": "shirt",
            "categories": ["shirts", "folder"],
            "groups": ["promo"],
            "values": {
                "sku": value("plain"),
                "name": value("Plain shirt", "en_US") + value("Schlichtes Hemd", "de_DE"),
                "description": value("<p>Soft</p>", "en_US", "ecommerce") + value("Soft", "en_US", "print"),
                "price": value([{"amount": 12.5, "currency": "USD"}, {"amount": "10", "currency": "EUR"}]),
                "weight": value({"amount": 0.25, "unit": "KILOGRAM"}),
                "length": value({"amount": "2", "unit": "METER"}),
                "stock": value(7),
                "rating": value("4.12345"),
                "color": value("red"),
                "size": value("M"),
                "tags": value(["new", "sale"]),
                "released": value("2024-03-01"),
                "picture": value(PICTURE),
                "active": value(True),
            },
            "associations": {"UPSELL": {"products": [], "product_models": ["polo"], "groups": ["promo"]}},
            "quantified_associations": {
                "PACK": {
                    "products": [{"uuid": DISABLED, "quantity": 3}],
                    "product_models": [{"identifier": "tee", "quantity": 1}],
                }
            },
            "created": "2025-01-01T09:00:00+00:00",
            "updated": "2025-01-01T09:30:00+00:00",
        },
        {"uuid": NAMELESS, "family": "shirt", "values": {"stock": value(1)}, "updated": "2025-01-02T00:00:00+00:00"},
        {"uuid": FAMILYLESS, "values": {"sku": value("Loose"), "note": value("x")}, "updated": "2025-01-03T00:00:00+00:00"},
        {
            "uuid": DISABLED,
            "enabled": False,
            "family": "shirt",
            "categories": ["shoes"],
            "values": {"sku": value("old"), "picture": value(LOST)},
            "updated": "2025-01-04T00:00:00+00:00",
        },
        *(
            {
                "uuid": uuid,
                "parent": parent,
                "values": {"sku": value(sku), "size": value(size), "stock": value(3)},
                "updated": "2025-01-01T08:00:00+00:00",
            }
            for uuid, parent, sku, size in (
                (RED_S, "POLO_RED", "polo-red-s", "S"),
                (RED_M, "Polo_Red", "polo-red-m", "m"),
                (BLUE_S, "polo_blue", "polo-blue-s", "S"),
                (TEE_S, "tee", "tee-s", "S"),
            )
        ),
    ],
    "asset_families": [{"code": "photos", "labels": {"en_US": "Photos"}, "attribute_as_main_media": "media"}],
    "asset_attributes": [
        {"asset_family": "photos", "code": "label", "type": "text", "value_per_locale": True, "labels": {"en_US": "Label"}},
        {
            "asset_family": "photos",
            "code": "media",
            "type": "media_file",
            "media_type": "image",
            "is_required_for_completeness": True,
        },
        {"asset_family": "photos", "code": "angle", "type": "single_option"},
    ],
    "asset_attribute_options": [{"asset_family": "photos", "attribute": "angle", "code": "front", "labels": {"en_US": "Front"}}],
    "assets": [
        {
            "asset_family": "photos",
            "code": f"photo_{n}",
            "values": {
                "label": [{"locale": "en_US", "channel": None, "data": f"Photo {n}"}],
                "media": [{"locale": None, "channel": None, "data": "1/2/3/4/1234_photo.png"}],
            },
            "updated": f"2025-02-0{n}T00:00:00+00:00",
        }
        for n in (1, 2, 3)
    ],
    "reference_entities": [{"code": "designers", "labels": {"en_US": "Designers"}, "image": "9/8/7/6/9876_designer.png"}],
    "reference_entity_attributes": [
        {"reference_entity": "designers", "code": "label", "type": "text", "value_per_locale": True},
        {"reference_entity": "designers", "code": "photo", "type": "image"},
        {"reference_entity": "designers", "code": "country", "type": "single_option", "is_required_for_completeness": True},
    ],
    "reference_entity_attribute_options": [
        {"reference_entity": "designers", "attribute": "country", "code": "it", "labels": {"en_US": "Italy"}}
    ],
    "records": [
        {
            "reference_entity": "designers",
            "code": "kartell",
            "values": {
                "label": [{"locale": "en_US", "channel": None, "data": "Kartell"}],
                "country": [{"locale": None, "channel": None, "data": "it"}],
            },
        },
        {"reference_entity": "designers", "code": "starck", "values": {}},
    ],
}


class Client:
    """Calls the PIM with its token; `walk` follows `next` links."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {self.token()['access_token']}"

    def token(self, **changes: Any) -> dict[str, Any]:
        body = {"grant_type": "password", "username": "sandbox", "password": "sandbox", **changes}
        answer = requests.post(self.base + "/api/oauth/v1/token", auth=("sandbox", "sandbox"), json=body, timeout=10)
        parsed: dict[str, Any] = answer.json()
        return parsed

    def call(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        url = path if path.startswith("http") else self.base + API + path
        return self.session.request(method, url, timeout=30, **kwargs)

    def get(self, path: str, **query: Any) -> Any:
        answer = self.call("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def items(self, path: str, search: Any = None, **query: Any) -> list[dict[str, Any]]:
        if search is not None:
            query["search"] = json.dumps(search)
        embedded = self.get(path, **{"limit": 100, **query})["_embedded"]
        items: list[dict[str, Any]] = embedded.get("items", embedded.get("_items"))
        return items

    def patch(self, path: str, body: Any) -> requests.Response:
        return self.call("PATCH", path, json=body)

    def post(self, path: str, body: Any) -> requests.Response:
        return self.call("POST", path, json=body)

    def delete(self, path: str) -> requests.Response:
        return self.call("DELETE", path)

    def bulk(self, path: str, items: list[Any]) -> list[dict[str, Any]]:
        body = "\n".join(json.dumps(item) for item in items)
        answer = self.call("PATCH", path, data=body, headers={"Content-Type": "application/vnd.akeneo.collection+json"})
        assert answer.status_code == 200, answer.text
        return [json.loads(line) for line in answer.text.split("\n")]

    def walk(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        page = self.get(path, **query)
        while True:
            yield from page["_embedded"].get("items", page["_embedded"].get("_items"))
            if "next" not in page["_links"]:
                return
            page = self.get(page["_links"]["next"]["href"])


class Clock:
    """The PIM's clock, moved by hand: 2025-06-01 12:00:00 UTC at first."""

    def __init__(self) -> None:
        self.now = 1_748_779_200.0

    def __call__(self) -> float:
        return self.now


def write_shop(folder: Path, **changes: Any) -> Path:
    for name, items in {**SHOP, **changes}.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(item) + "\n" for item in items))
    picture = folder / "media" / PICTURE
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"picture of a plain shirt")
    asset = folder / "asset_media" / "1/2/3/4/1234_photo.png"
    asset.parent.mkdir(parents=True)
    asset.write_bytes(b"photo")
    return folder


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shop(tmp_path: Path, clock: Clock) -> Pim:
    """The shop's PIM, not served."""
    folder = tmp_path / "catalog"
    folder.mkdir()
    pim = open_pim(str(write_shop(folder)), tmp_path / "pim.sqlite")
    pim.clock = clock
    return pim


@pytest.fixture
def client(shop: Pim) -> Iterator[Client]:
    with running(shop, Options(limits=False)) as base:
        found = Client(base)
        yield found
        found.session.close()


@contextmanager
def _served_shop(folder: Path) -> Iterator[Client]:
    with running(open_pim(str(write_shop(folder)), folder / "pim.sqlite"), Options(limits=False)) as base:
        found = Client(base)
        yield found
        found.session.close()


@pytest.fixture(scope="session")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of a shop of its own, for tests that only read."""
    with _served_shop(tmp_path_factory.mktemp("reader")) as client:
        yield client


@pytest.fixture(scope="session")
def serve_shop() -> Callable[[Path], AbstractContextManager[Client]]:
    """Serves a shop from an empty folder, for test modules that share one of their own."""
    return _served_shop


@pytest.fixture
def make_client() -> type[Client]:
    """The client, for tests that serve a catalogue of their own."""
    return Client


@pytest.fixture(scope="session")
def shared() -> Path:
    """The reference material beside the repository; skips by name when it is absent."""
    folder = Path(os.environ.get("SHARED_DIR", Path(__file__).parents[3].parent / "shared"))
    if not folder.is_dir():
        pytest.skip("needs the shared reference material (SHARED_DIR)")
    return folder
