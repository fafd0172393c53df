"""Names of media files."""

import re

from hypothesis import given
from hypothesis import strategies as st

from akeneo_assets.mapping.media_keys import media_address, media_key, media_path


def test_a_hashed_name_is_kept() -> None:
    assert media_path(f"4/d/e/b/{'4d' * 20}_mug.jpg") == f"images/4d/{'4d' * 20}_mug.jpg"


def test_names_without_a_hash_get_one_so_that_no_two_files_meet() -> None:
    one, two = media_path("a/mug.jpg"), media_path("b/mug.jpg")
    assert one != two
    assert re.fullmatch(r"images/[0-9a-f]{2}/[0-9a-f]{16}_mug\.jpg", one)


def test_each_endpoint_has_a_folder_and_its_key_leads_back() -> None:
    key = media_key("asset-media-files", "a/b_x.jpg")
    assert media_path(key).startswith("assets/")
    assert media_address(key) == ("asset-media-files", "a/b_x.jpg")
    assert media_address(media_key("media-files", "a/b_x.jpg")) == ("media-files", "a/b_x.jpg")


def test_image_names_over_90_characters_are_shortened_and_keep_their_ending() -> None:
    path = media_path(f"4/d/e/b/{'4d' * 20}_{'x' * 200}.jpeg")
    assert len(path) < 120
    assert path.endswith(".jpeg")


@given(st.text(min_size=1))
def test_every_media_path_is_safe_in_an_archive(code: str) -> None:
    assert re.fullmatch(r"images/[A-Za-z0-9._-]{2}/[A-Za-z0-9._-]+", media_path("x/" + code.replace("/", "_") + ".jpg"))
