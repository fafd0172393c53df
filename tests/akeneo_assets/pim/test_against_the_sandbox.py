"""The client against the sandbox PIM in a process of its own: the whole way over HTTP."""

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from akeneo_assets.pim.paging import pages
from akeneo_assets.pim.pim_addresses import media_path
from akeneo_assets.pim.pim_client import PimClient
from akeneo_assets.pim.pim_errors import AuthenticationError, PermanentPimError, WrongSettingError
from akeneo_assets.pim.probe import changed_since, check_connection
from akeneo_assets.pim.walk import walk

COMMAND = str(Path(sys.executable).with_name("akeneo-sfcc"))


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    # Tokens that live for a second: the walks below have theirs renewed on the way.
    command = [COMMAND, "sandbox", "pim", "--catalog", "generated:1500", "--port", "0", "--token-seconds", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ready = re.search(r"http://\S+", process.stdout.readline())
        try:
            assert ready, "the sandbox did not get ready"
            yield ready[0]
        finally:
            process.terminate()
            process.wait()


@pytest.fixture(scope="module")
def sandbox(address: str) -> Iterator[PimClient]:
    client = PimClient(address, "sandbox", "sandbox", "sandbox", "sandbox")
    yield client
    client.close()


def test_the_connection_is_sound(sandbox: PimClient) -> None:
    assert check_connection(sandbox, ["ECOMMERCE"]).edition == "Serenity"


def test_what_it_does_not_hold_is_told(sandbox: PimClient) -> None:
    with pytest.raises(WrongSettingError, match=r"no channel 'nowhere'.*ecommerce"):
        check_connection(sandbox, ["ecommerce", "nowhere"])


def test_wrong_passwords_are_told(address: str) -> None:
    client = PimClient(address, "sandbox", "sandbox", "sandbox", "wrong")
    with pytest.raises(AuthenticationError, match="No user found for the given username and password"):
        check_connection(client, ["ecommerce"])
    client.close()


@pytest.mark.parametrize(("endpoint", "key"), [("products-uuid", "uuid"), ("product-models", "code")])
def test_a_walk_reads_what_one_cursor_reads(sandbox: PimClient, endpoint: str, key: str) -> None:
    one = [row for page in pages(sandbox, endpoint, {"pagination_type": "search_after", "limit": 100}) for row in page]
    walked = [row for page in walk(sandbox, endpoint, {}) for row in page]  # type: ignore[arg-type]
    assert len(one) > 400
    assert sorted(walked, key=lambda row: str(row[key]).lower()) == one


def test_every_part_of_a_narrowed_walk_is_narrowed(sandbox: PimClient) -> None:
    search = {"enabled": [{"operator": "=", "value": True}], "created": [{"operator": ">", "value": "2000-01-01 00:00:00"}]}
    rows = [row for page in walk(sandbox, "products-uuid", search, params={"with_completenesses": True}) for row in page]
    counted = sandbox.get("products-uuid", {"search": search, "with_count": True, "limit": 1})["items_count"]
    assert len({row["uuid"] for row in rows}) == len(rows) == counted
    assert all(row["enabled"] and row["completenesses"] for row in rows if row["family"])


def test_changes_are_seen_from_the_servers_clock(sandbox: PimClient) -> None:
    everything = {"products-uuid", "product-models", "categories", "attributes", "families"}
    assert changed_since(sandbox, datetime(2000, 1, 1, tzinfo=UTC)) == everything
    assert changed_since(sandbox, datetime.now(UTC) + timedelta(days=1)) == set()


def test_media_are_downloaded_by_their_code(sandbox: PimClient, tmp_path: Path) -> None:
    code = next(page for page in pages(sandbox, "media-files", {"limit": 1}))[0]["code"]
    sandbox.download(media_path(code), tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == sandbox.get_bytes(media_path(code)) != b""
    with pytest.raises(PermanentPimError) as refused:
        sandbox.get_bytes(media_path("0/0/0/0/none.jpg"))
    assert refused.value.status == 404
