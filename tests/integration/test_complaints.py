"""What users of other connectors complained of, where only both systems can show it; the other cases are in
`tests/akeneo_assets/mapping/test_complaints.py`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from sandbox.catalogue_edits import Pim

ZONE = "America/Los_Angeles"  # behind UTC: a stamp of UTC read there lies hours ahead, and nothing would be newer
TARP = "products-uuid/705b37b8-2bef-4207-8d52-c11b3c314d48"


def test_a_stamp_without_zone_is_read_in_the_pim_servers_zone(
    servers: Callable[..., str], place_at: Any, editor: Callable[[str], Pim], tmp_path: Path
) -> None:
    place = place_at(servers("pim", "--catalog", "demo", "--timezone", ZONE))
    config = tmp_path / "connector.yaml"
    config.write_text(yaml.safe_dump({"akeneo": {"timezone": ZONE}}), "utf-8")
    assert place.job("3-2", CONNECTOR_CONFIG=str(config)).ok
    name = [{"locale": "en_US", "scope": None, "data": "Tarp as of now"}]
    editor(place.pim_url).patch(TARP, {"values": {"name": name}})
    run = place.job("3-1", CONNECTOR_CONFIG=str(config))
    assert run.ok, run.failures
    assert run.tags["akeneo_sfcc/load"] == "differential"
    assert run.to_send == {("product", "TARP-3X3")}
