"""A catalogue of very wide products, as a folder of JSON lines that the sandbox PIM loads: 500 attributes in 6 locales each.

Belongs here: writing it, the same for the same number. Doesn't: what is measured with it (`__main__`).
"""

import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

import orjson

ATTRIBUTES: Final = 500
LOCALES: Final = ("en_US", "de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL")

_KINDS: Final = ("text", "text", "text", "textarea", "number", "simpleselect", "boolean", "date", "text", "metric")
_OPTIONS: Final = 20
_START: Final = datetime(2026, 1, 1, tzinfo=UTC)
_WORDS: Final = ("amber", "basalt", "cedar", "ember", "fjord", "granite", "harbor", "indigo", "juniper", "kelp", "linen", "maple")

Doc = dict[str, Any]


def write(folder: Path, products: int) -> Path:
    """Write the catalogue to `folder`, a product at a time; about 200 kB each."""
    folder.mkdir(parents=True)
    attributes = [_attribute(n) for n in range(ATTRIBUTES)]
    channel = {"code": "ecommerce", "locales": LOCALES, "currencies": ["EUR"], "category_tree": "master", "labels": {}}
    sku = {"code": "sku", "type": "pim_catalog_identifier", "group": "other", "is_main_identifier": True, "unique": True}
    family = {"code": "wide", "attributes": ["sku", *(a["code"] for a in attributes)], "attribute_as_label": "sku", "labels": {}}
    lists: dict[str, Iterable[Doc]] = {
        "locales": [{"code": code, "enabled": True} for code in LOCALES],
        "currencies": [{"code": "EUR", "enabled": True}],
        "channels": [channel],
        "attribute_groups": [{"code": "other", "sort_order": 0, "labels": {}}],
        "attributes": [sku, *attributes],
        "attribute_options": (o for a in attributes if a["type"].endswith("select") for o in _options(a["code"])),
        "families": [family],
        "categories": [{"code": "master", "parent": None, "labels": {}}],
        "products": (_product(n) for n in range(products)),
    }
    for name, items in lists.items():
        with (folder / f"{name}.jsonl").open("wb") as file:
            file.writelines(orjson.dumps(item) + b"\n" for item in items)
    return folder


def _attribute(number: int) -> Doc:
    kind = _KINDS[number % len(_KINDS)]
    doc = {
        "code": f"wide_{number:03d}",
        "type": f"pim_catalog_{kind}",
        "group": "other",
        "sort_order": number,
        "localizable": True,
    }
    match kind:
        case "number":
            return doc | {"decimals_allowed": True, "negative_allowed": False}
        case "metric":
            unit = {"metric_family": "Weight", "default_metric_unit": "KILOGRAM"}
            return doc | unit | {"decimals_allowed": True, "negative_allowed": False}
        case _:
            return doc


def _options(attribute: str) -> Iterator[Doc]:
    for n in range(_OPTIONS):
        labels = {locale: f"{_WORDS[n % len(_WORDS)]} {n} {locale}" for locale in LOCALES}
        yield {"code": f"option_{n}", "attribute": attribute, "sort_order": n, "labels": labels}


def _product(number: int) -> Doc:
    rng = Random(number)
    values: dict[str, list[Doc]] = {"sku": [{"locale": None, "scope": None, "data": f"WIDE-{number:06d}"}]}
    for n in range(ATTRIBUTES):
        kind = _KINDS[n % len(_KINDS)]
        values[f"wide_{n:03d}"] = [{"locale": code, "scope": None, "data": _data(kind, rng)} for code in LOCALES]
    created = (_START + timedelta(seconds=7 * number)).isoformat()
    return {
        "uuid": str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        "enabled": True,
        "family": "wide",
        "categories": ["master"],
        "values": values,
        "created": created,
        "updated": created,
    }


def _data(kind: str, rng: Random) -> Any:
    match kind:
        case "number":
            return f"{rng.randrange(10**6) / 100:.4f}"
        case "metric":
            return {"amount": f"{rng.randrange(10**5) / 100:.4f}", "unit": "KILOGRAM"}
        case "simpleselect":
            return f"option_{rng.randrange(_OPTIONS)}"
        case "boolean":
            return rng.random() < 0.5
        case "date":
            return f"2026-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}T00:00:00+00:00"
        case _:
            return f"{rng.choice(_WORDS)} {rng.choice(_WORDS)} {rng.randrange(1000)}"
