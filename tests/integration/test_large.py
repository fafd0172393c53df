"""A catalogue that fills several XML files and archives arrives whole, whatever names what."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import yaml

from sandbox import stack


def test_links_recommendations_and_places_find_their_products_over_several_files_and_archives(
    pim_of: Callable[[str], str], place_at: Any, tmp_path: Path
) -> None:
    settings = yaml.safe_load((stack.REPOSITORY / "connector.yaml").read_text(encoding="utf-8"))
    settings["images"] = {"view_types": []}
    settings["attributes"]["exclude"] = {"attributes": ["image"]}
    settings["delivery"] = {"archive_limit_mb": 1}
    config = tmp_path / "connector.yaml"
    config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    place = place_at(pim_of("generated:1500"))
    run = place.job("3-2", CONNECTOR_CONFIG=str(config))
    assert run.ok, run.failures
    written = orjson.loads((run.folder / "feeds.json").read_bytes())
    assert len([name for name in written["xml"] if "/catalogs/" in name]) > 2
    assert run.objects["product-links"]["sent"] > 20
    assert {counts["confirmed"] for counts in run.objects.values()} == {counts["sent"] for counts in run.objects.values()}
    again = place.job("3-1", CONNECTOR_CONFIG=str(config))
    assert (again.ok, again.to_send) == (True, set())
