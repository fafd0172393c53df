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


def lists(names: str) -> str:
    return " ".join(f"akeneo/{name}" for name in names.split())


ATTRIBUTES = lists("attributes attribute_options attribute_groups families measurement_families channels locales")
ENTITIES = lists("reference_entities reference_entity_attributes reference_entity_attribute_options")
PIM_ASSETS = lists("asset_families asset_attributes asset_attribute_options assets")
MEDIA = lists("attributes channels assets asset_attributes asset_families categories records reference_entity_attributes")
OF_LOAD = (
    "sfcc/attribute_definitions sfcc/product_files sfcc/price_books sfcc/content sfcc/catalog_header sfcc/categories "
    "sfcc/products sfcc/category_assignments sfcc/recommendations sfcc/prices sfcc/retired"
)
ITEMS = "akeneo/changes akeneo/products akeneo/product_models"

# asset: (group, what it is made from, has a partition a load, checks)
ASSETS: dict[str, tuple[str, str, bool, str]] = {
    "akeneo/pim": ("akeneo", "", False, ""),
    "akeneo/connection": ("akeneo_structure", "akeneo/pim", False, ""),
    **{f"akeneo/{name}": ("akeneo_structure", "akeneo/connection", False, "") for name in LISTS},
    "akeneo/attribute_options": ("akeneo_structure", "akeneo/attributes akeneo/connection", False, ""),
    "akeneo/family_variants": ("akeneo_structure", "akeneo/connection akeneo/families", False, ""),
    "akeneo/asset_attributes": ("akeneo_structure", "akeneo/asset_families akeneo/attributes akeneo/connection", False, ""),
    "akeneo/asset_attribute_options": ("akeneo_structure", "akeneo/asset_attributes akeneo/connection", False, ""),
    "akeneo/assets": ("akeneo_structure", "akeneo/asset_families akeneo/attributes akeneo/connection", False, ""),
    "akeneo/records": ("akeneo_structure", "akeneo/connection akeneo/reference_entities", False, ""),
    "akeneo/reference_entity_attributes": ("akeneo_structure", "akeneo/connection akeneo/reference_entities", False, ""),
    "akeneo/reference_entity_attribute_options": (
        "akeneo_structure",
        "akeneo/connection akeneo/reference_entity_attributes",
        False,
        "",
    ),
    "akeneo/product_load": (
        "akeneo_items",
        lists("channels attributes attribute_options association_types families locales currencies"),
        True,
        "",
    ),
    "akeneo/products": ("akeneo_items", "akeneo/product_load akeneo/attributes", True, "read_what_the_pim_counts"),
    "akeneo/product_models": ("akeneo_items", "akeneo/product_load akeneo/attributes", True, "read_what_the_pim_counts"),
    "akeneo/associations": ("akeneo_items", "akeneo/product_load akeneo/attributes", True, ""),
    "akeneo/media_references": ("akeneo_items", "akeneo/product_load akeneo/attributes", True, ""),
    "akeneo/missing_media": ("load", f"akeneo/media_references akeneo/product_load {MEDIA}", True, ""),
    "akeneo/changes": (
        "load",
        "akeneo/associations akeneo/missing_media akeneo/product_models akeneo/products sfcc/attribute_definitions",
        True,
        "",
    ),
    "akeneo/media": ("akeneo_media", f"akeneo/pim {MEDIA}", False, ""),
    "akeneo/product_media": ("load", f"akeneo/changes akeneo/media_references {MEDIA}", True, ""),
    "sfcc/attribute_definitions": ("sfcc_definitions", f"{ATTRIBUTES} {ENTITIES}", False, ""),
    "sfcc/price_books": ("sfcc_definitions", lists("currencies channels attributes"), False, ""),
    "sfcc/catalog_header": ("sfcc_definitions", "akeneo/channels", False, ""),
    "sfcc/media_files": ("sfcc_records", "akeneo/media", False, ""),
    "sfcc/product_files": ("sfcc_records", "akeneo/product_media", True, ""),
    "sfcc/content": ("sfcc_records", f"akeneo/records {ENTITIES} akeneo/media akeneo/product_media", False, ""),
    "sfcc/categories": ("sfcc_records", f"{lists('categories channels locales')} akeneo/product_media", True, ""),
    "sfcc/products": (
        "sfcc_records",
        f"{ITEMS} {ATTRIBUTES} akeneo/family_variants {PIM_ASSETS} {ENTITIES} akeneo/records akeneo/product_media",
        True,
        "",
    ),
    "sfcc/category_assignments": ("sfcc_records", f"{ITEMS} akeneo/categories", True, ""),
    "sfcc/recommendations": ("sfcc_records", f"{ITEMS} akeneo/associations akeneo/association_types", True, ""),
    "sfcc/prices": ("sfcc_records", f"{ITEMS} sfcc/price_books", True, ""),
    "sfcc/held_back": ("sfcc_records", "akeneo/changes sfcc/categories", True, "nothing_held_back"),
    "sfcc/retired": (
        "sfcc_records",
        (
            "sfcc/attribute_definitions sfcc/categories sfcc/category_assignments sfcc/content sfcc/price_books sfcc/prices "
            "sfcc/products sfcc/recommendations"
        ),
        True,
        "nothing_taken_from_many_at_once",
    ),
    "sfcc/attribute_feeds": ("sfcc_feeds", "sfcc/attribute_definitions", False, "xml_holds_what_is_to_be_sent"),
    "sfcc/media_pricebook_feeds": (
        "sfcc_feeds",
        "sfcc/content sfcc/media_files sfcc/price_books sfcc/attribute_definitions",
        False,
        "xml_holds_what_is_to_be_sent",
    ),
    "sfcc/product_feeds": ("sfcc_feeds", OF_LOAD, True, "xml_holds_what_is_to_be_sent"),
    "sfcc/plan": ("sfcc_plan", OF_LOAD, True, ""),
    "sfcc/attribute_import": ("sfcc_imports", "sfcc/attribute_feeds", False, "sfcc_confirmed_everything"),
    "sfcc/media_pricebook_import": ("sfcc_imports", "sfcc/media_pricebook_feeds", False, "sfcc_confirmed_everything"),
    "sfcc/product_import": ("sfcc_imports", "sfcc/product_feeds", True, "imported_lately sfcc_confirmed_everything"),
    "sfcc/ledger": ("sfcc_imports", "sfcc/attribute_import sfcc/media_pricebook_import sfcc/product_import", False, ""),
    "sfcc/readiness": ("sfcc_imports", "sfcc/ledger", False, ""),
    "sfcc/base": ("sfcc_imports", "sfcc/ledger", False, ""),
    "sfcc/instance": ("sfcc", "sfcc/attribute_import sfcc/media_pricebook_import sfcc/product_import", False, ""),
}

_READ = f"akeneo/connection {ALL_LISTS}"
_MAPPED = (
    f"{_READ} akeneo/product_load akeneo/products akeneo/product_models akeneo/associations akeneo/media_references "
    "akeneo/missing_media akeneo/changes akeneo/product_media sfcc/attribute_definitions sfcc/price_books sfcc/catalog_header "
    "sfcc/product_files sfcc/content sfcc/categories sfcc/products sfcc/category_assignments sfcc/recommendations sfcc/prices "
    "sfcc/held_back sfcc/retired"
)
_LOAD = f"{_MAPPED} sfcc/product_feeds sfcc/product_import sfcc/ledger sfcc/readiness sfcc/base"
# job: (assets, tags, the original title, cron; empty: no schedule)
JOBS: dict[str, tuple[str, dict[str, str], str, str]] = {
    "akeneo_1_import_attributes": (
        f"{_READ} sfcc/attribute_definitions sfcc/attribute_feeds sfcc/attribute_import sfcc/ledger",
        {"akeneo_sfcc/import": "1"},
        "1- Akeneo-Import-Attributes",
        "0 1 * * *",
    ),
    "akeneo_2_import_media_assets_pricebook": (
        (
            f"{_READ} akeneo/media sfcc/attribute_definitions sfcc/media_files sfcc/price_books sfcc/content "
            "sfcc/media_pricebook_feeds sfcc/media_pricebook_import sfcc/ledger"
        ),
        {"akeneo_sfcc/import": "2"},
        "2- Akeneo-Import-Media-Assets-Pricebook",
        "30 1 * * *",
    ),
    "akeneo_3_1_differential_import_products": (
        _LOAD,
        {"akeneo_sfcc/import": "3-1", "akeneo_sfcc/load": "differential"},
        "3-1- Akeneo-Differential-Import-Products",
        "0 6-22 * * *",
    ),
    "akeneo_3_2_full_import_products": (
        _LOAD,
        {"akeneo_sfcc/import": "3-2", "akeneo_sfcc/load": "full"},
        "3-2- Akeneo-Full-Import-Products",
        "0 2 * * 0",
    ),
    "akeneo_plan_products": (f"{_MAPPED} sfcc/plan", {"akeneo_sfcc/load": "plan"}, "Plan", ""),
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
            " ".join(sorted(key.name for key in node.check_keys)),
        )
        for node in nodes
    } == {name: (group, set(made_from.split()), load, checks) for name, (group, made_from, load, checks) in ASSETS.items()}
    assert {node.partitions_def.name for node in nodes if node.partitions_def} == {"product_loads"}
    assert {node.key.to_user_string() for node in nodes if node.is_external} == {"akeneo/pim", "sfcc/instance"}


def test_groups_do_not_point_at_each_other(repository: Any) -> None:
    """An arrow between two groups goes one way only, so that the lineage page shows the way of the data."""
    graph = repository.asset_graph
    arrows = {
        (graph.get(parent).group_name, graph.get(key).group_name)
        for key in graph.get_all_asset_keys()
        for parent in graph.get(key).parent_keys
        if graph.get(parent).group_name != graph.get(key).group_name
    }
    behind = dict[str, set[str]]()
    for before, after in arrows:
        behind.setdefault(after, set()).add(before)

    def sources(group: str, seen: tuple[str, ...] = ()) -> set[str]:
        assert group not in seen, " -> ".join((*seen, group))
        return {source for before in behind.get(group, ()) for source in {before, *sources(before, (*seen, group))}}

    assert "akeneo" in sources("sfcc")
    for group in behind:
        sources(group)


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
    assert {name: tag for name, tag in job.tags.items() if not name.startswith("dagster/")} == tags
    assert str(job.description).startswith(f"{title}: ")
    schedules = [(one.cron_schedule, one.default_status) for one in repository.schedule_defs if one.job_name == name]
    assert schedules == ([(cron, dg.DefaultScheduleStatus.STOPPED)] if cron else [])
    assert job.executor_def.name == "in_process"


def test_there_is_nothing_else(repository: Any) -> None:
    assert {job.name for job in repository.get_all_jobs() if not job.name.startswith("__")} == {
        *JOBS,
        "start_3_1_differential_import_products",
        "start_3_2_full_import_products",
    }
    assert len(repository.schedule_defs) == 4
    assert {sensor.name: sensor.default_status for sensor in repository.sensor_defs} == {
        "pim_changes": dg.DefaultSensorStatus.STOPPED,
        "dead_runs": dg.DefaultSensorStatus.RUNNING,
        "waiting_runs": dg.DefaultSensorStatus.RUNNING,
        "import_age": dg.DefaultSensorStatus.RUNNING,
        "named_loads": dg.DefaultSensorStatus.RUNNING,
        "notices": dg.DefaultSensorStatus.STOPPED,
    }


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
akeneo_assets.definitions.build().get_repository_def()
print(sorted(read))
akeneo_assets.definitions.defs().get_repository_def()
print(sorted(read))
"""


def test_importing_reads_no_environment_writes_nothing_and_asks_nobody_and_definitions_read_the_name_of_connector_yaml(
    tmp_path: Path,
) -> None:
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
    expected = ["[]", "['environment read: CONNECTOR_CONFIG']"]
    assert (done.returncode, done.stdout.splitlines()) == (0, expected), done.stderr[-2000:]
    assert list(nowhere.iterdir()) == []
