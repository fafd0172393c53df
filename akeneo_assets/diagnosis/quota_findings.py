"""SFCC's quotas against what the PIM and the store hold.

Belongs here: counting, and judging a count. Doesn't: the limits (`sfcc_resources.limits`). What is counted from the last
full load is as old as that.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import orjson

from akeneo_assets.diagnosis.finding import Finding
from akeneo_assets.diagnosis.store_findings import readable
from akeneo_assets.loads.ledger import Ledger
from akeneo_assets.loads.package import Package
from akeneo_assets.loads.record_files import record_files
from akeneo_assets.loads.window import last_successful
from akeneo_assets.mapping.sites import Sites, exported_categories
from akeneo_assets.store import Store, rows, sql_files
from akeneo_assets.structure.pim_structure import Structure, fold
from sfcc_resources import records as sfcc
from sfcc_resources.limits import QUOTAS, length
from sfcc_resources.record_types import REGISTRY

AREA: Final = "quotas"
NEAR: Final = 0.6
"""From this share on it is a warning, as in Salesforce's own quota status."""

_OF_LEDGER: Final = {
    sfcc.CONTENT: "content assets",
    sfcc.FOLDER: "content folders",
    sfcc.CUSTOM_TYPE: "custom object types",
    sfcc.CUSTOM_OBJECT: "custom objects",
}
_PATH: Final = "characters of an image path"


def judge(what: str, count: int, limit: int, where: str, advice: str) -> Finding:
    """A count against its limit; `where` names the object with most of them."""
    sentence = f"{count:,} of {limit:,}{f' ({where})' if where else ''}."
    if count > limit:
        return Finding(AREA, what, "problem", sentence, f"SFCC refuses more. {advice}")
    if count >= NEAR * limit:
        return Finding(AREA, what, "warning", sentence, advice)
    return Finding(AREA, what, "ok", sentence)


def of_categories(structure: Structure, sites: Sites) -> Iterator[Finding]:
    """Subcategories of a category, in the trees that are exported."""
    what = "subcategories of a category"
    counts: Counter[str] = Counter()
    for site in sites.sites:
        inside = exported_categories(site, structure)
        counts |= Counter(c.parent if c.parent and fold(c.parent) in inside else site.root_category for c in inside.values())
    if counts:
        category, count = counts.most_common(1)[0]
        yield judge(what, count, QUOTAS[what], category, "Split the category in the PIM, or export other trees.")


def of_store(store: Store) -> Iterator[Finding]:
    """What SFCC was given, by the ledger; and what the last successful full load holds."""
    yield from readable("content and custom objects", store.ledger, lambda: _of_ledger(store))
    yield from readable("products", store.root, lambda: _of_last_load(store))


def _of_ledger(store: Store) -> Iterator[Finding]:
    counts = Counter(Ledger(store).objects(*_OF_LEDGER, columns=("type",))["type"].to_pylist())
    for kind, what in _OF_LEDGER.items():
        if counts[kind]:
            yield judge(what, counts[kind], QUOTAS[what], "", "Import fewer reference entities, or as: json.")


def _of_last_load(store: Store) -> Iterator[Finding]:
    last = last_successful(store, whole=True)
    if last is None:
        sentence = "Variants of a master, values of a set and image paths are counted from a full load; none has succeeded yet."
        yield Finding(AREA, "products", "unknown", sentence, "Ask again after 3-2.")
        return
    package = Package.of_load(store, last.key)
    yield from _of_variants(store, package.identities)
    yield from _of_products(record_files(package.records("products"), sfcc.PRODUCT), last.key)


def _of_variants(store: Store, identities: Path) -> Iterator[Finding]:
    what = "variants of a master"
    with store.query() as query:
        most = query.execute(f"""
            SELECT root, count(*) FROM read_parquet({sql_files([identities])})
            WHERE owner = 'product' AND root IS NOT NULL AND sfcc_id IS NOT NULL
            GROUP BY root ORDER BY 2 DESC, 1 LIMIT 1
        """).fetchone()  # noqa: S608 - a quoted path of our own
    if most:
        yield judge(what, most[1], QUOTAS[what], str(most[0]), "Split the model in the PIM.")


def _of_products(files: list[Path], load: str) -> Iterator[Finding]:
    values, paths = (0, ""), (0, "")
    for entry in rows(files, ["id", "record"]):
        record: dict[str, Any] = orjson.loads(entry["record"])
        for attribute, slots in record.get("custom", {}).items():
            most = max((len(v) for v in slots.values() if isinstance(v, list)), default=0)
            values = max(values, (most, f"{attribute} of {entry['id']}"))
        for group in record.get("images", []):
            for image in group["images"]:
                paths = max(paths, (length(image["path"]), entry["id"]))
    in_load = f" in load {load}"
    what = "values of a set-of-string"
    advice = "Import the attribute as one JSON text (assets.as: json), or exclude it."
    yield judge(what, values[0], QUOTAS[what], values[1] + in_load if values[0] else "", advice)
    limit = REGISTRY[sfcc.FILE].id_type.max_length or 0
    yield judge(_PATH, paths[0], limit, paths[1] + in_load if paths[0] else "", "Shorten the file's name in the PIM.")
