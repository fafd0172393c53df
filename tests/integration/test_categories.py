"""A category that SFCC can't have and a misspelled setting, through both sandboxes: the rest arrives, and both are told."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from sandbox.catalogue_edits import Pim

SETTINGS = {"categories": {"trees": ["master", "root"], "enriched": {"page-title": "seo_titel"}}}


@pytest.fixture(scope="module")
def done(pim_of: Callable[[str], str], place_at: Any, tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """The installation after job 3-2, with a tree coded `root` and an enriched attribute that the PIM doesn't have."""
    place = place_at(pim_of("demo"))
    pim = Pim(place.pim_url, "sandbox")
    pim.patch("categories/root", {"parent": None})
    pim.patch("categories/below_root", {"parent": "root"})
    pim.close()
    config: Path = tmp_path_factory.mktemp("categories") / "connector.yaml"
    config.write_text(yaml.safe_dump(SETTINGS), "utf-8")
    run = place.job("3-2", CONNECTOR_CONFIG=str(config))
    return SimpleNamespace(place=place, run=run, export=place.export())


def test_a_tree_with_the_id_of_sfccs_root_is_held_back_and_its_categories_hang_below_the_root(done: SimpleNamespace) -> None:
    assert done.run.ok, done.run.failures
    tops = {c.get("category-id") for c in done.export.all("/catalog/category") if c.findtext("parent") == "root"}
    assert tops == {"master", "below_root"}
    assert done.export.category("root").findtext("display-name") is None
    (row,) = [row for row in done.place.quarantine("load_1") if row["owner"] == "category"]
    assert (row["code"], row["held_back"], row["reason"]) == (
        "root",
        True,
        "held back: 'root' is the id of SFCC's root category",
    )


def test_an_enriched_attribute_that_no_category_has_stands_in_the_quarantine(done: SimpleNamespace) -> None:
    (row,) = [row for row in done.place.quarantine("load_1") if row["owner"] == "setting"]
    assert (row["key"], row["attribute"], row["held_back"]) == ("categories.enriched.page-title", "seo_titel", False)
    assert row["reason"].endswith("did you mean 'seo_title'?")
