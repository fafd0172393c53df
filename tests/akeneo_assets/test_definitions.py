"""The code location as people see it, written out whole: a change of it has to be meant."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from akeneo_assets.definitions import build

LISTS = [
    "asset_attribute_options",
    "asset_attributes",
    "asset_families",
    "assets",
    "association_types",
    "attribute_groups",
    "attribute_options",
    "attributes",
    "categories",
    "channels",
    "currencies",
    "families",
    "family_variants",
    "locales",
    "measurement_families",
    "records",
    "reference_entities",
    "reference_entity_attribute_options",
    "reference_entity_attributes",
]
ALL_LISTS = " ".join(f"akeneo/{name}" for name in LISTS)
PRODUCT_RECORDS = "sfcc/products sfcc/category_assignments sfcc/recommendations sfcc/prices"
MAPPED = "akeneo/changes akeneo/product_media"

# asset: (group, what it is made from, has a partition a load, checks)
ASSETS: dict[str, tuple[str, str, bool, str]] = {
    "akeneo/pim": ("akeneo", "", False, ""),
    "akeneo/connection": ("akeneo_lists", "akeneo/pim", False, ""),
    **{f"akeneo/{name}": ("akeneo_lists", "akeneo/connection", False, "") for name in LISTS},
    "akeneo/attribute_options": ("akeneo_lists", "akeneo/attributes akeneo/connection", False, ""),
    "akeneo/family_variants": ("akeneo_lists", "akeneo/connection akeneo/families", False, ""),
    "akeneo/asset_attributes": ("akeneo_lists", "akeneo/asset_families akeneo/attributes akeneo/connection", False, ""),
    "akeneo/asset_attribute_options": ("akeneo_lists", "akeneo/asset_attributes akeneo/connection", False, ""),
    "akeneo/assets": ("akeneo_lists", "akeneo/asset_families akeneo/attributes akeneo/connection", False, ""),
    "akeneo/records": ("akeneo_lists", "akeneo/connection akeneo/reference_entities", False, ""),
    "akeneo/reference_entity_attributes": ("akeneo_lists", "akeneo/connection akeneo/reference_entities", False, ""),
    "akeneo/reference_entity_attribute_options": (
        "akeneo_lists",
        "akeneo/connection akeneo/reference_entity_attributes",
        False,
        "",
    ),
    "akeneo/product_load": ("akeneo_products", ALL_LISTS, True, ""),
    "akeneo/products": ("akeneo_products", "akeneo/product_load", True, "read_what_the_pim_counts"),
    "akeneo/product_models": ("akeneo_products", "akeneo/product_load", True, "read_what_the_pim_counts"),
    "akeneo/associations": ("akeneo_products", "akeneo/product_load", True, ""),
    "akeneo/media_references": ("akeneo_products", "akeneo/product_load", True, ""),
    "akeneo/missing_media": ("akeneo_media", "akeneo/media_references akeneo/product_load", True, ""),
    "akeneo/changes": (
        "akeneo_products",
        "akeneo/associations akeneo/missing_media akeneo/product_models akeneo/products",
        True,
        "",
    ),
    "akeneo/media": ("akeneo_media", ALL_LISTS, False, ""),
    "akeneo/product_media": ("akeneo_media", "akeneo/changes akeneo/media_references", True, ""),
    "sfcc/attribute_definitions": ("sfcc_records", ALL_LISTS, False, ""),
    "sfcc/price_books": ("sfcc_records", ALL_LISTS, False, ""),
    "sfcc/media_files": ("sfcc_records", "akeneo/media", False, ""),
    "sfcc/content": ("sfcc_records", f"{ALL_LISTS} akeneo/media akeneo/product_media", False, ""),
    "sfcc/categories": ("sfcc_records", "akeneo/product_load akeneo/product_media", True, ""),
    "sfcc/products": ("sfcc_records", MAPPED, True, ""),
    "sfcc/category_assignments": ("sfcc_records", MAPPED, True, ""),
    "sfcc/recommendations": ("sfcc_records", MAPPED, True, ""),
    "sfcc/prices": ("sfcc_records", MAPPED, True, ""),
    "sfcc/held_back": ("sfcc_records", "akeneo/changes", True, "nothing_held_back"),
    "sfcc/attribute_feeds": ("sfcc_feeds", "sfcc/attribute_definitions", False, "xml_holds_what_is_to_be_sent"),
    "sfcc/media_pricebook_feeds": (
        "sfcc_feeds",
        "sfcc/content sfcc/media_files sfcc/price_books",
        False,
        "xml_holds_what_is_to_be_sent",
    ),
    "sfcc/product_feeds": (
        "sfcc_feeds",
        f"sfcc/attribute_definitions sfcc/price_books sfcc/content sfcc/categories {PRODUCT_RECORDS}",
        True,
        "xml_holds_what_is_to_be_sent",
    ),
    "sfcc/attribute_import": ("sfcc_imports", "sfcc/attribute_feeds", False, "sfcc_confirmed_everything"),
    "sfcc/media_pricebook_import": ("sfcc_imports", "sfcc/media_pricebook_feeds", False, "sfcc_confirmed_everything"),
    "sfcc/product_import": ("sfcc_imports", "sfcc/product_feeds", True, "sfcc_confirmed_everything"),
    "sfcc/instance": ("sfcc", "sfcc/attribute_import sfcc/media_pricebook_import sfcc/product_import", False, ""),
}

_READ = f"akeneo/connection {ALL_LISTS}"
_MEDIA_DELIVERY = "sfcc/media_pricebook_feeds sfcc/media_pricebook_import"
_LOAD = (
    f"{_READ} akeneo/product_load akeneo/products akeneo/product_models akeneo/associations akeneo/media_references "
    f"akeneo/missing_media {MAPPED} sfcc/attribute_definitions sfcc/price_books sfcc/content sfcc/categories {PRODUCT_RECORDS} "
    "sfcc/held_back sfcc/product_feeds sfcc/product_import"
)
# job: (assets, tags, the original title, cron)
JOBS: dict[str, tuple[str, dict[str, str], str, str]] = {
    "akeneo_1_import_attributes": (
        f"{_READ} sfcc/attribute_definitions sfcc/attribute_feeds sfcc/attribute_import",
        {},
        "1- Akeneo-Import-Attributes",
        "0 1 * * *",
    ),
    "akeneo_2_import_media_assets_pricebook": (
        f"{_READ} akeneo/media sfcc/media_files sfcc/price_books sfcc/content {_MEDIA_DELIVERY}",
        {},
        "2- Akeneo-Import-Media-Assets-Pricebook",
        "30 1 * * *",
    ),
    "akeneo_3_1_differential_import_products": (
        _LOAD,
        {"akeneo_sfcc/load": "differential"},
        "3-1- Akeneo-Differential-Import-Products",
        "0 6-22 * * *",
    ),
    "akeneo_3_2_full_import_products": (_LOAD, {"akeneo_sfcc/load": "full"}, "3-2- Akeneo-Full-Import-Products", "0 2 * * 0"),
}


@pytest.fixture(scope="module")
def repository() -> Any:
    return build().get_repository_def()


def test_the_assets_their_groups_edges_partitions_and_checks(repository: Any) -> None:
    nodes = [repository.asset_graph.get(key) for key in repository.asset_graph.get_all_asset_keys()]
    assert {
        node.key.to_user_string(): (
            node.group_name,
            {key.to_user_string() for key in node.parent_keys},
            node.partitions_def is not None,
            " ".join(key.name for key in node.check_keys),
        )
        for node in nodes
    } == {name: (group, set(made_from.split()), load, checks) for name, (group, made_from, load, checks) in ASSETS.items()}
    assert {node.partitions_def.name for node in nodes if node.partitions_def} == {"product_loads"}
    assert {node.key.to_user_string() for node in nodes if node.is_external} == {"akeneo/pim", "sfcc/instance"}


def test_only_what_would_send_something_wrong_stops_a_run(repository: Any) -> None:
    checks = [repository.asset_graph.get(key) for key in repository.asset_graph.asset_check_keys]
    assert {(node.key.asset_key.to_user_string()) for node in checks if node.blocking} == {
        "sfcc/attribute_feeds",
        "sfcc/media_pricebook_feeds",
        "sfcc/product_feeds",
    }


@pytest.mark.parametrize("name", JOBS)
def test_a_job_its_assets_tags_title_and_schedule(repository: Any, name: str) -> None:
    job = repository.get_job(name)
    assets, tags, title, cron = JOBS[name]
    assert {key.to_user_string() for key in job.asset_layer.executable_asset_keys} == set(assets.split())
    assert job.tags == tags
    assert str(job.description).startswith(f"{title}: ")
    (schedule,) = [one for one in repository.schedule_defs if one.job_name == name]
    assert (schedule.cron_schedule, schedule.default_status) == (cron, dg.DefaultScheduleStatus.STOPPED)
    assert job.executor_def.name == "in_process"


def test_there_is_nothing_else(repository: Any) -> None:
    assert {job.name for job in repository.get_all_jobs() if not job.name.startswith("__")} == set(JOBS)
    assert len(repository.schedule_defs) == len(JOBS)
    assert [(sensor.name, sensor.default_status) for sensor in repository.sensor_defs] == [
        ("pim_changes", dg.DefaultSensorStatus.STOPPED)
    ]


def test_every_asset_says_what_it_is(repository: Any) -> None:
    nodes = [repository.asset_graph.get(key) for key in repository.asset_graph.get_all_asset_keys()]
    assert [node.key.to_user_string() for node in nodes if not node.description] == []


WATCHED = """
import os, sys
read = set()
def watch(event, arguments):
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        read.add("file written: " + str(arguments[0]))
    if event in ("socket.connect", "socket.getaddrinfo", "sqlite3.connect"):
        read.add(event + str(arguments))
sys.addaudithook(watch)
names = {"AKENEO", "SFCC", "CONNECTOR", "DAGSTER_HOME"}
class Watched(type(os.environ)):
    def __getitem__(self, key):
        if str(key).split("_")[0] in names or key in names:
            read.add("environment read: " + str(key))
        return super().__getitem__(key)
os.environ.__class__ = Watched
import akeneo_assets.definitions
akeneo_assets.definitions.defs.get_repository_def()
print(sorted(read))
"""


def test_importing_reads_no_environment_writes_nothing_and_asks_nobody(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    nowhere.mkdir(mode=0o500)
    done = subprocess.run(
        [sys.executable, "-B", "-c", WATCHED],
        env={"PATH": os.defpath, "PYTHONPATH": str(Path(__file__).parents[2])},
        cwd=nowhere,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr[-2000:]
    assert list(nowhere.iterdir()) == []
