from pathlib import Path

import pytest

from akeneo_assets.errors import ConnectorError
from akeneo_assets.loads.confirmations import confirm
from akeneo_assets.loads.package import Package
from akeneo_assets.loads.vanished_codes import refuse_vanished
from akeneo_assets.settings.connector import ConnectorSettings
from akeneo_assets.store import Store, read_json, write_json
from akeneo_assets.structure.pim_structure import Structure

WITH_COLOR = Structure.build(channels=[], families=[], categories=[], attributes=[{"code": "color", "type": "pim_catalog_text"}])
WITHOUT = Structure.build(channels=[], families=[], categories=[], attributes=[])


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store whose last load used the attribute color."""
    made = Store(tmp_path)
    write_json(made.codes_in_use, {"attribute": ["color"]})
    return made


def stop(package: Package) -> None:
    with pytest.raises(ConnectorError, match=f"attribute 'color'.*--confirm '{package.name}'"):
        refuse_vanished(package, ConnectorSettings(), WITHOUT)


def test_an_import_of_any_job_can_be_confirmed_by_its_name(store: Store) -> None:
    load, job = Package.of_load(store, "night 7/8"), Package.of_structure_import(store, "attributes", "4711")
    for package in (load, job):
        write_json(store.codes_in_use, {"attribute": ["color"], "family": ["shoes"]})
        with pytest.raises(ConnectorError, match=f"family 'shoes'; attribute 'color'.*--confirm '{package.name}'"):
            refuse_vanished(package, ConnectorSettings(), WITHOUT)
        confirm(store, package.name)
        assert read_json(store.codes_in_use) == {"attribute": [], "family": []}
        refuse_vanished(package, ConnectorSettings(), WITHOUT)


def test_what_comes_back_and_vanishes_again_is_asked_for_again(store: Store) -> None:
    package = Package.of_load(store, "night")
    stop(package)
    confirm(store, "night")
    write_json(store.codes_in_use, {"attribute": ["color"]})  # a load after it has seen it
    confirm(store, "night")
    assert read_json(store.codes_in_use) == {"attribute": ["color"]}
    stop(Package.of_load(store, "next night"))


def test_an_import_that_lacks_nothing_goes_on_and_has_nothing_to_confirm(store: Store) -> None:
    refuse_vanished(Package.of_load(store, "night"), ConnectorSettings(), WITH_COLOR)
    with pytest.raises(ConnectorError, match="nothing to confirm: the import 'night' was stopped for nothing"):
        confirm(store, "night")
